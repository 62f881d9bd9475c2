"""A table of texts, for dialogs that show lines to read."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex
_NO_TIPS: Mapping[int, str] = MappingProxyType({})


class TextTableModel(QAbstractTableModel):
    """A table of texts; the columns `numbers` hold numbers, which stand right, and their headings with them."""

    def __init__(self, headings: Sequence[str], parent: QWidget, numeric_columns: Container[int] = ()) -> None:
        super().__init__(parent)
        self._headings, self._rows, self._numeric_columns = list(headings), list[tuple[str, ...]](), numeric_columns
        self._muted: Container[int] = ()
        self._italic: Container[int] = ()
        self._tool_tips = _NO_TIPS

    def set_headings(self, headings: Sequence[str]) -> None:
        """Name the columns, as many as before."""
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
        """Show these; some lines muted, some slanted, some with a tip on their first word."""
        self.beginResetModel()
        self._rows, self._muted, self._italic, self._tool_tips = list(rows), muted, italic, tool_tips
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: lines."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt: columns."""
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role != Qt.ItemDataRole.DisplayRole:
            return self._alignment(section, role)
        after_number = section - 1 in self._numeric_columns and section not in self._numeric_columns
        return f"\u2002{self._headings[section]}" if after_number else self._headings[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: one field."""
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
