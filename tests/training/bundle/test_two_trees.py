"""New stages on a frozen trunk: trained on cached vectors, they give the same in the network that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from leukview.domain.film_evidence import cell_evidence
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import load_bundle
from leukview.inference.networks.pmg import PmgNet
from tests.support.tiny_bundle import write_tiny_bundle
from training.bundle.two_trees import (
    assemble,
    calibrated_scores,
    fit_temperature,
    lymphoid_truth,
    seen_by_trunk,
    stage_truth,
)
from training.crossfit.findings import film_evidence
from training.crossfit.fit import CrossfitRecipe
from training.crossfit.frozen_heads import (
    StageClassifiers,
    fit_heads,
    leaf_log_probabilities,
    scores_of,
    stage_logits,
    standardisation,
    trained_stages,
)
from training.crossfit.teacher import TYPES
from training.crossfit.trunk_features import (
    TrunkFeatures,
    TrunkReader,
    cells_with_features,
    read_features,
    sample_of,
    write_features,
)
from training.crossfit.vocabulary import Vocabulary, read_vocabulary


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    """Two threads of one operator wait for each other on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_vocabulary()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("trunk") / "tiny", taxonomy, 5, "shared", "cell")


def labelled(
    label: str, diagnosis: str = "", source: str = "barcelona", patient: str = "", number: int = 0
) -> LabelledCell:
    return LabelledCell("a.zip", f"x_{number}_a.png", source, patient, diagnosis, label, "", f"{source}{label}{number}")


def images(count: int) -> list[np.ndarray]:
    return [np.random.default_rng(i).integers(0, 256, (60, 60, 3), dtype=np.uint8) for i in range(count)]


def test_that_cached_vectors_and_new_stages_give_what_the_assembled_network_gives(
    tiny: Path, taxonomy: Taxonomy, vocabulary: Vocabulary, tmp_path: Path
):
    bundle = load_bundle(tiny, taxonomy)
    pixels, masks = images(12), [np.ones((60, 60), np.uint8)] * 12
    reader = TrunkReader(bundle, threads=1)
    cells = [labelled("lymphocyte", number=i) for i in range(12)]
    write_features(tmp_path / "f.npz", cells, [reader.read(pixels[:5], masks[:5]), reader.read(pixels[5:], masks[5:])])
    features = read_features([tmp_path / "f.npz", tmp_path / "f.npz"])
    assert features.sha1 == tuple(c.sha1 for c in cells), "a cell counts once"
    assert features.pooled.shape == (12, 3 * bundle.manifest.net.block)
    stages = trained_stages(taxonomy, vocabulary)
    torch.manual_seed(0)
    net = StageClassifiers(stages, bundle.manifest.net.block, bundle.manifest.net.hidden)
    mean, scale = standardisation(features)
    standard = torch.from_numpy((features.pooled - mean) / scale)
    for _ in range(20):  # gives the normalisations statistics of their own
        net.train()(standard)
    net.eval()
    shape = PmgNet(replace(bundle.manifest.net_config, stages=tuple(stages.items())))
    whole = assemble(bundle, dict(net.state_dict()), features, stages, shape)
    batch, _ = TrunkReader(bundle, threads=1)._classifier.preprocess(pixels, masks, None)
    with torch.no_grad():
        given = whole.combined_logits(torch.from_numpy(batch))
    wanted = stage_logits(net, standard)
    for stage, logits in wanted.items():
        assert given[stage].numpy() == pytest.approx(logits, rel=1e-3, abs=2e-3), stage


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


def toy_pool() -> tuple[list[LabelledCell], np.ndarray]:
    """Cells whose vectors say their label plainly, of every site that the recipe draws from."""
    rng = np.random.default_rng(3)
    kinds = [
        ("blast", "AML", "hopkins"),
        ("promyelocyte", "APL", "hopkins"),
        ("segmented_neutrophil", "AML", "hopkins"),
        ("myelocyte", "", "barcelona"),
        ("lymphocyte", "lymphoproliferative", "lyon"),
        ("lymphocyte", "reactive", "lyon"),
        ("platelet", "", "barcelona"),
    ]
    cells, vectors = [], []
    for number in range(280):
        kind = number % len(kinds)
        label, diagnosis, source = kinds[kind]
        patient = f"{source}{diagnosis}{number % 5}" if diagnosis else ""
        cells.append(labelled(label, diagnosis, source, patient, number))
        vectors.append(np.eye(len(kinds))[kind].repeat(3) * 3 + rng.normal(0, 0.5, 21))
    return cells, np.asarray(vectors, np.float32)


def test_that_the_stages_learn_what_the_labels_determine(taxonomy: Taxonomy, vocabulary: Vocabulary):
    cells, vectors = toy_pool()
    recipe = CrossfitRecipe(pictures=9_600, ordinary=32, bag=8, pair=8, rate=5e-3)
    net = fit_heads(cells, torch.from_numpy(vectors), np.arange(len(cells)), taxonomy, vocabulary, recipe, hidden=16)
    logits = stage_logits(net, torch.from_numpy(vectors))
    scores = scores_of(logits, trained_stages(taxonomy, vocabulary), taxonomy, vocabulary)
    best = np.asarray(vocabulary.types)[scores[TYPES].argmax(1)]
    wanted = {"promyelocyte": "abnormal_promyelocyte"}
    truth = np.asarray([wanted.get(c.cell_class, c.cell_class) for c in cells])
    sites = np.asarray([c.source for c in cells])
    assert (best == truth)[sites != "lyon"].mean() > 0.95
    malignant = np.diff(scores["malignant"], axis=1)[:, 0] > 0
    assert malignant[truth == "blast"].mean() > 0.95
    assert not malignant[truth == "segmented_neutrophil"].any()
    ill = np.asarray([c.diagnosis == "lymphoproliferative" for c in cells])
    odds = np.diff(scores["lymphoid"], axis=1)[:, 0]
    assert odds[ill].mean() > odds[sites == "barcelona"].mean() + 1
    assert not scores["line"].any(), "a head that no stage answers has even odds"


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


def test_that_what_the_trunk_has_seen_is_told_from_the_patients_kept_aside(tiny: Path, taxonomy: Taxonomy):
    bundle = load_bundle(tiny, taxonomy)
    told = {"cells": {"hopkins/train": 3, "hopkins/test": 2, "barcelona/val": 1}, "test_patients": ["q"]}
    bundle = replace(bundle, manifest=replace(bundle.manifest, provenance=told))
    cells = [
        labelled("blast", "AML", "hopkins", "p"),
        labelled("blast", "AML", "hopkins", "q"),
        labelled("monocyte"),
        labelled("lymphocyte", "reactive", "lyon", "p"),
    ]
    assert seen_by_trunk(cells, bundle).tolist() == [True, False, True, False]


def test_that_the_temperature_is_the_one_that_made_the_labels():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, (4000, 3)).astype(np.float32)
    p = np.exp(logits / 2.5)
    p /= p.sum(1, keepdims=True)
    truth = np.asarray([rng.choice(3, p=row) for row in p])
    assert fit_temperature(truth, logits, np.ones(4000)) == pytest.approx(2.5, rel=0.15)


def test_that_a_sample_keeps_so_many_of_each_class_of_a_patient():
    cells = [labelled("blast", "AML", "hopkins", f"p{i % 2}", i) for i in range(20)]
    cells += [labelled("monocyte", number=i) for i in range(7)]
    kept = sample_of(cells, 3)
    assert len(kept) == 2 * 3 + 7
    assert sample_of(cells[::-1], 3)[::-1] == kept, "whatever the order"
    assert sample_of(cells, 0) == tuple(cells)
    nothing = np.zeros((len(kept), 3), np.float32)
    features = TrunkFeatures(tuple(c.sha1 for c in kept), nothing, nothing, {})
    assert cells_with_features(cells, features) == list(kept)
