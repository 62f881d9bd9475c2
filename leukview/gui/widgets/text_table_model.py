"""A read-only table model of texts, for dialogs."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex
_NO_TIPS: Mapping[int, str] = MappingProxyType({})


class TextTableModel(QAbstractTableModel):
    """A table of texts; numeric columns and their headings are aligned right."""

    def __init__(self, headings: Sequence[str], parent: QWidget, numeric_columns: Container[int] = ()) -> None:
        super().__init__(parent)
        self._headings, self._rows, self._numeric_columns = list(headings), list[tuple[str, ...]](), numeric_columns
        self._muted: Container[int] = ()
        self._italic: Container[int] = ()
        self._tool_tips = _NO_TIPS

    def set_headings(self, headings: Sequence[str]) -> None:
        """Replace the column headings; their number must not change."""
        self._headings = list(headings)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._headings) - 1)

    def set_rows(
        self,
        rows: Sequence[tuple[str, ...]],
        *,
        muted: Container[int] = (),
        italic: Container[int] = (),
        tool_tips: Mapping[int, str] = _NO_TIPS,
    ) -> None:
        """Replace the rows.

        Args:
            rows: Texts of each row, one per column.
            muted: Indexes of rows in the placeholder colour.
            italic: Indexes of rows in italics.
            tool_tips: Tool tip of the first column by row index.
        """
        self.beginResetModel()
        self._rows, self._muted, self._italic, self._tool_tips = list(rows), muted, italic, tool_tips
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of rows, see `QAbstractItemModel.rowCount`."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns, see `QAbstractItemModel.columnCount`."""
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Heading of a column, see `QAbstractItemModel.headerData`."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role != Qt.ItemDataRole.DisplayRole:
            return self._alignment(section, role)
        after_number = section - 1 in self._numeric_columns and section not in self._numeric_columns
        return f"\u2002{self._headings[section]}" if after_number else self._headings[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text and format of a cell, see `QAbstractItemModel.data`."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return self._tool_tips.get(index.row())
        if role == Qt.ItemDataRole.ForegroundRole and index.row() in self._muted:
            return QGuiApplication.palette().brush(QPalette.ColorRole.PlaceholderText)
        if role == Qt.ItemDataRole.FontRole and index.row() in self._italic:
            font = QFont()
            font.setItalic(True)
            return font
        return self._alignment(index.column(), role)

    def _alignment(self, column: int, role: int) -> int | None:
        if role == Qt.ItemDataRole.TextAlignmentRole and column in self._numeric_columns:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None
