"""Orders by likeness, the comparison, dropping cells on a class, and the patient's slides joined."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.domain.models.label_value import class_weights
from leukview.domain.review.events import EventKind, Signature
from leukview.domain.slide import Cell
from leukview.gui.comparison.dialog import CellComparisonDialog, ComparisonCell
from leukview.gui.gallery.model import CELLS_MIME, CellFilter, SortKey
from leukview.gui.gallery.panel import CLASS_PREFIX
from leukview.gui.gallery.sorting import expected_label_value
from leukview.gui.main_window import MainWindow
from leukview.gui.tally.model import CLASS_KEY_ROLE
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window, current_view, opened_dialog

LEFT, NONE, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


def wait_until_idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.review.is_idle and not window.tasks.is_busy, timeout=20_000)


def choose_sort(qtbot: QtBot, window: MainWindow, sort: SortKey) -> None:
    combo = window.gallery.sort_combo
    combo.setCurrentIndex(combo.findData(sort.value))
    combo.activated.emit(combo.currentIndex())
    wait_until_idle(qtbot, window)


@pytest.fixture
def seen(opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Cell id → the angle of its features: neighbours by number are alike."""
    angles = {v.cell.id: v.cell.number / 40 for v in current_view(opened).cells}

    def cached(cell: Cell) -> CachedAnalysis:
        angle = angles[cell.id]
        features = np.array([np.cos(angle), np.sin(angle)], np.float32)
        return CachedAnalysis(np.zeros((4, 4), np.uint8), (), (0, 0, 4, 4), features)

    monkeypatch.setattr(workbench, "cached_analysis", cached)
    return angles


def test_that_cells_come_by_likeness_to_the_one_chosen(qtbot: QtBot, opened: MainWindow, seen: dict[str, float]):
    opened.action_manager.by_key["grouped"].setChecked(False)
    middle = next(v.cell.id for v in current_view(opened).cells if v.cell.number == 15)
    opened.gallery.view.go_to(middle)
    choose_sort(qtbot, opened, SortKey.SIMILAR)
    numbers = [v.cell.number for v in opened.gallery.model.rows()]
    assert numbers[0] == 15
    apart = [abs(n - 15) for n in numbers]
    assert all(b >= a - 1 for a, b in pairwise(apart))
    assert opened.gallery.note_label.text() == "similar to cell 15"
    last = opened.gallery.model.rows()[-1].cell
    opened.gallery.view.go_to(last.id)
    choose_sort(qtbot, opened, SortKey.SIMILAR)
    assert opened.gallery.model.rows()[0].cell.id == last.id, "chosen again, the order follows another cell"


def test_that_the_least_typical_cells_of_a_class_come_first(qtbot: QtBot, opened: MainWindow, seen: dict[str, float]):
    choose_sort(qtbot, opened, SortKey.ATYPICAL)
    group = max(opened.gallery.model.groups, key=lambda g: g.total)
    members = [v.cell.id for v in opened.gallery.model.rows()[group.start : group.start + group.count]]
    centre = float(np.mean([seen[c] for c in members]))
    assert abs(seen[members[0]] - centre) == pytest.approx(max(abs(seen[c] - centre) for c in members), abs=0.1)
    choose_sort(qtbot, opened, SortKey.TYPICAL)
    turned = [v.cell.id for v in opened.gallery.model.rows()[group.start : group.start + group.count]]
    assert turned == members[::-1]


def test_that_the_most_instructive_cells_come_first_and_a_labelled_one_last(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    opened.action_manager.by_key["grouped"].setChecked(False)
    choose_sort(qtbot, opened, SortKey.INFORMATION)
    need = class_weights(workbench.model_info().support)
    taxonomy = workbench.taxonomy
    rows = list(opened.gallery.model.rows())
    worth = [0.0 if v.reviewed else expected_label_value(v, taxonomy, need) for v in rows]
    assert worth == sorted(worth, reverse=True)
    assert worth[0] > 0
    first = rows[0].cell.id
    opened.gallery.view.go_to(first)
    opened.action_manager.by_key["accept"].trigger()
    wait_until_idle(qtbot, opened)
    last = opened.gallery.model.rows()[-1].cell.id
    assert last == first, "what a person labelled teaches nothing more"
    opened.action_manager.by_key["undo"].trigger()
    wait_until_idle(qtbot, opened)
    assert [v.cell.id for v in opened.gallery.model.rows()] == [v.cell.id for v in rows]


def test_that_an_order_without_kept_features_is_explained(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workbench, "cached_analysis", lambda _cell: None)
    choose_sort(qtbot, opened, SortKey.TYPICAL)
    assert "cannot be compared" in opened.notifications.text
    assert opened.gallery.model.rowCount() == len(current_view(opened).cells)


def drop_on(opened: MainWindow, key: str, *, drop: bool) -> QDropEvent:
    """Drag the selected cells over a header, and let go or leave."""
    view = opened.gallery.view
    view.scroll_to_group(key)
    band = next(b for b in view._layout.bands if b.group.key == key)
    place = QPoint(120, max(0, band.header_top - view.verticalOffset()) + 6)
    data = view.gallery_model().mimeData([view.gallery_model().index(r) for r in view.selected_rows()])
    enter = QDragEnterEvent(place, COPY, data, LEFT, NONE)
    QApplication.sendEvent(view.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(view.viewport(), QDragMoveEvent(place, COPY, data, LEFT, NONE))
    assert view._drop_target_key == key, "the header under the drag is highlighted"
    if not drop:
        QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
        return QDropEvent(QPointF(place), COPY, data, LEFT, NONE)
    event = QDropEvent(QPointF(place), COPY, data, LEFT, NONE)
    QApplication.sendEvent(view.viewport(), event)
    return event


def test_that_cells_dropped_on_a_header_get_its_class_in_one_event(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    rows = opened.gallery.model.rows()
    source = rows[0].label
    chosen = [v.cell.id for v in rows if v.label == source][:3]
    target = next(g.key for g in opened.gallery.model.groups if g.key != source)
    opened.gallery.view.select_cells(chosen, chosen[0])
    assert drop_on(opened, target, drop=True).isAccepted()
    wait_until_idle(qtbot, opened)
    assert {current_view(opened).by_id[c].label for c in chosen} == {target}
    events = [e for e in workbench.review_log.events() if e.kind is EventKind.OVERRIDE]
    assert [set(e.cells) for e in events] == [set(chosen)]
    assert opened.gallery.view._drop_target_key == ""
    opened.action_manager.by_key["undo"].trigger()
    wait_until_idle(qtbot, opened)
    assert not any(current_view(opened).by_id[c].reviewed for c in chosen)


def test_that_a_drag_that_leaves_writes_nothing(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    opened.gallery.view.go_to(opened.gallery.model.rows()[0].cell.id)
    drop_on(opened, opened.gallery.model.groups[-1].key, drop=False)
    assert opened.gallery.view._drop_target_key == ""
    wait_until_idle(qtbot, opened)
    assert EventKind.OVERRIDE not in {e.kind for e in workbench.review_log.events()}


def test_that_cells_are_dropped_on_a_line_of_the_tally(qtbot: QtBot, opened: MainWindow):
    chosen = opened.gallery.model.rows()[0]
    table = opened.tally.table
    keys = [str(table.model().index(r, 0).data(CLASS_KEY_ROLE)) for r in range(table.model().rowCount())]
    row = next(r for r, key in enumerate(keys) if key and key != chosen.label)
    key = table.model().index(row, 0).data(CLASS_KEY_ROLE)
    place = table.visualRect(table.model().index(row, 0)).center()
    data = opened.gallery.model.mimeData([opened.gallery.model.index(0)])
    QApplication.sendEvent(table.viewport(), QDragEnterEvent(place, COPY, data, LEFT, NONE))
    QApplication.sendEvent(table.viewport(), QDragMoveEvent(place, COPY, data, LEFT, NONE))
    assert [i.row() for i in table.selectionModel().selectedRows()] == [row]
    QApplication.sendEvent(table.viewport(), QDropEvent(QPointF(place), COPY, data, LEFT, NONE))
    wait_until_idle(qtbot, opened)
    assert current_view(opened).by_id[chosen.cell.id].label == key
    stranger = QMimeData()
    stranger.setData(CELLS_MIME, b'["of another slide"]')
    QApplication.sendEvent(table.viewport(), QDragEnterEvent(place, COPY, stranger, LEFT, NONE))
    QApplication.sendEvent(table.viewport(), QDropEvent(QPointF(place), COPY, stranger, LEFT, NONE))
    wait_until_idle(qtbot, opened)
    assert current_view(opened).reviewed_count == 1


def test_that_the_drag_carries_the_selected_cells_and_none_from_a_signed_slide(opened: MainWindow):
    view = opened.gallery.view
    view.select_cells([v.cell.id for v in opened.gallery.model.rows()[:4]])
    drag = view.make_selection_drag()
    assert drag is not None
    assert not drag.pixmap().isNull()
    shown = current_view(opened)
    signed = replace(shown.review, signature=Signature("Ada", "2026-01-01T00:00:00+00:00", "Reviewed"))
    opened.gallery.show_slide(replace(shown, review=signed))
    assert view.make_selection_drag() is None
    opened.gallery.show_slide(shown)


def test_that_the_filter_names_the_classes_present_and_the_cells_not_opened(qtbot: QtBot, opened: MainWindow):
    combo, model = opened.gallery.filter_combo, opened.gallery.model
    offered = {str(combo.itemData(i)).removeprefix(CLASS_PREFIX) for i in range(combo.count())}
    assert set(current_view(opened).shown_tally.counts_by_class()) <= offered
    key, count = next(iter(current_view(opened).shown_tally.counts_by_class().items()))
    combo.setCurrentIndex(combo.findData(CLASS_PREFIX + key))
    assert model.rowCount() == count
    assert {v.label for v in model.rows()} == {key}
    wait_until_idle(qtbot, opened)
    combo.setCurrentIndex(combo.findData(CellFilter.UNSEEN.value))
    wait_until_idle(qtbot, opened)
    assert model.rowCount() == sum(not v.review.opened for v in current_view(opened).cells)
    combo.setCurrentIndex(combo.findData(CellFilter.FLAGGED.value))
    opened.action_manager.by_key["blind"].trigger()
    assert combo.findData(CellFilter.FLAGGED.value) < 0, "it would tell the model's opinion"
    assert combo.findData(CLASS_PREFIX + key) < 0
    assert model.rowCount() == len(current_view(opened).cells)


def test_that_folded_groups_stay_folded_after_a_restart(qtbot: QtBot, opened: MainWindow):
    key = opened.gallery.model.groups[0].key
    opened.gallery.view.toggle_group(key)
    wait_until_idle(qtbot, opened)
    close_window(qtbot, opened)
    assert list(load_settings(data_dir() / "settings.json").collapsed) == [key]


def sign_twin(workbench: Workbench, slide_folder: Path, label: str, count: int) -> str:
    """A second slide of the same patient in the archive, `count` of its cells labelled, and signed."""
    draft = workbench.preview(slide_folder, CancelToken(), null_reporter).slides[0]
    twin = workbench.import_slides([replace(draft, order="twin")], CancelToken(), null_reporter)[0]
    session = workbench.open_session(twin.id, "Dr. Atlas")
    session.override([v.cell.id for v in session.view.cells[:count]], label)
    workbench.review_log.append(
        twin.id, EventKind.SIGN, reviewer="Dr. Atlas", payload={"name": "A", "meaning": "Reviewed"}
    )
    return twin.id


def open_compare(qtbot: QtBot, window: MainWindow) -> CellComparisonDialog:
    dialog = opened_dialog(qtbot, CellComparisonDialog, window.action_manager.by_key["compare"].trigger)
    assert isinstance(dialog, CellComparisonDialog)
    wait_until_idle(qtbot, window)
    return dialog


def test_that_an_empty_atlas_says_what_fills_it(qtbot: QtBot, opened: MainWindow):
    dialog = open_compare(qtbot, opened)
    assert "slide is signed" in dialog.note_label.text()
    assert dialog.strip_model.rowCount() == 0
    assert dialog.left.image_view.pixels is not None
    dialog.reject()


def test_that_a_cell_stands_beside_confirmed_cells_with_who_and_when(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, slide_folder: Path
):
    here = opened.gallery.model.rows()[0]
    twin = sign_twin(workbench, slide_folder, here.label, 6)
    opened.gallery.view.go_to(here.cell.id)
    dialog = open_compare(qtbot, opened)
    assert 4 <= dialog.strip_model.rowCount() <= 6
    assert dialog.right.title_label.text() == current_view(opened).taxonomy.cell_class(here.label).name
    assert f"Slide {twin}" in dialog.right.facts_label.text()
    assert "Confirmed by Dr. Atlas, 20" in dialog.right.facts_label.text()
    assert dialog.right.image_view.pixels is not None
    first = dialog.other_cell_id
    qtbot.keyClick(dialog, Qt.Key.Key_Right)
    wait_until_idle(qtbot, opened)
    assert dialog.other_cell_id not in {"", first}
    qtbot.keyClick(dialog, Qt.Key.Key_Plus)
    assert dialog.left.image_view.zoom == pytest.approx(dialog.right.image_view.zoom)
    before = dialog.left.title_label.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Down)
    wait_until_idle(qtbot, opened)
    assert dialog.left.title_label.text() != before
    assert (
        dialog.left.title_label.text()
        == f"Cell {current_view(opened).by_id[opened.gallery.current_cell_id].cell.number}"
    )
    dialog.select_source("atlas", "plasma_cell")
    wait_until_idle(qtbot, opened)
    assert "no “Plasma cell” yet" in dialog.note_label.text()
    dialog.reject()


def test_that_selected_cells_are_laid_side_by_side(qtbot: QtBot, opened: MainWindow):
    chosen = [v.cell.id for v in opened.gallery.model.rows()[:3]]
    opened.gallery.view.select_cells(chosen, chosen[0])
    dialog = open_compare(qtbot, opened)
    assert dialog.selection[0] == "slide"
    assert dialog.strip_model.rowCount() == 2
    assert dialog.other_cell_id == chosen[1]
    assert "Model:" in dialog.right.facts_label.text()
    dialog.reject()


def test_that_a_blinded_comparison_tells_nothing_of_the_model(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, slide_folder: Path, seen: dict[str, float]
):
    sign_twin(workbench, slide_folder, "blast", 6)
    opened.action_manager.by_key["blind"].trigger()
    wait_until_idle(qtbot, opened)
    dialog = open_compare(qtbot, opened)
    assert "Model" not in dialog.left.facts_label.text()
    assert "most like" not in dialog.note_label.text()
    assert dialog.selection == ("atlas", current_view(opened).taxonomy.classes[0].key), (
        "the first class, not the model's"
    )
    dialog.reject()


def test_that_late_pictures_land_on_no_other_cell(qtbot: QtBot):
    dialog = CellComparisonDialog([("blast", "Blast")], has_selected_cells=False)
    qtbot.addWidget(dialog)
    dialog.show_other_cells([ComparisonCell("a", "Blast", ()), ComparisonCell("b", "Blast", ())], "two")
    dialog.set_other_image("b", np.zeros((8, 8, 3), np.uint8))
    assert dialog.other_cell_id == "a"
    assert dialog.right.image_view.pixels is None


def test_that_the_slides_of_a_patient_are_joined_to_read(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, slide_folder: Path
):
    assert opened.tally.all_slides_checkbox.isHidden()
    sign_twin(workbench, slide_folder, "plasma_cell", 6)
    opened.review.open(current_view(opened).slide.id)
    qtbot.waitUntil(lambda: not opened.tally.all_slides_checkbox.isHidden(), timeout=10_000)
    assert opened.tally.all_slides_checkbox.text() == "All 2 slides of this patient; specimens not known"
    alone = current_view(opened).shown_tally.leukocyte_count
    opened.tally.all_slides_checkbox.setChecked(True)
    wait_until_idle(qtbot, opened)
    assert f"<b>{alone + 6} leukocytes</b>" in opened.tally._headline_label.text()
    assert "together" in opened.tally._headline_label.text()
    reviewed = current_view(opened).reviewed_count
    opened.tally_controller.class_drop_filter.cells_dropped.emit([opened.gallery.current_cell_id], "blast")
    wait_until_idle(qtbot, opened)
    assert current_view(opened).reviewed_count == reviewed, "a joined tally is there to be read"
    opened.tally.all_slides_checkbox.setChecked(False)
    wait_until_idle(qtbot, opened)
    assert f"<b>{alone} leukocytes</b>" in opened.tally._headline_label.text()
