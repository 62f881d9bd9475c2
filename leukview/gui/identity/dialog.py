"""Dialog for patient, order and specimen of a slide."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.gui.widgets.dialog_helpers import heading_label, set_initial_size, wrapping_label
from leukview.services.ports.identity import SlideIdentity

_DATE = QRegularExpression(r"\d{0,4}(-\d{0,2}(-\d{0,2})?)?")
_TIME = QRegularExpression(r"\d{0,4}(-\d{0,2}(-\d{0,2}([ T]\d{0,2}(:\d{0,2})?)?)?)?")


class IdentityDialog(QDialog):
    """Shows who a slide is of and takes corrections.

    Args:
        slide_id: The slide.
        identity: What is known.
        parent: Parent widget.
    """

    def __init__(self, slide_id: str, identity: SlideIdentity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Patient and order"))
        order, patient = identity.order, identity.order.patient
        self._known = order
        self.family_edit = QLineEdit(patient.family_name)
        self.given_edit = QLineEdit(patient.given_name)
        self.birth_edit = self._limited(patient.birth_date, _DATE, self.tr("YYYY-MM-DD"))
        self.sex_combo = QComboBox()
        for key, text in (
            ("", self.tr("not known")),
            ("F", self.tr("female")),
            ("M", self.tr("male")),
            ("O", self.tr("other")),
        ):
            self.sex_combo.addItem(text, key)
        self.sex_combo.setCurrentIndex(max(0, self.sex_combo.findData(patient.sex)))
        self.number_edit = QLineEdit(patient.number)
        self.order_edit = QLineEdit(order.order_number)
        self.specimen_edit = QLineEdit(order.specimen_number)
        collected = order.collected_at.replace("T", " ")
        self.collected_edit = self._limited(collected, _TIME, self.tr("YYYY-MM-DD HH:MM"), keep=True)
        self.ward_edit, self.requester_edit = QLineEdit(order.ward), QLineEdit(order.requester)
        form = QFormLayout()
        for text, field in (
            (self.tr("&Family name"), self.family_edit),
            (self.tr("&Given name"), self.given_edit),
            (self.tr("&Birth date"), self.birth_edit),
            (self.tr("Se&x"), self.sex_combo),
            (self.tr("Patient &number"), self.number_edit),
            (self.tr("&Order number"), self.order_edit),
            (self.tr("&Specimen number"), self.specimen_edit),
            (self.tr("&Collected"), self.collected_edit),
            (self.tr("&Ward"), self.ward_edit),
            (self.tr("&Requester"), self.requester_edit),
        ):
            field.setAccessibleName(text.replace("&", ""))
            form.addRow(text, field)
        if identity.is_typed:
            source = self.tr("Entered by a person.")
        elif identity.has_order:
            source = self.tr("From the laboratory's order with this order number.")
        else:
            source = self.tr("From the names of the folders.")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("Slide {slide}").format(slide=slide_id), 1.2))
        layout.addWidget(wrapping_label(source))
        layout.addLayout(form)
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "These entries stay encrypted on this workstation. They name the slide here and, if chosen, in "
                    "reports; slides of different patients are never joined because of them."
                )
            )
        )
        layout.addWidget(buttons)
        set_initial_size(self, 70, 26)
        self.family_edit.setFocus()

    @staticmethod
    def _limited(text: str, form: QRegularExpression, hint: str, *, keep: bool = False) -> QLineEdit:
        """Field for a date or time; `keep` leaves what a message gave in another form."""
        field = QLineEdit(text)
        if not keep or form.match(text).capturedLength() == len(text):
            field.setValidator(QRegularExpressionValidator(form, field))
        field.setPlaceholderText(hint)
        return field

    @override
    def keyPressEvent(self, event: object) -> None:
        """Go to the next field with Return, which a barcode reader sends after a number."""
        key = event.key() if hasattr(event, "key") else None
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(self.focusWidget(), QLineEdit):
            self.focusNextChild()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def order(self) -> LabOrder:
        """Return what was entered."""

        def text(field: QLineEdit) -> str:
            return " ".join(field.text().split())

        patient = PatientDetails(
            text(self.number_edit),
            text(self.family_edit),
            text(self.given_edit),
            text(self.birth_edit),
            str(self.sex_combo.currentData()),
        )
        return LabOrder(
            text(self.order_edit),
            self._known.filler_number,
            text(self.specimen_edit),
            text(self.collected_edit).replace(" ", "T", 1),
            patient,
            text(self.ward_edit),
            text(self.requester_edit),
        )
