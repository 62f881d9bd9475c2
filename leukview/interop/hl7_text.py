"""Reading of HL7 v2 text with `python-hl7`: every fault is a `ValueError`, and nothing is logged.

The library's own `unescape` writes fields that it cannot decode, and so names, into the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import hl7

_SEPARATOR_COUNT = 5
_LETTERS = {"F": 0, "S": 1, "R": 2, "E": 3, "T": 4}
"""Escape sequence → position of the separator it stands for, in the header's ``|^~\\&``."""
_BREAKS = frozenset({".br", ".sp", ".in", ".ti", ".sk", ".ce"})


def parse_message(text: str) -> hl7.Message:
    """Parse a message; line ends may be CR, LF or both.

    Raises:
        ValueError: It is none.
    """
    lines = re.sub(r"\r\n|\n", "\r", text.strip()) + "\r"
    if not lines.startswith("MSH"):
        raise ValueError("it does not begin with MSH")
    named, field, _ = lines[4:].split("\r")[0].partition(lines[3])
    separators = lines[3] + named  # 2.7 added a fifth one to MSH-2
    is_too_short = not field or len(separators) < _SEPARATOR_COUNT or len(set(separators)) < len(separators)
    if is_too_short or any(c.isalnum() or c.isspace() or c < " " for c in separators):
        raise ValueError("its header names no five separators")
    try:
        message = hl7.parse(lines)
        message.segment("MSH")  # fails on a line that is no segment
    except (hl7.HL7Exception, LookupError, AssertionError) as error:
        raise ValueError("it is no HL7 message") from error
    return message


def field_text(segment: hl7.Segment, number: int) -> str:
    """Text of a field, with its separators; "" when the segment ends before it."""
    return str(segment[number]).strip() if len(segment) > number else ""


def field_repeats(message: hl7.Message, segment: hl7.Segment, number: int) -> Iterator[list[str]]:
    """Components of each repeat, unescaped; of a component its first sub-component."""
    raw = field_text(segment, number)
    _, component, repeat, _, sub_component = _separators(message)
    for part in raw.split(repeat) if raw else []:
        yield [unescape(message, text.split(sub_component)[0]).strip() for text in part.split(component)]


def unescape(message: hl7.Message, text: str) -> str:
    """Replace the escape sequences of HL7 2.7; formatting becomes a blank, what is not known is left out."""
    separators = _separators(message)
    escape = re.escape(separators[3])

    def replaced(match: re.Match[str]) -> str:
        sequence = match[1]
        if sequence in _LETTERS:
            return separators[_LETTERS[sequence]]
        if sequence[:1] == "X" and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", sequence[1:]):
            return bytes.fromhex(sequence[1:]).decode("utf-8", "replace")
        return " " if sequence[:3] in _BREAKS else ""

    return re.sub(f"{escape}([^{escape}]*){escape}", replaced, text)


def _separators(message: hl7.Message) -> tuple[str, str, str, str, str]:
    """Field, component, repeat, escape and sub-component separator, as in the header."""
    header = message.segment("MSH")
    field, rest = str(header[1]), str(header[2])
    return field, rest[0], rest[1], rest[2], rest[3]
