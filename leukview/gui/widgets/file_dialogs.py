"""The dialogs that ask for a folder or a file; each is gone once it is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def folder_dialog(parent: QWidget, title: str, directory: str = "", *, writable: bool = False) -> QFileDialog:
    """Asks for a folder.

    Args:
        parent: The window over which it opens.
        title: What the folder is for.
        begin: Where it begins to look; "" = where the program was started.
        writes: Something is to be written there. Where nothing is, the dialog can rename and delete nothing either.
    """
    dialog = _file_dialog(parent, title, directory, "")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setOption(QFileDialog.Option.ReadOnly, not writable)
    return dialog


def open_dialog(parent: QWidget, title: str, directory: str, name_filter: str) -> QFileDialog:
    """Asks for a file that is there; `kinds` is a filter as Qt writes it: ``ZIP archives (*.zip)``."""
    dialog = _file_dialog(parent, title, directory, name_filter)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setOption(QFileDialog.Option.ReadOnly)
    return dialog


def save_dialog(parent: QWidget, title: str, directory: str, name_filter: str, default_name: str) -> QFileDialog:
    """Asks where a file is written.

    Args:
        parent: The window over which it opens.
        title: What is written.
        begin: Where it begins to look.
        kinds: A filter as Qt writes it.
        name: The name offered; its ending is added to a name without one.
    """
    dialog = _file_dialog(parent, title, directory, name_filter)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(default_name.rpartition(".")[2])
    dialog.selectFile(default_name)
    return dialog


def _file_dialog(parent: QWidget, title: str, directory: str, name_filter: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, directory, name_filter)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
