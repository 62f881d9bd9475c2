"""Archives of labelled cells: ``cells-<name>.zip``, each with its images and a ``manifest.csv``."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import ExportError, LeukViewError
from leukview.domain.labelled import COLUMNS, LabelledCell, settled_cells

FOLDER = "cells"
"""Of a data folder, where its archives lie."""


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
                    cells.append(_cell(row, path))
    if not cells:
        raise LeukViewError(f"No labelled cells in {folder}.")
    return tuple(cells)


def _cell(row: dict[str, str], path: Path) -> LabelledCell:
    """A row; weight, readers and mask are those of an ordinary label where the columns are not there."""
    try:
        weight, reviewers = float(row.get("weight") or 1.0), int(row.get("reviewers") or 0)
    except ValueError as error:
        raise LeukViewError(f"The manifest of {path.name} holds a weight that is no number.") from error
    if not 0 < weight < float("inf") or reviewers < 0:
        raise LeukViewError(f"The manifest of {path.name} holds a weight that is not positive.")
    return LabelledCell(
        archive=path.name,
        file=row["file"],
        source=row["source"],
        patient=row["patient"],
        diagnosis=row["diagnosis"],
        cell_class=row["cell_class"],
        split=row["split"],
        sha1=row["sha1_of_original"],
        weight=weight,
        reviewers=reviewers,
        mask=row.get("mask") or "",
    )


def load_cells(folder: Path) -> tuple[LabelledCell, ...]:
    """The cells of a data folder, with their splits; see `leukview.domain.labelled.settled_cells`.

    Raises:
        LeukViewError: See `read_manifests` and `settled_cells`.
    """
    return settled_cells(read_manifests(folder / FOLDER))


def iterate_pictures(cells: Sequence[LabelledCell], folder: Path) -> Iterator[NDArray[np.uint8]]:
    """Decode every cell, RGB H×W×3, in order.

    Raises:
        ExportError: An archive is gone or an image does not decode.
    """
    with ExitStack() as stack:
        try:
            names = sorted({c.archive for c in cells})
            archives = {n: stack.enter_context(zipfile.ZipFile(folder / FOLDER / n)) for n in names}
            for cell in cells:
                with archives[cell.archive].open(cell.file) as raw, Image.open(raw) as picture:
                    pixels = np.asarray(picture.convert("RGB"))
                yield pixels
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ExportError("An image of the labelled cells cannot be read.", "Copy their archive again.") from error
