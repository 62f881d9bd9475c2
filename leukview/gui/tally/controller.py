"""What stands beside gallery and tally: orders by likeness, comparison, cells dropped on a class, joined slides."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import FIRST
from leukview.gui.app.notification_bar import NotificationBar
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.comparison.controller import ComparisonController
from leukview.gui.gallery.feature_sorting import FeatureSorting
from leukview.gui.gallery.label_actions import LabelActions
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.review_controller import ReviewController
from leukview.gui.tally.class_drop_filter import ClassDropFilter
from leukview.gui.tally.model import CLASS_KEY_ROLE
from leukview.gui.tally.panel import TallyPanel
from leukview.services.review.patient_tally import SlideCounts
from leukview.services.workbench import Workbench


class Companions(QObject):
    """Wires them to the desk.

    Attributes:
        comparing: Opens the comparison.
    """

    def __init__(
        self,
        window: QWidget,
        workbench: Workbench,
        jobs: TaskRunner,
        desk: ReviewController,
        gallery: GalleryPanel,
        tally: TallyPanel,
        reviewing: LabelActions,
        notices: NotificationBar,
    ) -> None:
        super().__init__(window)
        self._workbench, self._jobs, self._desk = workbench, jobs, desk
        self._tally, self._reviewing = tally, reviewing
        self._slide = ""
        self.comparing = ComparisonController(window, workbench, jobs, desk, gallery)
        self.orders = FeatureSorting(workbench, jobs, desk, gallery)
        self.orders.notification_requested.connect(notices.notify)
        self.drops = ClassDropFilter(tally.table, CLASS_KEY_ROLE)
        self.drops.dropped.connect(self._on_dropped)
        gallery.view.dropped.connect(reviewing.label_cells)
        desk.opened.connect(self._on_opened)
        tally.join_toggled.connect(self._on_joining)

    def _on_dropped(self, cells: list[str], class_key: str) -> None:
        if not self._tally.is_joined:  # a joined tally is there to be read
            self._reviewing.label_cells(cells, class_key)

    def _on_opened(self, _view: object) -> None:
        view = self._desk.view
        if view is not None and view.slide.id != self._slide:
            self._slide = view.slide.id
            self._tally.set_other_slides(())
        self._read_others()

    def _on_joining(self, joined: bool) -> None:
        if joined:  # what was analysed or reviewed elsewhere meanwhile counts too
            self._read_others()

    def on_patients_changed(self, patients: frozenset[str]) -> None:
        """Another program changed slides of these patients."""
        view = self._desk.view
        if view is not None and view.slide.patient in patients:
            self._read_others()

    def _read_others(self) -> None:
        view = self._desk.view
        if view is None or view.reading != FIRST:  # a second reader sees nobody else's labels
            self._tally.set_other_slides(())
            return
        patient, slide, reader = view.slide.patient, view.slide.id, self._desk.reader

        def work(token: CancelToken, reporter: Reporter) -> tuple[str, tuple[SlideCounts, ...]]:
            return slide, self._workbench.patient_counts(patient, slide, token, reporter, reader)

        self._jobs.run(self.tr("Reading the patient's other slides"), work, done=self._on_others, queue=Queue.IMAGES)

    def _on_others(self, result: object) -> None:
        view = self._desk.view
        first = view is not None and view.reading == FIRST  # a second reading may have begun meanwhile
        if isinstance(result, tuple) and result[0] == self._slide and first:
            self._tally.set_other_slides(result[1])
