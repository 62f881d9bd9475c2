"""Exporting the report from the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.gui.export.report_dialog import ReportDialog
from leukview.gui.main_window import MainWindow
from leukview.services.report.report_data import ReportChoices
from tests.gui.conftest import close_window, current_view, opened_dialog

CHOICES = ReportChoices(
    (("en", "English"), ("zh_CN", "中文")), (("a4", "A4"), ("us-letter", "Letter")), "en", "a4", can_sign=True
)


def test_that_two_keys_export_the_report_and_the_choices_are_remembered(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
):
    opened.report.saved_options = {"folder": str(tmp_path)}
    dialog = opened_dialog(qtbot, ReportDialog, opened.action_manager.by_key["report"].trigger)
    assert dialog.path() == tmp_path / f"{current_view(opened).slide.id}.pdf"
    dialog.paper_combo.setCurrentIndex(dialog.paper_combo.findData("us-letter"))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: "The report is complete" in opened.notifications.text, timeout=60_000)
    with pikepdf.open(dialog_path := tmp_path / f"{current_view(opened).slide.id}.pdf") as pdf:
        assert round(float(pdf.pages[0].mediabox[2])) == 612
    assert dialog_path.exists()
    again = opened_dialog(qtbot, ReportDialog, opened.action_manager.by_key["report"].trigger)
    assert again.paper_combo.currentData() == "us-letter"
    assert again.overwrite_label.isVisible()
    again.reject()
    qtbot.waitUntil(lambda: opened.focusWidget() is opened.gallery.view, timeout=20_000)
    close_window(qtbot, opened)
    saved = load_settings(data_dir() / "settings.json").report
    assert saved == {"folder": str(tmp_path), "language": "en", "paper": "us-letter", "names": "", "certificate": ""}


def test_that_a_wrong_site_file_is_said_and_no_dialog_opens(qtbot: QtBot, opened: MainWindow):
    (data_dir() / "report").mkdir()
    (data_dir() / "report" / "report.toml").write_text('paper = "a5"', encoding="utf-8")
    opened.action_manager.by_key["report"].trigger()
    qtbot.waitUntil(
        lambda: "“report.toml”: the value of “paper” cannot be used" in opened.notifications.text, timeout=20_000
    )


@pytest.fixture
def dialog(qtbot: QtBot, opened: MainWindow, tmp_path: Path) -> ReportDialog:
    made = ReportDialog(current_view(opened), CHOICES, {"certificate": "/a/site.p12"}, str(tmp_path))
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_the_password_is_hidden_and_never_remembered(qtbot: QtBot, dialog: ReportDialog, tmp_path: Path):
    assert dialog.sign_checkbox.isChecked()
    assert dialog.password_edit.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(dialog.password_edit, "secret word")
    certificate = dialog.options().certificate
    assert certificate is not None
    assert (certificate.path, certificate.password) == (Path("/a/site.p12"), "secret word")
    assert "secret word" not in f"{dialog.saved_options()} {dialog.options()!r}"
    assert dialog.saved_options()["certificate"] == "/a/site.p12"
    dialog.sign_checkbox.setChecked(False)
    assert dialog.options().certificate is None
    assert not dialog.password_edit.isEnabled()
    assert dialog.saved_options()["certificate"] == ""


def test_that_the_report_needs_a_file_and_a_certificate_that_is_named(dialog: ReportDialog, tmp_path: Path):
    dialog.certificate_edit.clear()
    assert not dialog.export_button.isEnabled()
    dialog.sign_checkbox.setChecked(False)
    assert dialog.export_button.isEnabled()
    dialog.file_edit.setText(str(tmp_path))
    assert not dialog.export_button.isEnabled()
    dialog.file_edit.setText(str(tmp_path / "name"))
    assert dialog.path().name == "name.pdf"


@pytest.mark.parametrize(
    ("speaks", "site", "remembered", "first"),
    [("zh_CN", "en", "", "zh_CN"), ("en", "zh_CN", "", "zh_CN"), ("zh_CN", "en", "en", "en"), ("fr", "en", "", "en")],
)
def test_that_the_report_is_offered_in_the_windows_language_unless_site_or_reviewer_chose_another(
    qtbot: QtBot,
    opened: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    speaks: str,
    site: str,
    remembered: str,
    first: str,
):
    monkeypatch.setattr("leukview.gui.export.report_dialog.current_language", lambda: speaks)
    made = ReportDialog(current_view(opened), replace(CHOICES, language=site), {"language": remembered}, str(tmp_path))
    qtbot.addWidget(made)
    assert made.language_combo.currentData() == first
