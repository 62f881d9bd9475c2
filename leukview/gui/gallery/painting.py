"""Painting helpers of the gallery: group header, drag pixmap, row ranges."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from leukview.gui.gallery.sorting import CellGroup


def contiguous_ranges(rows: Iterable[int]) -> list[tuple[int, int]]:
    """First and last row of each contiguous range, ascending."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def paint_group_header(
    painter: QPainter, group: CellGroup, rect: QRect, palette: QPalette, note: str, shortcut: str, *, highlighted: bool
) -> None:
    """Paint the header of a group: arrow, colour, title, count, note and shortcut.

    Args:
        painter: Painter on the viewport; its state is restored.
        group: The group.
        rect: Area of the header.
        palette: Palette of the view.
        note: Text after the count.
        shortcut: Key that labels cells with this class; "" = none.
        highlighted: Use the selection colours, for the target of a drag.
    """
    roles, plain = QPalette.ColorRole, QFont(painter.font())
    painter.save()
    painter.fillRect(rect, palette.color(roles.Highlight if highlighted else roles.Window))
    painter.fillRect(QRect(0, rect.bottom(), rect.width(), 1), palette.color(roles.Mid))
    painter.setPen(palette.color(roles.HighlightedText if highlighted else roles.WindowText))
    arrow = "▸" if group.total and not group.count else "▾"
    painter.drawText(rect.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, arrow)
    painter.fillRect(QRect(28, rect.center().y() - 6, 12, 12), QColor(group.colour))
    bold = QFont(plain)
    bold.setBold(True)
    painter.setFont(bold)
    text = f"{group.title}  {group.total}"
    painter.drawText(rect.adjusted(48, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
    width = painter.fontMetrics().horizontalAdvance(text)
    painter.setFont(plain)
    painter.setPen(palette.color(roles.HighlightedText if highlighted else roles.PlaceholderText))
    painter.drawText(rect.adjusted(60 + width, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, note)
    if shortcut:
        side = painter.fontMetrics().height() + 2
        wide = max(side, painter.fontMetrics().horizontalAdvance(shortcut) + 10)
        box = QRect(rect.right() - wide - 10, rect.center().y() - side // 2, wide, side)
        painter.drawRoundedRect(box, 3, 3)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shortcut)
    painter.restore()


def drag_pixmap(text: str, widget: QWidget) -> QPixmap:
    """Pixmap shown at the pointer while cells are dragged.

    Args:
        text: Text on it.
        widget: Source of font, palette and device pixel ratio.
    """
    metrics, ratio = widget.fontMetrics(), widget.devicePixelRatioF()
    area = QRect(0, 0, metrics.horizontalAdvance(text) + 20, metrics.height() + 12)
    card = QPixmap(area.size() * ratio)
    card.setDevicePixelRatio(ratio)
    card.fill(widget.palette().color(QPalette.ColorRole.Highlight))
    painter = QPainter(card)
    painter.setPen(widget.palette().color(QPalette.ColorRole.HighlightedText))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return card
