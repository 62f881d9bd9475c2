"""Notices: none replaces one that nobody read, and good news go by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from leukview.gui.app.notification_bar import Notification, NotificationBar


@pytest.fixture
def bar(qtbot: QtBot) -> NotificationBar:
    made = NotificationBar()
    qtbot.addWidget(made)
    return made


def test_that_a_notice_that_nobody_read_comes_back_behind_a_newer_one(qtbot: QtBot, bar: NotificationBar):
    bar.notify("The disk is full.", "Make room.")
    bar.notify("The folder is gone.")
    assert (bar.text, bar._pending_label.text()) == ("The folder is gone.", "1 more")
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bar.text == "The disk is full.\nMake room."
    assert bar._pending_label.isHidden()
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bar.text == ""


def test_that_the_same_notice_does_not_wait_twice(bar: NotificationBar):
    for _ in range(3):
        bar.notify("The database does not answer.")
    assert bar._pending_label.isHidden()


def test_that_good_news_pass_and_trouble_stays(qtbot: QtBot, bar: NotificationBar):
    bar._transient_timer.setInterval(1)
    bar.notify("The disk is full.")
    bar.show_notification(Notification("The report is complete.", "a.pdf", Path("a.pdf"), transient=True))
    assert bar.text.startswith("The report is complete.")
    qtbot.waitUntil(lambda: bar.text == "The disk is full.")
    assert bar.open_button.isHidden()


def test_that_what_was_written_can_be_opened(qtbot: QtBot, bar: NotificationBar, monkeypatch: pytest.MonkeyPatch):
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    bar.show_notification(
        Notification("The report is complete.", "/archive/S-1.pdf", Path("/archive/S-1.pdf"), transient=True)
    )
    qtbot.mouseClick(bar.open_button, Qt.MouseButton.LeftButton)
    assert [url.toLocalFile() for url in opened] == ["/archive/S-1.pdf"]
