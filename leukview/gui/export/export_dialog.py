"""Dialog that asks for format and content of a slide export."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from leukview import RESEARCH_USE_LINE
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import (
    PathEdit,
    heading_label,
    icon_row,
    set_default_button,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.file_dialogs import folder_dialog
from leukview.services.export.exporter import ExportFormat, ExportRequest
from leukview.services.review.slide_view import SlideView


class ExportDialog(QDialog):
    """Asks for format, folder, and whether names and comments are included.

    Names and comments are excluded by default.

    Args:
        view: The slide.
        folder: Initial folder of the export.
        parent: Parent widget.
    """

    def __init__(self, view: SlideView, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export data"))
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("Slide {0}").format(view.slide.id)))
        layout.addWidget(self._state_line(view))
        self._format_buttons = QButtonGroup(self)
        texts = {
            ExportFormat.JSON: self.tr(
                "&JSON: the slide and every cell with the classes of analyser, model and reviewer"
            ),
            ExportFormat.CSV: self.tr("CS&V: tables of cells and of the differential"),
            ExportFormat.HL7: self.tr("&HL7 v2.5.1: an ORU^R01 message for the laboratory information system"),
            ExportFormat.FHIR: self.tr("&FHIR R4: a diagnostic report with its observations"),
            ExportFormat.CELLS: self.tr("&Cells: renamed images with labels and review, for another workstation"),
            ExportFormat.COCO: self.tr("C&OCO and CVAT: images with the masks of cell and nucleus"),
        }
        for number, (form, text) in enumerate(texts.items()):
            button = QRadioButton(text)
            button.setObjectName(form.value)
            button.setChecked(number == 0)
            self._format_buttons.addButton(button)
            layout.addWidget(button)
        self._format_buttons.buttonToggled.connect(self._on_format_changed)
        layout.addSpacing(self.fontMetrics().height() // 2)
        self.names_checkbox = QCheckBox(self.tr("With &names: patient, order and file names of the source folder"))
        self.comments_checkbox = QCheckBox(self.tr("With co&mments and persons called: free text may contain names"))
        for box in (self.names_checkbox, self.comments_checkbox):
            box.toggled.connect(self._update_warning)
            layout.addWidget(box)
        warning = wrapping_label(
            self.tr(
                "This export can identify the patient. Give it only to persons who may know the patient's identity."
            )
        )
        self.warning = icon_row(QStyle.StandardPixmap.SP_MessageBoxWarning, warning)
        keep = self.warning.sizePolicy()
        keep.setRetainSizeWhenHidden(True)  # so that the dialog does not change size
        self.warning.setSizePolicy(keep)
        self.warning.hide()
        layout.addWidget(self.warning)
        layout.addLayout(self._build_folder_row(folder))
        layout.addStretch(1)
        layout.addWidget(wrapping_label(translate_data(RESEARCH_USE_LINE)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._export_button = buttons.addButton(self.tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        set_default_button(self._export_button)
        self._update_export_button()
        set_initial_size(self, 84, 26)

    def _state_line(self, view: SlideView) -> QWidget:
        if view.binding_signature is None:
            text = self.tr("The slide is not signed: its results are exported as preliminary.")
            return icon_row(QStyle.StandardPixmap.SP_MessageBoxInformation, wrapping_label(text))
        if view.review.amended:
            return wrapping_label(
                self.tr("The slide was amended and signed again: its results are exported as corrected.")
            )
        return wrapping_label(self.tr("The slide is signed: its results are exported as final."))

    def _build_folder_row(self, folder: str) -> QFormLayout:
        self.folder_edit = PathEdit(folder, self.tr("Folder"))
        self.folder_edit.textChanged.connect(self._update_export_button)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose_folder)
        line = QHBoxLayout()
        line.addWidget(self.folder_edit, 1)
        line.addWidget(choose)
        label = QLabel(self.tr("&Into the folder"))
        label.setBuddy(self.folder_edit)
        form = QFormLayout()
        form.addRow(label, line)
        return form

    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, self.tr("Export into a folder"), self.folder_edit.text(), writable=True)
        dialog.fileSelected.connect(self._on_folder_chosen)
        dialog.open()

    def _on_folder_chosen(self, folder: str) -> None:
        self.folder_edit.setText(folder)

    def _update_export_button(self) -> None:
        self._export_button.setEnabled(bool(self.folder_edit.text().strip()))

    def _on_format_changed(self) -> None:
        has_images = self.export_format().carries_images
        if has_images:
            self.names_checkbox.setChecked(False)
        self.names_checkbox.setEnabled(not has_images)

    def _update_warning(self) -> None:
        self.warning.setVisible(self.names_checkbox.isChecked() or self.comments_checkbox.isChecked())

    def export_format(self) -> ExportFormat:
        """Return the selected format."""
        chosen = self._format_buttons.checkedButton()
        return ExportFormat(chosen.objectName()) if chosen else ExportFormat.JSON

    def request(self) -> ExportRequest:
        """Return all selected options."""
        folder = Path(self.folder_edit.text().strip()).expanduser()
        return ExportRequest(
            self.export_format(),
            folder,
            include_names=self.names_checkbox.isChecked(),
            include_comments=self.comments_checkbox.isChecked(),
        )
