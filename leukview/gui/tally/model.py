"""The lines of a tally as a table, and how an interval is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QLineF, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from leukview.domain.binomial import Interval
from leukview.domain.differential import BLAST_THRESHOLD
from leukview.gui.app.i18n import join_sentences, translate_data, translated_taxonomy
from leukview.services.review.patient_tally import PatientTally
from leukview.services.review.session import SlideView

Index = QModelIndex | QPersistentModelIndex
INTERVAL_ROLE = Qt.ItemDataRole.UserRole + 1
CLASS_KEY_ROLE = Qt.ItemDataRole.UserRole + 2


class TallyColumn(IntEnum):
    """Columns of the tally."""

    NAME = 0
    MODEL = 1
    COUNT = 2
    PERCENT = 3
    ABSOLUTE = 4  # hidden as long as no white cell count was given
    INTERVAL = 5


@dataclass(frozen=True, slots=True)
class TallyRow:
    """One line of the tally.

    Attributes:
        share: Of the leukocytes, 0..1; None outside the denominator, and so is `interval`, its exact 95 % interval.
        sum: Sums the blasts and their equivalents.
        heading: Says what the lines below it are; without figures.
        absolute_per_nl: 10⁹/l; None without a white cell count, or outside the denominator.
    """

    key: str
    name: str
    colour: str
    model_count: int
    count: int
    share: float | None
    interval: Interval | None
    per_100_wbc: float | None = None
    is_sum: bool = False
    absolute_per_nl: float | None = None
    is_heading: bool = False


def tally_rows(view: SlideView | PatientTally) -> list[TallyRow]:
    """The lines of a tally: the sum of blasts and equivalents, leukocyte classes, then what is outside the count.

    The sum stands first: most rests on it, and in a low window it must not be what is scrolled out of sight.
    """
    shown, model, taxonomy = view.shown_tally, view.model_tally, translated_taxonomy(view.taxonomy)
    counted = {r.cell_class.key: r for r in shown.leukocytes}
    outside = {r.cell_class.key: r for r in shown.non_leukocytes}
    keys = sorted({*shown.counts_by_class(), *model.counts_by_class()}, key=taxonomy.position)
    lines = []
    for key in (k for k in keys if taxonomy.cell_class(k).is_leukocyte):
        cell_class, row = taxonomy.cell_class(key), counted.get(key)
        count = row.count if row else 0
        share = (row.share if row else 0.0) if shown.leukocyte_count else None
        interval = row.interval if row else None
        absolute = row.absolute_per_nl if row else None
        found = model.count(key)
        lines.append(
            TallyRow(key, cell_class.plural, cell_class.colour, found, count, share, interval, absolute_per_nl=absolute)
        )
    if shown.leukocyte_count and (
        shown.blast_count + shown.blast_equivalent_count or model.blast_count + model.blast_equivalent_count
    ):
        total = shown.blast_count + shown.blast_equivalent_count
        name = translate_data("Blasts and equivalents")
        found = model.blast_count + model.blast_equivalent_count
        parts = [
            r.absolute_per_nl for r in shown.leukocytes if r.cell_class.is_blast or r.cell_class.is_blast_equivalent
        ]
        absolute = (
            sum(part or 0.0 for part in parts) if shown.leukocytes and shown.leukocytes[0].absolute_per_nl else None
        )
        share, interval = total / shown.leukocyte_count, shown.blast_interval
        lines.insert(0, TallyRow("", name, "", found, total, share, interval, is_sum=True, absolute_per_nl=absolute))
    others = [k for k in keys if not taxonomy.cell_class(k).is_leukocyte]
    if others:
        lines.append(TallyRow("", translate_data("Outside the count"), "", 0, 0, None, None, is_heading=True))
    for key in others:
        cell_class, other = taxonomy.cell_class(key), outside.get(key)
        count, per_100 = (other.count, other.per_100_wbc) if other else (0, 0.0 if shown.leukocyte_count else None)
        lines.append(TallyRow(key, cell_class.plural, cell_class.colour, model.count(key), count, None, None, per_100))
    return lines


class TallyModel(QAbstractTableModel):
    """Adapts a differential to a table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TallyRow] = []
        self._blind = self._narrow = False

    @property
    def rows(self) -> tuple[TallyRow, ...]:
        """The lines shown."""
        return tuple(self._rows)

    def text_lengths(self) -> tuple[tuple[object, ...], ...]:
        """The names and how long the figures beside them are: alike as long as the columns may stay as wide."""
        figures = [c for c in TallyColumn if c is not TallyColumn.NAME]
        return tuple((r.key, r.name, *(len(self._text(r, c)) for c in figures)) for r in self._rows)

    def widest_indexes(self, column: TallyColumn, text_width: Callable[[str], int]) -> list[QModelIndex]:
        """The longest words of a column: by these it is measured, for to ask a view about every line takes long.

        Args:
            column: The column.
            measure: Width of words. A line without a colour or in another type is measured apart.
        """
        found: dict[object, tuple[int, int]] = {}
        for at, row in enumerate(self._rows):
            kind, width = (bool(row.colour), row.is_sum, row.is_heading), text_width(self._text(row, column))
            if width >= found.get(kind, (0, 0))[0]:
                found[kind] = width, at
        return [self.index(at, column) for _, at in found.values()]

    def show_rows(self, rows: list[TallyRow], *, blind: bool) -> None:
        """Show these lines; with `blind` the model's column stays empty."""
        if [r.key for r in rows] == [r.key for r in self._rows] and rows:
            moved = blind is not self._blind
            changed = [at for at, (a, b) in enumerate(zip(rows, self._rows, strict=True)) if moved or a != b]
            self._rows, self._blind = rows, blind
            for at in changed:
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(TallyColumn) - 1))
            return
        self.beginResetModel()
        self._rows, self._blind = rows, blind
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: lines."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt: columns."""
        return 0 if parent is not None and parent.isValid() else len(TallyColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        names = [self.tr("Class"), self.tr("Model"), self.tr("Count"), "%", self.tr("10⁹/l"), self.tr("95 % interval")]
        if role == Qt.ItemDataRole.ToolTipRole:
            return names[section]
        if self._narrow:
            names[TallyColumn.COUNT], names[TallyColumn.INTERVAL] = self.tr("n"), self.tr("95 % CI")
        return names[section] if role == Qt.ItemDataRole.DisplayRole else None

    def set_narrow(self, *, narrow: bool) -> None:
        """Use short headings and words."""
        if narrow is not self._narrow:
            self._narrow = narrow
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(TallyColumn) - 1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: one field."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, TallyColumn(index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole and TallyColumn.MODEL <= index.column() <= TallyColumn.ABSOLUTE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == TallyColumn.NAME and row.colour:
            return QColor(row.colour)
        if role == Qt.ItemDataRole.FontRole and (row.is_sum or row.is_heading or index.column() == TallyColumn.COUNT):
            font = QFont()
            font.setBold(not row.is_heading)
            font.setItalic(row.is_heading)
            return font
        if role == INTERVAL_ROLE and index.column() == TallyColumn.INTERVAL and row.interval:
            return row.interval, row.share
        if role == CLASS_KEY_ROLE:
            return row.key
        if role == Qt.ItemDataRole.ToolTipRole:
            if row.is_heading:
                return self.tr("Not leukocytes, or not identified: per 100 white cells, without a percentage.")
            # where there is little room the name may be cut and the model's column be missing
            model = "" if self._blind else f"\n{self.tr('Model')}: {row.model_count}"
            return f"{row.name}{model}\n{self._tool_tip(row)}"
        return None

    def _text(self, row: TallyRow, column: TallyColumn) -> str:
        if row.is_heading:
            return {TallyColumn.NAME: row.name, TallyColumn.INTERVAL: self.tr("per 100 WBC")}.get(column, "")
        match column:
            case TallyColumn.NAME:
                return row.name
            case TallyColumn.MODEL:
                return "" if self._blind else str(row.model_count)
            case TallyColumn.COUNT:
                return str(row.count)
            case TallyColumn.PERCENT:
                return "" if row.share is None else f"{100 * row.share:.1f}"
            case TallyColumn.ABSOLUTE:
                return "" if row.absolute_per_nl is None else f"{row.absolute_per_nl:.2f}"
            case _:
                if row.interval:
                    return f"{100 * row.interval.low:.1f}–{100 * row.interval.high:.1f}"
                return "" if row.share is not None or row.per_100_wbc is None else f"{row.per_100_wbc:.1f}"

    def _tool_tip(self, row: TallyRow) -> str:
        if row.interval is None:
            return self.tr("Outside the leukocyte count; given per 100 white cells.")
        words = self.tr("Exact 95 % interval (Clopper–Pearson). It covers counting error only.")
        if row.is_sum and row.interval.straddles(BLAST_THRESHOLD):
            words = join_sentences((words, self.tr("It straddles 20 %.")))
        return words


class IntervalDelegate(QStyledItemDelegate):
    """Paints the interval as a bar from 0 to 100 % with the estimate as a tick, its figures beside it."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        found = index.data(INTERVAL_ROLE)
        if not isinstance(found, tuple):
            return
        interval, share = found
        words = option.fontMetrics.horizontalAdvance("100.0–100.0") + 12
        bar = QRectF(option.rect).adjusted(words, 0, -6, 0)
        if bar.width() < 24:
            return
        y = bar.center().y()
        selected = option.palette.color(QPalette.ColorRole.Accent)
        painter.save()
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Mid), 1))
        painter.drawLine(QLineF(bar.left(), y, bar.right(), y))
        threshold = bar.left() + bar.width() * BLAST_THRESHOLD
        painter.drawLine(QLineF(threshold, y - 6, threshold, y + 6))
        painter.setPen(QPen(selected, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        low, high = (bar.left() + bar.width() * x for x in (interval.low, interval.high))
        painter.drawLine(QLineF(low, y, max(high, low + 2), y))
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Text), 2))
        at = bar.left() + bar.width() * share
        painter.drawLine(QLineF(at, y - 5, at, y + 5))
        painter.restore()
