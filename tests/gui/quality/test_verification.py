"""Verification through the window: the table is chosen, the result is shown, the protocol is saved."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from leukview.gui.main_window import MainWindow
from leukview.gui.quality.verification_dialog import VerificationDialog
from tests.gui.conftest import current_view, opened_dialog


def test_that_a_laboratory_compares_itself_with_the_microscope(qtbot: QtBot, opened: MainWindow, tmp_path: Path):
    slide = current_view(opened).slide.id
    session = opened._workbench.open_session(slide, "Dr. Test")
    session.override([v.cell.id for v in session.view.cells], "lymphocyte")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House", note="called")
    session.sign("Dr. Test", "Reviewed", reason="few cells")
    table = tmp_path / "microscope.csv"
    table.write_text(f"slide,Blast,Lymphocyte\n{slide},2,98\nS-UNKNOWN,1,1\n", encoding="utf-8")
    chooser = opened_dialog(qtbot, QFileDialog, opened.action_manager.by_key["verification"].trigger)
    chooser.fileSelected.emit(str(table))
    chooser.reject()
    qtbot.waitUntil(lambda: opened.verification.dialog is not None, timeout=20_000)
    dialog = opened.verification.dialog
    assert isinstance(dialog, VerificationDialog)
    assert "Films compared: 1. Left out: 1." in dialog.summary_label.text()
    assert "no such slide" in dialog.summary_label.text()
    model = dialog.tables[0].model()
    rows = [[str(model.index(row, column).data()) for column in range(5)] for row in range(model.rowCount())]
    assert rows[0][0] == "Blast"
    assert rows[0][4].startswith("1 of 1")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog), timeout=10_000)
    saver = QApplication.activeModalWidget()
    assert isinstance(saver, QFileDialog)
    saver.fileSelected.emit(str(tmp_path / "protocol.pdf"))
    saver.reject()
    qtbot.waitUntil(lambda: "protocol.pdf" in dialog.result_label.text(), timeout=20_000)
    assert "Dr. Test (1)" in PdfReader(tmp_path / "protocol.pdf").pages[0].extract_text()
    dialog.reject()
