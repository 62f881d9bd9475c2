"""A read-only tree model of Python values, without a `QStandardItem` per row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = -1


class TreeNode(Protocol):
    """A value with child values."""

    @property
    def children(self) -> Sequence[TreeNode]:
        """Child nodes in display order."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A value and its position: id of its parent, row in it, ids of its children."""

    value: Any
    parent: int
    row: int
    children: list[int] = field(default_factory=list)


class TreeModel(QAbstractItemModel):
    """Adapts a tree of values to Qt views; the internal id of an index is its node."""

    def __init__(
        self,
        columns: int,
        item_data: Callable[[Any, int, int], object],
        parent: QObject | None = None,
        selectable: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        """Create an empty tree.

        Args:
            columns: Number of columns.
            item_data: `item_data(value, column, role)` returns the data of a node.
            parent: Owner.
            selectable: Whether the node of a value can be selected.
        """
        super().__init__(parent)
        self._columns, self._item_data, self._selectable = columns, item_data, selectable
        self._nodes: list[_Node] = []
        self._root_ids: list[int] = []

    def set_roots(self, roots: Sequence[TreeNode]) -> None:
        """Replace the tree; the model is reset."""
        self.beginResetModel()
        self._nodes = []
        self._root_ids = [self._add_node(root, _NO_PARENT, row) for row, root in enumerate(roots)]
        self.endResetModel()

    def _add_node(self, value: TreeNode, parent: int, row: int) -> int:
        number = len(self._nodes)
        node = _Node(value, parent, row)
        self._nodes.append(node)
        node.children.extend(self._add_node(child, number, at) for at, child in enumerate(value.children))
        return number

    def indexes(self) -> Iterator[QModelIndex]:
        """Indexes of all nodes in column 0, parents before children."""
        return (self.createIndex(node.row, 0, number) for number, node in enumerate(self._nodes))

    def value(self, index: Index) -> Any:
        """The value of a node."""
        return self._nodes[index.internalId()].value

    def _child_ids(self, parent: Index) -> list[int]:
        if not parent.isValid():
            return self._root_ids
        return self._nodes[parent.internalId()].children if parent.column() == 0 else []

    @override
    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 – a constant
        beneath = self._child_ids(parent)
        if not (0 <= row < len(beneath) and 0 <= column < self._columns):
            return QModelIndex()
        return self.createIndex(row, column, beneath[row])

    @override
    def parent(self, child: Index | None = None) -> Any:
        if child is None:
            return super().parent()
        above = self._nodes[child.internalId()].parent if child.isValid() else _NO_PARENT
        return QModelIndex() if above == _NO_PARENT else self.createIndex(self._nodes[above].row, 0, above)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 – a constant
        return len(self._child_ids(parent))

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
        return self._item_data(self.value(index), index.column(), role) if index.isValid() else None
