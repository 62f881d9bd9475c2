"""Messages after ASTM E1394 (now CLSI LIS2-A2) in frames after ASTM E1381 (LIS1-A).

A message is a list of records, one a line ended with a carriage return: header (H), patient (P), order (O), result (R),
query (Q), comment (C), manufacturer (M), scientific (S), terminator (L). The header names the four delimiters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STX, ETX, EOT, ENQ, ETB = b"\x02", b"\x03", b"\x04", b"\x05", b"\x17"
_CR, _LF = b"\r", b"\n"
_FRAME = re.compile(rb"\x02([0-7])([^\x02\x03\x17]*)([\x03\x17])([0-9A-Fa-f]{2})\r\n")
_MAX_FRAME_TEXT = 240
"""Characters of text a frame may hold (E1381, 6.3.1.2)."""
_TYPES = frozenset("HPORQCMSL")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Delimiters of a message; E1394, 5.4."""

    field: str = "|"
    repeat: str = "\\"
    component: str = "^"
    escape: str = "&"

    def escaped(self, text: str) -> str:
        """Escape the delimiters in a text, and leave out control characters."""
        names = {self.field: "F", self.component: "S", self.repeat: "R", self.escape: "E"}
        clean = _CONTROL.sub(" ", text)
        return "".join(f"{self.escape}{names[c]}{self.escape}" if c in names else c for c in clean)

    def unescaped(self, text: str) -> str:
        """Replace escape sequences; one that is not known stays as it is."""
        letters = {"F": self.field, "S": self.component, "R": self.repeat, "E": self.escape}
        escape = re.escape(self.escape)
        return re.sub(f"{escape}([FSRE]){escape}", lambda match: letters[match[1]], text)


@dataclass(frozen=True, slots=True)
class AstmRecord:
    """A record.

    Attributes:
        kind: Its letter.
        fields: Field → repeats → components, unescaped; field 1 is the letter, as in the standard's numbering.
    """

    kind: str
    fields: tuple[tuple[tuple[str, ...], ...], ...]

    def text(self, number: int, component: int = 1) -> str:
        """A component of the first repeat of a field, stripped; "" when there is none."""
        if not 1 <= number <= len(self.fields):
            return ""
        parts = self.fields[number - 1][0]
        return parts[component - 1].strip() if component <= len(parts) else ""


def parse_records(text: str) -> tuple[AstmRecord, ...]:
    """Parse one message, strictly.

    Raises:
        ValueError: It does not begin with a header or end with a terminator, a record is of an unknown type or stands
            where it may not, or sequence numbers do not rise.
    """
    lines = [line for line in re.split(r"[\r\n]+", text) if line]
    if not lines or not lines[0].startswith("H"):
        raise ValueError("it does not begin with a header record")
    delimiters = _delimiters(lines[0])
    records = [_header(lines[0], delimiters)]
    for number, line in enumerate(lines[1:], 2):
        if line[0] not in _TYPES or line[1:2] not in ("", delimiters.field):
            raise ValueError(f"line {number} is no record")
        if _CONTROL.search(line):
            raise ValueError(f"line {number} holds a control character")
        records.append(AstmRecord(line[0], tuple(_field(part, delimiters) for part in line.split(delimiters.field))))
    _check_order(records)
    return tuple(records)


def write_records(records: tuple[AstmRecord, ...]) -> str:
    """Write a message with the usual delimiters; each record ends with a carriage return."""
    own = Delimiters()
    lines = []
    for record in records:
        start = 2 if record.kind == "H" else 0
        written = [
            own.repeat.join(own.component.join(own.escaped(part) for part in parts) for parts in repeats)
            for repeats in record.fields[start:]
        ]
        head = [f"H{own.field}{own.repeat}{own.component}{own.escape}"] if record.kind == "H" else []
        lines.append(own.field.join([*head, *written]) + "\r")
    return "".join(lines)


def make_record(kind: str, values: dict[int, tuple[str, ...] | str]) -> AstmRecord:
    """Record with some fields; a tuple gives the components of a field."""
    last = max(values, default=1)
    fields: list[tuple[tuple[str, ...], ...]] = [((kind,),)]
    for number in range(2, last + 1):
        value = values.get(number, "")
        fields.append(((value,) if isinstance(value, str) else value,))
    return AstmRecord(kind, tuple(fields))


def encode_frames(text: str, encoding: str = "utf-8") -> tuple[bytes, ...]:
    """Split a message into frames: one or more a record, numbered 1 to 7 and then from 0 again."""
    frames: list[bytes] = []
    for record in (line for line in text.split("\r") if line):
        data = record.encode(encoding) + _CR
        pieces = [data[at : at + _MAX_FRAME_TEXT] for at in range(0, len(data), _MAX_FRAME_TEXT)]
        for number, piece in enumerate(pieces, 1):
            body = b"%d" % ((len(frames) + 1) % 8) + piece + (ETX if number == len(pieces) else ETB)
            frames.append(STX + body + checksum(body) + _CR + _LF)
    return tuple(frames)


def decode_frames(data: bytes) -> bytes:
    """Join the frames of one transmission; data without frames are returned unchanged.

    A frame that was sent twice, with the same number and text, counts once.

    Raises:
        ValueError: A check sum or a frame number is wrong, or something stands between the frames.
    """
    if STX not in data:
        return data
    rest = data.strip(b"\x00\r\n" + ENQ + EOT)
    text, at, last = b"", 0, (0, b"")
    rest += b"" if rest.endswith(_CR + _LF) else _CR + _LF
    while at < len(rest):
        match = _FRAME.match(rest, at)
        if match is None:
            raise ValueError(f"the frame at byte {at} is damaged")
        number, piece = int(match[1]), match[2]
        if checksum(match[1] + piece + match[3]).lower() != match[4].lower():
            raise ValueError(f"the check sum of the frame at byte {at} is wrong")
        if (number, piece) != last:
            if number != (last[0] + 1) % 8:
                raise ValueError(f"a frame is missing before byte {at}")
            text, last = text + piece, (number, piece)
        at = match.end()
        while rest[at : at + 1] in (b"\x06", b"\x15") and at < len(rest):  # answers in a recorded line
            at += 1
    return text


def checksum(body: bytes) -> bytes:
    """Check sum of a frame: from its number to ETX or ETB, modulo 256, as two hexadecimal digits."""
    return b"%02X" % (sum(body) % 256)


def split_messages(text: str) -> tuple[str, ...]:
    """Split a file into messages, each from its header to the next one."""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    messages: list[list[str]] = []
    for line in lines:
        if line.startswith("H") or not messages:
            messages.append([])
        messages[-1].append(line)
    return tuple("\r".join(message) + "\r" for message in messages)


def _delimiters(header: str) -> Delimiters:
    if len(header) < 5 or len(set(header[1:5])) != 4 or any(c.isalnum() or c.isspace() for c in header[1:5]):
        raise ValueError("the header names no four delimiters")
    if len(header) > 5 and header[5] != header[1]:
        raise ValueError("the header names more than four delimiters")
    return Delimiters(header[1], header[2], header[3], header[4])


def _header(line: str, delimiters: Delimiters) -> AstmRecord:
    if _CONTROL.search(line):
        raise ValueError("the header holds a control character")
    rest = line[6:].split(delimiters.field) if len(line) > 5 else []
    named = ((line[1:5],),)
    return AstmRecord("H", (((("H"),),), named, *(_field(part, delimiters) for part in rest)))


def _field(text: str, delimiters: Delimiters) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(delimiters.unescaped(part) for part in repeat.split(delimiters.component))
        for repeat in text.split(delimiters.repeat)
    )


def _check_order(records: list[AstmRecord]) -> None:
    """Check the hierarchy of E1394, 5.1: P in H, O in P, R in O; and that sequence numbers rise."""
    if records[-1].kind != "L":
        raise ValueError("it does not end with a terminator record: it may be cut off")
    parents = {"P": "H", "O": "P", "R": "O", "Q": "H"}
    last: dict[str, int] = {}
    for number, record in enumerate(records[1:], 2):
        kind = record.kind
        if kind == "H" or (kind == "L" and number != len(records)):
            raise ValueError(f"line {number} stands outside a message")
        if kind not in parents:
            continue
        if kind in {"O", "R"} and parents[kind] not in last:
            raise ValueError(f"line {number} belongs to no {'patient' if kind == 'O' else 'order'}")
        sequence = record.text(2)
        if not sequence.isascii() or not sequence.isdigit():
            raise ValueError(f"line {number} has no sequence number")
        if int(sequence) <= last.get(kind, 0):
            raise ValueError(f"the sequence number of line {number} does not rise")
        last[kind] = int(sequence)
        for lower in {"P": ("O", "R"), "O": ("R",)}.get(kind, ()):
            last.pop(lower, None)
