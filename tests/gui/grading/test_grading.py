"""Red cells and platelets are graded with real keys, and what was graded is said under the tally."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from leukview.bootstrap.site_config import load_grading_form
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.review.events import EventKind
from leukview.gui.grading.dialog import GradeRow, GradingDialog
from leukview.gui.main_window import MainWindow
from leukview.gui.tally.grading_summary import GradingSummary
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, opened_dialog


@pytest.fixture(scope="module")
def form() -> GradingForm:
    return load_grading_form()


@pytest.fixture
def dialog(qtbot: QtBot, form: GradingForm) -> GradingDialog:
    made = GradingDialog(form, {"target_cells": "2+", "schistocytes": "4+"})
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def grade_row(dialog: GradingDialog, key: str) -> GradeRow:
    return next(r for r in dialog.rows if r.item.key == key)


def set_grades(dialog: GradingDialog) -> dict[str, str]:
    return {key: grade for key, grade in dialog.grades().items() if grade}


def open_form(qtbot: QtBot, window: MainWindow) -> GradingDialog:
    dialog = opened_dialog(qtbot, GradingDialog, window.action_manager.by_key["grade"].trigger)
    assert isinstance(dialog, GradingDialog)
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
    return dialog


def test_that_the_form_shows_what_was_graded_also_by_a_form_that_is_gone(dialog: GradingDialog):
    assert set_grades(dialog) == {"target_cells": "2+", "schistocytes": "4+"}
    assert grade_row(dialog, "target_cells").accessibleDescription() == "2+ moderate"
    assert not dialog.overview_pane.isVisible()


def test_that_digits_grade_and_go_on_and_arrows_move(qtbot: QtBot, dialog: GradingDialog):
    first, second = dialog.rows[:2]
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_2)
    assert first.grade() == "2+"
    assert second.hasFocus()
    qtbot.keyClick(second, Qt.Key.Key_Up)
    assert first.hasFocus()
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert first.grade() == "3+"
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert first.grade() == "3+"
    qtbot.keyClick(first, Qt.Key.Key_Left)
    assert first.grade() == "2+"
    qtbot.keyClick(first, Qt.Key.Key_Backspace)
    assert first.grade() == ""
    qtbot.keyClick(first, Qt.Key.Key_9)
    assert (first.grade(), first.hasFocus()) == ("", True)


def test_that_a_click_grades_and_what_was_looked_for_is_marked_group_by_group(qtbot: QtBot, dialog: GradingDialog):
    sickle = grade_row(dialog, "sickle_cells")
    button = next(b for b in sickle.findChildren(QToolButton) if b.text() == "1+")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sickle.grade() == "1+"
    assert "1–2 %" in next(b for b in sickle.findChildren(QToolButton) if b.text() == "2+").toolTip()
    named = {button.accessibleName().split(":")[0]: button for button in dialog.not_seen_buttons}
    shape = next(b for b in dialog.not_seen_buttons if b.accessibleName().startswith("Red cells: shape"))
    shape.click()
    grades = dialog.grades()
    assert (grades["sickle_cells"], grades["target_cells"], grades["spherocytes"]) == ("1+", "2+", "0")
    assert (grades["anisocytosis"], grades["rouleaux"], grades["platelet_estimate"]) == ("", "", "")  # not looked at
    named["Platelets"].click()
    assert (dialog.grades()["platelet_clumps"], dialog.grades()["platelet_estimate"]) == ("0", "")


def test_that_grades_are_one_event_undone_and_redone_with_the_keys_of_the_window(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    dialog = open_form(qtbot, opened)
    grade_row(dialog, "target_cells").set_grade("2+")
    grade_row(dialog, "platelet_estimate").set_grade("low1")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(current_view(opened).review.grades) and opened.review.is_idle, timeout=10_000)
    events = [e for e in workbench.review_log.events() if e.kind is EventKind.GRADE]
    assert [e.payload for e in events] == [{"grades": {"target_cells": "2+", "platelet_estimate": "low1"}}]
    line = opened.tally.grading_summary
    assert "Target cells 2+ moderate, Platelet estimate decreased" in line.findings_label.text()
    assert "not assessed" in line.findings_label.text()
    assert opened.review.undo_text == "Grade red cells and platelets"
    opened.action_manager.by_key["undo"].trigger()
    qtbot.waitUntil(lambda: not current_view(opened).review.grades and opened.review.is_idle, timeout=10_000)
    assert line.title_label.text() == "Red cells and platelets: not assessed"
    assert line.findings_label.isHidden()
    opened.review.submit(ReviewSession.redo)
    qtbot.waitUntil(lambda: bool(current_view(opened).review.grades), timeout=10_000)
    assert current_view(opened).review.grades["target_cells"].grade == "2+"
    again = opened_dialog(qtbot, GradingDialog, line.grade_button.click)
    assert set_grades(again) == {"target_cells": "2+", "platelet_estimate": "low1"}
    again.reject()


def test_that_saving_without_a_change_writes_nothing(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    before = len(workbench.review_log.events())
    open_form(qtbot, opened).accept()
    qtbot.waitUntil(lambda: opened.review.is_idle and not opened.tasks.is_busy, timeout=10_000)
    assert len(workbench.review_log.events()) == before


def test_that_the_slides_overviews_stand_beside_the_form(qtbot: QtBot, opened: MainWindow):
    count = current_view(opened).slide.overview_count
    assert count
    dialog = open_form(qtbot, opened)
    assert dialog.overview_pane.isVisible()
    qtbot.waitUntil(lambda: dialog.overview_pane.image_view.pixels is not None, timeout=20_000)
    pixels = dialog.overview_pane.image_view.pixels
    assert pixels is not None
    assert min(pixels.shape[:2]) > 1000
    assert dialog.overview_pane.caption_label.text() == f"Overview 1 of {count}"
    dialog.overview_pane.show_image(5, np.zeros((4, 4, 3), np.uint8))
    assert dialog.overview_pane.image_view.pixels is pixels
    dialog.reject()


def test_that_overviews_whose_place_is_not_known_are_named(qtbot: QtBot, form: GradingForm):
    dialog = GradingDialog(form, {}, missing_overviews=2)
    qtbot.addWidget(dialog)
    assert any(
        label.text().startswith("2 overviews of this slide are not available") for label in dialog.findChildren(QLabel)
    )


def test_that_a_signed_slide_offers_no_form(qtbot: QtBot, form: GradingForm, opened: MainWindow):
    line = GradingSummary()
    qtbot.addWidget(line)
    line.form = form
    line.show_slide(None)
    assert line.isHidden()
    line.show_slide(current_view(opened))
    assert line.grade_button.isVisibleTo(line)
    spec = next(s for s in opened.action_manager.table if s.key == "grade")
    assert spec.writes_event
