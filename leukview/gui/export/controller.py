"""Controllers of the slide export and of the export of corrections."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translated_taxonomy
from leukview.gui.app.tasks import Task
from leukview.gui.export.corrections_dialog import CorrectionsDialog
from leukview.gui.export.export_dialog import ExportDialog
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.widgets.file_dialogs import documents_folder
from leukview.services.corrections.exporter import CorrectionSet
from leukview.services.corrections.tables import read_diagnoses
from leukview.services.export.exporter import ExportResult


class ExportController(WindowController):
    """Opens the export dialog and starts the export of the open slide."""

    def __init__(self, context: WindowContext, focus_widget: QWidget) -> None:
        super().__init__(context)
        self._focus_widget = focus_widget
        self._last_folder = str(Path.home())
        self._slide_jobs.exported.connect(self._on_exported)

    @handles("export")
    def open_dialog(self) -> None:
        """Ask for format and folder, then export the open slide."""
        view = self._review.view
        if view is None:
            return
        slide_id, dialog = view.slide.id, ExportDialog(view, self._last_folder, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._start_export(slide_id, dialog))
        dialog.finished.connect(self._focus_widget.setFocus)
        dialog.open()

    def _start_export(self, slide_id: str, dialog: ExportDialog) -> None:
        request = dialog.request()
        self._last_folder = str(request.folder)
        self._slide_jobs.export_slide(slide_id, self._review.reviewer, request)

    def _on_exported(self, exported: ExportResult) -> None:
        if exported.missing_numbers:
            text = self.tr("The export is complete except for {0} cells, whose images are missing or cannot be read.")
            message = text.format(len(exported.missing_numbers))
        elif exported.without_mask_count:
            message = self.tr(
                "The export is complete; {0} cells have no mask. Press F5 to compute the masks again."
            ).format(exported.without_mask_count)
        else:
            message = self.tr("The export is complete.")
        self._notify(message, str(exported.paths[0]))


class CorrectionsExportController(WindowController):
    """Runs one export of corrections at a time; the dialog shows its result.

    Args:
        context: Shared objects of the window.
        focus_widget: Gets the keyboard focus when the dialog is closed.
        saved_options: ``folder`` and ``site`` of the last export, from the settings; each may be absent.
    """

    def __init__(self, context: WindowContext, focus_widget: QWidget, saved_options: Mapping[str, str]) -> None:
        super().__init__(context)
        self._focus_widget = focus_widget
        self.saved_options = dict(saved_options)
        self.dialog: CorrectionsDialog | None = None
        self._task: Task[Any, Any] | None = None

    @handles("corrections")
    def open_dialog(self) -> None:
        """Open the dialog of the corrections export."""
        saved = self.saved_options.get("folder", "")
        folder = saved if saved and Path(saved).is_dir() else documents_folder()
        site = self.saved_options.get("site") or "site"
        dialog = CorrectionsDialog(folder, site, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.export_requested.connect(self._start_export)
        dialog.cancel_requested.connect(self._cancel)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()

    def _start_export(self) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        folder, site, table = dialog.output_folder(), dialog.site_edit.text().strip(), dialog.diagnoses()
        synthetic, workbench = dialog.synthetic_checkbox.isChecked(), self._workbench
        by, reader = self._review.reviewer, self._review.viewer
        self.saved_options = {"folder": str(folder), "site": site}

        def work(token: CancelToken, reporter: Reporter) -> tuple[Path, CorrectionSet]:
            diagnoses = read_diagnoses(table, workbench.taxonomy) if table else {}
            withheld = workbench.slide_queries.withheld_slides(reader)
            return workbench.correction_exporter.export(
                folder, site, diagnoses, token, reporter, exported_by=by, synthetic=synthetic, withheld_slides=withheld
            )

        dialog.show_running()
        self._task = self._tasks.run(
            self.tr("Exporting corrections"), work, done=self._on_done, failed=self._on_failed, queue=Queue.AUDIT
        )
        self._task.progress_changed.connect(dialog.show_progress)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _on_done(self, result: tuple[Path, CorrectionSet]) -> None:
        self._task = None
        if self.dialog is not None:
            path, gathered = result
            self.dialog.show_result(path, gathered, translated_taxonomy(self._workbench.taxonomy))

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if self.dialog is None:
            self._tasks.report_error(error)
        elif isinstance(error, Cancelled):
            self.dialog.show_cancelled()
        else:
            self.dialog.show_error(error)

    def _on_closed(self) -> None:
        self._cancel()
        self.dialog = None
        self._focus_widget.setFocus()
