"""Exporting the report: where to, in which language, on which paper, and whether a certificate signs the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukview.gui.app.i18n import spoken_language
from leukview.gui.widgets.dialog_helpers import PathLine, beside, heading, open_at, wrapped
from leukview.gui.widgets.file_dialogs import open_dialog, save_dialog
from leukview.services.report.report_data import Certificate, ReportChoices, ReportOptions
from leukview.services.review.slide_view import SlideView


class ReportDialog(QDialog):
    """Asks how a report is written.

    Args:
        view: The slide as it stands.
        choices: What may be chosen here.
        remembered: What was chosen last: ``folder``, ``language``, ``paper``, ``certificate``; each may be absent.
        folder: Where the file goes when no folder is remembered.
        parent: The window.
    """

    def __init__(
        self,
        view: SlideView,
        choices: ReportChoices,
        remembered: Mapping[str, str],
        folder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export report"))
        remembered_folder = remembered.get("folder", "")
        place = Path(remembered_folder if remembered_folder and Path(remembered_folder).is_dir() else folder)
        self.file = PathLine(str(place / f"{view.slide.id}.pdf"), self.tr("File"))
        self.language = self._box(choices.languages, remembered.get("language") or _first_language(choices))
        self.language.setAccessibleName(self.tr("Language of the report"))
        self.paper = self._box(choices.papers, remembered.get("paper") or choices.paper)
        self.paper.setAccessibleName(self.tr("Paper"))
        self.signs = QCheckBox(self.tr("&Sign the file with the site's certificate"))
        self.certificate = PathLine(remembered.get("certificate", ""), self.tr("Certificate"))
        self.certificate.setPlaceholderText(self.tr("PKCS#12 file (.p12, .pfx)"))
        self.password = QLineEdit()
        self.password.setAccessibleName(self.tr("Password of the certificate"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(self.tr("not stored"))
        self._browse_certificate = QPushButton(self.tr("Choose…"))
        self._browse_certificate.setAccessibleName(self.tr("Choose the certificate"))
        self.replaces = wrapped(self.tr("There is a file of this name; it is replaced."))
        self.signs.setChecked(choices.can_sign and bool(remembered.get("certificate")))
        self.signs.setEnabled(choices.can_sign)
        self._lay_out(view, choices)
        self.file.textChanged.connect(self._check)
        self.signs.toggled.connect(self._check)
        self.certificate.textChanged.connect(self._check)
        self._browse_certificate.clicked.connect(self._choose_certificate)
        self._check()
        self.export_button.setFocus()
        open_at(self, 88, 22)

    def _box(self, choices: tuple[tuple[str, str], ...], chosen: str) -> QComboBox:
        box = QComboBox()
        for key, name in choices:
            box.addItem(name, key)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        return box

    def _lay_out(self, view: SlideView, choices: ReportChoices) -> None:
        browse = QPushButton(self.tr("Choose…"))
        browse.setAccessibleName(self.tr("Choose the file"))
        browse.clicked.connect(self._choose_file)
        form = QFormLayout()
        form.addRow(self.tr("&File"), beside(self.file, browse))
        form.addRow("", self.replaces)
        form.addRow(self.tr("&Language of the report"), self.language)
        form.addRow(self.tr("&Paper"), self.paper)
        form.addRow("", self.signs)
        form.addRow(self.tr("&Certificate"), beside(self.certificate, self._browse_certificate))
        form.addRow(self.tr("Pass&word"), self.password)
        buttons = QDialogButtonBox()
        self.export_button = QPushButton(self.tr("Export"))
        self.export_button.setDefault(True)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading(self.tr("Report of slide {slide}").format(slide=view.slide.id), 1.2))
        if view.review.signature is None:
            layout.addWidget(wrapped(self.tr("The slide is not signed: each page is marked as a draft.")))
        layout.addLayout(form)
        if not choices.can_sign:
            layout.addWidget(
                wrapped(self.tr("Signing the file needs an extra part of LeukView that is not installed."))
            )
        layout.addStretch(1)
        layout.addWidget(buttons)

    def _check(self) -> None:
        """What may be filled in, and whether the report can be written."""
        signs = self.signs.isChecked()
        for part in (self.certificate, self.password, self._browse_certificate):
            part.setEnabled(signs)
        path = self.path()
        self.replaces.setVisible(path.is_file())
        named = bool(self.file.text().strip()) and not path.is_dir()
        self.export_button.setEnabled(named and (not signs or bool(self.certificate.text().strip())))

    def _choose_file(self) -> None:
        path = self.path()
        dialog = save_dialog(self, self.tr("Export report"), str(path.parent), self.tr("PDF (*.pdf)"), path.name)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # the dialog says it
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()

    def _choose_certificate(self) -> None:
        kinds = self.tr("Certificates (*.p12 *.pfx)")
        dialog = open_dialog(self, self.tr("Choose the certificate"), self.certificate.text(), kinds)
        dialog.fileSelected.connect(self.certificate.setText)
        dialog.open()

    def path(self) -> Path:
        """Where the report goes; a name without an ending gets ``.pdf``."""
        path = Path(self.file.text().strip()).expanduser()
        return path if path.suffix or not path.name or path.is_dir() else path.with_suffix(".pdf")

    def options(self) -> ReportOptions:
        """What was chosen."""
        certificate = None
        if self.signs.isChecked():
            certificate = Certificate(Path(self.certificate.text().strip()).expanduser(), self.password.text())
        return ReportOptions(str(self.language.currentData()), str(self.paper.currentData()), certificate)

    def remembered(self) -> dict[str, str]:
        """What the next dialog begins with; never the password."""
        return {
            "folder": str(self.path().parent),
            "language": str(self.language.currentData()),
            "paper": str(self.paper.currentData()),
            "certificate": self.certificate.text().strip() if self.signs.isChecked() else "",
        }


def _first_language(choices: ReportChoices) -> str:
    """The site's own where it chose another one than English, else the window's as far as a report speaks it."""
    window = spoken_language()
    offered = choices.language == "en" and any(key == window for key, _ in choices.languages)
    return window if offered else choices.language
