"""Enlarged image of a cell: zoom, pan, contours, heat map and scale bar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPainter, QPalette, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from leukview.gui.imaging.overlays import (
    CELL_COLOUR,
    NO_ADJUSTMENT,
    NUCLEUS_COLOUR,
    Contours,
    DisplayAdjustment,
    heatmap_image,
    to_qimage,
)

ZOOM_STEP = 1.25
ZOOM_MAX = 32.0
"""Maximal zoom, in screen pixels per image pixel."""
_NEAREST_NEIGHBOUR_ZOOM = 5.0  # from here on pixels are drawn as squares: smoothing would suggest detail
_SCALE_BAR_LENGTHS_UM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_SCALE_BAR_MAX_FRACTION = 0.3  # of the view's width


def scale_bar_length(um_per_px: float, zoom: float, width_px: float) -> float | None:
    """Length in µm of the longest scale bar of round length that fits the view.

    Args:
        um_per_px: Scale of the image, µm per image pixel.
        zoom: Screen pixels per image pixel.
        width_px: Width of the view in screen pixels; the bar takes at most 30 % of it.

    Returns:
        None when even the shortest is too long.
    """
    fitting = [um for um in _SCALE_BAR_LENGTHS_UM if um / um_per_px * zoom <= _SCALE_BAR_MAX_FRACTION * width_px]
    return fitting[-1] if fitting else None


def add_contour_items(scene: QGraphicsScene, colour: str) -> tuple[QGraphicsPathItem, QGraphicsPathItem]:
    """Add two hidden path items for a contour: a coloured line over a dark one.

    The dark line keeps the contour visible on any stain. The pens are cosmetic: equally thick at any zoom.

    Args:
        scene: Gets the items.
        colour: Colour of the upper line.

    Returns:
        The lower and the upper item.
    """
    made = []
    for line_colour, width in ((QColor(0, 0, 0, 130), 4.0), (QColor(colour), 2.0)):
        pen = QPen(line_colour, width)
        pen.setCosmetic(True)
        item = QGraphicsPathItem()
        item.setPen(pen)
        item.setVisible(False)
        scene.addItem(item)
        made.append(item)
    return made[0], made[1]


class ImageView(QGraphicsView):
    """Shows an image fitted to the view, or at the zoom that the user set before.

    Signals:
        zoom_changed: New zoom in screen pixels per image pixel.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        scene = QGraphicsScene(self)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        # Scale bar and message are fixed in the view, so scrolling has to repaint all of it.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setMinimumSize(120, 120)
        # A click on the image must not take the keyboard focus from the gallery.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pixels: NDArray[np.uint8] | None = None
        self._fit_to_view = True
        self._adjustment = NO_ADJUSTMENT
        self._message = ""
        self._um_per_px: float | None = None
        self._image_item = QGraphicsPixmapItem()
        self._image_item.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        # The classifier's crop may extend beyond the image; the heat map must not.
        self._image_item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape)
        scene.addItem(self._image_item)
        self._heatmap_item = QGraphicsPixmapItem(self._image_item)
        self._heatmap_item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._contour_items = {colour: add_contour_items(scene, colour) for colour in (CELL_COLOUR, NUCLEUS_COLOUR)}

    # ---- what is shown -------------------------------------------------------------------------------------------
    @property
    def pixels(self) -> NDArray[np.uint8] | None:
        """The image as stored (RGB, H×W×3), without display adjustment; None = no image."""
        return self._pixels

    def set_pixels(self, pixels: NDArray[np.uint8] | None, message: str = "") -> None:
        """Show an image (RGB, H×W×3); None shows the message instead."""
        self._pixels, self._message = pixels, message
        self._refresh_image_item()
        if pixels is not None:
            height, width, _ = pixels.shape
            self.scene().setSceneRect(QRectF(0, 0, width, height))
            if self._fit_to_view:
                self.zoom_fit()
            else:
                self.centerOn(QPointF(width / 2, height / 2))  # the analyser's images have the cell in the centre
        self.viewport().update()

    def set_contours(self, contours: Contours | None, *, visible: bool) -> None:
        """Set the contours over the image; None removes them."""
        for colour, path in ((CELL_COLOUR, "cell"), (NUCLEUS_COLOUR, "nucleus")):
            for item in self._contour_items[colour]:
                if contours is not None:
                    item.setPath(getattr(contours, path))
                item.setVisible(visible and contours is not None)

    def set_heatmap(self, heatmap: NDArray[np.float32] | None, crop: tuple[int, int, int, int]) -> None:
        """Set the heat map over the image.

        Args:
            heatmap: h×w, 0..1; None removes it.
            crop: Left, top, right, bottom of the map in image pixels, half-open.
        """
        left, top, right, bottom = crop
        if heatmap is None:
            self._heatmap_item.setVisible(False)
            return
        self._heatmap_item.setPixmap(QPixmap.fromImage(heatmap_image(heatmap, QSize(right - left, bottom - top))))
        self._heatmap_item.setOffset(left, top)
        self._heatmap_item.setVisible(True)

    def set_heatmap_opacity(self, opacity: float) -> None:
        """Set the opacity of the heat map, 0..1."""
        self._heatmap_item.setOpacity(opacity)

    @property
    def contours_shown(self) -> bool:
        """Whether contours are visible."""
        return self._contour_items[CELL_COLOUR][0].isVisible()

    @property
    def heatmap_shown(self) -> bool:
        """Whether a heat map is visible."""
        return self._heatmap_item.isVisible()

    def set_adjustment(self, adjustment: DisplayAdjustment) -> None:
        """Set brightness, contrast and gamma of the display."""
        self._adjustment = adjustment
        self._refresh_image_item()

    def set_scale(self, um_per_px: float | None) -> None:
        """Set the scale for the scale bar; None = unknown, no scale bar."""
        self._um_per_px = um_per_px
        self.viewport().update()

    def _refresh_image_item(self) -> None:
        if self._pixels is None:
            self._image_item.setPixmap(QPixmap())
            return
        shown = self._pixels if self._adjustment == NO_ADJUSTMENT else self._adjustment.lookup_table()[self._pixels]
        self._image_item.setPixmap(QPixmap.fromImage(to_qimage(shown)))

    # ---- zoom ----------------------------------------------------------------------------------------------------
    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel."""
        return self.transform().m11()

    @property
    def is_fitted(self) -> bool:
        """Whether the zoom follows the size of the view."""
        return self._fit_to_view

    def zoom_in(self) -> None:
        """Zoom in by one step, `ZOOM_STEP`."""
        self._zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Zoom out by one step, `ZOOM_STEP`."""
        self._zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        """Fit the whole image into the view, also after the view is resized."""
        self._fit_to_view = True
        if self._pixels is not None:
            self._apply_zoom(self._fit_zoom())
            self.centerOn(self.sceneRect().center())

    def set_zoom(self, zoom: float) -> None:
        """Set the zoom for this and further images, in screen pixels per image pixel.

        It is limited to `ZOOM_MAX`; ignored without an image.
        """
        if self._pixels is not None:
            self._fit_to_view = False
            self._apply_zoom(min(ZOOM_MAX, max(0.01, zoom)))

    def _fit_zoom(self) -> float:
        size, rect = self.viewport().size(), self.sceneRect()
        return max(0.01, min(size.width() / rect.width(), size.height() / rect.height()))

    def _zoom_by(self, factor: float) -> None:
        if self._pixels is None:
            return
        self._fit_to_view = False
        self._apply_zoom(min(ZOOM_MAX, max(self._fit_zoom() / 2, self.zoom * factor)))

    def _apply_zoom(self, zoom: float) -> None:
        step = zoom / self.zoom
        self.scale(step, step)
        smooth = zoom < _NEAREST_NEIGHBOUR_ZOOM
        self._image_item.setTransformationMode(
            Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
        )
        self.zoom_changed.emit(zoom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        turned = event.angleDelta().y()
        if turned:
            self._zoom_by(ZOOM_STEP ** (turned / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with +, − and 0 while the view has the focus."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.zoom_fit()
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted image fitted."""
        super().resizeEvent(event)
        if self._fit_to_view:
            self.zoom_fit()

    # ---- fixed foreground ----------------------------------------------------------------------------------------
    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw the message or the scale bar, and a frame while the view has the focus."""
        super().drawForeground(painter, rect)
        painter.save()
        painter.resetTransform()
        area = self.viewport().rect()
        if self._pixels is None and self._message:
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            around = area.adjusted(24, 24, -24, -24)
            painter.drawText(around, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._message)
        elif self._pixels is not None and self._um_per_px:
            self._draw_scale_bar(painter, area, self._um_per_px)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        painter.restore()

    def _draw_scale_bar(self, painter: QPainter, area: QRect, um_per_px: float) -> None:
        um = scale_bar_length(um_per_px, self.zoom, area.width())
        if um is None:
            return
        length, text = um / um_per_px * self.zoom, f"{um:g} µm"
        metrics = painter.fontMetrics()
        wide = max(length, metrics.horizontalAdvance(text)) + 16
        box = QRectF(area.right() - wide - 8, area.bottom() - metrics.height() - 22, wide, metrics.height() + 14)
        background = self.palette().color(QPalette.ColorRole.Window)
        background.setAlphaF(0.85)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(background))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 2))
        painter.drawText(
            box.adjusted(0, 2, 0, -8), int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), text
        )
        left, y = box.center().x() - length / 2, box.bottom() - 6
        painter.drawLine(QPointF(left, y), QPointF(left + length, y))
        for x in (left, left + length):
            painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3))
