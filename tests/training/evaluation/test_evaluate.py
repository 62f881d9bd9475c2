import csv
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from leukview.inference.bundles.bundle import MODEL_CARD_FILE, load_bundle
from leukview.inference.classification.classifier_factory import load_classifier
from tests.training.classifier.test_train import Clock
from training.bundle import build
from training.classifier import train
from training.data.dataset import MANIFEST_COLUMNS, read_taxonomy
from training.evaluation.evaluate import accuracy_range, choose_abstention_threshold, patient_metrics
from training.evaluation.negative_controls import occlude_cell

CONFIG = """
seed = 1
architecture = "shared"
plain_part = 0.5
plain_sides = [24, 32]
average = 0.9
pooling = "frame"
least_support = 5
coupling = "path"
label_smoothing = 0.0
precision = "float32"
[preprocessing]
side = 32
field = 0.8
mean = [0.5, 0.5, 0.5]
std = [0.25, 0.25, 0.25]
background = "keep"
[trunk]
stem = 8
widths = [8, 16, 16, 16]
depths = [1, 1, 1, 1]
groups = 2
squeeze = 2
[pmg]
block_inner = 8
block = 8
hidden = 8
[plain]
batch = 16
optimiser = "adamw"
rate = 3e-3
trunk_factor = 1.0
weight_decay = 0.0
warmup = 0.1
[progressive]
batch = 16
optimiser = "sgd"
rate = 1e-2
trunk_factor = 0.1
weight_decay = 0.0
warmup = 0.1
[augment]
margin = 4
angle = 45.0
scale = 0.1
shift = 1.0
stain = 0.05
hue = 0.0
brightness = 0.05
blur = 0.5
background = 0.0
"""
COLOURS = {"blast": (90, 20, 120), "lymphocyte": (40, 60, 160), "segmented_neutrophil": (180, 120, 160)}
COLOURS |= {"smudge_cell": (150, 90, 170), "platelet": (120, 100, 200)}


def write_cohort(folder: Path) -> Path:
    """Two sites of coloured squares: twenty-one patients with blasts and benign cells, and healthy people's cells."""
    (folder / "cells").mkdir(parents=True)
    rng = np.random.default_rng(0)
    rows: list[tuple[str, ...]] = []
    with zipfile.ZipFile(folder / "cells" / "cells-a.zip", "w") as archive:

        def add(patient: str, diagnosis: str, name: str, split: str) -> None:
            pixels = rng.normal(COLOURS[name], 20, (40, 40, 3)).clip(0, 255).astype(np.uint8)
            content = io.BytesIO()
            Image.fromarray(pixels).save(content, "PNG")
            rows.append((f"{len(rows)}.png", "ill" if patient else "well", patient, diagnosis, name, split))
            archive.writestr(rows[-1][0], content.getvalue())

        for patient in range(21):
            for name in ("blast", "blast", "blast", "lymphocyte", "segmented_neutrophil", "smudge_cell"):
                add(f"P{patient:02}", "APL" if patient % 3 == 0 else "AML", name, "discovery")
        for number in range(60):
            for name in ("lymphocyte", "segmented_neutrophil", "platelet"):
                add("", "normal", name, "val" if number < 12 else "train")
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(MANIFEST_COLUMNS)
        writer.writerows((*row, f"{i:040x}") for i, row in enumerate(rows))
        archive.writestr("manifest.csv", text.getvalue())
    return folder


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_cohort(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def made(cohort, tmp_path_factory):
    """A run of a few seconds, evaluated and written by the two commands."""
    work = tmp_path_factory.mktemp("work")
    (work / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    run, output = work / "run", work / "bundle"
    common = ["--config", str(work / "tiny.toml"), "--run", str(run), "--threads", "1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.classifier.train.time", Clock())
        patch.setenv("LEUKVIEW_DATA", str(cohort))
        patch.setattr(sys, "argv", ["train", *common, "--minutes", "0.08"])
        train.main()
        patch.setattr(sys, "argv", ["make_bundle", *common, "--output", str(output), "--name", "tiny"])
        build.main()
    return run, output


def test_that_a_run_becomes_a_bundle_that_both_engines_read_alike(made):
    _, output = made
    images = [np.random.default_rng(i).integers(0, 256, (40, 40, 3), dtype=np.uint8) for i in range(3)]
    masks = [np.ones((40, 40), np.uint8)] * 3
    one, other = (load_classifier(output, engine, "cpu", 1).classify(images, masks) for engine in ("onnx", "torch"))
    for a, b in zip(one, other, strict=True):
        for p, q in zip(a.stages, b.stages, strict=True):
            np.testing.assert_allclose(p.probabilities, q.probabilities, atol=1e-4)


def test_that_the_card_and_the_manifest_say_what_was_measured(made):
    run, output = made
    manifest = load_bundle(output, read_taxonomy()).manifest
    measured = json.loads((run / "evaluation.json").read_text(encoding="utf-8"))
    assert manifest.metrics["test_patients"] == measured["test_patients"]
    assert manifest.metrics["test_patients"]["stages"]["stage1"]["cells"] == 4 * 5
    assert set(manifest.metrics["test_patients"]["controls"]) == {
        "the head",
        "mean colours alone",
        "the head, cell hidden",
    }
    card = (output / MODEL_CARD_FILE).read_text(encoding="utf-8")
    gate = measured["both_sites"]["stages"]["gate"]
    assert f"platelet {gate['f1']['platelet']:.3f}" in card
    assert f"{measured['test_patients']['stages']['gate']['blasts_lost']:.2%}" in card
    assert "Barcelona" in card
    assert not set(manifest.provenance["test_patients"]) & set(manifest.provenance["validation_patients"])


def test_that_a_colour_that_tells_the_classes_apart_is_learnt_in_seconds(made):
    run, _ = made
    measured = json.loads((run / "evaluation.json").read_text(encoding="utf-8"))
    well = measured["barcelona_validation"]["stages"]
    assert well["gate"]["accuracy"]["value"] > 0.8
    assert well["gate"]["f1"]["platelet"] > 0.8


def test_that_patients_are_scored_by_the_mean_of_their_cells():
    truth = np.asarray([1, 1, 1, 0, 0, 0])
    score = np.asarray([0.9, 0.1, 0.8, 0.7, 0.2, 0.3])
    found = patient_metrics(truth, score, ["a", "a", "b", "c", "c", "d"])
    assert (found["patients"], found["positive"], found["fewest_cells"]) == (4, 2, 1)
    assert found["auc"].value == 1.0


def test_that_the_range_over_patients_leaves_out_those_with_few_cells():
    right = np.asarray([True] * 15 + [False] * 10 + [True] * 20 + [False] * 5)
    found = accuracy_range(right, ["a"] * 25 + ["b"] * 20 + ["c"] * 5)
    assert found == {"groups": 2, "least": 0.6, "median": 0.8, "greatest": 1.0}
    assert accuracy_range(right[:5], ["a"] * 5) is None


def test_that_the_threshold_catches_missed_blasts_but_keeps_most_cells():
    truth = ["blast"] * 100 + ["lymphocyte"] * 100
    guess = ["lymphocyte"] * 5 + ["blast"] * 95 + ["lymphocyte"] * 100
    confidence = np.asarray([0.3, 0.4, 0.5, 0.6, 0.7] + [0.95] * 195)
    assert choose_abstention_threshold(truth, guess, confidence) == pytest.approx(0.41)


def test_that_a_hidden_cell_leaves_its_surroundings_alone():
    images = torch.rand(2, 3, 40, 40)
    images[:, :, 15:25, 15:25] = 9.0
    found = occlude_cell(images)
    assert found.max() < 9
    assert torch.equal(found[:, :, :5], images[:, :, :5])
