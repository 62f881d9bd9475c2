"""Repair of an outline, done as a reviewer does it: real mouse, real keys, real storage; models are stand-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leukview.core.errors import ModelError, StoreError
from leukview.domain.repaired_mask import REVIEWER_PREFIX
from leukview.domain.review.events import SECOND_READING, EventKind, ReviewEvent
from leukview.gui.cell.mask_editor import MaskTool
from leukview.gui.main_window import MainWindow
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click
from leukview.services.review.session import CellView
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view
from tests.support.cell_examples import drag_mouse, masks_equal, view_position

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class SquareRefiner:
    """Follows a click with a square of the clicked region."""

    identity = "square:0"

    def __init__(self) -> None:
        self.gate: threading.Event | None = None

    def start_session(self, image: NDArray[np.uint8]) -> SquareRefiner:
        if self.gate:
            self.gate.wait(10)
        return self

    def refine(self, mask: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
        refined = mask.copy()
        for c in clicks:
            refined[c.y - 6 : c.y + 7, c.x - 6 : c.x + 7] = c.region
        return refined


@pytest.fixture
def square(workbench: Workbench) -> SquareRefiner:
    refiner = SquareRefiner()
    workbench._dependencies = replace(workbench._dependencies, load_refiner=lambda: refiner)
    return refiner


def begin_repair(qtbot: QtBot, window: MainWindow) -> str:
    """Take the outline of the cell on the bench into repair, by key."""
    cell = window.gallery.current_cell_id
    qtbot.waitUntil(lambda: window.cell_panel.cell_mask is not None, timeout=10_000)
    QTest.keySequence(window.gallery.view, QKeySequence("Shift+Q"))
    assert window.mask_editing.cell_id == cell
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
    qtbot.waitUntil(window.cell_panel.image_view.hasFocus)
    return cell


def press_key_in_image(window: MainWindow, name: str) -> None:
    QTest.keySequence(window.cell_panel.image_view, QKeySequence(name))


def current_cell_view(window: MainWindow, cell: str) -> CellView:
    return current_view(window).by_id[cell]


def accept_repair(qtbot: QtBot, window: MainWindow, cell: str) -> CellView:
    press_key_in_image(window, "Space")
    qtbot.waitUntil(
        lambda: not window.mask_editing.cell_id and current_cell_view(window, cell).is_mask_classified, timeout=20_000
    )
    qtbot.waitUntil(lambda: window.review.is_idle and not window.tasks.is_busy, timeout=20_000)
    return current_cell_view(window, cell)


def repair_events(workbench: Workbench, window: MainWindow) -> list[ReviewEvent]:
    return [e for e in workbench.review_log.events(current_view(window).slide.id) if e.kind is EventKind.REPAIR_MASK]


def test_that_a_repaired_outline_is_kept_measured_and_classified_and_undo_reaches_it_after_a_restart(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    cell = begin_repair(qtbot, opened)
    before = current_cell_view(opened, cell)
    press_key_in_image(opened, "2")
    drag_mouse(opened.cell_panel, (60, 60), (70, 60), (70, 75))
    drawn = opened.cell_panel.mask_editor.draft.mask.copy()  # type: ignore[union-attr]  # a draft is there
    view = accept_repair(qtbot, opened, cell)
    (event,) = repair_events(workbench, opened)
    assert (event.cells, event.reviewer, event.payload["methods"]) == ((cell,), "Dr. Test", ["brush"])
    assert view.prediction is not None
    assert view.prediction.segmenter.startswith(REVIEWER_PREFIX)
    assert view.segmenter_prediction == before.prediction
    assert view.measurement != before.measurement
    assert opened.cell_panel.facts_form.value_text("outline").startswith("Repaired by Dr. Test")
    assert "with the segmenter's outline the model predicted" in opened.cell_panel.facts_form.value_text("outline")
    assert f"{view.measurement.cell_area_px:,} px" in opened.cell_panel.facts_form.value_text("area")  # type: ignore[union-attr]
    assert masks_equal(opened.cell_panel.cell_mask, drawn)
    opened.review.open(current_view(opened).slide.id)
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=10_000)
    assert current_cell_view(opened, cell).prediction == view.prediction
    undo = opened.action_manager.by_key["undo"]
    assert undo.text() == "Undo: Repair the outline of 1 cell"
    undo.trigger()
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=10_000)
    assert current_cell_view(opened, cell).prediction == before.prediction
    assert opened.cell_panel.facts_form.value_text("outline") == ""
    assert workbench.review_log.find_broken_event() is None


def test_that_escape_leaves_all_as_it_was_and_no_other_key_works_meanwhile(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    written = len(workbench.review_log.events())
    enabled = {name: action.isEnabled() for name, action in opened.action_manager.by_key.items()}
    assert not enabled["brush_larger"]
    cell = begin_repair(qtbot, opened)
    assert opened.action_manager.by_key["large"].isChecked()
    for name in ("B", "N", ".", "Ctrl+G", "Ctrl+O", "X"):
        press_key_in_image(opened, name)
    radius = opened.cell_panel.mask_editor.radius
    press_key_in_image(opened, "]")
    assert opened.cell_panel.mask_editor.radius > radius
    press_key_in_image(opened, "[")
    press_key_in_image(opened, "[")
    assert opened.cell_panel.mask_editor.radius < radius
    for name, region in (("1", NUCLEUS), ("3", BACKGROUND), ("2", CYTOPLASM)):
        press_key_in_image(opened, name)
        assert opened.cell_panel.mask_editor.region == region
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    press_key_in_image(opened, "Ctrl+Z")
    assert not opened.cell_panel.mask_editor.draft.is_modified  # type: ignore[union-attr]  # a draft is there
    press_key_in_image(opened, "Ctrl+Shift+Z")
    assert opened.cell_panel.mask_editor.draft.is_modified  # type: ignore[union-attr]
    press_key_in_image(opened, "Esc")
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.mask_editing.cell_id == ""
    assert not opened.action_manager.by_key["large"].isChecked()
    assert len(workbench.review_log.events()) == written
    assert opened.gallery.current_cell_id == cell
    assert {name: action.isEnabled() for name, action in opened.action_manager.by_key.items()} == enabled


def test_that_clicks_wait_until_all_is_ready_and_the_view_says_what_follows_them(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, square: SquareRefiner
):
    square.gate = threading.Event()
    cell = opened.gallery.current_cell_id
    qtbot.waitUntil(lambda: opened.cell_panel.cell_mask is not None, timeout=10_000)
    opened.action_manager.by_key["repair"].trigger()
    press_key_in_image(opened, "4")
    press_key_in_image(opened, "1")
    assert opened.cell_panel.mask_editor.tool is MaskTool.CLICKS
    assert opened.cell_panel.mask_toolbar.status_label.text() == "Preparing the repair by clicks…"
    view = opened.cell_panel.image_view.viewport()
    QTest.mouseClick(view, LEFT, pos=view_position(opened.cell_panel, 80.5, 80.5))
    QTest.mouseClick(view, RIGHT, pos=view_position(opened.cell_panel, 84.5, 84.5))
    press_key_in_image(opened, "Space")  # accepted before the clicks are answered: it waits for them
    square.gate.set()
    qtbot.waitUntil(lambda: not opened.mask_editing.cell_id, timeout=20_000)
    assert "square:0" in opened.cell_panel.mask_toolbar.status_label.text()
    (event,) = repair_events(workbench, opened)
    assert (event.payload["refiner"], event.payload["methods"]) == ("square:0", ["clicks"])
    clicks: list[list[object]] = event.payload["clicks"]  # type: ignore[assignment]  # as it was written
    assert [region for _, _, region in clicks] == ["n", "c"]
    mask = current_cell_view(opened, cell).review.mask
    assert mask is not None
    (x, y, _), (last_x, last_y, _) = clicks
    assert mask.decode()[int(str(y)) - 6, int(str(x)) - 6] == NUCLEUS
    assert mask.decode()[int(str(last_y)), int(str(last_x))] == CYTOPLASM


def test_that_the_brush_works_where_nothing_follows_clicks_and_the_view_says_why(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    def damaged() -> SquareRefiner:
        raise ModelError("The weights of sam_vit_b are damaged.", "Install it again.")

    workbench._dependencies = replace(workbench._dependencies, load_refiner=damaged)
    cell = begin_repair(qtbot, opened)
    press_key_in_image(opened, "4")
    assert opened.cell_panel.mask_toolbar.status_label.text() == (
        "Repair by clicks is not possible: The weights of sam_vit_b are damaged. Install it again."
    )
    press_key_in_image(opened, "4")
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    assert accept_repair(qtbot, opened, cell).review.mask is not None


def raise_store_error(*_args: object, **_named: object) -> ReviewEvent:
    raise StoreError("The disk is full.", "Make room, then do it again.")


def test_that_a_refused_write_keeps_the_draft(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    cell = begin_repair(qtbot, opened)
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    with monkeypatch.context() as patch:
        patch.setattr(workbench.review_log, "append", raise_store_error)
        press_key_in_image(opened, "Space")
        qtbot.waitUntil(lambda: opened.notifications.text.startswith("The disk is full."))
        qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.mask_editing.cell_id == cell
    assert opened.cell_panel.mask_editor.draft.is_modified  # type: ignore[union-attr]  # a draft is there
    assert not opened.close(), "an outline that is not kept is not thrown away"
    assert "not saved yet" in opened.notifications.text
    assert accept_repair(qtbot, opened, cell).review.mask is not None


def test_that_a_closing_refused_for_an_outline_does_not_come_later_unasked(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    gate = threading.Event()

    def refuse_later(*_args: object, **_named: object) -> ReviewEvent:
        gate.wait(10)
        return raise_store_error()

    cell = begin_repair(qtbot, opened)
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    with monkeypatch.context() as patch:
        patch.setattr(workbench.review_log, "append", refuse_later)
        press_key_in_image(opened, "Space")
        assert not opened.close(), "the outline is being written"
        gate.set()
        qtbot.waitUntil(lambda: "not saved yet" in opened.notifications.text, timeout=20_000)
    assert accept_repair(qtbot, opened, cell).review.mask is not None
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=20_000)
    assert opened.isVisible()


def test_that_the_outline_is_there_after_a_restart_without_the_cache(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    cell = begin_repair(qtbot, opened)
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    mask = accept_repair(qtbot, opened, cell).review.mask
    assert mask is not None
    for file in Path(workbench._dependencies.analysis_cache._folder).rglob("*.npz"):  # type: ignore[attr-defined]  # the real cache
        file.unlink()
    opened.review.open(current_view(opened).slide.id)
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=10_000)
    opened.cell_presenter._load(cell)
    qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=20_000)
    assert masks_equal(opened.cell_panel.cell_mask, mask.decode())


def test_that_the_segmenters_outline_is_a_button_away(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    cell = begin_repair(qtbot, opened)
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    accept_repair(qtbot, opened, cell)
    opened.gallery.view.go_to(cell)
    qtbot.waitUntil(lambda: opened.cell_panel.cell_id == cell and not opened.tasks.is_busy, timeout=10_000)
    begin_repair(qtbot, opened)
    qtbot.mouseClick(opened.cell_panel.mask_toolbar.segmenter_button, LEFT)
    view = accept_repair(qtbot, opened, cell)
    assert view.review.mask is None
    assert [e.payload["mask"] is None for e in repair_events(workbench, opened)] == [False, True]


def test_that_neither_a_signed_slide_nor_a_second_reader_is_offered_the_repair(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    repair: Callable[[], bool] = opened.action_manager.by_key["repair"].isEnabled
    assert repair()
    slide = current_view(opened).slide.id
    opened.review.open(slide, SECOND_READING)
    qtbot.waitUntil(lambda: opened.review.is_idle and current_view(opened).reading == SECOND_READING, timeout=10_000)
    assert not repair()
    opened.mask_editing.start_editing()
    assert opened.mask_editing.cell_id == ""
    workbench.review_log.append(
        slide, EventKind.SIGN, reviewer="Dr. Test", payload={"name": "T", "meaning": "Reviewed"}
    )
    opened.review.open(slide, 1)
    qtbot.waitUntil(lambda: opened.review.is_idle and current_view(opened).review.signature is not None, timeout=10_000)
    assert not repair()
    assert not opened.cell_panel.image_toolbar.repair_button.isEnabled()


def test_that_a_blind_reviewer_is_not_told_what_the_model_says(qtbot: QtBot, opened: MainWindow):
    opened.action_manager.by_key["blind"].setChecked(True)
    cell = begin_repair(qtbot, opened)
    drag_mouse(opened.cell_panel, (60, 60), (70, 60))
    accept_repair(qtbot, opened, cell)
    assert opened.cell_panel.facts_form.value_text("model") == "Hidden (blind review)"
    assert "model" not in opened.cell_panel.facts_form.value_text("outline")
