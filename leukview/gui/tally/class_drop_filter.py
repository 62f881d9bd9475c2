"""Drop target that assigns the class of a table row to the dropped cells."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QTableView
from typing_extensions import override

from leukview.gui.gallery.model import dragged_cell_ids


class ClassDropFilter(QObject):
    """Event filter of a table whose rows are classes; highlights the row under a drag.

    Signals:
        cells_dropped: Ids of the cells, and the class key of the row that they were dropped on.
    """

    cells_dropped = Signal(object, str)

    def __init__(self, table: QTableView, key_role: int) -> None:
        super().__init__(table)
        self._table, self._key_role = table, key_role
        table.setAcceptDrops(True)
        table.viewport().setAcceptDrops(True)
        table.viewport().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.DragEnter | QEvent.Type.DragMove | QEvent.Type.Drop:
                if isinstance(event, QDropEvent):
                    self._handle_drag(event)
                return True
            case QEvent.Type.DragLeave:
                self._table.clearSelection()
                return True
            case _:
                return False

    def _handle_drag(self, event: QDropEvent) -> None:
        cells = dragged_cell_ids(event.mimeData())
        index = self._table.indexAt(event.position().toPoint())
        key = str(index.data(self._key_role) or "") if cells and index.isValid() else ""
        self._highlight_row(index if key and event.type() != QEvent.Type.Drop else QModelIndex())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(bool(key) or (bool(cells) and event.type() == QEvent.Type.DragEnter))
        if key and event.type() == QEvent.Type.Drop:
            self.cells_dropped.emit(cells, key)

    def _highlight_row(self, index: QModelIndex) -> None:
        if index.isValid():
            self._table.selectRow(index.row())
        else:
            self._table.clearSelection()
