"""A person trains through the window, with keys and buttons, and sees the result after the last cell."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from leukview.gui.competency.dialog import CompetencyDialog
from leukview.gui.main_window import MainWindow
from tests.gui.conftest import current_view, opened_dialog

CELLS = 12


def sign(window: MainWindow) -> None:
    session = window._workbench.open_session(current_view(window).slide.id, "Dr. Test")
    cells = [v.cell.id for v in session.view.cells]
    session.override(cells[::2], "lymphocyte")
    session.override(cells[1::2], "monocyte")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House", note="called")
    session.sign("Dr. Test", "Reviewed", reason="few cells")


def open_training(qtbot: QtBot, window: MainWindow) -> CompetencyDialog:
    dialog: CompetencyDialog = opened_dialog(
        qtbot, CompetencyDialog, window.action_manager.by_key["competency"].trigger
    )
    return dialog


def answer_cells(qtbot: QtBot, dialog: CompetencyDialog, first: int, last: int) -> None:
    """Answer cells of the round with “lymphocyte”, by key and by button in turn; the next cell is shown then."""
    quiz = dialog.quiz

    def is_shown(number: int) -> bool:
        return quiz._is_open and quiz.progress_label.text() == f"Cell {number} of {CELLS}"

    for number in range(first, last + 1):
        qtbot.waitUntil(partial(is_shown, number), timeout=10_000)
        assert not quiz.image_label.pixmap().isNull()
        if number % 2:
            qtbot.keyClick(quiz, Qt.Key.Key_L)
        else:
            quiz.buttons["lymphocyte"].click()


def test_that_a_round_is_answered_with_keys_and_graded_at_its_end(qtbot: QtBot, opened: MainWindow, tmp_path: Path):
    sign(opened)
    dialog = open_training(qtbot, opened)
    dialog.name_edit.setText("Autumn")
    dialog.count_spin.setValue(CELLS)
    dialog.make_button.click()
    qtbot.waitUntil(dialog.begin_button.isEnabled, timeout=10_000)
    dialog.begin_button.click()
    assert "aml" not in dialog.quiz.buttons  # no diagnosis on a cell
    answer_cells(qtbot, dialog, 1, 3)
    qtbot.waitUntil(lambda: "Cell 4" in dialog.quiz.progress_label.text(), timeout=10_000)
    dialog.reject()  # in the middle: what was answered is kept
    qtbot.waitUntil(lambda: opened.competency.dialog is None, timeout=10_000)
    dialog = open_training(qtbot, opened)
    qtbot.waitUntil(lambda: dialog.round_model.rowCount() == 1, timeout=10_000)
    assert dialog.round_model.data(dialog.round_model.index(0, 4)) == "3 answered"
    assert dialog.round_model.data(dialog.round_model.index(0, 7)) == "open"
    dialog.begin_button.click()
    answer_cells(qtbot, dialog, 4, CELLS)
    qtbot.waitUntil(lambda: dialog.stack.currentIndex() == 2, timeout=10_000)
    assert dialog.result_label.text() == f"Not passed: 6 of {CELLS} correct (50.0 %), 0 critical"
    assert dialog.wrong_model.rowCount() == 6
    assert {dialog.wrong_model.data(dialog.wrong_model.index(row, 1)) for row in range(6)} == {"Monocyte"}
    dialog.back_button.click()
    qtbot.waitUntil(lambda: dialog.round_model.data(dialog.round_model.index(0, 7)) == "not passed", timeout=10_000)
    dialog.export_button.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog), timeout=10_000)
    saver = QApplication.activeModalWidget()
    assert isinstance(saver, QFileDialog)
    saver.fileSelected.emit(str(tmp_path / "rounds.csv"))
    saver.reject()
    qtbot.waitUntil(lambda: "rounds.csv" in dialog.message_label.text(), timeout=10_000)
    assert "Autumn,Dr. Test,1," in (tmp_path / "rounds.csv").read_text(encoding="utf-8-sig")
    dialog.reject()


def test_that_a_set_without_signed_cells_is_refused_with_a_reason(qtbot: QtBot, opened: MainWindow):
    dialog = open_training(qtbot, opened)
    dialog.name_edit.setText("Autumn")
    dialog.make_button.click()
    qtbot.waitUntil(lambda: "at least 10 cells" in dialog.message_label.text(), timeout=10_000)
    dialog.reject()
