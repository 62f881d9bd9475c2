"""Long work is plain code with a token and a reporter, run by the one `JobRunner`."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from leukview.core.errors import Cancelled
from leukview.core.prefetch import give_way


class CancelToken:
    """Set from any thread by a direct call; looked at by the work between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Stop here if asked to.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` steps (total 0 = unknown), and what it does, in words."""

    done: int
    total: int
    message: str = ""


class Reporter(Protocol):
    """Receives progress, in the worker's thread; must return quickly."""

    def __call__(self, progress: Progress, /) -> None:
        """Take note of how far the work is."""


def silent(_progress: Progress) -> None:
    """A reporter that reports nothing."""


class JobListener(Protocol):
    """Hears of one job, always in the worker's thread. The GUI's listener turns the calls into queued signals."""

    def progressed(self, progress: Progress) -> None:
        """The job moved on."""

    def finished(self, result: object) -> None:
        """The job returned."""

    def failed(self, error: BaseException) -> None:
        """The job raised; `Cancelled` when it was cancelled."""


@dataclass(frozen=True, slots=True)
class Job:
    """A submitted piece of work; `token.cancel()` cancels it, waiting or running."""

    name: str
    token: CancelToken


_Lane = queue.Queue[tuple[Job, Callable[[CancelToken, Reporter], object], JobListener] | None]


class JobRunner:
    """Owner of the worker threads: one lane a kind of work, one thread a lane, first come first served.

    A lane's thread starts with its first job. ``work`` carries imports, analyses and reports; ``images`` carries
    thumbnails and large views, so that pictures come while a slide is analysed.
    """

    GIVING_WAY = frozenset({"work", "model"})
    """Lanes whose long computing must not slow the window down."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._threads: list[threading.Thread] = []
        self._running: set[CancelToken] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(
        self,
        name: str,
        work: Callable[[CancelToken, Reporter], object],
        listener: JobListener,
        *,
        lane: str = "work",
    ) -> Job:
        """Queue `work(token, reporter)`; exactly one of the listener's `finished` and `failed` is called.

        After `shutdown` the job is cancelled before it begins, and the listener hears so in the caller's thread.
        """
        job = Job(name, CancelToken())
        with self._lock:
            if not self._closed:
                self._running.add(job.token)
                self._lane(lane).put((job, work, listener))
                return job
        job.token.cancel()
        listener.failed(Cancelled())
        return job

    def _lane(self, lane: str) -> _Lane:
        if lane not in self._lanes:
            self._lanes[lane] = queue.Queue()
            thread = threading.Thread(target=self._serve, args=(lane,), name=f"leukview-{lane}")
            thread.daemon = True
            self._threads.append(thread)
            thread.start()
        return self._lanes[lane]

    def _serve(self, lane: str) -> None:
        if lane in self.GIVING_WAY:
            give_way()
        while (item := self._lanes[lane].get()) is not None:
            job, work, listener = item
            try:
                job.token.check()
                result = work(job.token, listener.progressed)
            except BaseException as error:  # noqa: BLE001 - handed to the listener, which tells the two kinds apart
                listener.failed(error)
            else:
                listener.finished(result)
            finally:
                with self._lock:
                    self._running.discard(job.token)

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """Cancel what waits or runs and wait for the threads.

        Returns:
            True when every thread ended within `timeout_s` seconds.
        """
        with self._lock:
            self._closed = True
            for token in self._running:
                token.cancel()
            for lane in self._lanes.values():
                lane.put(None)
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)


__all__ = ["CancelToken", "Cancelled", "Job", "JobListener", "JobRunner", "Progress", "Reporter", "silent"]
