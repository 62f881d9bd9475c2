"""The outlines that reviewers repaired are what training sees of their cells."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from leukview.bootstrap.composition import strip_metadata
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.importers.export_reader import AnalyserExportReader
from leukview.importers.images import encode_mask_png
from leukview.importers.training_archive import decode_mask, load_labelled_cells, read_repaired_masks
from leukview.inference.classification.preprocess import Preprocessing
from leukview.services.corrections.exporter import CorrectionExporter
from leukview.services.corrections.tables import LabelWeights
from tests.support.workstation import open_workstation, review_slide, write_export
from training.data.mask_cache import cached_masks

HOW = Preprocessing(64, 0.8, None, (0.5,) * 3, (0.25,) * 3, "suppress")


class CountingSegmenter:
    """Finds no cell anywhere, and counts what it was asked for."""

    identity = "counting:1"

    def __init__(self) -> None:
        self.seen = 0

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        self.seen += len(images)
        return [np.zeros(image.shape[:2], np.uint8) for image in images]


def make_mask(of: int = 2) -> NDArray[np.uint8]:
    mask = np.zeros((64, 64), np.uint8)
    mask[8:56, 8:56] = 1
    mask[20:44, 20:44] = of
    return mask


@pytest.fixture
def corrections(tmp_path: Path) -> Path:
    """A data folder as `leukview corrections export` writes it: two of its cells have repaired outlines."""
    with open_workstation(tmp_path / "home") as here:
        slide = here.import_slide(write_export(tmp_path / "export"))
        for cell in here.slides.cells(slide.id)[:2]:
            here.session(slide).repair_mask(cell.id, make_mask(), methods=("brush",))
        here.workbench.analyse(slide.id, CancelToken(), null_reporter)
        session = here.session(slide)
        review_slide(session)
        session.sign("Dr. Chen 陈", "Reviewed")
        work = here.workbench
        reader, weights = AnalyserExportReader(work.taxonomy), LabelWeights(1.0, 1.5, 0.75)
        service = CorrectionExporter(
            work.taxonomy, here.slides, work.review_log, reader, weights, strip_metadata, encode_mask_png
        )
        service.export(tmp_path / "data", "site", {}, CancelToken(), null_reporter, exported_by="Dr. Chen 陈")
    return tmp_path / "data"


def test_that_a_repaired_outline_takes_the_place_of_the_segmenters(corrections: Path, tmp_path: Path):
    cells, segmenter = load_labelled_cells(corrections), CountingSegmenter()
    with_mask = [row for row, cell in enumerate(cells) if cell.mask]
    assert len(with_mask) == 2
    masks = cached_masks(cells, corrections, tmp_path / "run", HOW, 0, segmenter)
    assert segmenter.seen == len(cells) - 2
    for row, mask in enumerate(masks):
        assert sorted(np.unique(mask)) == ([0, 1, 2] if row in with_mask else [0])
    inside = masks[with_mask[0]] == 2
    assert inside[32, 32]
    assert inside.mean() == pytest.approx(24 * 24 / (0.8 * 64 * 0.8 * 64), abs=0.06)
    cached_masks(cells, corrections, tmp_path / "run", HOW, 0, segmenter)
    assert segmenter.seen == len(cells) - 2, "the second call reads the cache"


def rewrite_archive(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Write an archive anew, its files changed; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        files = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)


def archive_of(folder: Path) -> Path:
    (path,) = (folder / "cells").iterdir()
    return path


def test_that_the_cache_is_made_anew_when_an_outline_was_drawn_anew(corrections: Path, tmp_path: Path):
    cells, segmenter = load_labelled_cells(corrections), CountingSegmenter()
    before = np.array(cached_masks(cells, corrections, tmp_path / "run", HOW, 0, segmenter))
    rewrite_archive(
        archive_of(corrections), lambda name, old: encode_mask_png(make_mask(0)) if name.startswith("masks/") else old
    )
    after = cached_masks(cells, corrections, tmp_path / "run", HOW, 0, segmenter)
    assert (before == 2).any()
    assert not (after == 2).any()
    assert len(list((tmp_path / "run").glob("masks-*.npy"))) == 2


def test_that_a_mask_which_is_not_there_or_not_its_pictures_is_refused(corrections: Path, tmp_path: Path):
    path = archive_of(corrections)
    rewrite_archive(path, lambda name, old: encode_mask_png(make_mask()[:32]) if name.startswith("masks/") else old)
    with pytest.raises(ExportError, match="does not belong to its image"):
        cached_masks(load_labelled_cells(corrections), corrections, tmp_path / "run", HOW, 0, CountingSegmenter())
    rewrite_archive(path, lambda name, old: None if name.startswith("masks/") else old)
    with pytest.raises(LeukViewError, match="does not contain the mask"):
        load_labelled_cells(corrections)


@pytest.mark.parametrize("content", [b"", b"\x89PNG nonsense", encode_mask_png(np.full((64, 64), 3, np.uint8))])
def test_that_what_is_no_mask_is_a_sentence(content: bytes):
    with pytest.raises(ExportError):
        decode_mask(content, 64, 64)


def test_that_cells_without_repaired_outlines_open_no_archive(corrections: Path, tmp_path: Path):
    cells = [cell for cell in load_labelled_cells(corrections) if not cell.mask]
    archive_of(corrections).unlink()
    assert read_repaired_masks(cells, corrections) == {}
