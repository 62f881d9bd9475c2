import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from leukview.core.errors import ModelError
from leukview.core.paths import resources_dir
from leukview.inference.classification.classifier_factory import load_classifier, shipped_bundle_in
from leukview.inference.classification.ood import OodDetector
from leukview.inference.classification.preprocess import (
    Preprocessing,
    cell_coverage,
    crop_box,
    crop_to_square,
    dilate,
    dilation_kernel_size,
    extract_crop,
    normalise,
)
from leukview.services.ports.inference import ClassifierOutput
from tests.support.tiny_bundle import write_tiny_bundle

HOW = Preprocessing(8, 0.5, 10.0, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "keep")


@pytest.fixture(scope="module", params=[("shared", "frame"), ("paper", "frame"), ("shared", "cell")])
def tiny(request, tmp_path_factory, taxonomy):
    return write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny", taxonomy, 3, *request.param)


@pytest.fixture(scope="module")
def cells():
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in ((250, 250), (80, 120), (361, 360))]
    masks = [np.zeros(image.shape[:2], np.uint8) for image in images]
    masks[1][20:60, 30:90] = 1
    return images, masks


def largest_difference(one: list[ClassifierOutput], other: list[ClassifierOutput]) -> float:
    differences = []
    for a, b in zip(one, other, strict=True):
        assert a.crop == b.crop
        assert [s.stage for s in a.stages] == [s.stage for s in b.stages]
        differences += [
            np.abs(np.subtract(s.probabilities, t.probabilities)).max() for s, t in zip(a.stages, b.stages, strict=True)
        ]
        differences += [np.abs(s.maps - t.maps).max() for s, t in zip(a.maps, b.maps, strict=True)]
        differences.append(np.abs(a.features - b.features).max())
    return float(max(differences))


def test_that_both_engines_give_the_same_numbers(tiny, cells):
    onnx = load_classifier(tiny, "onnx", threads=1).classify(*cells)
    torch = load_classifier(tiny, "torch", "cpu").classify(*cells)
    assert largest_difference(onnx, torch) < 1e-4


def test_that_the_embedded_bundle_gives_the_same_numbers_on_both_engines(cells):
    folder = shipped_bundle_in(resources_dir())
    onnx = load_classifier(folder, "onnx", threads=1).classify(*cells)
    torch = load_classifier(folder, "torch", "cpu").classify(*cells)
    for a, b in zip(onnx, torch, strict=True):
        for s, t in zip(a.stages, b.stages, strict=True):
            np.testing.assert_allclose(s.probabilities, t.probabilities, atol=1e-4)
        for m, n in zip(a.maps, b.maps, strict=True):
            np.testing.assert_allclose(m.maps, n.maps, atol=1e-4 * max(1.0, float(m.maps.max())))


def test_that_a_cell_gets_the_same_answer_alone_and_in_a_batch(tiny, cells):
    classifier = load_classifier(tiny, "onnx", threads=1)
    images, masks = cells
    alone = [classifier.classify([i], [m])[0] for i, m in zip(images, masks, strict=True)]
    assert largest_difference(alone, classifier.classify(images, masks)) < 1e-5


def test_that_each_trained_stage_answers_with_probabilities_and_a_map_for_every_choice(tiny, cells, taxonomy):
    classifier = load_classifier(tiny)
    known = [s for s in taxonomy.stages if s.tree != "type" and s.key != "lymphoid_neoplasm"]
    assert classifier.trained_stages == tuple(s.key for s in known)
    for found in classifier.classify(*cells):
        for stage, answer, maps in zip(known, found.stages, found.maps, strict=True):
            assert answer.stage == maps.stage == stage.key
            assert answer.choices == stage.choices
            assert sum(answer.probabilities) == pytest.approx(1.0)
            assert set(answer.prediction_set_95) == {
                c for c, p in zip(answer.choices, answer.probabilities, strict=True) if p >= 0.1
            }
            assert answer.prediction_set_95[0] == answer.best
            side = 16 if classifier.bundle.manifest.net.pooling == "cell" else 8
            assert maps.maps.shape == (len(stage.choices), side, side)
            assert maps.maps.dtype == np.float32
            assert maps.maps.min() >= 0
        assert found.features.dtype == np.float32
        assert found.ood_score is None


def test_that_a_network_that_pools_in_the_cell_sees_and_shows_nothing_outside_it(tmp_path, taxonomy):
    classifier = load_classifier(write_tiny_bundle(tmp_path / "tiny", taxonomy, 3, "shared", "cell"), threads=1)
    rng = np.random.default_rng(4)
    image = rng.integers(0, 256, (100, 100, 3), dtype=np.uint8)
    mask = np.zeros((100, 100), np.uint8)
    mask[30:70, 35:65] = 1
    other = rng.integers(0, 256, image.shape, dtype=np.uint8)
    other[26:74, 31:69] = image[26:74, 31:69]  # the same cell, with the rim that is kept
    one, same = classifier.classify([image, other], [mask, mask])
    assert largest_difference([one], [same]) < 1e-5
    shown = (
        cell_coverage(mask, classifier.bundle.manifest.preprocessing, one.crop).reshape(16, 4, 16, 4).max((1, 3)) > 0
    )
    for maps in one.maps:
        assert maps.maps[:, ~shown].max() == 0
    assert max(float(maps.maps.max()) for maps in one.maps) > 0


def test_that_no_cells_give_no_answers(tiny):
    assert load_classifier(tiny).classify([], []) == []


def test_that_a_mask_of_another_size_is_a_programming_error(tiny, cells):
    images, masks = cells
    classifier = load_classifier(tiny)
    with pytest.raises(ValueError, match="shape"):
        classifier.classify(images[:1], masks[1:2])
    with pytest.raises(ValueError, match="shorter"):
        classifier.classify(images, masks[:2])


def test_that_an_engine_or_device_that_is_not_there_is_refused_and_not_replaced(tiny):
    with pytest.raises(ModelError, match="teapot"):
        load_classifier(tiny, "torch", "teapot")
    with pytest.raises(ModelError, match="cuda"):
        load_classifier(tiny, "onnx", "cuda")
    with pytest.raises(ModelError, match="abacus"):
        load_classifier(tiny, "abacus")  # type: ignore[arg-type]


def test_that_the_workstation_engine_loads_and_runs_without_torch(tiny):
    code = (
        "import sys, numpy as np; from pathlib import Path;"
        "from leukview.inference.classification.classifier_factory import load_classifier;"
        "c = load_classifier(Path(sys.argv[1]), threads=1);"
        "c.classify([np.zeros((50, 50, 3), np.uint8)], [np.zeros((50, 50), np.uint8)]);"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tiny)], check=False).returncode == 0


def test_that_the_crop_takes_a_part_of_the_frame_and_micrometres_when_the_scale_is_known():
    assert crop_box(100, 120, HOW) == (35, 25, 85, 75)
    assert crop_box(100, 120, HOW, um_per_px=0.1) == (10, 0, 110, 100)
    assert crop_box(20, 20, HOW, um_per_px=0.1) == (-40, -40, 60, 60)


def test_that_a_crop_beyond_the_edge_repeats_the_border():
    pixels = np.arange(4, dtype=np.uint8).reshape(2, 2)
    assert extract_crop(pixels, (-1, -1, 3, 3)).tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]


def test_that_a_suppressed_background_shows_the_cell_alone_and_a_missing_cell_leaves_the_image():
    image = np.full((16, 16, 3), 40, np.uint8)
    mask = np.zeros((16, 16), np.uint8)
    how = Preprocessing(16, 1.0, None, HOW.mean, HOW.std, "suppress")
    box = crop_box(16, 16, how)
    assert (crop_to_square(image, mask, how, box) == 40).all()
    mask[4:12, 4:12] = 2
    found = crop_to_square(image, mask, how, box)
    edge = dilation_kernel_size(16) // 2
    kept = np.zeros_like(mask, bool)
    kept[4 - edge : 12 + edge, 4 - edge : 12 + edge] = True
    assert (found[kept] == 40).all()
    assert (found[~kept] == 255).all()
    assert (image == 40).all()


def test_that_a_blurred_background_keeps_the_cell_sharp():
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 1
    how = Preprocessing(64, 1.0, None, HOW.mean, HOW.std, "blur")
    found = crop_to_square(image, mask, how, crop_box(64, 64, how))
    assert (found[mask > 0] == image[mask > 0]).all()
    far = np.ones_like(mask, bool)
    far[17:43, 17:43] = False
    assert found[far].std() < image[far].std() / 3


def test_that_normalising_gives_channels_first_on_the_training_scale():
    squares = np.zeros((1, 2, 2, 3), np.uint8)
    squares[..., 1] = 255
    assert normalise(squares, HOW)[0, :, 0, 0].tolist() == pytest.approx([-2.0, 2.0, -2.0])


def test_that_unlikeness_is_the_part_of_validation_cells_that_lie_nearer():
    likeness = OodDetector(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), np.asarray([0, 1, 2], np.float32))
    features = np.asarray([[0, 0], [0, 1], [1.5, 0], [30, 40]], np.float32)
    assert likeness.percentiles(features).tolist() == [0.0, 0.5, 0.75, 1.0]


@given(seed=st.integers(0, 2**32 - 1), by=st.integers(0, 5))
def test_that_a_widened_mask_is_what_a_maximum_filter_makes_of_it(seed: int, by: int):
    draw = np.random.default_rng(seed)
    part = (draw.random(draw.integers(1, 40, 2)) < 0.05).astype(np.uint8)
    expected = np.asarray(Image.fromarray(part).filter(ImageFilter.MaxFilter(2 * by + 1))) if by else part
    kept = part.copy()
    assert np.array_equal(dilate(part, by), expected)
    assert np.array_equal(part, kept)
