"""Decoding of images to RGB, and encoding of masks."""

from __future__ import annotations

import struct
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import ExportError
from leukview.core.messages import Message

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})
PILLOW_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
MAX_PIXELS = 50_000_000
# Pillow warns about odd files; we read them as far as possible, or refuse them with our own message.
warnings.filterwarnings("ignore", module=r"PIL\.")


_DECODE_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    struct.error,
)
"""Exceptions that Pillow's decoders raise, or may raise, on malformed data."""


class TooLargeError(ExportError):
    """The image has more pixels than any cell or overview image."""


def _open_image(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=PILLOW_FORMATS)
    except Image.DecompressionBombError as error:
        raise TooLargeError("the image is far too large for a cell.") from error
    except _DECODE_ERRORS as error:
        raise ExportError("it is not an image that can be read.") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise TooLargeError(
            Message("the image has {width} megapixels, too many for a cell.", width=f"{width * height / 1e6:.0f}")
        )
    return image


def decode_rgb(data: bytes) -> NDArray[np.uint8]:
    """Decode an image to RGB, H×W×3, 0..255.

    Transparent pixels become white. Orientation tags are ignored: microscopes do not rotate images.

    Raises:
        ExportError: It does not decode to the end.
        TooLargeError: It has more than 50 megapixels.
    """
    image = _open_image(data)
    try:
        if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image.convert("RGBA"))
        elif image.mode.startswith("I;16") or image.mode in {"I", "F"}:
            values = np.asarray(image, dtype=np.float64)
            image = Image.fromarray((values * (255.0 / max(values.max(), 1.0))).astype(np.uint8))
        return np.array(image.convert("RGB"), dtype=np.uint8)
    except _DECODE_ERRORS as error:
        raise ExportError("the image is damaged or cut off.") from error


def save_mask_png(path: Path, mask: NDArray[np.uint8]) -> None:
    """Write a mask (H×W, 0/1/2) as an 8-bit grey PNG.

    Raises:
        ExportError: It cannot be written.
    """
    try:
        Image.fromarray(mask).save(path, format="PNG")
    except OSError as error:
        raise ExportError(
            Message("The mask “{path}” cannot be written: {reason}.", path=path.name, reason=error.strerror)
        ) from error


def encode_mask_png(mask: NDArray[np.uint8]) -> bytes:
    """Encode a mask (H×W, 0/1/2) as an 8-bit grey PNG."""
    stream = BytesIO()
    Image.fromarray(mask).save(stream, format="PNG")
    return stream.getvalue()
