"""Labelled cells: manifests, splits by patient, a decoded cache and the targets of every stage."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from leukview.core.atomic_files import atomic_file
from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.models.labelled_cells import (
    MANIFEST_COLUMNS,
    SPLIT_SEED,
    TEST,
    TEST_FRACTION,
    TRAIN,
    VAL,
    VAL_FRACTION,
    LabelledCell,
    assign_splits,
    check_leakage,
    without_duplicates,
)
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.importers.training_archive import iterate_images, load_labelled_cells, read_manifests
from leukview.inference.classification.preprocess import Preprocessing, crop_box, crop_to_square

__all__ = [
    "MANIFEST_COLUMNS",
    "SPLIT_SEED",
    "TEST",
    "TEST_FRACTION",
    "TRAIN",
    "VAL",
    "VAL_FRACTION",
    "LabelledCell",
    "assign_splits",
    "cache_path",
    "cached_crops",
    "check_leakage",
    "data_folder",
    "decode_images",
    "load_labelled_cells",
    "read_manifests",
    "read_taxonomy",
    "sampling_weights",
    "stage_targets",
    "support",
    "trained_stages",
    "with_margin",
    "without_duplicates",
    "write_cache",
]


def data_folder() -> Path:
    """`LEUKVIEW_DATA`, else ``shared/data`` beside the checkout.

    Raises:
        LeukViewError: There is no such folder.
    """
    given = os.environ.get("LEUKVIEW_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    if not (folder / "cells").is_dir():
        raise LeukViewError(f"No labelled cells at {folder}.", "Set LEUKVIEW_DATA to the folder that holds “cells”.")
    return folder


def read_taxonomy() -> Taxonomy:
    """The taxonomy of the checkout."""
    return parse_taxonomy((resources_dir() / "taxonomy.toml").read_text(encoding="utf-8"))


def decode_images(cells: Sequence[LabelledCell], folder: Path, description: str) -> Iterator[NDArray[np.uint8]]:
    """Decode every cell, RGB H×W×3, in order; `description` name the progress bar."""
    yield from tqdm(iterate_images(cells, folder), desc=description, unit="cell", total=len(cells))


def with_margin(preprocessing: Preprocessing, margin: int) -> Preprocessing:
    """The same view with `margin` pixels more on each side, background kept."""
    side = preprocessing.side + 2 * margin
    return replace(preprocessing, side=side, field=preprocessing.field * side / preprocessing.side, background="keep")


def cache_path(
    cells: Sequence[LabelledCell], cache_folder: Path, kind: str, preprocessing: Preprocessing, *extra_keys: str
) -> Path:
    """Where a cache lies; its name changes with the cells, the view and whatever else it depends on."""
    key = hashlib.sha256(
        json.dumps([preprocessing.side, preprocessing.field, [c.sha1 for c in cells], *extra_keys]).encode()
    ).hexdigest()[:16]
    return cache_folder / f"{kind}-{preprocessing.side}-{key}.npy"


def write_cache(path: Path, shape: tuple[int, ...], rows: Iterable[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Write the rows unless `path` exists already, atomically; a read-only memory map."""
    if not path.exists():
        with atomic_file(path) as temporary:
            store = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
            for i, row in enumerate(rows):
                store[i] = row
            store.flush()
            del store
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]  # np.load is untyped


def cached_crops(
    cells: Sequence[LabelledCell],
    folder: Path,
    cache_folder: Path,
    preprocessing: Preprocessing,
    margin: int,
) -> NDArray[np.uint8]:
    """Decode every cell once, background kept: it is treated batch by batch, after augmentation.

    Args:
        cells: Rows of the result.
        folder: The data folder.
        cache_folder: Where the cache is kept.
        preprocessing: The bundle's preprocessing.
        margin: Pixels added on each side at the same scale, for augmentation.

    Returns:
        N×S×S×3 with S = side + 2·margin, read-only memory map. Its centre is what the network sees at inference,
        within a grey value or so of resampling.
    """
    wide = with_margin(preprocessing, margin)

    def rows() -> Iterator[NDArray[np.uint8]]:
        for pixels in decode_images(cells, folder, "decode"):
            yield crop_to_square(pixels, None, wide, crop_box(pixels.shape[0], pixels.shape[1], wide))

    path = cache_path(cells, cache_folder, "cells", wide)
    return write_cache(path, (len(cells), wide.side, wide.side, 3), rows())


def stage_targets(
    cells: Sequence[LabelledCell], taxonomy: Taxonomy, stages: Sequence[tuple[str, Sequence[str]]]
) -> NDArray[np.int64]:
    """Index of the choice each label determines, N×S; −1 where the label says nothing of that stage."""
    targets = np.full((len(cells), len(stages)), -1, np.int64)
    columns = {key: (i, {choice: j for j, choice in enumerate(choices)}) for i, (key, choices) in enumerate(stages)}
    for row, cell in enumerate(cells):
        for step in taxonomy.determined_steps(cell.cell_class, cell.diagnosis):
            if step.stage in columns:
                column, index = columns[step.stage]
                targets[row, column] = index.get(step.choice, -1)
    return targets


def support(cells: Iterable[LabelledCell], taxonomy: Taxonomy) -> dict[str, dict[str, int]]:
    """Number of cells that determine each choice of each stage (zeros included)."""
    counts = Counter(step for c in cells for step in taxonomy.determined_steps(c.cell_class, c.diagnosis))
    by_step = {(s.stage, s.choice): n for s, n in counts.items()}
    return {s.key: {c: by_step.get((s.key, c), 0) for c in s.choices} for s in taxonomy.stages}


def trained_stages(
    counts: dict[str, dict[str, int]], taxonomy: Taxonomy, min_cells: int = 30
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Stages with at least two choices that have `min_cells` training cells, with those choices in taxonomy order."""
    found = ((s.key, tuple(c for c in s.choices if counts[s.key][c] >= min_cells)) for s in taxonomy.stages)
    return tuple((key, choices) for key, choices in found if len(choices) > 1)


def sampling_weights(cells: Sequence[LabelledCell]) -> NDArray[np.float64]:
    """Probability of drawing each cell. Sums to one.

    Classes of a source are drawn by the square root of their frequency, and so are patients within a class: a few films
    with very many cells must not stand for all. A cell's weight multiplies its chance: a reviewed label enters the loss
    as often as it is drawn, so the weight is one in the loss too.
    """
    groups = [(c.source, c.diagnosis, c.cell_class) for c in cells]
    films = [(*g, c.patient) for g, c in zip(groups, cells, strict=True)]
    counts, each = Counter(groups), Counter(films)
    roots = dict.fromkeys(counts, 0.0)
    for film, count in each.items():
        roots[film[:3]] += count**0.5
    weights = np.asarray(
        [c.weight * counts[g] ** 0.5 * each[f] ** -0.5 / roots[g] for c, g, f in zip(cells, groups, films, strict=True)]
    )
    return np.asarray(weights / weights.sum(), np.float64)
