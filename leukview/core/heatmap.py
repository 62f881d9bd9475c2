"""Colours and bilinear resizing of class-activation maps, the same on screen and on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Seventeen evenly spaced points of viridis (van der Walt and Smith 2015, CC0): perceptually uniform, lightness rises
# throughout, legible with colour-vision deficiencies and in greyscale.
_VIRIDIS = np.array(
    [
        (68, 1, 84),
        (72, 24, 106),
        (71, 45, 123),
        (66, 64, 134),
        (59, 82, 139),
        (51, 99, 141),
        (44, 114, 142),
        (38, 130, 142),
        (33, 145, 140),
        (31, 160, 136),
        (40, 174, 128),
        (63, 188, 115),
        (94, 201, 98),
        (132, 212, 75),
        (173, 220, 48),
        (216, 226, 25),
        (253, 231, 37),
    ],
    np.float32,
)


def viridis(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Map values 0..1 to viridis colours (…×3, RGB); values outside are clipped."""
    positions = np.clip(values, 0.0, 1.0) * (len(_VIRIDIS) - 1)
    low = np.minimum(positions.astype(np.intp), len(_VIRIDIS) - 2)
    fraction = (positions - low)[..., None]
    return np.asarray(np.rint(_VIRIDIS[low] * (1 - fraction) + _VIRIDIS[low + 1] * fraction), np.uint8)


def resize_bilinear(maps: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Resize …×h×w maps bilinearly, pixel centres at halves (``align_corners=False``)."""

    def weights(before: int, after: int) -> NDArray[np.float32]:
        positions = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
        low = np.floor(positions).astype(np.int64)
        high = np.minimum(low + 1, before - 1)
        matrix: NDArray[np.float32] = np.zeros((after, before), np.float32)
        rows = np.arange(after)
        np.add.at(matrix, (rows, low), (1 - (positions - low)).astype(np.float32))
        np.add.at(matrix, (rows, high), (positions - low).astype(np.float32))
        return np.asarray(matrix, np.float32)

    rows, columns = weights(maps.shape[-2], height), weights(maps.shape[-1], width)
    return np.asarray(rows @ maps @ columns.T, np.float32)
