"""Square sections of cell images that show the cells of a slide on one scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leukview.services.review.slide_view import SlideView

CROP_MARGIN = 1.3
"""Side of the section in diameters of a large cell of the slide."""
_LARGE_CELL_PERCENTILE = 90
_FEWEST_MEASURED = 8


def crop_side(view: SlideView) -> int | None:
    """Side in pixels of the square that shows the cells of a slide, all on one scale; None = too few are measured.

    The analyser centres each image on its cell. The diameter is that of a circle with the cell's area.
    """
    areas = [v.prediction.measurement.cell_area_px for v in view.cells if v.prediction]
    areas = [area for area in areas if area > 0]
    if len(areas) < min(_FEWEST_MEASURED, len(view.cells)):
        return None
    diameter = 2 * float(np.sqrt(np.percentile(areas, _LARGE_CELL_PERCENTILE) / np.pi))
    return max(1, round(CROP_MARGIN * diameter / 8)) * 8  # in steps, so that few new cells change nothing


def central_square(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Central square of an image (H×W×3), at most as large as the image."""
    height, width = pixels.shape[:2]
    side = min(side, height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])
