"""On a desktop enlarged up to three times everything can be reached: what does not fit scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QScrollArea, QVBoxLayout
from pytestqt.qtbot import QtBot

from leukview.gui.main_window import MainWindow
from leukview.gui.widgets.dialog_helpers import make_scrollable
from tests.support.layout_checks import layout_faults

THREE_TIMES = QSize(1920 // 3, 1080 // 3)
"""What is left of a full-HD screen."""


def _tall(qtbot: QtBot) -> tuple[QDialog, QLineEdit]:
    dialog, field = QDialog(), QLineEdit()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    for number in range(60):
        layout.addWidget(QLabel(f"line {number}"))
    layout.addWidget(field)
    return dialog, field


def test_that_a_dialog_too_large_for_the_screen_scrolls(qtbot: QtBot) -> None:
    dialog, field = _tall(qtbot)
    assert dialog.minimumSizeHint().height() > THREE_TIMES.height()
    make_scrollable(dialog, THREE_TIMES)
    assert dialog.minimumSizeHint().height() <= THREE_TIMES.height()
    area = dialog.findChild(QScrollArea)
    assert area is not None
    dialog.resize(THREE_TIMES)
    dialog.show()
    qtbot.waitExposed(dialog)
    body = area.widget()
    assert body is not None
    assert body.isAncestorOf(field)
    area.ensureWidgetVisible(field)
    assert not field.visibleRegion().isEmpty()


def test_that_a_dialog_that_fits_is_left_as_it_is(qtbot: QtBot) -> None:
    dialog, _ = _tall(qtbot)
    make_scrollable(dialog, QSize(3000, 3000))
    assert dialog.findChild(QScrollArea) is None


def test_that_the_window_fits_a_screen_enlarged_three_times_and_its_parts_keep_their_room(
    qtbot: QtBot, opened: MainWindow
) -> None:
    hint = opened.minimumSizeHint()
    assert hint.width() <= THREE_TIMES.width()
    assert hint.height() <= THREE_TIMES.height()
    opened.resize(THREE_TIMES)
    qtbot.waitUntil(lambda: opened.size() == THREE_TIMES)
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
