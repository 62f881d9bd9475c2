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
    check_leaks,
    data_folder,
    pictures,
    read_manifests,
    without_duplicates,
)

SIDE = 48
"""Of a thumbnail, in pixels."""
MIDDLE = 0.8
"""Part of the frame's shorter side that a thumbnail shows: the cell and the red cells around, which tell
round lymphocytes of two patients apart."""
REACH = 4
"""Pixels of a thumbnail by which two pictures of one cell may be off each other: 7 % of the frame."""
ALIKE = 0.98
"""Correlation of two thumbnails, laid on each other as well as possible, from which they are held to be one cell.

Measured with ``--measure`` on 24,726 cells (Barcelona and Hopkins), eight orientations: no two cells of different
splits come nearer than 0.955, and all four pairs above 0.98 within a split (0.993 and more) are one cell twice, as eyes
confirm of three. Of copies of 500 cells are found: 100 % of those stored as JPEG of quality 50 or made half as large,
99 % of those made 15 % brighter, 91 % of those cut 1 or 2 % off centre both ways.
"""
CANDIDATE, CANDIDATE_TURNED = 0.95, 0.98
"""Correlation of the blurred thumbnails, as they lie and turned, from which a pair is looked at closely: a copy
that was turned was turned by a program, and is not off centre besides."""
SOFT = 1.0
"""Standard deviation, in pixels of a thumbnail, of the blur before two are laid on each other: half a pixel off, a
sharp picture would not be like itself."""
COARSE, BLUR = 12, 2.5
"""Side of a blurred thumbnail and, in pixels of a thumbnail, the standard deviation of its blur."""
BLOCK = 2000
"""Rows compared at a time."""
CHUNK = 64
"""Pairs looked at closely at a time."""
SHOWN = 20

Thumbnails = NDArray[np.uint8]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows whose pictures are alike.

    Attributes:
        correlation: Of their thumbnails at the best shift, −1 to 1; the best of eight orientations if those were tried.
    """

    one: int
    other: int
    correlation: float


def thumbnail(pixels: NDArray[np.uint8], middle: float = MIDDLE) -> Thumbnails:
    """The middle of an RGB image (H×W×3; `middle` of its shorter side), grey, SIDE×SIDE."""
    height, width = pixels.shape[:2]
    side = middle * min(height, width)
    box = ((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
    grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX, box)
    return np.asarray(grey, np.uint8)


def thumbnails_of_squares(squares: NDArray[np.uint8], field: float) -> Thumbnails:
    """Thumbnails of the decoded cache of a run: no image is decoded again.

    Args:
        squares: N×S×S×3; a memory map is read row by row.
        field: Part of the frame's shorter side that a square shows (the run's, margin included); may exceed 1.

    Returns:
        N×SIDE×SIDE.
    """
    middle = min(MIDDLE / field, 1.0)
    return np.stack([thumbnail(np.asarray(square), middle) for square in squares])


def zscore(rows: Vectors) -> Vectors:
    """N×D rows moved to mean 0 and scaled to length 1; flat rows become zero."""
    centred = rows - rows.mean(1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-3), np.float32)


def blurred(thumbs: Thumbnails) -> Vectors:
    """N×SIDE×SIDE → N×COARSE² of mean 0 and length 1: what of a picture stays when it is cut a little off centre."""
    soft = gaussian_filter(thumbs.astype(np.float32), (0, BLUR, BLUR))
    cell = SIDE // COARSE
    return zscore(soft.reshape(-1, COARSE, cell, COARSE, cell).mean((2, 4)).reshape(len(thumbs), -1))


def aligned(ones: Thumbnails, others: Thumbnails) -> Vectors:
    """Correlation of the middles of `ones` with `others`, row by row, at the best shift of up to `REACH` pixels.

    Args:
        ones: N×SIDE×SIDE.
        others: N×SIDE×SIDE.
    """
    side = SIDE - 2 * REACH
    middle = _soft(ones)[:, REACH : REACH + side, REACH : REACH + side]
    pattern = zscore(middle.reshape(len(ones), -1)).reshape(middle.shape)
    best = np.full(len(ones), -1.0, np.float32)
    plain = _soft(others)
    for dy in range(2 * REACH + 1):
        for dx in range(2 * REACH + 1):
            seen = zscore(plain[:, dy : dy + side, dx : dx + side].reshape(len(ones), -1))
            best = np.maximum(best, np.einsum("nd,nd->n", seen, pattern.reshape(len(ones), -1)))
    return best


def _soft(thumbs: Thumbnails) -> Vectors:
    return np.asarray(gaussian_filter(thumbs.astype(np.float32), (0, SOFT, SOFT)))


def orientations(thumbs: Thumbnails) -> Iterator[Thumbnails]:
    """N×SIDE×SIDE as they are, then turned and mirrored: eight times."""
    for mirrored in (thumbs, thumbs[:, :, ::-1]):
        for turns in range(4):
            yield np.ascontiguousarray(np.rot90(mirrored, turns, (1, 2)))


def near_pairs(
    thumbs: Thumbnails, groups: Sequence[str] | None = None, alike: float = ALIKE, turned: bool = True
) -> tuple[Pair, ...]:
    """Pairs of rows that are alike, the most alike first.

    Args:
        thumbs: N×SIDE×SIDE.
        groups: When given (a split or a patient each row), only pairs of two different groups are looked for.
        alike: Least correlation.
        turned: Compare eight orientations: eight times the work.
    """
    names = np.unique(np.asarray(groups), return_inverse=True)[1] if groups is not None else None
    coarse = blurred(thumbs) if len(thumbs) else np.empty((0, COARSE**2), np.float32)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(thumbs), BLOCK):
        part = thumbs[start : start + BLOCK]
        for number, view in enumerate(orientations(part) if turned else (part,)):
            likeness = blurred(view) @ coarse[start:].T
            ones, others = np.nonzero(likeness >= (CANDIDATE_TURNED if number else CANDIDATE))
            wanted = ones < others
            if names is not None:
                wanted &= names[start + ones] != names[start + others]
            ones, others = ones[wanted], others[wanted]
            for at in range(0, len(ones), CHUNK):
                i, j = ones[at : at + CHUNK], others[at : at + CHUNK] + start
                for one, other, value in zip(i + start, j, aligned(view[i], thumbs[j]), strict=True):
                    if value >= alike:
                        key = int(one), int(other)
                        found[key] = max(found.get(key, -1.0), float(value))
    return tuple(Pair(*key, value) for key, value in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def clusters(count: int, pairs: Sequence[Pair]) -> list[int]:
    """Number of the cluster of each of `count` rows when alike rows belong together; equal to its first row."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for pair in pairs:
        one, other = sorted((root(pair.one), root(pair.other)))
        parent[other] = one
    return [root(row) for row in range(count)]


def check_thumbnails(cells: Sequence[LabelledCell], rows: Thumbnails, turned: bool = False) -> None:
    """Refuse a cell that stands in two splits in two pictures.

    Args:
        cells: With their splits.
        rows: Their thumbnails, in the same order.
        turned: Look for turned and mirrored copies too.

    Raises:
        LeukViewError: There is one; the run must not go on.
    """
    pairs = near_pairs(rows, [c.split for c in cells], turned=turned)
    if pairs:
        one, other = cells[pairs[0].one], cells[pairs[0].other]
        raise LeukViewError(
            f"{len(pairs)} pairs of nearly equal pictures stand in two splits, first {one.file} ({one.split}) and "
            f"{other.file} ({other.split}).",
            "Remove one picture of each pair: `python -m training.data.leakage` lists them.",
        )


def check_run(cells: Sequence[LabelledCell], squares: NDArray[np.uint8], field: float) -> None:
    """Every check that a training run needs, on its decoded cells; see `check_leaks` and `check_thumbnails`.

    Args:
        cells: With their splits.
        squares: N×S×S×3, in the same order.
        field: Part of the frame that a square shows, margin included.

    Raises:
        LeukViewError: A leak of any kind.
    """
    check_leaks(cells)
    check_thumbnails(cells, thumbnails_of_squares(squares, field))


def thumbnails(cells: Sequence[LabelledCell], folder: Path) -> Thumbnails:
    """Decode every cell of a data folder to its thumbnail, N×SIDE×SIDE."""
    return np.stack([thumbnail(pixels) for pixels in pictures(cells, folder, "compare")])


def distorted(pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.uint8]]:
    """The same cell in other files: the ways in which copies reach a data set."""
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=50)
    with Image.open(stored) as again:
        poor = np.asarray(again.convert("RGB"))
    half = np.asarray(image.resize((width // 2, height // 2), Image.Resampling.BILINEAR))
    off = {f"off centre by {n} %": round(n / 100 * min(height, width)) for n in (1, 2)}
    brighter = np.clip(pixels.astype(np.float32) * 1.15 + 5, 0, 255).astype(np.uint8)
    return {"JPEG of quality 50": poor, "half size": half, "15 % brighter": brighter} | {
        name: np.ascontiguousarray(np.roll(pixels, (n, n), (0, 1))) for name, n in off.items()
    }


def measure(cells: Sequence[LabelledCell], folder: Path, count: int = 500) -> dict[str, float]:
    """Share of copies of `count` cells that are found, for each way of copying."""
    chosen = [cells[i] for i in np.random.default_rng(0).choice(len(cells), min(count, len(cells)), replace=False)]
    found: Counter[str] = Counter()
    for pixels in pictures(chosen, folder, "copies"):
        own = thumbnail(pixels)
        for name, copy in distorted(pixels).items():
            found[name] += bool(near_pairs(np.stack([own, thumbnail(copy)]), turned=False))
    return {name: hits / len(chosen) for name, hits in found.items()}


def main() -> int:
    """Command line: 0 when there is no leak, 1 when there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that holds “cells” (default: LEUKVIEW_DATA)")
    parser.add_argument("--plain", action="store_true", help="do not look for turned and mirrored copies")
    parser.add_argument("--measure", action="store_true", help="also measure how alike copies and strangers are")
    options = parser.parse_args()
    folder = options.data or data_folder()
    try:
        cells = assign_splits(without_duplicates(read_manifests(folder / "cells")))
        check_leaks(cells)
        rows = thumbnails(cells, folder)
    except LeukViewError as error:
        print(error)
        return 1
    splits = [c.split for c in cells]
    if options.measure:
        for name, share in measure(cells, folder).items():
            print(f"copies, {name}: {share:.1%} found")
        across = near_pairs(rows, splits, 0.9, not options.plain)
        likest = ", ".join(f"{p.correlation:.3f}" for p in across[:5])
        print(f"pairs across splits above 0.90: {len(across)}; the most alike: {likest}")
        within = near_pairs(rows, None, turned=not options.plain)
        print(f"pairs above {ALIKE} in all, in one split or two: {len(within)}")
        for pair in within[:SHOWN]:
            one, other = cells[pair.one], cells[pair.other]
            print(f"{pair.correlation:.4f} {one.file} ({one.patient or one.source}) {other.file} ({other.patient})")
    pairs = near_pairs(rows, splits, turned=not options.plain)
    for pair in pairs[:SHOWN]:
        one, other = cells[pair.one], cells[pair.other]
        places = [f"{c.archive}/{c.file} ({c.split})" for c in (one, other)]
        print(f"{pair.correlation:.4f}", *places)
    print(f"{len(cells)} cells: no bytes and no patient in two splits, {len(pairs)} pairs of nearly equal pictures.")
    return 1 if pairs else 0


if __name__ == "__main__":
    sys.exit(main())
