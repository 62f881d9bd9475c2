"""One key takes over the analyser's class, for a cell, a group and a slide."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukview.bootstrap.site_config import load_grading_form
from leukview.domain.review.events import EventKind
from leukview.domain.taxonomy import OTHER, UNIDENTIFIED, Taxonomy
from leukview.gui.main_window import MainWindow
from leukview.services.review.event_text import EventNames, event_text
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, press_key
from tests.support.message_boxes import answer_many_cells


def sources(window: MainWindow) -> dict[str, str]:
    """Cell id → the analyser's class, of the cells that have one to take over."""
    cells = [v.cell for v in current_view(window).cells]
    return {c.id: c.source.class_key for c in cells if c.source and c.source.class_key not in {OTHER, UNIDENTIFIED}}


def test_that_one_key_labels_a_cell_as_the_analyser_did(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, taxonomy: Taxonomy
):
    known = sources(opened)
    cell = next(v.cell.id for v in opened.gallery.model.rows() if known.get(v.cell.id, v.label) != v.label)
    opened.gallery.view.go_to(cell)
    press_key(qtbot, opened, "=")
    assert current_view(opened).by_id[cell].review.label == known[cell]
    event = [e for e in workbench.review_log.events() if e.kind is EventKind.ACCEPT][-1]
    assert event.payload == {"labels": {cell: known[cell]}, "opinion": "analyser"}
    words = event_text(event, EventNames(taxonomy, (), load_grading_form(), {cell: 7}), {})
    assert words == f"Used the analyser's classes: cell 7 as {taxonomy.cell_class(known[cell]).name}."
    assert opened.gallery.current_cell_id != cell  # goes on


def test_that_the_whole_slide_is_one_action_and_can_be_undone(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    known = sources(opened)
    assert len(known) > 10
    before = len(workbench.review_log.events())
    opened.gallery.view.selectAll()
    press_key(qtbot, opened, "=")
    answer_many_cells(opened)
    qtbot.waitUntil(lambda: opened.review.is_idle and current_view(opened).reviewed_count > 0, timeout=10_000)
    labels = {v.cell.id: v.review.label for v in current_view(opened).cells if v.review.label}
    assert labels == known
    new = [e for e in workbench.review_log.events()[before:] if e.kind is EventKind.ACCEPT]
    assert len(new) == 1
    opened.activateWindow()
    qtbot.waitUntil(opened.gallery.view.hasFocus)
    qtbot.keyClick(opened.gallery.view, "z", Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: current_view(opened).reviewed_count == 0)


def test_that_cells_without_a_class_of_the_analyser_are_told_and_left(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    bare = [v.cell.id for v in current_view(opened).cells if v.cell.id not in sources(opened)]
    if not bare:
        pytest.skip("every cell of this slide has a class of the analyser")
    opened.gallery.view.go_to(bare[0])
    press_key(qtbot, opened, "=")
    assert "left unchanged: 1." in opened.notifications.text
    assert not [e for e in workbench.review_log.events() if e.kind is EventKind.ACCEPT]


def test_that_the_key_is_off_in_a_second_reading(qtbot: QtBot, opened: MainWindow):
    opened.action_manager.by_key["second"].trigger()
    qtbot.waitUntil(lambda: current_view(opened).reading == 2 and opened.review.is_idle, timeout=10_000)
    qtbot.waitUntil(lambda: not opened.action_manager.by_key["analyser"].isEnabled())
