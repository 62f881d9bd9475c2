"""A network learns from the mean of its teachers' answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from leukview.core.errors import LeukViewError
from leukview.inference.networks.pmg import PmgNet
from tests.training.classifier.test_train import colour_trainer, make_net
from training.classifier.distillation import TEACHER_TEMPERATURE, TeacherEnsemble, load_teachers
from training.classifier.losses import distillation_loss, step_weights
from training.classifier.train import PROGRESSIVE, Trainer
from training.config import FINAL_WEIGHTS, read_config


def test_that_teachers_answer_with_the_mean_of_their_tempered_probabilities():
    torch.manual_seed(1)
    pair = [make_net().eval(), make_net().eval()]
    images = torch.randn(3, 3, 32, 32)
    found = TeacherEnsemble(pair)(images)
    assert list(found) == [key for key, _ in pair[0].config.stages]
    with torch.no_grad():
        each = [(one.combined_logits(images)["gate"] / TEACHER_TEMPERATURE).softmax(1) for one in pair]
    torch.testing.assert_close(found["gate"], (each[0] + each[1]) / 2)
    assert not found["gate"].requires_grad


def test_that_the_taught_loss_is_least_at_the_teachers_answer_and_silent_where_the_label_is():
    soft = {"gate": torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])}
    weights = step_weights(torch.tensor([[0], [-1]]), "path")
    here = distillation_loss({"gate": soft["gate"].log()}, soft, weights)
    away = distillation_loss({"gate": torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])}, soft, weights)
    assert here < away
    other = distillation_loss(
        {"gate": torch.stack([soft["gate"][0].log(), torch.tensor([9.0, 0.0, 0.0])])}, soft, weights
    )
    torch.testing.assert_close(here, other)


def test_that_a_student_comes_nearer_to_its_teacher_than_labels_alone_bring_it(tmp_path):
    teacher_run = colour_trainer(tmp_path)
    torch.manual_seed(3)
    teacher = make_net().eval()
    with torch.no_grad():  # a teacher with an opinion of its own: always the first choice of the gate
        for name, parameter in teacher.named_parameters():
            if "classifiers.gate" in name and name.endswith("out.bias"):
                parameter.copy_(torch.tensor([6.0] + [0.0] * (parameter.shape[0] - 1)))

    def answer(teachers: TeacherEnsemble | None) -> float:
        torch.manual_seed(0)
        student = Trainer(
            teacher_run.config,
            make_net(),
            teacher_run.train_cells,
            teacher_run.val_cells,
            tmp_path,
            "cpu",
            teachers=teachers,
        )
        student.phase = PROGRESSIVE
        student.optimiser = student._build_optimiser()
        for _ in range(15):
            student.net.train()
            student._train_iteration()
        student.recompute_bn_stats()
        images = student._next_batch()[0].images
        with torch.no_grad():
            return float(student.net.combined_logits(images)["gate"].softmax(1)[:, 0].mean())

    assert answer(TeacherEnsemble([teacher])) > answer(None)


def test_that_a_teacher_must_be_finished_and_see_what_the_student_sees(tmp_path):
    path = Path(__file__).parents[3] / "training" / "configs" / "small.toml"
    config = read_config(path)
    stages = (("gate", ("leukocyte", "platelet")), ("stage1", ("benign", "malignant")))
    shape = replace(
        make_net().config,
        trunk=config.trunk,
        block_inner=config.pmg.block_inner,
        block=config.pmg.block,
        hidden=config.pmg.hidden,
        stages=stages,
    )
    with pytest.raises(LeukViewError, match="not a finished run"):
        load_teachers([(path, tmp_path)], config, shape)
    torch.save(PmgNet(shape).state_dict(), tmp_path / FINAL_WEIGHTS)
    teachers = load_teachers([(path, tmp_path)], config, shape)
    found = teachers(torch.zeros(2, 3, 48, 48))
    np.testing.assert_allclose(found["stage1"].sum(1), 1.0, rtol=1e-5)
    other = replace(config, preprocessing=replace(config.preprocessing, side=64))
    with pytest.raises(LeukViewError, match="otherwise than the student"):
        load_teachers([(path, tmp_path)], other, shape)
