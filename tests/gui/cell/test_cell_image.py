"""The large picture of a cell: outline, maps, zoom, display and ruler."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from leukview.domain.taxonomy import Step
from leukview.gui.imaging.image_view import scale_bar_length
from leukview.gui.imaging.overlays import CELL_COLOUR, NO_ADJUSTMENT, NUCLEUS_COLOUR, DisplayAdjustment
from tests.support.cell_examples import (
    IMAGE_BACKGROUND,
    IMAGE_BACKGROUND_RGB,
    cell_analysis,
    cell_image,
    cell_view,
    colour_at,
)


# ---- outline and map -------------------------------------------------------------------------------------------------
def test_that_the_outline_shows_cell_and_nucleus_in_their_colours(loaded, qtbot):
    qtbot.mouseClick(loaded.image_toolbar.outline_button, Qt.MouseButton.LeftButton)
    assert colour_at(loaded, 30, 40) == QColor(CELL_COLOUR)
    assert colour_at(loaded, 40, 40) == QColor(NUCLEUS_COLOUR)
    loaded.image_toolbar.outline_button.toggle()
    assert colour_at(loaded, 30, 40) == IMAGE_BACKGROUND


def test_that_the_map_is_off_until_asked_for_and_off_again_for_the_next_cell(loaded, taxonomy, qtbot):
    assert not loaded.image_view.heatmap_shown
    with qtbot.waitSignal(loaded.map_shown) as told:
        qtbot.mouseClick(loaded.image_toolbar.map_button, Qt.MouseButton.LeftButton)
    assert told.args == [loaded.cell_id, "stage1", "malignant"]
    assert loaded.image_view.heatmap_shown
    with qtbot.assertNotEmitted(loaded.map_shown):
        loaded.show_cell(cell_view(2), taxonomy, um_per_px=None)
        loaded.set_image(cell_view(2).cell.id, cell_image())
        loaded.set_analysis(cell_view(2).cell.id, cell_analysis())
    assert not loaded.image_toolbar.map_button.isChecked()
    assert not loaded.image_view.heatmap_shown


def test_that_the_map_lies_over_its_crop_and_says_what_it_is(loaded):
    loaded.image_toolbar.map_button.toggle()
    assert loaded.caption_label.text() == (
        "Class-activation map: 1 · Benign or malignant – Malignant. Shows what influenced the model, not disease."
    )
    assert colour_at(loaded, 50, 40) != IMAGE_BACKGROUND
    assert colour_at(loaded, 4, 40) == IMAGE_BACKGROUND
    loaded.image_toolbar.map_button.toggle()
    assert colour_at(loaded, 50, 40) == IMAGE_BACKGROUND
    assert loaded.caption_label.text() == "100 × 80 px · scale unknown"


def test_that_a_click_on_a_choice_shows_its_map(loaded, qtbot):
    with qtbot.waitSignal(loaded.map_shown) as told:
        loaded.stage_tree.choice_activated.emit("stage1", "benign")
    assert told.args == [loaded.cell_id, "stage1", "benign"]
    assert loaded.image_toolbar.map_button.isChecked()
    assert "– Benign." in loaded.caption_label.text()
    assert colour_at(loaded, 12, 2) != IMAGE_BACKGROUND
    assert colour_at(loaded, 50, 40) == IMAGE_BACKGROUND


def test_that_a_choice_is_drawn_on_the_scale_of_its_stage(loaded, qtbot):
    with qtbot.waitSignal(loaded.map_shown):
        loaded.stage_tree.choice_activated.emit("stage1", "benign")
    heat = loaded._cam.heatmap(Step("stage1", "benign"), cell_view(), cell_analysis())
    assert heat is not None
    assert float(heat.max()) == pytest.approx(0.25)


def test_that_a_map_asked_for_before_it_came_is_shown_and_told_when_it_comes(panel, taxonomy, qtbot):
    panel.show_cell(cell_view(), taxonomy, um_per_px=None)
    panel.set_image(panel.cell_id, cell_image())
    with qtbot.assertNotEmitted(panel.map_shown):
        panel.image_toolbar.map_button.toggle()
    assert panel.caption_label.text() == "Loading the class-activation map…"
    with qtbot.waitSignal(panel.map_shown):
        panel.set_analysis(panel.cell_id, cell_analysis())
    assert panel.image_view.heatmap_shown


def test_that_a_map_that_is_not_kept_is_not_claimed(panel, taxonomy, qtbot):
    panel.show_cell(cell_view(), taxonomy, um_per_px=None)
    panel.set_image(panel.cell_id, cell_image())
    panel.set_analysis(panel.cell_id, None)
    with qtbot.assertNotEmitted(panel.map_shown):
        panel.image_toolbar.map_button.toggle()
    assert panel.caption_label.text().startswith("No class-activation map is stored")
    assert not panel.image_view.heatmap_shown


def test_that_a_map_is_told_once_a_choice(loaded, taxonomy):
    told: list[tuple[str, str, str]] = []
    loaded.map_shown.connect(lambda *what: told.append(what))
    loaded.image_toolbar.map_button.toggle()
    loaded.show_cell(cell_view(1, label="monocyte", reviewer="A"), taxonomy, um_per_px=None)
    loaded.stage_tree.choice_activated.emit("gate", "leukocyte")
    assert [t[1:] for t in told] == [("stage1", "malignant"), ("gate", "leukocyte")]


def test_that_the_opacity_slider_fades_the_map(loaded):
    loaded.image_toolbar.map_button.toggle()
    strong = colour_at(loaded, 50, 40)
    loaded.image_toolbar.opacity_slider.setValue(0)
    assert colour_at(loaded, 50, 40) == IMAGE_BACKGROUND
    assert strong != IMAGE_BACKGROUND
    loaded.image_toolbar.map_button.toggle()
    assert not loaded.image_toolbar.opacity_slider.isVisible()


# ---- zoom and display ------------------------------------------------------------------------------------------------
def test_that_the_picture_fits_at_first_and_when_the_panel_grows(loaded, qtbot):
    room = loaded.image_view.viewport().size()
    assert loaded.image_view.zoom == pytest.approx(min(room.width() / 100, room.height() / 80))
    loaded.resize(700, 1000)
    qtbot.waitUntil(lambda: loaded.image_view.viewport().width() > 600)
    room = loaded.image_view.viewport().size()
    assert loaded.image_view.zoom == pytest.approx(min(room.width() / 100, room.height() / 80))


def test_that_zooming_is_kept_for_the_next_cell_until_fitted(loaded, taxonomy):
    fit = loaded.image_view.zoom
    loaded.zoom_in()
    loaded.zoom_in()
    assert loaded.image_view.zoom == pytest.approx(fit * 1.25**2)
    loaded.show_cell(cell_view(2), taxonomy, um_per_px=None)
    loaded.set_image(cell_view(2).cell.id, cell_image())
    assert loaded.image_view.zoom == pytest.approx(fit * 1.25**2)
    loaded.zoom_fit()
    assert loaded.image_view.zoom == pytest.approx(fit)
    loaded.zoom_out()
    assert loaded.image_view.zoom == pytest.approx(fit / 1.25)


def test_that_zoom_has_bounds(loaded):
    for _ in range(60):
        loaded.zoom_in()
    assert loaded.image_view.zoom == 32.0
    for _ in range(60):
        loaded.zoom_out()
    assert loaded.image_view.zoom > 0.5


def test_that_the_wheel_and_the_keys_zoom(loaded, qtbot):
    fit = loaded.image_view.zoom
    middle = QPointF(loaded.image_view.viewport().rect().center())
    turn = QWheelEvent(
        middle,
        loaded.image_view.viewport().mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(loaded.image_view.viewport(), turn)
    assert loaded.image_view.zoom == pytest.approx(fit * 1.25)
    qtbot.keyClick(loaded.image_view, Qt.Key.Key_Plus)
    assert loaded.image_view.zoom == pytest.approx(fit * 1.25**2)
    qtbot.keyClick(loaded.image_view, Qt.Key.Key_Minus)
    qtbot.keyClick(loaded.image_view, Qt.Key.Key_0)
    assert loaded.image_view.zoom == pytest.approx(fit)


def test_that_dragging_moves_a_zoomed_picture(loaded, qtbot):
    for _ in range(6):
        loaded.zoom_in()
    view = loaded.image_view.viewport()
    before = loaded.image_view.mapToScene(view.rect().center())
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    qtbot.mouseMove(view, QPoint(110, 120))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(110, 120))
    after = loaded.image_view.mapToScene(view.rect().center())
    assert after.x() > before.x()
    assert after.y() > before.y()


def test_that_brightness_changes_the_display_alone_and_reset_takes_it_back(loaded, qtbot):
    loaded.image_toolbar.adjust_button.click()
    loaded.image_toolbar.brightness_slider.setValue(-60)
    assert colour_at(loaded, 4, 40).lightness() < IMAGE_BACKGROUND.lightness() - 50
    assert tuple(loaded.image_view.pixels[40, 4]) == IMAGE_BACKGROUND_RGB
    assert loaded.caption_label.text().endswith("display adjusted")
    qtbot.mouseClick(loaded.image_toolbar.reset_button, Qt.MouseButton.LeftButton)
    assert colour_at(loaded, 4, 40) == IMAGE_BACKGROUND
    assert loaded.caption_label.text().endswith("scale unknown")


def test_that_the_display_curves_do_what_they_are_named():
    assert np.array_equal(NO_ADJUSTMENT.lookup_table(), np.arange(256))
    assert DisplayAdjustment(brightness=0.2).lookup_table()[100] == 151
    steep = DisplayAdjustment(contrast=2.0).lookup_table()
    assert (steep[64], steep[127], steep[191]) == (0, 126, 254)
    assert DisplayAdjustment(gamma=2.0).lookup_table()[64] > 120


def test_that_a_ruler_is_shown_only_when_the_scale_is_known(loaded, taxonomy):
    corner = loaded.image_view.viewport().rect().bottomRight() - QPoint(30, 14)
    bare = loaded.image_view.viewport().grab().toImage().pixelColor(corner)
    loaded.show_cell(cell_view(1), taxonomy, um_per_px=0.1)
    ruled = loaded.image_view.viewport().grab().toImage().pixelColor(corner)
    assert bare != ruled
    assert loaded.caption_label.text() == "100 × 80 px · 0.1 µm per px"


def test_that_the_ruler_is_the_longest_round_length_that_fits():
    assert scale_bar_length(0.1, 1.0, 400) == 10.0  # 100 px of at most 120
    assert scale_bar_length(0.1, 4.0, 400) == 2.0
    assert scale_bar_length(0.0001, 32.0, 400) is None
