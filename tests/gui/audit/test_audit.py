"""The audit trail and the history of a cell in the window, on real storage."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.core.job_runner import JobRunner
from leukview.core.paths import data_dir
from leukview.domain.review.events import EventKind
from leukview.gui.audit.calls_model import CallColumn
from leukview.gui.audit.dialog import AuditDialog
from leukview.gui.audit.events_model import AUDIT_ROW_ROLE, AuditColumn
from leukview.gui.cell.history_view import HistoryRole
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window, current_view, opened_dialog
from tests.support.storage_examples import make_draft


@pytest.fixture
def reviewed(qtbot: QtBot, opened: MainWindow) -> MainWindow:
    """Two cells relabelled, one of them taken back, a comment."""
    a, b = (v.cell.id for v in current_view(opened).cells[:2])
    opened.review.submit(lambda session: session.override([a], "basophil"))
    opened.review.submit(lambda session: session.override([b], "monocyte"))
    opened.review.submit(ReviewSession.undo)
    opened.review.submit(lambda session: session.comment([a], "coarse granules"))
    qtbot.waitUntil(lambda: opened.review.is_idle and not opened.tasks.is_busy, timeout=20_000)
    return opened


def open_audit(qtbot: QtBot, window: MainWindow) -> AuditDialog:
    """The audit trail, opened by its action and filled."""
    dialog = opened_dialog(qtbot, AuditDialog, window.action_manager.by_key["audit"].trigger)
    assert isinstance(dialog, AuditDialog)
    wait_until_idle(qtbot, window)
    return dialog


def wait_until_idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.tasks.is_busy and window.review.is_idle, timeout=20_000)


def column_texts(dialog: AuditDialog, which: AuditColumn) -> list[str]:
    model = dialog.model
    return [str(model.index(row, which).data()) for row in range(model.rowCount())]


def history_texts(window: MainWindow) -> list[str]:
    model = window.cell_panel.history.model
    return [str(model.index(row).data(HistoryRole.TEXT)) for row in range(model.rowCount())]


def show_history(qtbot: QtBot, window: MainWindow, row: int) -> str:
    cell = current_view(window).cells[row].cell.id
    window.gallery.view.go_to(cell)
    window.cell_panel.tabs.setCurrentWidget(window.cell_panel.history)
    qtbot.waitUntil(lambda: window.gallery.current_cell_id == cell)
    wait_until_idle(qtbot, window)
    return cell


def test_that_the_audit_trail_shows_every_event_and_that_the_chain_holds(
    qtbot: QtBot, reviewed: MainWindow, workbench: Workbench
):
    dialog = open_audit(qtbot, reviewed)
    events = workbench.review_log.events()
    assert dialog.state_label.text() == f"The hash chain of {len(events)} events is intact."
    assert column_texts(dialog, AuditColumn.NUMBER) == [str(e.seq) for e in reversed(events)]
    words = column_texts(dialog, AuditColumn.TEXT)
    assert any(w.startswith("Undid no. ") for w in words)
    assert any(w == "Commented on cell 1: “coarse granules”" for w in words)
    dialog.table.selectRow(0)
    assert events[-1].hash in dialog.details.toPlainText()
    assert '"text": "coarse granules"' in dialog.details.toPlainText()
    dialog.reject()


def test_that_the_filters_narrow_the_trail(qtbot: QtBot, reviewed: MainWindow):
    dialog = open_audit(qtbot, reviewed)
    everything = dialog.model.rowCount()
    qtbot.keyClicks(dialog.search_edit, "basophil")
    wait_until_idle(qtbot, reviewed)
    assert column_texts(dialog, AuditColumn.KIND) == ["Overridden"]
    dialog.search_edit.clear()
    dialog.kind_combo.setCurrentIndex(dialog.kind_combo.findText("Overridden"))
    wait_until_idle(qtbot, reviewed)
    assert set(column_texts(dialog, AuditColumn.KIND)) == {"Overridden"}
    dialog.kind_combo.setCurrentIndex(0)
    dialog.reviewer_combo.setCurrentIndex(dialog.reviewer_combo.findText("Dr. Test"))
    dialog.period_combo.setCurrentIndex(1)
    wait_until_idle(qtbot, reviewed)
    assert dialog.model.rowCount() == everything
    assert dialog.count_label.text() == f"{everything} of {everything} events"
    qtbot.keyClick(dialog.search_edit, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.reject()


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_that_the_rows_shown_are_exported(qtbot: QtBot, reviewed: MainWindow, tmp_path: Path, suffix: str):
    dialog = open_audit(qtbot, reviewed)
    qtbot.keyClicks(dialog.search_edit, "coarse granules")
    wait_until_idle(qtbot, reviewed)
    dialog.export_button.click()
    chooser = next(child for child in dialog.children() if isinstance(child, QFileDialog))
    output = tmp_path / f"audit.{suffix}"
    chooser.fileSelected.emit(str(output))
    chooser.reject()
    wait_until_idle(qtbot, reviewed)
    text = output.read_text(encoding="utf-8-sig")
    assert "coarse granules" in text
    assert "basophil" not in text.lower()
    if suffix == "json":
        assert len(json.loads(text)["events"]) == 1
    assert str(output) in reviewed.notifications.text
    dialog.reject()


def test_that_a_changed_log_is_told_on_opening_and_the_trail_points_at_the_event(
    qtbot: QtBot, reviewed: MainWindow, workbench: Workbench
):
    victim = next(e for e in workbench.review_log.events() if e.kind.value == "comment")
    with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        for trigger in ("no_update", "no_delete", "in_order"):
            raw.execute(f"DROP TRIGGER review_events_{trigger}")
        raw.execute("UPDATE review_events SET reviewer = 'Dr. Nobody' WHERE seq = ?", (victim.seq,))
        raw.commit()
    runner = JobRunner()
    again = build_main_window(workbench, runner, data_dir() / "settings.json", "Dr. Test")
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: "changed outside LeukView" in again.notifications.text, timeout=20_000)
    assert f"event {victim.seq} " in again.notifications.text
    assert "The content of this event was changed" in again.notifications.text
    again.notifications.dismiss_all()
    assert again.audit.chain_badge.isVisible()
    assert f"event {victim.seq} " in again.audit.chain_badge.toolTip()
    dialog = open_audit(qtbot, again)
    assert f"event {victim.seq} " in dialog.state_label.text()
    assert f"⚠ {victim.seq}" in column_texts(dialog, AuditColumn.NUMBER)
    assert dialog.table.currentIndex().data(AUDIT_ROW_ROLE).event.seq == victim.seq
    dialog.reject()
    close_window(qtbot, again)
    assert runner.shutdown()


def test_that_the_trail_says_what_the_seals_cover_and_what_was_cut_off(qtbot: QtBot):
    with open_workbench(RuntimeOptions()) as sealed:
        slide = sealed._dependencies.slide_store.add_slide(make_draft(), synthetic=True).slide
        for number in range(3):
            sealed.review_log.append(slide.id, EventKind.COMMENT, reviewer="Dr. Test", payload={"text": str(number)})
        last = sealed.review_log.head()[0]
    with open_workbench(RuntimeOptions()) as sealed:
        runner = JobRunner()
        window = build_main_window(sealed, runner, data_dir() / "settings.json", "Dr. Test")
        window.show()
        dialog = open_audit(qtbot, window)
        assert "In the review log, all entries are sealed." in dialog.seal_label.text()
        assert "key" in dialog.seal_label.text()
        assert dialog.seal_label.isVisible()
        with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
            raw.execute("DROP TRIGGER review_events_no_delete")
            raw.execute("DELETE FROM review_events WHERE seq = ?", (last,))
            raw.commit()
        dialog.verify_button.click()
        qtbot.waitUntil(lambda: f"entries {last} to {last} are missing" in dialog.state_label.text(), timeout=20_000)
        dialog.reject()
        close_window(qtbot, window)
        assert runner.shutdown()


def test_that_a_sound_log_is_told_by_nothing(opened: MainWindow):
    assert "changed outside" not in opened.notifications.text
    assert not opened.audit.chain_badge.isVisible()


def test_that_a_cells_history_runs_from_analyser_to_reviewer_and_follows_the_review(qtbot: QtBot, reviewed: MainWindow):
    cell = show_history(qtbot, reviewed, 0)
    lines = history_texts(reviewed)
    assert lines[0].startswith("Imported")
    assert lines[1].startswith("Classified as ") or lines[1].startswith("Left unidentified")
    assert any(line.startswith("Labelled cell 1 as Basophil") for line in lines)
    assert "Commented on cell 1: “coarse granules”" in lines
    reviewed.review.submit(lambda session: session.override([cell], "blast"))
    qtbot.waitUntil(lambda: any("as Blast" in line for line in history_texts(reviewed)), timeout=20_000)


def test_that_what_was_taken_back_is_struck_out(qtbot: QtBot, reviewed: MainWindow):
    show_history(qtbot, reviewed, 1)
    model = reviewed.cell_panel.history.model
    gone = [i for i in range(model.rowCount()) if model.index(i).data(HistoryRole.UNDONE)]
    assert [str(model.index(i).data(HistoryRole.TEXT)).startswith("Labelled cell 2 as Monocyte") for i in gone] == [
        True
    ]
    assert history_texts(reviewed)[-1].startswith(("Undid", "Opened the large"))
    assert not reviewed.cell_panel.history.grab().isNull()


def test_that_a_blind_review_hides_the_model_from_history_and_trail(qtbot: QtBot, reviewed: MainWindow):
    reviewed.action_manager.by_key["blind"].trigger()
    show_history(qtbot, reviewed, 0)
    lines = history_texts(reviewed)
    assert "Labelled cell 1 as Basophil." in lines
    assert not any("Classified" in line or "shown before" in line or "Left " in line for line in lines)
    dialog = opened_dialog(qtbot, AuditDialog, reviewed.cell_panel.history.audit_button.click)
    wait_until_idle(qtbot, reviewed)
    assert dialog.cell_filter_button.text().startswith("Cell 1 only")
    assert "Labelled" in column_texts(dialog, AuditColumn.KIND)
    assert not any("shown before" in w for w in column_texts(dialog, AuditColumn.TEXT))
    dialog.table.selectRow(0)
    assert "payload" not in dialog.details.toPlainText()
    assert not dialog.export_button.isEnabled()
    some = dialog.model.rowCount()
    dialog.cell_filter_button.click()
    wait_until_idle(qtbot, reviewed)
    assert dialog.model.rowCount() > some
    dialog.reject()


def test_that_the_call_record_lists_whom_the_reviewer_called(
    qtbot: QtBot, reviewed: MainWindow, workbench: Workbench, tmp_path: Path
):
    ids = [v.cell.id for v in current_view(reviewed).cells]
    reviewed.review.submit(lambda session: session.override(ids, "blast"))
    wait_until_idle(qtbot, reviewed)
    alert = next(a for a in current_view(reviewed).unacknowledged_alerts)
    reviewed.review.submit(
        lambda session: session.acknowledge_alert(alert.rule.key, called_person="Dr. Weiss", note="fresh sample")
    )
    wait_until_idle(qtbot, reviewed)
    shown = " ".join(label.text() for label in reviewed.alerts.findChildren(QLabel))
    assert "called: Dr. Weiss · Dr. Test · " in shown
    dialog = opened_dialog(qtbot, AuditDialog, reviewed.action_manager.by_key["calls"].trigger)
    wait_until_idle(qtbot, reviewed)
    assert dialog.tabs.tabText(dialog.tabs.currentIndex()) == "Calls"
    line = [str(dialog.calls_model.index(0, c).data()) for c in CallColumn]
    assert line[1:] == [current_view(reviewed).slide.id, alert.rule.title, "Dr. Weiss", "fresh sample", "Dr. Test"]
    assert dialog.count_label.text() == "Acknowledged alerts: 1"
    qtbot.keyClicks(dialog.search_edit, "nobody of this name")
    wait_until_idle(qtbot, reviewed)
    assert dialog.calls_model.rowCount() == 0
    assert not dialog.export_button.isEnabled()
    dialog.search_edit.clear()
    dialog.called_only_checkbox.setChecked(True)
    wait_until_idle(qtbot, reviewed)
    assert dialog.calls_model.rowCount() == 1
    dialog.export_button.click()
    chooser = next(child for child in dialog.children() if isinstance(child, QFileDialog))
    output = tmp_path / "calls.csv"
    chooser.fileSelected.emit(str(output))
    chooser.reject()
    wait_until_idle(qtbot, reviewed)
    assert "Dr. Weiss" in output.read_text(encoding="utf-8-sig")
    assert "The call record was exported." in reviewed.notifications.text
    dialog.tabs.setCurrentIndex(0)
    assert "events" in dialog.count_label.text()
    dialog.reject()


def test_that_a_blind_review_sees_no_call_record(qtbot: QtBot, reviewed: MainWindow):
    reviewed.action_manager.by_key["blind"].trigger()
    dialog = opened_dialog(qtbot, AuditDialog, reviewed.action_manager.by_key["calls"].trigger)
    wait_until_idle(qtbot, reviewed)
    assert not dialog.tabs.isTabVisible(1)
    assert dialog.tabs.currentIndex() == 0
    dialog.reject()
