"""Export of a slide as FHIR, HL7, CSV, JSON, or as cell images without names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.core.atomic_files import atomic_write
from leukview.core.csv_escaping import BYTE_ORDER_MARK
from leukview.core.errors import LeukViewError, ReviewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.review.events import FIRST_READING
from leukview.domain.review.rights import Right
from leukview.domain.slide import Cell
from leukview.services.export.cell_archive import CellArchiveWriter, MetadataRemover
from leukview.services.export.slide_json import full_slide_json, json_text
from leukview.services.export.slide_record import PatientIdentity, SlideRecord, make_slide_record, verify_event_hashes
from leukview.services.export.slide_tables import cells_csv, differential_csv
from leukview.services.images import read_image
from leukview.services.ports.access import UNRESTRICTED_ACCESS, Access
from leukview.services.ports.storage import ExportReader, ReviewLog, SlideStore
from leukview.services.review.session import ReviewSession


class ExportFormat(StrEnum):
    """Format of an export."""

    FHIR = "fhir"
    HL7 = "hl7"
    CSV = "csv"
    JSON = "json"
    CELLS = "cells"
    COCO = "coco"

    @property
    def carries_images(self) -> bool:
        """Whether the export contains images; such an export never contains names."""
        return self in {ExportFormat.CELLS, ExportFormat.COCO}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Options of an export.

    Attributes:
        folder: Where it is written; created on demand.
        include_names: Include names of patient and order from the identity vault.
        include_comments: Include free text, which may identify somebody.
    """

    format: ExportFormat
    folder: Path
    include_names: bool = False
    include_comments: bool = False


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Result of an export.

    Attributes:
        paths: The files, or the one folder.
        sha256: Of the file; with several files, of the list of their hashes.
        missing_numbers: Numbers of cells whose image could not be written.
        without_mask_count: Number of cells annotated without a mask.
    """

    paths: tuple[Path, ...]
    sha256: str
    missing_numbers: tuple[int, ...] = ()
    without_mask_count: int = 0


@dataclass(frozen=True, slots=True)
class MessageEnvelope:
    """Header of a message that is sent.

    Attributes:
        control_id: MSH-10, at most 20 characters.
        sending_facility: MSH-4.
        receiving_application: MSH-5.
        receiving_facility: MSH-6.
    """

    control_id: str
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""


class MessageFormatter(Protocol):
    """Writes a slide as a message for other systems."""

    def fhir(self, record: SlideRecord) -> str:
        """Write a FHIR R4 bundle as JSON text.

        Raises:
            LeukViewError: The bundle is not valid.
        """

    def hl7(self, record: SlideRecord, envelope: MessageEnvelope | None = None) -> str:
        """Write an HL7 v2.5.1 ORU^R01 message, in an envelope when it is to be sent.

        Raises:
            LeukViewError: The message is not valid.
        """


@dataclass(frozen=True, slots=True)
class ExportAdapters:
    """Adapters used by exports.

    Attributes:
        message_formatter: Writes FHIR and HL7.
        metadata_remover: Removes metadata from images.
        find_identity: Returns the names of a slide's patient and order from the identity vault; None = not known here.
    """

    message_formatter: MessageFormatter
    metadata_remover: MetadataRemover
    find_identity: Callable[[str], tuple[str, str] | None]


class SlideExporter:
    """Exports slides.

    Args:
        slides: Slides and the locations of their images.
        log: Their reviews.
        reader: Reads the images.
        adapters: Writers and other adapters.
        load_mask: Returns a cell's cached mask (H×W, 0/1/2); None when there is none.
        access: Rights of the exporting person.
    """

    def __init__(
        self,
        slides: SlideStore,
        log: ReviewLog,
        reader: ExportReader,
        adapters: ExportAdapters,
        load_mask: Callable[[Cell], NDArray[np.uint8] | None],
        access: Access = UNRESTRICTED_ACCESS,
    ) -> None:
        self._slides, self._log, self._reader, self._adapters, self._load_mask, self._access = (
            slides,
            log,
            reader,
            adapters,
            load_mask,
            access,
        )

    def make_record(
        self, session: ReviewSession, *, include_names: bool = False, include_comments: bool = False
    ) -> SlideRecord:
        """Read the current state of a slide for export.

        Args:
            session: Review of the slide.
            include_names: Include names of patient and order.
            include_comments: Include free text.

        Raises:
            LeukViewError: The slide's log was changed outside of LeukView, or the names are not known here.
            ReviewError: The session is a second reading, which sees only its own labels, or the reviewer may not
                export names.
        """
        if include_names:
            self._access.require_right(session.reviewer, Right.EXPORT_NAMES)
        if session.reading != FIRST_READING:
            raise ReviewError("A second reading cannot be exported.", "Finish it first.")
        verify_event_hashes(session.events)
        known = self._identity(session.slide_id) if include_names else None
        return make_slide_record(session, self._slides, self._log, identity=known, include_comments=include_comments)

    def _identity(self, slide_id: str) -> PatientIdentity:
        found = self._adapters.find_identity(slide_id)
        if found is None:
            raise LeukViewError(
                "The names for this slide are not stored on this workstation.",
                "Export without names, or on the workstation where the slide was imported.",
            )
        files = {key: place.path for key, place in self._slides.cell_locations(slide_id).items()}
        return PatientIdentity(*found, files)

    def export(
        self, session: ReviewSession, request: ExportRequest, token: CancelToken, reporter: Reporter
    ) -> ExportResult:
        """Write the current state of a slide and log the export.

        Each file, or the folder of cells, is written atomically.

        Raises:
            LeukViewError: The export cannot be written, or the options are not allowed together.
            Cancelled: The token was set; no partial files remain.
        """
        wanted = request.format
        if wanted.carries_images and request.include_names:
            raise LeukViewError("Cells can be exported without names only.", "Export without names.")
        reporter(Progress(0, 0, "Collecting the slide"))
        record = self.make_record(
            session, include_names=request.include_names, include_comments=request.include_comments
        )
        token.raise_if_cancelled()
        try:
            request.folder.mkdir(parents=True, exist_ok=True)
            pictures = wanted.carries_images
            done = (
                self._write_cells(record, request, token, reporter) if pictures else self._write_files(record, request)
            )
        except OSError as error:
            raise LeukViewError(
                Message(
                    "The export cannot be saved in “{folder}”: {reason}.",
                    folder=request.folder.name,
                    reason=error.strerror or error,
                ),
                "Choose another folder.",
            ) from error
        session.record_export(
            wanted.value, done.sha256, include_names=request.include_names, include_comments=request.include_comments
        )
        return done

    def _write_files(self, record: SlideRecord, request: ExportRequest) -> ExportResult:
        slide = record.view.slide.id
        files: Mapping[str, str]
        match request.format:
            case ExportFormat.FHIR:
                files = {f"{slide}.fhir.json": self._adapters.message_formatter.fhir(record)}
            case ExportFormat.HL7:
                files = {f"{slide}.hl7": self._adapters.message_formatter.hl7(record)}
            case ExportFormat.CSV:
                named = record.identity.files if record.identity else {}
                tables = {"cells": cells_csv(record, named), "differential": differential_csv(record)}
                files = {f"{slide}.{name}.csv": BYTE_ORDER_MARK + text for name, text in tables.items()}
            case _:
                files = {f"{slide}.json": json_text(full_slide_json(record))}
        for name, text in files.items():
            atomic_write(request.folder / name, text)
        hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
        whole = next(iter(hashes.values())) if len(hashes) == 1 else _combined_sha256(hashes)
        return ExportResult(tuple(request.folder / name for name in files), whole)

    def _write_cells(
        self, record: SlideRecord, request: ExportRequest, token: CancelToken, reporter: Reporter
    ) -> ExportResult:
        places = self._slides.cell_locations(record.view.slide.id)

        def read(cell: Cell) -> bytes:
            return read_image(self._reader, places.get(cell.id))

        folder = CellArchiveWriter(record, read, self._adapters.metadata_remover, token, reporter)
        if request.format is ExportFormat.CELLS:
            path, hashes = folder.write_canonical(request.folder)
        else:
            path, hashes = folder.write_annotated(request.folder, self._load_mask)
        return ExportResult((path,), _combined_sha256(hashes), tuple(folder.missing_numbers), folder.without_mask_count)


def _combined_sha256(hashes: Mapping[str, str]) -> str:
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
