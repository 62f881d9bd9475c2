"""Combination of the class-activation maps that the network's graph returns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leukview.core.heatmap import resize_bilinear


def sum_block_maps(block_maps: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Sum the blocks' maps (each …×h×w) on the finest grid."""
    height = max(b.shape[-2] for b in block_maps)
    width = max(b.shape[-1] for b in block_maps)
    return np.asarray(np.sum([resize_bilinear(b, height, width) for b in block_maps], axis=0), np.float32)


DISPLAY_MAP_STRIDE = 4
"""Input pixels per element of a map that is restricted to the cell."""


def mask_guided(maps: NDArray[np.float32], coverage: NDArray[np.float32]) -> NDArray[np.float32]:
    """Enlarge maps and restrict them to the cell, for networks with cell pooling.

    An element of a block spans many pixels, but only those inside the cell can contribute: the input outside is masked
    out. The enlarged map is therefore multiplied by the cell's coverage.

    Args:
        maps: B×C×h×w, non-negative.
        coverage: B×1×s×s, cell masks in the network's input (0..1).

    Returns:
        B×C×(s/`DISPLAY_MAP_STRIDE`)², zero outside the cells.
    """
    size = coverage.shape[-1] // DISPLAY_MAP_STRIDE
    part = coverage.reshape(-1, 1, size, DISPLAY_MAP_STRIDE, size, DISPLAY_MAP_STRIDE).mean((3, 5))
    return np.asarray(resize_bilinear(maps, size, size) * part, np.float32)
