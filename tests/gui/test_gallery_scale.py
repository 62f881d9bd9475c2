"""Ten thousand cells on one slide: the window's thread is never busy for long."""

from __future__ import annotations

from functools import partial

from pytestqt.qtbot import QtBot

from leukview.gui.main_window import MainWindow
from leukview.services.workbench import Workbench
from tests.bench_gallery import AT_ONCE, CELLS, fill, walk


def test_that_ten_thousand_cells_stall_nothing(qtbot: QtBot, window: MainWindow, workbench: Workbench):
    """Processor time of the window's thread alone, as `tests.bench_gallery` measures it: 20–50 ms on two slow cores."""
    slide = fill(workbench, CELLS)
    longest = walk(window, slide.id, partial(qtbot.waitUntil, timeout=60_000))
    view = window.desk.view
    assert view is not None
    assert len(view.cells) == CELLS
    assert view.reviewed == 3 * AT_ONCE, "four times 500 were relabelled, the last was undone"
    assert max(longest.values()) < 0.1, {name: round(seconds, 3) for name, seconds in longest.items()}
