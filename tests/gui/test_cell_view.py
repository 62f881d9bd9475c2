"""The panel of one cell: late results, opinions, maps, zoom and display."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
from leukview.domain.review import CellReview
from leukview.domain.slide import Cell, SourceLabel
from leukview.domain.taxonomy import Step
from leukview.gui.cell_facts import facts_of
from leukview.gui.cell_view import CellPanel
from leukview.gui.overlays import CELL_COLOUR, NEUTRAL, NUCLEUS_COLOUR, Adjustment
from leukview.gui.picture_view import ruler_length
from leukview.services.engines import StageMaps
from leukview.services.review import CellView
from leukview.services.stores import CachedAnalysis

GROUND_RGB = (240, 220, 200)
GROUND = QColor(*GROUND_RGB)


def cell_view(number: int = 1, *, malignant: float = 0.8, analysed: bool = True, **review: object) -> CellView:
    cell = Cell(f"S-{number:012x}", "S", number, f"{number:064x}", 100, 80, SourceLabel("blast", "Blast cells", "BL"))
    stages = (
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.99, 0.01)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
    )
    label = "blast" if malignant > 0.5 else "lymphocyte"
    prediction = Prediction("b" * 64, "fake:0", stages, label, label, 0.99 * malignant, None, Measurement(2000, 1200))
    found = CellReview(**review)  # type: ignore[arg-type]
    shown = found.label or (label if analysed else "unidentified")
    return CellView(cell, prediction if analysed else None, found, shown, not analysed and not found.label)


def picture() -> np.ndarray:
    pixels = np.empty((80, 100, 3), np.uint8)
    pixels[:] = GROUND_RGB
    return pixels


def analysis() -> CachedAnalysis:
    mask = np.zeros((80, 100), np.uint8)
    mask[20:60, 30:70] = 1
    mask[30:50, 40:60] = 2
    maps = np.zeros((2, 4, 4), np.float32)
    maps[1, 1:3, 1:3] = 8.0  # for malignant, in the middle
    maps[0, 0, 0] = 2.0  # for benign, a quarter as strong, in a corner
    gate = np.ones((2, 4, 4), np.float32)
    return CachedAnalysis(
        mask, (StageMaps("gate", gate), StageMaps("stage1", maps)), (10, 0, 90, 80), np.zeros(4, np.float32)
    )


@pytest.fixture
def panel(qtbot):
    widget = CellPanel()
    qtbot.addWidget(widget)
    widget.resize(420, 900)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def loaded(panel, taxonomy):
    view = cell_view()
    panel.show_cell(view, taxonomy, um_per_px=None)
    panel.set_picture(view.cell.id, picture())
    panel.set_analysis(view.cell.id, analysis())
    return panel


def colour_at(panel: CellPanel, x: float, y: float) -> QColor:
    """On the screen, where the picture's point (x, y) lies."""
    panel.picture.viewport().repaint()
    where = panel.picture.mapFromScene(QPointF(x, y))
    return panel.picture.viewport().grab().toImage().pixelColor(where)


def shown_texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget.window()))


# ---- what arrives ----------------------------------------------------------------------------------------------------
def test_that_an_empty_panel_says_what_to_do(panel):
    assert "Select a cell" in shown_texts(panel)
    assert panel.cell_id == ""


def test_that_a_cell_asks_for_its_picture_once(panel, taxonomy, qtbot):
    with qtbot.waitSignal(panel.picture_wanted) as wanted:
        panel.show_cell(cell_view(3), taxonomy, um_per_px=None)
    assert wanted.args == [cell_view(3).cell.id]
    with qtbot.assertNotEmitted(panel.picture_wanted):
        panel.show_cell(cell_view(3, label="monocyte", reviewer="A"), taxonomy, um_per_px=None)


def test_that_a_cell_analysed_meanwhile_asks_again(panel, taxonomy, qtbot):
    panel.show_cell(cell_view(3, analysed=False), taxonomy, um_per_px=None)
    with qtbot.waitSignal(panel.picture_wanted):
        panel.show_cell(cell_view(3), taxonomy, um_per_px=None)
    assert panel.tree.summary.text() == "Blast 79.2 %"


def test_that_results_of_another_cell_are_ignored(panel, taxonomy):
    panel.show_cell(cell_view(1), taxonomy, um_per_px=None)
    panel.show_cell(cell_view(2), taxonomy, um_per_px=None)
    late = cell_view(1).cell.id
    panel.set_picture(late, picture())
    panel.set_analysis(late, analysis())
    panel.set_failed(late, "The file is gone.")
    panel.controls.outline_button.toggle()
    assert panel.picture.pixels is None
    assert not panel.picture.outline_shown


def test_that_nothing_of_one_cell_is_seen_on_the_next(loaded, taxonomy):
    loaded.controls.outline_button.toggle()
    loaded.controls.map_button.toggle()
    loaded.show_cell(cell_view(2), taxonomy, um_per_px=None)
    assert loaded.picture.pixels is None
    assert not loaded.picture.outline_shown
    assert not loaded.picture.heat_shown
    loaded.set_picture(cell_view(2).cell.id, picture())
    assert not loaded.picture.outline_shown


def test_that_a_failure_is_said_in_the_place_of_the_picture(loaded):
    before = loaded.picture.viewport().grab().toImage()
    loaded.controls.outline_button.toggle()
    loaded.set_failed(loaded.cell_id, "The image of this cell is not on this workstation.")
    after = loaded.picture.viewport().grab().toImage()
    base = loaded.palette().color(QPalette.ColorRole.Base)
    assert before.pixelColor(before.rect().center()) == GROUND
    assert after.pixelColor(5, 5) == base
    assert any(after.pixelColor(x, y) != base for x in range(after.width()) for y in range(after.height()))
    assert not loaded.picture.outline_shown


# ---- what is said ----------------------------------------------------------------------------------------------------
def test_that_the_three_opinions_stand_side_by_side(loaded, taxonomy):
    view = cell_view(1, label="promyelocyte", reviewer="Dr Miller", at="2026-11-24T10:12:30+00:00", comment="Auer rods")
    loaded.show_cell(view, taxonomy, um_per_px=None)
    assert loaded.title.text() == "Cell 1 · Promyelocyte"
    here = datetime(2026, 11, 24, 10, 12, tzinfo=UTC).astimezone()
    assert loaded.facts.line("reviewer") == f"Promyelocyte · Dr Miller, {here:%Y-%m-%d %H:%M}"
    assert loaded.facts.line("model") == "Blast 79.2 %"
    assert loaded.facts.line("analyser") == "Blast cells (BL)"
    assert loaded.facts.line("ratio").startswith("0.60")
    assert loaded.facts.line("comment") == "Auer rods"


def test_that_areas_are_in_square_micrometres_only_with_a_scale(taxonomy):
    without = facts_of(cell_view(), taxonomy, um_per_px=None, blind=False, tr=str)
    with_scale = facts_of(cell_view(), taxonomy, um_per_px=0.1, blind=False, tr=str)
    assert without.area == "Cell 2,000 px · nucleus 1,200 px"
    assert with_scale.area == "Cell 2,000\u00a0px (20.0\u00a0µm²) · nucleus 1,200\u00a0px (12.0\u00a0µm²)"


def test_that_flags_are_told_in_words(taxonomy):
    view = cell_view()
    assert view.prediction is not None
    flagged = replace(
        view, prediction=replace(view.prediction, flags=("cut", "no_cell", "uncertain", "unlike_training"))
    )
    assert facts_of(flagged, taxonomy, um_per_px=None, blind=False, tr=str).remarks == (
        "Cut by the edge of the picture · No cell found in the picture · The model is uncertain · "
        "Unlike what the model was trained on"
    )
    assert facts_of(flagged, taxonomy, um_per_px=None, blind=True, tr=str).remarks == (
        "Cut by the edge of the picture · No cell found in the picture"
    )


def test_that_a_conflict_of_the_analyser_is_told(taxonomy):
    view = cell_view()
    doubled = replace(view, cell=replace(view.cell, conflicts=(SourceLabel("monocyte", "Monocytes", "MO"),)))
    assert facts_of(doubled, taxonomy, um_per_px=None, blind=False, tr=str).analyser == (
        "Blast cells (BL); also filed as Monocytes"
    )
    unlabelled = replace(view, cell=replace(view.cell, source=None))
    assert facts_of(unlabelled, taxonomy, um_per_px=None, blind=False, tr=str).analyser == "No label"


def test_that_an_abstention_is_not_sold_as_an_answer(taxonomy):
    view = cell_view()
    assert view.prediction is not None
    unsure = replace(view, prediction=replace(view.prediction, label="unidentified"), label="unidentified")
    facts = facts_of(unsure, taxonomy, um_per_px=None, blind=False, tr=str)
    assert facts.title == "Cell 1 · Unidentified"
    assert facts.model == "Unidentified (most probable: Blast 79.2 %)"


def test_that_a_blind_review_shows_nothing_of_the_model(loaded, taxonomy):
    loaded.controls.map_button.toggle()
    loaded.show_cell(cell_view(1), taxonomy, um_per_px=None, blind=True)
    loaded.show_map(True)
    said = shown_texts(loaded)
    assert loaded.title.text() == "Cell 1"
    assert "79.2" not in said
    assert loaded.facts.line("model") == "Hidden (blind review)"
    assert not loaded.tree.isVisible()
    assert not loaded.picture.heat_shown
    loaded.show_cell(cell_view(1), taxonomy, um_per_px=None)
    assert loaded.tree.isVisible()
    assert "79.2" in shown_texts(loaded)


def test_that_a_blind_review_shows_the_reviewers_own_label(taxonomy):
    facts = facts_of(
        cell_view(1, label="monocyte", reviewer="A", at="2026-01-01T00:00"),
        taxonomy,
        um_per_px=None,
        blind=True,
        tr=str,
    )
    assert facts.title == "Cell 1 · Monocyte"


def test_that_a_cell_nobody_looked_at_says_so(panel, taxonomy):
    panel.show_cell(cell_view(analysed=False), taxonomy, um_per_px=None)
    assert panel.title.text() == "Cell 1"
    assert panel.facts.line("model") == "Not analysed yet"
    assert panel.facts.line("reviewer") == "Not reviewed yet"
    assert panel.facts.line("area") == ""


def test_that_the_comment_button_asks_for_a_comment(loaded, qtbot):
    with qtbot.waitSignal(loaded.comment_wanted):
        qtbot.mouseClick(loaded.comment_button, Qt.MouseButton.LeftButton)


# ---- outline and map -------------------------------------------------------------------------------------------------
def test_that_the_outline_shows_cell_and_nucleus_in_their_colours(loaded, qtbot):
    qtbot.mouseClick(loaded.controls.outline_button, Qt.MouseButton.LeftButton)
    assert colour_at(loaded, 30, 40) == QColor(CELL_COLOUR)
    assert colour_at(loaded, 40, 40) == QColor(NUCLEUS_COLOUR)
    loaded.controls.outline_button.toggle()
    assert colour_at(loaded, 30, 40) == GROUND


def test_that_the_map_is_off_until_asked_for_and_off_again_for_the_next_cell(loaded, taxonomy, qtbot):
    assert not loaded.picture.heat_shown
    with qtbot.waitSignal(loaded.map_shown) as told:
        qtbot.mouseClick(loaded.controls.map_button, Qt.MouseButton.LeftButton)
    assert told.args == [loaded.cell_id, "stage1", "malignant"]
    assert loaded.picture.heat_shown
    with qtbot.assertNotEmitted(loaded.map_shown):
        loaded.show_cell(cell_view(2), taxonomy, um_per_px=None)
        loaded.set_picture(cell_view(2).cell.id, picture())
        loaded.set_analysis(cell_view(2).cell.id, analysis())
    assert not loaded.controls.map_button.isChecked()
    assert not loaded.picture.heat_shown


def test_that_the_map_lies_over_its_crop_and_says_what_it_is(loaded):
    loaded.controls.map_button.toggle()
    assert loaded.caption.text() == (
        "Class-activation map: 1 · Benign or malignant – Malignant. Shows what the model weighed, not disease."
    )
    assert colour_at(loaded, 50, 40) != GROUND
    assert colour_at(loaded, 4, 40) == GROUND
    loaded.controls.map_button.toggle()
    assert colour_at(loaded, 50, 40) == GROUND
    assert loaded.caption.text() == "100 × 80 px · scale unknown"


def test_that_a_click_on_a_choice_shows_its_map(loaded, qtbot):
    with qtbot.waitSignal(loaded.map_shown) as told:
        loaded.tree.choice_activated.emit("stage1", "benign")
    assert told.args == [loaded.cell_id, "stage1", "benign"]
    assert loaded.controls.map_button.isChecked()
    assert "– Benign." in loaded.caption.text()
    assert colour_at(loaded, 12, 2) != GROUND
    assert colour_at(loaded, 50, 40) == GROUND


def test_that_a_choice_is_drawn_on_the_scale_of_its_stage(loaded, qtbot):
    with qtbot.waitSignal(loaded.map_shown):
        loaded.tree.choice_activated.emit("stage1", "benign")
    heat = loaded._map.heat(Step("stage1", "benign"), cell_view(), analysis())
    assert heat is not None
    assert float(heat.max()) == pytest.approx(0.25)


def test_that_a_map_asked_for_before_it_came_is_shown_and_told_when_it_comes(panel, taxonomy, qtbot):
    panel.show_cell(cell_view(), taxonomy, um_per_px=None)
    panel.set_picture(panel.cell_id, picture())
    with qtbot.assertNotEmitted(panel.map_shown):
        panel.controls.map_button.toggle()
    assert panel.caption.text() == "Loading the class-activation map…"
    with qtbot.waitSignal(panel.map_shown):
        panel.set_analysis(panel.cell_id, analysis())
    assert panel.picture.heat_shown


def test_that_a_map_that_is_not_kept_is_not_claimed(panel, taxonomy, qtbot):
    panel.show_cell(cell_view(), taxonomy, um_per_px=None)
    panel.set_picture(panel.cell_id, picture())
    panel.set_analysis(panel.cell_id, None)
    with qtbot.assertNotEmitted(panel.map_shown):
        panel.controls.map_button.toggle()
    assert panel.caption.text().startswith("No class-activation map is kept")
    assert not panel.picture.heat_shown


def test_that_a_map_is_told_once_a_choice(loaded, taxonomy):
    told: list[tuple[str, str, str]] = []
    loaded.map_shown.connect(lambda *what: told.append(what))
    loaded.controls.map_button.toggle()
    loaded.show_cell(cell_view(1, label="monocyte", reviewer="A"), taxonomy, um_per_px=None)
    loaded.tree.choice_activated.emit("gate", "leukocyte")
    assert [t[1:] for t in told] == [("stage1", "malignant"), ("gate", "leukocyte")]


def test_that_the_opacity_slider_fades_the_map(loaded):
    loaded.controls.map_button.toggle()
    strong = colour_at(loaded, 50, 40)
    loaded.controls.opacity.setValue(0)
    assert colour_at(loaded, 50, 40) == GROUND
    assert strong != GROUND
    loaded.controls.map_button.toggle()
    assert not loaded.controls.opacity.isVisible()


# ---- zoom and display ------------------------------------------------------------------------------------------------
def test_that_the_picture_fits_at_first_and_when_the_panel_grows(loaded, qtbot):
    room = loaded.picture.viewport().size()
    assert loaded.picture.zoom == pytest.approx(min(room.width() / 100, room.height() / 80))
    loaded.resize(700, 1000)
    qtbot.waitUntil(lambda: loaded.picture.viewport().width() > 600)
    room = loaded.picture.viewport().size()
    assert loaded.picture.zoom == pytest.approx(min(room.width() / 100, room.height() / 80))


def test_that_zooming_is_kept_for_the_next_cell_until_fitted(loaded, taxonomy):
    fit = loaded.picture.zoom
    loaded.zoom_in()
    loaded.zoom_in()
    assert loaded.picture.zoom == pytest.approx(fit * 1.25**2)
    loaded.show_cell(cell_view(2), taxonomy, um_per_px=None)
    loaded.set_picture(cell_view(2).cell.id, picture())
    assert loaded.picture.zoom == pytest.approx(fit * 1.25**2)
    loaded.zoom_fit()
    assert loaded.picture.zoom == pytest.approx(fit)
    loaded.zoom_out()
    assert loaded.picture.zoom == pytest.approx(fit / 1.25)


def test_that_zoom_has_bounds(loaded):
    for _ in range(60):
        loaded.zoom_in()
    assert loaded.picture.zoom == 32.0
    for _ in range(60):
        loaded.zoom_out()
    assert loaded.picture.zoom > 0.5


def test_that_the_wheel_and_the_keys_zoom(loaded, qtbot):
    fit = loaded.picture.zoom
    middle = QPointF(loaded.picture.viewport().rect().center())
    turn = QWheelEvent(
        middle,
        loaded.picture.viewport().mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(loaded.picture.viewport(), turn)
    assert loaded.picture.zoom == pytest.approx(fit * 1.25)
    qtbot.keyClick(loaded.picture, Qt.Key.Key_Plus)
    assert loaded.picture.zoom == pytest.approx(fit * 1.25**2)
    qtbot.keyClick(loaded.picture, Qt.Key.Key_Minus)
    qtbot.keyClick(loaded.picture, Qt.Key.Key_0)
    assert loaded.picture.zoom == pytest.approx(fit)


def test_that_dragging_moves_a_zoomed_picture(loaded, qtbot):
    for _ in range(6):
        loaded.zoom_in()
    view = loaded.picture.viewport()
    before = loaded.picture.mapToScene(view.rect().center())
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    qtbot.mouseMove(view, QPoint(110, 120))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(110, 120))
    after = loaded.picture.mapToScene(view.rect().center())
    assert after.x() > before.x()
    assert after.y() > before.y()


def test_that_brightness_changes_the_display_alone_and_reset_takes_it_back(loaded, qtbot):
    loaded.controls.adjust_button.click()
    loaded.controls.brightness.setValue(-60)
    assert colour_at(loaded, 4, 40).lightness() < GROUND.lightness() - 50
    assert tuple(loaded.picture.pixels[40, 4]) == GROUND_RGB
    assert loaded.caption.text().endswith("display adjusted")
    qtbot.mouseClick(loaded.controls.reset_button, Qt.MouseButton.LeftButton)
    assert colour_at(loaded, 4, 40) == GROUND
    assert loaded.caption.text().endswith("scale unknown")


def test_that_the_display_curves_do_what_they_are_named():
    assert np.array_equal(NEUTRAL.curve(), np.arange(256))
    assert Adjustment(brightness=0.2).curve()[100] == 151
    steep = Adjustment(contrast=2.0).curve()
    assert (steep[64], steep[127], steep[191]) == (0, 126, 254)
    assert Adjustment(gamma=2.0).curve()[64] > 120


def test_that_a_ruler_is_shown_only_when_the_scale_is_known(loaded, taxonomy):
    corner = loaded.picture.viewport().rect().bottomRight() - QPoint(30, 14)
    bare = loaded.picture.viewport().grab().toImage().pixelColor(corner)
    loaded.show_cell(cell_view(1), taxonomy, um_per_px=0.1)
    ruled = loaded.picture.viewport().grab().toImage().pixelColor(corner)
    assert bare != ruled
    assert loaded.caption.text() == "100 × 80 px · 0.1 µm per px"


def test_that_the_ruler_is_the_longest_round_length_that_fits():
    assert ruler_length(0.1, 1.0, 400) == 10.0  # 100 px of at most 120
    assert ruler_length(0.1, 4.0, 400) == 2.0
    assert ruler_length(0.0001, 32.0, 400) is None


# ---- keys and looks --------------------------------------------------------------------------------------------------
def test_that_space_presses_the_focused_button_though_the_window_binds_it(loaded, qtbot):
    fired: list[bool] = []
    action = QAction("Accept", loaded)
    action.setShortcut(QKeySequence("Space"))
    action.triggered.connect(lambda: fired.append(True))
    loaded.addAction(action)
    loaded.activateWindow()
    loaded.controls.outline_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(loaded.controls.outline_button, Qt.Key.Key_Space)
    assert loaded.picture.outline_shown
    assert fired == []


def test_that_a_click_leaves_the_keys_with_the_gallery(loaded, qtbot):
    for control in (loaded.picture, loaded.controls.outline_button, loaded.controls.opacity, loaded.comment_button):
        assert control.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_that_each_control_has_an_accessible_name(loaded):
    controls = loaded.controls
    for control in (
        loaded.picture,
        loaded.tree.view,
        loaded.facts,
        controls.outline_button,
        controls.map_button,
        controls.opacity,
        controls.adjust_button,
        controls.minus_button,
        controls.zoom_button,
        controls.plus_button,
        controls.brightness,
        controls.contrast,
        controls.gamma,
    ):
        assert control.accessibleName()


def test_that_a_wide_panel_puts_the_words_beside_the_picture(loaded, qtbot):
    assert loaded.facts.mapTo(loaded, QPoint(0, 0)).y() > loaded.picture.mapTo(loaded, QPoint(0, 0)).y()
    loaded.resize(1300, 800)
    qtbot.waitUntil(lambda: loaded.picture.height() > 600)
    assert loaded.facts.mapTo(loaded, QPoint(0, 0)).x() > loaded.picture.mapTo(loaded, QPoint(0, 0)).x() + 500
    loaded.resize(420, 900)
    qtbot.waitUntil(lambda: loaded.picture.height() < 600)
    assert loaded.facts.mapTo(loaded, QPoint(0, 0)).x() < 20


def test_that_the_panel_hands_the_keys_to_its_picture(loaded, qtbot):
    loaded.setFocus()
    qtbot.waitUntil(loaded.picture.hasFocus)
    fit = loaded.picture.zoom
    qtbot.keyClick(loaded.picture, Qt.Key.Key_Plus)
    assert loaded.picture.zoom == pytest.approx(fit * 1.25)


def test_that_no_line_of_the_opinions_is_cut_in_a_low_panel(panel, taxonomy, qtbot):
    view = cell_view(
        1, label="promyelocyte", reviewer="Dr Miller", at="2026-11-24T10:12:30+00:00", comment="Auer " * 30
    )
    panel.resize(330, 450)
    panel.show_cell(view, taxonomy, um_per_px=0.1)
    qtbot.waitUntil(lambda: panel.opinions.verticalScrollBar().maximum() > 0)
    lines = [label for label in panel.facts._lines.values() if not label.isHidden()]
    assert len(lines) >= 6
    for label in lines:
        assert label.height() >= label.heightForWidth(label.width())
    tree = panel.tree.view
    assert tree.verticalScrollBar().maximum() == 0, "the tree is as high as its rows: the panel scrolls, not the tree"
    panel.tree.mark_choice("stage1", "malignant")
    row = tree.visualRect(tree.currentIndex())
    where = tree.viewport().mapTo(panel.opinions.viewport(), row.center()).y()
    assert 0 < where < panel.opinions.viewport().height(), "a row that is marked is brought into view"
