"""As what a slide leaves the program, and how much of it."""

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
from leukview.gui.app.i18n import data_text
from leukview.gui.widgets.dialog_helpers import PathLine, heading, open_at, signed_line, wrapped
from leukview.gui.widgets.file_dialogs import folder_dialog
from leukview.services.export.exporter import ExportFormat, ExportRequest
from leukview.services.review.slide_view import SlideView


class ExportDialog(QDialog):
    """Asks for form, folder, names and comments; without names and comments unless ticked.

    Args:
        view: The slide.
        folder: Where the export is written unless another folder is chosen.
    """

    def __init__(self, view: SlideView, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export data"))
        layout = QVBoxLayout(self)
        layout.addWidget(heading(self.tr("Slide {0}").format(view.slide.id)))
        layout.addWidget(self._state(view))
        self._forms = QButtonGroup(self)
        texts = {
            ExportFormat.JSON: self.tr("&JSON: the slide and every cell with its three opinions"),
            ExportFormat.CSV: self.tr("CS&V: tables of cells and of the differential"),
            ExportFormat.HL7: self.tr("&HL7 v2.5.1: a message ORU^R01 for the laboratory's system"),
            ExportFormat.FHIR: self.tr("&FHIR R4: a diagnostic report with its observations"),
            ExportFormat.CELLS: self.tr("&Cells: images under new names, with labels and review, to open elsewhere"),
            ExportFormat.COCO: self.tr("C&OCO and CVAT: images with the masks of cell and nucleus"),
        }
        for number, (form, text) in enumerate(texts.items()):
            button = QRadioButton(text)
            button.setObjectName(form.value)
            button.setChecked(number == 0)
            self._forms.addButton(button)
            layout.addWidget(button)
        self._forms.buttonToggled.connect(self._on_form)
        layout.addSpacing(self.fontMetrics().height() // 2)
        self.names = QCheckBox(self.tr("With &names: patient, order and files, as the source folder calls them"))
        self.comments = QCheckBox(self.tr("With co&mments, and who was called: free text may name somebody"))
        for box in (self.names, self.comments):
            box.toggled.connect(self._on_identified)
            layout.addWidget(box)
        warning = wrapped(self.tr("This export can tell who the patient is. Give it to nobody who may not know."))
        self.warning = signed_line(QStyle.StandardPixmap.SP_MessageBoxWarning, warning)
        keep = self.warning.sizePolicy()
        keep.setRetainSizeWhenHidden(True)  # so that the dialog does not jump
        self.warning.setSizePolicy(keep)
        self.warning.hide()
        layout.addWidget(self.warning)
        layout.addLayout(self._where(folder))
        layout.addStretch(1)
        layout.addWidget(wrapped(data_text(RESEARCH_USE_LINE)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._export = buttons.addButton(self.tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._on_folder()
        open_at(self, 84, 26)

    def _state(self, view: SlideView) -> QWidget:
        if view.review.signature is None:
            text = self.tr("The slide is not signed: the export says that its results are preliminary.")
            return signed_line(QStyle.StandardPixmap.SP_MessageBoxInformation, wrapped(text))
        if view.review.amended:
            return wrapped(self.tr("The slide was amended and signed: its results go out as corrected."))
        return wrapped(self.tr("The slide is signed: its results go out as final."))

    def _where(self, folder: str) -> QFormLayout:
        self.folder = PathLine(folder, self.tr("Folder"))
        self.folder.textChanged.connect(self._on_folder)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        line = QHBoxLayout()
        line.addWidget(self.folder, 1)
        line.addWidget(choose)
        label = QLabel(self.tr("&Into the folder"))
        label.setBuddy(self.folder)
        form = QFormLayout()
        form.addRow(label, line)
        return form

    def _choose(self) -> None:
        dialog = folder_dialog(self, self.tr("Export into a folder"), self.folder.text(), writes=True)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, folder: str) -> None:
        self.folder.setText(folder)

    def _on_folder(self) -> None:
        self._export.setEnabled(bool(self.folder.text().strip()))

    def _on_form(self) -> None:
        pictures = self.form().pictures
        if pictures:
            self.names.setChecked(False)
        self.names.setEnabled(not pictures)

    def _on_identified(self) -> None:
        self.warning.setVisible(self.names.isChecked() or self.comments.isChecked())

    def form(self) -> ExportFormat:
        """What was chosen."""
        chosen = self._forms.checkedButton()
        return ExportFormat(chosen.objectName()) if chosen else ExportFormat.JSON

    def request(self) -> ExportRequest:
        """Everything that was chosen."""
        folder = Path(self.folder.text().strip()).expanduser()
        return ExportRequest(self.form(), folder, names=self.names.isChecked(), comments=self.comments.isChecked())
