"""Polls the database for changes written by other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QTimer, Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter, null_reporter
from leukview.domain.prediction import Prediction
from leukview.gui.app.tasks import Task
from leukview.gui.session.review_controller import Command
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.worklist.model import WorklistModel
from leukview.services.ports.change_feed import ChangeCursor, Changes
from leukview.services.ports.worklist import WorklistQuery
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession
from leukview.services.review.worklist import WorklistPage, WorklistRow

POLL_INTERVAL_MS = 1_000
RETRY_INTERVAL_MS = 10_000
"""Polling interval while the database is unavailable."""


@dataclass(frozen=True, slots=True)
class _PollResult:
    """Result of a poll: changes, worklist rows, predictions of the open slide, first page if there are new slides."""

    changes: Changes
    slide_id: str
    viewer: Viewer
    rows: tuple[WorklistRow, ...] = ()
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    query: WorklistQuery = field(default_factory=WorklistQuery)
    page: WorklistPage | None = None


class DatabaseWatcher(WindowController):
    """Polls once a second in the `CHANGES` queue and updates the window.

    Changes written by this window are ignored. The open slide is updated between two commands, never before a pending
    one: a command must apply to the state that the reviewer saw.

    Signals:
        patients_changed: Pseudonyms of patients with changed slides, the open slide excepted.
    """

    patients_changed = Signal(object)  # frozenset[str]

    def __init__(self, context: WindowContext, worklist: WorklistModel) -> None:
        super().__init__(context)
        self._worklist = worklist
        self._cursor: ChangeCursor | None = None
        self._task: Task[Any, Any] | None = None
        self._slide_outdated = False  # the open slide has events that are not shown yet
        self._error_reported = False  # the unavailable database was reported already
        self.timer = QTimer(self)
        self.timer.setInterval(POLL_INTERVAL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()
        self._review.became_idle.connect(self._refresh_slide)
        self.poll()  # set the cursor before the worklist is read, so that no change is missed

    def poll(self) -> None:
        """Poll once; called by the timer."""
        if self._task is not None:
            return
        cursor, view = self._cursor, self._review.view
        open_slide_id, analysing = view.slide.id if view else "", self._slide_jobs.analysing_slide_id
        workbench, reader, query = self._workbench, self._review.viewer, self._slide_jobs.worklist_query

        def work(token: CancelToken, _reporter: Reporter) -> _PollResult:
            changes = workbench.change_feed.poll(cursor)
            if cursor is None or changes.cursor == cursor:
                return _PollResult(changes, open_slide_id, reader)
            changed = (
                frozenset(changes.last_seq_by_slide)
                | changes.slides_with_predictions
                | changes.slides_with_mask_predictions
            ) - {
                open_slide_id,
                analysing,
            }
            rows = tuple(workbench.slide_queries.worklist(token, null_reporter, changed, reader)) if changed else ()
            foreign_analysis = open_slide_id in changes.slides_with_predictions and open_slide_id != analysing
            arrived = (
                workbench.change_feed.predictions_since(open_slide_id, cursor.prediction_revision)
                if foreign_analysis
                else {}
            )
            # Slides were imported, by this window or another program: the newest come first.
            page = workbench.slide_queries.worklist_page(query, reader) if changes.slide_ids is not None else None
            return _PollResult(changes, open_slide_id, reader, rows, arrived, query, page)

        self._task = self._tasks.run(
            self.tr("Checking for changes by other programs"),
            work,
            done=self._on_polled,
            failed=self._on_failed,
            queue=Queue.CHANGES,
        )
        self._task.ended.connect(self._on_ended)

    def _on_polled(self, result: _PollResult) -> None:
        self._cursor, self._error_reported = result.changes.cursor, False
        self.timer.setInterval(POLL_INTERVAL_MS)
        if result.viewer == self._review.viewer:  # else the reviewer changed, and the worklist is reloaded anyway
            self._worklist.update_rows(result.rows)
        if result.page is not None:
            self._slide_jobs.show_first_page(result.viewer, result.query, result.page)
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
        """Update the open slide, unless a pending command will load the events itself."""
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
