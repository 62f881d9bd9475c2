"""Dialog of the report export: file, language, paper, certificate."""

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

from leukview.gui.app.i18n import current_language
from leukview.gui.widgets.dialog_helpers import (
    PathEdit,
    heading_label,
    set_default_button,
    set_initial_size,
    with_button,
    wrapping_label,
)
from leukview.gui.widgets.file_dialogs import open_dialog, save_dialog
from leukview.services.report.report_data import Certificate, ReportChoices, ReportOptions
from leukview.services.review.slide_view import SlideView


class ReportDialog(QDialog):
    """Asks for the options of a report.

    Args:
        view: The slide in its current state.
        choices: Languages, papers and further choices that are offered.
        saved_options: Last options: ``folder``, ``language``, ``paper``, ``certificate``; each may be absent.
        folder: Initial folder if `saved_options` has none.
        parent: Parent widget.
    """

    def __init__(
        self,
        view: SlideView,
        choices: ReportChoices,
        saved_options: Mapping[str, str],
        folder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export report"))
        remembered_folder = saved_options.get("folder", "")
        initial_folder = Path(remembered_folder if remembered_folder and Path(remembered_folder).is_dir() else folder)
        self.file_edit = PathEdit(str(initial_folder / f"{view.slide.id}.pdf"), self.tr("File"))
        self.language_combo = self._combo_box(
            choices.languages, saved_options.get("language") or _default_language(choices)
        )
        self.language_combo.setAccessibleName(self.tr("Language of the report"))
        self.paper_combo = self._combo_box(choices.papers, saved_options.get("paper") or choices.paper)
        self.paper_combo.setAccessibleName(self.tr("Paper"))
        self.sign_checkbox = QCheckBox(self.tr("&Sign the file with the site's certificate"))
        self.certificate_edit = PathEdit(saved_options.get("certificate", ""), self.tr("Certificate"))
        self.certificate_edit.setPlaceholderText(self.tr("PKCS#12 file (.p12, .pfx)"))
        self.password_edit = QLineEdit()
        self.password_edit.setAccessibleName(self.tr("Password of the certificate"))
        self.password_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.password_edit.setPlaceholderText(self.tr("not stored"))
        self._certificate_button = QPushButton(self.tr("Choose…"))
        self._certificate_button.setAccessibleName(self.tr("Choose the certificate"))
        self.names_checkbox = QCheckBox(self.tr("Print patient, &order and specimen"))
        self.names_checkbox.setChecked(saved_options.get("names") == "yes")
        self.overwrite_label = wrapping_label(self.tr("A file of this name exists and will be replaced."))
        self.sign_checkbox.setChecked(choices.can_sign and bool(saved_options.get("certificate")))
        self.sign_checkbox.setEnabled(choices.can_sign)
        self._build_layout(view, choices)
        self.file_edit.textChanged.connect(self._update_fields)
        self.sign_checkbox.toggled.connect(self._update_fields)
        self.certificate_edit.textChanged.connect(self._update_fields)
        self._certificate_button.clicked.connect(self._choose_certificate)
        self._update_fields()
        self.export_button.setFocus()
        set_initial_size(self, 88, 22)

    def _combo_box(self, choices: tuple[tuple[str, str], ...], chosen: str) -> QComboBox:
        box = QComboBox()
        for key, name in choices:
            box.addItem(name, key)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        return box

    def _build_layout(self, view: SlideView, choices: ReportChoices) -> None:
        browse = QPushButton(self.tr("Choose…"))
        browse.setAccessibleName(self.tr("Choose the file"))
        browse.clicked.connect(self._choose_file)
        form = QFormLayout()
        form.addRow(self.tr("&File"), with_button(self.file_edit, browse))
        form.addRow("", self.overwrite_label)
        form.addRow(self.tr("&Language of the report"), self.language_combo)
        form.addRow(self.tr("&Paper"), self.paper_combo)
        form.addRow("", self.names_checkbox)
        form.addRow("", self.sign_checkbox)
        form.addRow(self.tr("&Certificate"), with_button(self.certificate_edit, self._certificate_button))
        form.addRow(self.tr("Pass&word"), self.password_edit)
        buttons = QDialogButtonBox()
        self.export_button = QPushButton(self.tr("Export"))
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("Report of slide {slide}").format(slide=view.slide.id), 1.2))
        if view.binding_signature is None:
            layout.addWidget(wrapping_label(self.tr("The slide is not signed: every page is marked as a draft.")))
        layout.addLayout(form)
        if not choices.can_sign:
            layout.addWidget(
                wrapping_label(
                    self.tr("Signing the file needs an optional component of LeukView that is not installed.")
                )
            )
        layout.addStretch(1)
        layout.addWidget(buttons)
        set_default_button(self.export_button)

    def _update_fields(self) -> None:
        """Enable the fields that apply, and the button if the report can be written."""
        signs = self.sign_checkbox.isChecked()
        for part in (self.certificate_edit, self.password_edit, self._certificate_button):
            part.setEnabled(signs)
        path = self.path()
        self.overwrite_label.setVisible(path.is_file())
        named = bool(self.file_edit.text().strip()) and not path.is_dir()
        self.export_button.setEnabled(named and (not signs or bool(self.certificate_edit.text().strip())))

    def _choose_file(self) -> None:
        path = self.path()
        dialog = save_dialog(self, self.tr("Export report"), str(path.parent), self.tr("PDF (*.pdf)"), path.name)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # this dialog warns itself
        dialog.fileSelected.connect(self.file_edit.setText)
        dialog.open()

    def _choose_certificate(self) -> None:
        kinds = self.tr("Certificates (*.p12 *.pfx)")
        dialog = open_dialog(self, self.tr("Choose the certificate"), self.certificate_edit.text(), kinds)
        dialog.fileSelected.connect(self.certificate_edit.setText)
        dialog.open()

    def path(self) -> Path:
        """Return the path of the report; a name without suffix gets ``.pdf``."""
        path = Path(self.file_edit.text().strip()).expanduser()
        return path if path.suffix or not path.name or path.is_dir() else path.with_suffix(".pdf")

    def options(self) -> ReportOptions:
        """Return the selected options."""
        certificate = None
        if self.sign_checkbox.isChecked():
            certificate = Certificate(
                Path(self.certificate_edit.text().strip()).expanduser(), self.password_edit.text()
            )
        return ReportOptions(
            str(self.language_combo.currentData()),
            str(self.paper_combo.currentData()),
            certificate,
            with_names=self.names_checkbox.isChecked(),
        )

    def saved_options(self) -> dict[str, str]:
        """Return the initial options of the next dialog; never the password."""
        return {
            "folder": str(self.path().parent),
            "language": str(self.language_combo.currentData()),
            "paper": str(self.paper_combo.currentData()),
            "names": "yes" if self.names_checkbox.isChecked() else "",
            "certificate": self.certificate_edit.text().strip() if self.sign_checkbox.isChecked() else "",
        }


def _default_language(choices: ReportChoices) -> str:
    """Return the initial language of the report.

    This is the site's language if it is not English, else the GUI language if reports support it.
    """
    window = current_language()
    offered = choices.language == "en" and any(key == window for key, _ in choices.languages)
    return window if offered else choices.language
