"""File sources: a folder, or a ZIP archive that is read without unpacking."""

from __future__ import annotations

import errno
import lzma
import os
import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.domain.slide import Problem, ProblemKind
from leukview.importers.images import TooLargeError

MAX_ENTRIES = 100_000
MAX_FILE_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 8 * 1024**3
MAX_COMPRESSION_RATIO = 200
_ENCRYPTED_FLAG = 0x1


class FileSource(ABC):
    """Files by POSIX path, relative to the folder or archive that was opened.

    Attributes:
        problems: Files that were skipped, filled by `list_files`.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @abstractmethod
    def list_files(self, token: CancelToken) -> list[str]:
        """Paths of all usable files."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """Read one file; `ExportError` when that fails."""


class FolderSource(FileSource):
    """A folder; links that lead outside of it are not followed."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def list_files(self, token: CancelToken) -> list[str]:
        """See `HistorySource.files`."""
        found = []
        for folder, folders, names in os.walk(self._root, onerror=self._report_unreadable_folder, followlinks=False):
            token.raise_if_cancelled()
            folders.sort()
            here = Path(folder)
            for name in names:
                path = here / name
                if path.is_symlink() and not self._leads_inside(path):
                    continue
                relative = path.relative_to(self._root).as_posix()
                if _is_encodable(relative):
                    found.append(relative)
                else:
                    self._report_undecodable_name(name)
        return found

    def _leads_inside(self, link: Path) -> bool:
        """Whether a link points into the folder."""
        return Path(os.path.realpath(link)).is_relative_to(os.path.realpath(self._root))

    def _report_undecodable_name(self, name: str) -> None:
        shown = name.encode("utf-8", "replace").decode("utf-8")
        words = Message(
            "The name of the file “{name}” is not readable text, so it was passed over; rename it.", name=shown
        )
        self.problems.append(Problem(ProblemKind.NOT_AN_IMAGE, shown, words))

    def _report_unreadable_folder(self, error: OSError) -> None:
        name = Path(str(error.filename or "")).name
        words = Message(
            "The folder “{name}” cannot be read: {reason}.", name=name, reason=Message(_os_error_reason(error))
        )
        self.problems.append(Problem(ProblemKind.NO_PERMISSION, name, words))

    def read(self, path: str) -> bytes:
        """See `HistorySource.read`."""
        name = PurePosixPath(path).name
        file = self._root / path
        try:
            about = file.stat()
            if not stat.S_ISREG(about.st_mode):
                raise ExportError(Message("“{name}” cannot be read: it is not a plain file.", name=name))
            if about.st_size > MAX_FILE_BYTES:
                raise TooLargeError(Message("“{name}” was not read: it is larger than 256 MB.", name=name))
            return file.read_bytes()
        except OSError as error:
            raise ExportError(
                Message("“{name}” cannot be read: {error}.", name=name, error=Message(_os_error_reason(error)))
            ) from error


class ZipSource(FileSource):
    """A ZIP archive; unsafe and oversized entries are skipped and reported.

    Args:
        archive: Open for reading.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}

    def list_files(self, token: CancelToken) -> list[str]:
        """See `HistorySource.files`.

        Raises:
            ExportError: The archive has too many entries or is too large unpacked.
        """
        entries = [e for e in self._archive.infolist() if _normalise_entry_path(e.filename)]
        if len(entries) > MAX_ENTRIES:
            raise ExportError(
                Message("The archive holds more than {limit} entries.", limit=MAX_ENTRIES),
                "Unpack it and open the folder.",
            )
        if sum(e.file_size for e in entries) > MAX_TOTAL_BYTES:
            raise ExportError("The archive would unpack to more than 8 GB.", "Unpack it and open a part of it.")
        found: dict[str, None] = {}
        for entry in entries:
            token.raise_if_cancelled()
            if entry.is_dir() or entry.filename.endswith("\\"):
                continue
            path = _normalise_entry_path(entry.filename)
            reason = _refusal_reason(entry)
            if reason:
                name = PurePosixPath(path).name
                words = Message(
                    "The archive's entry “{name}” was refused: {reason}.", name=name, reason=Message(reason)
                )
                self.problems.append(Problem(ProblemKind.UNSAFE_ARCHIVE_ENTRY, name, words))
            else:
                found[path] = None
        return list(found)

    def _entry(self, path: str) -> zipfile.ZipInfo:
        if not self._entries:
            self._entries = {_normalise_entry_path(e.filename): e for e in self._archive.infolist() if not e.is_dir()}
        return self._entries[path]

    def read(self, path: str) -> bytes:
        """See `HistorySource.read`."""
        name = PurePosixPath(path).name
        try:
            entry = self._entry(path)
            if reason := _refusal_reason(entry):
                raise ExportError(
                    Message("The archive's entry “{name}” was refused: {reason}.", name=name, reason=Message(reason))
                )
            with self._archive.open(entry) as stream:
                return stream.read(MAX_FILE_BYTES + 1)
        except KeyError as error:
            raise ExportError(Message("“{name}” is no longer in the archive.", name=name)) from error
        except _ARCHIVE_ERRORS as error:
            raise ExportError(Message("“{name}” cannot be read from the archive.", name=name)) from error


_ARCHIVE_ERRORS = (
    OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""Raised for broken archives (RuntimeError: password needed; NotImplementedError: unknown compression)."""


def _normalise_entry_path(name: str) -> str:
    """Normalise an entry's path: forward slashes, no “./”, no doubled slashes."""
    return "/".join(PurePosixPath(name.replace("\\", "/")).parts).replace("//", "/", 1)


def _is_encodable(path: str) -> bool:
    """Whether a path is valid Unicode; others can be neither stored nor displayed."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refusal_reason(entry: zipfile.ZipInfo) -> str:
    """Reason for which an entry is refused; "" if it is safe."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its path leads out of the archive"
    if entry.flag_bits & _ENCRYPTED_FLAG:
        return "it is protected by a password"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link"
    if entry.file_size > MAX_FILE_BYTES:
        return "it is larger than 256 MB"
    if (
        entry.compress_size
        and entry.file_size > MAX_COMPRESSION_RATIO * entry.compress_size
        and entry.file_size > 1 << 20
    ):
        return "it unpacks to far more than it holds"
    return ""


def _shorten_name(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:79]}…"


def _os_error_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission"
    if isinstance(error, FileNotFoundError):
        return "it is no longer there"
    if error.errno == errno.ENAMETOOLONG:
        return "its name is too long"
    return error.strerror or "the disk refuses"


@contextmanager
def open_source(path: Path) -> Iterator[FileSource]:
    """Open a folder or an archive.

    Raises:
        ExportError: It is neither, or it cannot be opened.
    """
    name = path.name or str(path)
    if not _is_encodable(str(path)):
        raise ExportError("The folder's name is not readable text.", "Rename it, or open a copy under another name.")
    try:
        folder = path.is_dir()
        if not folder:
            if not path.exists():
                raise ExportError(Message("“{name}” is not there.", name=name), "Choose a folder or a ZIP archive.")
            if not path.is_file():  # a pipe could be read for ever
                raise ExportError(
                    Message("“{name}” is neither a folder nor a ZIP archive.", name=name), "Choose the exported folder."
                )
            with path.open("rb"):  # raises the reason, which is_zipfile hides
                pass
    except OSError as error:
        words = f"“{_shorten_name(name)}” cannot be opened: {_os_error_reason(error)}."
        raise ExportError(words, "Choose a folder or a ZIP archive.") from error
    if folder:
        yield FolderSource(path)
        return
    if not zipfile.is_zipfile(path):
        raise ExportError(
            Message("“{name}” is neither a folder nor a ZIP archive.", name=name), "Choose the exported folder."
        )
    try:
        archive = zipfile.ZipFile(path)
    except _ARCHIVE_ERRORS as error:
        raise ExportError(Message("The archive “{name}” is damaged.", name=name), "Export it again.") from error
    with archive:
        yield ZipSource(archive)
