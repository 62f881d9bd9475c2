"""Takes out of an image what is not the picture: camera, software, comments, thumbnails, what follows its end."""

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
"""JFIF 1.1, no density, no thumbnail: without the segment some decoders guess another colour space."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


class ImageMetadataRemover:
    """Implements `leukview.services.export.cell_archive.MetadataRemover`.

    JPEG and PNG lose their other segments and chunks, and their compressed picture stays byte for byte. Other formats
    become PNG, which loses no pixel. In each case both files are decoded and must give the same pixels.
    """

    def remove_metadata(self, data: bytes) -> StrippedImage:
        """See the port.

        Raises:
            ExportError: The image does not decode.
        """
        pixels = decode_rgb(data)
        for magic, ending, strip in ((b"\xff\xd8", ".jpg", strip_jpeg), (_PNG_SIGNATURE, ".png", strip_png)):
            if data.startswith(magic):
                alone = strip(data)
                if alone is not None and np.array_equal(decode_rgb(alone), pixels):
                    return StrippedImage(alone, ending, reencoded=False)
        stream = BytesIO()
        Image.fromarray(pixels).save(stream, format="PNG")
        return StrippedImage(stream.getvalue(), ".png", reencoded=True)


def strip_jpeg(data: bytes) -> bytes | None:
    """A JPEG (ISO/IEC 10918-1) without application segments and comments; None when its segments do not add up.

    JFIF's segment is replaced by an empty one, Adobe's (APP14) kept: it names the colour transform.
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
    """Where the next marker stands that is no restart and no stuffed byte."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def strip_png(data: bytes) -> bytes | None:
    """A PNG (ISO/IEC 15948) of its critical chunks and transparency; None when its chunks do not add up."""
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
