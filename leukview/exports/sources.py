"""Where files come from: a folder, or a ZIP archive that is read in memory and never unpacked."""

from __future__ import annotations

import os
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from leukview.core.errors import ExportError
from leukview.core.jobs import CancelToken
from leukview.domain.slide import Problem, ProblemKind

MOST_ENTRIES = 100_000
LARGEST_FILE = 256 * 1024**2
LARGEST_TOTAL = 8 * 1024**3
LARGEST_RATIO = 200


class Source(ABC):
    """Files by posix path relative to what was opened."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @abstractmethod
    def files(self, token: CancelToken) -> list[str]:
        """All files."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """The bytes of one; `ExportError` with a sentence when it cannot be read."""


class FolderSource(Source):
    """A folder; links that lead outside are not followed."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def files(self, token: CancelToken) -> list[str]:
        """All files below the folder."""
        found = []
        for folder, folders, names in os.walk(self._root, onerror=self._refused, followlinks=False):
            token.check()
            folders.sort()
            here = Path(folder)
            for name in names:
                path = here / name
                if path.is_symlink() and not path.resolve().is_relative_to(self._root.resolve()):
                    continue
                found.append(path.relative_to(self._root).as_posix())
        return found

    def _refused(self, error: OSError) -> None:
        name = Path(error.filename or "").name
        words = f"The folder “{name}” cannot be read: {_reason(error)}."
        self.problems.append(Problem(ProblemKind.NO_PERMISSION, name, words))

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        try:
            return (self._root / path).read_bytes()
        except OSError as error:
            name = PurePosixPath(path).name
            raise ExportError(f"“{name}” cannot be read: {_reason(error)}.") from error


class ZipSource(Source):
    """A ZIP archive; entries that point outside or blow up are refused, the others are read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self._archive = archive

    def files(self, token: CancelToken) -> list[str]:
        """All sound entries."""
        entries = self._archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise ExportError(f"The archive holds more than {MOST_ENTRIES} entries.", "Unpack it and open the folder.")
        if sum(e.file_size for e in entries) > LARGEST_TOTAL:
            raise ExportError("The archive would unpack to more than 8 GB.", "Unpack it and open a part of it.")
        found = []
        for entry in entries:
            token.check()
            if entry.is_dir():
                continue
            reason = _unsafe(entry)
            if reason:
                name = PurePosixPath(entry.filename.replace("\\", "/")).name
                words = f"The archive's entry “{name}” was refused: {reason}."
                self.problems.append(Problem(ProblemKind.UNSAFE_ARCHIVE_ENTRY, name, words))
            else:
                found.append(entry.filename)
        return found

    def read(self, path: str) -> bytes:
        """The bytes of one entry."""
        name = PurePosixPath(path).name
        try:
            entry = self._archive.getinfo(path)
            if _unsafe(entry):
                raise ExportError(f"The archive's entry “{name}” was refused.")
            with self._archive.open(entry) as stream:
                return stream.read(LARGEST_FILE + 1)
        except KeyError as error:
            raise ExportError(f"“{name}” is no longer in the archive.") from error
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise ExportError(f"“{name}” cannot be read from the archive.") from error


def _unsafe(entry: zipfile.ZipInfo) -> str:
    """Why an entry is refused; "" when it is sound."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its path leads out of the archive"
    if entry.file_size > LARGEST_FILE:
        return "it is larger than 256 MB"
    if entry.compress_size and entry.file_size > LARGEST_RATIO * entry.compress_size and entry.file_size > 1 << 20:
        return "it unpacks to far more than it holds"
    return ""


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission"
    if isinstance(error, FileNotFoundError):
        return "it is no longer there"
    return error.strerror or "the disk refuses"


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """A folder or an archive.

    Raises:
        ExportError: It is neither, or it cannot be opened.
    """
    if path.is_dir():
        yield FolderSource(path)
        return
    if not path.exists():
        raise ExportError(f"“{path.name}” is not there.", "Choose a folder or a ZIP archive.")
    if not zipfile.is_zipfile(path):
        raise ExportError(f"“{path.name}” is neither a folder nor a ZIP archive.", "Choose the exported folder.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield ZipSource(archive)
    except (OSError, zipfile.BadZipFile) as error:
        raise ExportError(f"The archive “{path.name}” is damaged.", "Export it again.") from error
