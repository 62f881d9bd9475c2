"""Licences dialog: the notices about the libraries that the program uses."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from leukview.core.paths import resources_dir
from leukview.gui.widgets.dialog_helpers import set_default_button, set_initial_size


class LicencesDialog(QDialog):
    """Shows the licence of LeukView, the terms of its models and the third-party notices.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licences"))
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(self.tr("Licences of LeukView and of the libraries it uses"))
        # Only text of the installation is shown; a click must not reach for the network.
        self.browser.setOpenLinks(False)
        notices = resources_dir() / "licences" / "THIRD-PARTY.md"
        models = resources_dir() / "models" / "LICENSE.md"
        self.browser.setMarkdown("\n\n".join(p.read_text(encoding="utf-8") for p in (notices, models)))
        buttons = QDialogButtonBox()
        self.close_button = QPushButton(self.tr("Close"))
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser, 1)
        layout.addWidget(buttons)
        set_default_button(self.close_button)
        self.close_button.setFocus()
        set_initial_size(self, 100, 44)
