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
from leukview.services.ports.change_feed import ChangeFeed, Cursor
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession
from leukview.services.review.worklist import WorklistRow
from leukview.services.workbench import Workbench

PERIOD_MS = 1_000
PATIENT_PERIOD_MS = 10_000
"""While the database does not answer."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look brought: the news, fresh rows of the worklist, predictions of the slide on the bench."""

    news: ChangeFeed
    bench: str
    reader: Viewer
    rows: tuple[WorklistRow, ...] = ()
    arrived: Mapping[str, Prediction] = field(default_factory=dict)


class DatabaseWatcher(QObject):
    """Looks once a second, in a lane of its own, and brings what is new to worklist, gallery and tally.

    What this window wrote itself is known already and passes by. The slide on the bench is brought up to date between
    two commands, never before one that waits: a key means what its reviewer saw.

    Signals:
        patients_changed: Pseudonyms of the patients whose slides off the bench are not as they were.
    """

    patients_changed = Signal(object)  # frozenset[str]

    def __init__(
        self, workbench: Workbench, jobs: TaskRunner, desk: ReviewController, flow: SlideJobs, worklist: WorklistModel
    ) -> None:
        super().__init__(worklist)
        self._workbench, self._jobs, self._desk, self._flow, self._worklist = workbench, jobs, desk, flow, worklist
        self._mark: Cursor | None = None
        self._task: Task[Any, Any] | None = None
        self._behind = False  # the slide on the bench has events that it does not show
        self._silent = False  # that the database does not answer was told already
        self.timer = QTimer(self)
        self.timer.setInterval(PERIOD_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()
        desk.idle_reached.connect(self._catch_up)
        self.poll()  # the mark is set before the worklist is read: what comes in between is not missed

    def poll(self) -> None:
        """Look once; the timer does it."""
        if self._task is not None:
            return
        mark, view = self._mark, self._desk.view
        bench, analysing = view.slide.id if view else "", self._flow.analysing_slide_id
        known = self._worklist.ids()
        workbench, reader = self._workbench, self._desk.reader

        def work(token: CancelToken, _reporter: Reporter) -> _Found:
            news = workbench.pulse.look(mark)
            if mark is None or news.mark == mark:
                return _Found(news, bench, reader)
            fresh = (news.slides or frozenset()) - known
            changed = (frozenset(news.written) | news.analysed | news.outlined | fresh) - {bench, analysing}
            rows = tuple(workbench.worklist(token, null_reporter, changed, reader)) if changed else ()
            theirs = bench in news.analysed and bench != analysing
            arrived = workbench.pulse.predictions_since(bench, mark.revision) if theirs else {}
            return _Found(news, bench, reader, rows, arrived)

        self._task = self._jobs.run(
            self.tr("Looking for what other programs wrote"),
            work,
            done=self._on_found,
            failed=self._fail,
            queue=Queue.CHANGES,
        )
        self._task.ended.connect(self._on_ended)

    def _on_found(self, found: object) -> None:
        if not isinstance(found, _Found):
            return
        self._mark, self._silent = found.news.mark, False
        self.timer.setInterval(PERIOD_MS)
        if found.reader == self._desk.reader:  # else another reader sat down meanwhile: the worklist is read anew
            self._worklist.update_rows(found.rows)
        if found.rows:
            self.patients_changed.emit(frozenset(row.slide.patient for row in found.rows))
        view = self._desk.view
        if view is None or view.slide.id != found.bench:
            return
        new = {c: p for c, p in found.arrived.items() if c in view.by_id and view.by_id[c].prediction != p}
        if new:
            self._desk.predictions_arrived(found.bench, new)
        if found.news.written.get(found.bench, 0) > self._desk.last_seq or found.bench in found.news.outlined:
            self._behind = True
            self._catch_up()

    def _catch_up(self) -> None:
        """Between two commands; one that waits goes first, and takes in by itself what it rests on."""
        if self._behind and self._desk.idle:
            self._behind = False
            self._desk.enqueue(lambda: Command(ReviewSession.catch_up))

    def _fail(self, error: Exception) -> None:
        if not self._silent:
            self._jobs.report_error(error)
        self._silent = True
        self.timer.setInterval(PATIENT_PERIOD_MS)

    def _on_ended(self, _task: object) -> None:
        self._task = None
