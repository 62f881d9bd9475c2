import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from leukview.core.heatmap import viridis
from leukview.report.cell_images import ReportImageRenderer

CROP = (10, 10, 50, 50)


def open_image(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def cell(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    """Grey, with a red square in the middle of the image."""
    image = np.full((height, width, 3), 128, np.uint8)
    half = min(height, width) // 8
    image[height // 2 - half : height // 2 + half, width // 2 - half : width // 2 + half] = (255, 0, 0)
    return image


@pytest.mark.parametrize("shape", [(60, 80), (80, 60), (363, 360), (33, 33)])
def test_that_a_key_cell_is_the_central_square(shape: tuple[int, int]):
    image = open_image(ReportImageRenderer().key_cell_png(cell(*shape), 64))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (64, 64))
    pixels = np.asarray(image).astype(int)
    assert pixels[32, 32].tolist() == [255, 0, 0]
    assert abs(pixels[2, 2] - 128).max() <= 1


def test_that_pictures_carry_no_metadata():
    heat = np.ones((7, 7), np.float32)
    for png in (
        ReportImageRenderer().key_cell_png(cell(), 32),
        ReportImageRenderer().overlay_png(cell(), heat, CROP, 32),
    ):
        assert open_image(png).info == {}
        names = {png[i + 4 : i + 8] for i in _chunks(png)}
        assert names == {b"IHDR", b"IDAT", b"IEND"}


def _chunks(png: bytes) -> list[int]:
    places, at = [], 8
    while at < len(png):
        places.append(at)
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    return places


def test_that_the_same_cell_gives_the_same_bytes():
    assert ReportImageRenderer().key_cell_png(cell(), 48) == ReportImageRenderer().key_cell_png(cell(), 48)


def test_that_a_cold_map_leaves_the_cell_as_it_is():
    plain = open_image(ReportImageRenderer().key_cell_png(cell(), 64))
    cold = open_image(ReportImageRenderer().overlay_png(cell(), np.zeros((7, 7), np.float32), CROP, 64))
    assert np.array_equal(np.asarray(plain), np.asarray(cold))


def test_that_heat_shows_where_it_is_and_nowhere_else():
    heat = np.zeros((4, 4), np.float32)
    heat[0, 0] = 1.0
    image = np.full((60, 60, 3), 128, np.uint8)
    pixels = np.asarray(open_image(ReportImageRenderer().overlay_png(image, heat, (20, 20, 60, 60), 60))).astype(int)
    difference = np.abs(pixels - 128).sum(axis=2)
    assert difference[23:28, 23:28].min() > 40
    assert difference[:18].max() == 0
    assert difference[:, :18].max() == 0
    assert difference[45:, 45:].max() == 0


def test_that_a_map_of_a_crop_beyond_the_central_square_is_cut_there():
    heat = np.ones((5, 5), np.float32)
    pixels = np.asarray(open_image(ReportImageRenderer().overlay_png(cell(60, 80), heat, (0, 0, 80, 60), 60))).astype(
        int
    )
    assert np.abs(pixels[5, 5] - 128).sum() > 60
    assert np.abs(pixels[55, 55] - 128).sum() > 60


def test_that_the_colours_grow_evenly_lighter():
    colours = viridis(np.linspace(0, 1, 60, dtype=np.float32)).astype(float)
    lightness = colours @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > 0).all()
    assert lightness[-1] - lightness[0] == pytest.approx(200, abs=5)  # from dark violet to yellow


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=30))
def test_that_values_outside_take_the_end_colours(values: list[float]):
    wild = np.array(values, np.float32)
    colours = viridis(wild)
    assert colours.shape == (len(values), 3)
    assert colours.dtype == np.uint8
    assert np.array_equal(colours, viridis(np.clip(wild, 0, 1)))
