"""This process, or a pool of processes on this machine."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class InProcess:
    """An engine that calls at once, in the caller's own thread."""

    capacity = 1

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Call now; the future is done when this returns."""
        future: Future[_Result] = Future()
        try:
            future.set_result(function(argument))
        except Exception as error:  # noqa: BLE001 - kept for who asks the future
            future.set_exception(error)
        return future

    def restart(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


class ProcessPool:
    """An engine of worker processes, started anew (never forked: threads of libraries do not survive a fork).

    Args:
        workers: How many processes.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._start_pool()

    def _start_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"), _init_worker)

    @property
    def capacity(self) -> int:
        """One call in hand for each process, and one waiting, so that none idles."""
        return 2 * self._workers

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Begin a call. Raises `BrokenExecutor` when a process has died."""
        return self._pool.submit(function, argument)

    def restart(self) -> None:
        """New processes in the place of a broken pool's."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._start_pool()

    def close(self) -> None:
        """End the processes; what is under way is thrown away."""
        # The executor's own end would wait for the slides under way. It names its processes in no public way before
        # Python 3.14 (`terminate_workers`).
        processes = list((getattr(self._pool, "_processes", None) or {}).values())
        for process in processes:
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _init_worker() -> None:
    """Initialise a worker process: leave Ctrl+C to the parent, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(
            target=_exit_with, args=(parent.sentinel,), name="leukview-parent-watchdog", daemon=True
        ).start()


def _exit_with(sentinel: int) -> None:
    """Wait for a process to end, then end this one; an orphan would wait for work forever."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
