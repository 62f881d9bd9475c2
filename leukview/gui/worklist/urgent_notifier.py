"""Tells of a slide with an emergency that was analysed in the background."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.i18n import translate_data
from leukview.gui.app.theme import application_icon
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.worklist.model import WorklistModel
from leukview.services.review.reading_access import Viewer
from leukview.services.review.worklist import WorklistRow

_ANNOUNCED_SEVERITY = "emergency"
_TRAY_MESSAGE_MS = 20_000


class UrgentSlideNotifier(WindowController):
    """Notifies in the window and, while another program is in front, through the system's notification area.

    A blinded reviewer is told nothing, because alerts reveal predictions.
    """

    def __init__(self, context: WindowContext, worklist: WorklistModel) -> None:
        super().__init__(context)
        self._worklist = worklist
        self._tray: QSystemTrayIcon | None = None
        self._slide_jobs.analysed.connect(self._on_analysed)

    def _on_analysed(self, slide_id: str, _summary: object) -> None:
        view = self._review.view
        if view is not None and view.slide.id == slide_id:
            return
        workbench, viewer = self._workbench, self._review.viewer

        def work(token: CancelToken, reporter: Reporter) -> list[WorklistRow]:
            return workbench.slide_queries.worklist(token, reporter, [slide_id], viewer)

        self._tasks.run(self.tr("Reading the worklist"), work, done=partial(self._on_rows, viewer), queue=Queue.CHANGES)

    def _on_rows(self, viewer: Viewer, rows: list[WorklistRow]) -> None:
        if viewer != self._review.viewer:
            return
        self._worklist.update_rows(rows)
        for row in rows:
            urgent = row.headline is not None and row.headline.severity == _ANNOUNCED_SEVERITY
            if row.headline and urgent and row.unacknowledged_alerts and not self._worklist.is_blind:
                text = self.tr("{0}: {1}").format(row.slide.id, translate_data(row.headline.title))
                self._notify(text, self.tr("Open this slide next: it is first in the worklist (F3)."))
                self._show_in_tray(text)

    def _show_in_tray(self, text: str) -> None:
        if QApplication.activeWindow() is not None or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(application_icon(), self)
            self._tray.messageClicked.connect(self._raise_window)
            self._tray.activated.connect(self._raise_window)
        self._tray.show()
        self._tray.showMessage(
            self.tr("LeukView · research use only"), text, QSystemTrayIcon.MessageIcon.Warning, _TRAY_MESSAGE_MS
        )

    def _raise_window(self) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
