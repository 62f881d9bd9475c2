"""The draft of an outline, and the brush that paints it on the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.gui.cell.mask_draft import MaskDraft
from leukview.gui.cell.panel import CellPanel
from leukview.gui.imaging.overlays import CELL_COLOUR
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click
from tests.support.cell_examples import (
    IMAGE_BACKGROUND,
    cell_analysis,
    cell_image,
    cell_view,
    colour_at,
    drag_mouse,
    masks_equal,
)

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


# ---- the draft, without a window -------------------------------------------------------------------------------------
def empty_mask() -> NDArray[np.uint8]:
    return np.zeros((60, 80), np.uint8)


def test_that_a_stroke_is_a_line_with_round_ends_and_stays_inside_the_picture():
    draft = MaskDraft(empty_mask())
    draft.paint((20.5, 30.5), (60.5, 30.5), 4, NUCLEUS)
    assert draft.mask[30, 20:61].tolist() == [NUCLEUS] * 41
    assert (draft.mask[25, 40], draft.mask[26, 40], draft.mask[34, 40], draft.mask[35, 40]) == (0, 2, 2, 0)
    assert (draft.mask[30, 16], draft.mask[30, 15], draft.mask[30, 64]) == (2, 0, 2)
    draft.paint((-50, -50), (-40, -45), 3, CYTOPLASM)
    draft.paint((79.5, 59.5), (95, 59.5), 3, CYTOPLASM)
    assert draft.mask[59, 79] == CYTOPLASM
    assert not (draft.mask == CYTOPLASM)[:, :70].any()


def test_that_strokes_and_clicks_are_taken_back_one_by_one_and_done_again():
    draft = MaskDraft(empty_mask())
    draft.paint((10, 10), (10, 10), 5, CYTOPLASM)
    draft.commit_stroke()
    stroke = draft.mask.copy()
    refined = stroke.copy()
    refined[40:50, 40:50] = NUCLEUS
    draft.apply_refinement(stroke, refined, Click(45, 45, NUCLEUS))
    assert (draft.methods, draft.clicks) == (("brush", "clicks"), (Click(45, 45, NUCLEUS),))
    draft.undo()
    assert np.array_equal(draft.mask, stroke)
    assert (draft.methods, draft.clicks) == (("brush",), ())
    draft.undo()
    assert not draft.is_modified
    assert not draft.can_undo
    draft.redo()
    draft.redo()
    assert np.array_equal(draft.mask, refined)
    assert not draft.can_redo


def test_that_undo_in_the_middle_of_a_stroke_takes_that_stroke_alone():
    draft = MaskDraft(empty_mask())
    draft.paint((10, 10), (10, 10), 5, CYTOPLASM)
    draft.commit_stroke()
    kept = draft.mask.copy()
    draft.paint((40, 40), (40, 40), 5, CYTOPLASM)
    draft.undo()
    assert np.array_equal(draft.mask, kept)


def test_that_a_stroke_made_while_a_click_is_answered_stands_and_ends_the_series_of_clicks():
    draft = MaskDraft(empty_mask())
    asked = draft.mask.copy()
    draft.paint((10, 10), (10, 10), 4, CYTOPLASM)
    draft.commit_stroke()
    refined = asked.copy()
    refined[30:40, 30:40] = NUCLEUS
    draft.apply_refinement(asked, refined, Click(35, 35, NUCLEUS))
    assert draft.mask[10, 10] == CYTOPLASM
    assert draft.mask[35, 35] == NUCLEUS
    assert list(draft.active_clicks) == [Click(35, 35, NUCLEUS)]
    draft.paint((50, 50), (50, 50), 4, CYTOPLASM)
    draft.commit_stroke()
    assert not draft.active_clicks
    assert draft.clicks == (Click(35, 35, NUCLEUS),)


# ---- the brush on the picture ----------------------------------------------------------------------------------------
@pytest.fixture
def panel(qtbot: QtBot, taxonomy) -> CellPanel:
    """A cell of 100 × 80 pixels whose outline is being repaired."""
    widget = CellPanel()
    qtbot.addWidget(widget)
    widget.resize(560, 900)
    with qtbot.waitExposed(widget):
        widget.show()
    view = cell_view()
    widget.show_cell(view, taxonomy, um_per_px=None)
    widget.set_image(view.cell.id, cell_image())
    widget.set_analysis(view.cell.id, cell_analysis())
    widget.set_mask_editing(True)
    widget.mask_editor.begin(cell_analysis().mask)
    QApplication.processEvents()
    return widget


def test_that_the_brush_paints_what_is_chosen_and_the_picture_shows_it(panel: CellPanel):
    before = colour_at(panel, 80, 40)
    panel.mask_editor.set_brush_radius(5)
    drag_mouse(panel, (70, 40), (75, 40), (85, 40))
    assert panel.mask_editor.draft is not None
    mask = panel.mask_editor.draft.mask
    assert (mask[40, 85], mask[40, 92], mask[52, 85]) == (CYTOPLASM, 0, 0)
    painted = colour_at(panel, 80, 40)
    assert painted != before
    assert abs(painted.blue() - before.blue()) < abs(QColor(CELL_COLOUR).blue() - QColor(CELL_COLOUR).red())
    panel.mask_editor.set_region(NUCLEUS)
    drag_mouse(panel, (80, 40), (80, 41))
    assert mask[40, 80] == NUCLEUS
    assert colour_at(panel, 80, 40) != painted
    assert "nucleus" in panel.mask_toolbar.measures_label.text()


def test_that_the_right_button_gives_what_lies_outside(panel: CellPanel):
    mask = panel.mask_editor.draft.mask  # type: ignore[union-attr]  # a draft is there
    for region, outside in ((NUCLEUS, CYTOPLASM), (CYTOPLASM, BACKGROUND), (BACKGROUND, CYTOPLASM)):
        panel.mask_editor.set_region(region)
        drag_mouse(panel, (50, 40), button=RIGHT)
        assert mask[40, 50] == outside


def test_that_undo_and_redo_are_seen_and_the_bar_follows(panel: CellPanel, qtbot: QtBot):
    assert not panel.mask_toolbar.undo_button.isEnabled()
    panel.mask_editor.set_brush_radius(5)
    words, before = panel.mask_toolbar.measures_label.text(), colour_at(panel, 85, 40)
    drag_mouse(panel, (80, 40), (85, 40))
    after = colour_at(panel, 85, 40)
    assert panel.mask_toolbar.measures_label.text() != words
    panel.mask_toolbar.undo_requested.connect(panel.mask_editor.undo)
    qtbot.mouseClick(panel.mask_toolbar.undo_button, LEFT)
    assert (panel.mask_toolbar.measures_label.text(), colour_at(panel, 85, 40)) == (words, before)
    panel.mask_editor.redo()
    assert colour_at(panel, 85, 40) == after


def test_that_when_it_ends_nothing_of_the_draft_is_left_and_dragging_moves_the_picture_again(panel: CellPanel):
    drag_mouse(panel, (80, 40), (90, 40))
    panel.mask_editor.end()
    panel.set_mask_editing(False)
    assert colour_at(panel, 85, 40) == IMAGE_BACKGROUND
    drag_mouse(panel, (80, 40), (90, 40))
    assert not panel.mask_editor.active
    assert masks_equal(panel.cell_mask, cell_analysis().mask)


def test_that_each_tool_has_a_name_that_a_screen_reader_can_say(panel: CellPanel):
    bar = panel.mask_toolbar
    named = (
        *bar.tool_buttons.values(),
        *bar.region_buttons.values(),
        bar.undo_button,
        bar.redo_button,
        bar.segmenter_button,
    )
    assert all(":" in button.accessibleName() for button in named)
    for widget in (bar, bar.size_slider, bar.measures_label, bar.status_label, panel.image_toolbar.repair_button):
        assert widget.accessibleName()
    assert bar.accept_button.text()
    assert bar.cancel_button.text()
