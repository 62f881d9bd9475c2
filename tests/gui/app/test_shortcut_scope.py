"""The keys that label work wherever the focus is, except where text is typed; the worklist shows what is open."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import EventKind
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.main_window import MainWindow
from leukview.gui.worklist.model import SLIDE_ROLE
from leukview.services.workbench import Workbench
from leukview.synthetic import write_demo_export
from tests.gui.conftest import current_view, open_slide


@pytest.fixture
def both(qtbot: QtBot, opened: MainWindow, tmp_path: Path, taxonomy: Taxonomy) -> MainWindow:
    """The window with a second slide in the worklist; the first one, analysed, is open."""
    first = current_view(opened).slide.id
    other = write_demo_export(
        tmp_path, slides=1, cells=8, seed=9, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )[0]
    open_slide(qtbot, opened, other)
    qtbot.waitUntil(lambda: current_view(opened).slide.id != first, timeout=20_000)
    opened.review.open(first)
    qtbot.waitUntil(lambda: current_view(opened).slide.id == first and opened.review.is_idle, timeout=20_000)
    qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=20_000)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened


def focus(qtbot: QtBot, widget: QWidget) -> None:
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)


def highlighted(window: MainWindow) -> list[str]:
    return [str(index.data(SLIDE_ROLE)) for index in window._worklist_panel.view.selectionModel().selectedIndexes()]


def labels_given(workbench: Workbench) -> list[tuple[EventKind, tuple[str, ...]]]:
    kinds = {EventKind.ACCEPT, EventKind.OVERRIDE}
    return [(e.kind, e.cells) for e in workbench.review_log.events() if e.kind in kinds]


def has_labels(workbench: Workbench, count: int) -> bool:
    return len(labels_given(workbench)) == count


def test_that_keys_label_while_the_worklist_or_the_tally_has_the_focus(
    qtbot: QtBot, both: MainWindow, workbench: Workbench
):
    slide = current_view(both).slide.id
    for place in (both._worklist_panel.view, both.tally.table, both.cell_panel):
        for key, kind in (("s", EventKind.OVERRIDE), (" ", EventKind.ACCEPT)):
            cell, before = both.gallery.current_cell_id, len(labels_given(workbench))
            focus(qtbot, place)
            qtbot.keyClick(place, key)
            qtbot.waitUntil(partial(has_labels, workbench, before + 1))
            qtbot.waitUntil(lambda: both.review.is_idle)
            assert labels_given(workbench)[-1] == (kind, (cell,))
            assert current_view(both).slide.id == slide
            assert highlighted(both) == [slide]


def test_that_text_fields_and_buttons_keep_their_keys(qtbot: QtBot, both: MainWindow, workbench: Workbench):
    search, box = both._worklist_panel.search_edit, both._worklist_panel.state_combo
    focus(qtbot, search)
    qtbot.keyClicks(search, "s b")
    assert search.text() == "s b"
    search.clear()
    focus(qtbot, box)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(box.view().isVisible)  # Space opens the box, as everywhere
    box.hidePopup()
    assert labels_given(workbench) == []


def test_that_the_highlight_is_the_slide_that_is_shown(qtbot: QtBot, both: MainWindow):
    panel, first = both._worklist_panel, current_view(both).slide.id
    other = next(slide for slide in panel.visible_ids() if slide != first)
    assert highlighted(both) == [first]
    focus(qtbot, panel.view)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(panel.view, key)
        assert highlighted(both) == [first]
    panel.search_edit.setText(other)
    assert highlighted(both) == []
    panel.search_edit.clear()
    assert highlighted(both) == [first]
    panel.order_combo.setCurrentIndex(1)
    assert highlighted(both) == [first]
    row = panel.visible_ids().index(other)
    index = panel.view.model().index(row, 0)
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.visualRect(index).center())
    assert highlighted(both) == [current_view(both).slide.id]
    qtbot.waitUntil(lambda: current_view(both).slide.id == other and both.review.is_idle, timeout=20_000)
    qtbot.waitUntil(lambda: highlighted(both) == [other])
    qtbot.waitUntil(both.gallery.view.hasFocus)
    focus(qtbot, panel.view)
    index = panel.view.model().index(panel.visible_ids().index(other), 0)
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.visualRect(index).center())
    qtbot.waitUntil(both.gallery.view.hasFocus)  # also after a click on the slide that is open


def test_that_return_in_the_worklist_opens_the_slide_at_the_cursor(qtbot: QtBot, both: MainWindow):
    panel, first = both._worklist_panel, current_view(both).slide.id
    focus(qtbot, panel.view)
    key = Qt.Key.Key_Down if panel.view.currentIndex().row() == 0 else Qt.Key.Key_Up
    qtbot.keyClick(panel.view, key)
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: current_view(both).slide.id != first, timeout=20_000)
