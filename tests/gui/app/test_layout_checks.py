"""The finder of layout faults finds what it is there for, and nothing in a sound window."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.layout_checks import layout_faults

TEXT = "The cells that people reviewed on signed slides go into one archive, under pseudonyms."


def make_window(qtbot: QtBot) -> tuple[QWidget, QLabel, QPushButton]:
    made = QWidget()
    column, line = QVBoxLayout(made), QHBoxLayout()
    words, button = QLabel(TEXT), QPushButton("&Export")
    words.setWordWrap(True)
    column.addWidget(words)
    column.addLayout(line)
    line.addWidget(QLabel("Name of the site"))
    line.addWidget(button)
    qtbot.addWidget(made)
    made.resize(320, 160)
    made.show()
    return made, words, button


def test_that_a_sound_window_has_no_fault(qtbot: QtBot):
    made, _, _ = make_window(qtbot)
    assert layout_faults(made) == []


def test_that_parts_on_each_other_are_named(qtbot: QtBot):
    made, words, button = make_window(qtbot)
    button.setGeometry(words.geometry())
    assert f"QLabel“{TEXT[:50]}” lies on QPushButton“&Export”" in layout_faults(made)


def test_that_words_that_are_cut_are_named(qtbot: QtBot):
    made, words, button = make_window(qtbot)
    words.resize(words.width(), words.fontMetrics().height())
    button.resize(12, button.height())
    assert layout_faults(made) == [f"QLabel“{TEXT[:50]}” is cut", "QPushButton“&Export” is cut"]


def test_that_what_sticks_out_is_named_and_what_is_hidden_is_not(qtbot: QtBot):
    made, words, button = make_window(qtbot)
    button.move(300, button.y())
    assert layout_faults(made) == ["QPushButton“&Export” sticks out"]
    button.hide()
    words.hide()
    assert layout_faults(made) == []
