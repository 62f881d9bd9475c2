"""From a raw labelling to the central cell alone (0 background, 1 cytoplasm, 2 nucleus)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST_SHARE = 0.004
"""A component smaller than this share of the image is no cell."""
LARGEST_SHARE = 0.9
"""Nor is one larger than this: a labelling that fills the frame has found nothing."""


def labelled(on: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number the 4-connected components of a boolean image.

    Runs of neighbouring rows that touch are united (union-find), so the work grows with the runs, not the pixels.

    Args:
        on: H×W.

    Returns:
        H×W: 0 where `on` is False, else the component's number; 1 is the largest, equals in order of their first pixel.
    """
    edges = np.diff(np.pad(on.astype(np.int8), ((0, 0), (1, 1))), axis=1)  # H×(W+1): +1 begins a run, −1 ends it
    rows, run_starts = np.nonzero(edges == 1)
    run_ends = np.nonzero(edges == -1)[1]
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    starts, ends = run_starts.tolist(), run_ends.tolist()
    first = np.searchsorted(rows, np.arange(on.shape[0] + 1)).tolist()
    for y in range(1, on.shape[0]):
        above, here = first[y - 1], first[y]
        while above < first[y] and here < first[y + 1]:
            if starts[above] < ends[here] and starts[here] < ends[above]:
                one, other = sorted((root(above), root(here)))
                parent[other] = one
            if ends[above] < ends[here]:
                above += 1
            else:
                here += 1
    lengths = run_ends - run_starts
    _, part = np.unique([root(run) for run in parent], return_inverse=True)  # numbered by first run
    areas = np.bincount(part, weights=lengths) if len(part) else np.zeros(0)
    number = np.empty(len(areas), dtype=np.int64)
    number[np.argsort(-areas, kind="stable")] = np.arange(1, len(areas) + 1)
    numbers = np.zeros(on.shape, dtype=np.int64)
    numbers[on] = np.repeat(number[part], lengths)
    return numbers


def components(on: NDArray[np.bool_], smallest: int = 1) -> list[NDArray[np.bool_]]:
    """The 4-connected components (H×W each) of a boolean image with at least `smallest` pixels, the largest first."""
    numbers = labelled(on)
    areas = np.bincount(numbers.ravel())[1:]
    return [numbers == number for number, area in enumerate(areas, 1) if area >= smallest]


def fill_holes(part: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A component (H×W) with its enclosed holes filled."""
    numbers = labelled(~part)
    rim = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
    return ~np.isin(numbers, rim[rim > 0])


def central_cell(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the cell nearest the centre of a labelling (H×W, 0/1/2); all zero when there is none.

    A component with a nucleus is preferred to one without (platelets have none); size and nearness decide between
    several: the score is the root of the area, falling with the squared distance of the component from the centre.
    Holes of the cell become cytoplasm.
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
    return np.where(best, np.maximum(labels, 1), 0).astype(np.uint8)
