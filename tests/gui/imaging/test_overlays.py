"""Contours and maps as Qt values."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor

from leukview.core.heatmap import viridis
from leukview.gui.imaging.overlays import HEATMAP_MAX_ALPHA, heatmap_image, to_qimage, trace_contours


def disc(side: int, radius: float, value: int = 1) -> np.ndarray:
    y, x = np.mgrid[:side, :side] + 0.5
    return np.where((x - side / 2) ** 2 + (y - side / 2) ** 2 <= radius**2, value, 0).astype(np.uint8)


def area(path) -> float:
    """Of the first closed contour, by the shoelace formula."""
    points = [(p.x(), p.y()) for p in path.toFillPolygons()[0]]
    return float(abs(sum(a * d - c * b for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True)))) / 2


def test_that_a_picture_keeps_its_pixels_when_the_array_changes():
    pixels = np.zeros((3, 5, 3), np.uint8)
    pixels[1, 4] = (10, 20, 30)
    picture = to_qimage(pixels)
    pixels[:] = 255
    assert (picture.width(), picture.height()) == (5, 3)
    assert picture.pixelColor(4, 1) == QColor(10, 20, 30)
    assert picture.pixelColor(0, 0) == QColor(0, 0, 0)


def test_that_a_strided_picture_is_read_in_its_own_order():
    pixels = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)[::2, ::2]
    picture = to_qimage(pixels)
    assert picture.pixelColor(3, 2) == QColor(*(int(v) for v in pixels[2, 3]))


@pytest.mark.parametrize("wrong", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_that_what_is_no_rgb_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="Not an RGB picture"):
        to_qimage(wrong)


def test_that_the_contours_enclose_the_cell_and_its_nucleus():
    mask = disc(100, 40) + disc(100, 20)
    contours = trace_contours(mask)
    assert area(contours.cell) == pytest.approx((mask > 0).sum(), rel=0.02)
    assert area(contours.nucleus) == pytest.approx((mask == 2).sum(), rel=0.03)
    assert contours.cell.contains(QPointF(50, 15))
    assert not contours.nucleus.contains(QPointF(50, 15))
    assert contours.nucleus.contains(QPointF(50, 50))


def test_that_the_contour_lies_on_the_edge_of_the_mask_within_a_pixel():
    mask = disc(100, 30)
    for element in (trace_contours(mask).cell.elementAt(i) for i in range(trace_contours(mask).cell.elementCount())):
        assert np.hypot(element.x - 50, element.y - 50) == pytest.approx(30, abs=1.0)


def test_that_a_cell_at_the_border_has_a_closed_contour():
    mask = np.ones((12, 20), np.uint8)
    bounds = trace_contours(mask).cell.boundingRect()
    assert bounds.left() == pytest.approx(0, abs=0.5)
    assert bounds.right() == pytest.approx(20, abs=0.5)
    assert bounds.bottom() == pytest.approx(12, abs=0.5)


def test_that_holes_and_islands_have_contours_of_their_own():
    mask = np.zeros((30, 60), np.uint8)
    mask[5:25, 5:25] = 1
    mask[12:18, 12:18] = 0
    mask[5:25, 35:55] = 1
    cell = trace_contours(mask).cell
    assert len(cell.toSubpathPolygons()) == 3
    assert not cell.contains(QPointF(15, 15))
    assert cell.contains(QPointF(8, 8))
    assert cell.contains(QPointF(45, 15))


def test_that_cells_that_touch_at_a_corner_are_traced_to_the_end():
    mask = np.zeros((4, 4), np.uint8)
    mask[1, 1] = mask[2, 2] = 1
    bounds = trace_contours(mask).cell.boundingRect()
    assert (bounds.left(), bounds.right()) == (1.0, 3.0)


def test_that_no_cell_gives_empty_contours():
    contours = trace_contours(np.zeros((10, 10), np.uint8))
    assert contours.cell.isEmpty()
    assert contours.nucleus.isEmpty()


def test_that_the_colours_are_those_of_viridis_and_grow_lighter():
    from matplotlib import colormaps

    values = np.linspace(0, 1, 101, dtype=np.float32)
    ours = viridis(values).astype(int)
    theirs = (np.array(colormaps["viridis"](values))[:, :3] * 255).astype(int)
    assert np.abs(ours - theirs).max() <= 5
    assert np.all(np.diff(ours @ [0.2126, 0.7152, 0.0722]) > -0.5)


def test_that_a_map_is_clear_where_it_is_zero_and_strongest_where_it_is_one():
    heat = np.zeros((4, 4), np.float32)
    heat[1, 2] = 1.0
    picture = heatmap_image(heat, QSize(40, 40))
    assert (picture.width(), picture.height()) == (40, 40)
    assert picture.pixelColor(2, 38).alpha() == 0
    peak = max(((x, y) for x in range(40) for y in range(40)), key=lambda p: picture.pixelColor(*p).alpha())
    assert 20 <= peak[0] < 30
    assert 10 <= peak[1] < 20
    assert picture.pixelColor(*peak).alpha() > 0.85 * HEATMAP_MAX_ALPHA


def test_that_opacity_rises_with_the_value():
    ramp = np.tile(np.linspace(0, 1, 16, dtype=np.float32), (2, 1))
    picture = heatmap_image(ramp, QSize(64, 4))
    alphas = [picture.pixelColor(x, 1).alpha() for x in range(64)]
    assert alphas == sorted(alphas)
    assert alphas[0] == 0
    assert alphas[-1] == HEATMAP_MAX_ALPHA


def test_that_values_out_of_range_are_clipped_and_missing_ones_are_clear():
    picture = heatmap_image(np.array([[np.nan, -3.0], [7.0, 7.0]], np.float32), QSize(2, 2))
    assert picture.pixelColor(0, 0).alpha() == 0
    assert picture.pixelColor(1, 0).alpha() == 0
    assert picture.pixelColor(1, 1).alpha() == HEATMAP_MAX_ALPHA


def test_that_an_empty_crop_gives_no_picture():
    assert heatmap_image(np.ones((2, 2), np.float32), QSize(0, 5)).isNull()
