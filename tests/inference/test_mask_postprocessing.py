import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage

from leukview.inference.segmentation.mask_postprocessing import (
    MAX_CELL_FRACTION,
    MIN_CELL_FRACTION,
    MIN_DETAIL_FRACTION,
    connected_components,
    extract_central_cell,
    fill_holes,
)

BOOLEAN_IMAGES = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))
LABELLINGS = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24), elements=st.integers(0, 2)
)


def disc(side: int, y: float, x: float, radius: float) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[0:side, 0:side]
    return np.asarray(np.hypot(rows - y, columns - x) < radius)


def cell_mask(side: int, y: float, x: float, radius: float, *, nucleus: bool = True) -> NDArray[np.uint8]:
    labels = disc(side, y, x, radius).astype(np.uint8)
    if nucleus:
        labels[disc(side, y, x, 0.6 * radius)] = 2
    return labels


@given(BOOLEAN_IMAGES)
def test_that_components_come_largest_first_and_share_no_pixel(on: NDArray[np.bool_]):
    parts = connected_components(on)
    areas = [int(part.sum()) for part in parts]
    assert areas == sorted(areas, reverse=True)
    assert np.array_equal(np.sum(parts, axis=0, dtype=int) if parts else np.zeros(on.shape), on)
    assert [int(part.sum()) for part in connected_components(on, 3)] == [area for area in areas if area >= 3]


@given(BOOLEAN_IMAGES)
def test_that_filled_holes_are_those_of_scipy(on: NDArray[np.bool_]):
    assert np.array_equal(fill_holes(on), ndimage.binary_fill_holes(on))


@settings(max_examples=200)
@given(LABELLINGS)
def test_that_the_central_cell_is_one_solid_part_of_what_was_labelled(labels: NDArray[np.uint8]):
    before = labels.copy()
    kept = extract_central_cell(labels)
    assert np.array_equal(labels, before)
    assert kept.shape == labels.shape
    assert kept.dtype == np.uint8
    on = kept > 0
    assert len(connected_components(on)) <= 1
    assert np.array_equal(fill_holes(on), on)
    noise = ((kept == 2) != (on & (labels == 2))).sum()
    assert noise == 0 or MIN_DETAIL_FRACTION * on.sum() > 1, "nothing larger than noise of the labelling is changed"
    if on.any():
        assert (on & (labels > 0)).sum() >= MIN_CELL_FRACTION * labels.size


@given(LABELLINGS)
def test_that_choosing_twice_changes_nothing(labels: NDArray[np.uint8]):
    kept = extract_central_cell(labels)
    if (kept > 0).mean() <= MAX_CELL_FRACTION:  # a filled ring may come to fill the frame
        assert np.array_equal(extract_central_cell(kept), kept)


@given(LABELLINGS)
def test_that_the_rule_does_not_depend_on_the_picture_s_orientation(labels: NDArray[np.uint8]):
    areas = sorted(int(part.sum()) for part in connected_components(labels > 0))
    sizes = {
        int((extract_central_cell(turned) > 0).sum()) > 0
        for turned in (labels, labels[::-1], labels[:, ::-1], labels.T)
    }
    assert len(sizes) == 1
    assert areas == sorted(int(part.sum()) for part in connected_components(labels.T > 0))


def test_that_the_cell_in_the_middle_is_preferred_to_a_larger_one_beside_it():
    labels = np.maximum(cell_mask(128, 64, 64, 18), cell_mask(128, 20, 20, 24))
    kept = extract_central_cell(labels)
    assert np.array_equal(kept, np.where(disc(128, 64, 64, 18), labels, 0))


def test_that_a_cell_with_a_nucleus_is_preferred_to_a_fragment_in_the_middle():
    fragment, whole = cell_mask(128, 64, 64, 9, nucleus=False), cell_mask(128, 64, 85, 11)
    kept = extract_central_cell(np.maximum(fragment, whole))
    assert kept[64, 85] == 2
    assert kept[64, 64] == 0


def test_that_a_stretched_cell_over_the_centre_is_preferred_to_a_compact_one_beside_it():
    stretched = np.zeros((128, 128), np.uint8)
    stretched[61:67] = 1
    stretched[62:66, 40:90] = 2
    kept = extract_central_cell(np.maximum(stretched, cell_mask(128, 83, 64, 9)))
    assert np.array_equal(kept, stretched)


def test_that_a_platelet_alone_is_kept_without_a_nucleus():
    kept = extract_central_cell(cell_mask(128, 64, 64, 9, nucleus=False))
    assert set(np.unique(kept)) == {0, 1}
    assert kept[64, 64] == 1


def test_that_a_hole_in_the_cell_becomes_cytoplasm():
    labels = cell_mask(128, 64, 64, 30)
    labels[disc(128, 64, 64, 4)] = 0
    assert extract_central_cell(labels)[64, 64] == 1


@pytest.mark.parametrize("fill", [0, 1, 2])
def test_that_neither_nothing_nor_everything_is_a_cell(fill: int):
    assert not extract_central_cell(np.full((128, 128), fill, np.uint8)).any()


def test_that_a_speck_is_no_cell():
    assert not extract_central_cell(cell_mask(128, 64, 64, 3)).any()


def test_that_thousands_of_specks_are_told_apart_from_a_cell():
    labels = (np.indices((360, 363)).sum(axis=0) % 2).astype(np.uint8)
    assert not extract_central_cell(labels).any()
    labels[150:210, 150:210] = 2
    assert (extract_central_cell(labels) == 2).sum() == 3600


def test_that_a_nucleus_loses_specks_and_pinholes_but_keeps_its_shape():
    labels = cell_mask(120, 60, 60, 40)
    ring = labels.copy()
    ring[disc(120, 60, 60, 10)] = 1  # a ring-shaped nucleus is real
    noisy = ring.copy()
    noisy[60, 42:44] = 1
    noisy[60, 25:27] = 2
    assert np.array_equal(extract_central_cell(noisy), extract_central_cell(ring))
    assert np.array_equal(extract_central_cell(ring), ring)
