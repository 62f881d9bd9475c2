"""Help › Licences, and the application icon."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.gui.help.licences_dialog import LicencesDialog
from leukview.gui.main_window import MainWindow
from tests.gui.conftest import opened_dialog


def test_that_help_shows_the_licences_and_how_to_replace_qt(qtbot: QtBot, opened: MainWindow):
    dialog = opened_dialog(qtbot, LicencesDialog, opened.action_manager.by_key["licences"].trigger)
    text = dialog.browser.toPlainText()
    assert "Apache License 2.0" in text
    assert "research use" in text.casefold()
    assert "replace the files" in text
    assert "pyside6-essentials" in text
    dialog.close_button.click()
    assert not dialog.isVisible()


def test_that_the_window_carries_the_application_icon(opened: MainWindow):
    icon = opened.windowIcon()
    assert not icon.isNull()
    image = icon.pixmap(64, 64).toImage()
    assert image.hasAlphaChannel() or image.width() == 64
    assert len({image.pixelColor(x, 32).rgb() for x in range(64)}) > 1, "not one plain colour"
    assert QApplication.activeModalWidget() is None
