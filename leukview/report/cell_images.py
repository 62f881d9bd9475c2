"""Images for the report: cells, and cells under their class-activation map."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.heatmap import resize_bilinear, viridis

_MAX_OPACITY = 0.55


def _encode_png(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, format="PNG", compress_level=4)  # 3 % larger than at level 9, but six times faster
    return stream.getvalue()


def _central_square(image: NDArray[np.uint8]) -> tuple[Image.Image, tuple[int, int]]:
    """The largest centred square, and its upper left corner in image pixels."""
    height, width = image.shape[:2]
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 2
    return Image.fromarray(image[top : top + side, left : left + side]), (left, top)


class ReportImageRenderer:
    """Implements the `ReportImageEncoder` port: square PNG images without metadata."""

    def key_cell_png(self, image: NDArray[np.uint8], side: int) -> bytes:
        """Central square of a cell image (RGB, H×W×3) as PNG, `side` × `side` pixels."""
        square, _ = _central_square(image)
        return _encode_png(square.resize((side, side), Image.Resampling.LANCZOS))

    def overlay_png(
        self, image: NDArray[np.uint8], heat: NDArray[np.float32], crop: tuple[int, int, int, int], side: int
    ) -> bytes:
        """The same square under a class-activation map.

        Args:
            image: RGB, H×W×3.
            heat: h×w, 0..1; spans `crop`.
            crop: Half-open box (left, top, right, bottom) in image pixels.
            side: Side of the PNG in pixels.
        """
        square, (x, y) = _central_square(image)
        left, top, right, bottom = crop
        resized = Image.fromarray(resize_bilinear(heat.astype(np.float32), bottom - top, right - left))
        canvas = Image.new("F", square.size, 0.0)
        canvas.paste(resized, (left - x, top - y))
        values = np.asarray(canvas, dtype=np.float32)
        base = np.asarray(square, dtype=np.float32)
        weight = (_MAX_OPACITY * np.clip(values, 0.0, 1.0))[..., None]
        mixed = base * (1 - weight) + viridis(values).astype(np.float32) * weight
        return _encode_png(Image.fromarray(mixed.astype(np.uint8)).resize((side, side), Image.Resampling.LANCZOS))
