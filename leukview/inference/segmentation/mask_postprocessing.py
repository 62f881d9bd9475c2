"""From a raw labelling to the central cell alone (0 background, 1 cytoplasm, 2 nucleus)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

MIN_CELL_FRACTION = 0.004
"""A component smaller than this share of the image is no cell."""
MAX_CELL_FRACTION = 0.9
"""Nor is one larger than this: a labelling that fills the frame has found nothing."""


MIN_DETAIL_FRACTION = 0.01
"""Holes and specks of a nucleus smaller than this share of the cell are noise; larger ones are its shape."""


def connected_components(foreground: NDArray[np.bool_], min_pixels: int = 1) -> list[NDArray[np.bool_]]:
    """The 4-connected components (H×W each) of a boolean image with at least `min_pixels` pixels, the largest first."""
    numbers, count = ndimage.label(foreground)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-areas, kind="stable")
    return [numbers == number + 1 for number in order if areas[number] >= min_pixels]


def fill_holes(region: NDArray[np.bool_], smaller_than: float = np.inf) -> NDArray[np.bool_]:
    """A part (H×W) with its enclosed holes of fewer than `smaller_than` pixels filled."""
    numbers, count = ndimage.label(~region)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)
    hole = areas < smaller_than
    hole[0] = False
    for rim in (numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]):
        hole[rim] = False
    return np.asarray(region | hole[numbers])


def _components_with_area(foreground: NDArray[np.bool_], min_area: float, area_limit: float) -> NDArray[np.bool_]:
    """The components whose area lies in [least, below)."""
    numbers, count = ndimage.label(foreground)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)
    kept = (areas >= min_area) & (areas < area_limit)
    kept[0] = False
    return np.asarray(kept[numbers])


def clean_nucleus(nucleus: NDArray[np.bool_], min_pixels: float) -> NDArray[np.bool_]:
    """A nucleus (H×W) without the specks and holes of fewer than `min_pixels` pixels that a labelling leaves."""
    return fill_holes(_components_with_area(nucleus, min_pixels, np.inf), min_pixels)


def extract_central_cell(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the cell nearest the centre of a labelling (H×W, 0/1/2); all zero when there is none.

    A component with a nucleus is preferred to one without (platelets have none); size and nearness decide between
    several: the score is the root of the area, falling with the squared distance of the component from the centre.
    Holes of the cell become cytoplasm; specks and small holes of the nucleus go.
    """
    numbers, count = ndimage.label(labels > 0)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    fit = (areas >= np.ceil(MIN_CELL_FRACTION * labels.size)) & (areas <= MAX_CELL_FRACTION * labels.size)
    if not fit.any():
        return np.zeros_like(labels)
    names = np.flatnonzero(fit) + 1
    height, width = labels.shape
    rows, columns = (np.arange(height) + 0.5) / height - 0.5, (np.arange(width) + 0.5) / width - 0.5
    nearness = np.hypot(rows[:, None], columns[None, :])
    nearest = np.array([nearness[numbers == name].min() for name in names])
    centre = np.bincount(numbers.ravel(), nearness.ravel())[names] / areas[fit]
    nucleus = np.bincount(numbers[labels == 2], minlength=count + 1)[names]
    nucleated = np.where(nucleus > 0.05 * areas[fit], 1.0, 0.35)
    score = nucleated * np.sqrt(areas[fit]) * np.exp(-((nearest / 0.12) ** 2) - (centre / 0.25) ** 2)
    # Of equals the larger one is taken, then the first in reading order.
    chosen = names[np.lexsort((names, -areas[fit], -score))[0]]
    box = ndimage.find_objects(numbers)[chosen - 1]
    kept = np.zeros_like(labels)
    kept[box] = clean_cell(labels[box], numbers[box] == chosen)
    return kept


def clean_cell(labels: NDArray[np.uint8], cell: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The cell (H×W) alone of a labelling (H×W, 0/1/2), its holes and the specks of its nucleus set right."""
    best = fill_holes(cell)
    inner = clean_nucleus(best & (labels == 2), MIN_DETAIL_FRACTION * best.sum())
    return best.astype(np.uint8) + inner
