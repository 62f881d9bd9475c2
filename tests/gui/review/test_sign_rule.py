"""The shipped sign rule in the real window: what was not on the screen cannot be signed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from leukview.bootstrap.site_config import load_sign_rule
from leukview.domain.review.events import EventKind
from leukview.gui.main_window import MainWindow
from leukview.gui.review.sign_dialog import SignDialog
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window, current_view, opened_dialog


@pytest.fixture
def workbench(workbench: Workbench) -> Workbench:
    workbench._dependencies = replace(workbench._dependencies, sign_rule=load_sign_rule())
    return workbench


@pytest.fixture
def low(qtbot: QtBot, opened: MainWindow) -> MainWindow:
    """The window with so few visible tiles that most cells are below the first page."""
    opened.gallery.size_slider.setValue(opened.gallery.size_slider.maximum())
    opened.resize(900, 500)
    qtbot.waitUntil(lambda: len(opened.gallery.view.visible_rows()) < len(current_view(opened).cells) // 2)
    return opened


def satisfy_all_but_seeing(qtbot: QtBot, window: MainWindow) -> None:
    for cell in current_view(window).unopened_blasts:
        window.review.submit(partial(ReviewSession.record_opened, cell_id=cell))
    for alert in current_view(window).unacknowledged_alerts:
        window.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: window.review.is_idle)


def scroll_through(qtbot: QtBot, window: MainWindow) -> None:
    """Rest on each page of the gallery until its cells are recorded."""
    window.activateWindow()  # the offscreen platform does not reactivate it after a dialog
    qtbot.waitUntil(window.isActiveWindow)
    tracker, bar = window.seen_tracker, window.gallery.view.verticalScrollBar()

    def page_is_seen() -> bool:
        known = {*current_view(window).review.seen, *tracker._seen, *tracker._queued}
        shown = set(tracker._visible_cells(frozenset()))
        return bool(shown) and shown <= known and not window.gallery.thumbnails.is_loading

    def page_is_loaded() -> bool:
        cells = [window.gallery.model.cell_at(row) for row in window.gallery.view.visible_rows()]
        pictures = [window.gallery.thumbnails.get(cell) for cell in cells if cell is not None]
        return all(picture is not None and not picture.isNull() for picture in pictures)

    for top in range(bar.minimum(), bar.maximum() + bar.pageStep(), max(1, bar.pageStep() // 2)):
        bar.setValue(min(top, bar.maximum()))
        qtbot.waitUntil(page_is_loaded, timeout=10_000)
        qtbot.waitUntil(page_is_seen, timeout=10_000)


def test_that_only_cells_that_rested_on_the_screen_are_seen(qtbot: QtBot, low: MainWindow, workbench: Workbench):
    shown = {low.gallery.model.rows()[row].cell.id for row in low.gallery.view.visible_rows()}
    qtbot.waitUntil(lambda: bool(current_view(low).review.seen), timeout=10_000)
    seen_on_top = current_view(low).review.seen
    everything = {v.cell.id for v in current_view(low).cells}
    assert everything - seen_on_top - shown, "cells below the first page are not seen"
    kinds = [e for e in workbench.review_log.events() if e.kind is EventKind.SEEN]
    assert len(kinds) <= 4  # in batches
    bar = low.gallery.view.verticalScrollBar()
    passed = low.gallery.model.rows()[len(everything) // 2].cell.id
    bar.setValue(bar.maximum() // 2)
    bar.setValue(0)  # passed over in less than 0.3 s
    low.seen_tracker.flush()
    qtbot.waitUntil(lambda: low.review.is_idle)
    assert passed not in current_view(low).review.seen or passed in shown


def test_that_the_dialog_lists_unseen_cells_leads_to_them_and_signs_once_they_were_seen(
    qtbot: QtBot, low: MainWindow, workbench: Workbench
):
    satisfy_all_but_seeing(qtbot, low)
    sign = low.action_manager.by_key["sign"]
    dialog = opened_dialog(qtbot, SignDialog, sign.trigger)
    unseen = [o for o in low.review.sign_obstacles if "on the screen" in o.text]
    assert len(unseen) == 1
    assert any(unseen[0].text in label.text() for label in dialog.findChildren(QLabel))
    assert not dialog.sign_button.isEnabled()
    show = next(b for b in dialog.findChildren(QPushButton) if b.text() == f"Show these cells ({len(unseen[0].cells)})")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: {v.cell.id for v in low.gallery.model.rows()} == set(unseen[0].cells))
    scroll_through(qtbot, low)
    dialog = opened_dialog(qtbot, SignDialog, sign.trigger)  # what was seen last is written first
    assert low.review.sign_obstacles == ()
    qtbot.keyClicks(dialog._name_edit, "Ada Example")
    assert not dialog.sign_button.isEnabled()  # fewer than 100 leukocytes: a reason is missing
    qtbot.keyClicks(dialog.reason_edit, "leukopenia")
    qtbot.mouseClick(dialog.sign_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: current_view(low).review.signature is not None, timeout=10_000)
    event = next(e for e in workbench.review_log.events() if e.kind is EventKind.SIGN)
    assert event.payload["reason"] == "leukopenia"
    assert event.payload["meaning"] == "Review of the differential by a person"


def test_that_recording_what_was_seen_repaints_nothing(qtbot: QtBot, low: MainWindow):
    qtbot.waitUntil(lambda: bool(current_view(low).review.seen) and low.review.is_idle, timeout=10_000)
    qtbot.waitUntil(lambda: not low.tasks.is_busy, timeout=10_000)
    changes: list[object] = []
    low.review.view_changed.connect(changes.append)
    seen = len(current_view(low).review.seen)
    bar = low.gallery.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(current_view(low).review.seen) > seen, timeout=10_000)
    assert changes == []


def test_that_what_was_seen_is_kept_when_the_window_closes(qtbot: QtBot, low: MainWindow, workbench: Workbench):
    qtbot.waitUntil(lambda: bool(low.seen_tracker._seen) or bool(current_view(low).review.seen), timeout=10_000)
    low.seen_tracker._write_timer.stop()
    expected = set(low.seen_tracker._seen)
    close_window(qtbot, low)
    stored = {cell for e in workbench.review_log.events() if e.kind is EventKind.SEEN for cell in e.cells}
    assert expected <= stored
    assert stored


def test_that_the_filter_of_listed_cells_goes_with_its_slide(qtbot: QtBot, low: MainWindow, slide_folder: Path):
    cells = [v.cell.id for v in current_view(low).cells[:3]]
    low.gallery.model.collapsed = {v.label for v in current_view(low).cells}
    low.label_actions.list_cells(tuple(cells))
    assert {v.cell.id for v in low.gallery.model.rows()} == set(cells)  # also in collapsed groups
    low.gallery.show_slide(None)
    assert low.gallery.filter_combo.findData("listed") == -1
    assert low.gallery.filter_combo.currentData() == "all"
