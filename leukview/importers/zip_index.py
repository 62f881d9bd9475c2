"""Directories of ZIP archives, read once and kept while the archive does not change."""

from __future__ import annotations

import lzma
import struct
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from leukview.core.errors import ExportError
from leukview.core.messages import Message
from leukview.domain.zip_encodings import ZIP_ENCODINGS
from leukview.importers.zip_names import (
    decode_name,
    fitting_encodings,
    is_decodable,
    normalise_entry_path,
    raw_name,
    stated_name,
)

KEPT_ARCHIVES = 3
ARCHIVE_ERRORS = (
    OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
    struct.error,
)  # fmt: skip
"""Raised for broken archives (RuntimeError: password needed; NotImplementedError: unknown compression)."""
_UTF8 = "utf-8"
_LOCAL_HEADER = struct.Struct("<4s22xHH")


class _Directory:
    """Entries of an archive, in its order, and their names in each encoding that was asked for."""

    def __init__(self, archive: Path) -> None:
        with zipfile.ZipFile(archive) as opened:
            self.entries = opened.infolist()
        self.stated = [stated_name(entry) for entry in self.entries]
        self._raw = [raw_name(e) for e, name in zip(self.entries, self.stated, strict=True) if name is None]
        self.fitting = fitting_encodings(self._raw) if self._raw else ()
        self._by_encoding: dict[str, tuple[tuple[str, zipfile.ZipInfo], ...]] = {}

    @property
    def is_doubtful(self) -> bool:
        """Whether names state no encoding and are not UTF-8."""
        return bool(self._raw) and self.fitting != (_UTF8,)

    def fits(self, encoding: str) -> bool:
        """Whether all names that state no encoding can be read in this one."""
        return all(is_decodable(name, encoding) for name in self._raw)

    def named(self, encoding: str) -> tuple[tuple[str, zipfile.ZipInfo], ...]:
        """(path, entry) of each entry; a folder's path ends with a slash."""
        found = self._by_encoding.get(encoding)
        if found is None:
            rows = []
            for entry, stated in zip(self.entries, self.stated, strict=True):
                name = stated if stated is not None else decode_name(raw_name(entry), encoding)
                path = normalise_entry_path(name)
                if path:
                    rows.append((f"{path}/" if name.endswith(("/", "\\")) else path, entry))
            found = self._by_encoding[encoding] = tuple(rows)
        return found


@dataclass(frozen=True)
class ZipIndex:
    """Entries of an archive by path.

    Attributes:
        archive: The archive's file.
        encoding: In which names without a stated encoding are read; "" where there are none.
        choices: Encodings in which they can be read, the likeliest first; empty where there is no doubt.
    """

    archive: Path
    encoding: str
    choices: tuple[str, ...]
    _directory: _Directory

    @property
    def all_entries(self) -> tuple[tuple[str, zipfile.ZipInfo], ...]:
        """(path, entry) of all entries in the order of the archive; a folder's path ends with a slash."""
        return self._directory.named(self.encoding)

    @cached_property
    def _by_path(self) -> Mapping[str, zipfile.ZipInfo]:
        return dict(self.all_entries)

    def examples(self) -> list[tuple[str, str]]:
        """(encoding, name) of the first name that states no encoding, in each of the likeliest encodings."""
        raw = next(raw_name(e) for e in self._directory.entries if stated_name(e) is None)
        return [
            (choice, PurePosixPath(normalise_entry_path(decode_name(raw, choice))).parts[0])
            for choice in self.choices[:4]
        ]

    def entry(self, path: str) -> zipfile.ZipInfo:
        """The last entry of a path. Raises `KeyError`."""
        return self._by_path[path]


class _Cache:
    """Directories of the archives opened last, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._indexes: OrderedDict[tuple[object, ...], dict[str, ZipIndex]] = OrderedDict()

    def open(self, archive: Path, name_encoding: str) -> ZipIndex:
        about = archive.stat()
        key = str(archive), about.st_mtime_ns, about.st_size, about.st_ino
        with self._lock:
            known = self._indexes.get(key)
            if known is None:
                directory = _Directory(archive)
                used = directory.fitting[0] if directory.fitting else ""
                choices = directory.fitting if directory.is_doubtful else ()
                known = self._indexes[key] = {"": ZipIndex(archive, used, choices, directory)}
                while len(self._indexes) > KEPT_ARCHIVES:
                    self._indexes.popitem(last=False)
            self._indexes.move_to_end(key)
            found = known.get(name_encoding)
            if found is None:
                found = known[name_encoding] = _in_encoding(known[""], name_encoding)
            return found


_cache = _Cache()


def _in_encoding(index: ZipIndex, name_encoding: str) -> ZipIndex:
    if not index.choices:
        return index
    if not index._directory.fits(name_encoding):  # noqa: SLF001 - of the same module
        raise ExportError(
            Message(
                "The names in the archive “{name}” cannot be read as {encoding}.",
                name=index.archive.name,
                encoding=name_encoding,
            ),
            Message("Possible encodings: {choices}.", choices=", ".join(index.choices)),
        )
    return ZipIndex(index.archive, name_encoding, index.choices, index._directory)  # noqa: SLF001


def open_index(archive: Path, name_encoding: str = "") -> ZipIndex:
    """Read the directory of an archive, or take the one that was read before.

    Args:
        archive: The archive's file.
        name_encoding: Encoding of names that state none and are not UTF-8; "" = the likeliest.

    Raises:
        ExportError: The names cannot be read in that encoding.
        OSError: Or another of `ARCHIVE_ERRORS`: the archive is broken.
    """
    return _cache.open(archive, name_encoding)


def find_entry(archive: Path, path: str) -> ZipIndex:
    """The index in which an archive has a path, whatever encoding was chosen when it was stored.

    Raises:
        OSError: Or another of `ARCHIVE_ERRORS`: the archive is broken.
    """
    first = open_index(archive)
    for encoding in ("", *(first.choices or ZIP_ENCODINGS)):
        index = first if not encoding else _forced(first, encoding)
        try:
            index.entry(path)
        except KeyError:
            continue
        return index
    return first


def _forced(index: ZipIndex, encoding: str) -> ZipIndex:
    """Index in an encoding also where UTF-8 fits: earlier versions read such names as code page 437."""
    return ZipIndex(index.archive, encoding, index.choices, index._directory)  # noqa: SLF001


def read_entry(archive: Path, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Read at most `limit` bytes of an entry, unpacked, without reading the archive's directory again.

    Raises:
        OSError: Or another of `ARCHIVE_ERRORS`: the entry is broken.
    """
    with archive.open("rb") as stream:
        stream.seek(entry.header_offset)
        signature, name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        if signature != b"PK\x03\x04":
            raise zipfile.BadZipFile("no entry at its offset")
        stream.seek(name_length + extra_length, 1)
        with zipfile.ZipExtFile(stream, "r", entry) as unpacked:
            return unpacked.read(limit)


def ambiguous_names_error(index: ZipIndex) -> ExportError:
    """The error of an archive whose names could be read in several encodings."""
    examples = "; ".join(f"{encoding}: “{name}”" for encoding, name in index.examples())
    return ExportError(
        Message(
            "The archive “{name}” does not state the encoding of its file names ({examples}).",
            name=index.archive.name,
            examples=examples,
        ),
        "Give the correct encoding with --zip-encoding, or open the archive in the window.",
    )
