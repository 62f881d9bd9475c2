"""Crops and masks of all cells, decoded and segmented once: ``python -m training.crossfit.cache --cache DIR``."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.domain.models.labelled_cells import LabelledCell
from leukview.inference.classification.preprocess import Preprocessing, crop_box, crop_to_square, extract_crop
from training.crossfit.negatives import as_negative, negatives_of
from training.crossfit.pool import decode_pool, read_pool
from training.data.dataset import cache_path, data_folder
from training.data.mask_cache import load_embedded_segmenter

_Numbered = tuple[int, LabelledCell, NDArray[np.uint8]]

BATCH = 16
FIELD_FACTOR = {"raabin": 1.06, "cnmc": 0.85}
"""By how much the crop's part of the frame is wider, for red cells (7.2 µm) to come out about equally large: they are
0.215 of the frame's side at Barcelona, 0.212 at Lyon and 0.226 at Raabin. C-NMC shows none and was set by eye."""
BLACK = 12
"""Grey value up to which a pixel of C-NMC is background: its pictures come segmented on black."""


def view(side: int, field: float, margin: int) -> Preprocessing:
    """The wide view that a cache holds, background kept."""
    wide = side + 2 * margin
    return Preprocessing(wide, field * wide / side, None, (0.5,) * 3, (0.25,) * 3, "keep")


class Joined:
    """Arrays one below the other, read row by row without being copied together.

    Args:
        parts: Of the same shape but for their first axis.
    """

    def __init__(self, *parts: NDArray[np.uint8]) -> None:
        self._parts = parts
        self._ends = np.cumsum([len(part) for part in parts])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        found = np.empty((len(rows), *self._parts[0].shape[1:]), np.uint8)
        owner = np.searchsorted(self._ends, rows, side="right")
        for number, part in enumerate(self._parts):
            own = owner == number
            start = int(self._ends[number]) - len(part)
            found[own] = part[rows[own] - start]
        return found


def build_joined(
    cells: Sequence[LabelledCell], negatives: Sequence[LabelledCell], folder: Path, cache: Path, how: Preprocessing
) -> tuple[Joined, Joined]:
    """Crops and masks of the cells, and below them those of the negatives."""
    parts = [build(own, folder, cache, how) for own in (cells, negatives) if own]
    return Joined(*(crops for crops, _ in parts)), Joined(*(masks for _, masks in parts))


def build(
    cells: Sequence[LabelledCell], folder: Path, cache: Path, how: Preprocessing
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Crops N×S×S×3 and masks N×S×S (0 background, 1 cytoplasm, 2 nucleus) as read-only memory maps.

    Built at the first call; a later one with the same cells and view reads them.
    """
    paths = [cache_path(cells, cache, kind, how, "crossfit-1") for kind in ("cells", "masks")]
    if not all(path.exists() for path in paths):
        cache.mkdir(parents=True, exist_ok=True)
        parts = [path.with_suffix(".part") for path in paths]
        shape = (len(cells), how.side, how.side)
        crops = np.lib.format.open_memmap(parts[0], mode="w+", dtype=np.uint8, shape=(*shape, 3))
        masks = np.lib.format.open_memmap(parts[1], mode="w+", dtype=np.uint8, shape=shape)
        segmenter = load_embedded_segmenter()
        numbered = zip(itertools.count(), cells, decode_pool(cells, folder), strict=False)
        for batch in _batched(numbered):
            shown = [as_negative(on_glass(cell, pixels), cell) for _, cell, pixels in batch]
            for (row, cell, _), pixels, mask in zip(batch, shown, segmenter.segment(shown), strict=True):
                own = replace(how, field=how.field * FIELD_FACTOR.get(cell.source, 1.0))
                box = crop_box(pixels.shape[0], pixels.shape[1], own)
                crops[row] = crop_to_square(pixels, None, own, box)
                small = Image.fromarray(extract_crop(mask, box)).resize((own.side, own.side), Image.Resampling.NEAREST)
                masks[row] = np.asarray(small)
        crops.flush()
        masks.flush()
        for part, path in zip(parts, paths, strict=True):
            part.rename(path)
    return np.load(paths[0], mmap_mode="r"), np.load(paths[1], mmap_mode="r")


def _batched(items: Iterator[_Numbered]) -> Iterator[tuple[_Numbered, ...]]:
    while batch := tuple(itertools.islice(items, BATCH)):
        yield batch


def on_glass(cell: LabelledCell, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """C-NMC's black background as empty glass, as everywhere else."""
    if cell.source != "cnmc":
        return pixels
    return np.where((pixels.max(2) <= BLACK)[:, :, None], np.uint8(255), pixels)


def main() -> None:
    """Build the cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--side", type=int, default=112)
    parser.add_argument("--field", type=float, default=0.68)
    parser.add_argument("--margin", type=int, default=12)
    parser.add_argument("--negatives", type=int, default=12, help="every so many frames give one without a cell")
    args = parser.parse_args()
    folder = data_folder()
    cells, how = read_pool(folder), view(args.side, args.field, args.margin)
    build_joined(cells, negatives_of(cells, args.negatives), folder, args.cache, how)


if __name__ == "__main__":
    main()
