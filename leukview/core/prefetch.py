"""Prefetching of results in helper threads, and thread priority."""

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
"""Niceness of low-priority threads."""
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def prefetch(work: Callable[[_Item], _Result], items: Iterable[_Item], threads: int = 1) -> Generator[_Result]:
    """Yield `work(item)` in the order of the items, computed ahead in other threads.

    An error of `work` is raised in place of its result. Closing the generator early waits for the results being
    computed, at most `threads`.
    """
    with ThreadPoolExecutor(threads, "leukview-prefetch") as pool:
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


def lower_priority() -> None:
    """Lower the priority of this thread and of the threads it starts later.

    Linux only: no other system has thread priorities that child threads inherit.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
