"""Files written whole or not at all, and their hashes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(output: Path, data: str | bytes) -> None:
    """Write a file under another name and move it into its place once the disk has it; its folder is made.

    Args:
        output: The file.
        data: Text goes out as UTF-8, line ends as they are.

    Raises:
        OSError: It cannot be written; what was there before is still there.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_name(f".{output.name}.part")
    try:
        with partial.open("wb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def folder_whole(output: Path) -> Iterator[Path]:
    """A folder to fill; it gets its name once the body is through, and is thrown away if the body fails.

    Raises:
        OSError: It cannot be made, or something has that name already.
    """
    partial = output.with_name(f".{output.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        partial.rename(output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file, read in pieces. Raises `OSError`."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
