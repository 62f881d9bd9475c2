"""Dialog that asks why a slide is withdrawn, or taken back into the worklist."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from leukview.gui.widgets.dialog_helpers import heading_label, set_initial_size, wrapping_label


class WithdrawDialog(QDialog):
    """Asks for the reason; a reason is required.

    Args:
        slide_id: Id of the slide.
        withdrawn: Whether the slide is withdrawn now, so that it is taken back.
        parent: Parent widget.
    """

    def __init__(self, slide_id: str, *, withdrawn: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        action = self.tr("Restore") if withdrawn else self.tr("Withdraw")
        self.setWindowTitle(action)
        self.reason_edit = QLineEdit()
        self.reason_edit.setAccessibleName(self.tr("Reason"))
        self.reason_edit.setPlaceholderText(self.tr("Reason, as printed in the record"))
        self.withdraw_button = QPushButton(action)
        self.withdraw_button.setDefault(True)
        self.withdraw_button.setEnabled(False)
        buttons = QDialogButtonBox()
        buttons.addButton(self.withdraw_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("Slide {slide}").format(slide=slide_id), 1.2))
        layout.addWidget(
            wrapping_label(
                self.tr("The slide returns to the worklist.")
                if withdrawn
                else self.tr(
                    "A slide imported by mistake is taken out of the worklist; nothing is deleted. "
                    "It is listed under “Withdrawn”, from where it can be restored."
                )
            )
        )
        layout.addWidget(self.reason_edit)
        layout.addStretch(1)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.reason_edit.textChanged.connect(lambda: self.withdraw_button.setEnabled(bool(self.reason())))
        self.reason_edit.setFocus()
        set_initial_size(self, 80, 11)

    def reason(self) -> str:
        """Return the reason."""
        return self.reason_edit.text().strip()
