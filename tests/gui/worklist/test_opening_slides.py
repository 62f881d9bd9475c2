"""How slides come into the window: opened, dropped, watched for, analysed."""

from __future__ import annotations

import itertools
import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import JobRunner
from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.workbench import Workbench
from tests.gui.conftest import (
    CELL_COUNT,
    PixelClassifier,
    close_window,
    current_view,
    is_analysed,
    open_slide,
    opened_dialog,
)
from tests.importers.test_zip_names import PATIENT, encoded_files, write_raw_zip


def test_that_bad_folders_get_a_sentence_and_leave_nothing(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, tmp_path: Path
):
    for name in ("empty", "no-such-folder"):
        folder = tmp_path / name
        if name == "empty":
            folder.mkdir()
        window.open_path(folder)
        qtbot.waitUntil(lambda: bool(window.notifications.text), timeout=10_000)
        assert "Traceback" not in window.notifications.text
        window.notifications.findChildren(QToolButton)[0].click()
        assert window.notifications.text == ""
    assert workbench.slides() == []


@pytest.mark.parametrize("key", ["open", "open_archive", "watch"])
def test_that_nothing_can_be_renamed_or_deleted_where_exports_are_looked_for(
    qtbot: QtBot, window: MainWindow, key: str
):
    dialog = opened_dialog(qtbot, QFileDialog, window.action_manager.by_key[key].trigger)
    assert dialog.testOption(QFileDialog.Option.ReadOnly)
    dialog.reject()


def test_that_a_dropped_folder_is_previewed(qtbot: QtBot, window: MainWindow, slide_folder: Path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(slide_folder))])
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    dialog = opened_dialog(qtbot, ImportDialog, lambda: window.dropEvent(drop))
    assert dialog.selected_slides()[0].cells
    dialog.reject()


def test_that_several_folders_dropped_at_once_are_asked_about_one_after_the_other(
    qtbot: QtBot, window: MainWindow, slide_folder: Path, tmp_path: Path
):
    (tmp_path / "nothing in it").mkdir()
    again = shutil.copytree(slide_folder, tmp_path / "Another")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in (slide_folder, tmp_path / "nothing in it", again)])
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    first = opened_dialog(qtbot, ImportDialog, lambda: window.dropEvent(drop))
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
    assert window.notifications.text, "the folder in between holds nothing, and that is told"
    first.reject()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in {None, first}, timeout=10_000)
    second = QApplication.activeModalWidget()
    assert isinstance(second, ImportDialog)
    assert second.selected_slides()[0].cells
    second.reject()
    assert QApplication.activeModalWidget() is None


def test_that_a_cancelled_analysis_is_kept_and_goes_on(
    qtbot: QtBot, window: MainWindow, slide_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    classify, cancelled, batches = PixelClassifier.classify, threading.Event(), itertools.count()

    def patient(*args, **named):
        if next(batches):  # the second batch waits for the click, however slow the window is
            cancelled.wait(20)
        return classify(*args, **named)

    monkeypatch.setattr(PixelClassifier, "classify", patient)

    def cancel(*_: object) -> None:
        window.slide_jobs.cancel_all()
        cancelled.set()

    window.slide_jobs.batch_analysed.connect(cancel)
    open_slide(qtbot, window, slide_folder)
    qtbot.waitUntil(lambda: "stopped" in window.notifications.text, timeout=20_000)
    qtbot.waitUntil(lambda: window.review.is_idle)
    done = CELL_COUNT - current_view(window).pending_count
    assert 0 < done < CELL_COUNT
    window.slide_jobs.batch_analysed.disconnect(cancel)
    window.action_manager.by_key["analyse"].trigger()
    qtbot.waitUntil(lambda: is_analysed(window), timeout=60_000)


def test_that_slides_arriving_in_a_watched_folder_are_analysed_beside_the_review(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, slide_folder: Path, tmp_path: Path
):
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    opened.watch_folder.start(str(incoming))
    qtbot.waitUntil(lambda: opened.watch_folder.folder == str(incoming))
    opened.watch_folder.timer.stop()  # the test looks by itself
    unsigned = sorted((slide_folder / "Unsigned slides").glob("*.jpg"))[:4]
    arrival = incoming / "Synthetic_99" / "Unsigned slides"
    arrival.mkdir(parents=True)
    for image in unsigned:
        shutil.copy(image, arrival)
    bench = current_view(opened).slide.id
    for _ in range(2):
        opened.watch_folder.poll()
        qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=20_000)
    qtbot.waitUntil(lambda: opened.worklist_model.rowCount() == 2, timeout=20_000)
    qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=20_000)
    assert current_view(opened).slide.id == bench, "the slide under review stays on the bench"
    other = next(s.id for s in workbench.slides() if s.id != bench)
    assert workbench.open_session(other, "r").view.pending_count == 0
    assert load_settings(data_dir() / "settings.json").watched == str(incoming)
    opened.action_manager.by_key["watch"].trigger()
    assert opened.watch_folder.folder == ""


def test_that_the_watched_folder_is_watched_again_after_a_restart_and_may_be_away_for_a_while(
    qtbot: QtBot, workbench: Workbench, slide_folder: Path, tmp_path: Path
):
    incoming, share = tmp_path / "incoming", tmp_path / "share"
    (incoming / "Old").mkdir(parents=True)
    settings, runner = data_dir() / "settings.json", JobRunner()
    before = build_main_window(workbench, runner, settings, "Dr. Test")
    before.watch_folder.start(str(incoming))
    qtbot.waitUntil(lambda: before.watch_folder.folder == str(incoming), timeout=20_000)
    close_window(qtbot, before)
    incoming.rename(share)  # the share is away when LeukView starts
    again = build_main_window(workbench, runner, settings, "Dr. Test")
    again.watch_folder.timer.stop()  # the test looks by itself
    assert again.watch_folder.folder == str(incoming)
    for _ in range(2):
        again.watch_folder.poll()
        qtbot.waitUntil(lambda: not again.tasks.is_busy, timeout=20_000)
    assert again.notifications.text.startswith("The watched folder cannot be read; LeukView keeps trying.")
    share.rename(incoming)
    arrival = incoming / "Synthetic_99" / "Unsigned slides"
    arrival.mkdir(parents=True)
    for image in sorted((slide_folder / "Unsigned slides").glob("*.jpg"))[:4]:
        shutil.copy(image, arrival)
    for _ in range(2):
        again.watch_folder.poll()
        qtbot.waitUntil(lambda: not again.tasks.is_busy, timeout=60_000)
    qtbot.waitUntil(lambda: again.worklist_model.rowCount() == 1, timeout=20_000)
    assert len(workbench.slides()) == 1, "what lay there before is left alone"
    qtbot.waitUntil(lambda: again.review.is_idle and not again.tasks.is_busy, timeout=20_000)
    close_window(qtbot, again)
    assert runner.shutdown()
    for window in (before, again):
        window.deleteLater()


def test_that_the_encoding_of_an_archive_s_names_is_chosen_in_the_preview(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, tmp_path: Path
):
    archive = write_raw_zip(tmp_path / "old.zip", encoded_files("cp932"))
    dialog = opened_dialog(qtbot, ImportDialog, lambda: window.open_path(archive))
    assert dialog.encoding_box.currentData() == "cp932"
    other = dialog.encoding_box.findData("gbk")
    dialog.encoding_box.setCurrentIndex(other)
    dialog.encoding_box.activated.emit(other)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in {None, dialog}, timeout=20_000)
    again = QApplication.activeModalWidget()
    assert isinstance(again, ImportDialog)
    assert again.encoding_box.currentData() == "gbk"
    assert again.selected_slides()[0].patient != PATIENT
    back = again.encoding_box.findData("cp932")
    again.encoding_box.setCurrentIndex(back)
    again.encoding_box.activated.emit(back)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in {None, again}, timeout=20_000)
    last = QApplication.activeModalWidget()
    assert isinstance(last, ImportDialog)
    assert [slide.patient for slide in last.selected_slides()] == [PATIENT]
    last.import_button.click()
    qtbot.waitUntil(lambda: len(workbench.slides()) == 1 and not window.tasks.is_busy, timeout=60_000)
    cell = workbench.open_session(workbench.slides()[0].id, "r").view.cells[0].cell
    assert workbench.load_image(cell).shape == (24, 20, 3), "its picture is found under the chosen name"
    qtbot.waitUntil(lambda: window.review.is_idle, timeout=20_000)


def test_that_the_settings_never_hold_a_patient_s_folder(
    qtbot: QtBot, window: MainWindow, slide_folder: Path, tmp_path: Path
):
    order = tmp_path / "exports" / "Patient Zywicka" / "20260101_p"
    shutil.copytree(slide_folder, order)
    dialog = opened_dialog(qtbot, ImportDialog, lambda: window.open_path(order))
    assert dialog.selected_slides()[0].patient == "Patient Zywicka"
    dialog.reject()
    window.preferences.save()
    assert "Zywicka" not in (data_dir() / "settings.json").read_text(encoding="utf-8")
    assert window.dialogs.last_folder == str(tmp_path / "exports")
