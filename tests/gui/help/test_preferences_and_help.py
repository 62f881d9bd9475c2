"""What the window remembers and explains: theme, size, keys, the tour and the help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
)
from pytestqt.qtbot import QtBot

from leukview import __version__
from leukview.core.paths import data_dir
from leukview.core.settings import load_settings
from leukview.gui.help.about_dialog import AboutDialog
from leukview.gui.help.shortcuts_dialog import ShortcutsDialog
from leukview.gui.help.tour import Tour
from leukview.gui.main_window import MainWindow
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window, current_view, is_analysed, opened_dialog, press_key


def test_that_the_tour_shows_each_part_and_gives_the_keys_back(qtbot: QtBot, opened: MainWindow):
    opened.action_manager.by_key["tour"].trigger()
    tour = opened.findChild(Tour)
    assert tour is not None
    assert tour.isVisible()
    titles = []
    while tour.next_button.text() != "&Done":
        titles.append(tour.title_label.text())
        assert opened.rect().contains(tour.card.geometry())
        tour.next_button.click()
    assert len(titles) == 4
    reviewed = current_view(opened).reviewed_count
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.title_label.text() == titles[-1]
    qtbot.keyClick(tour, "n")
    qtbot.keyClick(tour, Qt.Key.Key_Escape)
    assert not tour.isVisible()
    assert current_view(opened).reviewed_count == reviewed, "no key reaches the review through the tour"
    press_key(qtbot, opened, "n")
    assert current_view(opened).reviewed_count == reviewed + 1


def test_that_theme_size_and_order_are_remembered(qtbot: QtBot, opened: MainWindow):
    opened.action_manager.by_key["theme_dark"].trigger()
    opened.gallery.size_slider.setValue(180)
    opened.action_manager.by_key["grouped"].trigger()
    assert QApplication.palette().window().color().lightness() < 80
    close_window(qtbot, opened)
    settings = load_settings(data_dir() / "settings.json")
    assert (settings.theme, settings.thumbnail_px, settings.grouped) == ("dark", 180, False)
    opened.preferences.set_theme("light")


def test_that_a_key_can_be_changed_is_kept_and_never_given_twice(qtbot: QtBot, opened: MainWindow, tmp_path: Path):
    keys = opened_dialog(qtbot, ShortcutsDialog, opened.action_manager.by_key["keys"].trigger)
    row = next(i for i, s in enumerate(opened.action_manager.table) if s.key == "label:lymphocyte")
    keys.view.selectRow(row)
    qtbot.keyClick(keys.shortcut_edit, "n")
    keys.set_button.click()
    assert "is already used for “Neutrophil”" in keys.message_label.text()
    qtbot.keyClick(keys.shortcut_edit, "7")
    keys.set_button.click()
    keys.save_card(str(tmp_path / "card.pdf"))
    keys.save_card(str(tmp_path / "no-such-folder" / "card.pdf"))
    assert "cannot be saved" in keys.message_label.text()
    keys.reject()
    card = " ".join(PdfReader(tmp_path / "card.pdf").pages[0].extract_text().split())
    assert "the class shown for the selected cells" in card
    first = opened.gallery.current_cell_id
    press_key(qtbot, opened, "l")
    assert not current_view(opened).by_id[first].reviewed
    press_key(qtbot, opened, "7")
    assert current_view(opened).by_id[first].label == "lymphocyte"
    assert load_settings(data_dir() / "settings.json").keys == {"label:lymphocyte": "7"}


def test_that_help_shows_every_key_and_about_names_the_model(qtbot: QtBot, opened: MainWindow):
    keys = opened_dialog(qtbot, ShortcutsDialog, opened.action_manager.by_key["keys"].trigger)
    shown = [keys.model.index(row, 2).data() for row in range(keys.model.rowCount())]
    assert shown == [spec.text for spec in opened.action_manager.table]
    keys.reject()
    about = opened_dialog(qtbot, AboutDialog, opened.action_manager.by_key["about"].trigger)
    assert about.isVisible()
    assert f"LeukView {__version__}" in [label.text() for label in about.findChildren(QLabel)]
    about.reject()


def test_that_the_first_tour_goes_on_over_the_demo_slides(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, slide_folder: Path
):
    workbench._dependencies = replace(workbench._dependencies, write_demo=lambda _token, _reporter: slide_folder)
    window.show_tour()
    (tour,) = window.findChildren(Tour)
    assert tour.demo_button.isVisible()
    qtbot.mouseClick(tour.demo_button, Qt.MouseButton.LeftButton)
    assert not tour.demo_button.isEnabled()
    qtbot.waitUntil(lambda: window.review.view is not None, timeout=20_000)
    qtbot.waitUntil(lambda: tour.title_label.text() == "The gallery", timeout=10_000)
    assert not tour.demo_button.isVisible()
    tour.end()
    qtbot.waitUntil(lambda: is_analysed(window) and not window.tasks.is_busy, timeout=60_000)
    window.show_tour()
    again = window.findChildren(Tour)[-1]
    assert not again.demo_button.isVisible(), "there is a slide to show it on"
    again.end()
