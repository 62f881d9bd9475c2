"""A signature holds for what the person saw: nothing written, imported or exchanged meanwhile is under it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from leukview.domain.review.events import EventKind
from leukview.domain.slide import SlideState
from leukview.gui.main_window import MainWindow
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.review.session import ReviewSession, SlideView
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, is_analysed, open_slide, opened_dialog


def review_all(session: ReviewSession) -> SlideView:
    """Do what a signature needs."""
    cells = [v.cell.id for v in session.view.cells]
    for cell in cells:
        session.record_opened(cell)
    session.override(cells, "lymphocyte")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House")
    return session.view


@pytest.fixture
def folder(slide_folder: Path, tmp_path: Path) -> Path:
    """A copy of the slide's folder that a test may change."""
    return Path(shutil.copytree(slide_folder, tmp_path / "exports" / slide_folder.name))


@pytest.fixture
def ready(qtbot: QtBot, window: MainWindow, folder: Path) -> MainWindow:
    """The window with a slide that can be signed."""
    open_slide(qtbot, window, folder)
    qtbot.waitUntil(lambda: is_analysed(window), timeout=60_000)
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
    window.review.submit(review_all)
    qtbot.waitUntil(lambda: window.review.is_idle, timeout=20_000)
    assert window.review.unmet_requirements == ()
    return window


def sign_dialog(qtbot: QtBot, window: MainWindow) -> SignDialog:
    dialog = opened_dialog(qtbot, SignDialog, window.action_manager.by_key["sign"].trigger)
    assert isinstance(dialog, SignDialog)
    for edit in dialog.findChildren(QLineEdit):
        if edit.isEnabled() and not edit.text():
            qtbot.keyClicks(edit, "Ada Example")
    return dialog


def signatures(workbench: Workbench) -> list[object]:
    return [e for e in workbench.review_log.events() if e.kind is EventKind.SIGN]


def texts(dialog: QLabel | SignDialog | ImportDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_that_a_signature_is_not_given_for_what_another_program_wrote_under_the_dialog(
    qtbot: QtBot, ready: MainWindow, workbench: Workbench
):
    dialog = sign_dialog(qtbot, ready)
    cell = current_view(ready).cells[0].cell.id
    workbench.open_session(current_view(ready).slide.id, "Dr. Elsewhere").override([cell], "blast")
    dialog.accept()
    qtbot.waitUntil(lambda: ready.review.is_idle)
    assert signatures(workbench) == []
    assert "nothing was recorded" in ready.notifications.text
    assert current_view(ready).by_id[cell].label == "blast"
    assert current_view(ready).review.signature is None


def test_that_a_refresh_under_the_dialog_does_not_pass_for_having_been_seen(
    qtbot: QtBot, ready: MainWindow, workbench: Workbench
):
    dialog = sign_dialog(qtbot, ready)
    view = current_view(ready)
    workbench.open_session(view.slide.id, "Dr. Elsewhere").override([view.cells[0].cell.id], "monocyte")
    with qtbot.waitSignal(ready.review.view_changed, timeout=20_000):
        ready.review.submit(ReviewSession.apply_new_events)
    dialog.accept()
    qtbot.waitUntil(lambda: ready.review.is_idle)
    assert signatures(workbench) == []
    sign_dialog(qtbot, ready).accept()
    qtbot.waitUntil(lambda: current_view(ready).state is SlideState.SIGNED, timeout=10_000)
    (event,) = [e for e in workbench.review_log.events() if e.kind is EventKind.SIGN]
    assert event.payload["signed_state"]["cells"] == {  # type: ignore[index]
        v.cell.id: v.cell.sha256 for v in current_view(ready).cells
    }


def test_that_space_does_not_confirm_a_class_that_another_program_gave_meanwhile(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    cell = opened.gallery.current_cell_id
    slide = current_view(opened).slide.id
    workbench.open_session(slide, "Dr. Elsewhere").override([cell], "plasma_cell")
    qtbot.keyClick(opened.gallery.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert not [e for e in workbench.review_log.events(slide) if e.kind is EventKind.ACCEPT]
    assert current_view(opened).by_id[cell].label == "plasma_cell"
    assert opened.gallery.current_cell_id == cell
    assert "nothing was recorded" in opened.notifications.text
    qtbot.keyClick(opened.gallery.view, Qt.Key.Key_Space)  # now it was seen
    qtbot.waitUntil(lambda: opened.review.is_idle)
    (event,) = [e for e in workbench.review_log.events(slide) if e.kind is EventKind.ACCEPT]
    assert event.payload["labels"] == {cell: "plasma_cell"}


def test_that_a_key_pressed_before_a_refresh_does_not_mean_what_the_refresh_brought(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    cell = opened.gallery.current_cell_id
    slide = current_view(opened).slide.id
    workbench.open_session(slide, "Dr. Elsewhere").override([cell], "plasma_cell")
    opened.review.submit(ReviewSession.apply_new_events)
    qtbot.keyClick(opened.gallery.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert not [e for e in workbench.review_log.events(slide) if e.kind is EventKind.ACCEPT]


def test_that_space_does_not_confirm_a_class_that_the_model_gave_meanwhile(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    view, cell = current_view(opened), opened.gallery.current_cell_id
    said = view.by_id[cell].prediction
    assert said is not None
    opened.review.apply_predictions(view.slide.id, {cell: replace(said, label="plasma_cell", best="plasma_cell")})
    qtbot.keyClick(opened.gallery.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert not [e for e in workbench.review_log.events(view.slide.id) if e.kind is EventKind.ACCEPT]
    assert "nothing was accepted" in opened.notifications.text


def test_that_images_that_are_gone_or_exchanged_prevent_a_signature_and_the_dialog_leads_there(
    qtbot: QtBot, ready: MainWindow, workbench: Workbench
):
    cells = [v.cell.id for v in current_view(ready).cells[:3]]
    places = workbench._dependencies.slide_store.cell_locations(current_view(ready).slide.id)
    files = [places[c].root / places[c].path for c in cells]
    files[0].unlink()
    files[1].write_bytes(files[2].read_bytes())
    dialog = sign_dialog(qtbot, ready)
    qtbot.waitUntil(lambda: "image can no longer be read: 1" in texts(dialog), timeout=20_000)
    assert "image was changed since the import: 1" in texts(dialog)
    assert not dialog.sign_button.isEnabled()
    gone, changed = (
        next(b for b in dialog.findChildren(QPushButton) if told in b.accessibleDescription())
        for told in ("can no longer be read", "changed since the import")
    )
    assert "(1)" in gone.text()
    qtbot.mouseClick(changed, Qt.MouseButton.LeftButton)
    assert ready.gallery.view.selected_ids() == [cells[1]]
    ready.review.submit(lambda session: session.sign("Ada Example", "Reviewed"))
    qtbot.waitUntil(lambda: ready.review.is_idle)
    assert signatures(workbench) == []


def test_that_cells_exported_again_are_told_in_the_preview_and_stay_outside_of_the_signature(
    qtbot: QtBot, ready: MainWindow, folder: Path
):
    count = len(current_view(ready).cells)
    sign_dialog(qtbot, ready).accept()
    qtbot.waitUntil(lambda: current_view(ready).state is SlideState.SIGNED, timeout=10_000)
    source = next(folder.rglob("*.jpg"))
    data = source.read_bytes()
    for number in range(3):  # the same picture with other bytes is another cell
        source.with_name(f"LY_99{number}.jpg").write_bytes(data + bytes([number + 1]))
    ready.open_path(folder)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ImportDialog), timeout=20_000)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImportDialog)
    rows = dialog.problems_view.model()
    told = [str(rows.index(r, c).data()) for r in range(rows.rowCount()) for c in range(rows.columnCount())]
    assert any("New cells in this folder: 3. They are not part of the signature" in text for text in told)
    assert "Already signed" in told
    dialog.accept()
    qtbot.waitUntil(lambda: len(current_view(ready).late_cells) == 3, timeout=20_000)
    assert len(current_view(ready).cells) == count
    assert current_view(ready).state is SlideState.SIGNED
    assert "3 cells were added after the signature" in ready.gallery._title_texts[0]
    qtbot.waitUntil(lambda: ready.review.is_idle and not ready.tasks.is_busy, timeout=20_000)
    ready.review.submit(lambda session: session.reopen("three more cells"))
    qtbot.waitUntil(lambda: len(current_view(ready).cells) == count + 3, timeout=20_000)


def test_that_a_comment_that_is_refused_is_not_lost(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    view, cell = current_view(opened), opened.gallery.current_cell_id
    dialog = opened_dialog(qtbot, CommentDialog, opened.action_manager.by_key["comment"].trigger)
    assert isinstance(dialog, CommentDialog)
    dialog.text_edit.setPlainText("typed here")
    workbench.open_session(view.slide.id, "Dr. Elsewhere").comment([cell], "typed there")
    dialog.accept()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), CommentDialog), timeout=10_000)
    again = QApplication.activeModalWidget()
    assert isinstance(again, CommentDialog)
    assert again.text() == "typed here"
    assert current_view(opened).by_id[cell].review.comment == "typed there"
    again.accept()
    qtbot.waitUntil(lambda: current_view(opened).by_id[cell].review.comment == "typed here", timeout=10_000)
