"""The cells of a slide in the order the gallery shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import REVIEWER_PREFIX
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import translate_data
from leukview.gui.gallery.sorting import (
    PENDING,
    CellFilter,
    CellGroup,
    GalleryArranger,
    GalleryOptions,
    SortKey,
    group_key,
    labels_disagree,
)
from leukview.services.analysis.feature_similarity import ClassDistances
from leukview.services.review.session import CellView, SlideView

__all__ = [
    "PENDING",
    "CellFilter",
    "CellGroup",
    "GalleryModel",
    "GalleryRole",
    "Index",
    "SortKey",
    "dragged_cell_ids",
    "labels_disagree",
]

Index = QModelIndex | QPersistentModelIndex
CELLS_MIME = "application/x-leukview-cells"
MAX_SINGLE_UPDATES = 64
"""Changed rows that the view is told of one by one."""


class GalleryRole(IntEnum):
    """Roles beside Qt's own."""

    CELL = Qt.ItemDataRole.UserRole + 1  # CellView
    GROUP = Qt.ItemDataRole.UserRole + 2  # key of the group


def dragged_cell_ids(mime_data: QMimeData) -> list[str]:
    """Ids of the cells dragged; empty when something else is."""
    text = bytes(mime_data.data(CELLS_MIME).data())
    found = json.loads(text) if text else []
    return [str(c) for c in found] if isinstance(found, list) else []


class GalleryModel(QAbstractListModel):
    """Adapts a `SlideView`; orders, groups and filters, decides nothing."""

    groups_changed = Signal()  # their names or counts, while every row kept its place

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view: SlideView | None = None
        self._rows: list[CellView] = []
        self._groups: tuple[CellGroup, ...] = ()
        self._get_thumbnail: Callable[[CellView], QPixmap | None] = lambda _: None
        self._arranger = GalleryArranger(self._group_title)
        self.sort_key = SortKey.UNCERTAIN
        self.filter_key = CellFilter.ALL
        self.filter_class = ""
        self.grouped = True
        self.blind = False
        self.collapsed: set[str] = set()
        self.typicality: ClassDistances | None = None
        self.distances: Mapping[str, float] = {}
        self.label_values: Mapping[str, float] = {}

    def set_thumbnail_source(self, get_thumbnail: Callable[[CellView], QPixmap | None]) -> None:
        """Where thumbnails come from; None = not there yet."""
        self._get_thumbnail = get_thumbnail

    @property
    def groups(self) -> tuple[CellGroup, ...]:
        """Groups in taxonomy order, cells not analysed yet last."""
        return self._groups

    @property
    def slide_view(self) -> SlideView | None:
        """What is shown."""
        return self._view

    def set_slide_view(self, view: SlideView | None) -> None:
        """Show a slide as it stands now; rows keep their places where nothing moved."""
        self._view = view
        before = self._rows
        if self._update_rows():
            self._emit_rows_changed(
                [row for row, (a, b) in enumerate(zip(self._rows, before, strict=True)) if a is not b]
            )

    def rearrange(self) -> None:
        """Order anew after sort, filter, grouping, blinding or a collapsed group changed."""
        if self._update_rows():
            self._emit_rows_changed(range(len(self._rows)))

    def _update_rows(self) -> bool:
        """Lay out the rows; False when they moved, which the view was told of."""
        rows, groups = self._arrange()
        same = len(rows) == len(self._rows) and len(groups) == len(self._groups)
        same = same and all(a is b or a.cell.id == b.cell.id for a, b in zip(rows, self._rows, strict=True))
        if same and [g.start for g in groups] == [g.start for g in self._groups]:
            others, self._rows, self._groups = groups != self._groups, rows, groups
            if others:
                self.groups_changed.emit()
            return True
        self.beginResetModel()
        self._rows, self._groups = rows, groups
        self.endResetModel()
        return False

    def _emit_rows_changed(self, rows: Sequence[int]) -> None:
        """Few rows are named one by one, so that only they are painted anew."""
        if len(rows) > MAX_SINGLE_UPDATES:
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row), self.index(row))

    def _arrange(self) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        if self._view is None:
            return [], ()
        how = GalleryOptions(
            self.sort_key,
            self.filter_key,
            self.filter_class,
            self.grouped,
            self.blind,
            frozenset(self.collapsed),
            self.typicality,
            self.distances,
            self.label_values,
        )
        return self._arranger.arrange(self._view, how)

    def _group_title(self, key: str, taxonomy: Taxonomy) -> tuple[str, str]:
        if key == PENDING:
            return (self.tr("Not reviewed yet") if self.blind else self.tr("Not analysed yet")), "#8a929c"
        cell_class = taxonomy.cell_class(key)
        return cell_class.plural, cell_class.colour

    def row_of(self, cell_id: str) -> int | None:
        """Row of a cell; None when it is not shown."""
        return self._arranger.row_of(cell_id) if self._rows else None

    def cell_at(self, row: int) -> CellView | None:
        """The cell of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rows(self) -> Sequence[CellView]:
        """All shown cells in order."""
        return self._rows

    def next_unreviewed(self, start: int, step: int = 1, excluded: frozenset[str] = frozenset()) -> str | None:
        """Id of the next cell nobody reviewed after row `start`, around the end once; `excluded` are left out."""
        count = len(self._rows)
        for offset in range(1, count + 1):
            v = self._rows[(start + step * offset) % count]
            if not v.reviewed and not v.pending and v.cell.id not in excluded:
                return v.cell.id
        return None

    def update_thumbnail(self, cell_id: str) -> None:
        """Repaint a cell."""
        row = self.row_of(cell_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: shown cells."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: a cell can be selected and dragged to a class, unless the slide is signed."""
        flags = super().flags(index)
        if index.isValid() and self._view is not None and not self._view.review.signature:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        """Qt: what a drag carries."""
        return [CELLS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Qt: the ids of cells, for a drag inside the window."""
        found = [v.cell.id for v in (self.cell_at(i.row()) for i in indexes) if v]
        data = QMimeData()
        data.setData(CELLS_MIME, json.dumps(found).encode())
        return data

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: a cell's roles."""
        v = self.cell_at(index.row())
        if v is None or self._view is None:
            return None
        if role == GalleryRole.CELL:
            return v
        if role == GalleryRole.GROUP:
            return group_key(v, blind=self.blind)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._get_thumbnail(v)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return self._cell_text(v)
        return None

    def _cell_text(self, v: CellView) -> str:
        taxonomy = self._view.taxonomy if self._view else None
        if taxonomy is None:
            return ""
        words = [self.tr("Cell {0}").format(v.cell.number)]
        if v.reviewed:
            words.append(self.tr("reviewed: {0}").format(taxonomy.cell_class(v.review.label).name))
        if v.prediction and not self.blind:
            words.append(self._prediction_text(v.prediction, taxonomy))
            words += [translate_data(word.replace("_", " ")) for word in v.prediction.flags]
        if v.cell.source:
            words.append(self.tr("analyser: {0}").format(v.cell.source.name))
        if v.review.comment:
            words.append(self.tr("comment: {0}").format(v.review.comment))
        return " · ".join(words)

    def _prediction_text(self, prediction: Prediction, taxonomy: Taxonomy) -> str:
        """What the model said: its number always beside the class that it speaks of."""
        best, percent = taxonomy.cell_class(prediction.best).name, round(100 * prediction.confidence)
        if prediction.label != prediction.best:
            words = self.tr("model: {0}, most probable {1}, {2} %")
            return words.format(taxonomy.cell_class(prediction.label).name, best, percent)
        if prediction.segmenter.startswith(REVIEWER_PREFIX):
            return self.tr("model, inside the repaired outline: {0}, {1} %").format(best, percent)
        return self.tr("model: {0}, {1} %").format(best, percent)
