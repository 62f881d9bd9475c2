"""The report of an internal error: offered once, without names, saved where the person says."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from leukview import __version__
from leukview.gui.help.error_report_dialog import ErrorReportDialog
from leukview.gui.main_window import MainWindow


def fail() -> None:
    raise RuntimeError("/home/meyer/Patient Berger 1957.zip")


def fail_in_a_job(qtbot: QtBot, window: MainWindow) -> list[ErrorReportDialog]:
    with qtbot.waitSignal(window.tasks.failed_unexpectedly, timeout=10_000):
        window.tasks.run("Reading", lambda _token, _reporter: fail())
    return window.findChildren(ErrorReportDialog)


def test_that_an_internal_error_offers_a_report_without_names_and_saves_it(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
):
    (dialog,) = fail_in_a_job(qtbot, opened)
    assert dialog.isVisible()
    assert not dialog.isModal()  # the review goes on
    text = dialog.report.toPlainText()
    assert f"LeukView {__version__}" in text
    assert "RuntimeError" in text
    assert "test_error_report.py" in text
    assert not [word for word in ("meyer", "Berger", "1957", "/home") if word in text]
    dialog.save(str(tmp_path / "report.txt"))
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == text
    assert "report.txt" in dialog.status.text()
    dialog.save(str(tmp_path / "report.txt" / "inside-a-file.txt"))
    assert "could not be saved" in dialog.status.text()


def test_that_the_same_error_is_offered_once(qtbot: QtBot, opened: MainWindow):
    assert len(fail_in_a_job(qtbot, opened)) == 1
    assert len(fail_in_a_job(qtbot, opened)) == 1
