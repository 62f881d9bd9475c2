"""Tiny exports written to disk, with different images of 20 × 24 pixels."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.slide import ExportPreview, Problem, SlideDraft
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.export_reader import AnalyserExportReader

FORMAT_BY_SUFFIX = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".bmp": "BMP", ".tif": "TIFF", ".tiff": "TIFF"}


def image_bytes(number: int, *, suffix: str = ".jpg", size: tuple[int, int] = (20, 24)) -> bytes:
    """Image file of `size` (width, height) whose pixels are determined by `number`."""
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format=FORMAT_BY_SUFFIX.get(suffix.lower(), "WEBP"))
    return stream.getvalue()


def overview_bytes(number: int = 0) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1100, 1200), (200, 180, number % 256)).save(stream, format="PNG")
    return stream.getvalue()


def write_files(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def write_zip(archive: Path, files: dict[str, bytes]) -> Path:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return archive


def signed_tree(prefix: str = "", first: int = 0) -> dict[str, bytes]:
    """Files of a slide in the layout “signed tree”.

    It has three labelled cells, the same three among the unsigned images with a fourth, an overview and a Thumbs.db.
    """
    a, b, c, d = (image_bytes(first + i) for i in range(4))
    return {
        f"{prefix}Signed slides/Blast, no lineage spec/BL_10000001.jpg": a,
        f"{prefix}Signed slides/Blast, no lineage spec/BL_10000002.jpg": b,
        f"{prefix}Signed slides/Lymphocyte/LY_10000003.jpg": c,
        f"{prefix}Signed slides/Lymphocyte/Thumbs.db": b"\xd0\xcf\x11\xe0",
        f"{prefix}Unsigned slides/9000000001_001.jpg": overview_bytes(first),
        f"{prefix}Unsigned slides/9000000001_002.jpg": a,
        f"{prefix}Unsigned slides/9000000001_003.jpg": b,
        f"{prefix}Unsigned slides/9000000001_004.jpg": c,
        f"{prefix}Unsigned slides/9000000001_005.jpg": d,
    }


def read_export(taxonomy: Taxonomy, path: Path, answers: Mapping[str, str] | None = None) -> ExportPreview:
    """Read an export; `answers` are those of a person about folders (name → class, patient, leave out)."""
    return AnalyserExportReader(taxonomy).read(path, CancelToken(), null_reporter, answers)


def read_slide(taxonomy: Taxonomy, path: Path, answers: Mapping[str, str] | None = None) -> SlideDraft:
    (slide,) = read_export(taxonomy, path, answers).slides
    return slide


def classes_by_file(slide: SlideDraft) -> dict[str, str]:
    """Class key by file name; "" = unlabelled."""
    return {Path(c.path).name: c.source.class_key if c.source else "" for c in slide.cells}


def assert_sentence(text: str) -> None:
    """Check that a message is one sentence without error numbers or class names."""
    assert text.endswith(".")
    assert "\n" not in text
    for alien in ("Errno", "Error", "Traceback", "Exception", "None", "0x"):
        assert alien not in text


def read_error(taxonomy: Taxonomy, path: Path) -> ExportError:
    """Read an unreadable export and return the error, with its message checked."""
    with pytest.raises(ExportError) as caught:
        read_export(taxonomy, path)
    assert_sentence(caught.value.message)
    assert not caught.value.hint or caught.value.hint.endswith(".")
    return caught.value


def only_problem(slide: SlideDraft) -> Problem:
    """The only problem of a slide, with its message checked."""
    (problem,) = slide.problems
    assert_sentence(problem.message)
    return problem
