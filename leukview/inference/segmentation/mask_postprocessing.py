"""Reduction of a raw label image to its central cell.

Label values: 0 background, 1 cytoplasm, 2 nucleus.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

MIN_CELL_FRACTION = 0.004
"""Components smaller than this share of the image are not cells."""
MAX_CELL_FRACTION = 0.9
"""Components larger than this share of the image are not cells: the segmentation has failed."""


MIN_DETAIL_FRACTION = 0.01
"""Holes and specks of the nucleus below this share of the cell area are noise; larger ones are real structure."""


def connected_components(foreground: NDArray[np.bool_], min_pixels: int = 1) -> list[NDArray[np.bool_]]:
    """4-connected components (H×W each) of a boolean image, largest first.

    Components of fewer than `min_pixels` pixels are left out.
    """
    numbers, count = ndimage.label(foreground)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-areas, kind="stable")
    return [numbers == number + 1 for number in order if areas[number] >= min_pixels]


def fill_holes(region: NDArray[np.bool_], smaller_than: float = np.inf) -> NDArray[np.bool_]:
    """Fill the enclosed holes of fewer than `smaller_than` pixels of a region (H×W)."""
    numbers, count = ndimage.label(~region)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)
    hole = areas < smaller_than
    hole[0] = False
    for rim in (numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]):
        hole[rim] = False
    return np.asarray(region | hole[numbers])


def _components_with_area(foreground: NDArray[np.bool_], min_area: float, area_limit: float) -> NDArray[np.bool_]:
    """Keep the components whose area is in [least, below)."""
    numbers, count = ndimage.label(foreground)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)
    kept = (areas >= min_area) & (areas < area_limit)
    kept[0] = False
    return np.asarray(kept[numbers])


def clean_nucleus(nucleus: NDArray[np.bool_], min_pixels: float) -> NDArray[np.bool_]:
    """Remove specks and fill holes of fewer than `min_pixels` pixels of a nucleus (H×W)."""
    return fill_holes(_components_with_area(nucleus, min_pixels, np.inf), min_pixels)


def extract_central_cell(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the cell nearest the centre of a label image (H×W, 0/1/2).

    Among several components the highest score wins: the square root of the area, falling with the squared distance
    from the centre, times 0.35 for a component without a nucleus (such as a platelet). Holes of the cell become
    cytoplasm; specks and small holes of the nucleus are removed.

    Returns:
        A mask H×W; all zero when there is no cell.
    """
    numbers, count = ndimage.label(labels > 0)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    fit = (areas >= np.ceil(MIN_CELL_FRACTION * labels.size)) & (areas <= MAX_CELL_FRACTION * labels.size)
    if not fit.any():
        return np.zeros_like(labels)
    candidates = np.flatnonzero(fit) + 1
    height, width = labels.shape
    rows, columns = (np.arange(height) + 0.5) / height - 0.5, (np.arange(width) + 0.5) / width - 0.5
    nearness = np.hypot(rows[:, None], columns[None, :])
    nearest = np.array([nearness[numbers == candidate].min() for candidate in candidates])
    centre = np.bincount(numbers.ravel(), nearness.ravel())[candidates] / areas[fit]
    nucleus = np.bincount(numbers[labels == 2], minlength=count + 1)[candidates]
    nucleated = np.where(nucleus > 0.05 * areas[fit], 1.0, 0.35)
    score = nucleated * np.sqrt(areas[fit]) * np.exp(-((nearest / 0.12) ** 2) - (centre / 0.25) ** 2)
    # Ties: the larger component, then the first in reading order.
    chosen = candidates[np.lexsort((candidates, -areas[fit], -score))[0]]
    box = ndimage.find_objects(numbers)[chosen - 1]
    kept = np.zeros_like(labels)
    kept[box] = clean_cell(labels[box], numbers[box] == chosen)
    return kept


def clean_cell(labels: NDArray[np.uint8], cell: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Reduce a label image (H×W, 0/1/2) to one cell (H×W), cleaned up."""
    best = fill_holes(cell)
    inner = clean_nucleus(best & (labels == 2), MIN_DETAIL_FRACTION * best.sum())
    return best.astype(np.uint8) + inner
