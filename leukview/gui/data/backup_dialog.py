"""Dialog of the daily backup."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukview.gui.app.i18n import format_datetime
from leukview.gui.widgets.dialog_helpers import set_initial_size, wrapping_label


class BackupDialog(QDialog):
    """Shows folder and time of the daily backup, and writes one on request.

    Args:
        folder: Folder of the daily backup; "" = none.
        last_at: When the last one was made, UTC, ISO 8601; "" = never.
        parent: Parent widget.

    Signals:
        folder_chosen: The new folder; "" ends the daily backup.
        backup_requested: Folder for a backup now.
        cancel_requested: Cancel the backup that runs.
    """

    folder_chosen = Signal(str)
    backup_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self, folder: str, last_at: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Backups"))
        self.folder_edit = QLineEdit(folder)
        self.folder_edit.setReadOnly(True)
        self.folder_edit.setAccessibleName(self.tr("Backup folder"))
        self.folder_edit.setPlaceholderText(self.tr("Turn daily backup off"))
        self.choose_button = QPushButton(self.tr("Choose…"))
        self.end_button = QPushButton(self.tr("Turn daily backup off"))
        self.backup_button = QPushButton(self.tr("Back up now"))
        self.cancel_button = QPushButton(self.tr("Cancel the backup"))
        self.result_label = wrapping_label(self._last_text(last_at))
        self._bar = QProgressBar()
        self._possible = True
        row = QHBoxLayout()
        row.addWidget(self.folder_edit, 1)
        row.addWidget(self.choose_button)
        row.addWidget(self.end_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.backup_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "Once a day, when LeukView is idle, slides, reviews, names and settings are "
                    "copied into one file in this folder. Choose a folder on another disk and "
                    "protect the files as you protect the workstation: they contain patients' names. "
                    "“leukview restore” restores a backup."
                )
            )
        )
        layout.addWidget(QLabel(self.tr("Backup folder")))
        layout.addLayout(row)
        layout.addWidget(self.result_label)
        layout.addWidget(self._bar)
        layout.addStretch(1)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.choose_button.clicked.connect(self._choose)
        self.end_button.clicked.connect(lambda: self._set_folder(""))
        self.backup_button.clicked.connect(lambda: self.backup_requested.emit(self.folder_edit.text()))
        self.cancel_button.clicked.connect(self.cancel_requested)
        set_initial_size(self, 90, 16)
        self.show_running(running=False)

    def show_possible(self, *, possible: bool) -> None:
        """Show whether this installation can write backups."""
        self._possible = possible
        if not possible:
            self.result_label.setText(self.tr("The database is on a server; its administrator backs it up."))

    def show_running(self, *, running: bool) -> None:
        """Show whether a backup is being written."""
        self._bar.setVisible(running)
        self.cancel_button.setEnabled(running)
        self.choose_button.setEnabled(self._possible and not running)
        self.end_button.setEnabled(bool(self.folder_edit.text()) and not running)
        self.backup_button.setEnabled(self._possible and bool(self.folder_edit.text()) and not running)

    def show_progress(self, done: int, total: int, text: str) -> None:
        """Show the progress of the backup."""
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setValue(round(1000 * done / total) if total else 0)
        self._bar.setFormat(f"{text} %p %")

    def show_result(self, text: str) -> None:
        """Show how the last backup ended."""
        self.result_label.setText(text)

    def _last_text(self, last_at: str) -> str:
        try:
            when = datetime.fromisoformat(last_at).astimezone()
        except ValueError:
            return self.tr("There is no backup yet.")
        return self.tr("Last backup: {0}").format(format_datetime(when))

    def _choose(self) -> None:
        chooser = QFileDialog(self, self.tr("Backup folder"), self.folder_edit.text())
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.fileSelected.connect(self._set_folder)
        chooser.open()

    def _set_folder(self, folder: str) -> None:
        self.folder_edit.setText(folder)
        self.folder_chosen.emit(folder)
        self.show_running(running=False)
