"""Small pictures for the report: a cell, and a cell under its class-activation map."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Anchor colours of a dark-to-bright sequence whose lightness rises evenly (as in the “inferno” family).
_COLOUR_ANCHORS = np.array(
    [
        (0, 0, 4),
        (40, 11, 84),
        (101, 21, 110),
        (159, 42, 99),
        (212, 72, 66),
        (245, 125, 21),
        (250, 193, 39),
        (252, 255, 164),
    ],
    dtype=np.float32,
)
_MAX_OPACITY = 0.55


def apply_colour_map(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours of values 0..1 (any shape S) as RGB uint8 of shape S×3; values outside are clipped."""
    place = np.clip(values, 0.0, 1.0) * (len(_COLOUR_ANCHORS) - 1)
    low = np.minimum(place.astype(np.int64), len(_COLOUR_ANCHORS) - 2)
    weight = (place - low)[..., None]
    colours: NDArray[np.uint8] = np.rint(
        _COLOUR_ANCHORS[low] * (1 - weight) + _COLOUR_ANCHORS[low + 1] * weight
    ).astype(np.uint8)
    return colours


def _encode_png(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, format="PNG", compress_level=4)  # 3 % larger than the smallest, six times sooner
    return stream.getvalue()


def _central_square(image: NDArray[np.uint8]) -> tuple[Image.Image, tuple[int, int]]:
    """The largest centred square, and its left upper corner in image pixels."""
    height, width = image.shape[:2]
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 2
    return Image.fromarray(image[top : top + side, left : left + side]), (left, top)


class ReportImageRenderer:
    """Pictures without metadata; the cell stands in the middle of a square."""

    def key_cell_png(self, image: NDArray[np.uint8], side: int) -> bytes:
        """The central square of a cell image (RGB, H×W×3) as PNG of `side` × `side` pixels."""
        square, _ = _central_square(image)
        return _encode_png(square.resize((side, side), Image.Resampling.LANCZOS))

    def overlay_png(
        self, image: NDArray[np.uint8], heat: NDArray[np.float32], crop: tuple[int, int, int, int], side: int
    ) -> bytes:
        """The same square with a map (h×w, 0..1, spanning the half-open box `crop` in image pixels) laid over it."""
        square, (x, y) = _central_square(image)
        left, top, right, bottom = crop
        spread = Image.fromarray(heat.astype(np.float32)).resize(
            (right - left, bottom - top), Image.Resampling.BILINEAR
        )
        canvas = Image.new("F", square.size, 0.0)
        canvas.paste(spread, (left - x, top - y))
        values = np.asarray(canvas, dtype=np.float32)
        base = np.asarray(square, dtype=np.float32)
        weight = (_MAX_OPACITY * np.clip(values, 0.0, 1.0))[..., None]
        mixed = base * (1 - weight) + apply_colour_map(values).astype(np.float32) * weight
        return _encode_png(Image.fromarray(mixed.astype(np.uint8)).resize((side, side), Image.Resampling.LANCZOS))
