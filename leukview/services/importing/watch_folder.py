"""Polling of a watched folder for new slides that are completely copied."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken


@dataclass(frozen=True, slots=True)
class ArrivedEntry:
    """A complete entry of the watched folder, unchanged between two polls.

    Attributes:
        path: Folder or archive.
        name_hash: SHA-256 of its name, stored instead of the name because that may identify a person.
    """

    path: Path
    name_hash: str


def hash_entry_name(name: str) -> str:
    """The hash that is stored instead of an entry's name."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


class FolderWatcher:
    """Polls a folder and reports each new folder or ZIP archive in it once.

    Args:
        folder: To watch.
        known_hashes: Marks of entries reported before.
    """

    def __init__(self, folder: Path, known_hashes: Iterable[str] = ()) -> None:
        self.folder = folder
        self._known_hashes = set(known_hashes)
        self._previous_sizes: dict[str, tuple[int, int]] = {}

    @property
    def known_hashes(self) -> frozenset[str]:
        """Marks of all reported or known entries."""
        return frozenset(self._known_hashes)

    def mark_existing_known(self, token: CancelToken) -> None:
        """Mark all present entries as known.

        Raises:
            ExportError: The folder cannot be read.
            Cancelled: The token was set.
        """
        self._known_hashes |= {hash_entry_name(entry.name) for entry in self._list_entries(token)}

    def scan(self, token: CancelToken) -> list[ArrivedEntry]:
        """Poll the folder once for new, complete entries, in the order of their names.

        Raises:
            ExportError: The folder cannot be read.
            Cancelled: The token was set.
        """
        now: dict[str, tuple[int, int]] = {}
        ready = []
        for entry in self._list_entries(token):
            mark = hash_entry_name(entry.name)
            if mark in self._known_hashes:
                continue
            now[mark] = _count_files_and_bytes(entry, token)
            if now[mark][0] and self._previous_sizes.get(mark) == now[mark]:
                ready.append(ArrivedEntry(entry, mark))
                self._known_hashes.add(mark)
        self._previous_sizes = now
        return ready

    def _list_entries(self, token: CancelToken) -> list[Path]:
        token.raise_if_cancelled()
        try:
            found = [p for p in self.folder.iterdir() if not p.name.startswith(".")]
            return sorted(p for p in found if p.is_dir() or p.suffix.casefold() == ".zip")
        except OSError as error:
            raise ExportError(
                "The watched folder cannot be read.", "Choose it again, or another, under Slide › Watch a folder."
            ) from error


def _count_files_and_bytes(path: Path, token: CancelToken) -> tuple[int, int]:
    """Number of files below a path and their total bytes, which change while copying."""
    try:
        if path.is_file():
            return 1, path.stat().st_size
    except OSError:
        return 0, 0
    files = size = 0
    for folder, _, names in os.walk(path):
        token.raise_if_cancelled()
        for name in names:
            try:
                size += Path(folder, name).stat().st_size
                files += 1
            except OSError:  # deleted again or not readable; the import reports it
                continue
    return files, size
