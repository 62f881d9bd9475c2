"""The cells of a slide in the order the gallery shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from leukview.domain.taxonomy import Taxonomy
from leukview.services.review import CellView, SlideView

Index = QModelIndex | QPersistentModelIndex
PENDING = "pending"


class Role(IntEnum):
    """Roles beside Qt's own."""

    CELL = Qt.ItemDataRole.UserRole + 1  # CellView
    GROUP = Qt.ItemDataRole.UserRole + 2  # key of the group


class Sort(StrEnum):
    """Orders of cells."""

    NUMBER = "number"
    UNCERTAIN = "uncertain"
    MALIGNANT = "malignant"
    NC_RATIO = "nc_ratio"


class Filter(StrEnum):
    """Which cells are shown."""

    ALL = "all"
    UNREVIEWED = "unreviewed"
    DISAGREEMENT = "disagreement"
    FLAGGED = "flagged"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class CellGroup:
    """One class of cells in the gallery: rows `start` … `start + count − 1`, or none when it is collapsed.

    Attributes:
        total: Cells of the group, collapsed or not.
        reviewed: Of them, cells a person has confirmed or relabelled.
    """

    key: str
    title: str
    colour: str
    start: int
    count: int
    total: int
    reviewed: int


def _p_malignant(view: CellView) -> float:
    p = view.prediction.p("stage1", "malignant") if view.prediction else None
    gate = view.prediction.p("gate", "leukocyte") if view.prediction else None
    return (p or 0.0) * (1.0 if gate is None else gate)


_SORTS: dict[Sort, Callable[[CellView], float]] = {
    Sort.NUMBER: lambda v: v.cell.number,
    Sort.UNCERTAIN: lambda v: v.prediction.confidence if v.prediction else 2.0,
    Sort.MALIGNANT: lambda v: -_p_malignant(v),
    Sort.NC_RATIO: lambda v: -((v.prediction.measurement.nc_ratio if v.prediction else None) or 0.0),
}


def disagrees(view: CellView, taxonomy: Taxonomy) -> bool:
    """True when analyser, model and reviewer do not all go together."""
    opinions = [
        o
        for o in (
            view.cell.source.class_key if view.cell.source else "",
            view.prediction.best if view.prediction else "",
            view.review.label,
        )
        if o
    ]
    return any(not taxonomy.agrees(a, b) for i, a in enumerate(opinions) for b in opinions[i + 1 :])


class GalleryModel(QAbstractListModel):
    """Adapts a `SlideView`; orders, groups and filters, decides nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view: SlideView | None = None
        self._rows: list[CellView] = []
        self._row_of: dict[str, int] = {}
        self._groups: tuple[CellGroup, ...] = ()
        self._thumbnails: Callable[[CellView], QPixmap | None] = lambda _: None
        self.sort_key = Sort.UNCERTAIN
        self.filter_key = Filter.ALL
        self.grouped = True
        self.blind = False
        self.collapsed: set[str] = set()

    def set_thumbnails(self, find: Callable[[CellView], QPixmap | None]) -> None:
        """Where thumbnails come from; None = not there yet."""
        self._thumbnails = find

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
        rows, groups = self._arranged()
        same = [v.cell.id for v in rows] == [v.cell.id for v in self._rows] and len(groups) == len(self._groups)
        if same and [g.start for g in groups] == [g.start for g in self._groups]:
            self._rows, self._groups = rows, groups
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows, self._groups = rows, groups
        self._row_of = {v.cell.id: row for row, v in enumerate(rows)}
        self.endResetModel()

    def rearrange(self) -> None:
        """Order anew after sort, filter, grouping or a collapsed group changed."""
        self.set_slide_view(self._view)

    def _arranged(self) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        view = self._view
        if view is None:
            return [], ()
        cells = sorted((v for v in view.cells if self._passes(v)), key=lambda v: v.cell.number)
        cells.sort(key=_SORTS[Sort.NUMBER if self.blind else self.sort_key])
        if not self.grouped:
            group = CellGroup("", "", "", 0, len(cells), len(cells), sum(v.reviewed for v in cells))
            return cells, (group,) if cells else ()
        by_key: dict[str, list[CellView]] = {}
        for v in cells:
            by_key.setdefault(self._group_key(v), []).append(v)
        rows: list[CellView] = []
        groups = []
        for key in sorted(by_key, key=lambda k: (k == PENDING, view.taxonomy.order(k))):
            members = by_key[key]
            shown = [] if key in self.collapsed else members
            title, colour = self._named(key)
            reviewed = sum(v.reviewed for v in members)
            groups.append(CellGroup(key, title, colour, len(rows), len(shown), len(members), reviewed))
            rows += shown
        return rows, tuple(groups)

    def _group_key(self, v: CellView) -> str:
        if v.pending or (self.blind and not v.reviewed):
            return PENDING
        return v.label

    def _named(self, key: str) -> tuple[str, str]:
        if key == PENDING:
            return (self.tr("Not reviewed yet") if self.blind else self.tr("Not analysed yet")), "#8a929c"
        cell_class = self._view.taxonomy.cell_class(key) if self._view else None
        return (cell_class.plural, cell_class.colour) if cell_class else (key, "#8a929c")

    def _passes(self, v: CellView) -> bool:
        match self.filter_key:
            case Filter.UNREVIEWED:
                return not v.reviewed
            case Filter.DISAGREEMENT:
                return self._view is not None and disagrees(v, self._view.taxonomy)
            case Filter.FLAGGED:
                return bool(v.prediction and v.prediction.flags)
            case Filter.COMMENTED:
                return bool(v.review.comment)
            case _:
                return True

    def row_of(self, cell_id: str) -> int | None:
        """Row of a cell; None when it is not shown."""
        return self._row_of.get(cell_id)

    def cell_at(self, row: int) -> CellView | None:
        """The cell of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rows(self) -> Sequence[CellView]:
        """All shown cells in order."""
        return self._rows

    def next_unreviewed(self, start: int, step: int = 1, passing: frozenset[str] = frozenset()) -> str | None:
        """Id of the next cell nobody reviewed after row `start`, around the end once; `passing` are left out."""
        count = len(self._rows)
        for offset in range(1, count + 1):
            v = self._rows[(start + step * offset) % count]
            if not v.reviewed and not v.pending and v.cell.id not in passing:
                return v.cell.id
        return None

    def thumbnail_arrived(self, cell_id: str) -> None:
        """Repaint a cell."""
        row = self._row_of.get(cell_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: shown cells."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: a cell's roles."""
        v = self.cell_at(index.row())
        if v is None or self._view is None:
            return None
        if role == Role.CELL:
            return v
        if role == Role.GROUP:
            return self._group_key(v)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails(v)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return self._described(v)
        return None

    def _described(self, v: CellView) -> str:
        taxonomy = self._view.taxonomy if self._view else None
        if taxonomy is None:
            return ""
        words = [self.tr("Cell {0}").format(v.cell.number)]
        if v.reviewed:
            words.append(self.tr("reviewed: {0}").format(taxonomy.cell_class(v.review.label).name))
        if v.prediction and not self.blind:
            best = taxonomy.cell_class(v.prediction.best).name
            words.append(self.tr("model: {0}, {1} %").format(best, round(100 * v.prediction.confidence)))
            words += [word.replace("_", " ") for word in v.prediction.flags]
        if v.cell.source:
            words.append(self.tr("analyser: {0}").format(v.cell.source.name))
        if v.review.comment:
            words.append(self.tr("comment: {0}").format(v.review.comment))
        return " · ".join(words)
