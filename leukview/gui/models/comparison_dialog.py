"""Dialogs to compare a candidate with the model in use and to sign a model change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from leukview import RESEARCH_USE_LINE
from leukview.domain.review.reviewer_profile import Profile
from leukview.gui.app.i18n import translate_data, translate_error
from leukview.gui.widgets.dialog_helpers import (
    PathEdit,
    heading_label,
    set_default_button,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.file_dialogs import folder_dialog, save_dialog
from leukview.gui.widgets.meaning_combo import MeaningCombo

_MAX_VIOLATIONS_SHOWN = 4  # number of reasons shown with the outcome


class ModelComparisonDialog(QDialog):
    """Asks for the candidate and the test data, and shows the comparison.

    Signals:
        comparison_requested: Run the comparison.
        save_requested: Path of the file to write the comparison to.
        install_requested: The user wants to sign the comparison and install the candidate.

    Args:
        in_use: Name of the model in use.
        folder: Initial folder of the file dialogs.
        parent: Parent widget.
    """

    comparison_requested = Signal()
    save_requested = Signal(object)
    install_requested = Signal()

    def __init__(self, in_use: str, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare a candidate with the model in use"))
        self._folder = folder
        self.candidate_edit = PathEdit("", self.tr("Candidate"))
        self.candidate_edit.setPlaceholderText(self.tr("Folder of a model bundle, as written by training.bundle.build"))
        self.folder_list = QListWidget()
        self.folder_list.setAccessibleName(self.tr("Cells for the comparison"))
        self.folder_list.setMaximumHeight(5 * self.fontMetrics().lineSpacing())
        self.report_browser = QTextBrowser()
        self.report_browser.setAccessibleName(self.tr("Comparison"))
        self.report_browser.setPlaceholderText(self.tr("The comparison appears here."))
        self.outcome_label = wrapping_label(
            self.tr(
                "Both models classify the same cells, all from patients kept for comparison. Model in use: {0}."
            ).format(in_use)
        )
        self.outcome_label.setAccessibleName(self.tr("Outcome"))
        choose, self.add_button, remove = (
            QPushButton(text) for text in (self.tr("Choose…"), self.tr("Add cells…"), self.tr("Remove"))
        )
        self.compare_button = QPushButton(self.tr("Compare"))
        self.save_button = QPushButton(self.tr("Save…"))
        self.install_button = QPushButton(self.tr("Sign and install…"))
        row = QHBoxLayout()
        row.addWidget(self.candidate_edit, 1)
        row.addWidget(choose)
        side = QVBoxLayout()
        side.addWidget(self.add_button)
        side.addWidget(remove)
        side.addStretch(1)
        cells = QHBoxLayout()
        cells.addWidget(self.folder_list, 1)
        cells.addLayout(side)
        form = QFormLayout()
        form.addRow(self.tr("Candidate"), row)
        form.addRow(self.tr("Cells for the comparison"), cells)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.compare_button, self.save_button, self.install_button):
            button.setEnabled(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.outcome_label)
        layout.addWidget(self.report_browser, 1)
        layout.addWidget(heading_label(translate_data(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        choose.clicked.connect(self._choose_candidate)
        self.add_button.clicked.connect(self._choose_data_folder)
        remove.clicked.connect(self._remove_data_folder)
        self.candidate_edit.textChanged.connect(self._update_buttons)
        self.compare_button.clicked.connect(self.comparison_requested)
        self.save_button.clicked.connect(self._choose_output)
        self.install_button.clicked.connect(self.install_requested)
        buttons.rejected.connect(self.reject)
        set_initial_size(self, 150, 44)

    def candidate_path(self) -> Path:
        """Return the folder of the candidate bundle."""
        return Path(self.candidate_edit.text().strip())

    def data_folders(self) -> list[Path]:
        """Return the folders of the test data."""
        return [Path(self.folder_list.item(row).text()) for row in range(self.folder_list.count())]

    def add_folder(self, folder: str) -> None:
        """Add a folder of test data; ignored if it is listed already."""
        if folder and folder not in {str(path) for path in self.data_folders()}:
            self.folder_list.addItem(folder)
            self._update_buttons()

    def show_running(self) -> None:
        """Show that the comparison is running."""
        for button in (self.compare_button, self.save_button, self.install_button):
            button.setEnabled(False)
        self.outcome_label.setText(
            self.tr("Comparing. This takes about a minute per thousand cells and can be cancelled.")
        )

    def show_result(self, html: str, violations: Sequence[str]) -> None:
        """Show a comparison; it can be signed only without violations."""
        self.report_browser.setHtml(html)
        if violations:
            lines = "\n".join(f"•  {translate_data(sentence)}" for sentence in violations[:_MAX_VIOLATIONS_SHOWN])
            lines += (
                f"\n•  … ({len(violations)})" if len(violations) > _MAX_VIOLATIONS_SHOWN else ""
            )  # the report below lists all of them
            self.outcome_label.setText(self.tr("The candidate must not be installed.") + "\n" + lines)
        else:
            self.outcome_label.setText(
                self.tr("All acceptance criteria are met: a person may sign this comparison and install the candidate.")
            )
        self.save_button.setEnabled(True)
        self.install_button.setEnabled(not violations)
        self._update_buttons()

    def show_error(self, error: Exception) -> None:
        """Show why the comparison failed."""
        self.outcome_label.setText(translate_error(error))
        self._update_buttons()

    def _update_buttons(self) -> None:
        self.compare_button.setEnabled(bool(self.candidate_edit.text().strip()) and self.folder_list.count() > 0)

    def _choose_candidate(self) -> None:
        dialog = folder_dialog(self, self.tr("Folder of the candidate"), self._folder)
        dialog.fileSelected.connect(self.candidate_edit.setText)
        dialog.open()

    def _choose_data_folder(self) -> None:
        dialog = folder_dialog(self, self.tr("Folder that contains “cells”"), self._folder)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    def _remove_data_folder(self) -> None:
        self.folder_list.takeItem(self.folder_list.currentRow())
        self._update_buttons()

    def _choose_output(self) -> None:
        kinds = self.tr("Comparison (*.json)")
        dialog = save_dialog(self, self.tr("Save the comparison"), self._folder, kinds, "comparison.json")
        dialog.fileSelected.connect(self._on_output_chosen)
        dialog.open()

    def _on_output_chosen(self, chosen: str) -> None:
        self.save_requested.emit(Path(chosen))


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """The fields of the signature form."""

    name: str
    pin: str
    meaning: str
    reason: str


class ModelSignatureDialog(QDialog):
    """Asks for the signature of a model change, its meaning and its reason.

    Args:
        title: Title of the dialog.
        description: What is signed, in one or two sentences.
        meaning: Initial meaning of the signature, in English.
        profile: The profile that is signed in; None if there is none.
        reason_needed: Whether a reason is required.
        parent: Parent dialog.
    """

    signature_submitted = Signal(object)  # SignatureInput; the receiver calls `accept` or `show_error`

    def __init__(
        self,
        title: str,
        description: str,
        meaning: str,
        profile: Profile | None,
        *,
        reason_needed: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._asks_pin = profile is not None and profile.has_pin
        self._reason_needed = reason_needed
        self.name_edit = QLineEdit(profile.name if profile else "")
        self.name_edit.setReadOnly(profile is not None)
        self.name_edit.setAccessibleName(self.tr("Printed name"))
        self.name_edit.setPlaceholderText(self.tr("First and last name, as printed"))
        self.meaning_combo = MeaningCombo({meaning: translate_data(meaning)})
        self.reason_edit = QLineEdit()
        self.reason_edit.setAccessibleName(self.tr("Reason"))
        self.pin_edit = QLineEdit()
        self.pin_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin_edit.setAccessibleName(self.tr("PIN"))
        self._error_label = wrapping_label("")
        self._error_label.hide()
        self.sign_button = QPushButton(self.tr("Sign"))
        buttons = QDialogButtonBox()
        buttons.addButton(self.sign_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        form = QFormLayout()
        form.addRow(self.tr("Printed name"), self.name_edit)
        form.addRow(self.tr("Meaning"), self.meaning_combo)
        form.addRow(self.tr("Reason"), self.reason_edit)
        if self._asks_pin:
            form.addRow(self.tr("PIN"), self.pin_edit)
        layout = QVBoxLayout(self)
        layout.addWidget(wrapping_label(description))
        layout.addLayout(form)
        layout.addWidget(self._error_label)
        layout.addWidget(heading_label(translate_data(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        buttons.accepted.connect(self._on_sign)
        set_default_button(self.sign_button)
        buttons.rejected.connect(self.reject)
        for field in (self.name_edit, self.reason_edit, self.pin_edit):
            field.textChanged.connect(self._update_button)
        self.meaning_combo.editTextChanged.connect(self._update_button)
        self._update_button()
        (self.reason_edit if profile else self.name_edit).setFocus()
        set_initial_size(self, 90, 16)

    def show_error(self, error: Exception) -> None:
        """Show why signing failed; the dialog stays open."""
        self._error_label.setText(translate_error(error))
        self._error_label.show()
        self.pin_edit.clear()
        self._update_button()

    def _on_sign(self) -> None:
        self.sign_button.setEnabled(False)
        self.signature_submitted.emit(
            SignatureInput(
                self.name_edit.text(), self.pin_edit.text(), self.meaning_combo.meaning(), self.reason_edit.text()
            )
        )

    def _update_button(self) -> None:
        complete = bool(self.name_edit.text().strip()) and bool(self.meaning_combo.currentText().strip())
        complete = complete and (bool(self.pin_edit.text()) or not self._asks_pin)
        self.sign_button.setEnabled(complete and (bool(self.reason_edit.text().strip()) or not self._reason_needed))
