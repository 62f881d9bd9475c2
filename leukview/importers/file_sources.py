"""File sources: a folder, or a ZIP archive that is read without unpacking."""

from __future__ import annotations

import errno
import os
import stat
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.domain.slide import Problem, ProblemKind
from leukview.importers.folder_names import is_skipped_folder
from leukview.importers.images import TooLargeError
from leukview.importers.passed_over import Passed, PassedOver
from leukview.importers.zip_index import ARCHIVE_ERRORS, ZipIndex, find_entry, open_index, read_entry

MAX_ENTRIES = 100_000
MAX_FILE_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 8 * 1024**3
MAX_COMPRESSION_RATIO = 200
_ENCRYPTED_FLAG = 0x1


class FileSource(ABC):
    """Files by POSIX path, relative to the folder or archive that was opened.

    Attributes:
        problems: Files that were skipped, filled by `list_files`.
        passed: Names that were passed over, by reason; filled by `list_files`.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.passed = PassedOver()

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
            here = Path(folder)
            for name in sorted(folders):
                if is_skipped_folder(name):
                    self.passed.add(Passed.HELPER, name)
                elif os.path.islink(here / name):  # noqa: PTH114 - `Path.is_symlink` is as good, but slower
                    self.passed.add(Passed.LINK, name)
            folders[:] = sorted(name for name in folders if not is_skipped_folder(name))
            for name in names:
                path = here / name
                if path.is_symlink() and not self._leads_inside(path):
                    self.passed.add(Passed.LINK, name)
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
            "The name of the file “{name}” is not readable text, so the file was skipped; rename it.", name=shown
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
        index: Its entries.
    """

    def __init__(self, index: ZipIndex) -> None:
        super().__init__()
        self._index = index

    @property
    def index(self) -> ZipIndex:
        """The archive's entries by path."""
        return self._index

    def list_files(self, token: CancelToken) -> list[str]:
        """See `HistorySource.files`.

        Raises:
            ExportError: The archive has too many entries or is too large unpacked.
        """
        entries = self._index.all_entries
        if len(entries) > MAX_ENTRIES:
            raise ExportError(
                Message("The archive contains more than {limit} entries.", limit=MAX_ENTRIES),
                "Unpack it and open the folder.",
            )
        if sum(entry.file_size for _, entry in entries) > MAX_TOTAL_BYTES:
            raise ExportError("The archive would unpack to more than 8 GB.", "Unpack it and open one part of it.")
        found: dict[str, None] = {}
        for path, entry in entries:
            token.raise_if_cancelled()
            if entry.is_dir() or path.endswith("/"):
                continue
            helper = next((part for part in PurePosixPath(path).parts[:-1] if is_skipped_folder(part)), "")
            reason = _refusal_reason(path, entry)
            if helper:
                self.passed.add(Passed.HELPER, helper)
            elif reason:
                name = PurePosixPath(path).name
                words = Message(
                    "The archive's entry “{name}” was refused: {reason}.", name=name, reason=Message(reason)
                )
                self.problems.append(Problem(ProblemKind.UNSAFE_ARCHIVE_ENTRY, name, words))
            else:
                if path in found:
                    self.passed.add(Passed.REPEATED, path)
                found[path] = None
        return list(found)

    def read(self, path: str) -> bytes:
        """See `HistorySource.read`."""
        name = PurePosixPath(path).name
        try:
            entry = self._index.entry(path)
            if reason := _refusal_reason(path, entry):
                raise ExportError(
                    Message("The archive's entry “{name}” was refused: {reason}.", name=name, reason=Message(reason))
                )
            return read_entry(self._index.archive, entry, MAX_FILE_BYTES + 1)
        except KeyError as error:
            raise ExportError(Message("“{name}” is no longer in the archive.", name=name)) from error
        except ARCHIVE_ERRORS as error:
            raise ExportError(Message("“{name}” cannot be read from the archive.", name=name)) from error


def _is_encodable(path: str) -> bool:
    """Whether a path is valid Unicode; others can be neither stored nor displayed."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refusal_reason(name: str, entry: zipfile.ZipInfo) -> str:
    """Reason for which an entry of that path is refused; "" if it is safe."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its path points outside the archive"
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
        return "it unpacks to far more than its own size"
    return ""


def _shorten_name(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:79]}…"


def _os_error_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission"
    if isinstance(error, FileNotFoundError):
        return "it no longer exists"
    if error.errno == errno.ENAMETOOLONG:
        return "its name is too long"
    return error.strerror or "the disk refused access"


def _check_place(path: Path) -> bool:
    """Whether a path is a folder; raises `ExportError` unless it is a folder or a ZIP archive that opens."""
    name = path.name or str(path)
    if not _is_encodable(str(path)):
        raise ExportError("The folder's name is not readable text.", "Rename it, or open a copy under another name.")
    try:
        folder = path.is_dir()
        if not folder:
            if not path.exists():
                raise ExportError(Message("“{name}” does not exist.", name=name), "Choose a folder or a ZIP archive.")
            if not path.is_file():  # a pipe could be read for ever
                raise ExportError(
                    Message("“{name}” is neither a folder nor a ZIP archive.", name=name), "Choose the exported folder."
                )
            with path.open("rb"):  # raises the reason, which is_zipfile hides
                pass
    except OSError as error:
        words = f"“{_shorten_name(name)}” cannot be opened: {_os_error_reason(error)}."
        raise ExportError(words, "Choose a folder or a ZIP archive.") from error
    if not folder and not zipfile.is_zipfile(path):
        raise ExportError(
            Message("“{name}” is neither a folder nor a ZIP archive.", name=name), "Choose the exported folder."
        )
    return folder


def _damaged(path: Path) -> ExportError:
    return ExportError(Message("The archive “{name}” is damaged.", name=path.name), "Export it again.")


@contextmanager
def open_source(path: Path, name_encoding: str = "") -> Iterator[FileSource]:
    """Open a folder or an archive.

    Args:
        path: Folder or archive.
        name_encoding: Encoding of an archive's names that state none and are not UTF-8; "" = the likeliest.

    Raises:
        ExportError: It is neither, it cannot be opened, or its names cannot be read in the encoding.
    """
    if _check_place(path):
        yield FolderSource(path)
        return
    try:
        index = open_index(path, name_encoding)
    except ARCHIVE_ERRORS as error:
        raise _damaged(path) from error
    yield ZipSource(index)


def find_archives(tree: Path) -> list[Path]:
    """ZIP archives below a folder, without those in folders that are passed over."""
    found = []
    for folder, folders, names in os.walk(tree):
        folders[:] = [name for name in folders if not is_skipped_folder(name)]
        found += [Path(folder, name) for name in names if Path(name).suffix.casefold() == ".zip" and name[0] != "."]
    return sorted(found)


def read_archived(archive: Path, path: str) -> bytes:
    """Read a file of an archive by the path under which it was found, in whatever encoding that was.

    Raises:
        ExportError: It cannot be read.
    """
    try:
        index = find_entry(archive, path)
    except ARCHIVE_ERRORS as error:
        _check_place(archive)
        raise _damaged(archive) from error
    return ZipSource(index).read(path)
