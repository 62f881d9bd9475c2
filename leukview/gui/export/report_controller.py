"""The report: what may be chosen is read, the dialog asks, the report is written as a job."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QWidget

from leukview.core.job_runner import Queue
from leukview.gui.app.tasks import Jobs
from leukview.gui.export.report_dialog import ReportDialog
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.review_controller import ReviewDesk
from leukview.gui.session.slide_jobs import SlideFlow
from leukview.services.report.report_data import ReportChoices
from leukview.services.workbench import Workbench


class Reporting(QObject):
    """Asks how the report of the slide on the bench is written, and has it written.

    Args:
        window: Over which the dialog opens.
        workbench: Knows what may be chosen.
        jobs: Runs what takes time.
        desk: The slide.
        flow: Writes the report.
        gallery: Has the keys again when the dialog is done.
        remembered: What was chosen last, from the settings.
    """

    def __init__(
        self,
        window: QWidget,
        workbench: Workbench,
        jobs: Jobs,
        desk: ReviewDesk,
        flow: SlideFlow,
        gallery: GalleryPanel,
        remembered: Mapping[str, str],
    ) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs, self._desk, self._flow = window, workbench, jobs, desk, flow
        self._gallery, self.remembered = gallery, dict(remembered)

    def ask(self) -> None:
        """Read what may be chosen, then ask."""
        if self._desk.view is not None:
            self._jobs.run(
                self.tr("Reading the report's settings"),
                self._workbench.report_choices,
                done=self._show,
                queue=Queue.IMAGES,
            )

    def _show(self, choices: object) -> None:
        view = self._desk.view
        if view is None or not isinstance(choices, ReportChoices):
            return
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = ReportDialog(view, choices, self.remembered, documents, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        slide_id = view.slide.id

        def write() -> None:
            self.remembered = dialog.remembered()
            self._flow.report(slide_id, self._desk.reviewer, dialog.path(), dialog.options())

        dialog.accepted.connect(write)
        dialog.finished.connect(self._back)
        dialog.open()

    def _back(self) -> None:
        self._gallery.view.setFocus()
