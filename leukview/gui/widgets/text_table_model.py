"""A table of texts, for dialogs that show lines to read."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex
_NONE: Mapping[int, str] = MappingProxyType({})


class Lines(QAbstractTableModel):
    """A table of texts; the columns `numbers` hold numbers, which stand right, and their headings with them."""

    def __init__(self, headings: Sequence[str], parent: QWidget, numbers: Container[int] = ()) -> None:
        super().__init__(parent)
        self._headings, self._lines, self._numbers = list(headings), list[tuple[str, ...]](), numbers
        self._muted: Container[int] = ()
        self._slanted: Container[int] = ()
        self._tips = _NONE

    def set_headings(self, headings: Sequence[str]) -> None:
        """Name the columns, as many as before."""
        self._headings = list(headings)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._headings) - 1)

    def show_lines(
        self,
        lines: Sequence[tuple[str, ...]],
        *,
        muted: Container[int] = (),
        slanted: Container[int] = (),
        tips: Mapping[int, str] = _NONE,
    ) -> None:
        """Show these; some lines muted, some slanted, some with a tip on their first word."""
        self.beginResetModel()
        self._lines, self._muted, self._slanted, self._tips = list(lines), muted, slanted, tips
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: lines."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt: columns."""
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role != Qt.ItemDataRole.DisplayRole:
            return self._aligned(section, role)
        after_number = section - 1 in self._numbers and section not in self._numbers
        return f"\u2002{self._headings[section]}" if after_number else self._headings[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: one field."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._lines[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return self._tips.get(index.row())
        if role == Qt.ItemDataRole.ForegroundRole and index.row() in self._muted:
            return QGuiApplication.palette().brush(QPalette.ColorRole.PlaceholderText)
        if role == Qt.ItemDataRole.FontRole and index.row() in self._slanted:
            font = QFont()
            font.setItalic(True)
            return font
        return self._aligned(index.column(), role)

    def _aligned(self, column: int, role: int) -> int | None:
        if role == Qt.ItemDataRole.TextAlignmentRole and column in self._numbers:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None
