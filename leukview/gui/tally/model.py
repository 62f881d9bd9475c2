"""Table model of the differential, and the delegate of its confidence intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QLineF, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.differential import DEFAULT_RULES, percent_list
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
    ABSOLUTE = 4  # hidden unless the white cell count is known
    INTERVAL = 5


@dataclass(frozen=True, slots=True)
class TallyRow:
    """One row of the tally.

    Attributes:
        share: Proportion of the leukocytes, 0..1; None for classes outside the denominator.
        interval: Exact 95 % confidence interval of `share`; None for classes outside the denominator.
        is_sum: Whether the row is the sum of blasts and blast equivalents.
        absolute_per_nl: Absolute count in 10⁹/l; None if the white cell count is unknown or the class is outside the
            denominator.
        is_heading: Whether the row is a heading without numbers.
        straddled: Thresholds that the interval of blasts straddles, in per cent, as ``2, 5``.
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
    straddled: str = ""


def tally_rows(view: SlideView | PatientTally) -> list[TallyRow]:
    """Return the rows: sum of blasts and equivalents, leukocytes, then other classes.

    The sum is the clinically most important row. It comes first so that it stays visible in a low window.
    """
    shown, model, taxonomy = view.shown_tally, view.model_tally, translated_taxonomy(view.taxonomy)
    counted = {r.cell_class.key: r for r in shown.leukocytes}
    outside = {r.cell_class.key: r for r in shown.non_leukocytes}
    present = {*shown.counts_by_class(), *model.counts_by_class()}
    present |= {c.key for c in taxonomy.classes if present.intersection(taxonomy.own_parts(c.key))}
    keys = sorted(present, key=taxonomy.position)
    lines = []
    for key in (k for k in keys if taxonomy.cell_class(k).is_leukocyte):
        cell_class, row = taxonomy.cell_class(key), counted.get(key)
        own_parts = [k for k in taxonomy.own_parts(key) if k in keys]
        count = row.count if row else 0
        share = (row.share if row else 0.0) if shown.leukocyte_count else None
        interval = row.interval if row else None
        absolute = row.absolute_per_nl if row else None
        model_count = model.count(key)
        if own_parts:
            inside = [counted[k] for k in (key, *own_parts) if k in counted]
            count, model_count = sum(r.count for r in inside), sum(model.count(k) for k in (key, *own_parts))
            share = count / shown.leukocyte_count if shown.leukocyte_count else None
            interval = clopper_pearson(count, shown.leukocyte_count) if shown.leukocyte_count else None
            known = [r.absolute_per_nl for r in inside if r.absolute_per_nl is not None]
            absolute = sum(known) if known else None
        name = cell_class.plural
        if cell_class.parent in keys:
            name = translate_data("of which {name}").format(name=name)
        lines.append(
            TallyRow(key, name, cell_class.colour, model_count, count, share, interval, absolute_per_nl=absolute)
        )
    if shown.leukocyte_count:
        total = shown.blast_count + shown.blast_equivalent_count
        name = translate_data("Blasts and equivalents")
        model_count = model.blast_count + model.blast_equivalent_count
        parts = [
            r.absolute_per_nl for r in shown.leukocytes if r.cell_class.is_blast or r.cell_class.is_blast_equivalent
        ]
        absolute = (
            sum(part or 0.0 for part in parts) if shown.leukocytes and shown.leukocytes[0].absolute_per_nl else None
        )
        share, interval = total / shown.leukocyte_count, shown.blast_interval
        lines.insert(
            0,
            TallyRow(
                "",
                name,
                "",
                model_count,
                total,
                share,
                interval,
                is_sum=True,
                absolute_per_nl=absolute,
                straddled=percent_list(shown.straddled_thresholds),
            ),
        )
    others = [k for k in keys if not taxonomy.cell_class(k).is_leukocyte]
    if others:
        lines.append(TallyRow("", translate_data("Not counted as leukocytes"), "", 0, 0, None, None, is_heading=True))
    for key in others:
        cell_class, other = taxonomy.cell_class(key), outside.get(key)
        count, per_100 = (other.count, other.per_100_wbc) if other else (0, 0.0 if shown.leukocyte_count else None)
        lines.append(TallyRow(key, cell_class.plural, cell_class.colour, model.count(key), count, None, None, per_100))
    return lines


class TallyModel(QAbstractTableModel):
    """Table model of a differential."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TallyRow] = []
        self._blind = self._narrow = False
        self._thresholds = DEFAULT_RULES.blast_thresholds

    @property
    def rows(self) -> tuple[TallyRow, ...]:
        """The rows of the table."""
        return tuple(self._rows)

    def text_lengths(self) -> tuple[tuple[object, ...], ...]:
        """Keys, names and text lengths of the numbers, by row.

        While they are unchanged, the column widths need not be computed again.
        """
        figures = [c for c in TallyColumn if c is not TallyColumn.NAME]
        return tuple((r.key, r.name, *(len(self._text(r, c)) for c in figures)) for r in self._rows)

    def widest_indexes(self, column: TallyColumn, text_width: Callable[[str], int]) -> list[QModelIndex]:
        """Return the index of the longest text of a column, for each kind of row.

        The view's size hint is queried for these indexes only, because querying it for every row is slow. Rows differ
        in kind by colour marker and font.

        Args:
            column: The column.
            text_width: Returns the width of a text in px.
        """
        widest: dict[object, tuple[int, int]] = {}
        for at, row in enumerate(self._rows):
            kind, width = (bool(row.colour), row.is_sum, row.is_heading), text_width(self._text(row, column))
            if width >= widest.get(kind, (0, 0))[0]:
                widest[kind] = width, at
        return [self.index(at, column) for _, at in widest.values()]

    def show_rows(
        self, rows: list[TallyRow], *, blind: bool, thresholds: tuple[float, ...] = DEFAULT_RULES.blast_thresholds
    ) -> None:
        """Show these rows; with `blind` the model's column stays empty. `thresholds` are marked on the intervals."""
        self._thresholds = thresholds
        if [r.key for r in rows] == [r.key for r in self._rows] and rows:
            blind_changed = blind is not self._blind
            changed = [at for at, (a, b) in enumerate(zip(rows, self._rows, strict=True)) if blind_changed or a != b]
            self._rows, self._blind = rows, blind
            for at in changed:
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(TallyColumn) - 1))
            return
        self.beginResetModel()
        self._rows, self._blind = rows, blind
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(TallyColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the heading of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        names = [self.tr("Class"), self.tr("Model"), self.tr("Count"), "%", self.tr("10⁹/l"), self.tr("95 % interval")]
        if role == Qt.ItemDataRole.ToolTipRole:
            return names[section]
        if self._narrow:
            names[TallyColumn.COUNT], names[TallyColumn.INTERVAL] = self.tr("n"), self.tr("95 % CI")
        return names[section] if role == Qt.ItemDataRole.DisplayRole else None

    def set_narrow(self, *, narrow: bool) -> None:
        """Use short headings and texts if `narrow`."""
        if narrow is not self._narrow:
            self._narrow = narrow
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(TallyColumn) - 1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of one field for a role."""
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
            return row.interval, row.share, self._thresholds
        if role == CLASS_KEY_ROLE:
            return row.key
        if role == Qt.ItemDataRole.ToolTipRole:
            if row.is_heading:
                return self.tr("Not leukocytes, or not identified: per 100 white cells, without a percentage.")
            # in a narrow table the name may be elided and the model's column hidden
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
        text = self.tr("Exact 95 % interval (Clopper–Pearson). It covers counting error only.")
        if row.straddled:
            text = join_sentences((text, self.tr("It includes {thresholds} %.").format(thresholds=row.straddled)))
        return text


class IntervalDelegate(QStyledItemDelegate):
    """Paints a confidence interval as a bar from 0 to 100 %, with a tick and numbers."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        interval_data = index.data(INTERVAL_ROLE)
        if not isinstance(interval_data, tuple):
            return
        interval, share, thresholds = interval_data
        text_width = option.fontMetrics.horizontalAdvance("100.0–100.0") + 12
        bar = QRectF(option.rect).adjusted(text_width, 0, -6, 0)
        if bar.width() < 24:
            return
        y = bar.center().y()
        selected = option.palette.color(QPalette.ColorRole.Accent)
        painter.save()
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Mid), 1))
        painter.drawLine(QLineF(bar.left(), y, bar.right(), y))
        for threshold in thresholds:
            x = bar.left() + bar.width() * threshold
            painter.drawLine(QLineF(x, y - 6, x, y + 6))
        painter.setPen(QPen(selected, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        low, high = (bar.left() + bar.width() * x for x in (interval.low, interval.high))
        painter.drawLine(QLineF(low, y, max(high, low + 2), y))
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Text), 2))
        at = bar.left() + bar.width() * share
        painter.drawLine(QLineF(at, y - 5, at, y + 5))
        painter.restore()
