"""Notifications about finished slide jobs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from leukview.domain.review.events import FIRST_READING
from leukview.gui.app.notification_bar import Notification, NotificationBar
from leukview.gui.session.review_controller import ReviewController
from leukview.gui.session.slide_jobs import SlideJobs
from leukview.services.analysis.pipeline import AnalysisSummary


class JobNotifications(QObject):
    """Notifies about finished and stopped analyses and about written reports."""

    def __init__(
        self, slide_jobs: SlideJobs, review: ReviewController, notifications: NotificationBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._review, self._notifications = review, notifications
        slide_jobs.analysed.connect(self._on_analysed)
        slide_jobs.analysis_stopped.connect(self._on_analysis_stopped)
        slide_jobs.report_written.connect(self._on_report_written)

    def _on_analysed(self, slide_id: str, summary: AnalysisSummary) -> None:
        if summary.unreadable:
            self._notifications.notify(
                self.tr("{0} cells of {1} could not be analysed: their images cannot be read.").format(
                    len(summary.unreadable), slide_id
                ),
                self.tr("They stay in the gallery. The slide cannot be signed until their images are restored."),
            )
        second = self._review.view is not None and self._review.view.reading != FIRST_READING
        if summary.kept and not second:  # a blinded second reader must not learn that the first reader has signed
            self._notifications.notify(
                self.tr("{0} is signed: it keeps the predictions of the model with which it was signed.").format(
                    slide_id
                ),
                self.tr("To classify it with the model in use, amend the slide and analyse it."),
            )

    def _on_analysis_stopped(self, slide_id: str) -> None:
        view = self._review.view
        if view and view.slide.id == slide_id and not self._notifications.text:
            self._notifications.notify(
                self.tr("The analysis was stopped; finished cells are kept."), self.tr("Press F5 to continue.")
            )

    def _on_report_written(self, path: Path) -> None:
        self._notifications.show_notification(
            Notification(self.tr("The report is complete."), str(path), path, transient=True)
        )
