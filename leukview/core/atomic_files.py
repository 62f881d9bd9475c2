"""Atomic writes of files and folders, and file hashes."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL = ".part"
"""Suffix of temporary names; a file or folder with this suffix was left behind by a process that was killed."""


def _temporary(output: Path) -> Path:
    return output.with_name(f".{output.name}.{secrets.token_hex(4)}{PARTIAL}")


@contextmanager
def atomic_file(output: Path) -> Iterator[Path]:
    """Yield a temporary path to write to, which replaces `output` at the end.

    The temporary file is synced to disk before the replacement. It is in the same folder, which is created on demand,
    and is deleted if the body raises.

    Raises:
        OSError: The file cannot be written; `output` is unchanged.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and not output.is_file():  # a device or a pipe would be replaced by a file
        raise OSError(errno.EINVAL, "its name belongs to something that is no file")
    temporary = _temporary(output)
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(output)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def atomic_write(output: Path, data: str | bytes) -> None:
    """Write a file atomically: it has either its old or all of its new content.

    Args:
        output: The file; its folder is created on demand.
        data: Text is written as UTF-8 with its line ends unchanged.

    Raises:
        OSError: The file cannot be written; `output` is unchanged.
    """
    with atomic_file(output) as temporary:
        temporary.write_bytes(data.encode() if isinstance(data, str) else data)


@contextmanager
def atomic_directory(output: Path, *, replace: bool = False) -> Iterator[Path]:
    """Yield a temporary folder to fill, which is renamed to `output` at the end.

    The temporary folder is deleted if the body raises.

    Args:
        output: The final folder.
        replace: Delete a folder of that name first; otherwise an existing one is an error.

    Raises:
        OSError: The folder cannot be created, or `output` exists and is not to be replaced.
    """
    temporary = _temporary(output)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if replace:
            shutil.rmtree(output, ignore_errors=True)
        temporary.rename(output)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_file(path: Path, max_bytes: int) -> bytes:
    """Read a file whole; a pipe or a device is refused, which could be read for ever.

    Raises:
        OSError: It cannot be read, is no file, or has more than `max_bytes`.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
    if status.st_size > max_bytes:
        raise OSError(errno.EFBIG, "it is too large")
    return path.read_bytes()


def file_sha256(path: Path) -> str:
    """Compute the SHA-256 (hex) of a file, read in pieces.

    Raises:
        OSError: The file cannot be read, or is a pipe or a device.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
