"""From a raw labelling to the central cell alone (0 background, 1 cytoplasm, 2 nucleus)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SMALLEST_SHARE = 0.004
"""A component smaller than this share of the image is no cell."""
LARGEST_SHARE = 0.9
"""Nor is one larger than this: a labelling that fills the frame has found nothing."""


SMALLEST_DETAIL = 0.01
"""Holes and specks of a nucleus smaller than this share of the cell are noise; larger ones are its shape."""


def components(on: NDArray[np.bool_], smallest: int = 1) -> list[NDArray[np.bool_]]:
    """The 4-connected components (H×W each) of a boolean image with at least `smallest` pixels, the largest first."""
    numbers, count = ndimage.label(on)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-areas, kind="stable")
    return [numbers == number + 1 for number in order if areas[number] >= smallest]


def fill_holes(part: NDArray[np.bool_], smaller_than: float = np.inf) -> NDArray[np.bool_]:
    """A part (H×W) with its enclosed holes of fewer than `smaller_than` pixels filled."""
    holes = ndimage.binary_fill_holes(part) & ~part
    return part | _of_size(holes, 0, smaller_than)


def _of_size(on: NDArray[np.bool_], least: float, below: float) -> NDArray[np.bool_]:
    """The components whose area lies in [least, below)."""
    numbers, count = ndimage.label(on)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)
    kept = (areas >= least) & (areas < below)
    kept[0] = False
    return np.asarray(kept[numbers])


def tidy_nucleus(nucleus: NDArray[np.bool_], detail: float) -> NDArray[np.bool_]:
    """A nucleus (H×W) without the specks and holes of fewer than `detail` pixels that a labelling leaves."""
    return fill_holes(_of_size(nucleus, detail, np.inf), detail)


def central_cell(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the cell nearest the centre of a labelling (H×W, 0/1/2); all zero when there is none.

    A component with a nucleus is preferred to one without (platelets have none); size and nearness decide between
    several: the score is the root of the area, falling with the squared distance of the component from the centre.
    Holes of the cell become cytoplasm; specks and small holes of the nucleus go.
    """
    height, width = labels.shape
    found = components(labels > 0, int(np.ceil(SMALLEST_SHARE * labels.size)))
    parts = [part for part in found if part.sum() <= LARGEST_SHARE * labels.size]
    if not parts:
        return np.zeros_like(labels)
    rows, columns = np.mgrid[0:height, 0:width]
    nearness = np.hypot((rows + 0.5) / height - 0.5, (columns + 0.5) / width - 0.5)

    def score(part: NDArray[np.bool_]) -> float:
        nearest, centre = float(nearness[part].min()), float(nearness[part].mean())
        nucleated = 1.0 if (labels[part] == 2).sum() > 0.05 * part.sum() else 0.35
        return nucleated * float(np.sqrt(part.sum())) * float(np.exp(-((nearest / 0.12) ** 2) - (centre / 0.25) ** 2))

    best = fill_holes(max(parts, key=score))
    return best.astype(np.uint8) + tidy_nucleus(best & (labels == 2), SMALLEST_DETAIL * best.sum())
