"""The window while writes, screens and places fail: nothing locks up, and closing is always possible."""

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QCloseEvent
from pytestqt.qtbot import QtBot

from leukview.core.errors import StoreError
from leukview.core.paths import data_dir
from leukview.core.settings import Settings, SettingsProblem, read_settings, save_settings
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.gui import main_window
from leukview.gui.main_window import MainWindow
from leukview.services.review.slide_queries import SlideQueries
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window, press_key
from tests.gui.users.test_sign_in import lock_screen, sign_in, unlock


def away(*_arguments: object, **_more: object) -> None:
    raise StoreError("The database cannot be opened.", "Check the share.")


def told(window: MainWindow) -> str:
    return window.notifications.text


def test_that_after_a_failed_write_hiding_the_model_is_shown(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    append, gate = workbench.review_log.append, threading.Event()

    def fail_late(*_arguments: object, **_more: object) -> None:
        gate.wait(10)
        away()

    with monkeypatch.context() as patch:
        patch.setattr(workbench.review_log, "append", fail_late)
        qtbot.keyClick(opened.gallery.view, "l")
        opened.action_manager.by_key["blind"].trigger()  # while the write is on its way
        gate.set()
        qtbot.waitUntil(lambda: opened.review.is_idle, timeout=15_000)
    assert workbench.review_log.append == append
    assert opened.tally.model.rowCount() == 0
    assert opened.alerts.isHidden()
    assert "cannot be opened" in told(opened)
    press_key(qtbot, opened, "l")
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.review.view is not None
    assert opened.review.view.reviewed_count == 1


def test_that_a_command_that_cannot_be_prepared_does_not_hold_up_the_next(qtbot: QtBot, opened: MainWindow):
    def refuse() -> None:
        raise RuntimeError("a mistake of ours")

    opened.review.enqueue(lambda: None)
    opened.review.enqueue(refuse)
    press_key(qtbot, opened, "l")
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.review.view is not None
    assert opened.review.view.reviewed_count == 1
    assert "internal error" in told(opened)
    close_window(qtbot, opened)


def test_that_a_window_whose_write_never_ends_can_be_closed(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    gate = threading.Event()
    monkeypatch.setattr(main_window, "CLOSE_ANYWAY_MS", 0)

    def hang(*_arguments: object, **_more: object) -> None:
        gate.wait(30)
        away()

    try:
        with monkeypatch.context() as patch:
            patch.setattr(workbench.review_log, "append", hang)
            qtbot.keyClick(opened.gallery.view, "l")
            assert not opened.close()
            assert "close it once more" in opened.notifications.text
            assert opened.close()
    finally:
        gate.set()


def test_that_an_error_while_closing_does_not_keep_the_window(opened: MainWindow, monkeypatch: pytest.MonkeyPatch):
    def refuse() -> dict[str, object]:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as patch:
        patch.setattr(opened.preferences, "collect_state", refuse)
        event = QCloseEvent()
        event.ignore()
        with pytest.raises(RuntimeError):
            opened.closeEvent(event)
    assert event.isAccepted()


def test_that_the_idle_lock_covers_while_the_database_is_away(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    with monkeypatch.context() as patch:
        patch.setattr(type(workbench.profiles), "all_profiles", away)
        patch.setattr(type(workbench.profiles), "authenticate", away)
        opened.sign_in.idle_monitor.idle_timeout.emit()
        assert opened.sign_in.is_locked, "covered before the database is asked"
        cover = lock_screen(opened)
        qtbot.keyClicks(cover.pin_edit, "1234")
        cover.unlock_button.click()
        qtbot.waitUntil(lambda: "cannot be opened" in cover.message_label.text())
        assert opened.sign_in.is_locked
        qtbot.waitUntil(cover.unlock_button.isEnabled)
    unlock(qtbot, opened, "Dr. A", "1234")


def test_that_a_reviewer_added_elsewhere_is_offered_on_a_cover_shown_at_once(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.REVIEWER, "5678")
    opened.sign_in.lock()
    assert opened.sign_in.is_locked
    cover = lock_screen(opened)
    qtbot.waitUntil(lambda: cover.reviewer_combo.findText("Dr. B") >= 0)
    assert cover.selected_profile.name == "Dr. A"
    unlock(qtbot, opened, "Dr. B", "5678")


def test_that_the_atlas_of_a_reader_who_left_is_kept_nowhere(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    read, gate = workbench.slide_queries.reference_atlas, threading.Event()
    began = threading.Event()

    def slow(*arguments: object, **more: object) -> object:
        began.set()
        gate.wait(10)
        return read(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(SlideQueries, "reference_atlas", lambda _self, *a, **m: slow(*a, **m))
    opened.comparison.open_dialog()
    assert began.wait(10)
    workbench.profiles.add("Dr. Test", "Dr. B", ReviewerRole.REVIEWER, "5678")
    opened.review.set_reviewer(workbench.profiles.all_profiles()[-1])
    gate.set()
    qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=15_000)
    assert opened.comparison._atlas is None
    assert opened.comparison._dialog is None, "the dialog of the reader who left is closed"


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file whose place does not answer when the window starts."""
    path = data_dir() / "settings.json"
    save_settings(path, Settings(theme="dark", last_folder="/a"))
    return path


def test_that_settings_whose_place_is_away_are_told_and_never_written_over(
    qtbot: QtBot, unreadable: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    kept = unreadable.read_bytes()
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == unreadable:
            raise PermissionError(13, "away")
        return read(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        window: MainWindow = request.getfixturevalue("window")
    assert "cannot be read" in told(window)
    window.preferences.set_lock_minutes(3)
    window.preferences.save()
    assert unreadable.read_bytes() == kept


def test_that_damaged_settings_are_told_and_set_aside(qtbot: QtBot, request: pytest.FixtureRequest):
    path = data_dir() / "settings.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    window: MainWindow = request.getfixturevalue("window")
    assert "settings.json.bad" in window.notifications.text
    window.preferences.set_lock_minutes(3)
    assert json.loads(path.read_text(encoding="utf-8"))["lock_minutes"] == 3
    assert read_settings(path)[1] is SettingsProblem.NONE
