"""The export of corrections from the window, on real storage."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukview.bootstrap.composition import strip_metadata
from leukview.bootstrap.site_config import load_label_weights
from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.export.corrections_dialog import CorrectionsDialog
from leukview.gui.main_window import MainWindow
from leukview.importers.images import encode_mask_png
from leukview.services.corrections.exporter import CorrectionExporter
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window, current_view, opened_dialog


@pytest.fixture
def signed(qtbot: QtBot, opened: MainWindow, workbench: Workbench, taxonomy: Taxonomy) -> MainWindow:
    """The window over a slide that was reviewed and signed."""
    rooms = workbench._dependencies
    made = CorrectionExporter(
        taxonomy,
        rooms.slide_store,
        rooms.review_log,
        rooms.export_reader,
        load_label_weights(),
        strip_metadata,
        encode_mask_png,
    )
    workbench._dependencies = replace(rooms, correction_exporter=made)
    view, desk = current_view(opened), opened.review
    desk.submit(lambda session: session.accept([v.cell.id for v in view.cells]))
    first = view.cells[0].cell.id
    desk.submit(lambda session: session.override([first], "monocyte"))
    for cell in view.cells:
        desk.submit(partial(ReviewSession.record_opened, cell_id=cell.cell.id))
    for alert in view.alerts:
        desk.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: desk.is_idle, timeout=20_000)
    desk.submit(lambda session: ReviewSession.sign(session, "Dr. Test", "Review"))
    qtbot.waitUntil(lambda: desk.is_idle and current_view(opened).review.signature is not None, timeout=20_000)
    return opened


def open_corrections(qtbot: QtBot, window: MainWindow) -> CorrectionsDialog:
    dialog = opened_dialog(qtbot, CorrectionsDialog, window.action_manager.by_key["corrections"].trigger)
    assert isinstance(dialog, CorrectionsDialog)
    return dialog


def fill_form(qtbot: QtBot, dialog: CorrectionsDialog, folder: Path, site: str = "ward-3", patients: str = "") -> None:
    for line, text in ((dialog.folder_edit, str(folder)), (dialog.site_edit, site), (dialog.diagnoses_edit, patients)):
        line.clear()
        qtbot.keyClicks(line, text)


def run_export(qtbot: QtBot, dialog: CorrectionsDialog) -> None:
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.export_button.isEnabled, timeout=60_000)


def test_that_reviewed_cells_are_packed_with_the_diagnoses_of_their_patients(
    qtbot: QtBot, signed: MainWindow, tmp_path: Path
):
    patient = current_view(signed).slide.patient
    table = tmp_path / "patients.csv"
    table.write_text(f"patient,diagnosis\n{patient},AML\n", encoding="utf-8")
    dialog = open_corrections(qtbot, signed)
    fill_form(qtbot, dialog, tmp_path / "out", patients=str(table))
    dialog.synthetic_checkbox.click()  # the slide is a drawn one
    run_export(qtbot, dialog)
    assert dialog.outcome_label.text().startswith("Exported:"), dialog.outcome_label.text()
    path = tmp_path / "out" / "cells" / "cells-ward-3-corrections.zip"
    with zipfile.ZipFile(path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
        assert {row["file"] for row in rows} <= set(archive.namelist())
    assert {row["patient"] for row in rows} == {patient}
    assert {row["diagnosis"] for row in rows} == {"AML"}
    assert dialog.outcome_label.text().startswith(f"Exported: {path}\n{len(rows)} cells. Patients: ")
    shown = {dialog.counts_model.index(row, 0).data() for row in range(dialog.counts_model.rowCount())}
    assert "Monocyte" in shown
    total = sum(
        int(dialog.counts_model.index(row, column).data())
        for row in range(dialog.counts_model.rowCount())
        for column in (1, 2, 3)
    )
    assert total == len(rows)
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: signed.focusWidget() is signed.gallery.view, timeout=20_000)
    again = open_corrections(qtbot, signed)
    assert (again.folder_edit.text(), again.site_edit.text()) == (str(tmp_path / "out"), "ward-3")
    again.reject()
    close_window(qtbot, signed)
    assert load_settings(data_dir() / "settings.json").corrections == {
        "folder": str(tmp_path / "out"),
        "site": "ward-3",
    }


def test_that_a_second_reader_does_not_learn_from_it_what_the_first_one_said(
    qtbot: QtBot, signed: MainWindow, workbench: Workbench, tmp_path: Path
):
    signed.review.set_reviewer(workbench.profiles.add("system", "Dr. B", ReviewerRole.SECOND_READER, ""))
    dialog = open_corrections(qtbot, signed)
    fill_form(qtbot, dialog, tmp_path)
    dialog.synthetic_checkbox.click()
    run_export(qtbot, dialog)
    assert "1 slides that you still read as second reader" in dialog.outcome_label.text()
    assert not (tmp_path / "cells" / "cells-ward-3-corrections.zip").exists()


def test_that_what_stands_in_the_way_is_said_in_the_dialog_and_nothing_is_written(
    qtbot: QtBot, signed: MainWindow, tmp_path: Path
):
    dialog = open_corrections(qtbot, signed)
    fill_form(qtbot, dialog, tmp_path / "out", site="ward 3")
    run_export(qtbot, dialog)
    assert "“ward 3” cannot be the name of an archive." in dialog.outcome_label.text()
    fill_form(qtbot, dialog, tmp_path / "out")
    run_export(qtbot, dialog)  # real cells are wanted, and there are drawn ones alone
    assert "There are no corrections to export." in dialog.outcome_label.text()
    table = tmp_path / "patients.csv"
    table.write_text("patient,diagnosis\nP,influenza\n", encoding="utf-8")
    fill_form(qtbot, dialog, tmp_path / "out", patients=str(table))
    run_export(qtbot, dialog)
    assert "The diagnosis “influenza” is unknown." in dialog.outcome_label.text()
    assert not list((tmp_path / "out").rglob("*.zip"))
    dialog.site_edit.clear()
    assert not dialog.export_button.isEnabled()
    dialog.reject()


@pytest.mark.parametrize("close", [False, True])
def test_that_an_export_of_corrections_can_be_cancelled(
    qtbot: QtBot, signed: MainWindow, workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, close: bool
):
    corrections = workbench.correction_exporter
    pack, waiting = corrections._pack, []

    def slow(archive, gathered, source, diagnoses, token, reporter):  # until it is cancelled
        waiting.append(token)
        while not token.cancelled:
            token._event.wait(0.01)
        return pack(archive, gathered, source, diagnoses, token, reporter)

    monkeypatch.setattr(corrections, "_pack", slow)
    dialog = open_corrections(qtbot, signed)
    fill_form(qtbot, dialog, tmp_path / "out")
    dialog.synthetic_checkbox.click()
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(waiting), timeout=20_000)
    qtbot.waitUntil(lambda: "Collecting corrections" in dialog.outcome_label.text(), timeout=20_000)
    assert dialog.progress_bar.isVisible()
    assert not dialog.folder_edit.isEnabled()
    if close:
        dialog.reject()
    else:
        qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(dialog.export_button.isEnabled, timeout=20_000)
        assert dialog.outcome_label.text() == "Cancelled; no file was written."
        dialog.reject()
    qtbot.waitUntil(lambda: not signed.tasks.is_busy, timeout=20_000)
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert signed.notifications.text == ""
