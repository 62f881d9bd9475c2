"""Notices: none replaces one that nobody read, and good news go by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from leukview.gui.app.notification_bar import Notice, NoticeBar


@pytest.fixture
def bar(qtbot: QtBot) -> NoticeBar:
    made = NoticeBar()
    qtbot.addWidget(made)
    return made


def test_that_a_notice_that_nobody_read_comes_back_behind_a_newer_one(qtbot: QtBot, bar: NoticeBar):
    bar.tell("The disk is full.", "Make room.")
    bar.tell("The folder is gone.")
    assert (bar.text, bar._waiting.text()) == ("The folder is gone.", "1 more")
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bar.text == "The disk is full.\nMake room."
    assert bar._waiting.isHidden()
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bar.text == ""


def test_that_the_same_notice_does_not_wait_twice(bar: NoticeBar):
    for _ in range(3):
        bar.tell("The database does not answer.")
    assert bar._waiting.isHidden()


def test_that_good_news_pass_and_trouble_stays(qtbot: QtBot, bar: NoticeBar):
    bar._passing.setInterval(1)
    bar.tell("The disk is full.")
    bar.show_notice(Notice("The report is written.", "a.pdf", Path("a.pdf"), passing=True))
    assert bar.text.startswith("The report is written.")
    qtbot.waitUntil(lambda: bar.text == "The disk is full.")
    assert bar.open_button.isHidden()


def test_that_what_was_written_can_be_opened(qtbot: QtBot, bar: NoticeBar, monkeypatch: pytest.MonkeyPatch):
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    bar.show_notice(Notice("The report is written.", "/archive/S-1.pdf", Path("/archive/S-1.pdf"), passing=True))
    qtbot.mouseClick(bar.open_button, Qt.MouseButton.LeftButton)
    assert [url.toLocalFile() for url in opened] == ["/archive/S-1.pdf"]
