"""Paints one tile of the gallery: thumbnail, review state and caption."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from leukview.domain.taxonomy import UNIDENTIFIED
from leukview.gui.app.i18n import format_percent
from leukview.gui.gallery.model import GalleryModel, GalleryRole, is_open_disagreement
from leukview.services.review.session import CellView

_PADDING = 3


class GalleryDelegate(QStyledItemDelegate):
    """Paints thumbnail, selection, cell number and confidence, with badges.

    Badges: ✓ reviewed (blue where the reviewer overruled the model), ? flagged by the model and not reviewed,
    ≠ analyser and model disagree and no person decided on the cell, with the key of the analyser's class, … commented.
    The caption is the cell's number and the model's confidence, or for an unidentified cell its most probable class.
    What comes from the model is left out for a blinded reviewer.
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
        number = str(view.cell.number)
        painter.drawText(caption, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, number)
        if text := "" if model.blind else self._model_text(view, model):
            room = caption.width() - painter.fontMetrics().horizontalAdvance(number + " ")
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(caption, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, text)
        painter.restore()

    def _model_text(self, view: CellView, model: GalleryModel) -> str:
        """The model's confidence in the class shown; the most probable class of an unidentified cell."""
        if view.prediction and view.label == UNIDENTIFIED and not view.reviewed and model.slide_view:
            return f"{model.slide_view.taxonomy.cell_class(view.prediction.best).name}?"
        if view.label_confidence is None:
            return ""
        return format_percent(f"{round(100 * view.label_confidence)}")

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
            if taxonomy and view.cell.source and is_open_disagreement(view, taxonomy):
                key = taxonomy.cell_class(view.cell.source.class_key).shortcut.replace("Shift+", "⇧")
                badges.append((f"≠{key}", "#6f42c1", False))
        if view.review.comment:
            badges.append(("…", "#444c56", True))
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
        side = painter.fontMetrics().height() + 2
        left = {True: frame.right() - side - 2, False: frame.left() + 3}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for text, colour, right in badges:
            width = max(side, painter.fontMetrics().horizontalAdvance(text) + side // 2)
            badge = QRect(left[right], frame.top() + 3, width, side)
            left[right] += -(width + 2) if right else width + 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(badge, side / 2, side / 2)
            painter.setPen(QColor("#ffffff"))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        font.setBold(False)
        painter.setFont(font)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.tile_size(112, option.fontMetrics.height())
