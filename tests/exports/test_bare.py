import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from leukview.core.errors import ExportError
from leukview.exports.bare import without_metadata

NAME = "Müller Anna 1954"


def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (20, 24, 3), np.uint8))


def saved(kind: str) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = NAME
    if kind == "PNG":
        more = PngImagePlugin.PngInfo()
        more.add_itxt("Author", NAME)
        picture().save(stream, kind, pnginfo=more, exif=exif)
    elif kind == "JPEG":
        picture().save(stream, kind, quality=90, comment=NAME.encode(), exif=exif)
    elif kind == "WEBP":
        picture().save(stream, kind, exif=exif, xmp=NAME.encode())
    elif kind == "TIFF":
        picture().save(stream, kind, exif=exif)
    else:
        picture().save(stream, kind)
    return stream.getvalue()


def pixels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("TIFF", ".png"), ("BMP", ".bmp")]
)
def test_that_an_image_loses_everything_but_the_picture(kind: str, ending: str):
    content = saved(kind)
    bare, found = without_metadata(content)
    assert found == ending
    assert (pixels(bare) == pixels(content)).all()
    assert b"Anna" not in bare
    if kind != "BMP":
        assert b"Anna" in content
    with Image.open(io.BytesIO(bare)) as image:
        assert not dict(image.getexif())
        assert "comment" not in image.info


def test_that_what_hides_behind_a_pictures_end_goes_too():
    bare, _ = without_metadata(saved("JPEG") + NAME.encode())
    assert b"Anna" not in bare


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xffno jpeg", b"\x89PNG\r\n\x1a\ncut"])
def test_that_what_is_no_image_is_one_sentence(content: bytes):
    with pytest.raises(ExportError, match="cannot be read"):
        without_metadata(content)
