"""The window, used as a reviewer uses it: real widgets, real keys, real storage."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pypdf import PdfReader
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import EventKind
from leukview.domain.slide import Cell, SlideState
from leukview.gui.gallery.model import PENDING, CellFilter
from leukview.gui.main_window import MainWindow
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.reopen_dialog import ReopenDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.review.slide_details_dialog import SlideDetailsDialog
from leukview.gui.worklist.model import SLIDE_ROLE
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.gui.conftest import CELL_COUNT, current_view, is_analysed, open_slide, opened_dialog, press_key


def fewer_unopened(window: MainWindow, than: int) -> bool:
    return len(current_view(window).unopened_blasts) < than


def kinds(window: MainWindow, workbench: Workbench) -> list[EventKind]:
    return [e.kind for e in workbench.review_log.events(current_view(window).slide.id)]


def test_that_a_slide_goes_from_folder_to_gallery_and_tally(opened: MainWindow):
    view = current_view(opened)
    assert sum(g.total for g in opened.gallery.model.groups) == CELL_COUNT == len(view.cells)
    assert PENDING not in {g.key for g in opened.gallery.model.groups}
    model = opened.tally.model
    counts = [int(model.index(row, 2).data()) for row in range(model.rowCount()) if model.index(row, 0).data()]
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    if "Blasts and equivalents" in names:
        counts.pop(names.index("Blasts and equivalents"))
    assert sum(counts) == CELL_COUNT
    assert opened.gallery.current_cell_id
    assert view.slide.synthetic
    assert RESEARCH_USE_LINE in {label.text() for label in opened.statusBar().findChildren(QLabel)}


def test_that_one_key_labels_writes_and_goes_on(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    first = opened.gallery.current_cell_id
    press_key(qtbot, opened, "v")
    assert current_view(opened).by_id[first].label == "variant_lymphocyte"
    assert opened.gallery.current_cell_id not in {"", first}
    event = next(e for e in workbench.review_log.events() if e.kind is EventKind.OVERRIDE)
    assert (event.cells, event.payload["label"], event.reviewer) == ((first,), "variant_lymphocyte", "Dr. Test")
    second = opened.gallery.current_cell_id
    press_key(qtbot, opened, Qt.Key.Key_Space)
    assert current_view(opened).by_id[second].reviewed
    assert current_view(opened).reviewed_count == 2


def test_that_keys_typed_faster_than_the_disk_writes_reach_different_cells(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    append, gate = workbench.review_log.append, threading.Event()

    def slow(*args, **kwargs):
        gate.wait(10)
        return append(*args, **kwargs)

    monkeypatch.setattr(workbench.review_log, "append", slow)
    for _ in range(5):
        qtbot.keyClick(opened.gallery.view, Qt.Key.Key_Space)
    assert current_view(opened).reviewed_count == 0, "the screen must not change before the event is written"
    gate.set()
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=10_000)
    assert current_view(opened).reviewed_count == 5
    accepted = [e.cells for e in workbench.review_log.events() if e.kind is EventKind.ACCEPT]
    assert len(set(accepted)) == len(accepted) == 5


def test_that_a_refused_write_changes_nothing_and_says_so(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*args, **kwargs):
        raise StoreError("The disk is full.", "Make room, then do it again.")

    with monkeypatch.context() as patch:
        patch.setattr(workbench.review_log, "append", refuse)
        press_key(qtbot, opened, "n")
    assert current_view(opened).reviewed_count == 0
    assert opened.notifications.text == "The disk is full.\nMake room, then do it again."
    press_key(qtbot, opened, "n")
    assert current_view(opened).reviewed_count == 1


def test_that_undo_and_redo_say_what_they_do_and_reach_back_after_a_restart(
    qtbot: QtBot, opened: MainWindow, slide_folder: Path
):
    first = opened.gallery.current_cell_id
    before = current_view(opened).by_id[first].label
    assert opened._last_action_label.text() == ""
    press_key(qtbot, opened, "u")
    assert "1 cell: Unidentified · Dr. Test" in opened._last_action_label.text()
    undo, redo = opened.action_manager.by_key["undo"], opened.action_manager.by_key["redo"]
    assert undo.text() == "Undo: 1 cell: Unidentified"
    opened.review.open(current_view(opened).slide.id)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert "1 cell: Unidentified · Dr. Test" in opened._last_action_label.text()
    qtbot.keyClick(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert current_view(opened).by_id[first].label == before
    assert not current_view(opened).by_id[first].reviewed
    assert redo.text() == "Redo: 1 cell: Unidentified"
    redo.trigger()
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert current_view(opened).by_id[first].label == "unidentified"


def test_that_many_cells_take_one_label_in_one_event(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    group = max(opened.gallery.model.groups, key=lambda g: g.total)
    opened.gallery.view.select_group(group.key)
    press_key(qtbot, opened, "z")
    event = next(e for e in workbench.review_log.events() if e.kind is EventKind.OVERRIDE)
    assert len(event.cells) == group.total
    assert current_view(opened).shown_tally.count("smudge_cell") == group.total
    opened.action_manager.by_key["undo"].trigger()
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert current_view(opened).shown_tally.count("smudge_cell") == 0


def test_that_the_mouse_alone_suffices(qtbot: QtBot, opened: MainWindow):
    view = opened.gallery.view
    row = view.visible_rows()[1]
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(opened.gallery.model.index(row)).center()
    )
    chosen = opened.gallery.current_cell_id
    assert opened.gallery.model.row_of(chosen) == row
    menu = opened.label_actions.show_cell_menu(QPoint(50, 50), opened.action_manager.by_key, blind=False, window=opened)
    assert isinstance(menu, QMenu)
    likely = [a for a in menu.actions() if a.objectName().startswith("label:")]
    assert likely
    likely[-1].trigger()
    menu.close()
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert current_view(opened).by_id[chosen].label == likely[-1].objectName().removeprefix("label:")


def test_that_seeing_a_cell_large_is_recorded_once_and_the_map_only_on_request(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    cell = opened.gallery.current_cell_id
    qtbot.waitUntil(lambda: current_view(opened).by_id[cell].review.opened)
    assert EventKind.MAP_SHOWN not in kinds(opened, workbench)
    press_key(qtbot, opened, "x")
    qtbot.waitUntil(lambda: current_view(opened).by_id[cell].review.map_shown)
    assert opened.cell_panel.image_view.heatmap_shown
    press_key(qtbot, opened, "x")
    press_key(qtbot, opened, "x")
    assert kinds(opened, workbench).count(EventKind.MAP_SHOWN) == 1
    assert [e.cells for e in workbench.review_log.events() if e.kind is EventKind.OPEN].count((cell,)) == 1


def test_that_another_map_is_made_on_demand_and_named(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def other_map(cell: Cell, method: str, stage: str, choice: str) -> NDArray[np.float32]:
        asked.append((cell.id, method, stage))
        return np.full((16, 16), 0.5, np.float32)

    monkeypatch.setattr(workbench, "compute_map", other_map)
    opened.cell_panel.image_toolbar.set_cam_methods(("HiResCAM",))
    opened.gallery.view.go_to(opened.gallery.model.rows()[0].cell.id)
    qtbot.waitUntil(lambda: opened.cell_panel._analysis_loaded)
    hirescam = opened.cell_panel.image_toolbar.map_button.menu().actions()[1]
    hirescam.trigger()
    assert "Computing the HiResCAM map" in opened.cell_panel.caption_label.text()
    qtbot.waitUntil(lambda: opened.cell_panel.image_view.heatmap_shown, timeout=10_000)
    assert "HiResCAM" in opened.cell_panel.caption_label.text()
    press_key(qtbot, opened, "x")
    press_key(qtbot, opened, "x")
    assert [(c, m) for c, m, _ in asked] == [(opened.gallery.current_cell_id, "HiResCAM")]
    opened.cell_panel.image_toolbar.map_button.menu().actions()[0].trigger()
    assert "HiResCAM" not in opened.cell_panel.caption_label.text()


def test_that_a_slide_is_signed_becomes_read_only_and_can_be_amended(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, tmp_path: Path
):
    sign = opened.action_manager.by_key["sign"]
    dialog = opened_dialog(qtbot, SignDialog, sign.trigger)
    assert opened.review.unmet_requirements
    dialog.reject()
    while current_view(opened).unopened_blasts:
        left = len(current_view(opened).unopened_blasts)
        opened.gallery.view.go_to(current_view(opened).unopened_blasts[0])
        qtbot.waitUntil(partial(fewer_unopened, opened, left), timeout=10_000)
    for alert in current_view(opened).unacknowledged_alerts:
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key, called_person="Dr. B"))
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.review.unmet_requirements == ()
    dialog = opened_dialog(qtbot, SignDialog, sign.trigger)
    name = next(e for e in dialog.findChildren(QLineEdit) if e.isEnabled() and not e.text())
    qtbot.keyClicks(name, "Ada Example")
    dialog.accept()
    qtbot.waitUntil(lambda: current_view(opened).state is SlideState.SIGNED, timeout=10_000)
    before = len(workbench.review_log.events())
    press_key(qtbot, opened, "n")
    assert not opened.action_manager.by_key["accept"].isEnabled()
    assert len(workbench.review_log.events()) == before
    report = tmp_path / "r.pdf"
    opened.slide_jobs.write_report(current_view(opened).slide.id, "Dr. Test", report)
    qtbot.waitUntil(lambda: "report" in opened.notifications.text, timeout=60_000)
    text = " ".join(page.extract_text() for page in PdfReader(report).pages)
    assert "SIGNED" in text
    assert "Ada Example" in text
    opened.review.submit(lambda s: s.reopen("A second look at cell 3"))
    qtbot.waitUntil(lambda: current_view(opened).review.signature is None, timeout=10_000)
    press_key(qtbot, opened, "n")
    assert kinds(opened, workbench)[-1] in {EventKind.OVERRIDE, EventKind.OPEN}


def test_that_the_cells_in_the_way_of_a_signature_are_shown_and_one_comment_explains_them(
    qtbot: QtBot, opened: MainWindow
):
    for blast in current_view(opened).unopened_blasts:
        opened.review.submit(partial(ReviewSession.record_opened, cell_id=blast))
    for alert in current_view(opened).unacknowledged_alerts:
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: opened.review.is_idle)
    rows = [v.cell.id for v in opened.gallery.model.rows()[2:4]]
    opened.gallery.view.select_cells(rows, rows[0])
    press_key(qtbot, opened, "u")
    qtbot.waitUntil(lambda: set(current_view(opened).unidentified_without_comment) == set(rows))
    dialog = opened_dialog(qtbot, SignDialog, opened.action_manager.by_key["sign"].trigger)
    show = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Show these cells (2)")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: {v.cell.id for v in opened.gallery.model.rows()} == set(rows))
    assert len(opened.gallery.view.selected_ids()) == 1  # the next key labels one cell, not all that are listed
    opened.activateWindow()  # the offscreen platform does not reactivate it after a dialog
    qtbot.waitUntil(opened.gallery.view.hasFocus)
    opened.gallery.view.selectAll()
    comment = opened_dialog(qtbot, CommentDialog, lambda: qtbot.keyClick(opened.gallery.view, "/"))
    qtbot.keyClicks(comment.findChild(QPlainTextEdit), "out of focus")
    qtbot.keyClick(comment.findChild(QPlainTextEdit), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.review.is_idle and not current_view(opened).unidentified_without_comment)
    for alert in current_view(opened).unacknowledged_alerts:  # that the two cells may be blasts
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: opened.review.is_idle and not current_view(opened).unacknowledged_alerts)
    assert opened.review.unmet_requirements == ()


def test_that_a_slide_is_amended_only_with_a_reason(qtbot: QtBot, opened: MainWindow):
    for blast in current_view(opened).unopened_blasts:
        opened.review.submit(partial(ReviewSession.record_opened, cell_id=blast))
    for alert in current_view(opened).unacknowledged_alerts:
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    opened.review.submit(lambda session: session.sign("Ada Example", "Review"))
    qtbot.waitUntil(lambda: opened.review.is_idle and current_view(opened).review.signature is not None)
    dialog = opened_dialog(qtbot, ReopenDialog, opened.action_manager.by_key["reopen"].trigger)
    assert any("Signed by Ada Example" in label.text() for label in dialog.findChildren(QLabel))
    accept = dialog.amend_button
    assert not accept.isEnabled()
    qtbot.keyClicks(dialog.findChild(QLineEdit), "One cell was missed")
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: current_view(opened).review.signature is None, timeout=10_000)


def test_that_a_comment_typed_is_kept(qtbot: QtBot, opened: MainWindow):
    cell = opened.gallery.current_cell_id
    dialog = opened_dialog(qtbot, CommentDialog, lambda: qtbot.keyClick(opened.gallery.view, "/"))
    qtbot.keyClicks(dialog.findChild(QPlainTextEdit), "Auer rod at 3 o'clock")
    dialog.accept()
    qtbot.waitUntil(lambda: current_view(opened).by_id[cell].review.comment == "Auer rod at 3 o'clock")
    opened.gallery.filter_combo.setCurrentIndex(opened.gallery.filter_combo.findData(CellFilter.COMMENTED.value))
    assert [v.cell.id for v in opened.gallery.model.rows()] == [cell]


def test_that_slide_details_give_absolute_counts(qtbot: QtBot, opened: MainWindow):
    dialog = opened_dialog(qtbot, SlideDetailsDialog, opened.action_manager.by_key["details"].trigger)
    dialog._wbc_spin.setValue(10.0)
    dialog.accept()
    qtbot.waitUntil(lambda: current_view(opened).slide.wbc_per_nl == 10.0)
    row = current_view(opened).shown_tally.leukocytes[0]
    assert row.absolute_per_nl == pytest.approx(10.0 * row.share)


def test_that_a_blind_review_hides_every_opinion_of_the_model(qtbot: QtBot, opened: MainWindow):
    opened.action_manager.by_key["blind"].trigger()
    assert [g.key for g in opened.gallery.model.groups] == [PENDING]
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.tally.model.rowCount() == 0
    assert opened.alerts.isHidden()
    assert "model" not in str(opened.gallery.model.index(0).data())
    assert not opened.action_manager.by_key["accept"].isEnabled()
    press_key(qtbot, opened, "l")
    assert [opened.tally.model.index(row, 0).data() for row in range(2)] == ["Blasts and equivalents", "Lymphocytes"]
    assert [opened.tally.model.index(row, 1).data() for row in range(2)] == ["", ""]


def test_that_a_click_made_just_before_closing_is_written(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    append, gate = workbench.review_log.append, threading.Event()

    def slow(*args, **kwargs):
        gate.wait(10)
        return append(*args, **kwargs)

    monkeypatch.setattr(workbench.review_log, "append", slow)
    qtbot.keyClick(opened.gallery.view, "e")
    assert not opened.close()
    assert opened.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not opened.isVisible(), timeout=10_000)
    assert EventKind.OVERRIDE in kinds(opened, workbench)


def test_that_an_image_gone_from_the_disk_is_said_on_its_tile_and_in_the_panel(
    qtbot: QtBot, window: MainWindow, slide_folder: Path, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    preview = workbench.preview(slide_folder, CancelToken(), null_reporter)
    slide = workbench.import_slides(preview.slides, CancelToken(), null_reporter)[0]

    def gone(*args):
        from leukview.core.errors import ExportError

        raise ExportError("The file is gone.", "Bring the folder back.")

    monkeypatch.setattr(workbench._dependencies.export_reader, "read_bytes", gone)
    window.review.open(slide.id)
    qtbot.waitUntil(lambda: window.review.view is not None)
    window.gallery.view.go_to(window.gallery.model.rows()[0].cell.id)
    qtbot.waitUntil(lambda: "gone" in window.cell_panel.image_view._message, timeout=10_000)
    found = window.gallery.thumbnails.get(window.gallery.model.rows()[0])
    assert found is None or found.isNull()


def test_that_the_gui_thread_is_never_busy_long_while_a_slide_is_analysed(
    qtbot: QtBot, window: MainWindow, slide_folder: Path
):
    """Processor time of the GUI thread between two turns of its loop: what other programs do does not count."""
    turns: list[float] = []
    last = time.thread_time()

    def tick() -> None:
        nonlocal last
        now = time.thread_time()
        turns.append(now - last)
        last = now

    probe = QTimer()
    probe.setInterval(0)
    probe.timeout.connect(tick)
    probe.start()
    open_slide(qtbot, window, slide_folder)
    qtbot.waitUntil(lambda: is_analysed(window), timeout=60_000)
    for _ in range(6):
        press_key(qtbot, window, Qt.Key.Key_Space)
    probe.stop()
    assert len(turns) > 100
    assert max(turns[5:]) < 0.1


def test_that_signals_do_not_wear_out(qtbot: QtBot, opened: MainWindow):
    """A canary for PySide6 6.12.0 on Python 3.11, which loses a reference to True on each emit until it dies."""
    for _ in range(2000):
        opened.action_manager.by_key["map"].toggled.emit(True)
        opened.gallery.selection_changed.emit(1)


def test_that_the_slide_on_the_bench_stays_marked_when_the_worklist_is_read_again(qtbot: QtBot, opened: MainWindow):
    view = opened._worklist_panel.view
    assert view.currentIndex().data(SLIDE_ROLE) == current_view(opened).slide.id
    with qtbot.waitSignal(opened.slide_jobs.worklist_loaded, timeout=10_000):
        opened.slide_jobs.load_worklist()
    assert view.currentIndex().data(SLIDE_ROLE) == current_view(opened).slide.id
