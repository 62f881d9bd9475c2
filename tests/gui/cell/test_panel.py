"""The panel of one cell: late results, opinions, maps, zoom and display."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette

from leukview.domain.slide import SourceLabel
from leukview.gui.cell.facts_form import build_cell_facts
from tests.support.cell_examples import IMAGE_BACKGROUND, cell_analysis, cell_image, cell_view, visible_texts


# ---- what arrives ----------------------------------------------------------------------------------------------------
def test_that_an_empty_panel_says_what_to_do(panel):
    assert "Select a cell" in visible_texts(panel)
    assert panel.cell_id == ""


def test_that_a_cell_asks_for_its_picture_once(panel, taxonomy, qtbot):
    with qtbot.waitSignal(panel.image_requested) as wanted:
        panel.show_cell(cell_view(3), taxonomy, um_per_px=None)
    assert wanted.args == [cell_view(3).cell.id]
    with qtbot.assertNotEmitted(panel.image_requested):
        panel.show_cell(cell_view(3, label="monocyte", reviewer="A"), taxonomy, um_per_px=None)


def test_that_a_cell_analysed_meanwhile_asks_again(panel, taxonomy, qtbot):
    panel.show_cell(cell_view(3, analysed=False), taxonomy, um_per_px=None)
    with qtbot.waitSignal(panel.image_requested):
        panel.show_cell(cell_view(3), taxonomy, um_per_px=None)
    assert panel.stage_tree.summary.text() == "Blast 79.2 %"


def test_that_results_of_another_cell_are_ignored(panel, taxonomy):
    panel.show_cell(cell_view(1), taxonomy, um_per_px=None)
    panel.show_cell(cell_view(2), taxonomy, um_per_px=None)
    late = cell_view(1).cell.id
    panel.set_image(late, cell_image())
    panel.set_analysis(late, cell_analysis())
    panel.show_image_error(late, "The file is gone.")
    panel.image_toolbar.outline_button.toggle()
    assert panel.image_view.pixels is None
    assert not panel.image_view.contours_shown


def test_that_nothing_of_one_cell_is_seen_on_the_next(loaded, taxonomy):
    loaded.image_toolbar.outline_button.toggle()
    loaded.image_toolbar.map_button.toggle()
    loaded.show_cell(cell_view(2), taxonomy, um_per_px=None)
    assert loaded.image_view.pixels is None
    assert not loaded.image_view.contours_shown
    assert not loaded.image_view.heatmap_shown
    loaded.set_image(cell_view(2).cell.id, cell_image())
    assert not loaded.image_view.contours_shown


def test_that_a_failure_is_said_in_the_place_of_the_picture(loaded):
    before = loaded.image_view.viewport().grab().toImage()
    loaded.image_toolbar.outline_button.toggle()
    loaded.show_image_error(loaded.cell_id, "The image of this cell is not on this workstation.")
    after = loaded.image_view.viewport().grab().toImage()
    base = loaded.palette().color(QPalette.ColorRole.Base)
    assert before.pixelColor(before.rect().center()) == IMAGE_BACKGROUND
    assert after.pixelColor(5, 5) == base
    assert any(after.pixelColor(x, y) != base for x in range(after.width()) for y in range(after.height()))
    assert not loaded.image_view.contours_shown


# ---- what is said ----------------------------------------------------------------------------------------------------
def test_that_the_three_opinions_stand_side_by_side(loaded, taxonomy):
    view = cell_view(1, label="promyelocyte", reviewer="Dr Miller", at="2026-11-24T10:12:30+00:00", comment="Auer rods")
    loaded.show_cell(view, taxonomy, um_per_px=None)
    assert loaded.title_label.text() == "Cell 1 · Promyelocyte"
    here = datetime(2026, 11, 24, 10, 12, tzinfo=UTC).astimezone()
    assert loaded.facts_form.value_text("reviewer") == f"Promyelocyte · Dr Miller, {here:%Y-%m-%d %H:%M}"
    assert loaded.facts_form.value_text("model") == "Blast 79.2 %"
    assert loaded.facts_form.value_text("analyser") == "Blast cells (BL)"
    assert loaded.facts_form.value_text("ratio").startswith("0.60")
    assert loaded.facts_form.value_text("comment") == "Auer rods"


def test_that_areas_are_in_square_micrometres_only_with_a_scale(taxonomy):
    without = build_cell_facts(cell_view(), taxonomy, um_per_px=None, blind=False, tr=str)
    with_scale = build_cell_facts(cell_view(), taxonomy, um_per_px=0.1, blind=False, tr=str)
    assert without.area == "Cell 2,000 px · nucleus 1,200 px"
    assert with_scale.area == "Cell 2,000\u00a0px (20.0\u00a0µm²) · nucleus 1,200\u00a0px (12.0\u00a0µm²)"


def test_that_flags_are_told_in_words(taxonomy):
    view = cell_view()
    assert view.prediction is not None
    flagged = replace(
        view, prediction=replace(view.prediction, flags=("cut", "no_cell", "uncertain", "unlike_training"))
    )
    assert build_cell_facts(flagged, taxonomy, um_per_px=None, blind=False, tr=str).remarks == (
        "Cut by the image edge · No cell found in the image · The model is uncertain · Unlike the training set"
    )
    assert build_cell_facts(flagged, taxonomy, um_per_px=None, blind=True, tr=str).remarks == (
        "Cut by the image edge · No cell found in the image"
    )


def test_that_a_conflict_of_the_analyser_is_told(taxonomy):
    view = cell_view()
    doubled = replace(view, cell=replace(view.cell, conflicts=(SourceLabel("monocyte", "Monocytes", "MO"),)))
    assert build_cell_facts(doubled, taxonomy, um_per_px=None, blind=False, tr=str).analyser == (
        "Blast cells (BL); also exported as Monocytes"
    )
    unlabelled = replace(view, cell=replace(view.cell, source=None))
    assert build_cell_facts(unlabelled, taxonomy, um_per_px=None, blind=False, tr=str).analyser == "No label"


def test_that_an_abstention_is_not_sold_as_an_answer(taxonomy):
    view = cell_view()
    assert view.prediction is not None
    unsure = replace(view, prediction=replace(view.prediction, label="unidentified"), label="unidentified")
    facts = build_cell_facts(unsure, taxonomy, um_per_px=None, blind=False, tr=str)
    assert facts.title == "Cell 1 · Unidentified"
    assert facts.model == "Unidentified (most probable: Blast 79.2 %)"


def test_that_a_blind_review_shows_nothing_of_the_model(loaded, taxonomy):
    loaded.image_toolbar.map_button.toggle()
    loaded.show_cell(cell_view(1), taxonomy, um_per_px=None, blind=True)
    loaded.set_map_visible(True)
    said = visible_texts(loaded)
    assert loaded.title_label.text() == "Cell 1"
    assert "79.2" not in said
    assert loaded.facts_form.value_text("model") == "Hidden (blind review)"
    assert not loaded.stage_tree.isVisible()
    assert not loaded.image_view.heatmap_shown
    loaded.show_cell(cell_view(1), taxonomy, um_per_px=None)
    assert loaded.stage_tree.isVisible()
    assert "79.2" in visible_texts(loaded)


def test_that_a_blind_review_shows_the_reviewers_own_label(taxonomy):
    facts = build_cell_facts(
        cell_view(1, label="monocyte", reviewer="A", at="2026-01-01T00:00"),
        taxonomy,
        um_per_px=None,
        blind=True,
        tr=str,
    )
    assert facts.title == "Cell 1 · Monocyte"


def test_that_a_cell_nobody_looked_at_says_so(panel, taxonomy):
    panel.show_cell(cell_view(analysed=False), taxonomy, um_per_px=None)
    assert panel.title_label.text() == "Cell 1"
    assert panel.facts_form.value_text("model") == "Not analysed yet"
    assert panel.facts_form.value_text("reviewer") == "Not reviewed yet"
    assert panel.facts_form.value_text("area") == ""


def test_that_the_comment_button_asks_for_a_comment(loaded, qtbot):
    with qtbot.waitSignal(loaded.comment_requested):
        qtbot.mouseClick(loaded.comment_button, Qt.MouseButton.LeftButton)


# ---- keys and looks --------------------------------------------------------------------------------------------------
def test_that_space_presses_the_focused_button_though_the_window_binds_it(loaded, qtbot):
    fired: list[bool] = []
    action = QAction("Accept", loaded)
    action.setShortcut(QKeySequence("Space"))
    action.triggered.connect(lambda: fired.append(True))
    loaded.addAction(action)
    loaded.activateWindow()
    loaded.image_toolbar.outline_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(loaded.image_toolbar.outline_button, Qt.Key.Key_Space)
    assert loaded.image_view.contours_shown
    assert fired == []


def test_that_a_click_leaves_the_keys_with_the_gallery(loaded, qtbot):
    for control in (
        loaded.image_view,
        loaded.image_toolbar.outline_button,
        loaded.image_toolbar.opacity_slider,
        loaded.comment_button,
    ):
        assert control.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_that_each_control_has_an_accessible_name(loaded):
    controls = loaded.image_toolbar
    for control in (
        loaded.image_view,
        loaded.stage_tree.view,
        loaded.facts_form,
        controls.outline_button,
        controls.map_button,
        controls.opacity_slider,
        controls.adjust_button,
        controls.minus_button,
        controls.zoom_button,
        controls.plus_button,
        controls.brightness_slider,
        controls.contrast_slider,
        controls.gamma_slider,
    ):
        assert control.accessibleName()


def test_that_a_wide_panel_puts_the_words_beside_the_picture(loaded, qtbot):
    assert loaded.facts_form.mapTo(loaded, QPoint(0, 0)).y() > loaded.image_view.mapTo(loaded, QPoint(0, 0)).y()
    loaded.resize(1300, 800)
    qtbot.waitUntil(lambda: loaded.image_view.height() > 600)
    assert loaded.facts_form.mapTo(loaded, QPoint(0, 0)).x() > loaded.image_view.mapTo(loaded, QPoint(0, 0)).x() + 500
    loaded.resize(420, 900)
    qtbot.waitUntil(lambda: loaded.image_view.height() < 600)
    assert loaded.facts_form.mapTo(loaded, QPoint(0, 0)).x() < 20


def test_that_the_panel_hands_the_keys_to_its_picture(loaded, qtbot):
    loaded.setFocus()
    qtbot.waitUntil(loaded.image_view.hasFocus)
    fit = loaded.image_view.zoom
    qtbot.keyClick(loaded.image_view, Qt.Key.Key_Plus)
    assert loaded.image_view.zoom == pytest.approx(fit * 1.25)


def test_that_no_line_of_the_opinions_is_cut_in_a_low_panel(panel, taxonomy, qtbot):
    view = cell_view(
        1, label="promyelocyte", reviewer="Dr Miller", at="2026-11-24T10:12:30+00:00", comment="Auer " * 30
    )
    panel.resize(330, 450)
    panel.show_cell(view, taxonomy, um_per_px=0.1)
    qtbot.waitUntil(lambda: panel.details_area.verticalScrollBar().maximum() > 0)
    lines = [label for label in panel.facts_form._value_labels.values() if not label.isHidden()]
    assert len(lines) >= 6
    for label in lines:
        assert label.height() >= label.heightForWidth(label.width())
    tree = panel.stage_tree.view
    assert tree.verticalScrollBar().maximum() == 0, "the tree is as high as its rows: the panel scrolls, not the tree"
    panel.stage_tree.select_choice("stage1", "malignant")
    row = tree.visualRect(tree.currentIndex())
    where = tree.viewport().mapTo(panel.details_area.viewport(), row.center()).y()
    assert 0 < where < panel.details_area.viewport().height(), "a row that is marked is brought into view"
