"""Controller of the report export: reads the choices, asks, writes the report."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

from leukview.core.job_runner import Queue
from leukview.gui.app.action_handlers import handles
from leukview.gui.export.report_dialog import ReportDialog
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.widgets.file_dialogs import documents_folder
from leukview.services.report.report_data import ReportChoices


class ReportController(WindowController):
    """Opens the report dialog and starts writing the report of the open slide.

    Args:
        context: Shared objects of the window.
        gallery: Gets the keyboard focus when the dialog is closed.
        saved_options: Options of the last report, from the settings.
    """

    def __init__(self, context: WindowContext, gallery: GalleryPanel, saved_options: Mapping[str, str]) -> None:
        super().__init__(context)
        self._gallery, self.saved_options = gallery, dict(saved_options)

    @handles("report")
    def open_dialog(self) -> None:
        """Read the choices, then open the dialog."""
        if self._review.view is not None:
            self._tasks.run(
                self.tr("Reading the report settings"),
                self._workbench.report_choices,
                done=self._show_dialog,
                queue=Queue.IMAGES,
            )

    def _show_dialog(self, choices: ReportChoices) -> None:
        view = self._review.view
        if view is None:
            return
        dialog = ReportDialog(view, choices, self.saved_options, documents_folder(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        slide_id = view.slide.id

        def write() -> None:
            self.saved_options = dialog.saved_options()
            self._slide_jobs.write_report(slide_id, self._review.reviewer, dialog.path(), dialog.options())

        dialog.accepted.connect(write)
        dialog.finished.connect(self._return_focus)
        dialog.open()

    def _return_focus(self) -> None:
        self._gallery.view.setFocus()
