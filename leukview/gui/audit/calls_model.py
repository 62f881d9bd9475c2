"""Table model of the call record, newest call first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.services.audit.call_record import AlertCall

Index = QModelIndex | QPersistentModelIndex


class CallColumn(IntEnum):
    """Columns of the call record."""

    TIME = 0
    SLIDE = 1
    ALERT = 2
    CALLED = 3
    NOTE = 4
    REVIEWER = 5


class CallsModel(QAbstractTableModel):
    """Table model of the alert acknowledgements."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: tuple[AlertCall, ...] = ()

    def set_calls(self, calls: Sequence[AlertCall]) -> None:
        """Replace the rows; `calls` are in ascending order of `seq`."""
        self.beginResetModel()
        self._calls = tuple(reversed(calls))
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of calls."""
        return 0 if parent is not None and parent.isValid() else len(self._calls)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(CallColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the heading of a column."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (
            self.tr("Time"),
            self.tr("Slide"),
            self.tr("Alert"),
            self.tr("Person called"),
            self.tr("Note"),
            self.tr("Reviewer"),
        )
        return names[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of one field for a role."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        call = self._calls[index.row()]
        event = call.event
        match CallColumn(index.column()):
            case CallColumn.TIME:
                return format_datetime(datetime.fromisoformat(event.at).astimezone(), seconds=True)
            case CallColumn.SLIDE:
                return event.slide_id
            case CallColumn.ALERT:
                return translate_data(call.alert_title)
            case CallColumn.CALLED:
                return call.called_person or self.tr("no call")
            case CallColumn.NOTE:
                return call.note.replace("\n", " ")
            case _:
                return event.reviewer
