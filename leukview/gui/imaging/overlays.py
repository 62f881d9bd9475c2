"""Contours and heat maps over a cell image: functions from arrays to Qt values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage, QPainterPath, QPolygonF

from leukview.core.heatmap import resize_bilinear, viridis
from leukview.services.ports.inference import NUCLEUS

CELL_COLOUR, NUCLEUS_COLOUR = "#56b4e9", "#f0e442"
"""Sky blue and yellow of Okabe and Ito: distinct with any colour vision, and not colours of the stain."""

HEATMAP_MAX_ALPHA = 225
"""Alpha of the highest value (0..255): the cell stays visible below."""

_SMOOTHING_WINDOW = 9  # vertices averaged along a contour: smooths pixel steps, moves it by about 1 px
_MIN_SMOOTHED_VERTICES = 40  # contours with fewer vertices would shrink visibly


@dataclass(frozen=True, slots=True)
class Contours:
    """Closed contours in image pixels; empty paths where the region is empty.

    Integer coordinates are pixel corners.
    """

    cell: QPainterPath
    nucleus: QPainterPath


def to_qimage(image: NDArray[np.uint8]) -> QImage:
    """Convert an array to a `QImage` that owns its data.

    Args:
        image: RGB, H×W×3, 0..255; not modified.

    Raises:
        ValueError: The array has another shape or type.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
        raise ValueError(f"Not an RGB picture: {image.dtype} {image.shape}.")
    height, width, _ = image.shape
    rows = np.ascontiguousarray(image)
    # Copy: the QImage would otherwise refer to the memory of the array.
    return QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


@dataclass(frozen=True, slots=True)
class DisplayAdjustment:
    """Brightness, contrast and gamma of the display; stored pixels are not changed.

    Attributes:
        brightness: Added on the scale 0..1; -0.5..0.5, 0 is neutral.
        contrast: Slope around middle grey, above 0; 1 is neutral.
        gamma: Exponent 1/gamma, above 0: values above 1 brighten dark parts; 1 is neutral.
    """

    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0

    def lookup_table(self) -> NDArray[np.uint8]:
        """Displayed value of each of the 256 stored values, (256,)."""
        linear = (np.arange(256) / 255.0 - 0.5) * self.contrast + 0.5 + self.brightness
        return np.rint(255.0 * np.clip(linear, 0.0, 1.0) ** (1.0 / self.gamma)).astype(np.uint8)


NO_ADJUSTMENT = DisplayAdjustment()


def trace_contours(mask: NDArray[np.uint8]) -> Contours:
    """Trace the contours of the cell and of its nucleus.

    Args:
        mask: H×W: 0 background, 1 cytoplasm, 2 nucleus.

    Returns:
        Vector paths, to be drawn with a cosmetic pen: lines equally thick at any zoom.
    """
    return Contours(cell=_trace_boundary(mask > 0), nucleus=_trace_boundary(mask == NUCLEUS))


def heatmap_image(heatmap: NDArray[np.float32], size: QSize) -> QImage:
    """Colour a class-activation map as an image to draw over a cell.

    Args:
        heatmap: h×w, 0..1; NaN counts as 0.
        size: Size of the map's crop in image pixels; the map is resized to it bilinearly.

    Returns:
        RGBA; alpha grows with the value from 0 to `HEATMAP_MAX_ALPHA`. A null image if map or size is empty.
    """
    if size.isEmpty() or heatmap.size == 0:
        return QImage()
    # The cache rejects maps that are not finite; still, NaN must never be shown as a high value.
    fine = np.clip(resize_bilinear(np.nan_to_num(heatmap.astype(np.float32)), size.height(), size.width()), 0.0, 1.0)
    pixels = np.empty((*fine.shape, 4), np.uint8)
    pixels[..., :3] = viridis(fine)
    pixels[..., 3] = np.rint(fine**1.5 * HEATMAP_MAX_ALPHA)  # low values must not cover the cell
    return QImage(pixels.data, size.width(), size.height(), 4 * size.width(), QImage.Format.Format_RGBA8888).copy()


def _trace_boundary(region: NDArray[np.bool_]) -> QPainterPath:
    """Follow the pixel edges between inside and outside, with the inside on the right."""
    padded = np.pad(region, 1)
    inside, outside = padded, ~padded
    following: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    # Corner (x, y) of the padded mask is corner (x - 1, y - 1) of the mask.
    for neighbour, begin, end in (
        ((-1, 0), (0, 0), (1, 0)),  # outside above: walk right along the upper edge
        ((0, 1), (1, 0), (1, 1)),  # outside to the right: walk down
        ((1, 0), (1, 1), (0, 1)),  # outside below: walk left
        ((0, -1), (0, 1), (0, 0)),  # outside to the left: walk up
    ):
        edge = inside & np.roll(outside, (-neighbour[0], -neighbour[1]), (0, 1))
        for y, x in np.argwhere(edge) - 1:
            following[int(x) + begin[0], int(y) + begin[1]].append((int(x) + end[0], int(y) + end[1]))
    path = QPainterPath()
    while following:
        start = next(iter(following))
        loop, here = [], start
        while True:
            loop.append(here)
            ends = following[here]
            there = ends.pop()
            if not ends:
                del following[here]
            here = there
            if here == start:
                break
        path.addPolygon(_smooth_contour(np.array(loop, np.float64)))
        path.closeSubpath()
    return path


def _smooth_contour(vertices: NDArray[np.float64]) -> QPolygonF:
    """Smooth a staircase contour: edge midpoints, then a moving average along it.

    Contours with few vertices are not averaged: they would shrink visibly.
    """
    points = (vertices + np.roll(vertices, -1, 0)) / 2
    if len(points) >= _MIN_SMOOTHED_VERTICES:
        reach = _SMOOTHING_WINDOW // 2
        points = np.asarray(np.mean([np.roll(points, k, 0) for k in range(-reach, reach + 1)], axis=0))
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
