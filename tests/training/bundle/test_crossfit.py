"""A cross-fitted network: what its labels determine, and that training and application compute the same scores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from leukview.core.errors import LeukViewError
from leukview.domain.film_evidence import cell_evidence
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import ONNX_FILE
from leukview.inference.networks.pmg import PmgNet
from training.bundle.crossfit import calibrate, calibrated_scores, fit_temperature, lymphoid_truth, read_logits
from training.bundle.onnx_export import export_network
from training.crossfit.cache import Joined
from training.crossfit.findings import film_evidence
from training.crossfit.fit import FINAL, LOGITS, CrossfitRecipe, FoldRun, stage_logits, write_logits
from training.crossfit.network import leaf_log_probabilities, network_config, stage_truth, trained_stages
from training.crossfit.pool import FOLDS
from training.crossfit.vocabulary import Vocabulary, read_vocabulary
from training.data.augmentation import inference_input


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    """Two threads of one operator wait for each other on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_vocabulary()


def labelled(
    label: str, diagnosis: str = "", source: str = "barcelona", patient: str = "", number: int = 0
) -> LabelledCell:
    return LabelledCell("a.zip", f"x_{number}_a.png", source, patient, diagnosis, label, "", f"{source}{label}{number}")


def test_that_leaf_probabilities_are_those_of_the_application(taxonomy: Taxonomy, vocabulary: Vocabulary):
    stages = trained_stages(taxonomy, vocabulary)
    rng = np.random.default_rng(1)
    logits = {key: rng.normal(0, 3, (6, len(own))).astype(np.float32) for key, own in stages.items()}
    tensors = {key: torch.from_numpy(values) for key, values in logits.items()}
    p = leaf_log_probabilities(tensors, stages, taxonomy, vocabulary.types).exp().numpy()
    assert p.sum(1) == pytest.approx(np.ones(6))
    cells = [labelled("blast", "AML", "hopkins", "Patient_01", i) for i in range(6)]
    found = calibrated_scores(cells, logits, dict.fromkeys(stages, 2.0), stages, taxonomy, vocabulary)
    evidence = film_evidence(found, np.arange(6), vocabulary)
    for row in range(6):
        answers = []
        for key, own in stages.items():
            scaled = np.exp(logits[key][row].astype(np.float64) / 2.0)
            answers.append(StageProbabilities(key, own, tuple((scaled / scaled.sum()).tolist())))
        composed = class_probabilities(taxonomy, answers)
        assert [composed[leaf] for leaf in vocabulary.types] == pytest.approx(found.p_types[row].tolist(), abs=1e-5)
        mine = cell_evidence(taxonomy, answers)
        assert mine.blast == pytest.approx(evidence.blast[row], abs=1e-5)
        assert mine.lymphoid == pytest.approx(evidence.lymphoid[row], abs=1e-5)
        assert mine.apl_odds == pytest.approx(evidence.apl_odds[row], abs=1e-4)
        assert mine.lymphoid_odds == pytest.approx(evidence.lymphoid_odds[row], abs=1e-4)
        assert mine.malignant == pytest.approx(evidence.malignant[row], abs=1e-5)


KINDS = (
    ("blast", "AML", "hopkins"),
    ("promyelocyte", "APL", "hopkins"),
    ("segmented_neutrophil", "AML", "hopkins"),
    ("lymphocyte", "lymphoproliferative", "lyon"),
    ("lymphocyte", "reactive", "lyon"),
    ("monocyte", "", "barcelona"),
    ("platelet", "", "barcelona"),
)


def toy_pool(side: int) -> tuple[list[LabelledCell], Joined, Joined]:
    """Discs whose colour says the label, of every site that the recipe draws from."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:side, :side] - side / 2
    disc = (x**2 + y**2 < (side / 4) ** 2).astype(np.uint8)
    cells, crops = [], []
    for number in range(70):
        label, diagnosis, source = KINDS[number % len(KINDS)]
        patient = f"{source}{diagnosis}{number % 5}" if diagnosis else ""
        cells.append(labelled(label, diagnosis, source, patient, number))
        colour = np.random.default_rng(number % len(KINDS)).integers(20, 200, 3)
        noise = rng.integers(0, 30, (side, side, 3))
        crops.append(np.where(disc[:, :, None] > 0, colour + noise, 230).astype(np.uint8))
    return cells, Joined(np.stack(crops)), Joined(np.repeat(disc[None], 70, 0))


@pytest.fixture
def fold_run(
    taxonomy: Taxonomy, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[FoldRun, list[LabelledCell]]:
    monkeypatch.setattr("training.crossfit.network.load_imagenet", lambda _trunk: None)
    recipe = CrossfitRecipe(side=32, margin=4, pictures=48, ordinary=8, bag=2, pair=2)
    cells, crops, masks = toy_pool(recipe.side + 2 * recipe.margin)
    rows = np.arange(len(cells))
    return FoldRun(recipe, taxonomy, vocabulary, cells, crops, masks, rows, tmp_path), cells


def test_that_a_fold_learns_resumes_and_gives_what_the_exported_graph_gives(
    fold_run: tuple[FoldRun, list[LabelledCell]], tmp_path: Path
):
    run, cells = fold_run
    before = {key: value.clone() for key, value in run.net.state_dict().items()}
    run.go()
    assert run.step == run.steps
    changed = [k for k, v in run.net.state_dict().items() if not torch.equal(v, before[k])]
    assert any(".trunk." in k for k in changed)
    assert any(".classifiers.stage1" in k for k in changed)
    run.step = 0
    run.resume()
    assert run.step == run.steps, "a finished run has nothing left to do"
    net = run.finished()
    rows = np.arange(len(cells))
    logits, features = stage_logits(net, run.crops, run.masks, rows, run.how)
    assert features.shape == (len(cells), net.config.feature_length)
    export_network(net, run.recipe.side, tmp_path)
    session = onnxruntime.InferenceSession(tmp_path / ONNX_FILE, providers=["CPUExecutionProvider"])
    images = run.crops[rows[:5]], run.masks[rows[:5]]
    batch = inference_input(torch.from_numpy(images[0]), torch.from_numpy(images[1]), run.how, "cell")
    flat = session.run(None, {session.get_inputs()[0].name: batch.contiguous().numpy()})
    for number, (key, _) in enumerate(net.config.stages):
        assert flat[1 + 4 * number] == pytest.approx(logits[key][:5], rel=1e-3, abs=1e-3), key


def test_that_a_second_run_begins_with_the_first_and_leaves_what_is_frozen(
    fold_run: tuple[FoldRun, list[LabelledCell]], tmp_path: Path
):
    first, cells = fold_run
    first.go()
    torch.save(first.finished().state_dict(), tmp_path / FINAL)
    recipe = replace(first.recipe, frozen=3, pictures=32)
    again = FoldRun(
        recipe, first.taxonomy, first.vocabulary, cells, first.crops, first.masks, np.arange(70), tmp_path / "second"
    )
    (tmp_path / "second").mkdir()
    again.start_from(tmp_path / FINAL)
    begun = {key: value.clone() for key, value in again.net.state_dict().items()}
    again.go()
    ended = again.finished().state_dict()
    frozen = [k for k in begun if any(f".trunk.features.{i}." in k for i in range(3))]
    assert frozen
    assert all(torch.equal(begun[k], ended[k]) for k in frozen)
    assert any(not torch.equal(begun[k], ended[k]) for k in begun if ".trunk.features.8." in k)


def test_that_calibration_covers_every_stage_and_leaves_the_untrained_silent(
    taxonomy: Taxonomy, vocabulary: Vocabulary, tmp_path: Path
):
    cells = toy_pool(16)[0] + [labelled(leaf, number=100) for leaf in vocabulary.types]
    stages = dict(network_config(taxonomy, vocabulary).stages)
    rng = np.random.default_rng(2)
    rows = np.arange(len(cells))
    for fold in range(FOLDS):
        (tmp_path / f"fold{fold}").mkdir()
        own = rows[rows % FOLDS == fold]
        given = {key: rng.normal(0, 2, (len(own), len(c))).astype(np.float32) for key, c in stages.items()}
        write_logits(tmp_path / f"fold{fold}" / LOGITS, own, given)
    logits = read_logits(tmp_path, len(cells))
    found = {s.key: s for s in calibrate(cells, logits, taxonomy, stages)}
    assert set(found) == {s.key for s in taxonomy.stages}
    assert found["stage3m"].trained == ()
    assert found["stage1"].support["malignant"] == 23
    assert found["lymphoid_neoplasm"].support["lymphoid_neoplasm"] == 10
    assert all(s.temperature > 0 for s in found.values())
    with pytest.raises(LeukViewError, match="No cell determines"):
        calibrate(cells[:7], {key: values[:7] for key, values in logits.items()}, taxonomy, stages)


def test_that_the_network_that_ships_has_the_published_stages_that_its_labels_determine(
    taxonomy: Taxonomy, vocabulary: Vocabulary
):
    stages = trained_stages(taxonomy, vocabulary)
    assert {"stage1", "stage2b", "stage2t", "apl", "lymphoid_neoplasm", "gate", "lineage"} <= set(stages)
    assert "stage3m" not in stages
    config = network_config(taxonomy, vocabulary)
    assert PmgNet(config).config.feature_length == 1280


def test_that_a_label_is_counted_only_by_the_stages_that_it_determines(taxonomy: Taxonomy):
    cells = [
        labelled("promyelocyte"),
        labelled("promyelocyte", "APL", "hopkins", "p"),
        labelled("immature_granulocyte"),
        labelled("lymphocyte", "lymphoproliferative", "lyon", "q"),
        labelled("lymphocyte", "AML", "hopkins", "p"),
    ]
    granulopoiesis = ("promyelocyte", "abnormal_promyelocyte", "myelocyte", "metamyelocyte")
    assert stage_truth(cells, taxonomy, "granulopoiesis", granulopoiesis).tolist() == [0, 1, -1, -1, -1]
    assert stage_truth(cells, taxonomy, "stage1", ("benign", "malignant")).tolist() == [-1, 1, 0, -1, 0]


def test_that_a_patients_diagnosis_labels_the_lymphoid_head_where_there_are_both_sorts():
    cells = [
        labelled("lymphocyte", "lymphoproliferative", "lyon", "p"),
        labelled("lymphocyte", "reactive", "lyon", "q"),
        labelled("lymphocyte", "AML", "hopkins", "r"),
        labelled("blast", "ALL", "cnmc", "s"),
        labelled("artefact", "", "lyon", "p"),
    ]
    assert lymphoid_truth(cells).tolist() == [1, 0, 0, -1, -1]


def test_that_the_temperature_is_the_one_that_made_the_labels():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, (4000, 3)).astype(np.float32)
    p = np.exp(logits / 2.5)
    p /= p.sum(1, keepdims=True)
    truth = np.asarray([rng.choice(3, p=row) for row in p])
    assert fit_temperature(truth, logits, np.ones(4000)) == pytest.approx(2.5, rel=0.15)
