"""List view of a cell's history, with the oldest entry first."""

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
from leukview.services.audit.cell_history import HistoryEntry, HistorySource

Index = QModelIndex | QPersistentModelIndex
_PADDING = 4
_TEXT_FLAGS = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)


class HistoryRole(IntEnum):
    """Data roles used by the delegate."""

    HEADER = Qt.ItemDataRole.UserRole + 1
    TEXT = Qt.ItemDataRole.UserRole + 2
    UNDONE = Qt.ItemDataRole.UserRole + 3


class HistoryModel(QAbstractListModel):
    """List model with one row per history entry."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[HistoryEntry, ...] = ()

    def set_entries(self, entries: Sequence[HistoryEntry]) -> None:
        """Replace the entries."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of entries."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    @staticmethod
    def _author(entry: HistoryEntry) -> str:
        return entry.author if entry.source is HistorySource.REVIEWER else translate_data(entry.author)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of one entry for a role."""
        line = self._entries[index.row()]
        if role == HistoryRole.HEADER:
            when = datetime.fromisoformat(line.at).astimezone()
            head = f"{format_datetime(when, seconds=True)} · {self._author(line)}"
            return f"{head} · {self.tr('undone')}" if line.undone else head
        if role == HistoryRole.TEXT:
            return translate_data(line.text)
        if role == HistoryRole.UNDONE:
            return line.undone
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return f"{self.data(index, HistoryRole.HEADER)}\n{translate_data(line.text)}"
        return None


class HistoryDelegate(QStyledItemDelegate):
    """Paints time and author faintly above the text; undone entries are struck out."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette: QPalette = option.palette
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        faint = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.PlaceholderText
        plain = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        area = QRect(option.rect).adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        painter.setPen(palette.color(faint))
        painter.drawText(area, _TEXT_FLAGS, str(index.data(HistoryRole.HEADER)))
        area.setTop(area.top() + self._text_height(option, str(index.data(HistoryRole.HEADER)), area.width()))
        if index.data(HistoryRole.UNDONE):
            font = painter.font()
            font.setStrikeOut(True)
            painter.setFont(font)
        painter.setPen(palette.color(plain))
        painter.drawText(area, _TEXT_FLAGS, str(index.data(HistoryRole.TEXT)))
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        width = (view.viewport().width() if isinstance(view, QListView) else option.rect.width()) - 2 * _PADDING
        heights = (
            self._text_height(option, str(index.data(role)), width) for role in (HistoryRole.HEADER, HistoryRole.TEXT)
        )
        return QSize(max(width, 1), sum(heights) + 2 * _PADDING)

    @staticmethod
    def _text_height(option: QStyleOptionViewItem, text: str, width: int) -> int:
        return int(option.fontMetrics.boundingRect(QRect(0, 0, max(width, 1), 10_000), _TEXT_FLAGS, text).height())


class HistoryView(QListView):
    """List view that wraps its entries again when its width changes."""

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


class CellHistory(QWidget):
    """History of the current cell; requested only while the widget is visible.

    Signals:
        history_requested: (cell id, blind); the history of this cell is needed.
        audit_requested: Id of the cell whose events the user wants to see in the audit trail.
    """

    history_requested = Signal(str, bool)
    audit_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell_id, self._blind, self._stale = "", False, False
        self.model = HistoryModel(self)
        self.view = HistoryView()
        self.view.setAccessibleName(self.tr("History of the cell"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(HistoryDelegate(self.view))
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.audit_button = QPushButton(self.tr("Show in the audit trail…"))
        self.audit_button.setToolTip(self.tr("Every event of this cell, with its hash."))
        self.audit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.audit_button.clicked.connect(self._on_audit_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.audit_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_cell(self, cell_id: str, *, blind: bool) -> None:
        """Show the history of a cell, or reload it after a change; "" = no cell."""
        if (cell_id, blind) != (self._cell_id, self._blind):
            # The old entries belong to another cell or may reveal the prediction to a blinded reviewer.
            self.model.set_entries(())
        self._cell_id, self._blind, self._stale = cell_id, blind, bool(cell_id)
        self._request_history()

    def show_entries(self, cell_id: str, blind: bool, entries: Sequence[HistoryEntry]) -> None:
        """Show the requested entries; entries of another cell are ignored."""
        if (cell_id, blind) == (self._cell_id, self._blind):
            self.model.set_entries(entries)
            self.view.scrollToBottom()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._request_history()

    def _request_history(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self.history_requested.emit(self._cell_id, self._blind)

    def _on_audit_clicked(self) -> None:
        if self._cell_id:
            self.audit_requested.emit(self._cell_id)
