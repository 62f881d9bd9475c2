"""List of the results in the outbox."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from leukview.domain.exchange.outbox import DeliveryState, OutboxEntry
from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.gui.widgets.dialog_helpers import fit_columns, read_only_table, wrapping_label
from leukview.gui.widgets.text_table_model import TextTableModel


class OutboxPage(QWidget):
    """Results with their state, the newest first.

    Signals:
        send_requested: Control ids of results that are to be sent (again) now.
    """

    send_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[OutboxEntry, ...] = ()
        self.state_label = wrapping_label("")
        self.state_label.setAccessibleName(self.tr("State of the outbox"))
        headings = [
            self.tr("State"),
            self.tr("Slide"),
            self.tr("Result"),
            self.tr("Queued"),
            self.tr("Attempts"),
            self.tr("Answer"),
            self.tr("Reason"),
        ]
        self.table = read_only_table(self.tr("Results"))
        self.model = TextTableModel(headings, self.table, numeric_columns={4})
        self.table.setModel(self.model)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.again_button = QPushButton(self.tr("Send again"))
        self.again_button.setToolTip(self.tr("Send the selected result again, under the same message number."))
        self.all_button = QPushButton(self.tr("Send all now"))
        self.all_button.setToolTip(self.tr("Try everything that waits or was refused at once."))
        row = QHBoxLayout()
        row.addWidget(self.state_label, 1)
        row.addWidget(self.again_button)
        row.addWidget(self.all_button)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        self.again_button.clicked.connect(self._send_selected)
        self.all_button.clicked.connect(self._send_all)
        self.table.selectionModel().selectionChanged.connect(self._update_buttons)
        self._update_buttons()

    def show_entries(
        self, entries: tuple[OutboxEntry, ...], *, enabled: bool, retry_at: str, problem: str, show_reasons: bool
    ) -> None:
        """Show the outbox.

        Args:
            entries: The newest first.
            enabled: Whether the site has results sent.
            retry_at: When a silent receiver is tried again, UTC, ISO 8601; "" = it is not silent.
            problem: Why the last round of sending ended early.
            show_reasons: Whether the viewer may read reasons, which may name patients.
        """
        selected = self._selected()
        self._entries = entries
        rows = []
        results = {"F": self.tr("final"), "C": self.tr("corrected"), "W": self.tr("withdrawn")}
        for entry in entries:
            reason = entry.reason if show_reasons or not entry.reason else self.tr("hidden: it may name the patient")
            rows.append(
                (
                    self._state_text(entry.state),
                    entry.slide_id,
                    results.get(entry.status, entry.status),
                    _time_text(entry.created_at),
                    str(entry.attempts),
                    f"{entry.answer} {_time_text(entry.answered_at)}".strip(),
                    translate_data(reason),
                )
            )
        delivered = {n for n, entry in enumerate(entries) if entry.state is DeliveryState.DELIVERED}
        self.model.set_rows(rows, muted=delivered)
        fit_columns(self.table, 40)
        self.state_label.setText(self._summary(enabled=enabled, retry_at=retry_at, problem=problem))
        for number, entry in enumerate(entries):
            if selected is not None and entry.control_id == selected.control_id:
                self.table.selectRow(number)
        self._update_buttons()

    def _summary(self, *, enabled: bool, retry_at: str, problem: str) -> str:
        if not enabled:
            return self.tr("Results are not sent. The settings turn this on.")
        counts = Counter(entry.state for entry in self._entries)
        text = self.tr("{0} waiting · {1} refused · {2} delivered").format(
            *(counts[state] for state in (DeliveryState.WAITING, DeliveryState.REFUSED, DeliveryState.DELIVERED))
        )
        if problem:
            text += "\n" + translate_data(problem)
        if retry_at and counts[DeliveryState.WAITING]:
            text += " " + self.tr("Next attempt: {0}.").format(_time_text(retry_at))
        return text

    def _state_text(self, state: DeliveryState) -> str:
        texts = {
            DeliveryState.WAITING: self.tr("waiting"),
            DeliveryState.DELIVERED: self.tr("delivered"),
            DeliveryState.REFUSED: self.tr("⚠ refused"),
        }
        return texts[state]

    def _selected(self) -> OutboxEntry | None:
        rows = self.table.selectionModel().selectedRows()
        return self._entries[rows[0].row()] if rows and rows[0].row() < len(self._entries) else None

    def _update_buttons(self) -> None:
        entry = self._selected()
        self.again_button.setEnabled(entry is not None and entry.state is not DeliveryState.DELIVERED)
        self.all_button.setEnabled(any(e.state is not DeliveryState.DELIVERED for e in self._entries))

    def _send_selected(self) -> None:
        if (entry := self._selected()) is not None:
            self.send_requested.emit((entry.control_id,))

    def _send_all(self) -> None:
        waiting = tuple(e.control_id for e in self._entries if e.state is not DeliveryState.DELIVERED)
        self.send_requested.emit(waiting)


def _time_text(iso: str) -> str:
    """A stored time in local form; "" for none."""
    try:
        return format_datetime(datetime.fromisoformat(iso).astimezone())
    except ValueError:
        return ""
