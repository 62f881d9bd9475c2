"""Image files without whatever is not the picture: no camera, place, time, name or comment goes along.

Nothing is encoded again where the format allows it: the parts are left out byte by byte, the pixels stay as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image

from leukview.core.errors import ExportError

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PICTURE = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
_WEBP_PICTURE = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
_WEBP_EXIF_AND_XMP = 0x0C
_JPEG_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_JPEG_KEPT = {0xE0, 0xE2, 0xEE}  # JFIF, colour profile, Adobe's colour transform: the picture depends on them
_JPEG_SCAN, _JPEG_COMMENT = 0xDA, 0xFE


def without_metadata(content: bytes) -> tuple[bytes, str]:
    """The image file without metadata, and the ending that its name should have.

    JPEG, PNG and WebP lose the parts that hold them; BMP has none; any other format becomes PNG, without loss.

    Raises:
        ExportError: It is no image that can be read.
    """
    try:
        if content[:3] == b"\xff\xd8\xff":
            return b"".join(_jpeg(content)), ".jpg"
        if content[:8] == _PNG:
            return _PNG + b"".join(_png(content)), ".png"
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            body = b"WEBP" + b"".join(_webp(content))
            return b"RIFF" + len(body).to_bytes(4, "little") + body, ".webp"
        if content[:2] == b"BM":
            return content, ".bmp"
        with Image.open(io.BytesIO(content)) as picture:
            stream = io.BytesIO()
            Image.fromarray(np.asarray(picture.convert("RGB"))).save(stream, "PNG")
            return stream.getvalue(), ".png"
    except (OSError, ValueError, IndexError, SyntaxError) as error:
        raise ExportError("An image cannot be read.", "Open its folder again.") from error


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _JPEG_ALONE:
            yield content[at : at + 2]
            at += 2
            continue
        if marker == _JPEG_SCAN:
            end = content.rfind(b"\xff\xd9")
            yield content[at : end + 2 if end > at else len(content)]  # what follows the picture's end is none
            return
        length = 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 4 or at + length > len(content):
            raise ValueError("a segment is cut")
        application = 0xE0 <= marker <= 0xEF
        if marker != _JPEG_COMMENT and (not application or marker in _JPEG_KEPT):
            yield content[at : at + length]
        at += length
    raise ValueError("no picture")


def _png(content: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 12 <= len(content):
        length = 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if kind in _PNG_PICTURE:
            yield content[at : at + length]
        if kind == b"IEND":
            return
        at += length
    raise ValueError("no end")


def _webp(content: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        chunk = content[at : at + 8 + size + size % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_EXIF_AND_XMP]) + chunk[9:]
        if kind in _WEBP_PICTURE:
            yield chunk
        at += len(chunk)
