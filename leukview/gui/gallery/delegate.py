"""Paints one tile of the gallery: thumbnail, review state and caption."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from leukview.gui.app.i18n import format_percent
from leukview.gui.gallery.model import GalleryModel, GalleryRole, labels_disagree
from leukview.services.review.session import CellView

_PADDING = 5


class GalleryDelegate(QStyledItemDelegate):
    """Paints thumbnail, selection, cell number and confidence, with badges.

    Badges: ✓ reviewed (blue where the reviewer overruled the model), ? flagged by the model and not reviewed,
    ≠ analyser and model disagree and not reviewed, … commented. What comes from the model is left out for a blinded
    reviewer.
    """

    def tile_size(self, thumbnail_px: int, line_height: int) -> QSize:
        """Size of a tile with its caption, in logical pixels.

        Args:
            thumbnail_px: Side of the square thumbnail.
            line_height: Height of the caption's line.
        """
        return QSize(thumbnail_px + 2 * _PADDING, thumbnail_px + 2 * _PADDING + line_height + 2)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = index.data(GalleryRole.CELL)
        model = index.model()
        if not isinstance(view, CellView) or not isinstance(model, GalleryModel):
            return
        palette: QPalette = option.palette
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        current = bool(option.state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver))
        painter.save()
        if selected:
            painter.fillRect(rect.adjusted(1, 1, -1, -1), palette.color(QPalette.ColorRole.Highlight))
        side = rect.width() - 2 * _PADDING
        frame = QRect(rect.left() + _PADDING, rect.top() + _PADDING, side, side)
        problem = model.image_problem(view.cell.id)
        self._paint_image(painter, frame, index.data(Qt.ItemDataRole.DecorationRole), problem, palette)
        if current:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 2))
            painter.drawRect(frame.adjusted(-2, -2, 1, 1))
        self._paint_badges(painter, frame, view, model)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(palette.color(role))
        caption = QRect(rect.left() + _PADDING, frame.bottom() + 3, side, rect.bottom() - frame.bottom() - 3)
        painter.drawText(caption, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, str(view.cell.number))
        if view.label_confidence is not None and not model.blind:
            confidence = format_percent(f"{round(100 * view.label_confidence)}")
            painter.drawText(caption, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, confidence)
        painter.restore()

    def _paint_image(self, painter: QPainter, frame: QRect, image: object, problem: str, palette: QPalette) -> None:
        if isinstance(image, QPixmap) and not image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = image.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            source = QRect(0, 0, image.width(), image.height())
            if size != frame.size():  # an image that is not square is cropped to its central square
                shorter = min(image.width(), image.height())
                source = QRect((image.width() - shorter) // 2, (image.height() - shorter) // 2, shorter, shorter)
            painter.drawPixmap(frame, image, source)
            return
        painter.fillRect(frame, palette.color(QPalette.ColorRole.Midlight))
        if isinstance(image, QPixmap):
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(frame, flags, problem or self.tr("image cannot be read"))

    def _paint_badges(self, painter: QPainter, frame: QRect, view: CellView, model: GalleryModel) -> None:
        badges: list[tuple[str, str, bool]] = []  # text, colour, at the right edge
        taxonomy = model.slide_view.taxonomy if model.slide_view else None
        if view.reviewed:
            overruled = taxonomy is not None and not model.blind and view.is_override(taxonomy)
            badges.append(("✓", "#0b57d0" if overruled else "#1a7f37", True))
        if not model.blind and view.prediction:
            if view.prediction.flags and not view.reviewed:
                badges.append(("?", "#b35900", False))
            if taxonomy and not view.reviewed and labels_disagree(view, taxonomy):
                badges.append(("≠", "#6f42c1", False))
        if view.review.comment:
            badges.append(("…", "#444c56", True))
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
        side = painter.fontMetrics().height() + 2
        left = {True: frame.right() - side - 2, False: frame.left() + 3}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for text, colour, right in badges:
            badge = QRect(left[right], frame.top() + 3, side, side)
            left[right] += -(side + 2) if right else side + 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(badge)
            painter.setPen(QColor("#ffffff"))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        font.setBold(False)
        painter.setFont(font)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.tile_size(112, option.fontMetrics.height())
