"""A tree of values for a view to read, as a `QStandardItemModel` without an object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

Index = QModelIndex | QPersistentModelIndex
_TOP = -1


class Branching(Protocol):
    """A value with the values beneath it."""

    @property
    def children(self) -> Sequence[Branching]:
        """In order."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands."""

    value: Any
    parent: int
    row: int
    children: list[int] = field(default_factory=list)


class TreeModel(QAbstractItemModel):
    """Adapts a tree of values to a view; a node is known to Qt by its number alone."""

    def __init__(
        self,
        columns: int,
        read: Callable[[Any, int, int], object],
        parent: QObject | None = None,
        selectable: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        """`read(value, column, role)` says what Qt wants to know; the values are those of `show_tree`."""
        super().__init__(parent)
        self._columns, self._read, self._selectable = columns, read, selectable
        self._places: list[_Place] = []
        self._top: list[int] = []

    def show_tree(self, roots: Sequence[Branching]) -> None:
        """Show these."""
        self.beginResetModel()
        self._places = []
        self._top = [self._place(root, _TOP, row) for row, root in enumerate(roots)]
        self.endResetModel()

    def _place(self, value: Branching, parent: int, row: int) -> int:
        number = len(self._places)
        place = _Place(value, parent, row)
        self._places.append(place)
        place.children.extend(self._place(child, number, at) for at, child in enumerate(value.children))
        return number

    def indexes(self) -> Iterator[QModelIndex]:
        """The first column of every node, each before those beneath it."""
        return (self.createIndex(place.row, 0, number) for number, place in enumerate(self._places))

    def value(self, index: Index) -> Any:
        """The value of a node."""
        return self._places[index.internalId()].value

    def _beneath(self, parent: Index) -> list[int]:
        if not parent.isValid():
            return self._top
        return self._places[parent.internalId()].children if parent.column() == 0 else []

    @override
    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 – a constant
        beneath = self._beneath(parent)
        if not (0 <= row < len(beneath) and 0 <= column < self._columns):
            return QModelIndex()
        return self.createIndex(row, column, beneath[row])

    @override
    def parent(self, child: Index | None = None) -> Any:
        if child is None:
            return super().parent()
        above = self._places[child.internalId()].parent if child.isValid() else _TOP
        return QModelIndex() if above == _TOP else self.createIndex(self._places[above].row, 0, above)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 – a constant
        return len(self._beneath(parent))

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 – a constant
        return self._columns

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and not self._selectable(self.value(index)):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._read(self.value(index), index.column(), role) if index.isValid() else None
