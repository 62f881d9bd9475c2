"""Tree view of a prediction: stages, choices, probabilities, untrained stages."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.domain.prediction import Prediction, class_probabilities
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.gui.cell.stage_rows import RowKind, StageRow, choice_text, probability_text, stage_rows
from leukview.gui.widgets.tree_model import TreeModel

__all__ = ["RowKind", "StageRow", "StageTree", "choice_text", "probability_text", "stage_rows"]

_ENTER_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


_MIN_BAR_PX = 12
_BAR_MARGIN_PX = 6  # sum of the left and right margins of a bar


def _row_height(metrics: QFontMetrics) -> int:
    return round(1.35 * metrics.height())


def _with_bold(font: QFont, *, bold: bool = True) -> QFont:
    made = QFont(font)
    made.setBold(bold)
    return made


def _percent_width(font: QFont) -> int:
    """Return the width of the longest percentage in px.

    It is measured in bold for all rows, so that all bars have the same length.
    """
    return QFontMetrics(_with_bold(font)).horizontalAdvance(">99.9 % ")


class ItemRole(IntEnum):
    """Custom data roles of an item."""

    ROW = Qt.ItemDataRole.UserRole + 1


class _StageDelegate(QStyledItemDelegate):
    """Paints a stage as a heading, and a choice as name, bar and percentage."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), _row_height(option.fontMetrics))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: StageRow = index.data(ItemRole.ROW)
        self.initStyleOption(option, index)
        if index.column() == 1 and row.probability is not None:
            self._paint_bar(painter, option, row)
        else:
            self._paint_name(painter, option, row)

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem) -> QPalette.ColorRole:
        """Paint the background and return the palette role of a legible text colour."""
        option.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        selected = option.state & QStyle.StateFlag.State_Selected
        return QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, row: StageRow) -> None:
        ink = self._paint_background(painter, option)
        painter.save()
        area: QRect = option.rect.adjusted(3, 0, -4, 0)
        font = _with_bold(option.font, bold=row.on_path and row.kind is RowKind.CHOICE)
        slanted = QFont(option.font)
        slanted.setItalic(True)
        slanted.setPointSizeF(0.92 * slanted.pointSizeF())
        beside, metrics = QFontMetrics(slanted), QFontMetrics(font)
        gap = metrics.horizontalAdvance("  ")
        note_space = area.width() - metrics.horizontalAdvance(row.name) - gap
        note = row.note if beside.horizontalAdvance(row.note) <= note_space else row.short_note or row.note
        note_width = beside.horizontalAdvance(note) + gap if note else 0  # the note is always shown; the name is elided
        painter.setFont(font)
        painter.setPen(option.palette.color(ink))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        least = min(metrics.horizontalAdvance(row.name), area.width() // 2)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, max(least, area.width() - note_width))
        painter.drawText(area, align, name)
        rest = area.adjusted(metrics.horizontalAdvance(name) + gap, 0, 0, 0)
        if note and rest.width() > 0:
            painter.setFont(slanted)
            if ink is QPalette.ColorRole.Text:
                painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(rest, align, beside.elidedText(note, Qt.TextElideMode.ElideRight, rest.width()))
        painter.restore()

    def _paint_bar(self, painter: QPainter, option: QStyleOptionViewItem, row: StageRow) -> None:
        ink = self._paint_background(painter, option)
        palette: QPalette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect.adjusted(2, 0, 2 - _BAR_MARGIN_PX, 0)
        painter.setFont(_with_bold(option.font, bold=row.on_path))
        number = _percent_width(option.font)
        painter.setPen(palette.color(ink))
        painter.drawText(
            area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, probability_text(row.probability or 0.0)
        )
        height = max(6.0, 0.5 * painter.fontMetrics().height())
        track = QRectF(area.left(), area.center().y() - height / 2 + 1, max(0, area.width() - number), height)
        if track.width() < _MIN_BAR_PX:
            painter.restore()
            return
        plain = QPalette.ColorRole.Highlight if row.on_path else QPalette.ColorRole.PlaceholderText
        fill = palette.color(ink if ink is QPalette.ColorRole.HighlightedText else plain)
        frame = palette.color(ink)
        frame.setAlphaF(0.45)
        painter.setPen(frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(track, 2, 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(track.adjusted(0, 0, -track.width() * (1.0 - (row.probability or 0.0)), 0), 2, 2)
        painter.restore()


class _StageTreeView(QTreeView):
    """Tree view in which Enter acts like a click in every platform style."""

    choice_entered = Signal(QModelIndex)

    def event(self, event: QEvent) -> bool:
        """Reserve Enter for the tree while it has the focus, despite window shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _ENTER_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS and self.currentIndex().isValid():
            self.choice_entered.emit(self.currentIndex())
            event.accept()
        else:
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters label cells, see `leukview.gui.app.shortcut_scope`."""


class StageTree(QWidget):
    """Prediction of a cell, stage by stage.

    Signals:
        choice_activated: (stage key, choice key); the user requests this choice's class-activation map.
    """

    choice_activated = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Model's prediction"))
        self._model = TreeModel(2, self._item_data, self)
        self._fits_rows = False
        self.summary = QLabel()
        self.summary.setAccessibleName(self.tr("Model's class"))
        bold = self.summary.font()
        bold.setBold(True)
        self.summary.setFont(bold)
        self.runner_up = QLabel()
        self.runner_up.setAccessibleName(self.tr("Second most probable class and difference"))
        for label in (self.summary, self.runner_up):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view = _StageTreeView(self)
        self.view.setModel(self._model)
        self.view.setAccessibleName(
            self.tr("Stages of the model; press Enter on a choice for its class-activation map")
        )
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)
        self.view.setItemDelegate(_StageDelegate(self.view))
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setExpandsOnDoubleClick(False)
        self.view.setIndentation(round(1.9 * self.fontMetrics().averageCharWidth()))
        self.view.header().setStretchLastSection(False)
        self.view.header().setMinimumSectionSize(10)
        self.view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.view.clicked.connect(self._on_activated)
        self.view.choice_entered.connect(self._on_activated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.summary)
        layout.addWidget(self.runner_up)
        layout.addWidget(self.view, 1)

    def fit_height_to_rows(self) -> None:
        """Make the tree as high as its open rows; the parent scroll area scrolls instead."""
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.expanded.connect(self._fit_height)
        self.view.collapsed.connect(self._fit_height)
        self._fits_rows = True
        self._fit_height()

    def _fit_height(self) -> None:
        if not self._fits_rows:
            return
        row, rows = self._model.index(0, 0), 0
        while row.isValid():
            row, rows = self.view.indexBelow(row), rows + 1
        height = _row_height(self.view.fontMetrics())
        self.view.setMinimumHeight(rows * height + 2 * self.view.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the bars in a narrow widget, so that the names stay legible."""
        super().resizeEvent(event)
        em = self.fontMetrics().averageCharWidth()
        least = _percent_width(self.view.font()) + _BAR_MARGIN_PX + _MIN_BAR_PX
        self.view.header().resizeSection(1, max(least, min(24 * em, round(0.36 * event.size().width()))))

    def show_prediction(self, taxonomy: Taxonomy, prediction: Prediction | None) -> None:
        """Show a prediction; None = not analysed yet."""
        rows = [] if prediction is None else stage_rows(taxonomy, prediction, self.tr)
        with QSignalBlocker(self.view):  # else the height would be fitted at each expanded branch
            self._model.set_roots(rows)
            for index in self._model.indexes():
                row: StageRow = self._model.value(index)
                if row.probability is None:
                    self.view.setFirstColumnSpanned(index.row(), index.parent(), True)  # noqa: FBT003 – Qt's
                # A stage always shows its choices; a choice is expanded only where it is the most probable one.
                if row.children:
                    self.view.setExpanded(index, row.kind is RowKind.STAGE or row.on_path)
        self._fit_height()
        if prediction is None:
            self._set_texts(self.tr("The model has not analysed this cell yet."), "")
            return
        self._set_texts(self._class_text(taxonomy, prediction), self._runner_up_text(taxonomy, prediction))

    def _set_texts(self, summary: str, runner_up: str) -> None:
        self.summary.setText(summary)
        self.runner_up.setText(runner_up)
        self.runner_up.setVisible(bool(runner_up))

    def select_choice(self, stage: str, choice: str) -> None:
        """Select the row of a choice, e.g. the one whose map is shown; ignored if absent."""
        for index in self._model.indexes():
            row: StageRow = self._model.value(index)
            if (row.stage, row.choice) == (stage, choice):
                self.view.setCurrentIndex(index)
                return

    def clear_selection(self) -> None:
        """Clear the selection."""
        self.view.clearSelection()

    def _item_data(self, row: StageRow, column: int, role: int) -> object:
        match role:
            case ItemRole.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name if column == 0 else "" if row.probability is None else probability_text(row.probability)
            case Qt.ItemDataRole.AccessibleTextRole:
                spoken = [
                    row.name,
                    *([probability_text(row.probability)] if row.probability is not None else []),
                    *([row.note] if row.note else []),
                ]
                if row.kind is RowKind.CHOICE and row.on_path:
                    spoken.append(self.tr("on the path of the model's class"))
                return ", ".join(spoken)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(row)
        return None

    def _tool_tip(self, row: StageRow) -> str:
        if row.kind is RowKind.CHOICE and row.probability is not None:
            return self.tr(
                "{name}: {percent}, if the previous step is correct. Click for the class-activation map."
            ).format(name=row.name, percent=probability_text(row.probability))
        if row.kind is RowKind.STAGE and row.has_prediction_set:
            return self.tr(
                "{name}: {note}. Such sets contained the correct choice for at least 95 of 100 validation cells."
            ).format(name=row.name, note=row.note)
        return f"{row.name}: {row.note}" if row.note else row.name

    def _class_text(self, taxonomy: Taxonomy, prediction: Prediction) -> str:
        best = taxonomy.cell_class(prediction.best).name
        first = self.tr("{name} {percent}").format(name=best, percent=probability_text(prediction.confidence))
        if prediction.label == UNIDENTIFIED and prediction.best != UNIDENTIFIED:
            return self.tr("Unidentified: the model is not certain enough. Most probable: {first}").format(first=first)
        return first

    def _runner_up_text(self, taxonomy: Taxonomy, prediction: Prediction) -> str:
        others = [
            item for item in class_probabilities(taxonomy, prediction.stages).items() if item[0] != prediction.best
        ]
        if not others:
            return ""
        key, p = max(others, key=lambda item: item[1])
        return self.tr("Second: {name} {percent} · difference {points:.0f} points").format(
            name=taxonomy.cell_class(key).name, percent=probability_text(p), points=100.0 * (prediction.confidence - p)
        )

    def _on_activated(self, index: QModelIndex) -> None:
        row: StageRow = index.siblingAtColumn(0).data(ItemRole.ROW)
        if row.kind is RowKind.CHOICE and row.probability is not None:
            self.choice_activated.emit(row.stage, row.choice)
