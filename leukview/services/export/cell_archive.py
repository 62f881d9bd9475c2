"""Export of a slide's cells without names as a folder.

The layout is either the canonical one, which LeukView can import, or that of COCO and CVAT.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview import RESEARCH_USE_LINE
from leukview.core.atomic_files import atomic_directory
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.review.events import EventKind, ReviewEvent, event_to_json
from leukview.domain.slide import Cell, SourceLabel
from leukview.domain.taxonomy import OTHER, Taxonomy
from leukview.services.export.coco_cvat import AnnotatedImage, annotate_image, coco_json, cvat_xml
from leukview.services.export.slide_json import CellFile, full_slide_json, json_text
from leukview.services.export.slide_record import SlideRecord

CHECKSUM_FILE = "SHA256SUMS"
_README = """{notice}

Cells of slide {slide}, exported by LeukView without names and without the metadata of the images.
slide.json tells the labels of analyser, model and reviewers, and the review log with its hashes.
SHA256SUMS lists the hash of each file: sha256sum -c SHA256SUMS checks them.
LeukView opens this folder as any other and takes all labels over.
"""
_README_COCO = """{notice}

Cells of slide {slide}, exported by LeukView without names and without the metadata of the images.
annotations/instances_default.json is COCO's form, annotations.xml the form “CVAT for images 1.1”; both name images/.
SHA256SUMS lists the hash of each file: sha256sum -c SHA256SUMS checks them.
"""
_FREE_TEXT_KEYS = {
    EventKind.COMMENT.value: ("text",),
    EventKind.ACKNOWLEDGE.value: ("called", "note"),
    EventKind.REOPEN.value: ("reason",),
    EventKind.SIGN.value: ("reason",),
}
"""Kind of event → fields of its payload that contain free text."""


@dataclass(frozen=True, slots=True)
class StrippedImage:
    """An image without metadata.

    Attributes:
        suffix: File suffix with the dot, determined from the content.
        reencoded: The image was re-encoded losslessly; otherwise the compressed image data are unchanged.
    """

    data: bytes
    suffix: str
    reencoded: bool


class MetadataRemover(Protocol):
    """Removes metadata from images."""

    def remove_metadata(self, data: bytes) -> StrippedImage:
        """Remove the metadata of an image without changing its pixels.

        Raises:
            ExportError: The image cannot be decoded.
        """


class CellArchiveWriter:
    """Writes the cells of one slide.

    Args:
        record: The slide.
        read_cell: Returns the bytes of a cell's image; raises `ExportError` when it is missing or has changed.
        metadata_remover: Removes metadata.
        token: Checked before each cell.
        reporter: Called before each cell.

    Attributes:
        missing_numbers: Numbers of cells whose image could not be written.
        without_mask_count: Number of cells annotated without a mask.
    """

    def __init__(
        self,
        record: SlideRecord,
        read_cell: Callable[[Cell], bytes],
        metadata_remover: MetadataRemover,
        token: CancelToken,
        reporter: Reporter,
    ) -> None:
        self._record, self._read_cell, self._metadata_remover = record, read_cell, metadata_remover
        self._token, self._reporter = token, reporter
        self.missing_numbers: list[int] = []
        self.without_mask_count = 0

    def write_canonical(self, parent: Path) -> tuple[Path, Mapping[str, str]]:
        """Write ``slide.json`` and ``cells/<CODE>/…`` into a new folder, atomically.

        Args:
            parent: Where to create the folder.

        Returns:
            The folder, and the SHA-256 of each file by its path in it.

        Raises:
            LeukViewError: None of the images can be written.
            OSError: The folder cannot be written.
        """
        taxonomy = self._record.view.taxonomy
        target = _unused_path(parent / f"{self._record.view.slide.id}_cells")
        with atomic_directory(target) as folder:
            files = self._write_images(folder, lambda cell: f"cells/{class_folder(cell.source, taxonomy)}".rstrip("/"))
            body = full_slide_json(self._record, files)
            log = {
                "log": [exported_event(e, include_comments=self._record.include_comments) for e in self._record.events]
            }
            known = body["review_log"]
            body["review_log"] = {**(known if isinstance(known, dict) else {}), **log}
            return target, self._write_texts(
                folder, files, {"slide.json": json_text(body), "readme.txt": self._readme(_README)}
            )

    def write_annotated(
        self, parent: Path, mask: Callable[[Cell], NDArray[np.uint8] | None]
    ) -> tuple[Path, Mapping[str, str]]:
        """Write ``images/…``, ``annotations/…`` and ``annotations.xml`` in CVAT's layout.

        See `write_canonical`.
        """
        target = _unused_path(parent / f"{self._record.view.slide.id}_coco")
        with atomic_directory(target) as folder:
            files = self._write_images(folder, lambda _cell: "images")
            items: list[AnnotatedImage] = []
            for view in self._record.view.cells:
                self._token.raise_if_cancelled()
                if view.cell.id in files:
                    drawn = view.review.mask  # a person's mask takes precedence over the segmenter's
                    pixels = drawn.decode() if drawn else mask(view.cell)
                    items.append(annotate_image(PurePosixPath(files[view.cell.id].path).name, view, pixels))
            self.without_mask_count = sum(item.cell_region is None for item in items)
            texts = {
                "annotations/instances_default.json": coco_json(self._record, items),
                "annotations.xml": cvat_xml(self._record, items),
                "readme.txt": self._readme(_README_COCO),
            }
            return target, self._write_texts(folder, files, texts)

    def _write_images(self, folder: Path, folder_of: Callable[[Cell], str]) -> dict[str, CellFile]:
        """Write every image under a new name and return cell id → file."""
        cells = [v.cell for v in self._record.view.cells]
        files: dict[str, CellFile] = {}
        reasons: list[str] = []
        for done, cell in enumerate(cells):
            self._token.raise_if_cancelled()
            self._reporter(Progress(done, len(cells), "Exporting the cells"))
            try:
                image = self._metadata_remover.remove_metadata(self._read_cell(cell))
            except ExportError as error:
                self.missing_numbers.append(cell.number)
                reasons.append(error.message)
                continue
            path = f"{folder_of(cell)}/{cell.slide_id}_{cell.number:04d}{image.suffix}"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(image.data)
            files[cell.id] = CellFile(path, hashlib.sha256(image.data).hexdigest(), image.reencoded)
        if cells and not files:
            raise LeukViewError(
                Message("None of the slide's images can be exported: {reasons}", reasons=reasons[0]),
                "Open the slide's folder again.",
            )
        self._reporter(Progress(len(cells), len(cells), "Exporting the cells"))
        return files

    def _write_texts(self, folder: Path, files: Mapping[str, CellFile], texts: Mapping[str, str]) -> dict[str, str]:
        """Write the text files and the list of hashes, and return path → hash."""
        hashes = {file.path: file.sha256 for file in files.values()}
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
            hashes[path] = hashlib.sha256(text.encode()).hexdigest()
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
        (folder / CHECKSUM_FILE).write_bytes(lines.encode())
        return hashes

    def _readme(self, text: str) -> str:
        return text.format(notice=RESEARCH_USE_LINE, slide=self._record.view.slide.id)


def class_folder(source: SourceLabel | None, taxonomy: Taxonomy) -> str:
    """The class folder of a laboratory's label, as recognised by the importer.

    Returns:
        "" for a cell without a label.
    """
    if source is None:
        return ""
    cell_class = taxonomy.cell_class(source.class_key)
    if source.class_key == OTHER:
        words = re.sub(r"[^\w -]+", "_", source.name).strip(" _")[:60].strip()
        return f"Other {words}".strip()
    return cell_class.codes[0] if cell_class.codes else cell_class.key


def exported_event(event: ReviewEvent, *, include_comments: bool) -> dict[str, object]:
    """Convert an event for export.

    Args:
        event: The event.
        include_comments: If False, free text is replaced by "" and the event is marked as ``withheld``.
    """
    return _without_free_text(event_to_json(event)) if not include_comments else event_to_json(event)


def _without_free_text(row: Mapping[str, object]) -> dict[str, object]:
    payload = row["payload"]
    if not isinstance(payload, Mapping):
        return dict(row)
    body = dict(payload)
    body |= {key: "" for key in _FREE_TEXT_KEYS.get(str(row["kind"]), ()) if body.get(key)}
    inner = body.get("events")
    if row["kind"] == EventKind.IMPORT.value and isinstance(inner, list):
        body["events"] = [_without_free_text(other) for other in inner]
    return dict(row) if body == dict(payload) else {**row, "payload": body, "withheld": True}


def _unused_path(path: Path) -> Path:
    """Append a number to the path if it exists; an export never overwrites another."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}_{number}")
    return candidate
