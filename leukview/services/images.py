"""Reading of imported image files, compared with their SHA-256 at the import.

Whoever shows, analyses, prints or exports an image reads it here: a label belongs to the bytes for which it was given,
not to the name of a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError, ImageChangedError
from leukview.core.job_runner import CancelToken
from leukview.domain.slide import Cell
from leukview.services.ports.storage import CellLocation, ExportReader, SlideStore


@dataclass(frozen=True, slots=True)
class ImageCheck:
    """Cells whose image cannot be looked at.

    Attributes:
        missing_cells: Ids of cells whose image cannot be read.
        changed_cells: Ids of cells whose file holds another image than at the import.
    """

    missing_cells: tuple[str, ...] = ()
    changed_cells: tuple[str, ...] = ()

    @property
    def cell_ids(self) -> tuple[str, ...]:
        """Ids of all these cells."""
        return (*self.missing_cells, *self.changed_cells)


def read_image(reader: ExportReader, location: CellLocation | None) -> bytes:
    """Read the bytes of an image as it was imported.

    Raises:
        ImageChangedError: The file holds other bytes than at the import.
        ExportError: The image is missing.
    """
    if location is None:
        raise ExportError("The image of this cell is not on this workstation.", "Open its folder again.")
    data = reader.read_bytes(location.root, location.archive_folder, location.path)
    if location.sha256 and hashlib.sha256(data).hexdigest() != location.sha256:
        raise ImageChangedError(
            "This image was changed since the import.",
            "Restore the file of the analyser's export to its original place.",
        )
    return data


def load_image(reader: ExportReader, location: CellLocation | None) -> NDArray[np.uint8]:
    """Decode an image as it was imported to RGB, H×W×3, 0..255; raises as `read_image`."""
    return reader.decode(read_image(reader, location))


def check_images(
    reader: ExportReader, cells: Iterable[Cell], locations: Mapping[str, CellLocation], token: CancelToken
) -> ImageCheck:
    """Read the images of cells to find those that are missing or changed.

    Args:
        reader: Reads the files.
        cells: The cells.
        locations: Cell id → location of the image.
        token: Checked before each cell.

    Raises:
        Cancelled: The token was set.
    """
    missing, changed = [], []
    for cell in cells:
        token.raise_if_cancelled()
        try:
            read_image(reader, locations.get(cell.id))
        except ImageChangedError:
            changed.append(cell.id)
        except ExportError:
            missing.append(cell.id)
    return ImageCheck(tuple(missing), tuple(changed))


class SlideImages:
    """Images of the stored cells, by the location known to this workstation; usable from several threads."""

    def __init__(self, reader: ExportReader, slides: SlideStore) -> None:
        self._reader, self._slides = reader, slides
        # Replaced as a whole, never modified, because the threads of several queues read images.
        self._locations: tuple[str, Mapping[str, CellLocation]] = ("", {})

    def forget_locations(self) -> None:
        """Read the locations anew for the next image."""
        self._locations = ("", {})

    def load(self, cell: Cell) -> NDArray[np.uint8]:
        """Read a cell's image (RGB, H×W×3). Raises `ExportError`."""
        slide_id, locations = self._locations
        if slide_id != cell.slide_id or cell.id not in locations:
            locations = self._slides.cell_locations(cell.slide_id)
            self._locations = cell.slide_id, locations
        try:
            return load_image(self._reader, locations.get(cell.id))
        except ExportError:
            latest = self._slides.cell_locations(cell.slide_id)
            if latest.get(cell.id) == locations.get(cell.id):
                raise
            self._locations = cell.slide_id, latest  # the folder was imported again from another place
            return load_image(self._reader, latest.get(cell.id))

    def check(self, cells: Sequence[Cell], token: CancelToken | None = None) -> ImageCheck:
        """Read the images of cells of one slide; see `check_images`."""
        locations = self._slides.cell_locations(cells[0].slide_id) if cells else {}
        return check_images(self._reader, cells, locations, token or CancelToken())
