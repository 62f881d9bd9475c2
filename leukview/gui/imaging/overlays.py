"""Pictures and contours laid over a cell: pure functions from arrays to Qt values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage, QPainterPath, QPolygonF

from leukview.services.ports.inference import NUCLEUS

CELL_COLOUR, NUCLEUS_COLOUR = "#56b4e9", "#f0e442"
"""Okabe and Ito's sky blue and yellow: told apart with any colour vision, and neither is a colour of the stain."""

HEATMAP_MAX_ALPHA = 225
"""Opacity of the hottest point (0..255): the cell stays visible beneath."""

_SMOOTHING_WINDOW = 9  # vertices averaged along a contour: hides the steps of a coarse mask, moves it by about a pixel
_MIN_SMOOTHED_VERTICES = 40  # contours with fewer vertices would shrink visibly

# Seventeen evenly spaced points of viridis (van der Walt and Smith 2015, CC0): perceptually uniform, lightness rises
# throughout, legible with colour-vision deficiencies and in greyscale.
_VIRIDIS = np.array(
    [
        (68, 1, 84),
        (72, 24, 106),
        (71, 45, 123),
        (66, 64, 134),
        (59, 82, 139),
        (51, 99, 141),
        (44, 114, 142),
        (38, 130, 142),
        (33, 145, 140),
        (31, 160, 136),
        (40, 174, 128),
        (63, 188, 115),
        (94, 201, 98),
        (132, 212, 75),
        (173, 220, 48),
        (216, 226, 25),
        (253, 231, 37),
    ],
    np.float32,
)


@dataclass(frozen=True, slots=True)
class Contours:
    """Closed contours in image pixels (a pixel's corner lies at whole numbers); empty paths where nothing was found."""

    cell: QPainterPath
    nucleus: QPainterPath


def to_qimage(image: NDArray[np.uint8]) -> QImage:
    """A picture that owns its bytes.

    Args:
        image: RGB, H×W×3, 0..255; left as it is.

    Raises:
        ValueError: The array has another form.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
        raise ValueError(f"Not an RGB picture: {image.dtype} {image.shape}.")
    height, width, _ = image.shape
    rows = np.ascontiguousarray(image)
    # The copy keeps the picture alive after the array is gone.
    return QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


@dataclass(frozen=True, slots=True)
class DisplayAdjustment:
    """How a picture is displayed; nothing stored or measured ever changes.

    Attributes:
        brightness: Added on the 0..1 scale, -0.5..0.5.
        contrast: Slope about the middle grey, above 0; 1 leaves it.
        gamma: Above 1 lifts the dark parts; 1 leaves them.
    """

    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0

    def lookup_table(self) -> NDArray[np.uint8]:
        """Displayed value of each of the 256 stored ones; the neutral adjustment changes none."""
        straight = (np.arange(256) / 255.0 - 0.5) * self.contrast + 0.5 + self.brightness
        return np.rint(255.0 * np.clip(straight, 0.0, 1.0) ** (1.0 / self.gamma)).astype(np.uint8)


NO_ADJUSTMENT = DisplayAdjustment()


def trace_contours(mask: NDArray[np.uint8]) -> Contours:
    """Contours of the cell and of its nucleus.

    Args:
        mask: H×W of 0 background, 1 cytoplasm, 2 nucleus.

    Returns:
        Vector paths rather than a picture, so that a cosmetic pen keeps the line equally thick at any zoom.
    """
    return Contours(cell=_trace_boundary(mask > 0), nucleus=_trace_boundary(mask == NUCLEUS))


def viridis(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours (…×3, RGB) of values 0..1; values outside are clipped."""
    places = np.clip(values, 0.0, 1.0) * (len(_VIRIDIS) - 1)
    low = np.minimum(places.astype(np.intp), len(_VIRIDIS) - 2)
    part = (places - low)[..., None]
    return np.asarray(np.rint(_VIRIDIS[low] * (1 - part) + _VIRIDIS[low + 1] * part), np.uint8)


def heatmap_image(heatmap: NDArray[np.float32], size: QSize) -> QImage:
    """A map as a picture to lay over a cell.

    Args:
        heat: h×w, 0..1.
        size: Of the picture: the map's crop in image pixels. The map is interpolated linearly to it.

    Returns:
        ARGB, transparent where the map is 0, the more opaque the higher the value (at most `HEATMAP_MAX_ALPHA`).
    """
    if size.isEmpty() or heatmap.size == 0:
        return QImage()
    # A map that is not finite would have been refused by the cache; NaN must still never look hot.
    fine = np.clip(_resize_bilinear(np.nan_to_num(heatmap.astype(np.float32)), size.height(), size.width()), 0.0, 1.0)
    pixels = np.empty((*fine.shape, 4), np.uint8)
    pixels[..., :3] = viridis(fine)
    pixels[..., 3] = np.rint(fine**1.5 * HEATMAP_MAX_ALPHA)  # faint values must not veil the cell
    return QImage(pixels.data, size.width(), size.height(), 4 * size.width(), QImage.Format.Format_RGBA8888).copy()


def _resize_bilinear(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Bilinear resize of h×w, pixel centres at halves."""

    def along(array: NDArray[np.float32], after: int) -> NDArray[np.float32]:
        before = array.shape[0]
        places = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
        low = np.floor(places).astype(np.intp)
        part = (places - low).astype(np.float32)[:, None]
        return np.asarray(array[low] * (1 - part) + array[np.minimum(low + 1, before - 1)] * part, np.float32)

    return along(along(values, height).T, width).T


def _trace_boundary(region: NDArray[np.bool_]) -> QPainterPath:
    """Walks along the pixel edges between inside and outside; the inside lies on the right of each step."""
    padded = np.pad(region, 1)
    inside, outside = padded, ~padded
    following: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    # Corner (x, y) of the padded picture, less the padding, is corner (x - 1, y - 1) of the mask.
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
    """The staircase as the line a person would draw: edge midpoints, averaged along the contour."""
    points = (vertices + np.roll(vertices, -1, 0)) / 2
    if len(points) >= _MIN_SMOOTHED_VERTICES:
        reach = _SMOOTHING_WINDOW // 2
        points = np.asarray(np.mean([np.roll(points, k, 0) for k in range(-reach, reach + 1)], axis=0))
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
