"""Detection of a database file that is deleted, replaced, renamed or cut while it is open.

SQLite goes on writing to a file that no longer has its name; what it writes then is lost with the last connection.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from leukview.core.errors import StoreError
from leukview.storage.schema import store_info

_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_RETRIES, _PAUSE_S = 10, 0.03  # another program may be moving pages from the write-ahead log into the file
_HINT = "Close LeukView and put the file back, or restore a backup with “leukview restore”."


def read_database_id(connection: Connection) -> str:
    """The random id of the database; "" when it has none."""
    if not inspect(connection).has_table(store_info.name):
        return ""
    return str(connection.execute(select(store_info.c.value).where(store_info.c.key == "database")).scalar() or "")


class FileGuard:
    """Compares a database file with the one that was opened.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._log_path = path, path.with_name(f"{path.name}-wal")
        self._file: tuple[int, int] | None = None
        self._log: tuple[int, int] | None = None
        self._descriptor = -1
        self._database_id = ""

    def remember(self, connection: Connection) -> None:
        """Remember the file behind an open connection.

        Raises:
            StoreError: There is no such file.
        """
        self._file, self._log = _identity(self._path), _identity(self._log_path)
        self._database_id = read_database_id(connection)
        if self._file is None:
            self._raise_lost()
        else:
            self._descriptor = _DESCRIPTORS.acquire(self._path, self._file)

    def close(self) -> None:
        """Let go of the file, after all connections are closed."""
        if self._file is not None:
            _DESCRIPTORS.release(self._file)
        self._file = None

    def check_file(self, *, thorough: bool = False) -> None:
        """Check that the path still leads to the file that was opened.

        Args:
            thorough: Check also the write-ahead log and that the file was not cut.

        Raises:
            StoreError: It does not.
        """
        if self._file is None:
            return
        if _identity(self._path) != self._file:
            self._raise_lost()
        if not thorough:
            return
        log = _identity(self._log_path)
        if self._log is not None and log != self._log:
            self._raise_lost()
        self._log = log
        for _ in range(_RETRIES):
            if _is_whole(self._descriptor):
                return
            time.sleep(_PAUSE_S)
        raise StoreError("The database file was truncated while LeukView was open; the last action may be lost.", _HINT)

    def check_identity(self, connection: Connection) -> None:
        """Check that the database is the one that was opened.

        Raises:
            StoreError: Another database was copied over the file.
        """
        if self._database_id:
            query = select(store_info.c.value).where(store_info.c.key == "database")
            if connection.execute(query).scalar() != self._database_id:
                self._raise_lost()

    @staticmethod
    def _raise_lost() -> None:
        raise StoreError(
            "The database file was deleted, renamed or replaced while LeukView was open; the last "
            "action was not saved.",
            _HINT,
        )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class _Descriptors:
    """Descriptors of the database files that this process has open, one per file.

    When a process closes any descriptor of a file, POSIX drops all its locks on that file, those of SQLite too: another
    program would then take itself for the only one and delete the write-ahead log. So each file is opened once, and
    closed after the last connection.
    """

    def __init__(self) -> None:
        self._lock, self.reading = threading.Lock(), threading.Lock()
        self._open: dict[tuple[int, int], tuple[int, int]] = {}  # identity → descriptor and number of users

    def acquire(self, path: Path, identity: tuple[int, int]) -> int:
        """Open a file, or use the descriptor that there is; −1 if it cannot be opened."""
        with self._lock:
            descriptor, users = self._open.get(identity, (-1, 0))
            if users == 0:
                try:
                    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
                except OSError:
                    descriptor = -1
            self._open[identity] = (descriptor, users + 1)
            return descriptor

    def release(self, identity: tuple[int, int]) -> None:
        """Close a file after its last user."""
        with self._lock:
            descriptor, users = self._open.pop(identity, (-1, 0))
            if users > 1:
                self._open[identity] = (descriptor, users - 1)
            elif descriptor >= 0:
                os.close(descriptor)


_DESCRIPTORS = _Descriptors()


def _is_whole(descriptor: int) -> bool:
    """Whether the file begins as a database and has the length that its header gives."""
    try:
        with _DESCRIPTORS.reading:
            os.lseek(descriptor, 0, os.SEEK_SET)
            header = os.read(descriptor, _HEADER_BYTES)
        size = os.fstat(descriptor).st_size
    except OSError:
        return False
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        return False
    page = int.from_bytes(header[16:18], "big")
    return size >= int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page)
