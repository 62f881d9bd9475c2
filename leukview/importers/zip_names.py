"""Names of the entries of a ZIP archive, which need not say in which encoding they are written."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath

from leukview.domain.zip_encodings import ZIP_ENCODINGS

_UTF8_FLAG = 0x800
_UNICODE_PATH_FIELD = 0x7075
"""Extra field of Info-ZIP: version 1, CRC-32 of the raw name, the name in UTF-8."""


def raw_name(entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry's name; `zipfile` has read them as code page 437 or as UTF-8."""
    encoding = "utf-8" if entry.flag_bits & _UTF8_FLAG else "cp437"
    return entry.orig_filename.encode(encoding)


def stated_name(entry: zipfile.ZipInfo) -> str | None:
    """Name of an entry if the archive states its encoding or it is ASCII; None otherwise."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.orig_filename
    raw = raw_name(entry)
    return raw.decode("ascii") if raw.isascii() else _unicode_path(entry.extra, raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Name in an entry's Unicode path field; None without one that belongs to the raw name."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH_FIELD and len(body) > 5 and body[0] == 1:
            if struct.unpack_from("<I", body, 1)[0] != zlib.crc32(raw):
                return None  # the entry was renamed by a program that does not know the field
            try:
                return body[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
        at += 4 + length
    return None


def fitting_encodings(names: Sequence[bytes]) -> tuple[str, ...]:
    """Encodings in which all names can be read, the likeliest first; only UTF-8 where it fits.

    Hardly any text of another encoding is valid UTF-8 by chance.
    """
    if all(_decode(name, "utf-8") is not None for name in names):
        return ("utf-8",)
    costs = {}
    for encoding in ZIP_ENCODINGS:
        texts = [_decode(name, encoding) for name in names]
        if None not in texts:
            costs[encoding] = sum(_unlikeness(text) for text in texts if text) / max(1, sum(map(len, names)))
    return tuple(sorted(costs, key=lambda encoding: costs[encoding]))


def decode_name(raw: bytes, encoding: str) -> str:
    """Read a name; a byte that the encoding does not have becomes ``%XX``, so that names stay apart."""
    text = _decode(raw, encoding)
    return text if text is not None else "".join(chr(b) if b < 0x80 else f"%{b:02X}" for b in raw)


def _decode(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if all(unicodedata.category(letter) not in {"Cc", "Cn", "Co"} for letter in text) else None


def _unlikeness(text: str) -> float:
    """How unlike a name a text is: signs other than those of names, and scripts that change within a word."""
    cost, before = 0.0, ""
    for letter in text:
        script = _script(letter)
        if script == "sign":
            cost += 1.0
        elif script == "half-width":
            cost += 0.5
        elif script in {"latin", "ideograph", "cyrillic"} and before in {"latin", "ideograph", "cyrillic"} - {script}:
            cost += 0.75
        elif script == "latin" and not letter.isascii():
            cost += 0.1
        before = script
    return cost


def _script(letter: str) -> str:
    if letter.isascii():
        return "latin" if letter.isalpha() else "plain" if letter.isdigit() or letter in " /\\_-.,()'+&^=#" else "sign"
    name = unicodedata.name(letter, "")
    if name.startswith("HALFWIDTH"):
        return "half-width"
    if name.startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HANGUL")):
        return "ideograph"
    if name.startswith("CYRILLIC"):
        return "cyrillic"
    return "latin" if letter.isalpha() and name.startswith("LATIN") else "sign"


def normalise_entry_path(name: str) -> str:
    """Normalise an entry's path: forward slashes, no “./”, no doubled slashes, nothing after a NUL."""
    plain = name.split("\0", 1)[0].replace("\\", "/")
    return "/".join(PurePosixPath(plain).parts).replace("//", "/", 1)


def is_decodable(raw: bytes, encoding: str) -> bool:
    """Whether an encoding has all the bytes of a name."""
    return _decode(raw, encoding) is not None
