"""The dialogs that ask for a folder or a file; each is gone once it is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def folder_dialog(parent: QWidget, title: str, begin: str = "", *, writes: bool = False) -> QFileDialog:
    """Asks for a folder.

    Args:
        parent: The window over which it opens.
        title: What the folder is for.
        begin: Where it begins to look; "" = where the program was started.
        writes: Something is to be written there. Where nothing is, the dialog can rename and delete nothing either.
    """
    dialog = _dialog(parent, title, begin, "")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setOption(QFileDialog.Option.ReadOnly, not writes)
    return dialog


def open_dialog(parent: QWidget, title: str, begin: str, kinds: str) -> QFileDialog:
    """Asks for a file that is there; `kinds` is a filter as Qt writes it: ``ZIP archives (*.zip)``."""
    dialog = _dialog(parent, title, begin, kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setOption(QFileDialog.Option.ReadOnly)
    return dialog


def save_dialog(parent: QWidget, title: str, begin: str, kinds: str, name: str) -> QFileDialog:
    """Asks where a file is written.

    Args:
        parent: The window over which it opens.
        title: What is written.
        begin: Where it begins to look.
        kinds: A filter as Qt writes it.
        name: The name offered; its ending is added to a name without one.
    """
    dialog = _dialog(parent, title, begin, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.selectFile(name)
    return dialog


def _dialog(parent: QWidget, title: str, begin: str, kinds: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, begin, kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
