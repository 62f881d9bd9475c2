"""Paints one slide of the worklist as a card: severity, finding, waiting time, state and reviewer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from leukview.gui.app.theme import SEVERITY_COLOURS
from leukview.gui.worklist.model import CARD_ROLE, WorklistCard

_STRIPE_PX, _MARGIN_PX = 4, 6


class WorklistCardDelegate(QStyledItemDelegate):
    """Paints three lines with a stripe in the colour of the severity, filled while an answer is needed."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, 3 * option.fontMetrics.lineSpacing() + 2 * _MARGIN_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        card = index.data(CARD_ROLE)
        if not isinstance(card, WorklistCard):
            return
        palette: QPalette = option.palette
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Highlight))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Midlight))
        if card.severity:
            stripe = QRect(rect.left(), rect.top() + 1, _STRIPE_PX, rect.height() - 2)
            colour = QColor(SEVERITY_COLOURS[card.severity])
            if card.needs_answer:
                painter.fillRect(stripe, colour)
            else:
                painter.setPen(colour)
                painter.drawRect(stripe.adjusted(0, 0, -1, -1))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        text = palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        faint = text if selected else palette.color(QPalette.ColorRole.PlaceholderText)
        lines = rect.adjusted(_STRIPE_PX + _MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, 0)
        lines.setHeight(painter.fontMetrics().lineSpacing())
        self._draw(painter, lines, card.waiting, faint, right=True)
        waiting = painter.fontMetrics().horizontalAdvance(card.waiting)
        self._draw(painter, lines.adjusted(0, 0, -waiting - _MARGIN_PX, 0), card.title, text, bold=True)
        lines.translate(0, lines.height())
        self._draw(painter, lines, card.finding, text if card.needs_answer else faint, bold=card.needs_answer)
        lines.translate(0, lines.height())
        self._draw(painter, lines, card.state, faint)
        painter.setPen(palette.color(QPalette.ColorRole.Midlight))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    @staticmethod
    def _draw(
        painter: QPainter, line: QRect, text: str, colour: QColor, *, bold: bool = False, right: bool = False
    ) -> None:
        font = QFont(painter.font())
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(colour)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, shown)
