"""Masks of the training cells, made once by a segmenter and kept beside the decoded cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.paths import resources_dir
from leukview.inference.preprocess import Preprocessing, crop_box, cut
from leukview.inference.segmenter_onnx import EmbeddedSegmenter
from leukview.services.engines import Segmenter
from training.data import LabelledCell, cache_path, pictures, widened, write_cache

BATCH = 16


def embedded_segmenter() -> EmbeddedSegmenter:
    """The one that travels with the application."""
    return EmbeddedSegmenter(resources_dir() / "models" / "segmenter")


def cached_masks(
    cells: Sequence[LabelledCell], folder: Path, run: Path, how: Preprocessing, margin: int, segmenter: Segmenter
) -> NDArray[np.uint8]:
    """Segment every cell once.

    Args:
        cells: Rows of the result.
        folder: The data folder.
        run: Where the cache is kept.
        how: The bundle's preprocessing; its background does not matter.
        margin: Pixels added on each side, as for `training.data.cached_squares`.
        segmenter: Part of the cache's name.

    Returns:
        N×S×S, 0 background, 1 cytoplasm, 2 nucleus; read-only memory map.
    """
    wide = widened(how, margin)

    def rows() -> Iterator[NDArray[np.uint8]]:
        waiting: list[NDArray[np.uint8]] = []
        for pixels in pictures(cells, folder, "segment"):
            waiting.append(pixels)
            if len(waiting) == BATCH:
                yield from _seen(waiting, wide, segmenter)
                waiting = []
        yield from _seen(waiting, wide, segmenter)

    path = cache_path(cells, run, "masks", wide, segmenter.identity)
    return write_cache(path, (len(cells), wide.side, wide.side), rows())


def _seen(
    images: Sequence[NDArray[np.uint8]], wide: Preprocessing, segmenter: Segmenter
) -> Iterator[NDArray[np.uint8]]:
    for mask in segmenter.segment(images):
        crop = Image.fromarray(cut(mask, crop_box(mask.shape[0], mask.shape[1], wide)))
        yield np.asarray(crop.resize((wide.side, wide.side), Image.Resampling.NEAREST), dtype=np.uint8)
