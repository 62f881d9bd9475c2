"""File dialogs for a folder or a file; each is deleted when closed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def documents_folder() -> str:
    """The user's folder for documents if it exists, else the home folder."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return documents if documents and Path(documents).is_dir() else str(Path.home())


def folder_dialog(parent: QWidget, title: str, directory: str = "", *, writable: bool = False) -> QFileDialog:
    """A dialog that asks for a folder.

    Args:
        parent: The window over which it opens.
        title: Purpose of the folder.
        directory: Initial folder; "" = the program's working directory.
        writable: The program will write there. Otherwise the dialog is read-only: nothing can be renamed or deleted.
    """
    dialog = _file_dialog(parent, title, directory, "")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setOption(QFileDialog.Option.ReadOnly, not writable)
    return dialog


def open_dialog(parent: QWidget, title: str, directory: str, name_filter: str) -> QFileDialog:
    """A read-only dialog that asks for an existing file.

    Args:
        parent: The window over which it opens.
        title: Purpose of the file.
        directory: Initial folder.
        name_filter: Filter in Qt's notation: ``ZIP archives (*.zip)``.
    """
    dialog = _file_dialog(parent, title, directory, name_filter)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setOption(QFileDialog.Option.ReadOnly)
    return dialog


def save_dialog(parent: QWidget, title: str, directory: str, name_filter: str, default_name: str) -> QFileDialog:
    """A dialog that asks where to write a file.

    Args:
        parent: The window over which it opens.
        title: Purpose of the file.
        directory: Initial folder.
        name_filter: Filter in Qt's notation.
        default_name: Suggested file name; its suffix is appended to a name without one.
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
