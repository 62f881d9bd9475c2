"""Ten thousand cells on one slide: all are there, and what is done to 500 at a time is done."""

from __future__ import annotations

from functools import partial

from pytestqt.qtbot import QtBot

from benchmarks.gallery import CELLS, RELABEL_BATCH, exercise_window, store_slide
from leukview.gui.main_window import MainWindow
from leukview.services.workbench import Workbench


def test_that_ten_thousand_cells_load_scroll_and_are_relabelled(qtbot: QtBot, window: MainWindow, workbench: Workbench):
    """How long the window's thread is busy is measured in the bench (`benchmarks.gallery`), not here."""
    slide = store_slide(workbench, CELLS)
    longest = exercise_window(window, slide.id, partial(qtbot.waitUntil, timeout=60_000))
    view = window.review.view
    assert view is not None
    assert len(view.cells) == CELLS
    assert view.reviewed_count == 3 * RELABEL_BATCH, "four times 500 were relabelled, the last was undone"
    assert {"open", "scroll", "relabel", "undo", "order", "filter"} <= set(longest)
