"""Threads that help a job while it runs; they end with it. Whose threads run jobs: `leukview.core.job_runner`."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

NICENESS = 5
"""Of threads that give way."""
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def ahead(work: Callable[[_Item], _Result], items: Iterable[_Item], threads: int = 1) -> Generator[_Result]:
    """Results of `work` in the order of the items, the next ones made in other threads while one is used.

    What `work` raises is raised where its result would have come. Close the generator to leave early: that waits for
    the results that are being made, `threads` at most.
    """
    with ThreadPoolExecutor(threads, "leukview-ahead") as pool:
        coming: deque[Future[_Result]] = deque()
        try:
            for item in items:
                if len(coming) > threads:
                    yield coming.popleft().result()
                coming.append(pool.submit(work, item))
            while coming:
                yield coming.popleft().result()
        finally:
            for future in coming:
                future.cancel()


def give_way() -> None:
    """Let this thread, and the threads that it will start, compute only where the window leaves time.

    Only Linux gives a thread a priority that its own threads inherit; elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
