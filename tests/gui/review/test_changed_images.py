"""A file that holds another picture than at the import is never used under the label of the first."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pytestqt.qtbot import QtBot

from leukview.core.errors import ImageChangedError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.slide import Cell, Slide
from leukview.gui.main_window import MainWindow
from leukview.services.export.exporter import ExportFormat, ExportRequest
from leukview.services.workbench import Workbench


@pytest.fixture
def folder(slide_folder: Path, tmp_path: Path) -> Path:
    """A copy of the slide's folder that a test may change."""
    return Path(shutil.copytree(slide_folder, tmp_path / slide_folder.name))


@pytest.fixture
def slide(workbench: Workbench, folder: Path) -> Slide:
    drafts = workbench.preview(folder, CancelToken(), null_reporter).slides
    return workbench.import_slides(drafts, CancelToken(), null_reporter)[0]


def _file_of(workbench: Workbench, cell: Cell) -> Path:
    place = workbench._dependencies.slide_store.cell_locations(cell.slide_id)[cell.id]
    return place.root / place.path


@pytest.fixture
def exchanged(workbench: Workbench, slide: Slide) -> Cell:
    """A cell whose file was overwritten with the picture of another cell after the import."""
    first, second, *_ = workbench._dependencies.slide_store.cells(slide.id)
    _file_of(workbench, first).write_bytes(_file_of(workbench, second).read_bytes())
    return first


def test_that_another_picture_under_an_old_name_is_said_in_the_gallery_and_the_large_view(
    qtbot: QtBot, window: MainWindow, exchanged: Cell
):
    window.review.open(exchanged.slide_id)
    qtbot.waitUntil(lambda: window.review.view is not None)
    window.gallery.view.go_to(exchanged.id)
    qtbot.waitUntil(lambda: "changed since the import" in window.cell_panel.image_view._message, timeout=10_000)
    qtbot.waitUntil(lambda: window.gallery.thumbnails.problem(exchanged.id) == "changed since the import")
    row = window.gallery.model.row_of(exchanged.id)
    assert row is not None
    assert "changed since the import" in window.gallery.model.index(row).data()
    assert not window.gallery.thumbnails.problem(window.gallery.model.rows()[row - 1 or row + 1].cell.id)


def test_that_opening_a_slide_tells_how_many_images_are_gone_or_exchanged(
    qtbot: QtBot, window: MainWindow, exchanged: Cell, workbench: Workbench
):
    *_, last = workbench._dependencies.slide_store.cells(exchanged.slide_id)
    _file_of(workbench, last).unlink()
    window.review.open(exchanged.slide_id)
    told = f"Images of {exchanged.slide_id} that cannot be shown: 1 missing, 1 changed since the import."
    qtbot.waitUntil(lambda: told in window.notifications.text, timeout=20_000)


def test_that_a_picture_put_back_is_shown_again(
    qtbot: QtBot, window: MainWindow, exchanged: Cell, workbench: Workbench, slide_folder: Path
):
    window.review.open(exchanged.slide_id)
    qtbot.waitUntil(lambda: window.gallery.thumbnails.problem(exchanged.id) != "", timeout=10_000)
    place = workbench._dependencies.slide_store.cell_locations(exchanged.slide_id)[exchanged.id]
    shutil.copy(slide_folder / place.path, place.root / place.path)
    window.analyse()
    window.gallery._request_visible_thumbnails()
    qtbot.waitUntil(lambda: exchanged.id in window.gallery.thumbnails._pixmaps, timeout=20_000)
    assert window.gallery.thumbnails.problem(exchanged.id) == ""


def test_that_it_is_neither_analysed_nor_printed_nor_exported(exchanged: Cell, workbench: Workbench, tmp_path: Path):
    summary = workbench.analyse(exchanged.slide_id, CancelToken(), null_reporter)
    assert summary.unreadable == (exchanged.id,)
    with pytest.raises(ImageChangedError):
        workbench.load_image(exchanged)
    session = workbench.open_session(exchanged.slide_id, "Dr. Test")
    session.override([exchanged.id], "blast")  # a blast comes first among the pictures of a report
    loaded = []
    original = workbench.load_image

    def load(cell: Cell) -> NDArray[np.uint8]:
        loaded.append(cell.id)
        return original(cell)

    workbench.load_image = load  # type: ignore[method-assign]
    workbench.write_report(session, tmp_path / "report.pdf", CancelToken(), null_reporter)
    assert exchanged.id in loaded
    request = ExportRequest(ExportFormat.CELLS, tmp_path / "out")
    result = workbench.slide_exporter.export(session, request, CancelToken(), null_reporter)
    assert result.missing_numbers == (exchanged.number,)


def test_that_an_overview_under_an_old_name_is_refused(workbench: Workbench, folder: Path, tmp_path: Path):
    (folder / "overview.png").unlink(missing_ok=True)
    Image.effect_noise((1200, 1200), 40).convert("RGB").save(folder / "overview.png")
    drafts = workbench.preview(folder, CancelToken(), null_reporter).slides
    slide = workbench.import_slides(drafts, CancelToken(), null_reporter)[0]
    (place, *_) = [p for p in workbench.overview_locations(slide.id) if p.path == "overview.png"]
    assert workbench.load_image_at(place).shape == (1200, 1200, 3)
    Image.effect_noise((1200, 1200), 90).convert("RGB").save(folder / "overview.png")
    with pytest.raises(ImageChangedError):
        workbench.load_image_at(place)
