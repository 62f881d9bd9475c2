"""Cached masks of the training cells, from reviewers or a segmenter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.paths import resources_dir
from leukview.importers.training_archive import decode_mask, read_repaired_masks
from leukview.inference.classification.preprocess import Preprocessing, crop_box, extract_crop
from leukview.inference.segmentation.segmenter_onnx import EmbeddedSegmenter
from leukview.services.ports.inference import Segmenter
from training.data.dataset import LabelledCell, cache_path, decode_images, with_margin, write_cache

BATCH_SIZE = 16


def load_embedded_segmenter() -> EmbeddedSegmenter:
    """Load the segmenter that is shipped with the application."""
    return EmbeddedSegmenter(resources_dir() / "models" / "segmenter")


def cached_masks(
    cells: Sequence[LabelledCell],
    folder: Path,
    cache_folder: Path,
    preprocessing: Preprocessing,
    margin: int,
    segmenter: Segmenter,
) -> NDArray[np.uint8]:
    """Mask of every cell: the reviewer's repaired one, otherwise the segmenter's.

    Args:
        cells: Rows of the result.
        folder: Data folder.
        cache_folder: Folder of the cache.
        preprocessing: Preprocessing of the bundle; its background treatment is ignored.
        margin: Pixels added on each side, as for `training.data.dataset.cached_crops`.
        segmenter: Its identity and the repaired masks are part of the cache key.

    Returns:
        Read-only memory map N×S×S: 0 background, 1 cytoplasm, 2 nucleus.

    Raises:
        ExportError: An image or a repaired mask cannot be read, or a repaired mask does not fit its image.
    """
    wide = with_margin(preprocessing, margin)
    repaired = read_repaired_masks(cells, folder)

    def rows() -> Iterator[NDArray[np.uint8]]:
        waiting: list[tuple[NDArray[np.uint8], NDArray[np.uint8] | None]] = []
        for row, pixels in enumerate(decode_images(cells, folder, "segment")):
            drawn = decode_mask(repaired[row], *pixels.shape[:2]) if row in repaired else None
            waiting.append((pixels, drawn))
            if len(waiting) == BATCH_SIZE:
                yield from _crop_masks(waiting, wide, segmenter)
                waiting = []
        yield from _crop_masks(waiting, wide, segmenter)

    drawn = [f"{row}:{hashlib.sha256(content).hexdigest()}" for row, content in repaired.items()]
    path = cache_path(cells, cache_folder, "masks", wide, segmenter.identity, *drawn)
    return write_cache(path, (len(cells), wide.side, wide.side), rows())


def _crop_masks(
    batch: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8] | None]],
    preprocessing: Preprocessing,
    segmenter: Segmenter,
) -> Iterator[NDArray[np.uint8]]:
    """Crop the masks of images as the images are cropped for the network.

    Only images without a repaired mask are segmented.
    """
    segmented = iter(segmenter.segment([pixels for pixels, drawn in batch if drawn is None]))
    for _, drawn in batch:
        mask = next(segmented) if drawn is None else drawn
        crop = Image.fromarray(extract_crop(mask, crop_box(mask.shape[0], mask.shape[1], preprocessing)))
        yield np.asarray(
            crop.resize((preprocessing.side, preprocessing.side), Image.Resampling.NEAREST), dtype=np.uint8
        )
