"""Background tasks: submit work, receive typed results in the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from leukview.core.error_report import error_report
from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Job, JobRunner, Progress, Queue, Reporter

_log = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_Part = TypeVar("_Part")
Work = Callable[[CancelToken, Reporter], _Result]
WorkWithParts = Callable[[CancelToken, Reporter, Callable[[_Part], None]], _Result]


class Task(QObject, Generic[_Result, _Part]):
    """A submitted job, seen from the GUI thread, where all its callbacks run."""

    progress_changed = Signal(object)  # Progress
    ended = Signal(object)  # the task itself, after its callback
    _progressed = Signal(object)
    _part = Signal(object)
    _finished = Signal(object)
    _failed = Signal(object)

    def __init__(
        self,
        name: str,
        done: Callable[[_Result], None] | None,
        failed: Callable[[Exception], None],
        part: Callable[[_Part], None] | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.progress = Progress(0, 0, name)
        self.job: Job | None = None
        self._done_callback, self._failed_callback, self._part_callback = done, failed, part
        queued = Qt.ConnectionType.QueuedConnection
        self._progressed.connect(self._on_progress, queued)
        self._part.connect(self._on_part, queued)
        self._finished.connect(self._on_finished, queued)
        self._failed.connect(self._on_failed, queued)

    def cancel(self) -> None:
        """Cancel the job by a direct call on its token.

        A queued signal would not reach a busy worker thread.
        """
        if self.job:
            self.job.token.cancel()

    # `JobListener`: called in the worker's thread.
    def progressed(self, progress: Progress) -> None:
        """Forward progress to the GUI thread."""
        self._progressed.emit(progress)

    def part(self, result: _Part) -> None:
        """Forward a part of the result to the GUI thread."""
        self._part.emit(result)

    def finished(self, result: _Result) -> None:
        """Forward the result to the GUI thread."""
        self._finished.emit(result)

    def failed(self, error: BaseException) -> None:
        """Forward the error to the GUI thread."""
        self._failed.emit(error)

    # Slots: called in the GUI thread.
    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.progress_changed.emit(progress)

    def _on_part(self, result: _Part) -> None:
        if self._part_callback:
            self._part_callback(result)

    def _on_finished(self, result: _Result) -> None:
        try:
            if self._done_callback:
                self._done_callback(result)
        finally:
            self.ended.emit(self)

    def _on_failed(self, error: Exception) -> None:
        try:
            self._failed_callback(error)
        finally:
            self.ended.emit(self)


class TaskRunner(QObject):
    """Submits work to the `JobRunner` and calls back in the GUI thread."""

    started = Signal(object)  # Task
    ended = Signal(object)  # Task
    error_reported = Signal(str, str)  # message and hint
    failed_unexpectedly = Signal(str)  # report of an internal error, without names

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._tasks: set[Task[Any, Any]] = set()

    def run(
        self,
        name: str,
        work: Work[_Result],
        *,
        done: Callable[[_Result], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        queue: Queue = Queue.WORK,
        in_background: bool = False,
    ) -> Task[_Result, None]:
        """Submit `work(token, reporter)`.

        Args:
            name: Shown beside the progress bar.
            work: Called in the thread of the queue.
            done: Called with the result in the GUI thread.
            failed: Called with the error in the GUI thread; by default `report_error`.
            queue: The queue that runs it.
            in_background: Does not count for `is_busy`, because it runs as long as the window or again and again.
        """
        task: Task[_Result, None] = Task(name, done, failed or self.report_error, None, self)
        return self._submit(task, work, queue, in_background=in_background)

    def run_with_parts(
        self,
        name: str,
        work: WorkWithParts[_Part, _Result],
        *,
        part: Callable[[_Part], None],
        done: Callable[[_Result], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        queue: Queue = Queue.WORK,
    ) -> Task[_Result, _Part]:
        """As `run`, for `work(token, reporter, give)` that returns its result in parts.

        Args:
            name: Shown beside the progress bar.
            work: Called in the thread of the queue; calls `give(part)` for each part.
            part: Called with each part in the GUI thread.
            done: Called with the result in the GUI thread.
            failed: Called with the error in the GUI thread; by default `report_error`.
            queue: The queue that runs it.
        """
        task: Task[_Result, _Part] = Task(name, done, failed or self.report_error, part, self)

        def wrapped(token: CancelToken, reporter: Reporter) -> _Result:
            return work(token, reporter, task.part)

        return self._submit(task, wrapped, queue)

    def _submit(
        self, task: Task[_Result, _Part], work: Work[_Result], queue: Queue, *, in_background: bool = False
    ) -> Task[_Result, _Part]:
        if in_background:
            task.ended.connect(task.deleteLater)
        else:
            task.ended.connect(self._on_ended)
            self._tasks.add(task)
        task.job = self._runner.submit(task.name, work, task, queue=queue)
        if not in_background:
            self.started.emit(task)
        return task

    @property
    def is_busy(self) -> bool:
        """Whether any job is queued or running, except those in the background."""
        return bool(self._tasks)

    def report_error(self, error: Exception) -> None:
        """Emit `error_reported`, unless the job was cancelled.

        A `LeukViewError` is reported with its message and hint. Any other exception is a bug: it is logged with its
        traceback, and the message asks the user to report it.
        """
        if isinstance(error, Cancelled):
            return
        if isinstance(error, LeukViewError):
            self.error_reported.emit(error.message, error.hint)
            return
        _log.error("a job failed", exc_info=(type(error), error, error.__traceback__))
        self.report_unhandled(error)

    def report_unhandled(self, error: BaseException) -> None:
        """Tell the user of a bug that was logged already; may be called in any thread."""
        self.error_reported.emit(
            self.tr("An internal error occurred in LeukView; your work so far is saved."),
            self.tr("Details are in the log file ({0}). Please report the error.").format(type(error).__name__),
        )
        self.failed_unexpectedly.emit(error_report(error))

    def _on_ended(self, task: Task[Any, Any]) -> None:
        self._tasks.discard(task)
        self.ended.emit(task)
        task.deleteLater()
