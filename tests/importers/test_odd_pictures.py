"""A picture is what it shows, or it is told; never a black or white square that nobody mentions."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from leukview.domain.slide import Problem, ProblemKind
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.images import decode_rgb
from tests.support.export_examples import assert_sentence, image_bytes, read_export, read_slide, write_files

SIDE = 48
Y, X = np.mgrid[0:SIDE, 0:SIDE]
RAMP = ((X + Y) * 255 // (2 * SIDE - 2)).astype(np.uint8)
COLOURS = np.dstack([RAMP, RAMP[:, ::-1], RAMP[::-1]])


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=kind, **options)
    return stream.getvalue()


def with_alpha(alpha: int, kind: str = "PNG", **options: object) -> bytes:
    return encoded(Image.fromarray(np.dstack([COLOURS, np.full((SIDE, SIDE), alpha, np.uint8)])), kind, **options)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_16_bit(values: NDArray[np.uint16], colour_type: int, clear: bytes) -> bytes:
    """A PNG of 16 bits per sample with a transparent value, which Pillow cannot write."""
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    chunks = (b"IHDR", header), (b"tRNS", clear), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in chunks)


def float_tiff(values: NDArray[np.floating]) -> bytes:
    return encoded(Image.fromarray(values.astype(np.float32)), "TIFF")


def grey_16(factor: float) -> NDArray[np.uint16]:
    values: NDArray[np.uint16] = (RAMP.astype(np.float64) * factor).astype(np.uint16)
    return values


def holed(hole: float, factor: float = 1.0) -> NDArray[np.float64]:
    values: NDArray[np.float64] = RAMP.astype(np.float64) * factor
    values[10:14, 10:14] = hole
    return values


GREY, COLOUR = "grey", "colour"
PARTLY = ProblemKind.PARTLY_READ


def grey_and_clear() -> bytes:
    return encoded(Image.merge("LA", (Image.fromarray(RAMP), Image.new("L", (SIDE, SIDE), 0))), "PNG")


def clear_palette() -> bytes:
    return encoded(Image.fromarray(COLOURS).quantize(200), "PNG", transparency=bytes(256))


def colours_16_bit(factor: int, clear: bytes) -> bytes:
    return png_16_bit(COLOURS.astype(np.uint16) * factor, 2, clear)


ODD: list[tuple[str, Callable[[], bytes], str, ProblemKind | None]] = [
    ("alpha zero everywhere.png", lambda: with_alpha(0), COLOUR, PARTLY),
    ("alpha one everywhere.png", lambda: with_alpha(1), COLOUR, PARTLY),
    ("alpha zero everywhere.tif", lambda: with_alpha(0, "TIFF"), COLOUR, PARTLY),
    ("alpha zero everywhere.webp", lambda: with_alpha(0, "WEBP", lossless=True, exact=True), COLOUR, PARTLY),
    ("grey and alpha zero.png", grey_and_clear, GREY, PARTLY),
    ("16 bits with transparency.png", lambda: png_16_bit(grey_16(200), 0, struct.pack(">H", 65000)), GREY, None),
    ("16 bits, colours.png", lambda: colours_16_bit(257, struct.pack(">HHH", 65535, 1, 2)), COLOUR, None),
    ("float with NaN.tif", lambda: float_tiff(holed(np.nan)), GREY, PARTLY),
    ("float with infinity.tif", lambda: float_tiff(holed(np.inf)), GREY, PARTLY),
    ("float with a hot pixel.tif", lambda: float_tiff(np.where((X == 3) & (Y == 3), 1e9, RAMP)), GREY, None),
    ("float from nought to one.tif", lambda: float_tiff(RAMP / 255.0), GREY, None),
    ("float around nought.tif", lambda: float_tiff(RAMP / 127.5 - 1.0), GREY, None),
    ("twelve bits in sixteen.tif", lambda: encoded(Image.fromarray(grey_16(16)), "TIFF"), GREY, None),
    ("cmyk.jpg", lambda: encoded(Image.fromarray(COLOURS).convert("CMYK"), "JPEG", quality=95), COLOUR, None),
    ("cmyk.tif", lambda: encoded(Image.fromarray(COLOURS).convert("CMYK"), "TIFF"), COLOUR, None),
    ("palette, all transparent.png", clear_palette, COLOUR, PARTLY),
    ("palette.png", lambda: encoded(Image.fromarray(COLOURS).quantize(200), "PNG"), COLOUR, None),
]


def difference(pixels: NDArray[np.uint8], wanted: str) -> float:
    """Mean difference to the drawn picture, apart from a factor and an offset of its grey."""
    truth = COLOURS.astype(float) if wanted == COLOUR else np.repeat(RAMP[:, :, None], 3, axis=2).astype(float)
    return float(np.median(np.abs(pixels.astype(float) - truth)))


def slide_problems(taxonomy: Taxonomy, tmp_path: Path, name: str, data: bytes) -> tuple[Problem, ...]:
    files = {"plain.png": image_bytes(1, suffix=".png"), name: data}
    return read_slide(taxonomy, write_files(tmp_path / "p", files)).problems


@pytest.mark.parametrize(("name", "make", "wanted", "kind"), ODD, ids=[name for name, *_ in ODD])
def test_that_an_odd_picture_is_what_it_shows(
    tmp_path: Path, taxonomy: Taxonomy, name: str, make: Callable[[], bytes], wanted: str, kind: ProblemKind | None
):
    data = make()
    assert difference(decode_rgb(data), wanted) < 12
    problems = slide_problems(taxonomy, tmp_path, name, data)
    assert [p.kind for p in problems] == ([kind] if kind else [])
    for problem in problems:
        assert_sentence(problem.message)
        assert f"“{name}”" in problem.message


def test_that_a_part_that_is_transparent_is_white_also_with_sixteen_bits():
    values = grey_16(200)
    values[:8, :8] = 77
    decoded = decode_rgb(png_16_bit(values, 0, struct.pack(">H", 77)))
    assert (decoded[:8, :8] == 255).all()
    assert difference(decoded, GREY) < 60


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("white.png", encoded(Image.new("RGB", (30, 30), "white"), "PNG")),
        ("black.bmp", encoded(Image.new("RGB", (30, 30)), "BMP")),
        ("clear.png", encoded(Image.new("RGBA", (30, 30), (9, 9, 9, 0)), "PNG")),
        ("dark, twelve bits in sixteen.png", colours_16_bit(8, bytes(6))),
    ],
)
def test_that_a_picture_of_one_colour_is_told(tmp_path: Path, taxonomy: Taxonomy, name: str, data: bytes):
    problems = slide_problems(taxonomy, tmp_path, name, data)
    assert ProblemKind.BLANK in {p.kind for p in problems}


def test_that_a_picture_without_any_value_is_refused(tmp_path: Path, taxonomy: Taxonomy):
    (problem,) = slide_problems(taxonomy, tmp_path, "nan.tif", float_tiff(np.full((9, 9), np.nan)))
    assert problem.kind is ProblemKind.UNDECODABLE
    assert problem.message == "“nan.tif”: none of its pixels has a value."


def frames(count: int) -> list[Image.Image]:
    return [Image.fromarray(np.roll(COLOURS, 5 * number, axis=1)) for number in range(count)]


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [
        ("stack.tif", "TIFF", {}),
        ("animated.webp", "WEBP", {"lossless": True}),
        ("animated.png", "PNG", {}),
        ("two.jpg", "MPO", {}),
    ],
)
def test_that_several_pictures_in_a_file_are_told(
    tmp_path: Path, taxonomy: Taxonomy, name: str, kind: str, options: dict[str, object]
):
    first, *rest = frames(8)
    data = encoded(first, kind, save_all=True, append_images=rest, **options)
    (problem,) = slide_problems(taxonomy, tmp_path, name, data)
    assert problem.kind is ProblemKind.PARTLY_READ
    assert "Only the first image is read" in problem.message
    assert difference(decode_rgb(data), COLOUR) < 12, "the first one is shown"


def test_that_a_smaller_copy_in_a_tiff_is_no_second_picture(tmp_path: Path, taxonomy: Taxonomy):
    small = Image.fromarray(COLOURS).resize((12, 12))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    data = encoded(Image.fromarray(COLOURS), "TIFF", save_all=True, append_images=[small])
    assert slide_problems(taxonomy, tmp_path, "pyramid.tif", data) == ()


def test_that_an_animated_gif_is_told_as_a_format_that_is_not_read(tmp_path: Path, taxonomy: Taxonomy):
    first, *rest = frames(3)
    data = encoded(first, "GIF", save_all=True, append_images=rest)
    files = {"LY_1.jpg": image_bytes(1), "LY_2.gif": data, "LY_3.jpg": data}
    preview = read_export(taxonomy, write_files(tmp_path / "p", files))
    told = {p.path: p.message for p in (*preview.problems, *preview.slides[0].problems)}
    assert told["LY_2.gif"] == "“LY_2.gif” is an image in a format that cannot be read; save it as PNG or TIFF."
    assert told["LY_3.jpg"] == "“LY_3.jpg”: it is not a readable image."


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_that_a_mark_to_rotate_is_told(tmp_path: Path, taxonomy: Taxonomy, orientation: int):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(COLOURS), "JPEG", exif=exif.tobytes(), quality=95)
    (problem,) = slide_problems(taxonomy, tmp_path, "turned.jpg", data)
    assert problem.kind is ProblemKind.PARTLY_READ
    assert "marked for rotation" in problem.message


def test_that_many_files_of_a_kind_are_one_line(tmp_path: Path, taxonomy: Taxonomy):
    names = [f"{number:03}.png" for number in range(200)]
    files = {name: with_alpha(0) + bytes([number]) for number, name in enumerate(names)}
    (problem,) = read_slide(taxonomy, write_files(tmp_path / "p", files)).problems
    assert "“000.png”, “001.png”, “002.png” and 197 more" in problem.message
