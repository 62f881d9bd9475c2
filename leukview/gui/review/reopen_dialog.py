"""Dialog that asks for the reason to reopen a signed slide."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from leukview.domain.review.events import Signature
from leukview.gui.app.i18n import format_datetime
from leukview.gui.widgets.dialog_helpers import heading_label, set_default_button, set_initial_size, wrapping_label


class ReopenDialog(QDialog):
    """Asks for the reason to reopen a signed slide; a reason is required.

    Args:
        slide_id: Id of the slide.
        signature: The current signature.
        parent: Parent widget.
    """

    def __init__(self, slide_id: str, signature: Signature, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Amend"))
        self._reason_edit = QLineEdit()
        self._reason_edit.setAccessibleName(self.tr("Reason"))
        self._reason_edit.setPlaceholderText(self.tr("Reason, as printed in the record and the report"))
        when = format_datetime(datetime.fromisoformat(signature.at).astimezone())
        buttons = QDialogButtonBox()
        self.amend_button = QPushButton(self.tr("Amend"))
        self.amend_button.setEnabled(False)
        buttons.addButton(self.amend_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("Slide {slide}").format(slide=slide_id), 1.2))
        layout.addWidget(wrapping_label(self.tr("Signed by {who}, {when}").format(who=signature.name, when=when)))
        layout.addWidget(
            wrapping_label(self.tr("Why is the signed slide amended? The first signature stays on record."))
        )
        layout.addWidget(self._reason_edit)
        layout.addStretch(1)
        layout.addWidget(buttons)
        set_default_button(self.amend_button)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._reason_edit.textChanged.connect(self._update_button)
        self._reason_edit.setFocus()
        set_initial_size(self, 80, 11)

    def reason(self) -> str:
        """Return the reason."""
        return self._reason_edit.text().strip()

    def _update_button(self) -> None:
        self.amend_button.setEnabled(bool(self.reason()))
