"""The keys on the screen: on the headers of the groups and below the gallery."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.gui.app.action_table import with_shortcut
from leukview.gui.main_window import MainWindow
from tests.gui.conftest import close_window, current_view


def shown_text(window: MainWindow) -> str:
    return window.gallery.shortcut_bar.text().replace("&nbsp;", " ")


def test_that_every_key_that_labels_is_written_below_the_gallery(opened: MainWindow):
    opened.action_manager.by_key["key_strip"].setChecked(True)
    opened.resize(1480, 900)
    QApplication.processEvents()
    assert opened.gallery.shortcut_bar.isVisible()
    for cell_class in (c for c in current_view(opened).taxonomy.classes if c.shortcut):
        assert f">{cell_class.shortcut}</b>" in shown_text(opened)
        assert cell_class.name in shown_text(opened)
    assert ">Space</b>" in shown_text(opened)


def test_that_a_click_on_a_key_does_what_the_key_does(qtbot: QtBot, opened: MainWindow):
    cell = opened.gallery.current_cell_id
    opened.gallery.shortcut_bar.linkActivated.emit("label:basophil")
    qtbot.waitUntil(lambda: current_view(opened).by_id[cell].label == "basophil", timeout=10_000)
    qtbot.waitUntil(opened.gallery.view.hasFocus)
    assert opened.gallery.current_cell_id != cell


def test_that_the_users_own_keys_are_written(opened: MainWindow):
    opened._set_shortcuts(with_shortcut(opened.action_manager.table, "label:basophil", "F8"))
    assert ">F8</b>" in shown_text(opened)
    assert opened.gallery.view._shortcuts["basophil"] == "F8"


def test_that_the_keys_give_way_in_a_low_window_and_when_nobody_wants_them(qtbot: QtBot, opened: MainWindow):
    assert not opened.gallery.shortcut_bar.isVisible(), "the keys stand on the headers and the card"
    opened.action_manager.by_key["key_strip"].setChecked(True)
    opened.resize(1480, 900)
    qtbot.waitUntil(opened.gallery.shortcut_bar.isVisible)
    opened.resize(QSize(960, 540))
    qtbot.waitUntil(lambda: not opened.gallery.shortcut_bar.isVisible())
    opened.resize(1480, 900)
    qtbot.waitUntil(opened.gallery.shortcut_bar.isVisible)
    qtbot.keyClick(opened.gallery.view, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: not opened.gallery.shortcut_bar.isVisible())
    close_window(qtbot, opened)
    assert not load_settings(data_dir() / "settings.json").key_strip


def test_that_a_groups_header_names_its_key(opened: MainWindow):
    view = opened.gallery.view
    before = view.viewport().grab().toImage()
    view.set_shortcuts({})
    QApplication.processEvents()
    assert view.viewport().grab().toImage() != before
