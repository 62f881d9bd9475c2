"""Removal of metadata from images: camera, software, comments, thumbnails.

Bytes after the end of the image are removed too.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

from leukview.importers.images import decode_rgb
from leukview.services.export.cell_archive import StrippedImage

_SOI, _EOI, _SOS, _APP0, _APP14, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE, 0xEF, 0xFE
_MARKERS_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_EMPTY_JFIF_SEGMENT = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
"""JFIF 1.1, no density, no thumbnail; without this segment some decoders assume another colour space."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


class ImageMetadataRemover:
    """Implements `leukview.services.export.cell_archive.MetadataRemover`.

    In JPEG and PNG, other segments and chunks are removed and the compressed image data stays byte for byte. Other
    formats become PNG, which is lossless. The result is decoded and must have the same pixels as the original.
    """

    def remove_metadata(self, data: bytes) -> StrippedImage:
        """See `MetadataRemover.remove_metadata`.

        Raises:
            ExportError: The image does not decode.
        """
        pixels = decode_rgb(data)
        for magic, ending, strip in ((b"\xff\xd8", ".jpg", strip_jpeg), (_PNG_SIGNATURE, ".png", strip_png)):
            if data.startswith(magic):
                stripped = strip(data)
                if stripped is not None and np.array_equal(decode_rgb(stripped), pixels):
                    return StrippedImage(stripped, ending, reencoded=False)
        stream = BytesIO()
        Image.fromarray(pixels).save(stream, format="PNG")
        return StrippedImage(stream.getvalue(), ".png", reencoded=True)


def strip_jpeg(data: bytes) -> bytes | None:
    """Copy a JPEG (ISO/IEC 10918-1) without application segments and comments.

    JFIF's segment is replaced by an empty one; Adobe's (APP14) is kept because it names the colour transform.

    Returns:
        The new file; None when the segment lengths are inconsistent.
    """
    out, at, jfif = bytearray(b"\xff\xd8"), 2, False
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _EOI:
            return bytes(out + b"\xff\xd9")
        if marker in _MARKERS_WITHOUT_LENGTH:
            out += data[at : at + 2]
            at += 2
            continue
        if at + 4 > len(data):
            return None
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at + 4 : at + 2 + length]
        end = at + 2 + length
        if length < 2 or end > len(data):
            return None
        if marker == _SOS:
            end = _scan_end(data, end)
            out += data[at:end]
        elif marker == _APP0 and segment.startswith(b"JFIF\0"):
            if not jfif:
                out += b"\xff\xe0" + struct.pack(">H", len(_EMPTY_JFIF_SEGMENT) + 2) + _EMPTY_JFIF_SEGMENT
            jfif = True
        elif (marker == _APP14 and segment.startswith(b"Adobe")) or not (_APP0 <= marker <= _APP15 or marker == _COM):
            out += data[at:end]
        at = end
    return None


def _scan_end(data: bytes, at: int) -> int:
    """Position of the next marker that is neither a restart marker nor a stuffed byte."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def strip_png(data: bytes) -> bytes | None:
    """Copy a PNG (ISO/IEC 15948) with only its critical chunks and transparency.

    Returns:
        The new file; None when a chunk's length or checksum is wrong.
    """
    out, at = bytearray(_PNG_SIGNATURE), len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            return None
        body = data[at + 8 : at + 8 + length]
        if struct.unpack(">I", data[end - 4 : end])[0] != zlib.crc32(kind + body):
            return None
        if kind in _KEPT_PNG_CHUNKS:
            out += data[at:end]
        if kind == b"IEND":
            return bytes(out)
        at = end
    return None
