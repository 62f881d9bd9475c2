"""On a desktop enlarged up to three times everything can be reached: what does not fit scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QScrollArea, QVBoxLayout
from pytestqt.qtbot import QtBot

from leukview.gui.main_window import MainWindow
from leukview.gui.widgets.dialog_helpers import make_scrollable
from tests.support.layout_checks import layout_faults

SCREEN_AT_300_PERCENT = QSize(1920 // 3, 1080 // 3)
"""What is left of a full-HD screen."""


def _tall_dialog(qtbot: QtBot) -> tuple[QDialog, QLineEdit]:
    dialog, field = QDialog(), QLineEdit()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    for number in range(60):
        layout.addWidget(QLabel(f"line {number}"))
    layout.addWidget(field)
    return dialog, field


def test_that_a_dialog_too_large_for_the_screen_scrolls(qtbot: QtBot) -> None:
    dialog, field = _tall_dialog(qtbot)
    assert dialog.minimumSizeHint().height() > SCREEN_AT_300_PERCENT.height()
    make_scrollable(dialog, SCREEN_AT_300_PERCENT)
    assert dialog.minimumSizeHint().height() <= SCREEN_AT_300_PERCENT.height()
    area = dialog.findChild(QScrollArea)
    assert area is not None
    dialog.resize(SCREEN_AT_300_PERCENT)
    dialog.show()
    qtbot.waitExposed(dialog)
    body = area.widget()
    assert body is not None
    assert body.isAncestorOf(field)
    area.ensureWidgetVisible(field)
    assert not field.visibleRegion().isEmpty()


def test_that_a_dialog_that_fits_is_left_as_it_is(qtbot: QtBot) -> None:
    dialog, _ = _tall_dialog(qtbot)
    make_scrollable(dialog, QSize(3000, 3000))
    assert dialog.findChild(QScrollArea) is None


def test_that_the_window_fits_a_screen_enlarged_three_times_and_its_parts_keep_their_room(
    qtbot: QtBot, opened: MainWindow
) -> None:
    hint = opened.minimumSizeHint()
    assert hint.width() <= SCREEN_AT_300_PERCENT.width()
    assert hint.height() <= SCREEN_AT_300_PERCENT.height()
    opened.resize(SCREEN_AT_300_PERCENT)
    qtbot.waitUntil(lambda: opened.size() == SCREEN_AT_300_PERCENT)
    parts = (opened.gallery, opened.cell_panel, opened.tally)
    qtbot.waitUntil(lambda: all(p.width() >= p.minimumSizeHint().width() for p in parts))
    qtbot.waitUntil(lambda: all(p.height() >= p.minimumSizeHint().height() for p in parts))
    qtbot.waitUntil(lambda: layout_faults(opened) == [])


def test_that_the_tally_keeps_its_class_names_where_there_is_little_room(qtbot: QtBot, opened: MainWindow) -> None:
    opened.resize(960, 540)
    qtbot.waitUntil(lambda: opened.width() == 960)
    em = opened.tally.fontMetrics().averageCharWidth()
    assert opened.tally.table.columnWidth(0) >= 12 * em


def test_that_the_tally_has_its_room_again_after_the_large_view(qtbot: QtBot, opened: MainWindow) -> None:
    before = opened.tally.size(), opened.tally.table.height()
    opened.action_manager.by_key["large"].trigger()
    qtbot.waitUntil(lambda: not opened.tally.isVisible())
    opened.review.submit(lambda session: session.accept([session.view.cells[0].cell.id]))
    qtbot.waitUntil(lambda: opened.review.is_idle)
    opened.action_manager.by_key["large"].trigger()
    qtbot.waitUntil(lambda: (opened.tally.size(), opened.tally.table.height()) == before)
