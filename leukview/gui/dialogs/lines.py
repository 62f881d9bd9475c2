"""A table of texts, for dialogs that show lines to read."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex


class Lines(QAbstractTableModel):
    """A table of texts; the columns `numbers` hold numbers, which stand right, and their headings with them."""

    def __init__(self, headings: Sequence[str], parent: QWidget, numbers: Container[int] = ()) -> None:
        super().__init__(parent)
        self._headings, self._lines, self._numbers = list(headings), list[tuple[str, ...]](), numbers

    def show_lines(self, lines: Sequence[tuple[str, ...]]) -> None:
        """Show these."""
        self.beginResetModel()
        self._lines = list(lines)
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
        return self._aligned(index.column(), role)

    def _aligned(self, column: int, role: int) -> int | None:
        if role == Qt.ItemDataRole.TextAlignmentRole and column in self._numbers:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None
