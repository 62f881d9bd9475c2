"""Controller of the tally: drops on a class, other slides of the patient."""

from __future__ import annotations

from typing import TypeAlias

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import FIRST_READING
from leukview.gui.gallery.label_actions import LabelActions
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.tally.class_drop_filter import ClassDropFilter
from leukview.gui.tally.model import CLASS_KEY_ROLE
from leukview.gui.tally.panel import TallyPanel
from leukview.services.review.patient_tally import SlideCounts

_OtherSlides: TypeAlias = tuple[str, tuple[SlideCounts, ...], bool]
"""The slide, the counts of other slides of its specimen, and whether it is not known of some whether they are."""


class TallyController(WindowController):
    """Connects gallery, tally and review controller.

    Attributes:
        class_drop_filter: Lets the tally accept cells dropped on a class.
    """

    def __init__(
        self, context: WindowContext, gallery: GalleryPanel, tally: TallyPanel, label_actions: LabelActions
    ) -> None:
        super().__init__(context)
        self._tally, self._label_actions = tally, label_actions
        self._slide_id = ""
        self.class_drop_filter = ClassDropFilter(tally.table, CLASS_KEY_ROLE)
        self.class_drop_filter.cells_dropped.connect(self._on_cells_dropped)
        gallery.view.cells_dropped.connect(label_actions.label_cells)
        self._review.slide_opened.connect(self._on_slide_opened)
        tally.join_toggled.connect(self._on_join_toggled)

    def _on_cells_dropped(self, cells: list[str], class_key: str) -> None:
        if not self._tally.is_joined:  # the joined tally of a patient is read-only
            self._label_actions.label_cells(cells, class_key)

    def _on_slide_opened(self, _view: object) -> None:
        view = self._review.view
        if view is not None and view.slide.id != self._slide_id:
            self._slide_id = view.slide.id
            self._tally.set_other_slides(())
        self._load_other_slides()

    def _on_join_toggled(self, joined: bool) -> None:
        if joined:  # include what was analysed or reviewed elsewhere in the meantime
            self._load_other_slides()

    def on_patients_changed(self, patients: frozenset[str]) -> None:
        """Reload the other slides if another program changed slides of this patient."""
        view = self._review.view
        if view is not None and view.slide.patient in patients:
            self._load_other_slides()

    def _load_other_slides(self) -> None:
        view = self._review.view
        if view is None or view.reading != FIRST_READING:  # a second reader must not see other reviewers' labels
            self._tally.set_other_slides(())
            return
        patient, slide, reader = view.slide.patient, view.slide.id, self._review.viewer

        def work(token: CancelToken, reporter: Reporter) -> _OtherSlides:
            counts = self._workbench.slide_queries.patient_counts(patient, slide, token, reporter, reader)
            service = self._workbench.identities
            if service is None or not counts:
                return slide, counts, False
            same, unknown = service.slides_of_specimen(slide, [c.slide_id for c in counts])
            joined = tuple(c for c in counts if c.slide_id in same | unknown)
            return slide, joined, bool(unknown)

        self._tasks.run(
            self.tr("Reading the patient's other slides"),
            work,
            done=self._review.for_current_reader(self._on_other_slides_loaded),
            queue=Queue.IMAGES,
        )

    def _on_other_slides_loaded(self, result: _OtherSlides) -> None:
        view, (slide_id, counts, is_doubtful) = self._review.view, result
        # A second reading, or another slide, may have been opened while the task ran.
        if slide_id == self._slide_id and view is not None and view.reading == FIRST_READING:
            self._tally.set_other_slides(counts, is_doubtful=is_doubtful)
