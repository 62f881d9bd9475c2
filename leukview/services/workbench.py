"""The use cases in one place, as window and command line see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError, ModelError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.comment_phrases import PhraseGroup
from leukview.domain.review.events import FIRST, SECOND, replay
from leukview.domain.slide import Cell, ExportPreview, Slide, SlideDraft
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.mask_repair import Repairs
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.analysis.quality_control import QualityControl
from leukview.services.audit.call_record import Call, calls_in
from leukview.services.audit.cell_history import HistoryEntry, cell_history
from leukview.services.audit.trail import AuditFilter, AuditTrail, ChainState, audit_trail, verify_chain
from leukview.services.corrections.exporter import Corrections
from leukview.services.dependencies import Dependencies, OtherMaps
from leukview.services.export.exporter import Exchange
from leukview.services.export.slide_record import record_of
from leukview.services.importing.import_slide import import_slide
from leukview.services.models.registry import ModelRegistryService
from leukview.services.ports.change_feed import ChangeSource
from leukview.services.ports.storage import (
    CachedAnalysis,
    CellLocation,
    ReviewLog,
)
from leukview.services.report.report_data import ModelInfo, ReportChoices, ReportOptions, unknown_model
from leukview.services.report.writer import ReportMeans, write_report
from leukview.services.review.event_text import EventNames
from leukview.services.review.patient_tally import SlideCounts, counts_of
from leukview.services.review.reading_access import NOBODY, Viewer, withheld
from leukview.services.review.reference_atlas import AtlasCell, confirmed_cells
from leukview.services.review.session import ReviewSession
from leukview.services.review.slide_view import SlideView
from leukview.services.review.worklist import WorklistRow, rows_of
from leukview.services.users.profiles import Profiles

__all__ = ["Dependencies", "OtherMaps", "Workbench", "utc_now"]


class Workbench:
    """Preview, import, analyse, review and report. Long methods take a token and a reporter, for the worker."""

    def __init__(self, rooms: Dependencies) -> None:
        self._rooms = rooms
        # Replaced whole, never changed: several worker lanes ask for images.
        self._places: tuple[str, Mapping[str, CellLocation]] = ("", {})

    @property
    def taxonomy(self) -> Taxonomy:
        """Classes and stages."""
        return self._rooms.taxonomy

    @property
    def profiles(self) -> Profiles:
        """The reviewers."""
        return Profiles(self._rooms.profiles)

    @property
    def pulse(self) -> ChangeSource:
        """What other programs wrote since one looked last."""
        return self._rooms.pulse

    @property
    def phrases(self) -> tuple[PhraseGroup, ...]:
        """The coded phrases of comments, by group."""
        return self._rooms.phrases

    @property
    def grading(self) -> GradingForm:
        """The form of red cells and platelets."""
        return self._rooms.grading

    @property
    def quality(self) -> QualityControl:
        """Runs of the reference slide, and how often reviewers overrule the model."""
        rooms = self._rooms
        return QualityControl(rooms.taxonomy, rooms.slides, rooms.log, self.image, self.cached)

    @property
    def repairs(self) -> Repairs:
        """Outlines that reviewers repair."""
        rooms = self._rooms
        return Repairs(rooms.cache, rooms.log, rooms.analyser, rooms.refiner, self.image)

    @property
    def corrections(self) -> Corrections:
        """What reviewers said, as material for the next model."""
        if self._rooms.corrections is None:
            raise ExportError("This workbench exports no corrections.")
        return self._rooms.corrections

    @property
    def models(self) -> ModelRegistryService:
        """Which model is in use, and what was in use before."""
        if self._rooms.models is None:
            raise ModelError("This workbench keeps no models.")
        return self._rooms.models

    @property
    def exchange(self) -> Exchange:
        """Exports of slides. Raises `ExportError` where the installation brings none."""
        rooms = self._rooms
        if rooms.outlets is None:
            raise ExportError("This installation exports no slides.")
        return Exchange(rooms.slides, rooms.log, rooms.reader, rooms.outlets, self._mask)

    def _mask(self, cell: Cell) -> NDArray[np.uint8] | None:
        cached = self.cached(cell)
        return cached.mask if cached else None

    @property
    def log(self) -> ReviewLog:
        """The whole review log."""
        return self._rooms.log

    def preview(self, path: Path, token: CancelToken, reporter: Reporter) -> ExportPreview:
        """Look through a folder or archive; nothing is stored. Raises `ExportError`."""
        return self._rooms.reader.read(path, token, reporter)

    def demo(self, token: CancelToken, reporter: Reporter) -> Path:
        """A folder of synthetic slides to try the program on. Raises `ExportError`."""
        if self._rooms.demo is None:
            raise ExportError("This installation brings no demo slides.")
        return self._rooms.demo(token, reporter)

    def import_slides(
        self,
        drafts: Sequence[SlideDraft],
        token: CancelToken,
        reporter: Reporter,
        *,
        by: str = "",
        tell: Callable[[str], None] | None = None,
    ) -> list[Slide]:
        """Store drafts under pseudonyms, each in one transaction; see `services.importing.import_slide`.

        Args:
            drafts: From `preview`.
            token: To cancel.
            reporter: Progress.
            by: Who imports: stands in the log where a slide brought its review along.
            tell: Hears why a review was not taken over, a sentence each.
        """
        slides = []
        for done, draft in enumerate(drafts):
            token.check()
            reporter(Progress(done, len(drafts), "Importing slides"))
            slide, why = import_slide(self._rooms.slides, self._rooms.log, draft, by)
            slides.append(slide)
            if why and tell:
                tell(why)
        reporter(Progress(len(drafts), len(drafts), "Importing slides"))
        return slides

    def slides(self) -> list[Slide]:
        """All slides, the newest first."""
        return self._rooms.slides.slides()

    def worklist(
        self, token: CancelToken, reporter: Reporter, only: Collection[str] | None = None, reader: Viewer = NOBODY
    ) -> list[WorklistRow]:
        """Every slide with its state, the newest first; `only` those of these ids. Raises `StoreError`.

        Of a slide that the reader reads second, the row tells the own reading alone.
        """
        slides = [slide for slide in self.slides() if only is None or slide.id in only]
        withheld = self.withheld(reader, [slide.id for slide in slides])
        return rows_of(slides, reader.name, withheld, self.session, token, reporter)

    def withheld(self, reader: Viewer, slides: Collection[str] | None = None) -> frozenset[str]:
        """Ids of slides (None = of all) that are withheld; see `leukview.services.review.reading_access.withheld`."""
        if reader == NOBODY:
            return frozenset()
        asked = [slide.id for slide in self.slides()] if slides is None else slides
        return withheld(self._rooms.log.events, asked, reader, self.profiles.aliases(reader.name))

    def patient_counts(
        self, patient: str, besides: str, token: CancelToken, reporter: Reporter, reader: Viewer = NOBODY
    ) -> tuple[SlideCounts, ...]:
        """The counts of a patient's slides, besides one of them and those withheld from the reader.

        Raises:
            StoreError: The database refuses.
        """
        others = [slide for slide in self.slides() if slide.patient == patient and slide.id != besides]
        withheld = self.withheld(reader, [slide.id for slide in others])
        others = [slide for slide in others if slide.id not in withheld]
        found = []
        for done, slide in enumerate(others):
            token.check()
            reporter(Progress(done, len(others), "Joining the patient's slides"))
            found.append(counts_of(self.session(slide.id, "").view))
        return tuple(found)

    def atlas(
        self, token: CancelToken, reporter: Reporter, *, synthetic: bool, reader: Viewer = NOBODY
    ) -> tuple[AtlasCell, ...]:
        """The reference atlas without cells withheld from the reader; see `confirmed_cells`. Raises `StoreError`."""
        found = confirmed_cells(self._rooms.slides, self._rooms.log, token, reporter, synthetic=synthetic)
        withheld = self.withheld(reader)
        return tuple(cell for cell in found if cell.cell.slide_id not in withheld)

    def analyse(
        self,
        slide_id: str,
        token: CancelToken,
        reporter: Reporter,
        on_batch: Callable[[Mapping[str, Prediction]], None] | None = None,
    ) -> AnalysisSummary:
        """Analyse what is not analysed yet; see `Analyser.analyse`.

        A signed slide keeps the opinion of the model that it was signed with, whatever model is in use now.
        """
        reporter(Progress(0, 0, "Loading the model"))
        analyser, rooms = self._rooms.analyser(), self._rooms
        if replay(rooms.log.events(slide_id)).signature:
            said = rooms.slides.predictions(slide_id)
            if {p.bundle for p in said.values()} - {analyser.classifier.bundle_sha256}:
                return AnalysisSummary(0, len(said), (), kept=True)
        return analyser.analyse(slide_id, token, reporter, on_batch, self.repairs.masks(slide_id))

    def session(
        self, slide_id: str, reviewer: str, reading: int = FIRST, taxonomy: Taxonomy | None = None
    ) -> ReviewSession:
        """Begin or resume the review of a slide.

        Args:
            slide_id: The slide.
            reviewer: Whose events are written.
            reading: See `ReviewSession`.
            taxonomy: The same classes under names in another language; None for the own.

        Raises:
            ReviewError: This reviewer may not read the slide so.
        """
        rooms = self._rooms
        names = taxonomy or rooms.taxonomy
        also = self.profiles.aliases(reviewer) if reading == SECOND else ()
        return ReviewSession(rooms.slides, rooms.log, names, rooms.rules, slide_id, reviewer, reading, also)

    def image(self, cell: Cell) -> NDArray[np.uint8]:
        """A cell's image (RGB, H×W×3). Raises `ExportError` when it is gone."""
        slide_id, places = self._places
        if slide_id != cell.slide_id or cell.id not in places:
            places = self._rooms.slides.locations(cell.slide_id)
            self._places = cell.slide_id, places
        place = places.get(cell.id)
        if place is None:
            raise ExportError("The image of this cell is not on this workstation.", "Open its folder again.")
        return self.picture(place)

    def fields(self, slide_id: str) -> tuple[CellLocation, ...]:
        """Where the slide's overview pictures lie on this workstation."""
        return self._rooms.slides.fields(slide_id)

    def picture(self, place: CellLocation) -> NDArray[np.uint8]:
        """An image (RGB, H×W×3) from where it lies. Raises `ExportError` when it is gone."""
        return self._rooms.reader.decode(self._rooms.reader.read_bytes(place.root, place.inner, place.path))

    def cached(self, cell: Cell, mask: RepairedMask | None = None) -> CachedAnalysis | None:
        """Mask, maps and features of a cell; None when the cache lost them (analyse again to have them back).

        Args:
            cell: The cell.
            mask: The reviewer's outline, where there is one: what was made inside it.
        """
        return self.repairs.analysis(cell, mask)

    @property
    def map_methods(self) -> tuple[str, ...]:
        """Names of the class-activation methods that `other_map` offers; empty where torch is not installed."""
        return self._rooms.other_maps.methods if self._rooms.other_maps else ()

    def other_map(self, cell: Cell, method: str, stage: str, choice: str) -> NDArray[np.float32]:
        """A class-activation map of an analysed cell by another method (side×side, 0..1, over the crop).

        Raises:
            ModelError: The method or the choice is unknown, or the cell was not analysed.
            ExportError: The image is gone.
        """
        cached = self.cached(cell, self.repairs.masks(cell.slide_id).get(cell.id))
        if self._rooms.other_maps is None or cached is None:
            raise ModelError("No other class-activation map can be made of this cell.", "Analyse the slide again.")
        scale = self._rooms.slides.slide(cell.slide_id).um_per_px
        return self._rooms.other_maps.heat(method, self.image(cell), cached.mask, stage, choice, scale)

    def chain(self, _token: CancelToken, _reporter: Reporter) -> ChainState:
        """Whether the review log's hash chain holds. Raises `StoreError`."""
        return verify_chain(self._rooms.log)

    def audit(self, token: CancelToken, reporter: Reporter, reader: Viewer = NOBODY) -> AuditTrail:
        """The whole review log in words; a log that cannot be read any more gives no rows, and says why.

        Rows of others on slides that the reader reads second are left out until that reading is signed.

        Raises:
            StoreError: The database refuses.
        """
        rooms = self._rooms

        def numbers(slides: Collection[str]) -> dict[str, int]:
            return {cell.id: cell.number for slide in slides for cell in rooms.slides.cells(slide)}

        def hidden(slides: Collection[str]) -> frozenset[str]:
            return self.withheld(reader, slides)

        return audit_trail(rooms.log, lambda slides: self._names(numbers(slides)), hidden, token, reporter)

    def calls(self, trail: AuditTrail, wanted: AuditFilter, *, called: bool = False) -> tuple[Call, ...]:
        """The call record of an audit trail; see `leukview.services.audit.call_record.calls_in`."""
        return calls_in(trail.rows, self._rooms.rules, wanted, called=called)

    def cell_history(
        self, slide_id: str, cell_id: str, *, blind: bool, reading: int = FIRST
    ) -> tuple[HistoryEntry, ...]:
        """History of a cell, see `leukview.services.audit.cell_history`. Raises `StoreError`."""
        cells = {cell.id: cell for cell in self._rooms.slides.cells(slide_id)}
        return cell_history(
            cells[cell_id],
            self._rooms.slides.slide(slide_id),
            self._rooms.slides.predictions_of(cell_id),
            self._rooms.log.events(slide_id),
            self._names({cell.id: cell.number for cell in cells.values()}),
            blind=blind,
            reading=reading,
        )

    def _names(self, numbers: Mapping[str, int]) -> EventNames:
        return EventNames(self._rooms.taxonomy, self._rooms.rules, self._rooms.grading, numbers)

    def model_info(self) -> ModelInfo:
        """Provenance of the model in use."""
        return self._rooms.model_info()

    def model_of(self, view: SlideView) -> ModelInfo:
        """Provenance of the model whose opinions a slide shows, which need not be the one in use now.

        Where several models spoke, it is that of most cells, and the others are named among its limits.
        """
        info = self.model_info()
        spoken = Counter(v.prediction.bundle for v in view.cells if v.prediction)
        if not spoken or set(spoken) == {info.bundle_sha256}:
            return info
        (main, _), *others = spoken.most_common()
        if main != info.bundle_sha256:
            find = self._rooms.model_info_of
            info = (find(main) if find else None) or unknown_model(main)
        named = tuple(f"{count} cells carry the opinion of another model, {key[:16]}." for key, count in others)
        return replace(info, limits=(*named, *info.limits))

    def report_choices(self, _token: CancelToken, _reporter: Reporter) -> ReportChoices:
        """Languages, papers and signature of reports here. `ReportError` when the site's own files cannot be used."""
        return self._rooms.renderer.choices()

    def report(
        self,
        session: ReviewSession,
        output: Path,
        token: CancelToken,
        reporter: Reporter,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
    ) -> Path:
        """Write the PDF of a slide as it stands and log that it was written.

        Raises:
            ReportError: It cannot be set, signed or written.
        """
        rooms = self._rooms
        means = ReportMeans(
            renderer=rooms.renderer,
            pictures=rooms.pictures,
            image=self.image,
            cached=self.cached,
            record=lambda which: record_of(which, rooms.slides, rooms.log, comments=True),
            model=lambda: self.model_of(session.view),
            site=rooms.site,
            grading=rooms.grading,
        )
        return write_report(session, means, output, options, token, reporter)


def utc_now() -> str:
    """Now, UTC, ISO 8601 with microseconds: the time stamp of events."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
