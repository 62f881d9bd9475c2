"""Exports from the window: the dialog, the job, and what is said of the result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from leukview.gui.desk import ReviewDesk
from leukview.gui.dialogs.export import ExportDialog
from leukview.gui.slide_flow import SlideFlow
from leukview.services.exchange import Exported


class Exporting(QObject):
    """Asks what is exported and hands it to the long jobs.

    Signals:
        told: A sentence and a hint.
    """

    told = Signal(str, str)

    def __init__(self, window: QMainWindow, desk: ReviewDesk, flow: SlideFlow, afterwards: QWidget) -> None:
        super().__init__(window)
        self._window, self._desk, self._flow, self._afterwards = window, desk, flow, afterwards
        self._folder = str(Path.home())
        flow.exported.connect(self._on_exported)

    def ask(self) -> None:
        """As what the slide on the bench is exported, and where to."""
        view = self._desk.view
        if view is None:
            return
        slide_id, dialog = view.slide.id, ExportDialog(view, self._folder, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._begin(slide_id, dialog))
        dialog.finished.connect(self._afterwards.setFocus)
        dialog.open()

    def _begin(self, slide_id: str, dialog: ExportDialog) -> None:
        request = dialog.request()
        self._folder = str(request.folder)
        self._flow.export(slide_id, self._desk.reviewer, request)

    def _on_exported(self, done: object) -> None:
        if not isinstance(done, Exported):
            return
        if done.missing:
            text = self.tr("The export is written without {0} cells: their images are not here or cannot be read.")
            words = text.format(len(done.missing))
        elif done.without_mask:
            words = self.tr("The export is written; {0} cells have no mask. F5 makes them again.").format(
                done.without_mask
            )
        else:
            words = self.tr("The export is written.")
        self.told.emit(words, str(done.paths[0]))
