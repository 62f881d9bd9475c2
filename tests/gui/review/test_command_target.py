"""A dialog writes to the slide that it was opened for, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukview.core.errors import ReviewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.gui.main_window import MainWindow
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.slide_details_dialog import SlideDetailsDialog
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, opened_dialog


@pytest.fixture
def other_slide(workbench: Workbench, tmp_path: Path, slide_folder: Path) -> str:
    """Another slide in the worklist, with cells of its own."""
    folder = tmp_path / "Patient_B" / "Unsigned slides"
    folder.mkdir(parents=True)
    for number, image in enumerate(sorted(slide_folder.rglob("*.jpg"))[:3]):
        (folder / f"17_{number:03}.jpg").write_bytes(image.read_bytes())
    preview = workbench.preview(tmp_path / "Patient_B", CancelToken(), null_reporter)
    (slide,) = workbench.import_slides(preview.slides, CancelToken(), null_reporter, imported_by="Dr. A")
    return slide.id


def test_that_a_white_cell_count_typed_for_one_slide_never_reaches_another(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, other_slide: str
):
    first = current_view(opened).slide.id
    dialog = opened_dialog(qtbot, SlideDetailsDialog, opened.action_manager.by_key["details"].trigger)
    with qtbot.waitSignal(opened.review.slide_opened):
        opened.review.open(other_slide)
    dialog._wbc_spin.setValue(7.2)
    with qtbot.waitSignal(opened.review.command_refused):
        dialog.accept()
    qtbot.waitUntil(lambda: opened.review.is_idle)
    counts = {slide.id: slide.wbc_per_nl for slide in workbench.slides()}
    assert (counts[first], counts[other_slide]) == (None, None)
    assert "nothing was recorded" in opened.notifications.text


def test_that_a_comment_on_a_cell_of_one_slide_is_no_event_of_another(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, other_slide: str
):
    before = len(workbench.review_log.events(other_slide))
    dialog = opened_dialog(qtbot, CommentDialog, opened.action_manager.by_key["comment"].trigger)
    dialog.text_edit.setPlainText("for the first slide")
    with qtbot.waitSignal(opened.review.slide_opened):
        opened.review.open(other_slide)
    with qtbot.waitSignal(opened.review.command_refused):
        dialog.accept()
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert not [e for e in workbench.review_log.events(other_slide)[before:] if "first slide" in str(e.payload)]


def test_that_an_import_that_ends_leaves_the_slide_under_an_open_dialog(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, other_slide: str
):
    first = current_view(opened).slide.id
    opened_dialog(qtbot, SlideDetailsDialog, opened.action_manager.by_key["details"].trigger)
    with qtbot.waitSignal(opened.slide_jobs.worklist_loaded):
        opened.slide_jobs.imported.emit([s for s in workbench.slides() if s.id == other_slide])
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert current_view(opened).slide.id == first


def test_that_an_event_refuses_cells_of_another_slide(opened: MainWindow, workbench: Workbench, other_slide: str):
    own, foreign = current_view(opened), workbench.open_session(other_slide, "Dr. A")
    with pytest.raises(ReviewError, match="does not belong to this slide"):
        foreign.comment([own.cells[0].cell.id], "here")
