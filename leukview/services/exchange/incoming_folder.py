"""Watched folder with messages, tables and scattergrams; the folder itself is never changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from leukview.core.atomic_files import atomic_write, read_file
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.exchange.incoming import UnreadableMessageError
from leukview.services.exchange.inbox import InboxService

_MAX_FILE_BYTES = 64 * 1024**2
_ANSWERS = "answers"
_ENDINGS = frozenset({".hl7", ".astm", ".ast", ".csv", ".png"})
_log = logging.getLogger(__name__)


class FileNotReadableError(LeukViewError):
    """A file is locked or gone."""


@dataclass(slots=True)
class IncomingFolder:
    """Takes each file once it no longer changes between two looks; a file that changes later is taken again.

    HL7 files end in ``.hl7``, ASTM files in ``.astm`` or ``.ast``, tables in ``.csv``, plots in ``.png``. Answers to
    ASTM queries are written into the folder ``answers`` beside.

    Attributes:
        inbox: Records what the files hold.
    """

    inbox: InboxService
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _taken: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def look(self, folder: Path) -> int:
        """Take what is new; returns the number of files taken.

        Raises:
            LeukViewError: The folder cannot be read, or the database cannot be written.
        """
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix.casefold() in _ENDINGS)
            states = {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in paths if path.is_file()}
        except OSError as error:
            raise LeukViewError(
                "The folder with the laboratory's messages cannot be read.", "Check the folder in exchange.toml."
            ) from error
        taken = 0
        for path, state in states.items():
            if self._taken.get(path) == state:
                continue
            if self._seen.get(path) != state:  # perhaps it is still being written
                self._seen[path] = state
                continue
            try:
                self.take(path)
            except UnreadableMessageError:
                _log.info("a file of the laboratory's folder was refused")  # it is listed
            except FileNotReadableError:
                continue  # locked, or gone: looked at again
            self._taken[path] = state
            taken += 1
        return taken

    def take(self, path: Path) -> None:
        """Take one file.

        Raises:
            UnreadableMessageError: It cannot be used; the reason is listed.
            FileNotReadableError: It cannot be read.
            LeukViewError: The database or an answer cannot be written.
        """
        try:
            data = read_file(path, _MAX_FILE_BYTES)
        except (OSError, ValueError) as error:
            raise FileNotReadableError(Message("The file {name} cannot be read.", name=path.name)) from error
        match path.suffix.casefold():
            case ".hl7":
                self._take_hl7(data)
            case ".astm" | ".ast":
                self._take_astm(path, data)
            case ".csv":
                self.inbox.receive_table(data)
            case ".png":
                self.inbox.receive_plot(path.name, data)
            case _:
                raise UnreadableMessageError("its name ends in none of .hl7, .astm, .csv and .png")

    def _take_hl7(self, data: bytes) -> None:
        refused = [reason for message in split_hl7_file(data) if (reason := self.inbox.take_hl7(message))]
        if refused:
            raise UnreadableMessageError(refused[0])

    def _take_astm(self, path: Path, data: bytes) -> None:
        answer = self.inbox.receive_astm(data)
        if answer:
            try:
                (path.parent / _ANSWERS).mkdir(exist_ok=True)
                atomic_write(path.parent / _ANSWERS / path.name, answer)
            except OSError as error:
                raise LeukViewError("The answer to the analyser's query cannot be written.") from error


def split_hl7_file(data: bytes) -> tuple[bytes, ...]:
    """Split a file into messages, each from its MSH segment to the next one; MLLP framing is taken off."""
    lines = data.replace(b"\r\n", b"\r").replace(b"\n", b"\r").replace(b"\x0b", b"").replace(b"\x1c", b"").split(b"\r")
    messages: list[list[bytes]] = []
    for line in lines:
        if line.startswith(b"MSH") or not messages:
            messages.append([])
        messages[-1].append(line)
    joined = (b"\r".join(line for line in message if line) for message in messages)
    return tuple(message + b"\r" for message in joined if message)
