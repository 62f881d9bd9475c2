"""Every labelled cell of every site, and the folds that no patient crosses."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import MANIFEST_COLUMNS, LabelledCell, without_duplicates

FOLDS = 5
FOLD_SEED = "leukview-crossfit-1"
"""Chosen before the first training and never tuned."""
FOLD_TABLE = Path(__file__).with_name("folds.csv")
"""Fold of every patient and session; Barcelona's pictures, which name neither, follow the hash alone."""
ARCHIVES = ("cells/cells-*.zip", "sites/*.zip")
PICTURE_NUMBER = re.compile(r"_(\d+)_[0-9a-f]+\.\w+$")


def read_pool(folder: Path) -> tuple[LabelledCell, ...]:
    """All cells of a data folder, each image once; `archive` is relative to the folder.

    Raises:
        LeukViewError: There are no archives, or a manifest lacks a column.
    """
    cells: list[LabelledCell] = []
    for path in sorted(p for pattern in ARCHIVES for p in folder.glob(pattern)):
        with zipfile.ZipFile(path) as archive, archive.open("manifest.csv") as raw:
            reader = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
            missing = set(MANIFEST_COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise LeukViewError(f"The manifest of {path.name} lacks {', '.join(sorted(missing))}.")
            cells.extend(_cell(row, path.relative_to(folder).as_posix()) for row in reader)
    if not cells:
        raise LeukViewError(f"No labelled cells in {folder}.")
    return without_duplicates(cells)


def _cell(row: dict[str, str], archive: str) -> LabelledCell:
    return LabelledCell(
        archive=archive,
        file=row["file"],
        source=row["source"],
        patient=row["patient"],
        diagnosis=row["diagnosis"],
        cell_class=row["cell_class"],
        split=row["split"],
        sha1=row["sha1_of_original"],
    )


def group_of(cell: LabelledCell) -> str:
    """What may not be split: the patient or session, else the number of the picture in its file name."""
    if cell.patient:
        return cell.patient
    found = PICTURE_NUMBER.search(cell.file)
    return found.group(1) if found else cell.sha1


def _hash(*words: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join((FOLD_SEED, *words)).encode()).digest()[:8], "big")


def deal_folds(cells: Iterable[LabelledCell]) -> dict[tuple[str, str], int]:
    """Fold of each named patient or session, as (source, patient) → fold.

    Within a source and a diagnosis a hash orders the patients, who are then dealt in turn, so that each fold holds an
    equal part of every diagnosis. A patient with cells of two diagnoses (C-NMC) counts under the first by name.
    """
    diagnoses: dict[tuple[str, str], str] = {}
    for cell in cells:
        if cell.patient:
            key = cell.source, cell.patient
            diagnoses[key] = min(cell.diagnosis, diagnoses.get(key, cell.diagnosis))
    found: dict[tuple[str, str], int] = {}
    for stratum in sorted({(source, diagnosis) for (source, _), diagnosis in diagnoses.items()}):
        members = sorted(k for k, d in diagnoses.items() if (k[0], d) == stratum)
        members.sort(key=lambda k: _hash(*k))
        start = _hash(*stratum) % FOLDS  # so that the first fold does not get every remainder
        found |= {key: (start + i) % FOLDS for i, key in enumerate(members)}
    return found


def read_folds(path: Path = FOLD_TABLE) -> dict[tuple[str, str], int]:
    """The committed table of folds."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["patient"]): int(row["fold"]) for row in csv.DictReader(file)}


def write_folds(folds: dict[tuple[str, str], int], path: Path) -> None:
    """Write a table that `read_folds` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("source", "patient", "fold"))
        table.writerows((*key, fold) for key, fold in sorted(folds.items()))


def folds_of(cells: Sequence[LabelledCell], table: dict[tuple[str, str], int]) -> NDArray[np.int64]:
    """Fold of each cell.

    Raises:
        LeukViewError: A patient is not in the table; nobody may be put anywhere by chance.
    """
    found = np.empty(len(cells), np.int64)
    for row, cell in enumerate(cells):
        if not cell.patient:
            found[row] = _hash(cell.source, group_of(cell)) % FOLDS
        elif (cell.source, cell.patient) in table:
            found[row] = table[cell.source, cell.patient]
        else:
            raise LeukViewError(f"The table of folds lacks a patient of the source “{cell.source}”.")
    return found


def decode_pool(cells: Sequence[LabelledCell], folder: Path) -> Iterator[NDArray[np.uint8]]:
    """The picture of each cell, RGB H×W×3, in order."""
    archives: dict[str, zipfile.ZipFile] = {}
    try:
        for cell in cells:
            if cell.archive not in archives:
                archives[cell.archive] = zipfile.ZipFile(folder / cell.archive)
            with archives[cell.archive].open(cell.file) as raw, Image.open(raw) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            yield pixels
    finally:
        for archive in archives.values():
            archive.close()
