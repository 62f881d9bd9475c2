"""Live tally: counts, percentages and exact 95 % confidence intervals by class."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.differential import Differential, percent_list
from leukview.gui.tally.blood_count_view import BloodCountView
from leukview.gui.tally.finding_strip import FindingStrip
from leukview.gui.tally.grading_summary import GradingSummary
from leukview.gui.tally.model import CLASS_KEY_ROLE, IntervalDelegate, TallyColumn, TallyModel, tally_rows
from leukview.services.review.patient_tally import PatientTally, SlideCounts
from leukview.services.review.session import SlideView

COUNT_TARGETS = (100, 200, 400)
_NUMBER_COLUMNS = (TallyColumn.MODEL, TallyColumn.COUNT, TallyColumn.PERCENT, TallyColumn.ABSOLUTE)
_INTERVAL_BAR_PX = 50  # width of the interval bar


class _TallyTable(QTableView):
    @override
    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters label cells, see `leukview.gui.app.shortcut_scope`."""


class TallyPanel(QWidget):
    """Tally table with a description of its denominator and the warnings."""

    class_chosen = Signal(str)
    join_toggled = Signal(bool)  # True = tally of all slides of the patient, False = of this slide

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: tuple[SlideView | None, bool] = (None, False)
        self._other_slides: tuple[SlideCounts, ...] = ()
        self.all_slides_checkbox = QCheckBox()
        self.all_slides_checkbox.setToolTip(
            self.tr(
                "One differential over several slides; read-only. Slides of another specimen are left out: enter "
                "collection time or specimen number under Slide › Patient and order."
            )
        )
        self.all_slides_checkbox.hide()
        self.all_slides_checkbox.toggled.connect(self._on_joining)
        self._headline_label = QLabel()
        self._headline_label.setWordWrap(True)
        self._warnings_label = QLabel()
        self._warnings_label.setWordWrap(True)
        self.model = TallyModel(self)
        self.table = _TallyTable()
        self.table.setModel(self.model)
        self.table.setIconSize(QSize(12, 16))
        self.table.setAccessibleName(self.tr("Differential count"))
        self.table.setItemDelegateForColumn(TallyColumn.INTERVAL, IntervalDelegate(self.table))
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
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # `_fit_columns` sets the widths
        header.setSectionResizeMode(TallyColumn.NAME, QHeaderView.ResizeMode.Stretch)
        self._interval_text_px = self.fontMetrics().horizontalAdvance("99.9–100.0") + 10
        self._rows_wrapped = False
        self._layout_key: tuple[object, ...] = ()
        rows = 3 * self.table.verticalHeader().defaultSectionSize()
        self.table.setMinimumHeight(rows + header.sizeHint().height() + 2 * self.table.frameWidth())
        self.table.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(self._on_clicked)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.all_slides_checkbox)
        self.finding_strip = FindingStrip()
        self._layout.addWidget(self.finding_strip)
        self._layout.addWidget(self._headline_label)
        self._layout.addWidget(self.table, 1)
        self._layout.addWidget(self._warnings_label)
        self.blood_count = BloodCountView()
        self._layout.addWidget(self.blood_count)
        self.grading_summary = GradingSummary()
        self._layout.addWidget(self.grading_summary)
        self.show_slide(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the columns to the new width; see `_fit_columns`."""
        super().resizeEvent(event)
        self._fit_columns()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        """Return a hint with the height of labels wrapped at the current width.

        The layout's own minimum ignores the wrapping, and the table would overlap the labels.
        """
        hint = super().minimumSizeHint()
        return QSize(hint.width(), max(hint.height(), self._layout.totalMinimumHeightForWidth(self.width())))

    def _fit_columns(self) -> None:
        """Fit the columns to the width, so that the class names stay legible.

        In a narrow panel the bars are hidden first, then the model's counts, which remain in the tooltip. In an even
        narrower panel the headings are shortened and long names wrap to two lines.
        """
        width = self.table.viewport().width()
        measured = (width, self._current[1], self.model.text_lengths())
        if measured == self._layout_key:  # querying the size hints is the slowest part
            return
        self._layout_key = measured
        bars, model = _INTERVAL_BAR_PX, not self._current[1]  # a blinded reviewer must not see the model's counts
        self.table.setColumnHidden(
            TallyColumn.MODEL, not model
        )  # shown before measuring, because a hidden column has no size hint
        for narrow in (False, True):
            self.model.set_narrow(narrow=narrow)
            needed, model_width = self._required_px()
            if needed + bars + (model_width if model else 0) > width:
                bars = 0
            if needed + (model_width if model else 0) > width:
                model = False
            if needed <= width:
                break
        self.table.setColumnHidden(TallyColumn.MODEL, not model)
        for column in _NUMBER_COLUMNS:
            self.table.setColumnWidth(column, self._column_px(column))
        self.table.setColumnWidth(TallyColumn.INTERVAL, self._interval_column_px() + bars)
        wrap = needed > width
        self.table.setWordWrap(wrap)
        if wrap:
            self.table.resizeRowsToContents()
        elif self._rows_wrapped:
            for row in range(self.model.rowCount()):
                self.table.setRowHeight(row, self.table.verticalHeader().defaultSectionSize())
        self._rows_wrapped = wrap

    def _text_px(self, column: TallyColumn) -> int:
        longest = self.model.widest_indexes(column, self.fontMetrics().horizontalAdvance)
        return max((self.table.sizeHintForIndex(index).width() for index in longest), default=0)

    def _interval_column_px(self) -> int:
        return max(self._interval_text_px, self._column_px(TallyColumn.INTERVAL))

    def _required_px(self) -> tuple[int, int]:
        """Return the width of all columns but bars and model counts, and of the latter.

        Both in px.
        """
        shown = [TallyColumn.COUNT, TallyColumn.PERCENT]
        if any(line.absolute_per_nl is not None for line in self.model.rows):
            shown.append(TallyColumn.ABSOLUTE)
        needed = self._text_px(TallyColumn.NAME) + self._interval_column_px() + sum(map(self._column_px, shown))
        return needed, self._column_px(TallyColumn.MODEL)

    def _column_px(self, column: TallyColumn) -> int:
        return max(self._text_px(column), self.table.horizontalHeader().sectionSizeHint(column))

    def show_slide(self, view: SlideView | None, *, blind: bool = False) -> None:
        """Show a slide's tally, joined with the patient's other slides if selected."""
        self._current = view, blind
        self.grading_summary.show_slide(view)
        if view is None:
            self.model.show_rows([], blind=blind)
            self.table.hideColumn(TallyColumn.ABSOLUTE)
            self._fit_columns()
            self._headline_label.clear()
            self._warnings_label.clear()
            self.finding_strip.show_findings(())
            return
        others = self._other_slides if self.is_joined else ()
        source = PatientTally.from_slides(view, others, blind=blind) if blind or others else view
        self.finding_strip.show_findings(source.findings)
        lines = tally_rows(source)
        self.model.show_rows(lines, blind=blind, thresholds=source.shown_tally.rules.blast_thresholds)
        self.table.setColumnHidden(TallyColumn.ABSOLUTE, all(line.absolute_per_nl is None for line in lines))
        self._fit_columns()
        tally = source.shown_tally
        reached = [t for t in COUNT_TARGETS if tally.leukocyte_count >= t]
        goal = next((t for t in COUNT_TARGETS if tally.leukocyte_count < t), None)
        if others and isinstance(source, PatientTally):
            text = self.tr("<b>{0} leukocytes</b> of {1} cells on {2} slides together · {3} reviewed").format(
                tally.leukocyte_count, source.cell_count, len(source.slides), source.reviewed_count
            )
        else:
            text = self.tr("<b>{0} leukocytes</b> of {1} cells · {2} reviewed").format(
                tally.leukocyte_count, view.slide.cell_count, view.reviewed_count
            )
        if goal:
            text += " · " + self.tr("{0} more to {1}").format(goal - tally.leukocyte_count, goal)
        elif reached:
            text += " · " + self.tr("{0} reached").format(reached[-1])
        self._headline_label.setText(text)
        note = self.tr("Together with {0}; each cell is labelled on its own slide.")
        joined = [note.format(", ".join(o.slide_id for o in others))] if others else []
        self._warnings_label.setText("<br>".join(joined + self._warning_texts(tally)))

    @property
    def is_joined(self) -> bool:
        """Whether the tally shown is that of all slides of the patient."""
        return self.all_slides_checkbox.isChecked() and bool(self._other_slides)

    def set_other_slides(self, other_slides: tuple[SlideCounts, ...], *, is_doubtful: bool = False) -> None:
        """Set the other slides of the patient's specimen; without any, joining is not offered.

        Args:
            other_slides: Their counts.
            is_doubtful: Of some of them it is not known whether they are of the same specimen, which is said.
        """
        self._other_slides = other_slides
        self.all_slides_checkbox.setVisible(bool(other_slides))
        text = self.tr("All {0} slides of this patient; specimens not known") if is_doubtful else ""
        text = text or self.tr("All {0} slides of this specimen")
        self.all_slides_checkbox.setText(text.format(len(other_slides) + 1))
        if self.all_slides_checkbox.isChecked():
            self._refresh()

    def _on_joining(self, joined: bool) -> None:
        self._refresh()
        self.join_toggled.emit(joined)

    def _refresh(self) -> None:
        view, blind = self._current
        self.show_slide(view, blind=blind)

    def _warning_texts(self, tally: Differential) -> list[str]:
        found = []
        if tally.straddled_thresholds:
            text = self.tr("⚠ The interval of blasts and equivalents includes {thresholds} %.")
            found.append(text.format(thresholds=percent_list(tally.straddled_thresholds)))
        if tally.corrected_wbc_per_nl is not None:
            text = self.tr("White cell count {wbc:.2f}, corrected for erythroblasts {corrected:.2f} ×10⁹/l.")
            found.append(text.format(wbc=tally.wbc_per_nl, corrected=tally.corrected_wbc_per_nl))
        if tally.is_outside_validated_wbc:
            low, high = tally.rules.validated_wbc
            text = self.tr(
                "⚠ White cell count outside the validated range ({low:g}–{high:g} ×10⁹/l): a slide "
                "with few cells cannot exclude blasts."
            )
            found.append(text.format(low=low, high=high))
        if tally.is_small_sample:
            found.append(self.tr("⚠ Fewer than 200 leukocytes: intervals are wide."))
        return found

    def _on_clicked(self, index: QModelIndex) -> None:
        key = index.data(CLASS_KEY_ROLE)
        if key:
            self.class_chosen.emit(key)
