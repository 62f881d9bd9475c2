"""Dialog that compares two readings of a slide and records the consensus."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.review.agreement import Agreement, Disagreement
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    heading_label,
    read_only_table,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.text_table_model import TextTableModel


class AgreementDialog(QDialog):
    """Shows Cohen's κ and the disagreements, and asks for a consensus on each.

    Args:
        agreement: Agreement of the first with a finished second reading.
        numbers: Cell id → displayed cell number.
        taxonomy: Class names.
        signed: Whether the slide is signed; a consensus then requires reopening it first.
        parent: Parent widget.
    """

    consensus_requested = Signal(str, str)  # cell id, class key; "" = withdraw the consensus
    show_cells_requested = Signal(object)  # tuple of cell ids

    def __init__(
        self,
        agreement: Agreement,
        numbers: Mapping[str, int],
        taxonomy: Taxonomy,
        *,
        signed: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._numbers, self._taxonomy, self._signed = numbers, taxonomy, signed
        self._agreement = agreement
        self.setWindowTitle(self.tr("First and second reader"))
        self.headline_label = heading_label("", 1.2)
        self.facts_label = wrapping_label("")
        self.model = TextTableModel(("", "", "", ""), self)
        self.view = read_only_table(self.tr("Cells on which the readers disagree"))
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setModel(self.model)
        self.first_button = QPushButton(self.tr("&1  First reader's class"))
        self.second_button = QPushButton(self.tr("&2  Second reader's class"))
        self.class_combo = QComboBox()
        self.class_combo.setAccessibleName(self.tr("Another class"))
        for cell_class in taxonomy.classes:
            self.class_combo.addItem(cell_class.name, cell_class.key)
        self.other_button = QPushButton(self.tr("&3  This class"))
        self.reopen_button = QPushButton(self.tr("&0  Leave unresolved"))
        for key, button in (
            ("1", self.first_button),
            ("2", self.second_button),
            ("3", self.other_button),
            ("0", self.reopen_button),
        ):
            button.setAutoDefault(False)
            QShortcut(QKeySequence(key), self.view, button.click, context=Qt.ShortcutContext.WidgetShortcut)
        self.show_button = QPushButton(self.tr("S&how in the gallery"))
        self.show_button.setAutoDefault(False)
        row = QHBoxLayout()
        for part in (self.first_button, self.second_button, self.class_combo, self.other_button, self.reopen_button):
            row.addWidget(part)
        row.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.show_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.headline_label)
        layout.addWidget(self.facts_label)
        layout.addWidget(self.view, 1)
        layout.addWidget(wrapping_label(self._help_text()))
        layout.addLayout(row)
        layout.addWidget(buttons)
        self.first_button.clicked.connect(lambda: self._request_consensus(lambda d: d.first_label))
        self.second_button.clicked.connect(lambda: self._request_consensus(lambda d: d.second_label))
        self.other_button.clicked.connect(
            lambda: self._request_consensus(lambda _: str(self.class_combo.currentData()))
        )
        self.reopen_button.clicked.connect(lambda: self._request_consensus(lambda _: ""))
        self.show_button.clicked.connect(self._show_cells)
        self.view.selectionModel().selectionChanged.connect(self._update_buttons)
        self.show_agreement(agreement)
        self.view.setFocus()
        set_initial_size(self, 112, 30)

    def _help_text(self) -> str:
        if self._signed:
            return self.tr("The slide is signed. To resolve a disagreement, close this list and amend the slide.")
        return self.tr(
            "Resolve disagreements together: select a row, then press 1 or 2 for the class of the "
            "first or second reader, 3 for the class in the box, or 0 to leave it unresolved. The "
            "labels of both readers stay on record."
        )

    def show_agreement(self, agreement: Agreement) -> None:
        """Show the current agreement and select the next open disagreement."""
        self._agreement = agreement
        at = max(0, self.view.currentIndex().row())
        kappa = agreement.kappa
        self.headline_label.setText(self._headline_text())
        share = ""
        if agreement.agreement_share:
            share = self.tr(" (95 % interval {0:.1f}–{1:.1f} %)").format(
                100 * agreement.agreement_share.low, 100 * agreement.agreement_share.high
            )
        text = (
            self.tr(
                "{agreed} of {n} cells labelled by both readers have the same class: {percent:.1f} %{share}. "
            ).format(agreed=agreement.agreed_count, n=kappa.n, percent=100 * kappa.observed, share=share)
            + self.tr("Agreement expected by chance: {0:.1f} %. ").format(100 * kappa.expected)
            + self.tr("{0} disagreements, {1} unresolved.").format(len(agreement.disagreements), agreement.open_count)
        )
        self.facts_label.setText(text.replace(" %", "\u00a0%"))  # no line break between number and percent sign
        self.model.set_headings(
            [self.tr("Cell"), agreement.first_reader, agreement.second_reader, self.tr("Consensus")]
        )
        lines = []
        for disagreement in agreement.disagreements:
            consensus = self._class_name(disagreement.consensus) if disagreement.consensus else self.tr("unresolved")
            if disagreement.consensus_by:
                consensus += f" · {disagreement.consensus_by}"
            texts = (
                str(self._numbers.get(disagreement.cell_id, 0)),
                self._class_name(disagreement.first_label),
                self._class_name(disagreement.second_label),
            )
            lines.append((*texts, consensus))
        self.model.set_rows(lines)
        fit_columns(self.view, 32)
        self.view.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        if agreement.disagreements:
            open_rows = [i for i, d in enumerate(agreement.disagreements) if not d.consensus]
            later = [i for i in open_rows if i >= at]
            self.view.selectRow((later or open_rows or [min(at, len(agreement.disagreements) - 1)])[0])
        self._update_buttons()

    def _headline_text(self) -> str:
        kappa = self._agreement.kappa
        if kappa.value is None:
            return self.tr(
                "Cohen's κ cannot be computed: only one class was used, or no cell was labelled by both readers."
            )
        if kappa.interval is None:
            return self.tr("Cohen's κ {0:.2f}").format(kappa.value)
        return self.tr("Cohen's κ {0:.2f} (95 % interval {1:.2f} to {2:.2f})").format(
            kappa.value, kappa.interval.low, kappa.interval.high
        )

    def _class_name(self, key: str) -> str:
        return next((c.name for c in self._taxonomy.classes if c.key == key), key)

    def _selected_disagreements(self) -> list[Disagreement]:
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self._agreement.disagreements[row] for row in rows]

    def _update_buttons(self) -> None:
        chosen = self._selected_disagreements()
        self.show_button.setEnabled(bool(chosen))
        for part in (self.first_button, self.second_button, self.class_combo, self.other_button):
            part.setEnabled(bool(chosen) and not self._signed)
        self.reopen_button.setEnabled(any(d.consensus for d in chosen) and not self._signed)

    def _request_consensus(self, label: Callable[[Disagreement], str]) -> None:
        for disagreement in self._selected_disagreements():
            self.consensus_requested.emit(disagreement.cell_id, label(disagreement))

    def _show_cells(self) -> None:
        cells = tuple(d.cell_id for d in self._selected_disagreements())
        self.accept()
        self.show_cells_requested.emit(cells)
