"""Qt list model of the cells of a slide in gallery order."""

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
    is_open_disagreement,
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
    "is_open_disagreement",
]

Index = QModelIndex | QPersistentModelIndex
CELLS_MIME = "application/x-leukview-cells"
MAX_SINGLE_UPDATES = 64
"""Up to so many changed rows are signalled one by one."""


class GalleryRole(IntEnum):
    """Item data roles of the gallery."""

    CELL = Qt.ItemDataRole.UserRole + 1  # CellView
    GROUP = Qt.ItemDataRole.UserRole + 2  # key of the group


def dragged_cell_ids(mime_data: QMimeData) -> list[str]:
    """Ids of the dragged cells; empty when something else is dragged."""
    text = bytes(mime_data.data(CELLS_MIME).data())
    found = json.loads(text) if text else []
    return [str(c) for c in found] if isinstance(found, list) else []


class GalleryModel(QAbstractListModel):
    """Adapts a `SlideView` to Qt: sorted, grouped and filtered cells.

    Call `rearrange` after changing any of the attributes.

    Attributes:
        sort_key: Order within a group.
        filter_key: Which cells are shown.
        filter_class: Class key for `CellFilter.CLASS`.
        listed: Ids of the cells for `CellFilter.LISTED`.
        grouped: Group by class.
        blind: The model's predictions are hidden.
        collapsed: Keys of the collapsed groups.
        typicality, distances, label_values: See `GalleryOptions`.
    """

    groups_changed = Signal()  # titles or counts changed, no row moved

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view: SlideView | None = None
        self._rows: list[CellView] = []
        self._groups: tuple[CellGroup, ...] = ()
        self._get_thumbnail: Callable[[CellView], QPixmap | None] = lambda _: None
        self.image_problem: Callable[[str], str] = lambda _: ""
        self._arranger = GalleryArranger(self._group_title)
        self.sort_key = SortKey.UNCERTAIN
        self.filter_key = CellFilter.ALL
        self.filter_class = ""
        self.listed: frozenset[str] = frozenset()
        self.grouped = True
        self.blind = False
        self.collapsed: set[str] = set()
        self.typicality: ClassDistances | None = None
        self.distances: Mapping[str, float] = {}
        self.label_values: Mapping[str, float] = {}

    def set_thumbnail_source(
        self, get_thumbnail: Callable[[CellView], QPixmap | None], image_problem: Callable[[str], str] = lambda _: ""
    ) -> None:
        """Set where thumbnails come from.

        Args:
            get_thumbnail: Returns the thumbnail of a cell, None = not loaded yet.
            image_problem: Returns why the image of a cell, by id, cannot be shown; "" when it can.
        """
        self._get_thumbnail, self.image_problem = get_thumbnail, image_problem

    @property
    def groups(self) -> tuple[CellGroup, ...]:
        """Groups in taxonomy order; cells not analysed yet last."""
        return self._groups

    @property
    def slide_view(self) -> SlideView | None:
        """The slide shown; None when none is."""
        return self._view

    def set_slide_view(self, view: SlideView | None) -> None:
        """Show a slide; if no row moves, only changed rows are signalled."""
        self._view = view
        before = self._rows
        if self._update_rows():
            self._emit_rows_changed(
                [row for row, (a, b) in enumerate(zip(self._rows, before, strict=True)) if a is not b]
            )

    def rearrange(self) -> None:
        """Recompute rows and groups after sorting, filter, grouping or blinding changed."""
        if self._update_rows():
            self._emit_rows_changed(range(len(self._rows)))

    def _update_rows(self) -> bool:
        """Recompute the rows; False when they moved and the model was reset."""
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
        """Signal changed rows; few of them one by one, so that only these are repainted."""
        if len(rows) > MAX_SINGLE_UPDATES:
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row), self.index(row))

    def _arrange(self) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        if self._view is None:
            return [], ()
        options = GalleryOptions(
            self.sort_key,
            self.filter_key,
            self.filter_class,
            self.listed,
            self.grouped,
            self.blind,
            frozenset(self.collapsed),
            self.typicality,
            self.distances,
            self.label_values,
        )
        return self._arranger.arrange(self._view, options)

    def _group_title(self, key: str, taxonomy: Taxonomy) -> tuple[str, str]:
        if key == PENDING:
            return (self.tr("Not reviewed yet") if self.blind else self.tr("Not analysed yet")), "#8a929c"
        cell_class = taxonomy.cell_class(key)
        return cell_class.plural, cell_class.colour

    def row_of(self, cell_id: str) -> int | None:
        """Row of a cell; None when it is not shown."""
        return self._arranger.row_of(cell_id) if self._rows else None

    def cell_at(self, row: int) -> CellView | None:
        """The cell of a row; None outside the rows."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rows(self) -> Sequence[CellView]:
        """All shown cells in order."""
        return self._rows

    def next_unreviewed(self, start: int, step: int = 1, excluded: frozenset[str] = frozenset()) -> str | None:
        """Id of the next analysed, unreviewed cell after a row; wraps around once.

        Args:
            start: Row to start from, itself checked last; −1 = from the first, or backwards from the last.
            step: 1 = forwards, −1 = backwards.
            excluded: Ids of cells to skip.

        Returns:
            None when there is none.
        """
        count = len(self._rows)
        if start < 0 and step < 0:
            start = 0  # backwards from nowhere begins with the last row
        for offset in range(1, count + 1):
            v = self._rows[(start + step * offset) % count]
            if not v.reviewed and not v.pending and v.cell.id not in excluded:
                return v.cell.id
        return None

    def update_thumbnail(self, cell_id: str) -> None:
        """Signal that the thumbnail of a cell changed."""
        row = self.row_of(cell_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of cells shown, see `QAbstractItemModel.rowCount`."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A cell can be selected; dragged unless the slide is signed."""
        flags = super().flags(index)
        if index.isValid() and self._view is not None and not self._view.review.signature:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        """MIME type of dragged cells, see `QAbstractItemModel.mimeTypes`."""
        return [CELLS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Ids of cells as JSON, for a drag inside the window."""
        found = [v.cell.id for v in (self.cell_at(i.row()) for i in indexes) if v]
        data = QMimeData()
        data.setData(CELLS_MIME, json.dumps(found).encode())
        return data

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Data of a cell, see `QAbstractItemModel.data` and `GalleryRole`."""
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
        parts = [self.tr("Cell {0}").format(v.cell.number)]
        if problem := self.image_problem(v.cell.id):
            parts.append(problem)
        if v.reviewed:
            parts.append(self.tr("reviewed: {0}").format(taxonomy.cell_class(v.review.label).name))
        if v.prediction and not self.blind:
            parts.append(self._prediction_text(v.prediction, taxonomy))
            parts += [translate_data(flag.replace("_", " ")) for flag in v.prediction.flags]
        if v.cell.source:
            parts.append(self.tr("analyser: {0}").format(v.cell.source.name))
        if v.review.comment:
            parts.append(self.tr("comment: {0}").format(v.review.comment))
        return " · ".join(parts)

    def _prediction_text(self, prediction: Prediction, taxonomy: Taxonomy) -> str:
        """The prediction as text, with the confidence beside the class it belongs to."""
        best, percent = taxonomy.cell_class(prediction.best).name, round(100 * prediction.confidence)
        if prediction.label != prediction.best:
            text = self.tr("model: {0}, most probable {1}, {2} %")
            return text.format(taxonomy.cell_class(prediction.label).name, best, percent)
        if prediction.segmenter.startswith(REVIEWER_PREFIX):
            return self.tr("model, with the repaired outline: {0}, {1} %").format(best, percent)
        return self.tr("model: {0}, {1} %").format(best, percent)
