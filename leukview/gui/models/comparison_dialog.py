"""Comparing a candidate with the model in use, and signing for a change of models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
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
from leukview.gui.app.i18n import data_text, error_text
from leukview.gui.widgets.dialog_helpers import PathLine, heading, open_at, wrapped
from leukview.gui.widgets.file_dialogs import folder_dialog, save_dialog

_SHOWN = 4  # reasons beside the outcome


class ComparisonDialog(QDialog):
    """Asks for candidate and cells, and shows the comparison.

    Signals:
        wanted: The comparison is to be made.
        save_wanted: Path: it is to be written there.
        install_wanted: A person wants to sign it and install the candidate.

    Args:
        in_use: Name of the model in use.
        folder: Where the file dialogs begin.
        parent: The window.
    """

    wanted = Signal()
    save_wanted = Signal(object)
    install_wanted = Signal()

    def __init__(self, in_use: str, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare a candidate with the model in use"))
        self._folder = folder
        self.candidate = PathLine("", self.tr("Candidate"))
        self.candidate.setPlaceholderText(self.tr("Folder of a bundle, as training.bundle.build writes it"))
        self.folders = QListWidget()
        self.folders.setAccessibleName(self.tr("Cells to compare on"))
        self.folders.setMaximumHeight(5 * self.fontMetrics().lineSpacing())
        self.page = QTextBrowser()
        self.page.setAccessibleName(self.tr("Comparison"))
        self.page.setPlaceholderText(self.tr("The comparison appears here."))
        self.verdict = wrapped(
            self.tr("Both models are asked about the same cells, all of patients kept aside. In use: {0}.").format(
                in_use
            )
        )
        self.verdict.setAccessibleName(self.tr("Outcome"))
        choose, self.add_button, remove = (
            QPushButton(words) for words in (self.tr("Choose…"), self.tr("Add cells…"), self.tr("Remove"))
        )
        self.compare_button = QPushButton(self.tr("Compare"))
        self.save_button = QPushButton(self.tr("Save…"))
        self.install_button = QPushButton(self.tr("Sign and install…"))
        row = QHBoxLayout()
        row.addWidget(self.candidate, 1)
        row.addWidget(choose)
        side = QVBoxLayout()
        side.addWidget(self.add_button)
        side.addWidget(remove)
        side.addStretch(1)
        cells = QHBoxLayout()
        cells.addWidget(self.folders, 1)
        cells.addLayout(side)
        form = QFormLayout()
        form.addRow(self.tr("Candidate"), row)
        form.addRow(self.tr("Cells to compare on"), cells)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.compare_button, self.save_button, self.install_button):
            button.setEnabled(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.verdict)
        layout.addWidget(self.page, 1)
        layout.addWidget(heading(data_text(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        choose.clicked.connect(self._choose)
        self.add_button.clicked.connect(self._add)
        remove.clicked.connect(self._remove)
        self.candidate.textChanged.connect(self._check)
        self.compare_button.clicked.connect(self.wanted)
        self.save_button.clicked.connect(self._where)
        self.install_button.clicked.connect(self.install_wanted)
        buttons.rejected.connect(self.reject)
        open_at(self, 150, 44)

    def bundle(self) -> Path:
        """The candidate's folder."""
        return Path(self.candidate.text().strip())

    def data(self) -> list[Path]:
        """The data folders."""
        return [Path(self.folders.item(row).text()) for row in range(self.folders.count())]

    def add_folder(self, folder: str) -> None:
        """Compare on these cells too."""
        if folder and folder not in {str(path) for path in self.data()}:
            self.folders.addItem(folder)
            self._check()

    def wait(self) -> None:
        """The comparison is being made."""
        for button in (self.compare_button, self.save_button, self.install_button):
            button.setEnabled(False)
        self.verdict.setText(self.tr("Comparing. It takes about a minute for a thousand cells, and can be cancelled."))

    def show_result(self, html: str, objections: Sequence[str]) -> None:
        """Show a comparison; without objections it can be signed."""
        self.page.setHtml(html)
        if objections:
            lines = "\n".join(f"•  {data_text(sentence)}" for sentence in objections[:_SHOWN])
            lines += f"\n•  … ({len(objections)})" if len(objections) > _SHOWN else ""  # the page below has them all
            self.verdict.setText(self.tr("The candidate may not be installed.") + "\n" + lines)
        else:
            self.verdict.setText(
                self.tr("No guarded figure is worse: a person may sign this comparison and install the candidate.")
            )
        self.save_button.setEnabled(True)
        self.install_button.setEnabled(not objections)
        self._check()

    def show_trouble(self, error: Exception) -> None:
        """Say why there is no comparison."""
        self.verdict.setText(error_text(error))
        self._check()

    def _check(self) -> None:
        self.compare_button.setEnabled(bool(self.candidate.text().strip()) and self.folders.count() > 0)

    def _choose(self) -> None:
        dialog = folder_dialog(self, self.tr("Folder of the candidate"), self._folder)
        dialog.fileSelected.connect(self.candidate.setText)
        dialog.open()

    def _add(self) -> None:
        dialog = folder_dialog(self, self.tr("Folder that holds “cells”"), self._folder)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    def _remove(self) -> None:
        self.folders.takeItem(self.folders.currentRow())
        self._check()

    def _where(self) -> None:
        kinds = self.tr("Comparison (*.json)")
        dialog = save_dialog(self, self.tr("Save the comparison"), self._folder, kinds, "comparison.json")
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def _on_file(self, chosen: str) -> None:
        self.save_wanted.emit(Path(chosen))


@dataclass(frozen=True, slots=True)
class Signed:
    """What a person filled in."""

    name: str
    pin: str
    meaning: str
    reason: str


class ModelSignDialog(QDialog):
    """Asks who signs for a change of models, what it means and why.

    Args:
        title: What is done.
        about: What is signed, in a sentence or two.
        meaning: What the signature means unless the person says otherwise.
        profile: Who sits at the window; None = nobody was added yet.
        reason_needed: A change without a reason is not made.
        parent: The dialog that asks.
    """

    proving = Signal(object)  # Signed; `accept` follows when the change was made, `refuse` when it was not

    def __init__(
        self,
        title: str,
        about: str,
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
        self.name = QLineEdit(profile.name if profile else "")
        self.name.setReadOnly(profile is not None)
        self.name.setAccessibleName(self.tr("Printed name"))
        self.name.setPlaceholderText(self.tr("First and last name, as they are to be printed"))
        self.meaning = QComboBox()
        self.meaning.setEditable(True)
        self.meaning.setAccessibleName(self.tr("Meaning of the signature"))
        self.meaning.addItem(data_text(meaning))
        self.reason = QLineEdit()
        self.reason.setAccessibleName(self.tr("Reason"))
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName(self.tr("PIN"))
        self._trouble = wrapped("")
        self._trouble.hide()
        self.sign_button = QPushButton(self.tr("Sign"))
        self.sign_button.setDefault(True)
        buttons = QDialogButtonBox()
        buttons.addButton(self.sign_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        form = QFormLayout()
        form.addRow(self.tr("Printed name"), self.name)
        form.addRow(self.tr("Meaning"), self.meaning)
        form.addRow(self.tr("Reason"), self.reason)
        if self._asks_pin:
            form.addRow(self.tr("PIN"), self.pin)
        layout = QVBoxLayout(self)
        layout.addWidget(wrapped(about))
        layout.addLayout(form)
        layout.addWidget(self._trouble)
        layout.addWidget(heading(data_text(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        buttons.accepted.connect(self._on_sign)
        buttons.rejected.connect(self.reject)
        for field in (self.name, self.reason, self.pin):
            field.textChanged.connect(self._check)
        self.meaning.editTextChanged.connect(self._check)
        self._check()
        (self.reason if profile else self.name).setFocus()
        open_at(self, 90, 16)

    def refuse(self, error: Exception) -> None:
        """Say why it is not signed; the dialog stays open."""
        self._trouble.setText(error_text(error))
        self._trouble.show()
        self.pin.clear()
        self._check()

    def _on_sign(self) -> None:
        self.sign_button.setEnabled(False)
        self.proving.emit(Signed(self.name.text(), self.pin.text(), self.meaning.currentText(), self.reason.text()))

    def _check(self) -> None:
        complete = bool(self.name.text().strip()) and bool(self.meaning.currentText().strip())
        complete = complete and (bool(self.pin.text()) or not self._asks_pin)
        self.sign_button.setEnabled(complete and (bool(self.reason.text().strip()) or not self._reason_needed))
