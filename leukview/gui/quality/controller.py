"""Controller of the quality control dialog: runs and overrides."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.models.quality_control import QcRun, WeeklyOverrides
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translated_taxonomy
from leukview.gui.quality.dialog import QualityDialog
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.review.reading_access import Viewer


class QualityController(WindowController):
    """Opens the dialog, at most one; reading and measuring run in background tasks."""

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self.dialog: QualityDialog | None = None
        self._review.reviewer_changed.connect(self._on_reviewer_changed)

    @handles("quality")
    def show(self) -> None:
        """Open the quality control dialog."""
        slide_id = self._review.view.slide.id if self._review.view else ""
        dialog = QualityDialog(translated_taxonomy(self._workbench.taxonomy), slide_id, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.measurement_requested.connect(self._record_run)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()
        self._load_runs()
        self._tasks.run(
            self.tr("Reading reviews"),
            partial(self._load_overrides, self._review.viewer),
            done=self._review.for_current_reader(self._on_overrides_loaded),
            queue=Queue.AUDIT,
        )

    def _load_overrides(self, reader: Viewer, token: CancelToken, reporter: Reporter) -> list[WeeklyOverrides]:
        workbench = self._workbench
        return workbench.quality.weekly_overrides(token, reporter, workbench.slide_queries.withheld_slides(reader))

    def _on_reviewer_changed(self) -> None:
        """Close the dialog: it shows what the previous reviewer was allowed to see."""
        if self.dialog is not None:
            self.dialog.reject()

    def _on_closed(self) -> None:
        self.dialog = None

    def _load_runs(self) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> list[QcRun]:
            return self._workbench.quality.runs()

        self._tasks.run(self.tr("Reading the runs"), work, done=self._on_runs_loaded, queue=Queue.AUDIT)

    def _record_run(self) -> None:
        view = self._review.view
        if view is None or self.dialog is None:
            return
        slide_id, reviewer = view.slide.id, self._review.reviewer
        self.dialog.measure_button.setEnabled(False)

        def work(token: CancelToken, reporter: Reporter) -> QcRun:
            return self._workbench.quality.record_run(slide_id, reviewer, token, reporter)

        self._tasks.run(
            self.tr("Measuring the slide"), work, done=self._on_run_recorded, failed=self._on_failed, queue=Queue.AUDIT
        )

    def _on_run_recorded(self, _run: QcRun) -> None:
        self._enable_measuring()
        self._load_runs()

    def _on_failed(self, error: Exception) -> None:
        self._enable_measuring()
        self._tasks.report_error(error)

    def _enable_measuring(self) -> None:
        if self.dialog is not None:
            self.dialog.measure_button.setEnabled(True)

    def _on_runs_loaded(self, runs: list[QcRun]) -> None:
        if self.dialog is not None:
            self.dialog.show_runs(runs)

    def _on_overrides_loaded(self, rows: list[WeeklyOverrides]) -> None:
        if self.dialog is not None:
            self.dialog.show_overrides(rows)
