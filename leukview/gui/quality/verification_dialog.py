"""Dialog of a verification: signed slides beside counts at the microscope."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTableView, QTabWidget, QVBoxLayout, QWidget

from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    heading_label,
    read_only_table,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.verification.protocol import blast_lines, summary_lines
from leukview.services.verification.results import MethodComparison, Verification


class VerificationDialog(QDialog):
    """Shows bias, limits, slope and counting error of each class, and the detection of blasts.

    Args:
        found: The verification.
        taxonomy: Names the classes.
        parent: Parent widget.

    Signals:
        protocol_requested: The user wants the protocol as PDF.
    """

    protocol_requested = Signal()

    def __init__(self, found: Verification, taxonomy: Taxonomy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Verification against the microscope"))
        text = self.tr("Films compared: {0}. Left out: {1}.").format(len(found.films), len(found.left_out))
        for line, reason in found.left_out[:5]:
            text += "\n" + self.tr("Line {0} of the table: {1}").format(line, translate_data(reason))
        self.summary_label = wrapping_label(text)
        self.tabs = QTabWidget()
        self.tables: list[QTableView] = []
        self.tabs.addTab(self._page(found.reviewed, taxonomy), self.tr("Reviewed and signed"))
        self.tabs.addTab(self._page(found.model, taxonomy), self.tr("Model alone"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save_button = buttons.addButton(self.tr("Save protocol…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setEnabled(bool(found.films))
        self.result_label = wrapping_label("")
        layout = QVBoxLayout(self)
        layout.addWidget(self.summary_label)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.result_label)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.save_button.clicked.connect(self.protocol_requested)
        set_initial_size(self, 130, 34)

    def show_result(self, text: str) -> None:
        """Tell where the protocol was saved."""
        self.result_label.setText(text)

    def _page(self, found: MethodComparison, taxonomy: Taxonomy) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        classes = [
            self.tr("Class"),
            self.tr("Bias (95 % interval), %"),
            self.tr("Limits of agreement, %"),
            self.tr("Slope (95 % interval)"),
            self.tr("Within counting error"),
        ]
        blasts = [
            self.tr("Positive from"),
            self.tr("Positive films"),
            self.tr("Sensitivity (exact 95 % interval)"),
            self.tr("Other films"),
            self.tr("Specificity (exact 95 % interval)"),
        ]
        layout.addWidget(self._table(self.tr("Classes"), classes, summary_lines(found, taxonomy)), 2)
        layout.addWidget(heading_label(self.tr("Blasts")))
        layout.addWidget(self._table(self.tr("Blasts"), blasts, blast_lines(found)), 1)
        note = self.tr(
            "Bias and limits: Bland and Altman. Slope: Passing and Bablok, from 10 films on. Counting error: Fisher's "
            "exact test, as in Rümke's table; at least 95 % are expected."
        )
        layout.addWidget(wrapping_label(note))
        return page

    def _table(self, name: str, headings: list[str], rows: tuple[tuple[str, ...], ...]) -> QTableView:
        table = read_only_table(name)
        model = TextTableModel(headings, table)
        model.set_rows(rows)
        table.setModel(model)
        table.horizontalHeader().setStretchLastSection(True)
        fit_columns(table, 46)
        self.tables.append(table)
        return table
