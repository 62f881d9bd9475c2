"""Labelled cells: manifests, splits by patient, cached crops, stage targets."""

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

from leukview.core.atomic_files import atomic_file
from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.class_names import parse_class_aliases
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
from training.progress import progress_bar

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
    """Data folder: `LEUKVIEW_DATA`, otherwise ``shared/data`` beside the checkout.

    Raises:
        LeukViewError: The folder does not exist or has no folder ``cells``.
    """
    given = os.environ.get("LEUKVIEW_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    if not (folder / "cells").is_dir():
        raise LeukViewError(f"No labelled cells at {folder}.", "Set LEUKVIEW_DATA to the folder that holds “cells”.")
    return folder


def read_taxonomy() -> Taxonomy:
    """Read the taxonomy of the checkout."""
    text, aliases = (
        (resources_dir() / name).read_text(encoding="utf-8") for name in ("taxonomy.toml", "class_aliases.toml")
    )
    return parse_taxonomy(text, parse_class_aliases(aliases))


def decode_images(cells: Sequence[LabelledCell], folder: Path, description: str) -> Iterator[NDArray[np.uint8]]:
    """Decode every cell image in order, RGB H×W×3, with a progress bar.

    Args:
        cells: Cells to decode.
        folder: Data folder.
        description: Label of the progress bar.
    """
    yield from progress_bar(iterate_images(cells, folder), desc=description, unit="cell", total=len(cells))


def with_margin(preprocessing: Preprocessing, margin: int) -> Preprocessing:
    """The preprocessing with `margin` more pixels on each side, background kept."""
    side = preprocessing.side + 2 * margin
    return replace(preprocessing, side=side, field=preprocessing.field * side / preprocessing.side, background="keep")


def cache_path(
    cells: Sequence[LabelledCell], cache_folder: Path, kind: str, preprocessing: Preprocessing, *extra_keys: str
) -> Path:
    """Path of a cache file, which contains a hash of everything it depends on.

    Args:
        cells: Rows of the cache.
        cache_folder: Folder of the cache.
        kind: Prefix of the file name.
        preprocessing: Gives side and field of view.
        *extra_keys: Further dependencies.
    """
    key = hashlib.sha256(
        json.dumps([preprocessing.side, preprocessing.field, [c.sha1 for c in cells], *extra_keys]).encode()
    ).hexdigest()[:16]
    return cache_folder / f"{kind}-{preprocessing.side}-{key}.npy"


def write_cache(path: Path, shape: tuple[int, ...], rows: Iterable[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Write the rows atomically unless `path` exists; return a read-only memory map."""
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
    """Decode and crop every cell once, background kept, and cache the crops.

    The background is treated batch by batch, after augmentation.

    Args:
        cells: Rows of the result.
        folder: Data folder.
        cache_folder: Folder of the cache.
        preprocessing: Preprocessing of the bundle.
        margin: Pixels added on each side at the same scale, for augmentation.

    Returns:
        Read-only memory map N×S×S×3 with S = side + 2·margin. Its centre equals the crop at inference, up to about one
        grey level of resampling difference.
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
    """Index of the choice that each label determines at each stage.

    Returns:
        N×S; −1 where the label does not determine the stage, or determines a choice that is not trained.
    """
    targets = np.full((len(cells), len(stages)), -1, np.int64)
    columns = {key: (i, {choice: j for j, choice in enumerate(choices)}) for i, (key, choices) in enumerate(stages)}
    for row, cell in enumerate(cells):
        for step in taxonomy.determined_steps(cell.cell_class, cell.diagnosis):
            if step.stage in columns:
                column, index = columns[step.stage]
                targets[row, column] = index.get(step.choice, -1)
    return targets


def support(cells: Iterable[LabelledCell], taxonomy: Taxonomy) -> dict[str, dict[str, int]]:
    """Number of cells that determine each choice of each stage, zeros included."""
    counts = Counter(step for c in cells for step in taxonomy.determined_steps(c.cell_class, c.diagnosis))
    by_step = {(s.stage, s.choice): n for s, n in counts.items()}
    return {s.key: {c: by_step.get((s.key, c), 0) for c in s.choices} for s in taxonomy.stages}


def trained_stages(
    counts: dict[str, dict[str, int]], taxonomy: Taxonomy, min_cells: int = 30
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Stages that can be trained, with their trainable choices in taxonomy order.

    Args:
        counts: Training cells of each choice by stage, from `support`.
        taxonomy: Gives stages and choices.
        min_cells: Training cells that a choice needs; a stage needs two such choices.
    """
    found = ((s.key, tuple(c for c in s.choices if counts[s.key][c] >= min_cells)) for s in taxonomy.stages)
    return tuple((key, choices) for key, choices in found if len(choices) > 1)


def sampling_weights(cells: Sequence[LabelledCell]) -> NDArray[np.float64]:
    """Probability of drawing each cell; sums to one.

    Classes of a source are drawn in proportion to the square root of their frequency, and so are patients within a
    class, so that a few films with very many cells do not dominate. The weight of a cell multiplies its probability;
    it acts on the expected loss in the same way, so the loss itself does not use it.
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
