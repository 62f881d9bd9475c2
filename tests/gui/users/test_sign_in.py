"""Profiles, the lock and the signature's PIN: real widgets, real keys, real storage."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukview.core.errors import StoreError
from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.domain.review.events import EventKind
from leukview.domain.review.reviewer_profile import Profile, ReviewerRole
from leukview.gui.help.about_dialog import AboutDialog
from leukview.gui.main_window import MainWindow
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.users.lock_screen import LockScreen
from leukview.gui.users.reviewers_dialog import ReviewersDialog
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, opened_dialog, press_key

CTRL = Qt.KeyboardModifier.ControlModifier


def sign_in(
    qtbot: QtBot,
    window: MainWindow,
    workbench: Workbench,
    name: str,
    pin: str,
    role: ReviewerRole = ReviewerRole.REVIEWER,
):
    """Make a reviewer and put them at the window, as the lock does."""
    profile = workbench.profiles.add("Dr. Test", name, role, pin)
    window.sign_in.lock()
    qtbot.waitUntil(lambda: window.sign_in.is_locked)
    unlock(qtbot, window, name, pin)
    return profile


def unlock(qtbot: QtBot, window: MainWindow, name: str, pin: str) -> None:
    cover = lock_screen(window)
    # Covered at once with the reviewers last known; those added since arrive a moment later.
    qtbot.waitUntil(lambda: cover.reviewer_combo.findText(name) >= 0, timeout=10_000)
    cover.reviewer_combo.setCurrentText(name)
    if pin:
        qtbot.keyClicks(cover.pin_edit, pin)
        qtbot.keyClick(cover.pin_edit, Qt.Key.Key_Return)
    else:
        cover.unlock_button.click()
    qtbot.waitUntil(lambda: not window.sign_in.is_locked, timeout=10_000)


def lock_screen(window: MainWindow) -> LockScreen:
    assert window.sign_in.lock_screen is not None
    return window.sign_in.lock_screen


def lock_window(qtbot: QtBot, window: MainWindow) -> LockScreen:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: window.sign_in.is_locked)
    return lock_screen(window)


def test_that_nothing_stands_before_the_first_slide_of_a_single_user(qtbot: QtBot, window: MainWindow):
    qtbot.waitUntil(lambda: not window.tasks.is_busy)
    assert not window.sign_in.is_locked
    assert window.review.reviewer == "Dr. Test"
    assert window.sign_in.lock_minutes == 0
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: "No reviewer has a PIN" in window.notifications.text)


def test_that_a_reviewer_is_added_in_the_dialog(qtbot: QtBot, window: MainWindow, workbench: Workbench):
    dialog = opened_dialog(qtbot, ReviewersDialog, window.action_manager.by_key["reviewers"].trigger)
    dialog.name_edit.setText("Dr. Ada Klee")
    dialog.pin_edit.setText("1234")
    dialog.pin_repeat_edit.setText("1235")
    dialog.add_button.click()
    assert dialog.message_label.text() == "The two PINs are not the same."
    dialog.pin_repeat_edit.setText("1234")
    dialog.add_button.click()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1)
    assert [dialog.model.index(0, c).data() for c in range(3)] == ["Dr. Ada Klee", "Reviewer", "set"]
    dialog.name_edit.setText("dr. ada klee")
    dialog.add_button.click()
    qtbot.waitUntil(lambda: "already" in dialog.message_label.text())
    dialog.current_pin_edit.setText("0000")
    dialog.new_pin_edit.setText("5678")
    dialog.new_pin_repeat_edit.setText("5678")
    dialog.set_pin_button.click()
    qtbot.waitUntil(lambda: "The PIN is wrong" in dialog.message_label.text())
    dialog.current_pin_edit.setText("1234")
    dialog.set_pin_button.click()
    qtbot.waitUntil(lambda: not dialog.new_pin_edit.text())
    workbench.profiles.verify_pin("Dr. Ada Klee", "5678")
    dialog.lock_minutes_spin.setValue(3)
    assert load_settings(data_dir() / "settings.json").lock_minutes == 3
    dialog.reject()


def test_that_a_dialog_closed_too_early_still_adds_the_reviewer_or_says_why_not(
    qtbot: QtBot, window: MainWindow, workbench: Workbench
):
    for name, told in (("Dr. Ada Klee", "can sign in now"), ("dr. ada klee", "already")):
        dialog = opened_dialog(qtbot, ReviewersDialog, window.action_manager.by_key["reviewers"].trigger)
        dialog.name_edit.setText(name)
        dialog.add_button.click()
        dialog.reject()
        qtbot.waitUntil(lambda told=told: told in window.notifications.text, timeout=20_000)  # type: ignore[misc]
    assert [profile.name for profile in workbench.profiles.all_profiles()] == ["Dr. Ada Klee"]


def test_that_the_lock_hides_everything_and_stops_every_key(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    cell = opened.gallery.current_cell_id
    dialog = opened_dialog(qtbot, CommentDialog, opened.action_manager.by_key["comment"].trigger)
    opened.sign_in.lock()
    qtbot.waitUntil(lambda: opened.sign_in.is_locked)
    assert not dialog.isVisible()
    assert not opened.gallery.isVisible()
    assert not opened.menuBar().isVisible()
    assert {key for key, action in opened.action_manager.by_key.items() if action.isEnabled()} == {"quit"}
    before = len(workbench.review_log.events())
    for key in (Qt.Key.Key_Space, Qt.Key.Key_B):
        qtbot.keyClick(lock_screen(opened), key)
    assert len(workbench.review_log.events()) == before
    unlock(qtbot, opened, "Dr. A", "1234")
    assert dialog.isVisible()
    assert dialog.isModal()
    dialog.reject()
    assert opened.gallery.isVisible()
    assert opened.gallery.current_cell_id == cell
    assert opened.action_manager.by_key["sign"].isEnabled()


def test_that_a_dialog_that_comes_up_meanwhile_waits_under_the_lock(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    lock_window(qtbot, opened)
    opened.dialogs.show_about()
    qtbot.waitUntil(lambda: bool(opened.findChildren(AboutDialog)), timeout=10_000)
    dialog = opened.findChildren(AboutDialog)[0]
    qtbot.waitUntil(lambda: not dialog.isVisible())
    unlock(qtbot, opened, "Dr. A", "1234")
    assert dialog.isVisible()
    dialog.reject()


def test_that_a_wrong_pin_keeps_it_locked_and_is_recorded(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    cover = lock_window(qtbot, opened)
    assert opened.focusWidget() is cover.pin_edit, "the PIN can be typed at once"
    qtbot.keyClicks(cover.pin_edit, "9999")
    qtbot.keyClick(cover.pin_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The PIN is wrong" in cover.message_label.text())
    qtbot.waitUntil(lambda: opened.review.is_idle)
    event = workbench.review_log.events()[-1]
    assert (event.kind, event.reviewer, dict(event.payload)) == (EventKind.UNLOCK_FAILED, "Dr. A", {})
    assert opened.sign_in.is_locked
    qtbot.waitUntil(cover.unlock_button.isEnabled)
    unlock(qtbot, opened, "Dr. A", "1234")
    assert workbench.review_log.find_broken_event() is None


def test_that_another_reviewer_takes_over_and_signs_for_what_they_do(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.REVIEWER, "5678")
    lock_window(qtbot, opened)
    unlock(qtbot, opened, "Dr. B", "5678")
    cell = opened.gallery.current_cell_id
    press_key(qtbot, opened, "m")
    assert current_view(opened).by_id[cell].review.reviewer == "Dr. B"


def test_that_the_cover_stays_when_the_slide_cannot_be_opened_for_the_next_reviewer(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.REVIEWER, "5678")
    cover = lock_window(qtbot, opened)

    def refuse(*_: object) -> None:
        raise StoreError("The database is in use by another program.")

    with monkeypatch.context() as patch:
        patch.setattr(workbench, "open_session", refuse)
        qtbot.waitUntil(lambda: cover.reviewer_combo.findText("Dr. B") >= 0, timeout=10_000)
        cover.reviewer_combo.setCurrentText("Dr. B")
        qtbot.keyClicks(cover.pin_edit, "5678")
        qtbot.keyClick(cover.pin_edit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "could not be opened" in cover.message_label.text(), timeout=10_000)
    assert opened.sign_in.is_locked
    qtbot.waitUntil(cover.unlock_button.isEnabled)
    unlock(qtbot, opened, "Dr. B", "5678")
    cell = opened.gallery.current_cell_id
    press_key(qtbot, opened, "m")
    assert current_view(opened).by_id[cell].review.reviewer == "Dr. B"


def test_that_the_window_locks_itself_when_nobody_touches_it(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    assert opened.sign_in.lock_minutes == 0
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    assert opened.sign_in.lock_minutes == 10
    assert opened.sign_in.idle_monitor.timer.isActive()
    opened.sign_in.idle_monitor.set_timeout_minutes(10)
    opened.activateWindow()
    opened.sign_in.idle_monitor.timer.setInterval(500_000)
    qtbot.keyClick(opened.windowHandle(), Qt.Key.Key_F24)
    assert opened.sign_in.idle_monitor.timer.remainingTime() > 499_000, "a key winds the clock up again"
    opened.sign_in.idle_monitor.set_timeout_minutes(0.001)
    qtbot.waitUntil(lambda: opened.sign_in.is_locked, timeout=10_000)
    unlock(qtbot, opened, "Dr. A", "1234")


def test_that_who_reviews_is_asked_at_the_start_once_there_are_reviewers(
    qtbot: QtBot, workbench: Workbench, request: pytest.FixtureRequest
):
    workbench.profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "")
    window: MainWindow = request.getfixturevalue("window")
    qtbot.waitUntil(lambda: window.sign_in.is_locked)
    cover = lock_screen(window)
    assert cover.selected_profile == Profile(cover.selected_profile.id, "Dr. A", ReviewerRole.REVIEWER, has_pin=False)
    assert not cover.pin_edit.isVisible()
    unlock(qtbot, window, "Dr. A", "")
    assert window.review.reviewer == "Dr. A"
    assert window.sign_in.lock_minutes == 0, "without a PIN nothing could be unlocked again"


def test_that_signing_asks_for_the_pin(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    ids = [v.cell.id for v in current_view(opened).cells]
    opened.review.submit(lambda session: session.override(ids, "segmented_neutrophil"))
    for cell in current_view(opened).unopened_blasts:
        opened.review.submit(partial(ReviewSession.record_opened, cell_id=cell))
    for alert in current_view(opened).unacknowledged_alerts:
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: opened.review.is_idle)
    qtbot.waitUntil(lambda: not opened.review.unmet_requirements)
    dialog = opened_dialog(qtbot, SignDialog, opened.action_manager.by_key["sign"].trigger)
    assert dialog.name() == "Dr. A"
    assert not dialog.sign_button.isEnabled()
    qtbot.keyClicks(dialog._pin_edit, "0000")
    dialog.sign_button.click()
    qtbot.waitUntil(lambda: "The PIN is wrong" in dialog._error_label.text())
    assert current_view(opened).review.signature is None
    qtbot.keyClicks(dialog._pin_edit, "1234")
    dialog.sign_button.click()
    qtbot.waitUntil(lambda: current_view(opened).review.signature is not None, timeout=10_000)
    signature = current_view(opened).review.signature
    assert signature is not None
    assert signature.name == "Dr. A"
    assert [e.kind for e in workbench.review_log.events()].count(EventKind.UNLOCK_FAILED) == 1


def test_that_who_leaves_the_dialog_while_the_pin_is_checked_does_not_sign(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    ids = [v.cell.id for v in current_view(opened).cells]
    opened.review.submit(lambda session: session.override(ids, "segmented_neutrophil"))
    for alert in current_view(opened).unacknowledged_alerts:
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: opened.review.is_idle and not opened.review.unmet_requirements)
    enter, gate = workbench.profiles.authenticate, threading.Event()

    def slow(profile_id: str, pin: str) -> Profile:
        gate.wait(10)
        return enter(profile_id, pin)

    monkeypatch.setattr(workbench.profiles, "authenticate", slow)
    for pin in ("1234", "0000"):
        dialog = opened_dialog(qtbot, SignDialog, opened.action_manager.by_key["sign"].trigger)
        qtbot.keyClicks(dialog._pin_edit, pin)
        dialog.sign_button.click()
        dialog.reject()
        gate.set()
        qtbot.waitUntil(lambda: opened.review.is_idle and not opened.tasks.is_busy, timeout=20_000)
        gate.clear()
    assert current_view(opened).review.signature is None
    assert [e.kind for e in workbench.review_log.events()].count(EventKind.UNLOCK_FAILED) == 1, (
        "a wrong PIN is recorded"
    )


def test_that_a_reviewer_is_renamed_at_the_seat_and_past_events_keep_the_name(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. Ada Klee", "1234")
    press_key(qtbot, opened, "m")
    dialog = opened_dialog(qtbot, ReviewersDialog, opened.action_manager.by_key["reviewers"].trigger)
    assert dialog.model.index(0, 0).data() == "Dr. Ada Klee (you)"
    dialog.new_name_edit.setText("Dr. Ada Weiss")
    dialog.rename_button.click()
    qtbot.waitUntil(lambda: dialog.model.index(0, 0).data() == "Dr. Ada Weiss (you)")
    assert dialog.message_label.text() == "Done."
    assert dialog.events_model.index(0, 2).data() == "Renamed Dr. Ada Klee to Dr. Ada Weiss."
    assert dialog.events_model.index(0, 1).data() == "Dr. Ada Klee"
    qtbot.waitUntil(lambda: opened.review.is_idle)
    dialog.reject()
    press_key(qtbot, opened, "b")
    events = [e for e in workbench.review_log.events() if e.kind is EventKind.OVERRIDE]
    assert [e.reviewer for e in events] == ["Dr. Ada Klee", "Dr. Ada Weiss"]
    lock_window(qtbot, opened)
    unlock(qtbot, opened, "Dr. Ada Weiss", "1234")
    assert opened.review.reviewer == "Dr. Ada Weiss"


def test_that_a_retired_reviewer_is_not_asked_who_reviews_and_leaves_the_seat(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.REVIEWER, "5678")
    dialog = opened_dialog(qtbot, ReviewersDialog, opened.action_manager.by_key["reviewers"].trigger)
    dialog.view.selectRow(1)
    dialog.retire_button.click()
    qtbot.waitUntil(lambda: dialog.model.index(1, 3).data() == "retired")
    assert dialog.retire_button.text() == "Re&instate"
    dialog.reject()
    opened.sign_in.lock()
    qtbot.waitUntil(lambda: opened.sign_in.is_locked)
    cover = lock_screen(opened)
    assert [cover.reviewer_combo.itemText(i) for i in range(cover.reviewer_combo.count())] == ["Dr. A"]
    unlock(qtbot, opened, "Dr. A", "1234")
    dialog = opened_dialog(qtbot, ReviewersDialog, opened.action_manager.by_key["reviewers"].trigger)
    dialog.view.selectRow(1)
    dialog.retire_button.click()
    qtbot.waitUntil(lambda: dialog.model.index(1, 3).data() == "active")
    dialog.view.selectRow(0)
    dialog.retire_button.click()
    qtbot.waitUntil(lambda: opened.sign_in.is_locked, timeout=10_000)
    cover = lock_screen(opened)
    assert [cover.reviewer_combo.itemText(i) for i in range(cover.reviewer_combo.count())] == ["Dr. B"]
    unlock(qtbot, opened, "Dr. B", "5678")
    assert opened.review.reviewer == "Dr. B"
