"""The live tally: each class with the model's and the shown count, percent and exact 95 % interval."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.differential import Differential
from leukview.gui.tally.grading_summary import GradingLine
from leukview.gui.tally.model import KEY_ROLE, Column, IntervalDelegate, TallyModel, rows_of
from leukview.services.review.patient_tally import JoinedTally, SlideCounts
from leukview.services.review.session import SlideView

TARGETS = (100, 200, 400)
_FIGURES = (Column.MODEL, Column.COUNT, Column.PERCENT, Column.ABSOLUTE)
_BAR_PX = 50  # room for the interval's bar


class TallyPanel(QWidget):
    """Tally table with its denominator in words and the warnings that belong to it."""

    class_chosen = Signal(str)
    joining = Signal(bool)  # the reviewer wants all slides of the patient in one tally, or this slide alone again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[SlideView | None, bool] = (None, False)
        self._others: tuple[SlideCounts, ...] = ()
        self.all_slides = QCheckBox()
        self.all_slides.setToolTip(
            self.tr("One differential over every slide of this patient; to read, not to change.")
        )
        self.all_slides.hide()
        self.all_slides.toggled.connect(self._on_joining)
        self._headline = QLabel()
        self._headline.setWordWrap(True)
        self._warnings = QLabel()
        self._warnings.setWordWrap(True)
        self.model = TallyModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setIconSize(QSize(12, 16))
        self.table.setAccessibleName(self.tr("Tally of cell classes"))
        self.table.setItemDelegateForColumn(Column.INTERVAL, IntervalDelegate(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # `_spare` measures them, once for all lines
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        self._figures_px = self.fontMetrics().horizontalAdvance("99.9–100.0") + 10
        self._tight = False
        self._measured: tuple[object, ...] = ()
        rows = 3 * self.table.verticalHeader().defaultSectionSize()
        self.table.setMinimumHeight(rows + header.sizeHint().height() + 2 * self.table.frameWidth())
        self.table.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(self._on_clicked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.all_slides)
        self._column.addWidget(self._headline)
        self._column.addWidget(self.table, 1)
        self._column.addWidget(self._warnings)
        self.grading = GradingLine()
        self._column.addWidget(self.grading)
        self.show_slide(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: see `_spare`."""
        super().resizeEvent(event)
        self._spare()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        """High enough for words that wrap at this width: a layout alone would let the table lie on them."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), max(hint.height(), self._column.totalMinimumHeightForWidth(self.width())))

    def _spare(self) -> None:
        """Where there is little room a class keeps its name: the bars go, then the model's counts, into the tooltip.

        In a side narrower still the headings become short, and a long name takes two lines.
        """
        room = self.table.viewport().width()
        measured = (room, self._shown[1], self.model.lengths())
        if measured == self._measured:  # to ask a table how wide its words are takes longer than all the rest
            return
        self._measured = measured
        bars, model = _BAR_PX, not self._shown[1]  # a blinded reviewer sees no model's count
        self.table.setColumnHidden(Column.MODEL, not model)  # a hidden column has no width to measure
        for narrow in (False, True):
            self.model.set_narrow(narrow=narrow)
            needed, its_own = self._needed()
            if needed + bars + (its_own if model else 0) > room:
                bars = 0
            if needed + (its_own if model else 0) > room:
                model = False
            if needed <= room:
                break
        self.table.setColumnHidden(Column.MODEL, not model)
        for column in _FIGURES:
            self.table.setColumnWidth(column, self._width(column))
        self.table.setColumnWidth(Column.INTERVAL, self._interval_px() + bars)
        tight = needed > room
        self.table.setWordWrap(tight)
        if tight:
            self.table.resizeRowsToContents()
        elif self._tight:
            for row in range(self.model.rowCount()):
                self.table.setRowHeight(row, self.table.verticalHeader().defaultSectionSize())
        self._tight = tight

    def _words_px(self, column: Column) -> int:
        longest = self.model.widest(column, self.fontMetrics().horizontalAdvance)
        return max((self.table.sizeHintForIndex(index).width() for index in longest), default=0)

    def _interval_px(self) -> int:
        return max(self._figures_px, self._width(Column.INTERVAL))

    def _needed(self) -> tuple[int, int]:
        """Width that the columns need without bars and model's counts, px, and that of the model's counts."""
        shown = [Column.COUNT, Column.PERCENT]
        if any(line.absolute_per_nl is not None for line in self.model.rows):
            shown.append(Column.ABSOLUTE)
        needed = self._words_px(Column.NAME) + self._interval_px() + sum(map(self._width, shown))
        return needed, self._width(Column.MODEL)

    def _width(self, column: Column) -> int:
        return max(self._words_px(column), self.table.horizontalHeader().sectionSizeHint(column))

    def show_slide(self, view: SlideView | None, *, blind: bool = False) -> None:
        """Show a slide's tally as it stands, joined with the patient's other slides when that is chosen."""
        self._shown = view, blind
        self.grading.show_slide(view)
        if view is None:
            self.model.show_rows([], blind=blind)
            self.table.hideColumn(Column.ABSOLUTE)
            self._spare()
            self._headline.clear()
            self._warnings.clear()
            return
        others = self._others if self.joined else ()
        source = JoinedTally.of(view, others, blind=blind) if blind or others else view
        lines = rows_of(source)
        self.model.show_rows(lines, blind=blind)
        self.table.setColumnHidden(Column.ABSOLUTE, all(line.absolute_per_nl is None for line in lines))
        self._spare()
        tally = source.shown
        reached = [t for t in TARGETS if tally.n >= t]
        goal = next((t for t in TARGETS if tally.n < t), None)
        if others and isinstance(source, JoinedTally):
            words = self.tr("<b>{0} leukocytes</b> of {1} cells on {2} slides, joined · {3} reviewed").format(
                tally.n, source.cells, len(source.slides), source.reviewed
            )
        else:
            words = self.tr("<b>{0} leukocytes</b> of {1} cells · {2} reviewed").format(
                tally.n, view.slide.cell_count, view.reviewed
            )
        if goal:
            words += " · " + self.tr("{0} more to {1}").format(goal - tally.n, goal)
        elif reached:
            words += " · " + self.tr("{0} reached").format(reached[-1])
        self._headline.setText(words)
        note = self.tr("Joined with {0}; cells are labelled on the slide they lie on.")
        joined = [note.format(", ".join(o.slide_id for o in others))] if others else []
        self._warnings.setText("<br>".join(joined + self._warned(tally)))

    @property
    def joined(self) -> bool:
        """The tally shown is that of all slides of the patient."""
        return self.all_slides.isChecked() and bool(self._others)

    def set_others(self, others: tuple[SlideCounts, ...]) -> None:
        """The patient's other slides; without any there is nothing to join."""
        self._others = others
        self.all_slides.setVisible(bool(others))
        self.all_slides.setText(self.tr("All {0} slides of this patient").format(len(others) + 1))
        if self.all_slides.isChecked():
            self._again()

    def _on_joining(self, joined: bool) -> None:
        self._again()
        self.joining.emit(joined)

    def _again(self) -> None:
        view, blind = self._shown
        self.show_slide(view, blind=blind)

    def _warned(self, tally: Differential) -> list[str]:
        found = []
        if tally.straddles_threshold:
            found.append(self.tr("⚠ The interval of blasts and equivalents straddles 20 %."))
        if tally.small:
            found.append(self.tr("⚠ Under 200 leukocytes: intervals are wide."))
        return found

    def _on_clicked(self, index: QModelIndex) -> None:
        key = index.data(KEY_ROLE)
        if key:
            self.class_chosen.emit(key)
