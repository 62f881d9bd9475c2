"""What is not the picture goes; the picture stays as it is."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from leukview.core.errors import ExportError
from leukview.importers.image_metadata import ImageMetadataRemover, strip_jpeg, strip_png
from leukview.importers.images import decode_rgb
from tests.support.workstation import (
    PATIENT_MARKER,
    jpeg_with_metadata,
    png_with_metadata,
    random_image,
    tiff_with_metadata,
)

CLEAN = ImageMetadataRemover().remove_metadata


def scan_of(data: bytes) -> bytes:
    """A baseline JPEG's entropy-coded picture."""
    start = data.index(b"\xff\xda")
    return data[start : data.index(b"\xff\xd9", start)]


def encode_image(image: Image.Image, form: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, format=form, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0, "quality": 95}, {"restart_marker_rows": 1}]
)
def test_that_a_jpeg_loses_its_metadata_and_no_bit_of_the_picture(options: dict[str, object]):
    data = jpeg_with_metadata(1, **options)
    clean = CLEAN(data)
    assert (clean.suffix, clean.reencoded) == (".jpg", False)
    assert PATIENT_MARKER.encode() not in clean.data
    assert PATIENT_MARKER.encode() in data
    assert b"Exif" not in clean.data
    assert np.array_equal(decode_rgb(clean.data), decode_rgb(data))
    assert scan_of(clean.data) == scan_of(data)
    assert Image.open(BytesIO(clean.data)).getexif() == {}


def test_that_a_cmyk_jpeg_keeps_the_segment_that_names_its_colours():
    data = encode_image(random_image(2).convert("CMYK"), "JPEG")
    assert np.array_equal(decode_rgb(CLEAN(data).data), decode_rgb(data))


def test_that_a_png_loses_its_texts_alone():
    clean = CLEAN(png_with_metadata(3) + PATIENT_MARKER.encode())
    assert (clean.suffix, clean.reencoded) == (".png", False)
    assert PATIENT_MARKER.encode() not in clean.data
    assert np.array_equal(decode_rgb(clean.data), np.asarray(random_image(3)))


@pytest.mark.parametrize("form", ["TIFF", "BMP", "WEBP"])
def test_that_other_forms_become_png_without_loss(form: str):
    data = tiff_with_metadata(4) if form == "TIFF" else encode_image(random_image(4), form)
    clean = CLEAN(data)
    assert (clean.suffix, clean.reencoded) == (".png", True)
    assert PATIENT_MARKER.encode() not in clean.data
    assert np.array_equal(decode_rgb(clean.data), decode_rgb(data))


def test_that_a_palette_keeps_its_colours_and_its_transparency():
    image = random_image(5).quantize(16)
    image.info["transparency"] = 3
    data = encode_image(image, "PNG", transparency=3)
    assert np.array_equal(decode_rgb(CLEAN(data).data), decode_rgb(data))


def test_that_cleaning_twice_changes_nothing():
    for data in (jpeg_with_metadata(6), png_with_metadata(6), tiff_with_metadata(6)):
        once = CLEAN(data).data
        assert CLEAN(once).data == once


def test_that_what_is_no_image_is_refused():
    with pytest.raises(ExportError):
        CLEAN(b"\xff\xd8 no image")


@settings(max_examples=200)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_that_damage_never_breaks_the_reading_of_segments(noise: bytes, at: int):
    for data, alone in ((jpeg_with_metadata(7), strip_jpeg), (png_with_metadata(7), strip_png)):
        place = at % len(data)
        found = alone(data[:place] + noise + data[place:])
        assert found is None or isinstance(found, bytes)
        alone(data[:place])
