"""The window follows what other programs write to the same database, without being asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter, null_reporter
from leukview.domain.prediction import Prediction
from leukview.gui.app.tasks import Task, TaskRunner
from leukview.gui.session.review_controller import Command, ReviewController
from leukview.gui.session.slide_jobs import SlideJobs
from leukview.gui.worklist.model import WorklistModel
from leukview.services.ports.change_feed import ChangeCursor, Changes
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession
from leukview.services.review.worklist import WorklistRow
from leukview.services.workbench import Workbench

POLL_INTERVAL_MS = 1_000
RETRY_INTERVAL_MS = 10_000
"""While the database does not answer."""


@dataclass(frozen=True, slots=True)
class _PollResult:
    """What a look brought: the news, fresh rows of the worklist, predictions of the slide on the bench."""

    changes: Changes
    slide_id: str
    viewer: Viewer
    rows: tuple[WorklistRow, ...] = ()
    predictions: Mapping[str, Prediction] = field(default_factory=dict)


class DatabaseWatcher(QObject):
    """Looks once a second, in a lane of its own, and brings what is new to worklist, gallery and tally.

    What this window wrote itself is known already and passes by. The slide on the bench is brought up to date between
    two commands, never before one that waits: a key means what its reviewer saw.

    Signals:
        patients_changed: Pseudonyms of the patients whose slides off the bench are not as they were.
    """

    patients_changed = Signal(object)  # frozenset[str]

    def __init__(
        self,
        workbench: Workbench,
        tasks: TaskRunner,
        review: ReviewController,
        slide_jobs: SlideJobs,
        worklist: WorklistModel,
    ) -> None:
        super().__init__(worklist)
        self._workbench, self._tasks, self._review, self._slide_jobs, self._worklist = (
            workbench,
            tasks,
            review,
            slide_jobs,
            worklist,
        )
        self._cursor: ChangeCursor | None = None
        self._task: Task[Any, Any] | None = None
        self._slide_outdated = False  # the slide on the bench has events that it does not show
        self._error_reported = False  # that the database does not answer was told already
        self.timer = QTimer(self)
        self.timer.setInterval(POLL_INTERVAL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()
        review.became_idle.connect(self._refresh_slide)
        self.poll()  # the mark is set before the worklist is read: what comes in between is not missed

    def poll(self) -> None:
        """Look once; the timer does it."""
        if self._task is not None:
            return
        mark, view = self._cursor, self._review.view
        bench, analysing = view.slide.id if view else "", self._slide_jobs.analysing_slide_id
        known = self._worklist.ids()
        workbench, reader = self._workbench, self._review.viewer

        def work(token: CancelToken, _reporter: Reporter) -> _PollResult:
            news = workbench.change_feed.poll(mark)
            if mark is None or news.cursor == mark:
                return _PollResult(news, bench, reader)
            fresh = (news.slide_ids or frozenset()) - known
            changed = (
                frozenset(news.last_seq_by_slide)
                | news.slides_with_predictions
                | news.slides_with_mask_predictions
                | fresh
            ) - {bench, analysing}
            rows = tuple(workbench.worklist(token, null_reporter, changed, reader)) if changed else ()
            theirs = bench in news.slides_with_predictions and bench != analysing
            arrived = workbench.change_feed.predictions_since(bench, mark.prediction_revision) if theirs else {}
            return _PollResult(news, bench, reader, rows, arrived)

        self._task = self._tasks.run(
            self.tr("Looking for what other programs wrote"),
            work,
            done=self._on_polled,
            failed=self._on_failed,
            queue=Queue.CHANGES,
        )
        self._task.ended.connect(self._on_ended)

    def _on_polled(self, result: object) -> None:
        if not isinstance(result, _PollResult):
            return
        self._cursor, self._error_reported = result.changes.cursor, False
        self.timer.setInterval(POLL_INTERVAL_MS)
        if result.viewer == self._review.viewer:  # else another reader sat down meanwhile: the worklist is read anew
            self._worklist.update_rows(result.rows)
        if result.rows:
            self.patients_changed.emit(frozenset(row.slide.patient for row in result.rows))
        view = self._review.view
        if view is None or view.slide.id != result.slide_id:
            return
        new = {c: p for c, p in result.predictions.items() if c in view.by_id and view.by_id[c].prediction != p}
        if new:
            self._review.apply_predictions(result.slide_id, new)
        if (
            result.changes.last_seq_by_slide.get(result.slide_id, 0) > self._review.last_seq
            or result.slide_id in result.changes.slides_with_mask_predictions
        ):
            self._slide_outdated = True
            self._refresh_slide()

    def _refresh_slide(self) -> None:
        """Between two commands; one that waits goes first, and takes in by itself what it rests on."""
        if self._slide_outdated and self._review.is_idle:
            self._slide_outdated = False
            self._review.enqueue(lambda: Command(ReviewSession.apply_new_events))

    def _on_failed(self, error: Exception) -> None:
        if not self._error_reported:
            self._tasks.report_error(error)
        self._error_reported = True
        self.timer.setInterval(RETRY_INTERVAL_MS)

    def _on_ended(self, _task: object) -> None:
        self._task = None
