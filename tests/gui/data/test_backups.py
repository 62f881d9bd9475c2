"""The daily backup through the window: made once a day while nothing runs, told when it fails."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.gui.data.backup_dialog import BackupDialog
from leukview.gui.main_window import MainWindow
from leukview.services.workbench import Workbench
from leukview.storage.backup import back_up
from leukview.storage.key_store import KeyStore
from tests.gui.conftest import opened_dialog


@pytest.fixture
def workbench(workbench: Workbench) -> Workbench:
    """The workbench as it is composed for the user's own database."""

    def write(folder: Path, token: CancelToken, reporter: Reporter) -> Path:
        return back_up(data_dir(), folder, KeyStore(), token, reporter)

    return Workbench(replace(workbench._dependencies, back_up=write))


def idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.backups._task is None and not window.tasks.is_busy, timeout=20_000)


def test_that_a_backup_is_made_once_a_day(qtbot: QtBot, window: MainWindow, tmp_path: Path):
    now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    window.backups.timer.stop()
    window.database_watcher.timer.stop()
    window.backups.clock = lambda: now
    folder = tmp_path / "copies"
    dialog = opened_dialog(qtbot, BackupDialog, window.action_manager.by_key["backups"].trigger)
    assert not dialog.backup_button.isEnabled()
    dialog._set_folder(str(folder))
    dialog.reject()
    idle(qtbot, window)
    window.backups.check()
    idle(qtbot, window)
    (first,) = folder.iterdir()
    with zipfile.ZipFile(first) as archive:
        assert "leukview.db" in archive.namelist()
    assert load_settings(data_dir() / "settings.json").backup_at == now.isoformat(timespec="seconds")
    window.backups.check()
    idle(qtbot, window)
    assert len(list(folder.iterdir())) == 1
    now += timedelta(hours=25)
    window.backups.check()
    idle(qtbot, window)
    assert len(list(folder.iterdir())) == 2


def test_that_a_failed_backup_is_told_and_tried_again_later(qtbot: QtBot, window: MainWindow, tmp_path: Path):
    now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    window.backups.timer.stop()
    window.database_watcher.timer.stop()
    window.backups.clock = lambda: now
    blocked = tmp_path / "share"
    blocked.write_text("no folder", encoding="utf-8")
    window.preferences.set_backup(str(blocked), "")
    idle(qtbot, window)
    window.backups.check()
    idle(qtbot, window)
    assert "backup" in window.notifications.text.casefold()
    assert window.preferences.settings.backup_at == ""
    blocked.unlink()
    window.backups.check()
    idle(qtbot, window)
    assert not blocked.exists(), "not every minute"
    now += timedelta(minutes=61)
    window.backups.check()
    idle(qtbot, window)
    assert len(list(blocked.iterdir())) == 1
