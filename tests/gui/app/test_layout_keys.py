"""Letters that label under layouts without Latin letters, pressed in the window."""

import sys

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from leukview.gui.main_window import MainWindow

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="key codes of X11 and Wayland")
B_PLACE = 56  # evdev code of the key labelled B, plus 8
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def press(widget: QWidget, text: str, scan_code: int = 0, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key as the platform reports it: its letter's Unicode number as key, and its place."""
    key = ord(text[0].upper()) if text else 0
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, modifiers, scan_code, 0, 0, text))


@pytest.mark.parametrize("text", ["и", "β", "נ", "لا", "ิ"], ids=["Russian", "Greek", "Hebrew", "Arabic", "Thai"])
@pytest.mark.parametrize("scan_code", [B_PLACE, 0], ids=["by place", "by letter"])
def test_that_the_key_labelled_b_labels_a_blast(qtbot: QtBot, opened: MainWindow, text: str, scan_code: int):
    cell = opened.gallery.current_cell_id
    opened.gallery.view.setFocus()
    press(opened.gallery.view, text, scan_code)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    view = opened.review.view
    assert view is not None
    assert view.by_id[cell].review.label == "blast"
    assert view.reviewed_count == 1


def test_that_a_latin_letter_keeps_its_meaning_wherever_its_key_is(qtbot: QtBot, opened: MainWindow):
    for text in ("ö", ",", ";"):  # on a Dvorak or German keyboard: other letters at the place of B
        press(opened.gallery.view, text, B_PLACE)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.review.view is not None
    assert opened.review.view.reviewed_count == 0


def test_that_punctuation_between_foreign_letters_counts_by_its_place(qtbot: QtBot, opened: MainWindow):
    first = opened.gallery.current_cell_id
    press(opened.gallery.view, "'", 25)  # on a Latin layout it is an apostrophe wherever it is
    press(opened.gallery.view, "נ", B_PLACE)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    second = opened.gallery.current_cell_id
    press(opened.gallery.view, "'", 25)  # the Hebrew key at the place of W
    qtbot.waitUntil(lambda: opened.review.is_idle)
    view = opened.review.view
    assert view is not None
    assert [view.by_id[cell].review.label for cell in (first, second)] == ["blast", "other"]


def test_that_a_disabled_action_is_not_triggered_and_a_held_key_writes_once(qtbot: QtBot, opened: MainWindow):
    for repeated in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, ord("И"), PLAIN, B_PLACE, 0, 0, "и", repeated)
        QApplication.sendEvent(opened.gallery.view, event)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.review.view is not None
    assert opened.review.view.reviewed_count == 1
    opened.action_manager.set_blocked("test", ["label:blast"])
    press(opened.gallery.view, "и", B_PLACE)
    qtbot.waitUntil(lambda: opened.review.is_idle)
    assert opened.review.view.reviewed_count == 1
