"""A worklist of many slides: read in pages, searched beyond what is loaded; a wrong import is withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.domain.review.events import EventKind
from leukview.gui.main_window import MainWindow
from leukview.gui.review.withdraw_dialog import WithdrawDialog
from leukview.services.ports.worklist import WorklistOrder
from leukview.services.review.worklist import PAGE_SIZE
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, opened_dialog
from tests.support.storage_examples import make_draft

SLIDE_COUNT = 2 * PAGE_SIZE + 7


@pytest.fixture
def slide_ids(workbench: Workbench) -> list[str]:
    """Many slides, the oldest first; asked for before the window."""
    store = workbench._dependencies.slide_store
    return [
        store.add_slide(make_draft([f"{n}"], patient=f"Patient {n}", root=f"/{n}"), synthetic=False).slide.id
        for n in range(SLIDE_COUNT)
    ]


@pytest.fixture
def full(qtbot: QtBot, slide_ids: list[str], window: MainWindow) -> MainWindow:
    assert slide_ids
    window.database_watcher.timer.stop()
    qtbot.waitUntil(lambda: window.worklist_model.rowCount() > 0 and not window.tasks.is_busy, timeout=60_000)
    return window


def test_that_pages_are_read_when_they_are_needed(qtbot: QtBot, full: MainWindow, slide_ids: list[str]):
    view, panel = full._worklist_panel.view, full._worklist_panel
    assert PAGE_SIZE <= full.worklist_model.rowCount() < SLIDE_COUNT

    def has_grown_beyond(count: int) -> Callable[[], bool]:
        return lambda: full.worklist_model.rowCount() > count

    while full.worklist_model.rowCount() < SLIDE_COUNT:
        before = full.worklist_model.rowCount()
        view.model().fetchMore(QModelIndex())  # as the view does at its end
        qtbot.waitUntil(has_grown_beyond(before), timeout=20_000)
    assert panel.visible_ids() == slide_ids, "of the same urgency: those that wait longest first"


def test_that_the_search_finds_a_slide_that_is_not_loaded(qtbot: QtBot, full: MainWindow, slide_ids: list[str]):
    panel, newest = full._worklist_panel, slide_ids[-1]
    assert newest not in panel.visible_ids()
    qtbot.keyClicks(panel.search_edit, newest.lower())
    qtbot.waitUntil(lambda: panel.visible_ids() == [newest], timeout=20_000)
    panel.search_edit.clear()
    qtbot.waitUntil(lambda: len(panel.visible_ids()) >= PAGE_SIZE, timeout=20_000)
    panel.order_combo.setCurrentIndex(panel.order_combo.findData(WorklistOrder.NEWEST.value))
    qtbot.waitUntil(lambda: panel.visible_ids()[:3] == slide_ids[:-4:-1], timeout=20_000)


def test_that_a_wrong_import_is_withdrawn_through_the_window_and_taken_back(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    slide, panel = current_view(opened).slide.id, opened._worklist_panel
    withdrawn = panel.state_combo.count() - 1

    def withdraw(reason: str) -> None:
        dialog = opened_dialog(qtbot, WithdrawDialog, opened.action_manager.by_key["withdraw"].trigger)
        assert not dialog.withdraw_button.isEnabled()
        qtbot.keyClicks(dialog.reason_edit, reason)
        dialog.withdraw_button.click()
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None and opened.review.is_idle, timeout=20_000)

    withdraw("another patient's film")
    qtbot.waitUntil(lambda: slide not in panel.visible_ids(), timeout=20_000)
    event = workbench.review_log.events(slide)[-1]
    assert (event.kind, event.payload) == (EventKind.WITHDRAW, {"reason": "another patient's film"})
    panel.state_combo.setCurrentIndex(withdrawn)
    qtbot.waitUntil(lambda: panel.visible_ids() == [slide], timeout=20_000)
    withdraw("it was right")
    qtbot.waitUntil(lambda: slide not in panel.visible_ids(), timeout=20_000)
    panel.state_combo.setCurrentIndex(0)
    qtbot.waitUntil(lambda: panel.visible_ids() == [slide], timeout=20_000)
