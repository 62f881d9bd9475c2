"""Lock between processes on an open file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

if sys.platform == "win32":
    import msvcrt
    import os

    @contextmanager
    def locked_file(descriptor: int) -> Iterator[None]:
        """Hold an exclusive lock on an open file; waits for other processes. Raises `OSError`."""
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # a byte beyond the content, which stays readable
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(descriptor, 1 << 30, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    @contextmanager
    def locked_file(descriptor: int) -> Iterator[None]:
        """Hold an exclusive lock on an open file; waits for other processes. Raises `OSError`."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
