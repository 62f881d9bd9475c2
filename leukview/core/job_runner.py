"""Background jobs with cancel token and progress, and the runner of their threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from leukview.core.errors import Cancelled
from leukview.core.prefetch import lower_priority

_log = logging.getLogger(__name__)


class CancelToken:
    """A flag that any thread may set and that the work checks between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Stop here if asked to.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a job.

    Attributes:
        done: Finished steps.
        total: All steps; 0 = unknown.
        message: The current step as text.
    """

    done: int
    total: int
    message: str = ""


class Reporter(Protocol):
    """Receives progress in the worker's thread; must return quickly."""

    def __call__(self, progress: Progress, /) -> None:
        """Receive progress."""


def null_reporter(_progress: Progress) -> None:
    """Report nothing."""


class Queue(StrEnum):
    """The queues of a `JobRunner`, each with one thread, first in first out."""

    WORK = "work"
    """Imports, analyses and reports."""
    MODEL = "model"
    """Loading of the model, in parallel with the import of the first slide."""
    IMAGES = "images"
    """Thumbnails and large images, which are shown while a slide is analysed."""
    REVIEW = "review"
    """Commands of the review; each is written to the database before the screen changes."""
    MASK = "mask"
    """Edited masks."""
    USERS = "users"
    """Sign-in and reviewer profiles."""
    AUDIT = "audit"
    """Audit trail, exports of data, comparison of models, quality control."""
    WATCH = "watch"
    """The watched folder."""
    SENDING = "sending"
    """Results to the laboratory's system, and its watched folder."""
    LISTENING = "listening"
    """The listener for the laboratory's orders, as long as the window is open."""
    ORDERS = "orders"
    """Orders and blood counts of the laboratory, as they are shown."""
    CHANGES = "changes"
    """Polling for changes by other programs on the same database."""


LOW_PRIORITY = frozenset({Queue.WORK, Queue.MODEL})
"""Queues whose threads run at a lower priority, so that long computations do not slow the window down."""
_Result = TypeVar("_Result")
_Result_contra = TypeVar("_Result_contra", contravariant=True)


class JobListener(Protocol[_Result_contra]):
    """Receives the events of one job in the worker's thread.

    The GUI's implementation emits queued signals.
    """

    def progressed(self, progress: Progress) -> None:
        """Receive progress."""

    def finished(self, result: _Result_contra) -> None:
        """Receive the result."""

    def failed(self, error: BaseException) -> None:
        """Receive the error; `Cancelled` when the job was cancelled."""


@dataclass(frozen=True, slots=True)
class Job:
    """A submitted job; `token.cancel()` cancels it whether it is waiting or running."""

    name: str
    token: CancelToken


class JobRunner:
    """Owner of the worker threads: named FIFO queues with one thread each."""

    def __init__(self) -> None:
        self._executors: dict[Queue, ThreadPoolExecutor] = {}
        self._pending: dict[Future[None], CancelToken] = {}
        self._lock = threading.Lock()
        self._closed = False

    def submit(
        self,
        name: str,
        work: Callable[[CancelToken, Reporter], _Result],
        listener: JobListener[_Result],
        *,
        queue: Queue = Queue.WORK,
    ) -> Job:
        """Queue `work(token, reporter)`.

        Exactly one of the listener's `finished` and `failed` is called. After `shutdown` the job is cancelled at once
        and the listener is called in the caller's thread.

        Args:
            name: Of the job.
            work: What to run in the queue's thread; should call `token.check()` between its steps.
            listener: Receives progress and the result or the error.
            queue: Where to run it.
        """
        job = Job(name, CancelToken())
        with self._lock:
            future = None if self._closed else self._executor(queue).submit(_run, job, work, listener)
            if future is not None:
                self._pending[future] = job.token
        if future is None:
            job.token.cancel()
            listener.failed(Cancelled())
            return job

        def forget(ended: Future[None]) -> None:
            with self._lock:
                self._pending.pop(ended, None)
            if ended.cancelled():
                listener.failed(Cancelled())
            elif (error := ended.exception()) is not None:  # raised by the listener itself
                _log.error("the listener of a job raised", exc_info=error)

        future.add_done_callback(forget)  # outside the lock: it runs at once if the job has ended already
        return job

    def _executor(self, queue: Queue) -> ThreadPoolExecutor:
        if queue not in self._executors:
            initializer = lower_priority if queue in LOW_PRIORITY else None
            self._executors[queue] = ThreadPoolExecutor(1, f"leukview-{queue}", initializer)
        return self._executors[queue]

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """Cancel all jobs and wait for the running ones.

        Args:
            timeout_s: Longest wait in seconds, for all queues together.

        Returns:
            True when every job ended in time.
        """
        with self._lock:
            self._closed = True
            tokens = list(self._pending.values())
        for token in tokens:
            token.cancel()
        for executor in self._executors.values():
            executor.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            running = list(self._pending)  # the waiting ones were cancelled and are forgotten by now
        return not wait(running, timeout_s).not_done


def _run(job: Job, work: Callable[[CancelToken, Reporter], _Result], listener: JobListener[_Result]) -> None:
    try:
        job.token.raise_if_cancelled()
        result = work(job.token, listener.progressed)
    except BaseException as error:  # noqa: BLE001 - the listener tells expected errors from bugs
        listener.failed(error)
    else:
        listener.finished(result)


__all__ = [
    "LOW_PRIORITY",
    "CancelToken",
    "Cancelled",
    "Job",
    "JobListener",
    "JobRunner",
    "Progress",
    "Queue",
    "Reporter",
    "null_reporter",
]
