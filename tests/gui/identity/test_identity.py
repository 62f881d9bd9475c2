"""Names, orders and specimens in the window: typed, shown, hidden, found, printed, and nowhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.review.events import EventKind
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.export.report_dialog import ReportDialog
from leukview.gui.identity.dialog import IdentityDialog
from leukview.gui.main_window import MainWindow
from leukview.gui.worklist.model import CARD_ROLE
from leukview.services.workbench import Workbench
from leukview.synthetic import write_demo_export
from tests.gui.conftest import current_view, is_analysed, open_slide, opened_dialog

NAME, GIVEN, ORDER, TUBE = "Ÿsolde-Müllerova", "Anna", "2026-118-0427", "T-991-X"


def enter_identity(qtbot: QtBot, window: MainWindow) -> str:
    """Type name and order of the open slide as a person does; returns the slide."""
    dialog = opened_dialog(qtbot, IdentityDialog, window.action_manager.by_key["identity"].trigger)
    dialog.family_edit.setText(NAME)  # QTest has no key for its letters
    qtbot.keyClicks(dialog.given_edit, GIVEN)
    qtbot.keyClicks(dialog.birth_edit, "1961-02-03")
    dialog.order_edit.selectAll()
    qtbot.keyClicks(dialog.order_edit, ORDER)
    qtbot.keyClicks(dialog.specimen_edit, TUBE)
    qtbot.keyClicks(dialog.collected_edit, "2026-11-30 08:12")
    dialog.accept()
    slide = current_view(window).slide.id
    service = window._workbench.identities
    assert service is not None
    qtbot.waitUntil(lambda: service.identity(slide).is_typed, timeout=10_000)
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=10_000)
    return slide


def card_title(window: MainWindow) -> str:
    return str(window.worklist_model.index(0).data(CARD_ROLE).title)


def test_that_names_are_typed_shown_with_one_key_and_hidden_with_the_same(qtbot: QtBot, opened: MainWindow):
    slide = enter_identity(qtbot, opened)
    assert NAME not in opened.slide_header.title_label.text()
    assert card_title(opened) == slide
    opened.action_manager.by_key["names"].trigger()
    qtbot.waitUntil(lambda: NAME in opened.slide_header.title_label.text(), timeout=10_000)
    assert f"{ORDER} · {NAME}, {GIVEN} · 1961-02-03" in opened.slide_header.title_label.text()
    assert card_title(opened).startswith(ORDER)
    opened.action_manager.by_key["names"].trigger()
    assert NAME not in opened.slide_header.title_label.text()
    assert card_title(opened) == slide


def test_that_showing_names_is_recorded_once_a_session(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    service = workbench.identities
    assert service is not None
    for _ in range(2):
        for _ in range(2):
            opened.action_manager.by_key["names"].trigger()
            qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=10_000)
    assert [name for _, name in service.shown_to()] == ["Dr. Test"]


def test_that_a_reviewer_without_the_right_sees_no_name(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    enter_identity(qtbot, opened)
    workbench.profiles.add("Dr. Test", "Dr. Chief", ReviewerRole.ADMINISTRATOR, "1234")
    opened.notifications.dismiss_all()
    opened.action_manager.by_key["names"].trigger()
    qtbot.waitUntil(lambda: bool(opened.notifications.text), timeout=10_000)
    assert "may not see names of patients" in opened.notifications.text
    assert not opened.action_manager.by_key["names"].isChecked()
    assert NAME not in opened.slide_header.title_label.text()


def test_that_a_scanned_number_finds_the_slide_also_while_names_are_hidden(qtbot: QtBot, opened: MainWindow):
    slide, panel = enter_identity(qtbot, opened), opened._worklist_panel
    qtbot.keyClicks(panel.search_edit, TUBE.lower())
    qtbot.waitUntil(lambda: panel.visible_ids() == [slide], timeout=10_000)
    panel.search_edit.clear()
    qtbot.keyClicks(panel.search_edit, TUBE[:-1])
    qtbot.waitUntil(lambda: panel.visible_ids() == [], timeout=10_000)  # a part of a number finds nobody
    panel.search_edit.clear()
    opened.action_manager.by_key["names"].trigger()
    qtbot.waitUntil(lambda: NAME in opened.slide_header.title_label.text(), timeout=10_000)
    panel.search_edit.setText(NAME.lower()[:6])
    qtbot.waitUntil(lambda: panel.visible_ids() == [slide], timeout=10_000)


def test_that_only_slides_of_the_specimen_are_joined(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, taxonomy: Taxonomy, tmp_path: Path
):
    service, patient_folder = workbench.identities, tmp_path / "Patient_9"
    assert service is not None
    films = write_demo_export(
        tmp_path / "films", slides=2, cells=8, seed=3, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )
    for order, film in zip(("10027006113", "10027006114"), films, strict=True):
        shutil.copytree(film, patient_folder / order)
    open_slide(qtbot, window, patient_folder)
    qtbot.waitUntil(lambda: is_analysed(window) and not window.tasks.is_busy, timeout=60_000)
    opened, first = window, current_view(window).slide.id
    (second,) = [slide for slide in workbench.slides() if slide.id != first]
    assert {slide.patient for slide in workbench.slides()} == {second.patient}
    box = opened.tally.all_slides_checkbox
    qtbot.waitUntil(lambda: not box.isHidden(), timeout=10_000)
    assert "specimens not known" in box.text()
    patient = PatientDetails(family_name=NAME)
    service.save(first, LabOrder(ORDER, collected_at="2026-11-02T08:00", patient=patient), "Dr. Test")
    service.save(second.id, LabOrder(ORDER, collected_at="2026-11-30T08:12", patient=patient), "Dr. Test")
    opened.review.open(first)
    qtbot.waitUntil(lambda: current_view(opened).slide.id == first and not opened.tasks.is_busy, timeout=20_000)
    qtbot.waitUntil(box.isHidden, timeout=10_000)  # taken on another day
    service.save(second.id, LabOrder(ORDER, collected_at="2026-11-02T08:00", patient=patient), "Dr. Test")
    opened.review.open(second.id)
    qtbot.waitUntil(lambda: not box.isHidden(), timeout=10_000)
    assert box.text() == "All 2 slides of this specimen"


def test_that_the_report_names_the_patient_only_when_asked(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, tmp_path: Path
):
    from pypdf import PdfReader

    enter_identity(qtbot, opened)

    def report(name: str, *, with_names: bool) -> str:
        dialog = opened_dialog(qtbot, ReportDialog, opened.action_manager.by_key["report"].trigger)
        dialog.names_checkbox.setChecked(with_names)
        dialog.file_edit.setText(str(tmp_path / name))
        dialog.accept()
        qtbot.waitUntil(lambda: (tmp_path / name).exists() and not opened.tasks.is_busy, timeout=60_000)
        return "".join(page.extract_text() for page in PdfReader(tmp_path / name).pages)

    assert NAME not in report("without.pdf", with_names=False)
    named = report("with.pdf", with_names=True)
    assert all(text in named for text in (NAME, GIVEN, "1961-02-03", ORDER, TUBE, "2026-11-30 08:12"))
    events = [e.payload for e in workbench.review_log.events() if e.kind is EventKind.REPORT]
    assert [payload.get("names", False) for payload in events] == [False, True]


def test_that_nothing_written_holds_the_name(qtbot: QtBot, opened: MainWindow, tmp_path: Path):
    enter_identity(qtbot, opened)
    opened.action_manager.by_key["names"].trigger()
    qtbot.waitUntil(lambda: NAME in opened.slide_header.title_label.text(), timeout=10_000)
    opened.review.submit(lambda session: session.accept([session.view.cells[0].cell.id]))
    qtbot.waitUntil(lambda: opened.review.is_idle and not opened.tasks.is_busy, timeout=10_000)
    opened.preferences.save()
    forms = [text.encode(code) for text in (NAME, TUBE, ORDER) for code in ("utf-8", "utf-16-le")]
    forms.append(NAME.encode("unicode_escape"))
    home = data_dir()
    written = [path for folder in (home, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert written
    for path in written:
        content = path.read_bytes()
        assert not any(form in content for form in forms), path


def test_that_the_keyboard_reaches_every_field_and_a_scanner_ends_none(qtbot: QtBot, opened: MainWindow):
    dialog = opened_dialog(qtbot, IdentityDialog, opened.action_manager.by_key["identity"].trigger)
    dialog.order_edit.setFocus()
    qtbot.waitUntil(dialog.order_edit.hasFocus)
    qtbot.keyClicks(dialog.order_edit, "77")
    qtbot.keyClick(dialog.order_edit, Qt.Key.Key_Return)  # as a barcode reader does
    assert dialog.isVisible()
    qtbot.waitUntil(dialog.specimen_edit.hasFocus)
    qtbot.keyClicks(dialog.birth_edit, "03.02.1961")
    assert "." not in dialog.birth_edit.text()
    dialog.reject()
    QApplication.processEvents()
