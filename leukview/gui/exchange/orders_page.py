"""List of orders and blood counts that arrived, with those that a person must decide."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leukview.domain.exchange.incoming import ItemState, ReceivedItem
from leukview.domain.exchange.orders import LabOrder
from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.gui.widgets.dialog_helpers import fit_columns, read_only_table, wrapping_label
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.exchange.inbox import contradiction_text

_HIDDEN = "•••"


class OrdersPage(QWidget):
    """What arrived, the newest first; below it the selected item beside what is known.

    Signals:
        decided: Key of an item, and whether what arrived is used.
    """

    decided = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ReceivedItem, ...] = ()
        self._items: list[ReceivedItem] = []
        self._show_names = False
        self.state_label = wrapping_label("")
        self.state_label.setAccessibleName(self.tr("State of the orders"))
        self.undecided_box = QCheckBox(self.tr("To be decided only"))
        headings = [
            self.tr("State"),
            self.tr("Kind"),
            self.tr("Arrived"),
            self.tr("Order"),
            self.tr("Specimen"),
            self.tr("Patient"),
            self.tr("Remark"),
        ]
        self.table = read_only_table(self.tr("Orders and blood counts"))
        self.model = TextTableModel(headings, self.table)
        self.table.setModel(self.model)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.question_label = wrapping_label("")
        self.accept_button = QPushButton(self.tr("Use what arrived"))
        self.reject_button = QPushButton(self.tr("Keep what was known"))
        self._comparison = QWidget()
        self._grid = QGridLayout(self._comparison)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._cells = [[QLabel() for _ in range(3)] for _ in range(7)]
        for row, labels in enumerate(self._cells):
            for column, label in enumerate(labels):
                label.setTextFormat(Qt.TextFormat.PlainText)
                self._grid.addWidget(label, row, column)
        buttons = QHBoxLayout()
        buttons.addWidget(self.question_label, 1)
        buttons.addWidget(self.accept_button)
        buttons.addWidget(self.reject_button)
        head = QHBoxLayout()
        head.addWidget(self.state_label, 1)
        head.addWidget(self.undecided_box)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._comparison)
        layout.addLayout(buttons)
        self.undecided_box.toggled.connect(self._fill)
        self.table.selectionModel().selectionChanged.connect(self._show_selected)
        self.accept_button.clicked.connect(lambda: self._decide(accept=True))
        self.reject_button.clicked.connect(lambda: self._decide(accept=False))
        self._show_selected()

    def show_items(self, items: tuple[ReceivedItem, ...], *, state: str, show_names: bool) -> None:
        """Show what arrived.

        Args:
            items: The newest first.
            state: Whether LeukView listens, in words.
            show_names: Whether the viewer may see names and numbers of patients.
        """
        self._all, self._show_names = items, show_names
        waiting = sum(item.state is ItemState.UNDECIDED for item in items)
        text = self.tr("{0} to be decided").format(waiting) if waiting else self.tr("Nothing to be decided")
        self.state_label.setText(f"{text} · {state}")
        self._fill()

    def _fill(self) -> None:
        selected = self._selected()
        chosen = [i for i in self._all if i.state is ItemState.UNDECIDED or not self.undecided_box.isChecked()]
        self._items = chosen
        self.model.set_rows([self._row(item) for item in chosen])
        fit_columns(self.table, 36)
        keys = [item.key for item in chosen]
        if selected is not None and selected.key in keys:
            self.table.selectRow(keys.index(selected.key))
        self._show_selected()

    def _row(self, item: ReceivedItem) -> tuple[str, ...]:
        states = {
            ItemState.RECORDED: self.tr("recorded"),
            ItemState.UNDECIDED: self.tr("⚠ to be decided"),
            ItemState.ACCEPTED: self.tr("used, by {0}").format(item.decided_by),
            ItemState.REJECTED: self.tr("not used, by {0}").format(item.decided_by),
            ItemState.REFUSED: self.tr("⚠ refused"),
        }
        kinds = {"order": self.tr("order"), "blood count": self.tr("blood count"), "message": self.tr("message")}
        remark = translate_data(contradiction_text(item.contradictions)) if item.contradictions else item.reason
        if item.order is not None and item.order.is_cancelled:
            remark = self.tr("cancelled")
        order = item.order or LabOrder(specimen_number=item.count.sample_number if item.count else "")
        patient = " ".join(part for part in (order.patient.family_name, order.patient.given_name) if part)
        identifying = (order.order_number, order.specimen_number, patient or order.patient.number)
        at = format_datetime(datetime.fromisoformat(item.received_at).astimezone())
        return (states[item.state], kinds[item.kind], at, *(self._name(text) for text in identifying), remark)

    def _name(self, text: str) -> str:
        return text if self._show_names or not text else _HIDDEN

    def _selected(self) -> ReceivedItem | None:
        rows = self.table.selectionModel().selectedRows()
        return self._items[rows[0].row()] if rows and rows[0].row() < len(self._items) else None

    def _show_selected(self) -> None:
        item = self._selected()
        is_open = item is not None and item.state is ItemState.UNDECIDED
        self._comparison.setVisible(is_open)
        self.question_label.setVisible(is_open)
        for button in (self.accept_button, self.reject_button):
            button.setVisible(is_open)
            button.setEnabled(self._show_names)
        if item is None or not is_open:
            return
        self.question_label.setText(
            self.tr("Is it the same patient? Until somebody decides, what arrived is not used.")
            if self._show_names
            else self.tr("Only somebody who may see names of patients decides.")
        )
        arrived = item.order or LabOrder()
        if item.count is not None:
            arrived = LabOrder(specimen_number=item.count.sample_number)
        known = item.known or LabOrder()
        number = item.count.patient_number if item.count else arrived.patient.number
        rows = [
            ("", self.tr("Known"), self.tr("Arrived"), False),
            (self.tr("Order, specimen"), ", ".join(known.numbers), ", ".join(arrived.numbers), False),
            (self.tr("Patient number"), known.patient.number, number, "number" in item.contradictions),
            (self.tr("Family name"), known.patient.family_name, arrived.patient.family_name,
             "family_name" in item.contradictions),
            (self.tr("Given name"), known.patient.given_name, arrived.patient.given_name,
             "given_name" in item.contradictions),
            (self.tr("Birth date"), known.patient.birth_date, arrived.patient.birth_date,
             "birth_date" in item.contradictions),
            (self.tr("Sex"), known.patient.sex, arrived.patient.sex, "sex" in item.contradictions),
        ]  # fmt: skip
        for labels, (title, left, right, differs) in zip(self._cells, rows, strict=True):
            is_head = not title
            for label, text in zip(labels, (title, left, right), strict=True):
                label.setText(text if is_head or label is labels[0] else self._name(text) or "–")
                font = label.font()
                font.setBold(is_head or (differs and label is not labels[0]))
                label.setFont(font)

    def _decide(self, *, accept: bool) -> None:
        if (item := self._selected()) is not None:
            self.decided.emit(item.key, accept)
