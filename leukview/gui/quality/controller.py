"""Quality control in the window: opens the dialog, measures a run, reads runs and overrulings."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.models.quality_control import Overruled, QcRun
from leukview.gui.app.i18n import spoken
from leukview.gui.app.tasks import Jobs
from leukview.gui.quality.dialog import QualityDialog
from leukview.gui.session.review_controller import ReviewDesk
from leukview.services.review.reading_access import Reader
from leukview.services.workbench import Workbench


class QualityDesk(QObject):
    """One dialog at a time; all reading and measuring in jobs."""

    def __init__(self, window: QWidget, workbench: Workbench, jobs: Jobs, desk: ReviewDesk) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs, self._desk = window, workbench, jobs, desk
        self.dialog: QualityDialog | None = None

    def show(self) -> None:
        """Open the dialog."""
        slide_id = self._desk.view.slide.id if self._desk.view else ""
        dialog = QualityDialog(spoken(self._workbench.taxonomy), slide_id, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.measure_wanted.connect(self._measure)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()
        self._read()
        self._jobs.run(
            self.tr("Reading reviews"),
            partial(self._overruled, self._desk.reader),
            done=self._on_overruled,
            queue=Queue.AUDIT,
        )

    def _overruled(self, reader: Reader, token: CancelToken, reporter: Reporter) -> list[Overruled]:
        workbench = self._workbench
        return workbench.quality.overruled(token, reporter, workbench.withheld(reader))

    def _on_closed(self) -> None:
        self.dialog = None

    def _read(self) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> list[QcRun]:
            return self._workbench.quality.runs()

        self._jobs.run(self.tr("Reading the runs"), work, done=self._on_runs, queue=Queue.AUDIT)

    def _measure(self) -> None:
        view = self._desk.view
        if view is None or self.dialog is None:
            return
        slide_id, reviewer = view.slide.id, self._desk.reviewer
        self.dialog.measure_button.setEnabled(False)

        def work(token: CancelToken, reporter: Reporter) -> QcRun:
            return self._workbench.quality.record(slide_id, reviewer, token, reporter)

        self._jobs.run(
            self.tr("Measuring the slide"), work, done=self._on_measured, failed=self._on_failed, queue=Queue.AUDIT
        )

    def _on_measured(self, _run: object) -> None:
        self._ready()
        self._read()

    def _on_failed(self, error: Exception) -> None:
        self._ready()
        self._jobs.tell(error)

    def _ready(self) -> None:
        if self.dialog is not None:
            self.dialog.measure_button.setEnabled(True)

    def _on_runs(self, runs: object) -> None:
        if self.dialog is not None and isinstance(runs, list):
            self.dialog.show_runs(runs)

    def _on_overruled(self, rows: object) -> None:
        if self.dialog is not None and isinstance(rows, list):
            self.dialog.show_overruled(rows)
