"""Return does what was asked, in every dialog and wherever the focus is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from leukview.bootstrap.site_config import load_comment_phrases
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import Signature
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.slide import ExportPreview
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.export.corrections_dialog import CorrectionsDialog
from leukview.gui.export.export_dialog import ExportDialog
from leukview.gui.export.report_dialog import ReportDialog
from leukview.gui.grading.dialog import GradingDialog
from leukview.gui.help.tour import Tour
from leukview.gui.main_window import MainWindow
from leukview.gui.models.comparison_dialog import ModelSignatureDialog
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.reopen_dialog import ReopenDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.review.slide_details_dialog import SlideDetailsDialog
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.report.report_data import ReportChoices
from tests.gui.conftest import current_view, opened_dialog
from tests.support.workstation import write_export


def preview(window: MainWindow, folder: Path) -> ExportPreview:
    return window._workbench.preview(write_export(folder), CancelToken(), null_reporter)


CHOICES = ReportChoices((("en", "English"),), (("a4", "A4"),), "en", "a4", can_sign=True)
BUILDERS: dict[str, Callable[[MainWindow, Path], QDialog]] = {
    "report": lambda w, folder: ReportDialog(current_view(w), CHOICES, {}, str(folder)),
    "sign": lambda w, _: SignDialog(current_view(w), ()),
    "sign few": lambda w, _: SignDialog(current_view(w), (), None, None, "Fewer than 100."),
    "export": lambda w, folder: ExportDialog(current_view(w), str(folder)),
    "details": lambda w, _: SlideDetailsDialog(current_view(w).slide, current_view(w).shown_tally),
    "acknowledge": lambda w, _: AcknowledgeAlertDialog(current_view(w).alerts[0]),
    "comment": lambda _, __: CommentDialog("Comment", "", phrases=load_comment_phrases()),
    "reopen": lambda _, __: ReopenDialog("S-1", Signature("Ada", "2026-03-01T10:00:00+00:00", "Reviewed")),
    "import": lambda w, folder: ImportDialog(preview(w, folder), w._workbench.taxonomy),
    "grading": lambda w, _: GradingDialog(w._workbench.grading_form, {}),
    "corrections": lambda _, folder: CorrectionsDialog(str(folder), "site"),
}
REJECTING = {"Cancel", "Close", "Not now"}


def fields(dialog: QDialog) -> list[QWidget]:
    """What can have the focus and is no button."""
    found = [w for w in dialog.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [w for w in found if w.isVisible() and w.isEnabled() and not isinstance(w, QPushButton)]


@pytest.mark.parametrize("name", BUILDERS)
def test_that_the_default_button_is_never_the_one_that_drops_everything(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, name: str
):
    dialog = BUILDERS[name](opened, tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    cancel = next(b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") in REJECTING)
    assert fields(dialog)
    for field in fields(dialog):
        cancel.setFocus()  # the focus was there last
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        defaults = [b.text().replace("&", "") for b in dialog.findChildren(QPushButton) if b.isDefault()]
        assert len(defaults) == 1
        assert not set(defaults) & REJECTING, type(field)


def test_that_return_writes_the_report_from_any_field(qtbot: QtBot, opened: MainWindow, tmp_path: Path):
    opened.report.saved_options = {"folder": str(tmp_path)}
    dialog = opened_dialog(qtbot, ReportDialog, opened.action_manager.by_key["report"].trigger)
    dialog.activateWindow()
    dialog.file_edit.setText(str(tmp_path / "new folder" / "r.pdf"))
    for combo in dialog.findChildren(QComboBox):
        combo.setFocus()
    dialog.file_edit.setFocus()
    qtbot.waitUntil(dialog.file_edit.hasFocus)
    qtbot.keyClick(dialog.file_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The report is complete" in opened.notifications.text, timeout=60_000)
    assert (tmp_path / "new folder" / "r.pdf").is_file()


def test_that_the_folder_proposed_exists(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "Documents"))
    opened.report.saved_options = {}
    dialog = opened_dialog(qtbot, ReportDialog, opened.action_manager.by_key["report"].trigger)
    assert dialog.path().parent.is_dir()
    dialog.reject()
    opened.corrections_export.saved_options = {"folder": str(tmp_path / "gone")}
    corrections = opened_dialog(qtbot, CorrectionsDialog, opened.action_manager.by_key["corrections"].trigger)
    assert corrections.output_folder().is_dir()
    corrections.reject()


def test_that_typing_goes_on_in_the_text_after_a_click_on_a_phrase(qtbot: QtBot, opened: MainWindow):
    dialog = opened_dialog(qtbot, CommentDialog, opened.action_manager.by_key["comment"].trigger)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    model = dialog.phrase_view.model()
    index = model.index(0, 0, model.index(0, 0))
    where = dialog.phrase_view.visualRect(index).center()
    qtbot.mouseClick(dialog.phrase_view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    focused = dialog.focusWidget()
    assert isinstance(focused, QPlainTextEdit)
    qtbot.keyClicks(focused, ", two cells")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(focused, Qt.Key.Key_Return)
    phrase = load_comment_phrases()[0].phrases[0].text
    qtbot.waitUntil(
        lambda: [v.review.comment for v in current_view(opened).cells if v.review.comment] == [f"{phrase}, two cells"]
    )


@pytest.mark.parametrize("start", ["button", "box"])
def test_that_return_answers_who_reviews(qtbot: QtBot, opened: MainWindow, start: str):
    opened._workbench.profiles.add("Dr. Test", "Ada Klee", ReviewerRole.REVIEWER, "")
    opened.sign_in.lock()
    qtbot.waitUntil(lambda: opened.sign_in.lock_screen is not None)
    screen = opened.sign_in.lock_screen
    assert screen is not None
    field = screen.unlock_button if start == "button" else screen.reviewer_combo
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened.sign_in.is_locked, timeout=10_000)
    assert opened.review.reviewer == "Ada Klee"


def test_that_return_in_the_pin_field_signs_in_once(qtbot: QtBot, opened: MainWindow):
    opened._workbench.profiles.add("Dr. Test", "Ada Klee", ReviewerRole.REVIEWER, "2468")
    opened.sign_in.lock()
    qtbot.waitUntil(lambda: opened.sign_in.lock_screen is not None)
    screen = opened.sign_in.lock_screen
    assert screen is not None
    asked: list[str] = []
    screen.unlock_requested.connect(lambda _profile, pin: asked.append(pin))
    qtbot.keyClicks(screen.pin_edit, "2468")
    qtbot.keyClick(screen.pin_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened.sign_in.is_locked, timeout=10_000)
    assert asked == ["2468"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_that_return_and_space_lead_through_the_tour_and_reach_no_cell(qtbot: QtBot, opened: MainWindow, key: Qt.Key):
    reviewed = current_view(opened).reviewed_count
    opened.action_manager.by_key["tour"].trigger()
    tour = opened.findChild(Tour)
    assert tour is not None
    titles = [tour.title_label.text()]
    for _ in range(3):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, key)
        titles.append(tour.title_label.text())
    assert len(set(titles)) == 4
    opened.gallery.view.setFocus()  # as the window does when a slide is opened
    qtbot.waitUntil(tour.next_button.hasFocus)
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key)
    assert tour.next_button.text() == "&Done"
    qtbot.keyClick(tour, key)
    assert not tour.isVisible()
    assert current_view(opened).reviewed_count == reviewed


def test_that_the_meaning_of_a_model_change_is_stored_in_english(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("leukview.gui.models.comparison_dialog.translate_data", lambda text: f"译 {text}")
    dialog = ModelSignatureDialog("Install", "A model", "Installed after a comparison", None, reason_needed=True)
    qtbot.addWidget(dialog)
    assert dialog.meaning_combo.currentText() == "译 Installed after a comparison"
    assert dialog.meaning_combo.meaning() == "Installed after a comparison"
    dialog.meaning_combo.setEditText("my own words")
    assert dialog.meaning_combo.meaning() == "my own words"


def test_that_the_name_field_is_asked_first(qtbot: QtBot, opened: MainWindow):
    dialog = SignDialog(current_view(opened), ())
    qtbot.addWidget(dialog)
    dialog.show()
    assert isinstance(dialog.focusWidget(), QLineEdit)
