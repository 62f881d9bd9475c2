"""Leaks between the splits fail a run: ``python -m training.data.leakage --data DIR``.

Three kinds: the same bytes, the same patient, and the same cell in another file (copied, resized, stored again, cut a
few pixels off, turned or mirrored). The third is found by the correlation of small grey thumbnails.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from leukview.core.errors import LeukViewError
from training.data.dataset import (
    LabelledCell,
    assign_splits,
    check_leakage,
    data_folder,
    decode_images,
    read_manifests,
    without_duplicates,
)

THUMBNAIL_SIDE = 48
"""Side of a thumbnail in pixels."""
THUMBNAIL_FIELD = 0.8
"""Fraction of the frame's shorter side that a thumbnail shows.

It includes the red cells around the cell, which distinguish similar round lymphocytes of two patients.
"""
MAX_SHIFT_PX = 4
"""Largest shift, in thumbnail pixels, between two images of one cell: 7 % of the frame."""
MIN_CORRELATION = 0.98
"""Correlation of two thumbnails at the best shift from which they count as the same cell.

Measured with ``--measure`` on 24,726 cells (Barcelona and Hopkins) in eight orientations: the highest correlation
across splits is 0.955. All four pairs above 0.98 within a split (0.993 or more) are the same cell twice, three of them
confirmed by eye. Of copies of 500 cells it finds 100 % after JPEG compression at quality 50 or downscaling by half,
99 % after brightening by 15 %, and 91 % after a shift of the crop by 1 or 2 % in both directions.
"""
CANDIDATE_CORRELATION, CANDIDATE_CORRELATION_ROTATED = 0.95, 0.98
"""Correlation of the coarse descriptors, unrotated and rotated, from which a pair is compared closely.

A rotated copy was made by software and is not shifted as well, so its threshold can be higher.
"""
ALIGNMENT_BLUR_SIGMA = 1.0
"""Standard deviation, in thumbnail pixels, of the blur before two thumbnails are aligned.

Without it a sharp image would correlate poorly with itself at a shift of half a pixel.
"""
COARSE_SIDE, COARSE_BLUR_SIGMA = 12, 2.5
"""Side of a coarse descriptor and standard deviation of its blur in thumbnail pixels."""
ROW_BLOCK = 2000
"""Rows compared at a time."""
PAIR_CHUNK = 64
"""Pairs compared closely at a time."""
MAX_LISTED_PAIRS = 20

Thumbnails = NDArray[np.uint8]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two rows with nearly equal images.

    Attributes:
        first: Lower row.
        second: Higher row.
        correlation: Correlation of the thumbnails at the best shift (and orientation, if tried), −1..1.
    """

    first: int
    second: int
    correlation: float


def thumbnail(image: NDArray[np.uint8], field: float = THUMBNAIL_FIELD) -> Thumbnails:
    """Grey thumbnail, SIDE×SIDE, of the centre of an image.

    Args:
        image: RGB, H×W×3.
        field: Fraction of the shorter side that the thumbnail shows.
    """
    height, width = image.shape[:2]
    side = field * min(height, width)
    box = ((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
    grey = Image.fromarray(image).convert("L").resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX, box)
    return np.asarray(grey, np.uint8)


def thumbnails_of_crops(crops: NDArray[np.uint8], field: float) -> Thumbnails:
    """Thumbnails of the cached crops of a run, without decoding images again.

    Args:
        crops: N×S×S×3; a memory map is read row by row.
        field: Fraction of the frame's shorter side that a crop shows, margin included; may exceed 1.

    Returns:
        N×SIDE×SIDE.
    """
    field_of_crop = min(THUMBNAIL_FIELD / field, 1.0)
    return np.stack([thumbnail(np.asarray(crop), field_of_crop) for crop in crops])


def normalise_rows(rows: Vectors) -> Vectors:
    """Shift and scale N×D rows to mean 0 and length 1; constant rows become zero."""
    centred = rows - rows.mean(1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-3), np.float32)


def coarse_descriptors(thumbs: Thumbnails) -> Vectors:
    """Coarse descriptors, N×COARSE², that change little under a small shift.

    Args:
        thumbs: N×SIDE×SIDE.

    Returns:
        Rows of mean 0 and length 1.
    """
    soft = gaussian_filter(thumbs.astype(np.float32), (0, COARSE_BLUR_SIGMA, COARSE_BLUR_SIGMA))
    cell = THUMBNAIL_SIDE // COARSE_SIDE
    return normalise_rows(soft.reshape(-1, COARSE_SIDE, cell, COARSE_SIDE, cell).mean((2, 4)).reshape(len(thumbs), -1))


def best_shift_correlation(first: Thumbnails, second: Thumbnails) -> Vectors:
    """Row-wise correlation of thumbnails at the best shift up to `MAX_SHIFT_PX`.

    The centre of each thumbnail of `first` is compared with all shifted windows of `second`.

    Args:
        first: N×SIDE×SIDE.
        second: N×SIDE×SIDE.
    """
    side = THUMBNAIL_SIDE - 2 * MAX_SHIFT_PX
    middle = _smooth(first)[:, MAX_SHIFT_PX : MAX_SHIFT_PX + side, MAX_SHIFT_PX : MAX_SHIFT_PX + side]
    pattern = normalise_rows(middle.reshape(len(first), -1)).reshape(middle.shape)
    best = np.full(len(first), -1.0, np.float32)
    plain = _smooth(second)
    for dy in range(2 * MAX_SHIFT_PX + 1):
        for dx in range(2 * MAX_SHIFT_PX + 1):
            seen = normalise_rows(plain[:, dy : dy + side, dx : dx + side].reshape(len(first), -1))
            best = np.maximum(best, np.einsum("nd,nd->n", seen, pattern.reshape(len(first), -1)))
    return best


def _smooth(thumbs: Thumbnails) -> Vectors:
    return np.asarray(gaussian_filter(thumbs.astype(np.float32), (0, ALIGNMENT_BLUR_SIGMA, ALIGNMENT_BLUR_SIGMA)))


def orientations(thumbs: Thumbnails) -> Iterator[Thumbnails]:
    """Yield the N×SIDE×SIDE thumbnails in all eight orientations, unchanged first."""
    for mirrored in (thumbs, thumbs[:, :, ::-1]):
        for turns in range(4):
            yield np.ascontiguousarray(np.rot90(mirrored, turns, (1, 2)))


def near_duplicates(
    thumbs: Thumbnails,
    groups: Sequence[str] | None = None,
    min_correlation: float = MIN_CORRELATION,
    all_orientations: bool = True,
) -> tuple[NearDuplicate, ...]:
    """Pairs of nearly equal thumbnails, the highest correlation first.

    Args:
        thumbs: N×SIDE×SIDE.
        groups: Split or patient of each row; if given, only pairs of different groups are returned.
        min_correlation: Lowest correlation of a pair.
        all_orientations: Compare all eight orientations, at eight times the cost.
    """
    names = np.unique(np.asarray(groups), return_inverse=True)[1] if groups is not None else None
    coarse = coarse_descriptors(thumbs) if len(thumbs) else np.empty((0, COARSE_SIDE**2), np.float32)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(thumbs), ROW_BLOCK):
        part = thumbs[start : start + ROW_BLOCK]
        for number, view in enumerate(orientations(part) if all_orientations else (part,)):
            likeness = coarse_descriptors(view) @ coarse[start:].T
            ones, others = np.nonzero(likeness >= (CANDIDATE_CORRELATION_ROTATED if number else CANDIDATE_CORRELATION))
            wanted = ones < others
            if names is not None:
                wanted &= names[start + ones] != names[start + others]
            ones, others = ones[wanted], others[wanted]
            for at in range(0, len(ones), PAIR_CHUNK):
                i, j = ones[at : at + PAIR_CHUNK], others[at : at + PAIR_CHUNK] + start
                for one, other, value in zip(i + start, j, best_shift_correlation(view[i], thumbs[j]), strict=True):
                    if value >= min_correlation:
                        key = int(one), int(other)
                        found[key] = max(found.get(key, -1.0), float(value))
    return tuple(
        NearDuplicate(*key, value) for key, value in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    )


def cluster_ids(count: int, pairs: Sequence[NearDuplicate]) -> list[int]:
    """Cluster number of each of `count` rows: the first row connected to it by pairs."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for pair in pairs:
        one, other = sorted((root(pair.first), root(pair.second)))
        parent[other] = one
    return [root(row) for row in range(count)]


def check_thumbnails(cells: Sequence[LabelledCell], thumbs: Thumbnails, all_orientations: bool = False) -> None:
    """Check that no cell has nearly equal images in two splits.

    Args:
        cells: Cells with their splits.
        thumbs: Thumbnails in the order of `cells`.
        all_orientations: Find rotated and mirrored copies too.

    Raises:
        LeukViewError: There is such a pair; the run must stop.
    """
    pairs = near_duplicates(thumbs, [c.split for c in cells], all_orientations=all_orientations)
    if pairs:
        one, other = cells[pairs[0].first], cells[pairs[0].second]
        raise LeukViewError(
            f"{len(pairs)} pairs of nearly equal pictures stand in two splits, first {one.file} ({one.split}) and "
            f"{other.file} ({other.split}).",
            "Remove one picture of each pair: `python -m training.data.leakage` lists them.",
        )


def check_dataset(cells: Sequence[LabelledCell], crops: NDArray[np.uint8], field: float) -> None:
    """Run all leak checks of a training run: `check_leakage` and `check_thumbnails`.

    Args:
        cells: Cells with their splits.
        crops: N×S×S×3, in the order of `cells`.
        field: Fraction of the frame's shorter side that a crop shows, margin included.

    Raises:
        LeukViewError: There is a leak of any kind.
    """
    check_leakage(cells)
    check_thumbnails(cells, thumbnails_of_crops(crops, field))


def load_thumbnails(cells: Sequence[LabelledCell], folder: Path) -> Thumbnails:
    """Decode cells of a data folder to thumbnails, N×SIDE×SIDE."""
    return np.stack([thumbnail(pixels) for pixels in decode_images(cells, folder, "compare")])


def altered_copies(original: NDArray[np.uint8]) -> dict[str, NDArray[np.uint8]]:
    """Altered copies of an image, by the kinds of change common in datasets."""
    height, width = original.shape[:2]
    image = Image.fromarray(original)
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=50)
    with Image.open(stored) as again:
        poor = np.asarray(again.convert("RGB"))
    half = np.asarray(image.resize((width // 2, height // 2), Image.Resampling.BILINEAR))
    off = {f"off centre by {n} %": round(n / 100 * min(height, width)) for n in (1, 2)}
    brighter = np.clip(original.astype(np.float32) * 1.15 + 5, 0, 255).astype(np.uint8)
    return {"JPEG of quality 50": poor, "half size": half, "15 % brighter": brighter} | {
        name: np.ascontiguousarray(np.roll(original, (n, n), (0, 1))) for name, n in off.items()
    }


def copy_detection_rates(cells: Sequence[LabelledCell], folder: Path, count: int = 500) -> dict[str, float]:
    """Fraction of altered copies of `count` cells that are found, by kind of change."""
    chosen = [cells[i] for i in np.random.default_rng(0).choice(len(cells), min(count, len(cells)), replace=False)]
    found: Counter[str] = Counter()
    for pixels in decode_images(chosen, folder, "copies"):
        own = thumbnail(pixels)
        for name, copy in altered_copies(pixels).items():
            found[name] += bool(near_duplicates(np.stack([own, thumbnail(copy)]), all_orientations=False))
    return {name: hits / len(chosen) for name, hits in found.items()}


def main() -> int:
    """Run the command line; return 0 without a leak, 1 with one or after an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that holds “cells” (default: LEUKVIEW_DATA)")
    parser.add_argument("--plain", action="store_true", help="do not look for turned and mirrored copies")
    parser.add_argument("--measure", action="store_true", help="also measure how alike copies and strangers are")
    options = parser.parse_args()
    folder = options.data or data_folder()
    try:
        cells = assign_splits(without_duplicates(read_manifests(folder / "cells")))
        check_leakage(cells)
        rows = load_thumbnails(cells, folder)
    except LeukViewError as error:
        print(error)
        return 1
    splits = [c.split for c in cells]
    if options.measure:
        for name, share in copy_detection_rates(cells, folder).items():
            print(f"copies, {name}: {share:.1%} found")
        across = near_duplicates(rows, splits, 0.9, not options.plain)
        likest = ", ".join(f"{p.correlation:.3f}" for p in across[:5])
        print(f"pairs across splits above 0.90: {len(across)}; the most alike: {likest}")
        within = near_duplicates(rows, None, all_orientations=not options.plain)
        print(f"pairs above {MIN_CORRELATION} in all, in one split or two: {len(within)}")
        for pair in within[:MAX_LISTED_PAIRS]:
            one, other = cells[pair.first], cells[pair.second]
            print(f"{pair.correlation:.4f} {one.file} ({one.patient or one.source}) {other.file} ({other.patient})")
    pairs = near_duplicates(rows, splits, all_orientations=not options.plain)
    for pair in pairs[:MAX_LISTED_PAIRS]:
        one, other = cells[pair.first], cells[pair.second]
        places = [f"{c.archive}/{c.file} ({c.split})" for c in (one, other)]
        print(f"{pair.correlation:.4f}", *places)
    print(f"{len(cells)} cells: no bytes and no patient in two splits, {len(pairs)} pairs of nearly equal pictures.")
    return 1 if pairs else 0


if __name__ == "__main__":
    sys.exit(main())
