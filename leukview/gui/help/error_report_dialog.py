"""Dialog after an internal error: shows the report and saves it, for the person to send or not."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from leukview.core.atomic_files import atomic_write
from leukview.gui.widgets.dialog_helpers import heading_label, set_default_button, set_initial_size
from leukview.gui.widgets.file_dialogs import documents_folder, save_dialog


class ErrorReportDialog(QDialog):
    """Shows what a report of an internal error would tell; nothing is sent by the program.

    Args:
        report: Text of `core.error_report.error_report`.
        parent: Parent widget.
    """

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Internal error"))
        introduction = QLabel(
            self.tr(
                "Your work so far is saved. The report below names versions and places in the program: no patient, no "
                "slide, no person and no folder. LeukView sends nothing. Save the report if you want to pass it on."
            )
        )
        introduction.setWordWrap(True)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setAccessibleName(self.tr("Report of the error"))
        self.status = QLabel()
        self.status.setWordWrap(True)
        buttons = QDialogButtonBox()
        self.save_button = QPushButton(self.tr("Save report…"))
        self.close_button = QPushButton(self.tr("Close"))
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.clicked.connect(self._choose_file)
        buttons.accepted.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("An internal error occurred in LeukView.")))
        layout.addWidget(introduction)
        layout.addWidget(self.report, 1)
        layout.addWidget(self.status)
        layout.addWidget(buttons)
        set_default_button(self.close_button)
        set_initial_size(self, 90, 28)

    def _choose_file(self) -> None:
        title, kinds = self.tr("Save report"), self.tr("Text (*.txt)")
        chooser = save_dialog(self, title, documents_folder(), kinds, "leukview-error-report.txt")
        chooser.fileSelected.connect(self.save)
        chooser.open()

    def save(self, file: str) -> None:
        """Write the report; a failure is told in the dialog."""
        try:
            atomic_write(Path(file), self.report.toPlainText())
        except OSError as error:
            self.status.setText(self.tr("The report could not be saved: {0}.").format(error.strerror))
            return
        self.status.setText(self.tr("Saved as {0}.").format(file))
