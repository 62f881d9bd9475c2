"""Facade over the use cases, used by window and command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.atomic_files import file_sha256
from leukview.core.errors import ExportError, ModelError, StoreError
from leukview.core.job_runner import CancelToken, Progress, Reporter, null_reporter
from leukview.core.messages import Message
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.comment_phrases import PhraseGroup
from leukview.domain.review.events import FIRST_READING, SECOND_READING, ReviewEvent
from leukview.domain.review.reducer import replay
from leukview.domain.review.rights import Right
from leukview.domain.slide import Cell, ExportPreview, Slide, SlideDraft
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.mask_repair import MaskRepairService
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.analysis.quality_control import QualityControl
from leukview.services.audit.anchors import Anchor, Comparison, compare_with_files, make_anchor
from leukview.services.audit.call_record import AlertCall, find_calls
from leukview.services.audit.cell_history import HistoryEntry, cell_history
from leukview.services.audit.pages import (
    AuditOptions,
    AuditPage,
    AuditSources,
    acknowledgement_rows,
    audit_options,
    load_audit_page,
)
from leukview.services.audit.trail import AuditFilter, AuditTrail, ChainState, load_audit_trail, verify_chain
from leukview.services.corrections.exporter import CorrectionExporter
from leukview.services.dependencies import CamProvider, Dependencies
from leukview.services.export.exporter import SlideExporter
from leukview.services.export.patient_export import export_patient
from leukview.services.export.slide_record import make_slide_record
from leukview.services.images import ImageCheck, check_images, load_image
from leukview.services.importing.import_slide import import_slide
from leukview.services.importing.preview_checks import check_preview
from leukview.services.importing.stored_slides import compare_with_stored
from leukview.services.models.adaptation import SiteAdaptationService
from leukview.services.models.registry import ModelRegistryService
from leukview.services.ports.change_feed import ChangeFeed
from leukview.services.ports.seals import Seals
from leukview.services.ports.storage import (
    CachedAnalysis,
    CellLocation,
    ReviewLog,
    SlideEraser,
)
from leukview.services.ports.worklist import IndexReader, PageKey, WorklistQuery
from leukview.services.report.report_data import ModelInfo, ReportChoices, ReportOptions, unknown_model_info
from leukview.services.report.writer import ReportDependencies, write_report
from leukview.services.review.event_text import EventNames
from leukview.services.review.patient_tally import SlideCounts, count_slide
from leukview.services.review.reading_access import UNRESTRICTED_VIEWER, Viewer, withheld_slides
from leukview.services.review.reference_atlas import AtlasCell, confirmed_cells
from leukview.services.review.session import ReviewSession
from leukview.services.review.signed_binding import check_signatures
from leukview.services.review.slide_view import SlideView
from leukview.services.review.worklist import PAGE_SIZE, WorklistPage, WorklistRow, WorklistService, worklist_rows
from leukview.services.users.profiles import ProfileService

__all__ = ["CamProvider", "Dependencies", "Workbench", "utc_now"]


class Workbench:
    """Facade over preview, import, analysis, review, report and export.

    Methods that take long have a cancel token and a progress reporter and are to be called in a worker thread.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        # Replaced as a whole, never modified, because the threads of several queues read images.
        self._locations_cache: tuple[str, Mapping[str, CellLocation]] = ("", {})
        d = dependencies
        self._worklist = (
            WorklistService(d.slide_store, d.review_log, d.worklist_index, d.taxonomy, d.alert_rules)
            if d.worklist_index is not None
            else None
        )

    @property
    def taxonomy(self) -> Taxonomy:
        """Classes and stages."""
        return self._dependencies.taxonomy

    @property
    def alert_titles(self) -> tuple[str, ...]:
        """English titles of all alerts."""
        return tuple(rule.title for rule in self._dependencies.alert_rules)

    @property
    def profiles(self) -> ProfileService:
        """Reviewer profiles."""
        return ProfileService(self._dependencies.profile_store, self._dependencies.role_rights)

    @property
    def seals(self) -> Seals:
        """Seals of the chains."""
        return self._dependencies.seals

    @property
    def change_feed(self) -> ChangeFeed:
        """Source of changes by other programs."""
        return self._dependencies.change_feed

    @property
    def phrases(self) -> tuple[PhraseGroup, ...]:
        """The coded phrases of comments, by group."""
        return self._dependencies.phrases

    @property
    def grading_form(self) -> GradingForm:
        """The grading form of red cells and platelets."""
        return self._dependencies.grading_form

    @property
    def quality(self) -> QualityControl:
        """Runs of the reference slide, and override rates."""
        rooms = self._dependencies
        return QualityControl(
            rooms.taxonomy, rooms.slide_store, rooms.review_log, self.load_image, self.cached_analysis
        )

    @property
    def mask_repair(self) -> MaskRepairService:
        """Use cases of mask repair."""
        rooms = self._dependencies
        return MaskRepairService(
            rooms.analysis_cache, rooms.review_log, rooms.load_pipeline, rooms.load_refiner, self.load_image
        )

    @property
    def correction_exporter(self) -> CorrectionExporter:
        """Export of reviewed cells for training. Raises `ExportError`."""
        if self._dependencies.correction_exporter is None:
            raise ExportError("This workbench exports no corrections.")
        return self._dependencies.correction_exporter

    @property
    def site_adaptation(self) -> SiteAdaptationService | None:
        """Calibrates the model in use for this site; None in a process without a model registry."""
        make = self._dependencies.make_site_adaptation
        return make(self.load_image) if make else None

    @property
    def model_registry(self) -> ModelRegistryService:
        """The model registry. Raises `ModelError`."""
        if self._dependencies.model_registry is None:
            raise ModelError("This workbench keeps no models.")
        return self._dependencies.model_registry

    @property
    def slide_exporter(self) -> SlideExporter:
        """Export of slides. Raises `ExportError`."""
        rooms = self._dependencies
        if rooms.export_adapters is None:
            raise ExportError("This installation exports no slides.")
        return SlideExporter(
            rooms.slide_store,
            rooms.review_log,
            rooms.export_reader,
            rooms.export_adapters,
            self._load_mask,
            self.profiles,
        )

    def _load_mask(self, cell: Cell) -> NDArray[np.uint8] | None:
        cached = self.cached_analysis(cell)
        return cached.mask if cached else None

    @property
    def review_log(self) -> ReviewLog:
        """The whole review log."""
        return self._dependencies.review_log

    def preview(
        self,
        path: Path,
        token: CancelToken,
        reporter: Reporter,
        answers: Mapping[str, str] | None = None,
        name_encoding: str = "",
    ) -> ExportPreview:
        """Find the slides in a folder or archive, and compare them with those stored.

        Args:
            path: Folder or archive.
            token: Cancels the reading.
            reporter: Told the progress.
            answers: What a person answered about folders (name → class key, ``patient`` or ``leave out``); it is kept
                for later exports.
            name_encoding: Encoding of an archive's names that state none and are not UTF-8; "" = the likeliest.

        Raises:
            LeukViewError: Nothing can be read, or the answers cannot be kept.
        """
        rooms, reader = self._dependencies, self._dependencies.export_reader
        if answers and rooms.folder_answers is not None:
            rooms.folder_answers.remember(answers)
        preview = reader.read(path, token, reporter, answers, name_encoding)
        preview = compare_with_stored(preview, rooms.slide_store, rooms.review_log, reader, token)
        known = rooms.known_content
        return preview if known is None else check_preview(preview, known, rooms.review_log)

    def write_demo(self, token: CancelToken, reporter: Reporter) -> Path:
        """The folder of synthetic demo slides, created on first use. Raises `ExportError`."""
        if self._dependencies.write_demo is None:
            raise ExportError("This installation brings no demo slides.")
        return self._dependencies.write_demo(token, reporter)

    def import_slides(
        self,
        drafts: Sequence[SlideDraft],
        token: CancelToken,
        reporter: Reporter,
        *,
        imported_by: str = "",
        on_review_skipped: Callable[[str], None] | None = None,
    ) -> list[Slide]:
        """Store drafts under pseudonyms; see `leukview.services.importing.import_slide`.

        `imported_by`, the importing person, is logged when a slide's review is imported; `on_review_skipped` is called
        with the reason, one sentence, when it is not.
        """
        slides = []
        for done, draft in enumerate(drafts):
            token.raise_if_cancelled()
            reporter(Progress(done, len(drafts), "Importing slides"))
            slide, why = import_slide(
                self._dependencies.slide_store,
                self._dependencies.review_log,
                draft,
                imported_by,
                self._dependencies.known_content,
            )
            slides.append(slide)
            if why and on_review_skipped:
                on_review_skipped(why)
        reporter(Progress(len(drafts), len(drafts), "Importing slides"))
        return slides

    def slides(self) -> list[Slide]:
        """All slides, the newest first."""
        return self._dependencies.slide_store.slides()

    def slides_of_patient(self, patient: str) -> list[Slide]:
        """The slides of a patient (pseudonym), the newest first. Raises `StoreError`."""
        return self._dependencies.slide_store.slides_of_patient(patient) if patient else []

    def slides_unused_since(self, moment: datetime) -> list[Slide]:
        """Slides imported before a moment without an event since. Raises `StoreError`."""
        return [self._dependencies.slide_store.slide(key) for key in self._eraser.unused_since(moment)]

    @property
    def _eraser(self) -> SlideEraser:
        if self._dependencies.eraser is None:
            raise StoreError("This installation erases no slides.")
        return self._dependencies.eraser

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
        self._dependencies.analysis_cache.clear()  # entries do not tell whose they are
        self._eraser.erase(slide_ids, reason=reason, reviewer=reviewer)
        self._locations_cache = ("", {})
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
        d = self._dependencies
        names = d.export_adapters.find_identity if d.export_adapters else lambda _slide: None
        found = export_patient(patient, folder, d.slide_store, d.review_log, d.export_reader, names, token, reporter)
        digest = file_sha256(found[0] / "patient.json")
        for slide in self.slides_of_patient(patient):
            self.open_session(slide.id, reviewer).record_export(
                "patient", digest, include_names=True, include_comments=True
            )
        return found

    @property
    def can_back_up(self) -> bool:
        """Whether `back_up` can be used."""
        return self._dependencies.back_up is not None

    def back_up(self, folder: Path, token: CancelToken, reporter: Reporter) -> Path:
        """Write a backup of the data folder; see `leukview.storage.backup.back_up`.

        Raises:
            LeukViewError: It cannot be written; nothing is left of it.
            Cancelled: The token was set; nothing is left of it.
        """
        if self._dependencies.back_up is None:
            raise StoreError("This installation writes no backups.", "Its administrator backs up the server.")
        return self._dependencies.back_up(folder, token, reporter)

    def worklist(
        self,
        token: CancelToken,
        reporter: Reporter,
        slide_ids: Collection[str] | None = None,
        viewer: Viewer = UNRESTRICTED_VIEWER,
    ) -> list[WorklistRow]:
        """Build the worklist's rows, the newest slide first. Raises `StoreError`.

        The row of a slide that the viewer reads as second reader shows only that reading. `slide_ids` are the slides to
        include; None = all.
        """
        if self._worklist is not None:
            return self._worklist.rows(self._index_reader(viewer), token, reporter, slide_ids)
        slides = [slide for slide in self.slides() if slide_ids is None or slide.id in slide_ids]
        withheld = self.withheld_slides(viewer, [slide.id for slide in slides])

        def open_view(slide_id: str, name: str, reading: int) -> SlideView:
            return self.open_session(slide_id, name, reading).view

        return worklist_rows(slides, viewer.name, withheld, open_view, token, reporter)

    def worklist_page(
        self,
        query: WorklistQuery,
        viewer: Viewer = UNRESTRICTED_VIEWER,
        after: PageKey | None = None,
        limit: int = PAGE_SIZE,
    ) -> WorklistPage:
        """Read one page of the worklist; see `WorklistService.page`. Raises `StoreError`.

        Without an index all slides are one page.
        """
        if self._worklist is None:
            return WorklistPage(tuple(self.worklist(CancelToken(), null_reporter, viewer=viewer)), None)
        return self._worklist.page(query, self._index_reader(viewer), after, limit)

    def update_worklist_index(self, limit: int) -> int:
        """Summarise up to `limit` changed slides for the worklist; returns how many are left. Raises `StoreError`."""
        return self._worklist.update(limit) if self._worklist else 0

    def _index_reader(self, viewer: Viewer) -> IndexReader:
        if not viewer.name:
            return IndexReader()
        return IndexReader(frozenset({viewer.name, *self.profiles.aliases(viewer.name)}), viewer.is_second_reader)

    def withheld_slides(self, viewer: Viewer, slides: Collection[str] | None = None) -> frozenset[str]:
        """Ids of those of the slides (None = of all) that are withheld from a viewer.

        See `leukview.services.review.reading_access.withheld_slides`.
        """
        if viewer == UNRESTRICTED_VIEWER:
            return frozenset()
        if self._worklist is not None:
            return self._worklist.withheld(self._index_reader(viewer), slides)
        asked = [slide.id for slide in self.slides()] if slides is None else slides
        return withheld_slides(self._dependencies.review_log.events, asked, viewer, self.profiles.aliases(viewer.name))

    def patient_counts(
        self,
        patient: str,
        excluded_slide: str,
        token: CancelToken,
        reporter: Reporter,
        viewer: Viewer = UNRESTRICTED_VIEWER,
    ) -> tuple[SlideCounts, ...]:
        """Read the counts of a patient's slides for the joint differential.

        The slide `excluded_slide` and slides withheld from the viewer are left out. Raises `StoreError`.
        """
        known = self._dependencies.slide_store.slides_of_patient(patient)
        others = [slide for slide in known if slide.id != excluded_slide]
        withheld = self.withheld_slides(viewer, [slide.id for slide in others])
        others = [slide for slide in others if slide.id not in withheld]
        found = []
        for done, slide in enumerate(others):
            token.raise_if_cancelled()
            reporter(Progress(done, len(others), "Joining the patient's slides"))
            found.append(count_slide(self.open_session(slide.id, "").view))
        return tuple(found)

    def reference_atlas(
        self, token: CancelToken, reporter: Reporter, *, synthetic: bool, viewer: Viewer = UNRESTRICTED_VIEWER
    ) -> tuple[AtlasCell, ...]:
        """Read the reference atlas, without cells withheld from the viewer.

        See `leukview.services.review.reference_atlas.confirmed_cells`. Raises `StoreError`.
        """
        found = confirmed_cells(
            self._dependencies.slide_store, self._dependencies.review_log, token, reporter, synthetic=synthetic
        )
        withheld = self.withheld_slides(viewer)
        return tuple(cell for cell in found if cell.cell.slide_id not in withheld)

    def analyse(
        self,
        slide_id: str,
        token: CancelToken,
        reporter: Reporter,
        on_batch: Callable[[Mapping[str, Prediction]], None] | None = None,
    ) -> AnalysisSummary:
        """Analyse the cells that are not analysed yet; see `AnalysisPipeline.analyse`.

        A signed slide keeps the predictions of the model with which it was signed, also when another model is in use.
        """
        reporter(Progress(0, 0, "Loading the model"))
        analyser, rooms = self._dependencies.load_pipeline(), self._dependencies
        if replay(rooms.review_log.events(slide_id)).signature:
            said = rooms.slide_store.predictions(slide_id)
            in_use = analyser.classifier.bundle_sha256, analyser.segmenter.identity
            if {(p.bundle, p.segmenter) for p in said.values()} - {in_use}:
                return AnalysisSummary(0, len(said), (), kept=True)
        return analyser.analyse(slide_id, token, reporter, on_batch, self.mask_repair.repaired_masks(slide_id))

    def open_session(
        self, slide_id: str, reviewer: str, reading: int = FIRST_READING, taxonomy: Taxonomy | None = None
    ) -> ReviewSession:
        """Begin or resume the review of a slide.

        Args:
            slide_id: The slide.
            reviewer: Name under which events are written.
            reading: See `ReviewSession`.
            taxonomy: The same classes with names in another language; None = with the English names.

        Raises:
            ReviewError: The reviewer may not open the slide in this reading.
        """
        rooms = self._dependencies
        names = taxonomy or rooms.taxonomy
        also = self.profiles.aliases(reviewer) if reading == SECOND_READING else ()

        return ReviewSession(
            rooms.slide_store,
            rooms.review_log,
            names,
            rooms.alert_rules,
            slide_id,
            reviewer,
            reading,
            also,
            self.check_images,
            self.profiles,
            rooms.sign_rule,
            rooms.finding_limits,
        )

    def check_images(self, cells: Sequence[Cell], token: CancelToken | None = None) -> ImageCheck:
        """Read the images of cells of one slide to find those that are missing or changed."""
        rooms = self._dependencies
        places = rooms.slide_store.cell_locations(cells[0].slide_id) if cells else {}
        return check_images(rooms.export_reader, cells, places, token or CancelToken())

    def load_image(self, cell: Cell) -> NDArray[np.uint8]:
        """Read a cell's image (RGB, H×W×3). Raises `ExportError`."""
        slide_id, places = self._locations_cache
        if slide_id != cell.slide_id or cell.id not in places:
            places = self._dependencies.slide_store.cell_locations(cell.slide_id)
            self._locations_cache = cell.slide_id, places
        try:
            return load_image(self._dependencies.export_reader, places.get(cell.id))
        except ExportError:
            latest = self._dependencies.slide_store.cell_locations(cell.slide_id)
            if latest.get(cell.id) == places.get(cell.id):
                raise
            self._locations_cache = cell.slide_id, latest  # the folder was imported again from another place
            return load_image(self._dependencies.export_reader, latest.get(cell.id))

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        """Locations of the slide's overview images on this workstation."""
        return self._dependencies.slide_store.overview_locations(slide_id)

    def load_image_at(self, location: CellLocation) -> NDArray[np.uint8]:
        """Read an image (RGB, H×W×3) from its location. Raises `ExportError`."""
        return load_image(self._dependencies.export_reader, location)

    def cached_analysis(self, cell: Cell, mask: RepairedMask | None = None) -> CachedAnalysis | None:
        """Mask, maps and features of a cell; None when they are not cached.

        A new analysis of the slide restores them. With a reviewer's `mask`, the results computed with it are returned.
        """
        return self.mask_repair.cached_analysis(cell, mask)

    @property
    def map_methods(self) -> tuple[str, ...]:
        """Names of the methods of `other_map`; empty where torch is not installed."""
        return self._dependencies.cam_provider.methods if self._dependencies.cam_provider else ()

    def compute_map(self, cell: Cell, method: str, stage: str, choice: str) -> NDArray[np.float32]:
        """Compute a class-activation map of an analysed cell by another method.

        Returns:
            side×side, 0..1, over the classifier's crop.

        Raises:
            ModelError: The method or the choice is unknown, or the cell was not analysed.
            ExportError: The image is missing.
        """
        cached = self.cached_analysis(cell, self.mask_repair.repaired_masks(cell.slide_id).get(cell.id))
        if self._dependencies.cam_provider is None or cached is None:
            raise ModelError("No other class-activation map can be made of this cell.", "Analyse the slide again.")
        scale = self._dependencies.slide_store.slide(cell.slide_id).um_per_px
        return self._dependencies.cam_provider.compute_map(
            method, self.load_image(cell), cached.mask, stage, choice, scale
        )

    def verify_log(self, token: CancelToken, reporter: Reporter) -> ChainState:
        """Verify everything that is protected against changes outside of LeukView.

        These are the hash chains of review log, reviewers and models, their seals, and the slides that were signed.

        Raises:
            StoreError: A database cannot be read.
            Cancelled: The token was set.
        """
        chain = verify_chain(self._dependencies.review_log)
        token.raise_if_cancelled()
        reporter(Progress(0, 0, "Checking the seals"))
        report = self._dependencies.seals.verify()
        findings = [*self._broken_records(token, reporter), *report.findings]
        token.raise_if_cancelled()
        if chain.is_readable:
            reporter(Progress(0, 0, "Checking the signed slides"))
            by_slide: dict[str, list[ReviewEvent]] = {}
            for event in self._dependencies.review_log.events():
                by_slide.setdefault(event.slide_id, []).append(event)
            findings += check_signatures(self._dependencies.slide_store, by_slide, token)
        return replace(chain, findings=tuple(findings), notes=report.notes)

    def _broken_records(self, token: CancelToken, reporter: Reporter) -> list[str]:
        """First broken rows of the records of reviewers and models, as sentences."""
        found: list[str] = []
        try:
            changed = self.profiles.find_broken_event()
        except StoreError as error:
            found.append(error.message)
        else:
            if changed is not None:
                found.append(
                    Message(
                        "The record of reviewers was changed outside of LeukView: line {seq} is the first broken one.",
                        seq=changed.seq,
                    )
                )
        models = self._dependencies.model_registry
        if models is not None and (entry := models.find_broken_entry()) is not None:
            found.append(
                Message(
                    "The model registry was changed outside of LeukView: entry {seq} is the first broken one.",
                    seq=entry.seq,
                )
            )
        token.raise_if_cancelled()
        reporter(Progress(0, 0, "Checking the review log"))
        return found

    def anchor_heads(self) -> Anchor:
        """The present heads of all chains, to hand over. Raises `StoreError`."""
        heads = self.seals.heads()
        return make_anchor(heads, *self.seals.sign_heads(heads))

    def compare_with_files(self, paths: Sequence[Path]) -> tuple[Comparison, ...]:
        """Compare the chains with heads in reports, exports and anchors; see `leukview.services.audit.anchors`."""
        return compare_with_files(self.seals, paths)

    def audit_trail(self, token: CancelToken, reporter: Reporter, viewer: Viewer = UNRESTRICTED_VIEWER) -> AuditTrail:
        """Build the audit trail; see `leukview.services.audit.trail.load_audit_trail`.

        Rows of the first reading of slides withheld from the viewer are left out. Raises `StoreError`.
        """
        rooms = self._dependencies

        def hidden(slides: Collection[str]) -> frozenset[str]:
            return self.withheld_slides(viewer, slides)

        return load_audit_trail(
            rooms.review_log,
            lambda slides: self._event_names(rooms.slide_store.cell_numbers(slides)),
            hidden,
            token,
            reporter,
            self.verify_log(token, reporter),
        )

    def audit_page(
        self,
        row_filter: AuditFilter,
        viewer: Viewer = UNRESTRICTED_VIEWER,
        before_seq: int | None = None,
        token: CancelToken | None = None,
    ) -> AuditPage:
        """Read one page of the audit trail; see `leukview.services.audit.pages.load_audit_page`.

        Raises `StoreError`.
        """
        return load_audit_page(self._audit_sources(viewer), row_filter, before_seq, token or CancelToken())

    def audit_options(self) -> AuditOptions:
        """Values of the filters of the audit trail. Raises `StoreError`."""
        return audit_options(self._dependencies.review_log)

    def alert_call_record(
        self,
        row_filter: AuditFilter,
        viewer: Viewer = UNRESTRICTED_VIEWER,
        token: CancelToken | None = None,
        *,
        called_only: bool = False,
    ) -> tuple[AlertCall, ...]:
        """Read the call record from the log. Raises `StoreError`."""
        rows = acknowledgement_rows(self._audit_sources(viewer), token or CancelToken())
        return find_calls(rows, self._dependencies.alert_rules, row_filter, called_only=called_only)

    def _audit_sources(self, viewer: Viewer) -> AuditSources:
        store = self._dependencies.slide_store
        return AuditSources(
            self._dependencies.review_log,
            lambda slides: self._event_names(store.cell_numbers(slides)),
            lambda slides: self.withheld_slides(viewer, slides),
        )

    def alert_calls(
        self, trail: AuditTrail, row_filter: AuditFilter, *, called_only: bool = False
    ) -> tuple[AlertCall, ...]:
        """Build the call record; see `leukview.services.audit.call_record.find_calls`."""
        return find_calls(trail.rows, self._dependencies.alert_rules, row_filter, called_only=called_only)

    def cell_history(
        self, slide_id: str, cell_id: str, *, blind: bool, reading: int = FIRST_READING
    ) -> tuple[HistoryEntry, ...]:
        """Build a cell's history; see `cell_history.cell_history`. Raises `StoreError`."""
        cells = {cell.id: cell for cell in self._dependencies.slide_store.cells(slide_id)}
        return cell_history(
            cells[cell_id],
            self._dependencies.slide_store.slide(slide_id),
            self._dependencies.slide_store.cell_prediction_history(cell_id),
            self._dependencies.review_log.events(slide_id),
            self._event_names({cell.id: cell.number for cell in cells.values()}),
            blind=blind,
            reading=reading,
        )

    def _event_names(self, cell_numbers: Mapping[str, int]) -> EventNames:
        return EventNames(
            self._dependencies.taxonomy, self._dependencies.alert_rules, self._dependencies.grading_form, cell_numbers
        )

    def model_info(self) -> ModelInfo:
        """Provenance of the model in use."""
        return self._dependencies.model_info()

    def model_info_for(self, view: SlideView) -> ModelInfo:
        """Provenance of the model that made a slide's predictions.

        It need not be the model in use. With several models it is that of most cells; the others are named among its
        limits.
        """
        info = self.model_info()
        spoken = Counter(v.prediction.bundle for v in view.cells if v.prediction)
        if not spoken or set(spoken) == {info.bundle_sha256}:
            return info
        (main, _), *others = spoken.most_common()
        if main != info.bundle_sha256:
            find = self._dependencies.find_model_info
            info = (find(main) if find else None) or unknown_model_info(main)
        named = tuple(f"{count} cells carry the opinion of another model, {key[:16]}." for key, count in others)
        return replace(info, limitations=(*named, *info.limitations))

    def report_choices(self, _token: CancelToken, _reporter: Reporter) -> ReportChoices:
        """Available languages, papers and signature of reports. Raises `ReportError`."""
        return self._dependencies.report_renderer.report_choices()

    def write_report(
        self,
        session: ReviewSession,
        output: Path,
        token: CancelToken,
        reporter: Reporter,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
    ) -> Path:
        """Write the PDF report of a slide as it is now and log it. Raises `ReportError`."""
        rooms = self._dependencies
        means = ReportDependencies(
            renderer=rooms.report_renderer,
            image_encoder=rooms.image_encoder,
            load_image=self.load_image,
            load_analysis=self.cached_analysis,
            make_record=lambda which: make_slide_record(
                which, rooms.slide_store, rooms.review_log, include_comments=True
            ),
            model_info=lambda: self.model_info_for(session.view),
            site_lines=rooms.site_lines,
            grading=rooms.grading_form,
        )
        return write_report(session, means, output, options, token, reporter)


def utc_now() -> str:
    """The current time as the time stamp of events: UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
