"""What the jobs of a slide have to say when they end."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from leukview.domain.review.events import FIRST
from leukview.gui.app.notification_bar import Notification, NotificationBar
from leukview.gui.session.review_controller import ReviewController
from leukview.gui.session.slide_jobs import SlideJobs


class JobNotifications(QObject):
    """Tells of analyses that ended, or were stopped, and of reports that were written."""

    def __init__(self, flow: SlideJobs, desk: ReviewController, notices: NotificationBar, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._notices = desk, notices
        flow.analysed.connect(self._on_analysed)
        flow.analysis_stopped.connect(self._on_stopped)
        flow.report_written.connect(self._on_reported)

    def _on_analysed(self, slide_id: str, summary: object) -> None:
        unreadable = getattr(summary, "unreadable", ())
        if unreadable:
            self._notices.notify(
                self.tr("{0} cells of {1} could not be analysed: their images cannot be read.").format(
                    len(unreadable), slide_id
                ),
                self.tr("They stay in the gallery; label them by hand, or open the folder again."),
            )
        second = self._desk.view is not None and self._desk.view.reading != FIRST
        if getattr(summary, "kept", False) and not second:  # who is blinded does not hear that the first reader signed
            self._notices.notify(
                self.tr("{0} is signed: it keeps the opinion of the model it was signed with.").format(slide_id),
                self.tr("Amend it, then analyse it, to have the opinion of the model in use."),
            )

    def _on_stopped(self, slide_id: str) -> None:
        view = self._desk.view
        if view and view.slide.id == slide_id and not self._notices.text:
            self._notices.notify(
                self.tr("The analysis was stopped; what is done is kept."), self.tr("F5 goes on with it.")
            )

    def _on_reported(self, path: Path) -> None:
        self._notices.show_notification(
            Notification(self.tr("The report is written."), str(path), path, transient=True)
        )
