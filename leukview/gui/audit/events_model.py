"""Table model of the audit trail, newest event first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.services.audit.trail import AuditRow

Index = QModelIndex | QPersistentModelIndex
AUDIT_ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class AuditColumn(IntEnum):
    """Columns of the audit trail."""

    NUMBER = 0
    TIME = 1
    REVIEWER = 2
    SLIDE = 3
    KIND = 4
    TEXT = 5


class AuditModel(QAbstractTableModel):
    """Table model of the review log."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[AuditRow, ...] = ()
        self._broken_seq: int | None = None
        self._blind = False

    def set_rows(self, rows: Sequence[AuditRow], *, broken_seq: int | None, blind: bool) -> None:
        """Replace the rows.

        Args:
            rows: Events in ascending order of `seq`.
            broken_seq: `seq` of the first event with a wrong hash; None if the chain is intact.
            blind: Hide texts that reveal the model's predictions.
        """
        self.beginResetModel()
        self._rows, self._broken_seq, self._blind = tuple(reversed(rows)), broken_seq, blind
        self.endResetModel()

    def row_of(self, seq: int) -> int | None:
        """Return the row of an event; None if it is not shown."""
        return next((i for i, row in enumerate(self._rows) if row.event.seq == seq), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of events."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(AuditColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the heading of a column."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = ("No.", "Time", "Reviewer", "Slide", "Kind", "What was done")
        return translate_data(names[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of one field for a role."""
        row = self._rows[index.row()]
        if role == AUDIT_ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, AuditColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return translate_data(row.visible_text(blind=self._blind))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == AuditColumn.NUMBER:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and (row.undone or row.event.seq == self._broken_seq):
            font = QFont()
            font.setStrikeOut(row.undone and index.column() == AuditColumn.TEXT)
            font.setBold(row.event.seq == self._broken_seq)
            return font
        return None

    def _text(self, row: AuditRow, column: AuditColumn) -> str:
        event = row.event
        match column:
            case AuditColumn.NUMBER:
                return f"⚠ {event.seq}" if event.seq == self._broken_seq else str(event.seq)
            case AuditColumn.TIME:
                return _local_time(event.at)
            case AuditColumn.REVIEWER:
                return event.reviewer
            case AuditColumn.SLIDE:
                return event.slide_id
            case AuditColumn.KIND:
                return translate_data(row.visible_kind_text(blind=self._blind))
            case _:
                return translate_data(row.visible_text(blind=self._blind)).replace("\n", " ")


def _local_time(at: str) -> str:
    try:
        return format_datetime(datetime.fromisoformat(at).astimezone(), seconds=True)
    except ValueError:  # a manipulated time stamp is shown unchanged
        return at
