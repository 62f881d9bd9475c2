"""From a raw labelling to the central cell alone (0 background, 1 cytoplasm, 2 nucleus)."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

SMALLEST_SHARE = 0.004
"""A component smaller than this share of the image is no cell."""


def components(on: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The 4-connected components of a small boolean image (H×W), the largest first."""
    left = on.copy()
    height, width = on.shape
    found = []
    for start in zip(*np.nonzero(on), strict=True):
        if not left[start]:
            continue
        part = np.zeros_like(on)
        waiting = deque([(int(start[0]), int(start[1]))])
        left[start] = False
        while waiting:
            y, x = waiting.popleft()
            part[y, x] = True
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= v < height and 0 <= u < width and left[v, u]:
                    left[v, u] = False
                    waiting.append((v, u))
        found.append(part)
    return sorted(found, key=lambda part: -int(part.sum()))


def fill_holes(part: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A component with its enclosed holes filled."""
    outside = np.zeros_like(part)
    for hole in components(~part):
        if hole[0].any() or hole[-1].any() or hole[:, 0].any() or hole[:, -1].any():
            outside |= hole
    return ~outside


def central_cell(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the cell nearest the centre of a labelling (H×W, 0/1/2); all zero when there is none.

    A component with a nucleus is preferred to one without (platelets have none); size and nearness decide between
    several: the score is the area, falling with the squared distance of the component from the centre.
    """
    height, width = labels.shape
    parts = [p for p in components(labels > 0) if p.sum() >= SMALLEST_SHARE * labels.size]
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
