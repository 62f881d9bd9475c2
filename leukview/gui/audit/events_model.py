"""Table model of the audit trail, newest event first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from typing_extensions import override

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
    """Table model of the review log; further pages are requested when the view reaches the end.

    Signals:
        more_requested: The next page is needed; answered by `append_rows`.
    """

    more_requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[AuditRow, ...] = ()
        self._broken_seq: int | None = None
        self._blind = False
        self._has_more = False
        self._requested = False  # the next page is on its way

    def set_has_more(self, *, has_more: bool) -> None:
        """Set whether there is a page after the rows shown."""
        self._has_more, self._requested = has_more, False

    @property
    def has_more(self) -> bool:
        """Whether there is a page after the rows shown."""
        return self._has_more

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return self._has_more and not self._requested and not parent.isValid()

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._requested = True
            self.more_requested.emit()

    def append_rows(self, rows: Sequence[AuditRow]) -> None:
        """Append the rows of a further page, in descending order of `seq`."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += tuple(rows)
            self.endInsertRows()

    def set_broken(self, broken_seq: int | None) -> None:
        """Mark the first event with a wrong hash; None = the chain is intact."""
        self._broken_seq = broken_seq
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(AuditColumn) - 1))

    def set_rows(self, rows: Sequence[AuditRow], *, broken_seq: int | None, blind: bool) -> None:
        """Replace the rows.

        Args:
            rows: Events in descending order of `seq`.
            broken_seq: `seq` of the first event with a wrong hash; None if the chain is intact.
            blind: Hide texts that reveal the model's predictions.
        """
        self.beginResetModel()
        self._rows, self._broken_seq, self._blind = tuple(rows), broken_seq, blind
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
        names = ("No.", "Time", "Reviewer", "Slide", "Kind", "Action")
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
