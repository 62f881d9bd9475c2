"""Queries over many slides, each for a viewer: worklist, withheld slides, patient's counts, reference atlas."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from leukview.core.job_runner import CancelToken, Progress, Reporter, null_reporter
from leukview.domain.review.events import FIRST_READING
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.ports.worklist import IndexReader, PageKey, WorklistQuery
from leukview.services.review.patient_tally import SlideCounts, count_slide
from leukview.services.review.reading_access import UNRESTRICTED_VIEWER, Viewer, withheld_slides
from leukview.services.review.reference_atlas import AtlasCell, confirmed_cells
from leukview.services.review.slide_view import SlideView
from leukview.services.review.worklist import PAGE_SIZE, WorklistPage, WorklistRow, WorklistService, worklist_rows


@dataclass(frozen=True, slots=True)
class SlideQueries:
    """Reads many slides at once, without what is withheld from the viewer.

    Attributes:
        slides: Slides, cells and predictions.
        log: The review log.
        indexed_worklist: The worklist by its index; None = it is read slide by slide.
        aliases: All names of a reviewer in the log.
        open_view: Builds the view of a slide for a reviewer and a reading.
    """

    slides: SlideStore
    log: ReviewLog
    indexed_worklist: WorklistService | None
    aliases: Callable[[str], Collection[str]]
    open_view: Callable[[str, str, int], SlideView]
    find_slides: Callable[[str, bool], Collection[str]] = lambda _word, _by_name: ()

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
        if self.indexed_worklist is not None:
            return self.indexed_worklist.rows(self._index_reader(viewer), token, reporter, slide_ids)
        slides = [slide for slide in self.slides.slides() if slide_ids is None or slide.id in slide_ids]
        withheld = self.withheld_slides(viewer, [slide.id for slide in slides])
        return worklist_rows(slides, viewer.name, withheld, self.open_view, token, reporter)

    def worklist_page(
        self,
        query: WorklistQuery,
        viewer: Viewer = UNRESTRICTED_VIEWER,
        after: PageKey | None = None,
        limit: int = PAGE_SIZE,
        *,
        by_name: bool = False,
    ) -> WorklistPage:
        """Read one page of the worklist; see `WorklistService.page`. Raises `StoreError`.

        Without an index all slides are one page. A word is also looked for among the numbers of orders and specimens
        and, with `by_name`, among the names of patients.
        """
        if self.indexed_worklist is None:
            return WorklistPage(tuple(self.worklist(CancelToken(), null_reporter, viewer=viewer)), None)
        ids = {term.texts[0]: frozenset(self.find_slides(term.texts[0], by_name)) for term in query.terms}
        terms = tuple(replace(term, slide_ids=ids[term.texts[0]]) for term in query.terms)
        page = self.indexed_worklist.page(replace(query, terms=terms), self._index_reader(viewer), after, limit)
        return replace(page, found_by_number=ids)

    def update_worklist_index(self, limit: int) -> int:
        """Summarise up to `limit` changed slides for the worklist; returns how many are left. Raises `StoreError`."""
        return self.indexed_worklist.update(limit) if self.indexed_worklist else 0

    def withheld_slides(self, viewer: Viewer, slide_ids: Collection[str] | None = None) -> frozenset[str]:
        """Ids of those of the slides (None = of all) that are withheld from a viewer.

        See `leukview.services.review.reading_access.withheld_slides`.
        """
        if viewer == UNRESTRICTED_VIEWER:
            return frozenset()
        if self.indexed_worklist is not None:
            return self.indexed_worklist.withheld(self._index_reader(viewer), slide_ids)
        asked = [slide.id for slide in self.slides.slides()] if slide_ids is None else slide_ids
        return withheld_slides(self.log.events, asked, viewer, self.aliases(viewer.name))

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
        known = self.slides.slides_of_patient(patient)
        others = [slide for slide in known if slide.id != excluded_slide]
        withheld = self.withheld_slides(viewer, [slide.id for slide in others])
        others = [slide for slide in others if slide.id not in withheld]
        found = []
        for done, slide in enumerate(others):
            token.raise_if_cancelled()
            reporter(Progress(done, len(others), "Joining the patient's slides"))
            found.append(count_slide(self.open_view(slide.id, "", FIRST_READING)))
        return tuple(found)

    def reference_atlas(
        self, token: CancelToken, reporter: Reporter, *, synthetic: bool, viewer: Viewer = UNRESTRICTED_VIEWER
    ) -> tuple[AtlasCell, ...]:
        """Read the reference atlas, without cells withheld from the viewer.

        See `leukview.services.review.reference_atlas.confirmed_cells`. Raises `StoreError`.
        """
        found = confirmed_cells(self.slides, self.log, token, reporter, synthetic=synthetic)
        withheld = self.withheld_slides(viewer)
        return tuple(cell for cell in found if cell.cell.slide_id not in withheld)

    def _index_reader(self, viewer: Viewer) -> IndexReader:
        if not viewer.name:
            return IndexReader()
        return IndexReader(frozenset({viewer.name, *self.aliases(viewer.name)}), viewer.is_second_reader)
