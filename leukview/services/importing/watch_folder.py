"""Polling of a watched folder for new and changed slides that are completely copied."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.core.system_files import SystemFile, is_helper_folder, system_file
from leukview.domain.slide import ExportPreview, ProblemKind, SlideDraft

KNOWN_BUDGET_S = 2.0
"""Time of one poll that is spent on entries that are known already; the next poll goes on behind them."""
MAX_WAIT_POLLS = 720
"""Longest pause between two attempts at an entry that fails, in polls."""
INCOMPLETE_POLLS = 12
"""Polls after which an archive that stays without its directory is told of."""
_LOOSE_FILES = ""
"""Name of the part of an entry that is made of the files directly in it; an archive has no other part."""
_MARK_DIGITS = 16
_NAME_HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class ArrivedEntry:
    """A complete entry of the watched folder, unchanged between two polls.

    Attributes:
        path: Folder or archive.
        name_hash: SHA-256 of its name, stored instead of the name because that may identify a person.
        changed_parts: Names of its subfolders that are new or changed; "" = the files directly in it.
        marks: Part's mark → extent, to be stored once the entry is imported.
        is_retry: Whether it was reported before with the same extent.
    """

    path: Path
    name_hash: str
    changed_parts: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)
    is_retry: bool = False

    def concerns(self, draft: SlideDraft) -> bool:
        """Whether a slide of the entry is new or changed, or lies in a part that is."""
        inner = Path(draft.root).relative_to(self.path.resolve()).parts
        return not inner or inner[0] in self.changed_parts


@dataclass(slots=True)
class _Attempt:
    """Failed imports of one entry: its extent then, how often, and the polls to pass before the next."""

    marks: Mapping[str, str]
    failures: int = 0
    wait_polls: int = 0


def hash_entry_name(name: str) -> str:
    """The hash that is stored instead of an entry's name."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


class FolderWatcher:
    """Polls a folder and reports each folder or ZIP archive in it that is new, has grown or failed before.

    An entry is known by its name and its extent (paths, sizes and times of its files), kept apart for each of its
    subfolders. It becomes known with `mark_imported`, not when it is reported.

    Args:
        folder: To watch.
        known_hashes: `known_hashes` of an earlier watcher. A hash of a name alone, as earlier versions stored it,
            stands for an entry of any extent; its present one is taken over.
    """

    def __init__(self, folder: Path, known_hashes: Iterable[str] = ()) -> None:
        self.folder = folder
        self._known: dict[str, str] = {}
        self._known_names: set[str] = set()
        for mark in known_hashes:
            part, _, extent = mark.partition(":")
            if extent:
                self._known[part] = extent
            elif len(part) == _NAME_HASH_DIGITS:
                self._known_names.add(part)
        self._seen: dict[str, dict[str, str]] = {}  # extents at the last poll of the entries that are not settled
        self._running: set[str] = set()  # reported, neither imported nor failed yet
        self._attempts: dict[str, _Attempt] = {}
        self._next_known = ""
        self._stuck: dict[str, int] = {}  # polls at which an archive was stable without its directory
        self._lock = threading.Lock()  # `scan` runs in another thread than `mark_imported`

    @property
    def known_hashes(self) -> frozenset[str]:
        """Marks of all imported or known entries, with their extents."""
        with self._lock:
            return frozenset(f"{part}:{extent}" for part, extent in self._known.items()) | frozenset(self._known_names)

    @property
    def incomplete_count(self) -> int:
        """Number of archives whose directory has been missing for `INCOMPLETE_POLLS` polls."""
        return sum(polls >= INCOMPLETE_POLLS for polls in self._stuck.values())

    def mark_existing_known(self, token: CancelToken) -> None:
        """Mark all present entries as known.

        Raises:
            ExportError: The folder cannot be read.
            Cancelled: The token was set.
        """
        for entry in self._list_entries(token):
            self._learn(_marks(hash_entry_name(entry.name), _extents(entry, token)))

    def scan(self, token: CancelToken) -> list[ArrivedEntry]:
        """Poll the folder once for new or changed, complete entries, in the order of their names.

        Raises:
            ExportError: The folder cannot be read.
            Cancelled: The token was set.
        """
        entries = {hash_entry_name(path.name): path for path in self._list_entries(token)}
        ready = []
        for name_hash in self._entries_to_look_at(entries):
            if name_hash in self._running:
                continue
            path = entries[name_hash]
            extents = _extents(path, token)
            marks = _marks(name_hash, extents)
            if name_hash in self._known_names:
                self._learn(marks)
                self._known_names.discard(name_hash)
            changed = frozenset(p for p, extent in extents.items() if self._known.get(_mark(name_hash, p)) != extent)
            if not changed:
                self._seen.pop(name_hash, None)
                continue
            is_stable, self._seen[name_hash] = self._seen.get(name_hash) == marks, marks
            if not is_stable or not self._is_complete(name_hash, path) or not self._may_try(name_hash, marks):
                continue
            ready.append(ArrivedEntry(path, name_hash, changed, marks, name_hash in self._attempts))
            self._running.add(name_hash)
        self._seen = {name_hash: marks for name_hash, marks in self._seen.items() if name_hash in entries}
        self._stuck = {name_hash: polls for name_hash, polls in self._stuck.items() if name_hash in entries}
        return ready

    def mark_imported(self, entry: ArrivedEntry) -> None:
        """Take a reported entry, with the extent that it was reported with, for known."""
        self._learn(entry.marks)
        self._running.discard(entry.name_hash)
        self._attempts.pop(entry.name_hash, None)

    def mark_failed(self, entry: ArrivedEntry) -> None:
        """Report an entry again: at once when it changes, else after a pause that doubles each time."""
        self._running.discard(entry.name_hash)
        before = self._attempts.get(entry.name_hash)
        failures = before.failures + 1 if before and before.marks == entry.marks else 1
        pause = min(2 ** min(failures - 1, 10) - 1, MAX_WAIT_POLLS)
        self._attempts[entry.name_hash] = _Attempt(entry.marks, failures, pause)

    def _learn(self, marks: Mapping[str, str]) -> None:
        with self._lock:
            self._known |= marks

    def _entries_to_look_at(self, entries: Mapping[str, Path]) -> Iterable[str]:
        """Entries that are not settled, then known ones until the time of a poll is used up.

        Whether a known one has changed takes a look at each of its files, which is slow on a network share.
        """
        with self._lock:
            known_names = {mark[:_MARK_DIGITS] for mark in self._known}
        settled = [n for n in entries if n[:_MARK_DIGITS] in known_names and n not in self._seen]
        waiting = set(settled)
        yield from (n for n in entries if n not in waiting)
        start = settled.index(self._next_known) if self._next_known in waiting else 0
        end = time.monotonic() + KNOWN_BUDGET_S
        for at, name_hash in enumerate((*settled[start:], *settled[:start])):
            if at and time.monotonic() > end:
                self._next_known = name_hash
                return
            yield name_hash
        self._next_known = ""

    def _is_complete(self, name_hash: str, path: Path) -> bool:
        """Whether an archive has its directory, which a ZIP file gets last; a folder always."""
        if path.is_dir() or zipfile.is_zipfile(path):
            self._stuck.pop(name_hash, None)
            return True
        self._stuck[name_hash] = self._stuck.get(name_hash, 0) + 1
        return False

    def _may_try(self, name_hash: str, marks: Mapping[str, str]) -> bool:
        attempt = self._attempts.get(name_hash)
        if attempt is None:
            return True
        if attempt.marks != marks:
            del self._attempts[name_hash]
            return True
        if attempt.wait_polls:
            attempt.wait_polls -= 1
            return False
        return True

    def _list_entries(self, token: CancelToken) -> list[Path]:
        token.raise_if_cancelled()
        try:
            found = [p for p in self.folder.iterdir() if not is_helper_folder(p.name)]
            return sorted(p for p in found if p.is_dir() or p.suffix.casefold() == ".zip")
        except OSError as error:
            raise ExportError(
                "The watched folder cannot be read.",
                "Choose it again, or another folder, with Laboratory › Watch a folder.",
            ) from error


def _mark(name_hash: str, part: str) -> str:
    """Mark of a part of an entry, which shows neither name."""
    return f"{name_hash[:_MARK_DIGITS]}-{hash_entry_name(part)[:_MARK_DIGITS]}"


def _marks(name_hash: str, extents: Mapping[str, str]) -> dict[str, str]:
    return {_mark(name_hash, part): extent for part, extent in extents.items()}


def _extents(entry: Path, token: CancelToken) -> dict[str, str]:
    """Extent of each part of an entry: a hash over the paths, sizes and times of its files.

    Helper files of the system are left out, because looking into a folder makes them. Parts without files are absent.
    """
    digests: dict[str, list[str]] = {}
    if not entry.is_dir():
        _add_file(digests, _LOOSE_FILES, entry, "")
    for folder, folders, names in os.walk(entry):
        token.raise_if_cancelled()
        folders[:] = sorted(name for name in folders if not is_helper_folder(name))
        inner = Path(folder).relative_to(entry).as_posix()
        part = _LOOSE_FILES if inner == "." else inner.split("/")[0]
        for name in sorted(names):
            if system_file(name) is not SystemFile.HELPER:
                _add_file(digests, part, Path(folder, name), f"{inner}/{name}")
    return {
        part: hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_DIGITS]
        for part, lines in digests.items()
    }


def _add_file(digests: dict[str, list[str]], part: str, path: Path, name: str) -> None:
    try:
        about = path.stat()
    except OSError:  # deleted again or not readable; the import reports it
        return
    digests.setdefault(part, []).append(f"{name}\0{about.st_size}\0{about.st_mtime_ns}")


def require_certain_names(preview: ExportPreview) -> None:
    """Refuse an archive whose names could be read in several encodings: nobody is there to choose.

    Raises:
        ExportError: The encoding of the names is not certain.
    """
    if preview.name_encoding:
        raise ExportError(
            Message(
                "The archive “{name}” does not state the encoding of its file names, so it was not imported.",
                name=Path(preview.root).name,
            ),
            "Open it with Slide › Open archive and choose the encoding.",
        )


def is_incomplete(preview: ExportPreview) -> bool:
    """Whether it has to be looked at again.

    A folder waits for an answer, or files were locked or went away while they were read, as they are during a copy.
    """
    if preview.questions:
        return True
    problems = (*preview.problems, *(p for slide in preview.slides for p in slide.problems))
    return any(p.kind in {ProblemKind.NO_PERMISSION, ProblemKind.VANISHED} for p in problems)
