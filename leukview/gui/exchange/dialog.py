"""Dialog of the exchange with the laboratory."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from leukview.gui.exchange.orders_page import OrdersPage
from leukview.gui.exchange.outbox_page import OutboxPage
from leukview.gui.exchange.settings_page import SettingsPage
from leukview.gui.widgets.dialog_helpers import set_initial_size


class LaboratoryDialog(QDialog):
    """Outbox of results, orders and blood counts, settings.

    Args:
        parent: Parent widget.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Laboratory"))
        self.outbox, self.orders, self.settings = OutboxPage(), OrdersPage(), SettingsPage()
        self.tabs = QTabWidget()
        self.tabs.addTab(self.outbox, self.tr("Results sent"))
        self.tabs.addTab(self.orders, self.tr("Orders and blood counts"))
        self.tabs.addTab(self.settings, self.tr("Settings"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(buttons)
        set_initial_size(self, 150, 34)
