"""The garbage collector waits until nobody is at work."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from leukview.gui.app.idle_gc import IdleGarbageCollector
from leukview.gui.main_window import MainWindow
from tests.gui.conftest import opened_dialog


class ReferenceCycle:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


def _is_gone(seen: weakref.ref[ReferenceCycle]) -> bool:
    return seen() is None


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_that_all_objects_are_looked_through_only_in_a_pause(qtbot: QtBot):
    gc.set_threshold(700, 10, 10)
    gc.collect()
    keeper = QObject()
    house = IdleGarbageCollector(keeper)
    full = gc.get_stats()[2]["collections"]
    kept: list[list[int]] = [[] for _ in range(150_000)]
    assert gc.get_stats()[2]["collections"] == full, "ten thousand cells must not set it off"
    house._idle_monitor.set_timeout_minutes(0.0005)
    qtbot.waitUntil(lambda: gc.get_stats()[2]["collections"] > full)
    assert len(kept) == 150_000


def test_that_a_pause_frees_what_holds_itself(qtbot: QtBot):
    keeper = QObject()
    house = IdleGarbageCollector(keeper)
    gc.collect()
    seen = [weakref.ref(ReferenceCycle()) for _ in range(3)]
    assert all(knot() is not None for knot in seen)
    house._idle_monitor.set_timeout_minutes(0.0005)
    qtbot.waitUntil(lambda: all(knot() is None for knot in seen))


def test_that_every_pause_frees_what_holds_itself_not_only_the_first(qtbot: QtBot, opened: MainWindow):
    house = opened.findChild(IdleGarbageCollector)
    assert house is not None
    house._idle_monitor.set_timeout_minutes(0.0005)
    for _ in range(3):
        qtbot.wait(60)  # the pause is over: what comes now is freed in the next one
        seen = weakref.ref(ReferenceCycle())
        qtbot.keyClick(opened.windowHandle(), Qt.Key.Key_F24)
        qtbot.waitUntil(partial(_is_gone, seen))


def test_that_no_dialog_stays_in_memory_once_it_is_closed(qtbot: QtBot, opened: MainWindow):
    keys = "open open_archive watch details grade sign report export corrections reviewers comment slide_comment"
    for key in (keys + " compare keys audit calls quality models about licences").split():
        dialog = opened_dialog(qtbot, QDialog, opened.action_manager.by_key[key].trigger)
        qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=20_000)
        dialog.reject()
        qtbot.waitUntil(lambda: not opened.findChildren(QDialog), timeout=20_000)


def test_that_the_start_does_not_read_the_source_of_all_modules():
    code = "import linecache, leukview.gui.main_window; print(sum(name.endswith('.py') for name in linecache.cache))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 10
