"""Amending a signed slide: which signature stands, and why the slide is opened again."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from leukview.domain.review.events import Signature
from leukview.gui.app.i18n import moment
from leukview.gui.widgets.dialog_helpers import heading, open_at, wrapped


class AmendDialog(QDialog):
    """Asks for the reason of an amendment; without one there is none.

    Args:
        slide_id: The slide.
        signature: What stands now.
        parent: The window.
    """

    def __init__(self, slide_id: str, signature: Signature, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Amend"))
        self._reason = QLineEdit()
        self._reason.setAccessibleName(self.tr("Reason"))
        self._reason.setPlaceholderText(self.tr("Reason, as it is to stand in the record and in the report"))
        when = moment(datetime.fromisoformat(signature.at).astimezone())
        buttons = QDialogButtonBox()
        self.amend_button = QPushButton(self.tr("Amend"))
        self.amend_button.setDefault(True)
        self.amend_button.setEnabled(False)
        buttons.addButton(self.amend_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.addWidget(heading(self.tr("Slide {slide}").format(slide=slide_id), 1.2))
        layout.addWidget(wrapped(self.tr("Signed by {who}, {when}").format(who=signature.name, when=when)))
        layout.addWidget(wrapped(self.tr("Why is the signed slide amended? The first signature stays in the record.")))
        layout.addWidget(self._reason)
        layout.addStretch(1)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._reason.textChanged.connect(self._check)
        self._reason.setFocus()
        open_at(self, 80, 11)

    def reason(self) -> str:
        """Why."""
        return self._reason.text().strip()

    def _check(self) -> None:
        self.amend_button.setEnabled(bool(self.reason()))
