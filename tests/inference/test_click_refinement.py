"""Clicks on synthetic cells whose true mask is known: a few of them bring the outline near the truth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from leukview.core.paths import resources_dir
from leukview.inference.segmentation.click_refinement import (
    GeodesicMaskRefiner,
    GeodesicRefinementSession,
    apply_clicks,
)
from leukview.inference.segmentation.segmenter_onnx import EmbeddedSegmenter
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

SIDE = 240
Mask = NDArray[np.uint8]


def distance_from(x: float, y: float) -> NDArray[np.float64]:
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    return np.asarray(np.hypot(rows - y, columns - x))


def make_cell(neighbour: bool = False) -> tuple[NDArray[np.uint8], Mask]:
    """A cell with an eccentric nucleus on a stained ground, perhaps with a red cell that touches it; and its truth."""
    image = np.full((SIDE, SIDE, 3), (250, 228, 205), np.float64)
    if neighbour:
        image[distance_from(185, 120) < 32] = (196, 130, 150)
    body, nucleus = distance_from(118, 120) < 52, distance_from(108, 114) < 31
    image[body], image[nucleus] = (175, 165, 215), (95, 55, 150)
    image = ndimage.gaussian_filter(image, (1.2, 1.2, 0)) + np.random.default_rng(4).normal(0, 4, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8), np.where(nucleus, 2, body.astype(np.uint8)).astype(np.uint8)


def dice(mask: Mask, truth: Mask, region: int) -> float:
    found, right = mask >= region, truth >= region
    both = int(found.sum() + right.sum())
    return 2 * int((found & right).sum()) / both if both else 1.0


def worst_click(mask: Mask, truth: Mask) -> Click:
    """Where a person would click next: in the middle of the largest part that is wrong, saying what lies there."""
    best, click = 0, Click(0, 0, 0)
    for region in (BACKGROUND, CYTOPLASM, NUCLEUS):
        numbers, count = ndimage.label((truth == region) & (mask != region))
        for number in range(1, count + 1):
            part = numbers == number
            if part.sum() > best:
                deep = ndimage.distance_transform_edt(np.pad(part, 1))[1:-1, 1:-1]
                y, x = np.unravel_index(int(deep.argmax()), part.shape)
                best, click = int(part.sum()), Click(int(x), int(y), region)
    return click


@pytest.fixture(scope="module")
def refiner() -> GeodesicMaskRefiner:
    return GeodesicMaskRefiner(EmbeddedSegmenter(resources_dir() / "models" / "segmenter", threads=1))


def empty_mask(truth: Mask) -> Mask:
    return np.zeros_like(truth)


def left_half(truth: Mask) -> Mask:
    mask = truth.copy()
    mask[:, 125:] = 0
    return mask


def without_nucleus(truth: Mask) -> Mask:
    return (truth > 0).astype(np.uint8)


def including_neighbour(truth: Mask) -> Mask:
    mask = truth.copy()
    mask[(distance_from(185, 120) < 32) & (mask == 0)] = 1
    return mask


@pytest.mark.parametrize(
    ("spoil", "neighbour", "clicks", "reached"),
    [
        (left_half, False, 2, 0.95),
        (without_nucleus, False, 1, 0.95),
        (including_neighbour, True, 1, 0.97),
        (empty_mask, False, 3, 0.85),
    ],
)
def test_that_a_few_clicks_bring_a_bad_outline_near_the_truth(refiner, spoil, neighbour, clicks, reached):
    image, truth = make_cell(neighbour)
    refinement, mask, given = refiner.start_session(image), spoil(truth), []
    before = [dice(mask, truth, region) for region in (CYTOPLASM, NUCLEUS)]
    for _ in range(clicks):
        given.append(worst_click(mask, truth))
        asked = mask.copy()
        refined = refinement.refine(mask, given)
        assert np.array_equal(mask, asked), "the mask that was asked about must stay as it is"
        mask = refined
    after = [dice(mask, truth, region) for region in (CYTOPLASM, NUCLEUS)]
    assert sum(after) > sum(before)
    assert min(after) >= reached
    assert mask.shape == truth.shape
    assert mask.dtype == np.uint8


def test_that_each_click_is_obeyed_where_it_lies_and_far_away_nothing_changes(refiner):
    image, truth = make_cell()
    refinement = refiner.start_session(image)
    for click in (
        Click(30, 30, NUCLEUS),
        Click(108, 114, BACKGROUND),
        Click(0, 0, CYTOPLASM),
        Click(239, 239, CYTOPLASM),
    ):
        mask = refinement.refine(truth, [click])
        assert mask[click.y, click.x] == click.region
    spot = refinement.refine(truth, [Click(150, 140, NUCLEUS)])
    changed = spot != truth
    assert not changed[:, :60].any()
    assert not changed[:60].any()


def test_that_without_a_click_nothing_changes(refiner):
    image, truth = make_cell()
    refined = refiner.start_session(image).refine(truth, [])
    assert np.array_equal(refined, truth)
    assert refined is not truth


def test_that_the_refiner_is_named_as_its_segmenter(refiner):
    assert refiner.identity.startswith("embedded:")


def test_that_the_segmenters_probabilities_are_some():
    segmenter = EmbeddedSegmenter(resources_dir() / "models" / "segmenter", threads=1)
    found = segmenter.probabilities(make_cell()[0])
    assert found.shape[0] == 3
    assert found.shape[1] == found.shape[2] <= segmenter.manifest.side
    assert np.allclose(found.sum(0), 1.0, atol=1e-5)


def test_that_images_of_any_size_are_refined():
    for height, width in ((30, 300), (500, 360)):
        image = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
        even = np.full((3, 16, 16), 1 / 3, np.float32)
        mask = GeodesicRefinementSession(image, even).refine(
            np.zeros((height, width), np.uint8), [Click(width - 1, 0, 1)]
        )
        assert mask.shape == (height, width)
        assert mask[0, width - 1] == CYTOPLASM


def test_that_crumbs_go_and_the_largest_part_and_what_was_clicked_stay():
    before = np.zeros((100, 100), np.uint8)
    before[20:60, 20:60] = 1
    after = before.copy()
    after[80:84, 80:84] = 1  # a crumb that nobody asked for
    after[30:33, 30:33] = 0  # a hole
    after[10:14, 80:84] = 1
    kept = apply_clicks(after, before, [Click(82, 12, CYTOPLASM)])
    assert kept[82, 82] == BACKGROUND
    assert kept[31, 31] == CYTOPLASM
    assert kept[12, 82] == CYTOPLASM
