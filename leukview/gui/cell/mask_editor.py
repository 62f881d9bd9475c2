"""Brush and clicks on the large picture: mouse events become strokes and clicks, the draft is drawn over the cell."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QImage, QMouseEvent, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsItem, QGraphicsPixmapItem, QGraphicsView
from typing_extensions import override

from leukview.gui.cell.mask_draft import COMPLEMENT_REGION, MaskDraft
from leukview.gui.imaging.image_view import ImageView, add_contour_items
from leukview.gui.imaging.overlays import CELL_COLOUR, NUCLEUS_COLOUR, trace_contours
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

MIN_BRUSH_RADIUS, MAX_BRUSH_RADIUS = 1, 80
"""Radius of the brush in image pixels."""
_RADIUS_FACTOR = 1.25
_INITIAL_RADIUS_FRACTION = 0.03  # radius of the brush at first, of the image's shorter side
_REDRAW_INTERVAL_MS = 30  # contours are traced at most so often: a fast hand sends ten times as many events
_REGION_ALPHA = 22  # opacity of the regions, 0..255: enough to tell them apart, too little to change the stain
_REGION_COLOURS = {CYTOPLASM: CELL_COLOUR, NUCLEUS: NUCLEUS_COLOUR, BACKGROUND: "#ffffff"}


class MaskTool(StrEnum):
    """What the mouse does."""

    BRUSH = "brush"
    CLICKS = "clicks"


class MaskEditor(QObject):
    """Works on a `ImageView` between `begin` and `end`; what a click leads to is its owner's business.

    Signals:
        changed: The draft, the tool, the region or the size is another.
        clicked: A `Click`: answer with `take`.
    """

    changed = Signal()
    click_placed = Signal(object)

    def __init__(self, image_view: ImageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image_view = image_view
        self.draft: MaskDraft | None = None
        self.tool, self.region, self.radius = MaskTool.BRUSH, CYTOPLASM, 10
        self._radius_chosen = False  # the brush has a size that the user knows
        self._stroke: tuple[QPointF, int] | None = None  # where the brush is, and what it gives
        self._pan_position: QPointF | None = None
        self._redraw_timer = QTimer(self)
        self._redraw_timer.setSingleShot(True)
        self._redraw_timer.setInterval(_REDRAW_INTERVAL_MS)
        self._redraw_timer.timeout.connect(self._redraw)
        scene = image_view.scene()
        self._region_item = QGraphicsPixmapItem()
        self._contour_items = {
            region: add_contour_items(scene, _REGION_COLOURS[region]) for region in (CYTOPLASM, NUCLEUS)
        }
        self._brush_cursor = tuple(
            self._circle_item(colour, width) for colour, width in (("#000000", 3.0), ("#ffffff", 1.5))
        )
        self._click_markers: list[QGraphicsItem] = []
        for item in (self._region_item, *self._brush_cursor):
            item.setVisible(False)
            scene.addItem(item)
        self._region_item.setZValue(1)
        for pair in self._contour_items.values():
            for line in pair:
                line.setZValue(2)

    @staticmethod
    def _circle_item(colour: str, width: float) -> QGraphicsEllipseItem:
        pen = QPen(QColor(colour), width)
        pen.setCosmetic(True)
        ring = QGraphicsEllipseItem()
        ring.setPen(pen)
        ring.setZValue(4)
        return ring

    # ---- begin and end -------------------------------------------------------------------------------------------
    @property
    def active(self) -> bool:
        """A mask is being repaired."""
        return self.draft is not None

    def begin(self, mask: NDArray[np.uint8]) -> None:
        """Lay a mask (H×W of the picture, 0/1/2) on the picture for repair."""
        self.draft = MaskDraft(mask)
        if not self._radius_chosen:
            self.radius = max(
                MIN_BRUSH_RADIUS, min(MAX_BRUSH_RADIUS, round(_INITIAL_RADIUS_FRACTION * min(mask.shape)))
            )
        self._image_view.setDragMode(QGraphicsView.DragMode.NoDrag)
        self._image_view.viewport().setMouseTracking(True)
        self._image_view.viewport().installEventFilter(self)
        self._image_view.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self._redraw()
        self.changed.emit()

    def end(self) -> None:
        """Take the draft away; nothing of it stays."""
        self.draft, self._stroke, self._pan_position = None, None, None
        self._redraw_timer.stop()
        viewport = self._image_view.viewport()
        viewport.removeEventFilter(self)
        viewport.setMouseTracking(False)
        self._image_view.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        for item in (
            self._region_item,
            *self._brush_cursor,
            *(line for pair in self._contour_items.values() for line in pair),
        ):
            item.setVisible(False)
        self._show_click_markers(())
        self.changed.emit()

    # ---- what the bar and the keys ask for -----------------------------------------------------------------------
    def set_tool(self, tool: MaskTool) -> None:
        """Take brush or clicks into the hand."""
        self.tool = tool
        self._move_brush_cursor(None)
        self.changed.emit()

    def set_region(self, region: int) -> None:
        """What the left button gives from now on."""
        self.region = region
        self.changed.emit()

    def set_brush_radius(self, radius: int) -> None:
        """Radius of the brush in image pixels."""
        self.radius, self._radius_chosen = max(MIN_BRUSH_RADIUS, min(MAX_BRUSH_RADIUS, radius)), True
        if self._image_view.viewport().underMouse():
            self._move_brush_cursor(
                self._image_view.mapToScene(self._image_view.viewport().mapFromGlobal(QCursor.pos()))
            )
        self.changed.emit()

    def enlarge_brush(self) -> None:
        """A larger brush."""
        self.set_brush_radius(max(self.radius + 1, round(self.radius * _RADIUS_FACTOR)))

    def shrink_brush(self) -> None:
        """A smaller brush."""
        self.set_brush_radius(min(self.radius - 1, round(self.radius / _RADIUS_FACTOR)))

    def undo(self) -> None:
        """Take back the last stroke or click."""
        self._edit_draft(MaskDraft.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._edit_draft(MaskDraft.redo)

    def replace_mask(self, mask: NDArray[np.uint8]) -> None:
        """Another mask in the place of the draft's; undo brings that back."""
        self._edit_draft(lambda draft: draft.replace(mask))

    def set_initial_mask(self, mask: NDArray[np.uint8]) -> None:
        """The mask to begin with came late; what was drawn meanwhile stands."""
        self._edit_draft(lambda draft: draft.begin_with(mask))

    def apply_refinement(self, base: NDArray[np.uint8], refined: NDArray[np.uint8], click: Click) -> None:
        """What came of a click; see `MaskDraft.apply_refinement`."""
        self._edit_draft(lambda draft: draft.take(base, refined, click))

    def _edit_draft(self, edit: object) -> None:
        if self.draft is not None and callable(edit):
            self._stroke = None
            edit(self.draft)
            self._redraw()
            self.changed.emit()

    # ---- the mouse -----------------------------------------------------------------------------------------------
    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mouse events over the picture; the wheel still zooms."""
        match event.type():
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick if isinstance(event, QMouseEvent):
                self._press(event)
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                self._move(event)
            case QEvent.Type.MouseButtonRelease if isinstance(event, QMouseEvent):
                self._release()
            case QEvent.Type.ContextMenu:
                pass
            case QEvent.Type.Leave:
                self._move_brush_cursor(None)
                return False
            case _:
                return False
        return True

    def _press(self, event: QMouseEvent) -> None:
        place = self._image_view.mapToScene(event.position().toPoint())
        if self.draft is None or self._stroke is not None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_position = event.position()
            return
        if event.button() not in {Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton}:
            return
        region = self.region if event.button() == Qt.MouseButton.LeftButton else COMPLEMENT_REGION[self.region]
        if self.tool is MaskTool.CLICKS:
            height, width = self.draft.mask.shape
            x, y = int(np.floor(place.x())), int(np.floor(place.y()))
            if 0 <= x < width and 0 <= y < height:
                self.click_placed.emit(Click(x, y, region))
            return
        self._stroke = place, region
        self._paint_to(place)

    def _move(self, event: QMouseEvent) -> None:
        if self._pan_position is not None:
            moved, self._pan_position = event.position() - self._pan_position, event.position()
            for bar, by in (
                (self._image_view.horizontalScrollBar(), moved.x()),
                (self._image_view.verticalScrollBar(), moved.y()),
            ):
                bar.setValue(bar.value() - round(by))
            return
        place = self._image_view.mapToScene(event.position().toPoint())
        self._move_brush_cursor(place)
        if self._stroke is not None:
            self._paint_to(place)

    def _release(self) -> None:
        self._pan_position = None
        if self._stroke is not None and self.draft is not None:
            self._stroke = None
            self.draft.commit_stroke()
            self._redraw()
            self.changed.emit()

    def _paint_to(self, position: QPointF) -> None:
        if self.draft is None or self._stroke is None:
            return
        start, region = self._stroke
        self.draft.paint((start.x(), start.y()), (position.x(), position.y()), self.radius, region)
        self._stroke = position, region
        if not self._redraw_timer.isActive():
            self._redraw_timer.start()

    # ---- what is seen --------------------------------------------------------------------------------------------
    def _redraw(self) -> None:
        if self.draft is None:
            return
        self._redraw_timer.stop()
        self._region_item.setPixmap(QPixmap.fromImage(_region_overlay(self.draft.mask)))
        self._region_item.setVisible(True)
        contours = trace_contours(self.draft.mask)
        for region, path in ((CYTOPLASM, contours.cell), (NUCLEUS, contours.nucleus)):
            for line in self._contour_items[region]:
                line.setPath(path)
                line.setVisible(True)
        self._show_click_markers(self.draft.active_clicks)

    def _move_brush_cursor(self, position: QPointF | None) -> None:
        shown = position is not None and self.tool is MaskTool.BRUSH and self.draft is not None
        for ring in self._brush_cursor:
            ring.setVisible(shown)
            if position is not None:
                ring.setRect(position.x() - self.radius, position.y() - self.radius, 2 * self.radius, 2 * self.radius)

    def _show_click_markers(self, clicks: tuple[Click, ...]) -> None:
        """A dot where each click lies that still binds the next one, in the colour of what was said to lie there."""
        scene = self._image_view.scene()
        for dot in self._click_markers:
            scene.removeItem(dot)
        self._click_markers = []
        for click in clicks:
            dot = QGraphicsEllipseItem(-4.5, -4.5, 9.0, 9.0)
            dot.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
            dot.setPos(click.x + 0.5, click.y + 0.5)
            dot.setPen(QPen(QColor("#1c2128"), 1.5))
            dot.setBrush(QColor(_REGION_COLOURS[click.region]))
            dot.setZValue(3)
            scene.addItem(dot)
            self._click_markers.append(dot)


def _region_overlay(mask: NDArray[np.uint8]) -> QImage:
    """The regions as faint colours, ARGB; the background is clear."""
    table = np.zeros((3, 4), np.uint8)
    for region in (CYTOPLASM, NUCLEUS):
        colour = QColor(_REGION_COLOURS[region])
        table[region] = colour.red(), colour.green(), colour.blue(), _REGION_ALPHA
    pixels = table[mask]
    height, width = mask.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
