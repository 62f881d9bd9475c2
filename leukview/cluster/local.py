"""Engines on this machine: in this process, or in a process pool."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

from leukview.core.logging_setup import call_keeping_locations

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class InProcess:
    """Implements the `ExecutionEngine` port by calling at once, in the caller's thread."""

    capacity = 1

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Run the call; the future is done when this returns."""
        future: Future[_Result] = Future()
        try:
            future.set_result(function(argument))
        except Exception as error:  # noqa: BLE001 - raised by Future.result
            future.set_exception(error)
        return future

    def restart(self) -> None:
        """Do nothing: there are no workers."""

    def close(self) -> None:
        """Do nothing: there are no workers."""


class ProcessPool:
    """Implements the `ExecutionEngine` port with spawned worker processes.

    Spawned, not forked, because threads of libraries do not survive a fork.

    Args:
        workers: Number of processes.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._start_pool()

    def _start_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"), _init_worker)

    @property
    def capacity(self) -> int:
        """One running and one waiting call per process, so that no process idles."""
        return 2 * self._workers

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """See `ExecutionEngine.submit`. Raises `BrokenExecutor` when a process has died."""
        return self._pool.submit(call_keeping_locations, function, argument)

    def restart(self) -> None:
        """Replace the processes of a broken pool."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._start_pool()

    def close(self) -> None:
        """Terminate the processes; running calls are discarded."""
        # ProcessPoolExecutor.shutdown would wait for running calls, and before Python 3.14 (`terminate_workers`) the
        # processes are only accessible as a private attribute.
        processes = list((getattr(self._pool, "_processes", None) or {}).values())
        for process in processes:
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _init_worker() -> None:
    """Set up a worker process: ignore Ctrl+C, and exit when the parent exits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(
            target=_exit_with, args=(parent.sentinel,), name="leukview-parent-watchdog", daemon=True
        ).start()


def _exit_with(sentinel: int) -> None:
    """Wait for another process to end, then exit; an orphan would wait forever."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
