"""Archives of labelled cells: ``cells-*.zip`` with images and ``manifest.csv``."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import ExportError, LeukViewError
from leukview.core.messages import Message
from leukview.domain.models.labelled_cells import MANIFEST_COLUMNS, LabelledCell, prepare_cells
from leukview.services.ports.inference import NUCLEUS

ARCHIVE_FOLDER = "cells"
"""Subfolder of a data folder that contains the archives."""


def read_manifests(folder: Path) -> tuple[LabelledCell, ...]:
    """Read the manifests of all ``cells-*.zip`` in a folder, sorted by name.

    Raises:
        LeukViewError: A manifest is missing, lacks a column or lists a file that is not in its archive.
    """
    cells: list[LabelledCell] = []
    for path in sorted(folder.glob("cells-*.zip")):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "manifest.csv" not in names:
                raise LeukViewError(Message("{path} has no manifest.csv.", path=path.name))
            with archive.open("manifest.csv") as raw:
                reader = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
                missing = set(MANIFEST_COLUMNS) - set(reader.fieldnames or ())
                if missing:
                    raise LeukViewError(
                        Message(
                            "In the manifest of {path}, {names} is missing.",
                            path=path.name,
                            names=", ".join(sorted(missing)),
                        )
                    )
                for row in reader:
                    if row["file"] not in names:
                        raise LeukViewError(Message("{path} does not contain {row}.", path=path.name, row=row["file"]))
                    if row.get("mask") and row["mask"] not in names:
                        raise LeukViewError(
                            Message("{path} does not contain the mask {row}.", path=path.name, row=row["mask"])
                        )
                    cells.append(_parse_manifest_row(row, path))
    if not cells:
        raise LeukViewError(Message("No labelled cells in {folder}.", folder=folder))
    return tuple(cells)


def _parse_manifest_row(row: dict[str, str], path: Path) -> LabelledCell:
    """Convert a manifest row; missing columns get the values of an ordinary label."""
    try:
        weight, reviewers = float(row.get("weight") or 1.0), int(row.get("reviewers") or 0)
    except ValueError as error:
        raise LeukViewError(
            Message("The manifest of {path} contains a weight that is not a number.", path=path.name)
        ) from error
    if not 0 < weight < float("inf") or reviewers < 0:
        raise LeukViewError(Message("The manifest of {path} contains a weight that is not positive.", path=path.name))
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


def load_labelled_cells(folder: Path) -> tuple[LabelledCell, ...]:
    """Load the cells of a data folder with their splits; see `prepare_cells`.

    Raises:
        LeukViewError: See `read_manifests` and `prepare_cells`.
    """
    return prepare_cells(read_manifests(folder / ARCHIVE_FOLDER))


def iterate_images(cells: Sequence[LabelledCell], folder: Path) -> Iterator[NDArray[np.uint8]]:
    """Decode every cell in order, RGB H×W×3 each.

    Raises:
        ExportError: An archive or image is missing, or an image does not decode.
    """
    with _open_archives(cells, folder) as archives:
        for cell in cells:
            with archives[cell.archive].open(cell.file) as raw, Image.open(raw) as image:
                pixels = np.asarray(image.convert("RGB"))
            yield pixels


def read_repaired_masks(cells: Sequence[LabelledCell], folder: Path) -> dict[int, bytes]:
    """Encoded masks corrected by reviewers, by position of the cell in `cells`.

    Cells without a corrected mask are absent.

    Raises:
        ExportError: An archive or a mask is missing.
    """
    repaired = {row: cell for row, cell in enumerate(cells) if cell.mask}
    with _open_archives(list(repaired.values()), folder) as archives:
        return {row: archives[cell.archive].read(cell.mask) for row, cell in repaired.items()}


def decode_mask(content: bytes, height_px: int, width_px: int) -> NDArray[np.uint8]:
    """Decode a corrected mask, H×W: 0 background, 1 cytoplasm, 2 nucleus.

    Raises:
        ExportError: It does not decode, differs in size from its image, or contains other values.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            mask = np.array(image)
    except (OSError, Image.DecompressionBombError) as error:
        raise ExportError("A repaired mask cannot be read.", "Copy its archive again.") from error
    if mask.dtype != np.uint8 or mask.shape != (height_px, width_px) or mask.max() > NUCLEUS:
        raise ExportError("A repaired mask does not belong to its image.", "Export the corrections again.")
    return mask


@contextmanager
def _open_archives(cells: Sequence[LabelledCell], folder: Path) -> Iterator[dict[str, zipfile.ZipFile]]:
    """Open the archives of some cells, by name; read errors become `ExportError`."""
    with ExitStack() as stack:
        try:
            names = sorted({c.archive for c in cells})
            yield {n: stack.enter_context(zipfile.ZipFile(folder / ARCHIVE_FOLDER / n)) for n in names}
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ExportError("An image of the labelled cells cannot be read.", "Copy their archive again.") from error
