"""The export from the window, on real storage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from leukview.domain.review.events import EventKind
from leukview.gui.export.export_dialog import ExportDialog
from leukview.gui.main_window import MainWindow
from leukview.services.export.exporter import ExportFormat
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, open_slide, opened_dialog


def open_export(qtbot: QtBot, window: MainWindow) -> ExportDialog:
    dialog = opened_dialog(qtbot, ExportDialog, window.action_manager.by_key["export"].trigger)
    assert isinstance(dialog, ExportDialog)
    return dialog


def choose_format(dialog: ExportDialog, form: ExportFormat) -> None:
    button = dialog.findChild(QRadioButton, form.value)
    assert isinstance(button, QRadioButton)
    button.click()


def wait_until_idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.tasks.is_busy and window.review.is_idle, timeout=60_000)


def test_that_a_slide_is_exported_from_the_window(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, tmp_path: Path
):
    dialog = open_export(qtbot, opened)
    assert dialog.export_format() is ExportFormat.JSON
    dialog.folder_edit.setText(str(tmp_path / "out"))
    dialog.accept()
    qtbot.waitUntil(lambda: opened.notifications.text.startswith("The export is complete."), timeout=60_000)
    wait_until_idle(qtbot, opened)
    slide = current_view(opened).slide.id
    body = json.loads((tmp_path / "out" / f"{slide}.json").read_text(encoding="utf-8"))
    assert body["differential"]["leukocytes"] == current_view(opened).shown_tally.leukocyte_count
    event = workbench.review_log.events(slide)[-1]
    assert (event.kind, event.reviewer) == (EventKind.EXPORT, "Dr. Test")


def test_that_cells_go_without_names_and_a_warning_stands_by_what_may_tell(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
):
    dialog = open_export(qtbot, opened)
    assert not dialog.warning.isVisible()
    dialog.names_checkbox.click()
    assert dialog.warning.isVisible()
    assert dialog.request().include_names
    choose_format(dialog, ExportFormat.CELLS)
    assert not dialog.names_checkbox.isEnabled()
    assert not dialog.request().include_names
    dialog.folder_edit.setText("")
    assert not dialog._export_button.isEnabled()
    dialog.folder_edit.setText(str(tmp_path / "out"))
    dialog.accept()
    wait_until_idle(qtbot, opened)
    path = tmp_path / "out" / f"{current_view(opened).slide.id}_cells"
    assert len(list(path.glob("cells/**/*.jpg"))) == len(current_view(opened).cells)


def test_that_an_export_can_be_cancelled(qtbot: QtBot, opened: MainWindow, tmp_path: Path):
    dialog = open_export(qtbot, opened)
    choose_format(dialog, ExportFormat.COCO)
    dialog.folder_edit.setText(str(tmp_path / "out"))
    dialog.accept()
    opened.slide_jobs.cancel_all()
    wait_until_idle(qtbot, opened)
    assert not any(p.is_dir() and p.name.endswith("_coco") for p in (tmp_path / "out").glob("*"))


@pytest.mark.usefixtures("opened")
def test_that_the_export_of_cells_opens_again_in_the_window(qtbot: QtBot, window: MainWindow, tmp_path: Path):
    first = current_view(window).slide.id
    dialog = open_export(qtbot, window)
    choose_format(dialog, ExportFormat.CELLS)
    dialog.folder_edit.setText(str(tmp_path / "out"))
    dialog.accept()
    wait_until_idle(qtbot, window)
    open_slide(qtbot, window, tmp_path / "out" / f"{first}_cells")
    wait_until_idle(qtbot, window)
    assert current_view(window).slide.id == first  # the own slide, found again
