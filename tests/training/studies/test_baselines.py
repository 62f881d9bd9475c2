import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from leukview.core.errors import LeukViewError
from leukview.inference.networks.config import TrunkConfig
from tests.training.data.test_dataset import make_cell
from training.data.build_manifest import collect_cells, split_cells, write_archive
from training.data.dataset import TEST, TRAIN, VAL, read_taxonomy
from training.data.importers import synthetic_images
from training.studies import baselines
from training.studies.baseline_report import METHOD_LABELS, comparison_markdown, predict_stage, score_method
from training.studies.baselines import (
    build_learner,
    compare_methods,
    prepare_task,
    read_baseline_config,
    subsample,
    vision_transformer,
)

TAXONOMY = read_taxonomy()
CONFIGS = Path(baselines.__file__).parents[1] / "configs"
STAGES = (("gate", ("leukocyte", "erythroblast")), ("stage1", ("benign", "malignant")))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Synthetic cells of every class, ten a class, split and packed."""
    folder = tmp_path_factory.mktemp("data")
    write_archive(
        split_cells(collect_cells(synthetic_images(230, 1, TAXONOMY, side=48), TAXONOMY)), folder, "synthetic"
    )
    return folder


@pytest.fixture
def config(tmp_path):
    """The small comparison made tiny: 32 px, ninety-six images a method."""
    base = (CONFIGS / "synthetic.toml").read_text(encoding="utf-8")
    for before, after in (
        ("side = 64", "side = 32"),
        ("margin = 8", "margin = 4"),
        ("least_support = 20", "least_support = 4"),
        ("stem = 16", "stem = 8"),
        ("widths = [32, 64, 128, 256]", "widths = [8, 16, 16, 16]"),
        ("depths = [1, 2, 2, 1]", "depths = [1, 1, 1, 1]"),
        ("groups = 8", "groups = 2"),
        ("block_inner = 64", "block_inner = 8"),
        ("block = 128", "block = 8"),
        ("hidden = 64", "hidden = 8"),
    ):
        assert before in base
        base = base.replace(before, after)
    (tmp_path / "synthetic.toml").write_text(base, encoding="utf-8")
    small = (CONFIGS / "baselines-small.toml").read_text(encoding="utf-8")
    for before, after in (
        ("images = 3200", "images = 96"),
        ("depth = 4", "depth = 1"),
        ("hidden = 128", "hidden = 16"),
    ):
        assert before in small
        small = small.replace(before, after)
    path = tmp_path / "small.toml"
    path.write_text(small, encoding="utf-8")
    return path


def test_that_one_command_prints_the_table_of_all_five_methods(data, config, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LEUKVIEW_DATA", str(data))
    monkeypatch.setattr(sys, "argv", ["baselines", "--config", str(config), "--output", str(tmp_path / "out")])
    assert baselines.main() == 0
    told = capsys.readouterr().out
    assert "Synthetic cells are among these" in told
    for name in METHOD_LABELS.values():
        assert told.count(f"| {name} |") >= 2
    assert told == (tmp_path / "out" / "baselines.md").read_text(encoding="utf-8") + "\n"
    results = json.loads((tmp_path / "out" / "baselines.json").read_text(encoding="utf-8"))
    assert [r["method"] for r in results] == list(METHOD_LABELS)
    assert len({r["cells"] for r in results}) == 1
    assert {tuple(r["stages"]) for r in results[:3]} == {("gate", "stage1", "stage2b", "stage2t", "stage3m", "stage3l")}
    assert {*results[3]["stages"]} == {*results[4]["stages"]} == {*results[0]["stages"], "apl", "ph"}
    for r in results:
        assert 0 <= r["accuracy"]["low"] <= r["accuracy"]["value"] <= r["accuracy"]["high"] <= 1
    assert results[3]["parameters"] > 4 * results[4]["parameters"]


def test_that_the_same_seed_gives_the_same_figures(data, config, tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKVIEW_DATA", str(data))
    config.write_text(
        config.read_text(encoding="utf-8").replace('"vit", "resnext", "resnext-pmg", "paper", "shared"', '"shared"'),
        encoding="utf-8",
    )
    found = [compare_methods(read_baseline_config(config), tmp_path, "cpu")[1][0] for _ in range(2)]
    assert found[0].accuracy == found[1].accuracy
    assert str(found[0].classes) == str(found[1].classes)  # as text, for NaN is unlike itself


def test_that_every_method_learns_from_the_cells_whose_label_it_can_use(data, config, tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKVIEW_DATA", str(data))
    read = read_baseline_config(config)
    task = prepare_task(read, tmp_path, TAXONOMY)
    images = torch.zeros(2, 3, 32, 32)
    for method in METHOD_LABELS:
        one = build_learner(method, task, read, TAXONOMY)
        known = np.max(one.targets, axis=1) >= 0
        assert np.mean(known[task.rows[TRAIN]]) > 0.8
        updates = len(list(one.training_losses(images, torch.zeros(2, one.targets.shape[1], dtype=torch.int64))))
        assert updates == (4 if "pmg" in method or method in {"paper", "shared"} else 1)
        one.module.eval()
        for logits in one.predict_logits(images).values():
            assert logits.shape[0] == 2


def test_that_cells_are_drawn_from_every_split():
    cells = [make_cell(i, split=(TRAIN, VAL, TEST)[i % 3]) for i in range(300)]
    found = subsample(cells, 60, 0)
    assert len(found) == 60
    assert {c.split for c in found} == {TRAIN, VAL, TEST}
    assert found == subsample(cells, 60, 0)
    assert subsample(cells, 0, 0) == subsample(cells, 1000, 0) == tuple(cells)


def test_that_the_published_sizes_read_and_an_unknown_method_is_refused(config):
    full = read_baseline_config(CONFIGS / "baselines.toml")
    assert isinstance(full.base.trunk, TrunkConfig)
    assert full.base.trunk.depths == (3, 4, 6, 3)
    assert (full.vit.patch, full.vit.depth, full.vit.heads, full.vit.hidden, full.vit.mlp) == (16, 12, 12, 768, 3072)
    text = config.read_text(encoding="utf-8")
    for before, after, told in (
        ('"vit", ', '"oracle", ', "knows the methods"),
        ("patch = 8", "patch = 7", "divide"),
        ("images = 96", "pictures = 96", "images"),
    ):
        config.write_text(text.replace(before, after), encoding="utf-8")
        with pytest.raises(LeukViewError, match=told):
            read_baseline_config(config)


def test_that_the_transformer_of_the_published_size_has_its_known_number_of_parameters():
    full = read_baseline_config(CONFIGS / "baselines.toml")
    with torch.device("meta"):
        body = vision_transformer(full.vit, 224)
    assert sum(p.numel() for p in body.parameters()) == 85_798_656


def test_that_a_method_without_stages_answers_a_stage_by_the_sum_of_its_classes():
    keys = ("blast", "lymphocyte", "monocyte", "erythroblast")
    p = np.asarray([[0.4, 0.3, 0.25, 0.05], [0.1, 0.05, 0.05, 0.8]])
    gate = predict_stage({"classes": p}, "gate", ("leukocyte", "erythroblast"), keys, TAXONOMY)
    assert gate is not None
    assert gate.tolist() == [0, 1]
    stage1 = predict_stage({"classes": p}, "stage1", ("benign", "malignant"), keys, TAXONOMY)
    assert stage1 is not None
    assert stage1[0] == 0  # 0.55 benign against 0.4, although “blast” is the likeliest class
    assert predict_stage({"classes": p}, "apl", ("other_aml", "apl"), keys, TAXONOMY) is None
    assert predict_stage({"classes": p}, "stage2t", ("myeloid", "lymphoid"), keys, TAXONOMY) is None


def test_that_figures_of_known_answers_are_what_counting_by_hand_gives():
    cells = [make_cell(i, f"P{i % 3}", "AML", split=TEST) for i in range(6)]
    truth = ["blast", "blast", "blast", "erythroblast", "erythroblast", ""]
    targets = np.asarray([[0, 1], [0, 1], [0, 1], [1, -1], [1, -1], [0, 0]])
    gate = np.asarray([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.1, 0.9], [0.1, 0.9], [0.9, 0.1]])
    stage1 = np.tile([[0.1, 0.9]], (6, 1))
    r = score_method(
        "shared", {"gate": gate, "stage1": stage1}, STAGES, (), targets, truth, cells, TAXONOMY, (1, 2.0, 3.0)
    )
    assert r.cells == 5
    assert r.accuracy.value == pytest.approx(4 / 5)
    assert r.macro_precision.value == pytest.approx((1 + 2 / 3) / 2)
    assert r.macro_recall.value == pytest.approx((2 / 3 + 1) / 2)
    assert r.macro_f1.value == pytest.approx((0.8 + 0.8) / 2)
    assert r.stages["gate"].value == pytest.approx(5 / 6)
    assert r.stages["stage1"].value == pytest.approx(3 / 4)
    assert r.stage_cells == {"gate": 6, "stage1": 4}
    assert r.classes["blast"].cells == 3
    assert r.classes["blast"].recall == pytest.approx(2 / 3)
    told = comparison_markdown([r], cells, {TRAIN: np.arange(0), TEST: np.arange(6)}, "64 px")
    assert "| PMG in stages, one trunk | 80.0 (" in told
    assert "| blast | 3 | 100.0 / 66.7 / 80.0 |" in told
    assert "3 patients" in told
    assert "Synthetic" not in told


def test_that_a_comparison_without_cells_kept_aside_is_refused(config, tmp_path, monkeypatch):
    done = split_cells(collect_cells(synthetic_images(92, 1, TAXONOMY, side=48), TAXONOMY))
    write_archive(done, tmp_path, "synthetic")
    monkeypatch.setenv("LEUKVIEW_DATA", str(tmp_path))
    text = (tmp_path / "synthetic.toml").read_text(encoding="utf-8").replace("least_support = 4", "least_support = 400")
    (tmp_path / "synthetic.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LeukViewError, match="No stage"):
        prepare_task(read_baseline_config(config), tmp_path, TAXONOMY)
