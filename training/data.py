"""Labelled cells: manifests, splits by patient, a decoded cache and the targets of every stage."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.inference.preprocess import Preprocessing, crop_box, square

TRAIN, VAL, TEST = "train", "val", "test"
SPLIT_SEED = "leukview-1"
"""Chosen before the first training and never tuned: patients are ordered by a hash of seed and name."""
TEST_PART, VAL_PART = 0.2, 0.1
COLUMNS = ("file", "source", "patient", "diagnosis", "cell_class", "split", "sha1_of_original")


@dataclass(frozen=True, slots=True)
class LabelledCell:
    """One row of a manifest.

    Attributes:
        archive: File name of the ZIP that holds it.
        patient: "" where the source names none (Barcelona).
        split: One of train, val, test once `assign_splits` has run.
        sha1: Of the original image.
    """

    archive: str
    file: str
    source: str
    patient: str
    diagnosis: str
    cell_class: str
    split: str
    sha1: str


def data_folder() -> Path:
    """`LEUKVIEW_DATA`, else ``shared/data`` beside the checkout.

    Raises:
        LeukViewError: There is no such folder.
    """
    given = os.environ.get("LEUKVIEW_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "cells").is_dir():
        raise LeukViewError(f"No labelled cells at {folder}.", "Set LEUKVIEW_DATA to the folder that holds “cells”.")
    return folder


def read_taxonomy() -> Taxonomy:
    """The taxonomy of the checkout."""
    return parse_taxonomy((resources_dir() / "taxonomy.toml").read_text(encoding="utf-8"))


def read_manifests(folder: Path) -> tuple[LabelledCell, ...]:
    """Read the manifest of every ``cells-*.zip`` of a folder, in the order of names.

    Raises:
        LeukViewError: A manifest is missing, lacks a column or names a file that the archive does not hold.
    """
    cells: list[LabelledCell] = []
    for path in sorted(folder.glob("cells-*.zip")):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "manifest.csv" not in names:
                raise LeukViewError(f"{path.name} has no manifest.csv.")
            with archive.open("manifest.csv") as raw:
                reader = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
                missing = set(COLUMNS) - set(reader.fieldnames or ())
                if missing:
                    raise LeukViewError(f"The manifest of {path.name} lacks {', '.join(sorted(missing))}.")
                for row in reader:
                    if row["file"] not in names:
                        raise LeukViewError(f"{path.name} does not hold {row['file']}.")
                    cells.append(LabelledCell(path.name, *(row[column] for column in COLUMNS)))
    if not cells:
        raise LeukViewError(f"No labelled cells in {folder}.")
    return tuple(cells)


def _draw(*words: str) -> float:
    digest = hashlib.sha256("/".join((SPLIT_SEED, *words)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign_splits(cells: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Give every cell its split.

    Named patients are split as a whole, stratified by diagnosis: a fixed hash orders them, the first 20 % are test,
    the next 10 % validation. Cells without a patient keep the split of their source (train or val); a class that its
    source leaves entirely in train gives a tenth of its cells, by the same hash of the image, to val. A source whose
    manifest names test cells was split as a whole (`training.manifest` does): its splits stand.
    """
    settled = {c.source for c in cells if c.split == TEST}
    patients: dict[str, str] = {c.patient: c.diagnosis for c in cells if c.patient and c.source not in settled}
    split_of: dict[str, str] = {}
    for diagnosis in sorted(set(patients.values())):
        ordered = sorted((p for p, d in patients.items() if d == diagnosis), key=lambda p: (_draw(p), p))
        tests = round(TEST_PART * len(ordered))
        validations = round(VAL_PART * len(ordered))
        for i, patient in enumerate(ordered):
            split_of[patient] = TEST if i < tests else VAL if i < tests + validations else TRAIN
    has_val = {(c.source, c.cell_class) for c in cells if not c.patient and c.split == VAL}

    def split(cell: LabelledCell) -> str:
        if cell.source in settled:
            if cell.split not in {TRAIN, VAL, TEST}:
                raise LeukViewError(f"{cell.file} has the unknown split “{cell.split}”.")
            return cell.split
        if cell.patient:
            return split_of[cell.patient]
        if cell.split not in {TRAIN, VAL}:
            raise LeukViewError(f"{cell.file} has neither a patient nor a split.")
        if (cell.source, cell.cell_class) not in has_val and _draw(cell.sha1) < VAL_PART:
            return VAL
        return cell.split

    return tuple(replace(c, split=split(c)) for c in cells)


def check_leaks(cells: Iterable[LabelledCell]) -> None:
    """Refuse a patient or an image that stands in two splits.

    Raises:
        LeukViewError: One does; the run must not go on.
    """
    splits: dict[tuple[str, str], set[str]] = {}
    for cell in cells:
        splits.setdefault(("image", cell.sha1), set()).add(cell.split)
        if cell.patient:
            splits.setdefault(("patient", f"{cell.source}/{cell.patient}"), set()).add(cell.split)
    leaks = sorted(key for key, seen in splits.items() if len(seen) > 1)
    if leaks:
        kind, name = leaks[0]
        raise LeukViewError(f"{len(leaks)} leaks between the splits, first the {kind} {name}.")


def without_duplicates(cells: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Keep each image once; an image with two different labels is dropped altogether (no one knows which is right)."""
    labels: dict[str, set[tuple[str, str]]] = {}
    for cell in cells:
        labels.setdefault(cell.sha1, set()).add((cell.cell_class, cell.patient))
    seen: set[str] = set()
    kept = []
    for cell in cells:
        if len(labels[cell.sha1]) == 1 and cell.sha1 not in seen:
            seen.add(cell.sha1)
            kept.append(cell)
    return tuple(kept)


def load_cells(folder: Path) -> tuple[LabelledCell, ...]:
    """Manifests, duplicates removed, splits assigned and proven free of leaks.

    Raises:
        LeukViewError: See `read_manifests` and `check_leaks`.
    """
    cells = assign_splits(without_duplicates(read_manifests(folder / "cells")))
    check_leaks(cells)
    return cells


def pictures(cells: Sequence[LabelledCell], folder: Path, words: str) -> Iterator[NDArray[np.uint8]]:
    """Decode every cell, RGB H×W×3, in order; `words` name the progress bar."""
    archives = {name: zipfile.ZipFile(folder / "cells" / name) for name in sorted({c.archive for c in cells})}
    try:
        for cell in tqdm(cells, desc=words, unit="cell"):
            with archives[cell.archive].open(cell.file) as raw, Image.open(raw) as picture:
                yield np.asarray(picture.convert("RGB"))
    finally:
        for archive in archives.values():
            archive.close()


def widened(how: Preprocessing, margin: int) -> Preprocessing:
    """The same view with `margin` pixels more on each side, background kept."""
    side = how.side + 2 * margin
    return replace(how, side=side, field=how.field * side / how.side, background="keep")


def cache_path(cells: Sequence[LabelledCell], run: Path, kind: str, wide: Preprocessing, *more: str) -> Path:
    """Where a cache lies; its name changes with the cells, the view and whatever else it depends on."""
    key = hashlib.sha256(json.dumps([wide.side, wide.field, [c.sha1 for c in cells], *more]).encode()).hexdigest()[:16]
    return run / f"{kind}-{wide.side}-{key}.npy"


def write_cache(path: Path, shape: tuple[int, ...], rows: Iterable[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Write the rows unless `path` exists already, whole or not at all; a read-only memory map."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        store = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
        for i, row in enumerate(rows):
            store[i] = row
        store.flush()
        del store
        part.rename(path)
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]  # np.load is untyped


def cached_squares(
    cells: Sequence[LabelledCell],
    folder: Path,
    run: Path,
    how: Preprocessing,
    margin: int,
) -> NDArray[np.uint8]:
    """Decode every cell once, background kept: it is treated batch by batch, after augmentation.

    Args:
        cells: Rows of the result.
        folder: The data folder.
        run: Where the cache is kept.
        how: The bundle's preprocessing.
        margin: Pixels added on each side at the same scale, for augmentation.

    Returns:
        N×S×S×3 with S = side + 2·margin, read-only memory map. Its centre is what the network sees at inference,
        within a grey value or so of resampling.
    """
    wide = widened(how, margin)

    def rows() -> Iterator[NDArray[np.uint8]]:
        for pixels in pictures(cells, folder, "decode"):
            yield square(pixels, None, wide, crop_box(pixels.shape[0], pixels.shape[1], wide))

    path = cache_path(cells, run, "cells", wide)
    return write_cache(path, (len(cells), wide.side, wide.side, 3), rows())


def stage_targets(
    cells: Sequence[LabelledCell], taxonomy: Taxonomy, stages: Sequence[tuple[str, Sequence[str]]]
) -> NDArray[np.int64]:
    """Index of the choice each label determines, N×S; −1 where the label says nothing of that stage."""
    targets = np.full((len(cells), len(stages)), -1, np.int64)
    columns = {key: (i, {choice: j for j, choice in enumerate(choices)}) for i, (key, choices) in enumerate(stages)}
    for row, cell in enumerate(cells):
        for step in taxonomy.steps_of(cell.cell_class, cell.diagnosis):
            if step.stage in columns:
                column, index = columns[step.stage]
                targets[row, column] = index.get(step.choice, -1)
    return targets


def support(cells: Iterable[LabelledCell], taxonomy: Taxonomy) -> dict[str, dict[str, int]]:
    """Number of cells that determine each choice of each stage (zeros included)."""
    counts = Counter(step for c in cells for step in taxonomy.steps_of(c.cell_class, c.diagnosis))
    by_step = {(s.stage, s.choice): n for s, n in counts.items()}
    return {s.key: {c: by_step.get((s.key, c), 0) for c in s.choices} for s in taxonomy.stages}


def trained_stages(
    counts: dict[str, dict[str, int]], taxonomy: Taxonomy, least: int = 30
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Stages with at least two choices that have `least` training cells, with those choices in taxonomy order."""
    found = ((s.key, tuple(c for c in s.choices if counts[s.key][c] >= least)) for s in taxonomy.stages)
    return tuple((key, choices) for key, choices in found if len(choices) > 1)


def sampling_weights(cells: Sequence[LabelledCell]) -> NDArray[np.float64]:
    """Probability of drawing each cell. Sums to one.

    Classes of a source are drawn by the square root of their frequency, and so are patients within a class: a few films
    with very many cells must not stand for all.
    """
    groups = [(c.source, c.diagnosis, c.cell_class) for c in cells]
    films = [(*g, c.patient) for g, c in zip(groups, cells, strict=True)]
    counts, each = Counter(groups), Counter(films)
    roots = dict.fromkeys(counts, 0.0)
    for film, count in each.items():
        roots[film[:3]] += count**0.5
    weights = np.asarray([counts[g] ** 0.5 * each[f] ** -0.5 / roots[g] for g, f in zip(groups, films, strict=True)])
    return np.asarray(weights / weights.sum(), np.float64)
