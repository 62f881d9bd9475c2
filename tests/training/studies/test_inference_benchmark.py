import json
import sys

import numpy as np
import pytest
import torch

from leukview.inference.bundles.bundle import ONNX_FILE, load_bundle
from leukview.inference.classification.classifier_torch import TorchClassifier
from tests.support.tiny_bundle import write_tiny_bundle
from training.data.build_manifest import collect_cells, split_cells, write_archive
from training.data.dataset import read_taxonomy
from training.data.importers import synthetic_images
from training.studies import inference_backends as engine_room
from training.studies import inference_benchmark
from training.studies.inference_backends import (
    REFERENCE_BACKEND,
    InferenceBackend,
    available_backends,
    onnx_backend,
    quantise,
)
from training.studies.inference_benchmark import (
    check_backend,
    compute_logits,
    measure_backends,
    prepare_inputs,
    speed_markdown,
    time_backend,
)

TAXONOMY = read_taxonomy()
DISEASE_STAGES = [s.key for s in TAXONOMY.stages if s.tree != "type" and s.key != "lymphoid_neoplasm"]


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return load_bundle(write_tiny_bundle(tmp_path_factory.mktemp("tiny") / "bundle", TAXONOMY), TAXONOMY)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).normal(0, 1, (20, 3, 64, 64)).astype(np.float32)


def test_that_every_engine_gives_the_numbers_of_plain_torch(bundle, images):
    """To rounding in full precision; nearly in bfloat16 and int8."""
    allowed = {
        "torch": 0,
        "torch, channels last": 1e-4,
        "torch, channels last, bfloat16": 0.5,
        "ONNX Runtime": 1e-4,
        "ONNX Runtime, int8 products": 0.5,
        "ONNX Runtime, int8 convolutions": 2.0,
        "OpenVINO": 1e-3,
    }
    stages = len(DISEASE_STAGES)
    reference = None
    names = []
    for engine in available_backends(bundle, images[:8], compiled=False):
        found = compute_logits(engine.start(1), images, stages)
        reference = reference or found
        assert [a.shape for a in found] == [a.shape for a in reference]
        difference = max(float(np.abs(a - b).max()) for a, b in zip(found, reference, strict=True))
        assert difference <= allowed[engine.name], engine.name
        names.append(engine.name)
    assert names[0] == REFERENCE_BACKEND
    assert set(allowed) - {"OpenVINO"} <= set(names)


def test_that_int8_makes_the_graph_smaller_and_needs_calibration_for_convolutions_alone(bundle, images):
    graph = bundle.file_contents[ONNX_FILE]
    dynamic, static = quantise(graph, None), quantise(graph, images[:8])
    assert b"QuantizeLinear" in static
    assert b"MatMulInteger" in dynamic
    assert b"MatMulInteger" not in graph
    assert not np.array_equal(onnx_backend(static)(1)(images[:2])[1], onnx_backend(graph)(1)(images[:2])[1])


def test_that_a_batch_is_repeated_and_the_first_run_does_not_count():
    seen = []

    def run(part):
        seen.append(len(part))
        return [part]

    found = time_backend(InferenceBackend("x", lambda _: run), run, np.zeros((10, 3, 4, 4), np.float32), 2, 4, 0.0)
    assert seen == [4] * 4
    assert (found.engine, found.threads, found.batch, found.repeats) == ("x", 2, 4, 3)
    assert 0 < found.least_ms <= found.ms


def test_that_a_batch_larger_than_there_are_images_says_its_true_size():
    found = time_backend(InferenceBackend("x", lambda _: list), list, np.zeros((3, 3, 4, 4), np.float32), 1, 8, 0.0)
    assert found.batch == 3


def test_that_differences_and_accuracies_are_counted_on_the_cells_whose_label_speaks():
    reference = [np.asarray([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), np.asarray([[1.0, 0.0]] * 3)]
    found = [np.asarray([[1.0, 0.0], [0.5, 0.25], [1.0, 0.0]]), np.asarray([[1.0, 0.0]] * 3)]
    targets = np.asarray([[0, -1], [1, -1], [-1, -1]])
    check = check_backend("x", found, reference, targets, ["gate", "stage1"])
    assert check.difference == 0.75
    assert check.changed == pytest.approx((1 / 3 + 0) / 2)
    assert check.accuracy == {"gate": 0.5}


def test_that_an_engine_that_the_machine_refuses_is_named_with_its_reason(bundle, images, monkeypatch):
    def refuse(_):
        raise RuntimeError("no compiler here\nand more")

    plain = TorchClassifier(bundle, "cpu").net
    two = [InferenceBackend(REFERENCE_BACKEND, engine_room.torch_backend(plain)), InferenceBackend("odd", refuse)]
    monkeypatch.setattr(inference_benchmark, "available_backends", lambda *_: iter(two))
    targets = np.zeros((len(images), len(DISEASE_STAGES)), np.int64)
    timings, checks, sizes, refused = measure_backends(
        bundle, images, images, targets, [1], [4, 8], 0.0, compiled=False
    )
    assert [(t.engine, t.batch) for t in timings] == [(REFERENCE_BACKEND, 4), (REFERENCE_BACKEND, 8)]
    assert [c.engine for c in checks] == [REFERENCE_BACKEND]
    assert refused == ["odd: no compiler here"]
    told = speed_markdown(timings, checks, sizes, refused, "here", 20)
    assert "Not run here: odd: no compiler here" in told
    assert "1 thread, batch 4" in told


def test_that_images_are_prepared_as_the_application_prepares_them(bundle, tmp_path):
    done = split_cells(collect_cells(synthetic_images(23, 1, TAXONOMY, side=96), TAXONOMY))
    write_archive(done, tmp_path, "synthetic")
    from training.data.dataset import load_labelled_cells

    cells = load_labelled_cells(tmp_path)[:3]
    images = prepare_inputs(bundle, cells, tmp_path)
    assert images.shape == (3, 3, 64, 64)
    assert images.dtype == np.float32


def test_that_the_command_writes_the_table(bundle, tmp_path, monkeypatch, capsys):
    write_archive(
        split_cells(collect_cells(synthetic_images(115, 1, TAXONOMY, side=64), TAXONOMY)), tmp_path, "synthetic"
    )
    monkeypatch.setenv("LEUKVIEW_DATA", str(tmp_path))
    command = ["speed", "--bundle", str(bundle.path), "--output", str(tmp_path / "out"), "--no-compile"]
    command += ["--threads", "1", "--batches", "2", "--seconds", "0", "--cells", "10"]
    monkeypatch.setattr(sys, "argv", command)
    assert inference_benchmark.main() == 0
    told = capsys.readouterr().out
    assert "| ONNX Runtime, int8 convolutions |" in told
    assert "load average before" in told
    raw = json.loads((tmp_path / "out" / "speed.json").read_text(encoding="utf-8"))
    assert raw["bundle"] == bundle.sha256
    assert {t["threads"] for t in raw["timings"]} == {1}
    reference = next(c for c in raw["checks"] if c["engine"] == REFERENCE_BACKEND)
    assert reference["difference"] == 0
    assert all(0 <= a <= 1 for c in raw["checks"] for a in c["accuracy"].values())
