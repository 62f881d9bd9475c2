"""Where the hands are: what a key labels, where undo leads, what is asked, what a tile shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from leukview.domain.review.events import EventKind
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.gui.gallery.label_actions import MAX_UNASKED_CELLS
from leukview.gui.gallery.sorting import GalleryArranger, GalleryOptions, is_open_disagreement
from leukview.gui.main_window import MainWindow
from leukview.services.review.cell_crop import central_square, crop_side
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, press_key
from tests.gui.gallery.test_gallery import make_slide_view
from tests.support.message_boxes import answer_many_cells


def label_events(workbench: Workbench) -> int:
    return sum(event.kind is EventKind.OVERRIDE for event in workbench.review_log.events())


def test_that_many_cells_are_labelled_only_after_a_question(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    view, before = opened.gallery.view, label_events(workbench)
    view.selectAll()
    assert len(view.selected_ids()) > MAX_UNASKED_CELLS
    press_key(qtbot, opened, "b")
    answer_many_cells(opened, label=False)
    qtbot.waitUntil(lambda: opened.findChild(QMessageBox, "many_cells") is None, timeout=10_000)
    assert label_events(workbench) == before
    press_key(qtbot, opened, "b")
    answer_many_cells(opened)
    qtbot.waitUntil(lambda: label_events(workbench) == before + 1 and opened.review.is_idle, timeout=10_000)
    assert {v.label for v in current_view(opened).cells} == {"blast"}


def test_that_undo_goes_back_to_the_cell_and_of_many_to_one(qtbot: QtBot, opened: MainWindow):
    view = opened.gallery.view
    cell = opened.gallery.current_cell_id
    press_key(qtbot, opened, "l")
    assert opened.gallery.current_cell_id != cell
    opened.action_manager.by_key["undo"].trigger()
    qtbot.waitUntil(lambda: opened.review.is_idle and opened.gallery.current_cell_id == cell, timeout=10_000)
    assert view.selected_ids() == [cell]
    chosen = [v.cell.id for v in opened.gallery.model.rows()[:3]]
    view.select_cells(chosen, chosen[0])
    press_key(qtbot, opened, "l")
    opened.action_manager.by_key["undo"].trigger()
    qtbot.waitUntil(lambda: opened.review.is_idle and set(view.selected_ids()) == set(chosen), timeout=10_000)
    view.selectAll()
    press_key(qtbot, opened, "l")
    answer_many_cells(opened)
    qtbot.waitUntil(lambda: opened.review.is_idle and current_view(opened).reviewed_count > 3, timeout=10_000)
    opened.action_manager.by_key["undo"].trigger()
    qtbot.waitUntil(lambda: opened.review.is_idle and len(view.selected_ids()) == 1, timeout=10_000)


def test_that_a_corrected_cell_stays_the_current_one(qtbot: QtBot, opened: MainWindow):
    cell = opened.gallery.current_cell_id
    press_key(qtbot, opened, "l")
    opened.gallery.view.go_to(cell)
    press_key(qtbot, opened, "m")
    assert opened.gallery.current_cell_id == cell
    assert current_view(opened).by_id[cell].label == "monocyte"


def test_that_an_alert_shows_its_cells_and_selects_one(qtbot: QtBot, opened: MainWindow):
    cells = tuple(v.cell.id for v in current_view(opened).cells[:5])
    opened.alerts.show_cells_requested.emit(cells)
    qtbot.waitUntil(lambda: len(opened.gallery.model.rows()) == len(cells), timeout=10_000)
    assert len(opened.gallery.view.selected_ids()) == 1


def test_that_a_difference_stays_until_a_person_decided_on_the_cell(taxonomy: Taxonomy):
    view = make_slide_view(taxonomy, 4)
    cell = view.cells[0]
    assert cell.prediction is not None
    assert cell.cell.source is not None
    differs = replace(
        cell,
        cell=replace(cell.cell, source=replace(cell.cell.source, class_key="plasma_cell")),
        prediction=replace(cell.prediction, best="blast", label="blast"),
    )
    accepted = replace(differs.review, label="blast", reviewer="Dr. A", opened=False)
    assert is_open_disagreement(differs, taxonomy)
    assert is_open_disagreement(replace(differs, review=accepted), taxonomy), "accepted with a group, never opened"
    assert not is_open_disagreement(replace(differs, review=replace(accepted, opened=True)), taxonomy)
    assert not is_open_disagreement(replace(differs, review=replace(accepted, label="monocyte")), taxonomy)


def test_that_unidentified_cells_stand_below_the_blasts_the_most_malignant_first(taxonomy: Taxonomy):
    view = make_slide_view(taxonomy, 12)
    cells = []
    for number, cell in enumerate(view.cells):
        assert cell.prediction is not None
        label = ("blast", UNIDENTIFIED, "lymphocyte")[number % 3]
        cells.append(replace(cell, label=label, prediction=replace(cell.prediction, label=label)))
    arranged, groups = GalleryArranger(lambda key, _taxonomy: (key, "#000000")).arrange(
        replace(view, cells=tuple(cells)), GalleryOptions()
    )
    assert [group.key for group in groups] == ["blast", UNIDENTIFIED, "lymphocyte"]
    malignant = [
        v.prediction.probability("stage1", "malignant")
        for v in arranged
        if v.prediction and v.prediction.label == UNIDENTIFIED
    ]
    assert malignant == sorted(malignant, key=lambda p: -(p or 0.0))


def test_that_thumbnails_of_a_slide_are_cropped_on_one_scale(qtbot: QtBot, opened: MainWindow):
    side = crop_side(current_view(opened))
    assert side is not None
    assert opened.gallery.thumbnails.crop_px == side
    diameters = [
        2 * np.sqrt(v.prediction.measurement.cell_area_px / np.pi) for v in current_view(opened).cells if v.prediction
    ]
    assert np.percentile(diameters, 50) < side
    qtbot.keyClick(opened.gallery.view, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: opened.gallery.thumbnails.crop_px is None)
    square = central_square(np.arange(7 * 9 * 3, dtype=np.uint8).reshape(7, 9, 3), 5)
    assert square.shape == (5, 5, 3)
    assert central_square(np.zeros((7, 9, 3), np.uint8), 50).shape == (7, 7, 3)
