"""The history of a cell as a list: what analyser, model and reviewers said or did, the oldest line first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.services.audit.cell_history import HistoryEntry, Source

Index = QModelIndex | QPersistentModelIndex
_PAD = 4
_WRAPPED = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)


class Role(IntEnum):
    """What the delegate asks for."""

    HEAD = Qt.ItemDataRole.UserRole + 1
    WORDS = Qt.ItemDataRole.UserRole + 2
    TAKEN_BACK = Qt.ItemDataRole.UserRole + 3


class HistoryModel(QAbstractListModel):
    """One row a line of the history."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[HistoryEntry, ...] = ()

    def show_lines(self, lines: Sequence[HistoryEntry]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: lines."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    @staticmethod
    def _who(line: HistoryEntry) -> str:
        return line.who if line.source is Source.REVIEWER else translate_data(line.who)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: one line."""
        line = self._lines[index.row()]
        if role == Role.HEAD:
            when = datetime.fromisoformat(line.at).astimezone()
            head = f"{format_datetime(when, seconds=True)} · {self._who(line)}"
            return f"{head} · {self.tr('taken back')}" if line.taken_back else head
        if role == Role.WORDS:
            return translate_data(line.words)
        if role == Role.TAKEN_BACK:
            return line.taken_back
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return f"{self.data(index, Role.HEAD)}\n{translate_data(line.words)}"
        return None


class HistoryDelegate(QStyledItemDelegate):
    """Paints time and name faintly, the words below them; what was taken back is struck out."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette: QPalette = option.palette
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        faint = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.PlaceholderText
        plain = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        area = QRect(option.rect).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        painter.setPen(palette.color(faint))
        painter.drawText(area, _WRAPPED, str(index.data(Role.HEAD)))
        area.setTop(area.top() + self._height(option, str(index.data(Role.HEAD)), area.width()))
        if index.data(Role.TAKEN_BACK):
            font = painter.font()
            font.setStrikeOut(True)
            painter.setFont(font)
        painter.setPen(palette.color(plain))
        painter.drawText(area, _WRAPPED, str(index.data(Role.WORDS)))
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        width = (view.viewport().width() if isinstance(view, QListView) else option.rect.width()) - 2 * _PAD
        heights = (self._height(option, str(index.data(role)), width) for role in (Role.HEAD, Role.WORDS))
        return QSize(max(width, 1), sum(heights) + 2 * _PAD)

    @staticmethod
    def _height(option: QStyleOptionViewItem, text: str, width: int) -> int:
        return int(option.fontMetrics.boundingRect(QRect(0, 0, max(width, 1), 10_000), _WRAPPED, text).height())


class HistoryView(QListView):
    """A list whose lines break anew when its width changes."""

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


class CellHistory(QWidget):
    """The history of the cell on the bench; asks for it only while it is seen.

    Signals:
        wanted: (cell id, blind): the lines of a cell are needed.
        audit_wanted: Cell id: the user wants its events in the audit trail.
    """

    wanted = Signal(str, bool)
    audit_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell, self._blind, self._stale = "", False, False
        self.model = HistoryModel(self)
        self.view = HistoryView()
        self.view.setAccessibleName(self.tr("History of the cell"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(HistoryDelegate(self.view))
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.audit_button = QPushButton(self.tr("Show in the audit trail…"))
        self.audit_button.setToolTip(self.tr("Every event that concerns this cell, with its hash."))
        self.audit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.audit_button.clicked.connect(self._on_audit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.audit_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_cell(self, cell_id: str, *, blind: bool) -> None:
        """The cell on the bench, or something was said of it; "" = none is."""
        if (cell_id, blind) != (self._cell, self._blind):
            self.model.show_lines(())  # nothing of one cell is seen beside another, nor the model's words when blind
        self._cell, self._blind, self._stale = cell_id, blind, bool(cell_id)
        self._ask()

    def show_lines(self, cell_id: str, blind: bool, lines: Sequence[HistoryEntry]) -> None:
        """Take in the lines that were asked for; those of another cell are ignored."""
        if (cell_id, blind) == (self._cell, self._blind):
            self.model.show_lines(lines)
            self.view.scrollToBottom()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self.wanted.emit(self._cell, self._blind)

    def _on_audit(self) -> None:
        if self._cell:
            self.audit_wanted.emit(self._cell)
