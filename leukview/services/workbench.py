"""Facade over the use cases, used by window and command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError, ModelError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.comment_phrases import PhraseGroup
from leukview.domain.review.events import FIRST_READING, SECOND_READING
from leukview.domain.review.reducer import replay
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.review.rights import Right
from leukview.domain.slide import Cell, ExportPreview, Slide, SlideDraft
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.mask_repair import MaskRepairService
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.analysis.quality_control import QualityControl
from leukview.services.audit.service import AuditService
from leukview.services.competency.service import CompetencyService
from leukview.services.corrections.exporter import CorrectionExporter
from leukview.services.data_management import DataManagement
from leukview.services.dependencies import CamProvider, Dependencies
from leukview.services.exchange.service import ExchangeService
from leukview.services.exchange.slide_identity import SlideIdentityService
from leukview.services.export.exporter import SlideExporter
from leukview.services.export.slide_record import make_slide_record
from leukview.services.images import ImageCheck, SlideImages, load_image
from leukview.services.importing.import_slide import import_slides
from leukview.services.importing.preview_checks import check_preview
from leukview.services.importing.stored_slides import compare_with_stored
from leukview.services.models.adaptation import SiteAdaptationService
from leukview.services.models.registry import ModelRegistryService
from leukview.services.ports.change_feed import ChangeFeed
from leukview.services.ports.identity import SlideIdentity
from leukview.services.ports.seals import Seals
from leukview.services.ports.storage import (
    CachedAnalysis,
    CellLocation,
    ReviewLog,
)
from leukview.services.report.report_data import ModelInfo, ReportChoices, ReportOptions, model_info_of_slide
from leukview.services.report.writer import ReportDependencies, write_report
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession
from leukview.services.review.slide_queries import SlideQueries
from leukview.services.review.slide_view import SlideView
from leukview.services.review.worklist import WorklistService
from leukview.services.users.profiles import ProfileService
from leukview.services.verification.service import VerificationService

__all__ = ["CamProvider", "Dependencies", "Workbench", "utc_now"]


class Workbench:
    """Facade over preview, import, analysis, review, report and export.

    Methods that take long have a cancel token and a progress reporter and are to be called in a worker thread.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._images = SlideImages(dependencies.export_reader, dependencies.slide_store)
        d = dependencies
        self._indexed_worklist = (
            WorklistService(
                d.slide_store,
                d.review_log,
                d.worklist_index,
                d.taxonomy,
                d.alert_rules,
                d.finding_limits,
                d.counting_rules,
            )
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
        d = self._dependencies
        return QualityControl(d.taxonomy, d.slide_store, d.review_log, self.load_image, self.cached_analysis)

    @property
    def audit(self) -> AuditService:
        """Audit trail, call record, and verification of the chains."""
        d = self._dependencies
        return AuditService(
            d.slide_store,
            d.review_log,
            d.taxonomy,
            d.alert_rules,
            d.grading_form,
            d.seals,
            self.slide_queries.withheld_slides,
            self.profiles.find_broken_event,
            d.model_registry.find_broken_entry if d.model_registry else lambda: None,
        )

    @property
    def slide_queries(self) -> SlideQueries:
        """Queries over many slides: worklist, withheld slides, patient's counts, reference atlas."""
        d = self._dependencies
        return SlideQueries(
            d.slide_store,
            d.review_log,
            self._indexed_worklist,
            self.profiles.aliases,
            lambda slide_id, name, reading: self.open_session(slide_id, name, reading).view,
            self._find_by_number,
        )

    def _find_by_number(self, word: str, by_name: bool) -> frozenset[str]:
        return self.identities.find(word, by_name=by_name) if self.identities is not None else frozenset()

    @property
    def data_management(self) -> DataManagement:
        """Erasure, export of everything held about a patient, backups."""
        d = self._dependencies
        return DataManagement(
            d.slide_store,
            d.review_log,
            d.export_reader,
            d.analysis_cache,
            self.profiles,
            self.open_session,
            d.export_adapters,
            d.eraser,
            d.back_up,
            self._images.forget_locations,
        )

    @property
    def mask_repair(self) -> MaskRepairService:
        """Use cases of mask repair."""
        d = self._dependencies
        return MaskRepairService(d.analysis_cache, d.review_log, d.load_pipeline, d.load_refiner, self.load_image)

    @property
    def identities(self) -> SlideIdentityService | None:
        """Patients, orders and specimens of the slides; None on a workstation without a vault."""
        d = self._dependencies
        return SlideIdentityService(d.identities, self.profiles) if d.identities is not None else None

    @property
    def verification(self) -> VerificationService:
        """Comparison with counts at the microscope. Raises `ExportError`."""
        d = self._dependencies
        if d.write_verification is None:
            raise ExportError("This installation writes no verification.")
        adapters = d.export_adapters
        return VerificationService(
            d.taxonomy,
            d.slide_store,
            lambda slide_id: self.open_session(slide_id, "").view,
            lambda slide_id: (adapters.find_identity(slide_id) or ("", ""))[1] if adapters else None,
            d.write_verification,
            d.site_lines,
        )

    @property
    def competency(self) -> CompetencyService:
        """Training on sets of cells with a key. Raises `ExportError`."""
        d = self._dependencies
        if d.competency_store is None:
            raise ExportError("This installation has no training.")

        def find_withheld(name: str, slide_ids: Sequence[str]) -> frozenset[str]:
            profile = self.profiles.find_by_name(name)
            is_second = profile is not None and profile.role is ReviewerRole.SECOND_READER
            return self.slide_queries.withheld_slides(Viewer(name, is_second), slide_ids)

        return CompetencyService(
            d.competency_store,
            d.taxonomy,
            self.profiles,
            lambda slide_id: self.open_session(slide_id, "").view,
            d.slide_store.cells,
            find_withheld,
        )

    @property
    def can_exchange(self) -> bool:
        """Whether `exchange` is there."""
        return self._dependencies.make_exchange is not None

    @cached_property
    def exchange(self) -> ExchangeService:
        """Exchange with the laboratory's systems. Raises `ExportError`."""
        if self._dependencies.make_exchange is None:
            raise ExportError("This installation exchanges nothing with the laboratory.")
        return self._dependencies.make_exchange(self.open_session, self.profiles)

    @property
    def correction_exporter(self) -> CorrectionExporter:
        """Export of reviewed cells for training. Raises `ExportError`."""
        if self._dependencies.correction_exporter is None:
            raise ExportError("This installation cannot export corrections.")
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
            raise ModelError("This installation does not manage models.")
        return self._dependencies.model_registry

    @property
    def slide_exporter(self) -> SlideExporter:
        """Export of slides. Raises `ExportError`."""
        d = self._dependencies
        if d.export_adapters is None:
            raise ExportError("This installation cannot export slides.")
        return SlideExporter(
            d.slide_store,
            d.review_log,
            d.export_reader,
            d.export_adapters,
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

        Meanwhile the model begins to load, as an analysis usually follows.

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
        d, reader = self._dependencies, self._dependencies.export_reader
        if answers and d.folder_answers is not None:
            d.folder_answers.remember(answers)
        d.preload_model()
        preview = reader.read(path, token, reporter, answers, name_encoding)
        preview = compare_with_stored(preview, d.slide_store, d.review_log, reader, token)
        known = d.known_content
        return preview if known is None else check_preview(preview, known, d.review_log)

    def write_demo(self, token: CancelToken, reporter: Reporter) -> Path:
        """The folder of synthetic demo slides, created on first use. Raises `ExportError`."""
        if self._dependencies.write_demo is None:
            raise ExportError("This installation contains no demo slides.")
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
        """Store drafts under pseudonyms; see `leukview.services.importing.import_slide.import_slides`."""
        d = self._dependencies
        return import_slides(
            d.slide_store, d.review_log, drafts, imported_by, d.known_content, token, reporter, on_review_skipped
        )

    def slides(self) -> list[Slide]:
        """All slides, the newest first."""
        return self._dependencies.slide_store.slides()

    def slides_of_patient(self, patient: str) -> list[Slide]:
        """The slides of a patient (pseudonym), the newest first. Raises `StoreError`."""
        return self._dependencies.slide_store.slides_of_patient(patient) if patient else []

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
        pipeline, d = self._dependencies.load_pipeline(), self._dependencies
        if replay(d.review_log.events(slide_id)).signature:
            predictions = d.slide_store.predictions(slide_id)
            in_use = pipeline.classifier.bundle_sha256, pipeline.segmenter.identity
            if {(p.bundle, p.segmenter) for p in predictions.values()} - {in_use}:
                return AnalysisSummary(0, len(predictions), (), kept=True)
        return pipeline.analyse(slide_id, token, reporter, on_batch, self.mask_repair.repaired_masks(slide_id))

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
        d = self._dependencies
        aliases = self.profiles.aliases(reviewer) if reading == SECOND_READING else ()
        return ReviewSession(
            d.slide_store,
            d.review_log,
            taxonomy or d.taxonomy,
            d.alert_rules,
            slide_id,
            reviewer,
            reading,
            aliases,
            self.check_images,
            self.profiles,
            d.sign_rule,
            d.finding_limits,
            d.counting_rules,
        )

    def check_images(self, cells: Sequence[Cell], token: CancelToken | None = None) -> ImageCheck:
        """Read the images of cells of one slide to find those that are missing or changed."""
        return self._images.check(cells, token)

    def load_image(self, cell: Cell) -> NDArray[np.uint8]:
        """Read a cell's image (RGB, H×W×3). Raises `ExportError`."""
        return self._images.load(cell)

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
            raise ModelError("No other class-activation map can be computed for this cell.", "Analyse the slide again.")
        scale = self._dependencies.slide_store.slide(cell.slide_id).um_per_px
        return self._dependencies.cam_provider.compute_map(
            method, self.load_image(cell), cached.mask, stage, choice, scale
        )

    def model_info(self) -> ModelInfo:
        """Provenance of the model in use."""
        return self._dependencies.model_info()

    def model_info_for(self, view: SlideView) -> ModelInfo:
        """Provenance of the model that made a slide's predictions; see `model_info_of_slide`."""
        return model_info_of_slide(view, self.model_info(), self._dependencies.find_model_info)

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
        d = self._dependencies
        dependencies = ReportDependencies(
            renderer=d.report_renderer,
            image_encoder=d.image_encoder,
            load_image=self.load_image,
            load_analysis=self.cached_analysis,
            make_record=lambda which: make_slide_record(which, d.slide_store, d.review_log, include_comments=True),
            model_info=lambda: self.model_info_for(session.view),
            site_lines=d.site_lines,
            grading=d.grading_form,
            find_identity=self._exported_identity,
        )
        return write_report(session, dependencies, output, options, token, reporter)

    def _exported_identity(self, slide_id: str, reviewer: str) -> SlideIdentity | None:
        self.profiles.require_right(reviewer, Right.EXPORT_NAMES)
        return self.identities.identity(slide_id) if self.identities is not None else None


def utc_now() -> str:
    """The current time as the time stamp of events: UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
