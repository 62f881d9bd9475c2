"""Decoding of images to RGB, and encoding of masks."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import ExportError
from leukview.core.messages import Message
from leukview.importers.passed_over import Passed

PILLOW_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
MAX_PIXELS = 50_000_000
MAX_FRAMES = 100
_SAMPLING_STEP = 8
BLANK_RANGE = 16
"""Least difference between the brightest and the darkest value of a picture that shows something."""
OPAQUE_SHARE = 0.01
"""Least share of opaque pixels of a picture whose transparency is meant."""
_PHOTOMETRIC_TAG, _ORIENTATION_TAG, _SUBFILE_TAG, _REDUCED_COPY = 262, 274, 254, 1
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
    if not data:
        raise ExportError("the file is empty; it may have to be downloaded from the cloud first.")
    try:
        image = Image.open(BytesIO(data), formats=PILLOW_FORMATS)
    except Image.DecompressionBombError as error:
        raise TooLargeError("the image is far too large for one cell.") from error
    except _DECODE_ERRORS as error:
        raise ExportError("it is not a readable image.") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise TooLargeError(
            Message("the image has {width} megapixels, too many for one cell.", width=f"{width * height / 1e6:.0f}")
        )
    return image


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A picture and what has to be told of it.

    Attributes:
        pixels: RGB, H×W×3, 0..255.
        notes: Ways in which the picture is not the whole file, or not quite as the file says.
    """

    pixels: NDArray[np.uint8]
    notes: tuple[Passed, ...]


def decode_rgb(data: bytes) -> NDArray[np.uint8]:
    """Decode an image to RGB, H×W×3, 0..255.

    Transparent pixels become white, unless the whole picture is transparent. Orientation tags are ignored: microscopes
    do not rotate images. Of several pictures the first is decoded.

    Raises:
        ExportError: It does not decode to the end.
        TooLargeError: It has more than 50 megapixels.
    """
    return _decode(data)[0]


def describe_image(data: bytes) -> DecodedImage:
    """Decode an image as `decode_rgb` does, and look for what this leaves out.

    Raises:
        ExportError: See `decode_rgb`.
    """
    pixels, notes = _decode(data)
    if _is_blank(pixels):
        notes.append(Passed.BLANK)
    with _open_image(data) as image:
        if _picture_count(image) > 1:
            notes.append(Passed.SEVERAL_PICTURES)
        if image.format != "TIFF" and _orientation(image) not in {0, 1}:  # Pillow rotates TIFF itself
            notes.append(Passed.ROTATED)
    return DecodedImage(pixels, tuple(notes))


def _decode(data: bytes) -> tuple[NDArray[np.uint8], list[Passed]]:
    notes: list[Passed] = []
    image = _open_image(data)
    try:
        if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
            pixels = _decode_grey(image, notes)
        elif image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
            pixels = _decode_transparent(image, notes)
        else:
            pixels = np.array(image.convert("RGB"), dtype=np.uint8)
    except _DECODE_ERRORS as error:
        raise ExportError("the image is damaged or incomplete.") from error
    return pixels, notes


def _is_blank(pixels: NDArray[np.uint8]) -> bool:
    """Whether no two pixels (H×W×3) differ by `BLANK_RANGE` in one of the colours."""
    some = pixels[::_SAMPLING_STEP, ::_SAMPLING_STEP]  # nearly every image shows its range in a few pixels
    return not any(_has_range(part) for part in (some, pixels))


def _has_range(pixels: NDArray[np.uint8]) -> bool:
    extrema = Image.fromarray(np.ascontiguousarray(pixels)).getextrema()
    return any(int(high) - int(low) >= BLANK_RANGE for low, high in extrema)  # type: ignore[misc]


def _decode_grey(image: Image.Image, notes: list[Passed]) -> NDArray[np.uint8]:
    """Grey of more than 8 bits, scaled to its brightest pixel."""
    values = np.asarray(image, dtype=np.float64)
    missing = ~np.isfinite(values)
    if missing.all():
        raise ExportError("none of its pixels has a value.")
    known = values[~missing]
    low, high = min(float(known.min()), 0.0), float(known.max())
    grey = _scaled(values, low, high)
    if np.ptp(grey[~missing]) < BLANK_RANGE < 255 * np.ptp(known) / max(high - low, 1.0) or _has_outliers(
        grey, missing
    ):
        low, high = (float(edge) for edge in np.percentile(known, (0.5, 99.5)))
        grey = _scaled(values, low, high)
    if missing.any():
        notes.append(Passed.NO_VALUES)
        grey[missing] = 0
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16") and tags.get(_PHOTOMETRIC_TAG) == 0:  # white is zero
        grey = 255 - grey
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        is_clear = values == clear
        if np.mean(is_clear) > 1 - OPAQUE_SHARE:
            notes.append(Passed.TRANSPARENT)
        else:
            grey[is_clear] = 255
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


def _scaled(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    share = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / max(
        high - low, 1.0 if low == 0 else 1e-12
    )
    return (np.clip(share, 0.0, 1.0) * 255.0).astype(np.uint8)


def _has_outliers(grey: NDArray[np.uint8], missing: NDArray[np.bool_]) -> bool:
    """Whether a few bright pixels leave next to no grey for all others."""
    return float(np.percentile(grey[~missing], 99.5)) < BLANK_RANGE <= int(grey.max())


def _decode_transparent(image: Image.Image, notes: list[Passed]) -> NDArray[np.uint8]:
    """A picture over white; as if it were opaque where nothing else would be left of it."""
    if image.mode == "RGB":  # the clear colour may have 16 bits, which Pillow does not expect
        pixels = np.array(image, dtype=np.uint8)
        clear = image.info["transparency"]
        is_clear = (
            (pixels == np.array(clear)).all(axis=2) if isinstance(clear, tuple) else np.zeros(pixels.shape[:2], bool)
        )
        alpha = np.where(is_clear, 0, 255).astype(np.uint8)
    else:
        layers = np.array(image.convert("RGBA"), dtype=np.uint8)
        pixels, alpha = layers[:, :, :3], layers[:, :, 3]
    if np.mean(alpha >= 128) < OPAQUE_SHARE and not _is_blank(pixels):
        notes.append(Passed.TRANSPARENT)
        return np.ascontiguousarray(pixels)
    picture = Image.fromarray(np.dstack([pixels, alpha]), "RGBA")
    over_white = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.array(over_white.convert("RGB"), dtype=np.uint8)


def _picture_count(image: Image.Image) -> int:
    """Number of pictures in a file; smaller copies of a TIFF's picture do not count."""
    try:
        frames = min(int(getattr(image, "n_frames", 1)), MAX_FRAMES)
        if image.format != "TIFF" or frames == 1:
            return frames
        count = 0
        for frame in range(frames):
            image.seek(frame)
            count += not int(getattr(image, "tag_v2", {}).get(_SUBFILE_TAG, 0)) & _REDUCED_COPY
    except _DECODE_ERRORS:
        return 1
    return count


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except (*_DECODE_ERRORS, RecursionError):
        return 1


def save_mask_png(path: Path, mask: NDArray[np.uint8]) -> None:
    """Write a mask (H×W, 0/1/2) as an 8-bit grey PNG.

    Raises:
        ExportError: It cannot be written.
    """
    try:
        Image.fromarray(mask).save(path, format="PNG")
    except OSError as error:
        raise ExportError(
            Message("The mask “{path}” cannot be saved: {reason}.", path=path.name, reason=error.strerror)
        ) from error


def encode_mask_png(mask: NDArray[np.uint8]) -> bytes:
    """Encode a mask (H×W, 0/1/2) as an 8-bit grey PNG."""
    stream = BytesIO()
    Image.fromarray(mask).save(stream, format="PNG")
    return stream.getvalue()
