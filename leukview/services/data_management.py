"""Use cases on the stored data as a whole: erasure, everything held about a patient, backups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from leukview.core.atomic_files import file_sha256
from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.review.rights import Right
from leukview.domain.slide import Slide
from leukview.services.export.exporter import ExportAdapters
from leukview.services.export.patient_export import export_patient
from leukview.services.ports.storage import AnalysisCache, ExportReader, ReviewLog, SlideEraser, SlideStore
from leukview.services.review.session import ReviewSession
from leukview.services.users.profiles import ProfileService


@dataclass(frozen=True, slots=True)
class DataManagement:
    """Erases, hands over and backs up what is stored.

    Attributes:
        slides: Slides, cells and predictions.
        log: The review log.
        reader: Reads the images of the exports.
        analysis_cache: Masks, maps and features of cells.
        profiles: Reviewers and their rights.
        open_session: Opens the review of a slide under a reviewer's name.
        export_adapters: Names the patient of a slide; None = no names are known.
        eraser: Erases slides; None where that is not possible.
        write_backup: Writes a backup into a folder; None where the database is on a server.
        on_erased: Called after slides were erased.
    """

    slides: SlideStore
    log: ReviewLog
    reader: ExportReader
    analysis_cache: AnalysisCache
    profiles: ProfileService
    open_session: Callable[[str, str], ReviewSession]
    export_adapters: ExportAdapters | None
    eraser: SlideEraser | None
    write_backup: Callable[[Path, CancelToken, Reporter], Path] | None
    on_erased: Callable[[], None]

    def slides_unused_since(self, moment: datetime) -> list[Slide]:
        """Slides imported before a moment without an event since. Raises `StoreError`."""
        return [self.slides.slide(key) for key in self._require_eraser().unused_since(moment)]

    def _require_eraser(self) -> SlideEraser:
        if self.eraser is None:
            raise StoreError("This installation cannot erase slides.")
        return self.eraser

    def erase_slides(
        self, slide_ids: Sequence[str], reason: str, reviewer: str, token: CancelToken, reporter: Reporter
    ) -> None:
        """Erase slides for good, with the cached analyses; see `SlideEraser.erase`.

        Raises:
            ReviewError: The reviewer may not erase.
            StoreError: The database, the vault or the cache cannot be written.
            Cancelled: The token was set; nothing was changed.
        """
        self.profiles.require_right(reviewer, Right.ERASE)
        token.raise_if_cancelled()
        reporter(Progress(0, len(slide_ids), "Erasing"))
        self.analysis_cache.clear()  # its entries do not name their slide
        self._require_eraser().erase(slide_ids, reason=reason, reviewer=reviewer)
        self.on_erased()
        reporter(Progress(len(slide_ids), len(slide_ids), "Erasing"))

    def export_patient(
        self, patient: str, folder: Path, reviewer: str, token: CancelToken, reporter: Reporter
    ) -> tuple[Path, int]:
        """Export everything held about a patient, logged; see `patient_export.export_patient`.

        Raises:
            ReviewError: The reviewer may not export names, or the patient is unknown.
            LeukViewError: The export cannot be written.
            Cancelled: The token was set; nothing is left.
        """
        self.profiles.require_right(reviewer, Right.EXPORT_NAMES)
        names = self.export_adapters.find_identity if self.export_adapters else lambda _slide: None
        found = export_patient(patient, folder, self.slides, self.log, self.reader, names, token, reporter)
        digest = file_sha256(found[0] / "patient.json")
        for slide in self.slides.slides_of_patient(patient) if patient else []:
            self.open_session(slide.id, reviewer).record_export(
                "patient", digest, include_names=True, include_comments=True
            )
        return found

    @property
    def can_back_up(self) -> bool:
        """Whether `back_up` can be used."""
        return self.write_backup is not None

    def back_up(self, folder: Path, token: CancelToken, reporter: Reporter) -> Path:
        """Write a backup of the data folder; see `leukview.storage.backup.back_up`.

        Raises:
            LeukViewError: It cannot be written; nothing is left of it.
            Cancelled: The token was set; nothing is left of it.
        """
        if self.write_backup is None:
            raise StoreError("This installation cannot make backups.", "The server is backed up by its administrator.")
        return self.write_backup(folder, token, reporter)
