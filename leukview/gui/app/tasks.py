"""The bridge between the job runner's threads and the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Job, JobRunner, Progress, Reporter

_log = logging.getLogger(__name__)

Work = Callable[[CancelToken, Reporter], object]


class Task(QObject):
    """One submitted job as the GUI thread sees it. All callbacks run in the GUI thread."""

    moved = Signal(object)  # Progress
    ended = Signal(object)  # the task itself, after its callback
    _progressed = Signal(object)
    _part = Signal(object)
    _finished = Signal(object)
    _failed = Signal(object)

    def __init__(
        self,
        name: str,
        done: Callable[[object], None] | None,
        failed: Callable[[Exception], None],
        part: Callable[[object], None] | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.progress = Progress(0, 0, name)
        self.job: Job | None = None
        self._done, self._on_failed_callback, self._part_callback = done, failed, part
        queued = Qt.ConnectionType.QueuedConnection
        self._progressed.connect(self._on_progress, queued)
        self._part.connect(self._on_part, queued)
        self._finished.connect(self._on_finished, queued)
        self._failed.connect(self._on_failed, queued)

    def cancel(self) -> None:
        """Ask the job to stop: a direct call on its token, for a busy worker sees no queued slot."""
        if self.job:
            self.job.token.cancel()

    # The listener's side: called in the worker's thread.
    def progressed(self, progress: Progress) -> None:
        """The job moved on."""
        self._progressed.emit(progress)

    def part(self, result: object) -> None:
        """A part of the result is there already."""
        self._part.emit(result)

    def finished(self, result: object) -> None:
        """The job returned."""
        self._finished.emit(result)

    def failed(self, error: BaseException) -> None:
        """The job raised."""
        self._failed.emit(error)

    # The window's side: called in the GUI thread.
    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.moved.emit(progress)

    def _on_part(self, result: object) -> None:
        if self._part_callback:
            self._part_callback(result)

    def _on_finished(self, result: object) -> None:
        try:
            if self._done:
                self._done(result)
        finally:
            self.ended.emit(self)

    def _on_failed(self, error: Exception) -> None:
        try:
            self._on_failed_callback(error)
        finally:
            self.ended.emit(self)


class Jobs(QObject):
    """Submits work to the one runner and hands results back in the GUI thread."""

    started = Signal(object)  # Task
    ended = Signal(object)  # Task
    problem = Signal(str, str)  # a sentence, and a hint

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._tasks: set[Task] = set()

    def run(
        self,
        name: str,
        work: Work,
        *,
        done: Callable[[object], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        lane: str = "work",
    ) -> Task:
        """Submit `work(token, reporter)`.

        Args:
            name: What the user reads beside the progress bar.
            work: Runs in the lane's thread.
            done: Called with the result.
            failed: Called with the error instead of the notice that `tell` would show.
            lane: ``work``, ``images`` or ``review``.
        """
        return self._submit(Task(name, done, failed or self.tell, None, self), work, lane)

    def run_with_parts(
        self,
        name: str,
        work: Callable[[CancelToken, Reporter, Callable[[object], None]], object],
        *,
        part: Callable[[object], None],
        done: Callable[[object], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        lane: str = "work",
    ) -> Task:
        """As `run`, for work that hands over parts of its result as they come: `work(token, reporter, give)`."""
        task = Task(name, done, failed or self.tell, part, self)

        def wrapped(token: CancelToken, reporter: Reporter) -> object:
            return work(token, reporter, task.part)

        return self._submit(task, wrapped, lane)

    def _submit(self, task: Task, work: Work, lane: str) -> Task:
        task.ended.connect(self._on_ended)
        self._tasks.add(task)
        task.job = self._runner.submit(task.name, work, task, lane=lane)
        self.started.emit(task)
        return task

    @property
    def busy(self) -> bool:
        """Whether any job waits or runs."""
        return bool(self._tasks)

    def tell(self, error: Exception) -> None:
        """Say what went wrong: the surroundings' fault in its own words, ours as a report."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, LeukViewError):
            self.problem.emit(error.message, error.hint)
            return
        _log.error("a job failed", exc_info=(type(error), error, error.__traceback__))
        self.problem.emit(
            self.tr("LeukView made a mistake; what you did so far is kept."),
            self.tr("The log file names the place ({0}). Please report it.").format(type(error).__name__),
        )

    def _on_ended(self, task: Task) -> None:
        self._tasks.discard(task)
        self.ended.emit(task)
        task.deleteLater()
