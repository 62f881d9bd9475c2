"""Mask editor on an image view: turns mouse events into strokes and clicks."""

from __future__ import annotations

from collections.abc import Callable
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
"""Limits of the brush radius in image pixels."""
_RADIUS_FACTOR = 1.25
_INITIAL_RADIUS_FRACTION = 0.03  # initial brush radius as a fraction of the image's shorter side
_REDRAW_INTERVAL_MS = 30  # minimum time between contour traces; mouse events can arrive ten times as often
_REGION_ALPHA = (
    22  # opacity of the regions, 0..255: distinguishable, but faint enough to leave the stain colours recognisable
)
_REGION_COLOURS = {CYTOPLASM: CELL_COLOUR, NUCLEUS: NUCLEUS_COLOUR, BACKGROUND: "#ffffff"}


class MaskTool(StrEnum):
    """Mouse tool."""

    BRUSH = "brush"
    CLICKS = "clicks"


class MaskEditor(QObject):
    """Edits a mask on an `ImageView` between `begin` and `end`.

    Signals:
        changed: The draft, the tool, the region or the brush radius has changed.
        click_placed: A `Click`; the receiver refines the mask and calls `apply_refinement`.
    """

    changed = Signal()
    click_placed = Signal(object)

    def __init__(self, image_view: ImageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image_view = image_view
        self.draft: MaskDraft | None = None
        self.tool, self.region, self.radius = MaskTool.BRUSH, CYTOPLASM, 10
        self._radius_chosen = False  # the user changed the brush radius
        self._stroke: tuple[QPointF, int] | None = None  # last position and label of the unfinished stroke
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
        """Whether a mask is being edited."""
        return self.draft is not None

    def begin(self, mask: NDArray[np.uint8]) -> None:
        """Start to edit a mask (H×W of the image, 0 background, 1 cytoplasm, 2 nucleus)."""
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
        """End editing and discard the draft."""
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

    # ---- commands of tool bar and keys ---------------------------------------------------------------------------
    def set_tool(self, tool: MaskTool) -> None:
        """Select the brush or the click tool."""
        self.tool = tool
        self._move_brush_cursor(None)
        self.changed.emit()

    def set_region(self, region: int) -> None:
        """Select the label that the left mouse button assigns."""
        self.region = region
        self.changed.emit()

    def set_brush_radius(self, radius: int) -> None:
        """Set the radius of the brush in image pixels."""
        self.radius, self._radius_chosen = max(MIN_BRUSH_RADIUS, min(MAX_BRUSH_RADIUS, radius)), True
        if self._image_view.viewport().underMouse():
            self._move_brush_cursor(
                self._image_view.mapToScene(self._image_view.viewport().mapFromGlobal(QCursor.pos()))
            )
        self.changed.emit()

    def enlarge_brush(self) -> None:
        """Enlarge the brush by one step."""
        self.set_brush_radius(max(self.radius + 1, round(self.radius * _RADIUS_FACTOR)))

    def shrink_brush(self) -> None:
        """Shrink the brush by one step."""
        self.set_brush_radius(min(self.radius - 1, round(self.radius / _RADIUS_FACTOR)))

    def undo(self) -> None:
        """Undo the last stroke or click."""
        self._edit_draft(MaskDraft.undo)

    def redo(self) -> None:
        """Redo the step that was undone last."""
        self._edit_draft(MaskDraft.redo)

    def replace_mask(self, mask: NDArray[np.uint8]) -> None:
        """Replace the draft by another mask as one undo step."""
        self._edit_draft(lambda draft: draft.replace_mask(mask))

    def set_initial_mask(self, mask: NDArray[np.uint8]) -> None:
        """Set the initial mask when it is loaded late; ignored if the draft was edited."""
        self._edit_draft(lambda draft: draft.set_initial_mask(mask))

    def apply_refinement(self, base: NDArray[np.uint8], refined: NDArray[np.uint8], click: Click) -> None:
        """Apply the result of a click; see `MaskDraft.apply_refinement`."""
        self._edit_draft(lambda draft: draft.apply_refinement(base, refined, click))

    def _edit_draft(self, edit: Callable[[MaskDraft], None]) -> None:
        if self.draft is not None:
            self._stroke = None
            edit(self.draft)
            self._redraw()
            self.changed.emit()

    # ---- the mouse -----------------------------------------------------------------------------------------------
    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle mouse events over the image; the wheel still zooms."""
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
        position = self._image_view.mapToScene(event.position().toPoint())
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
            x, y = int(np.floor(position.x())), int(np.floor(position.y()))
            if 0 <= x < width and 0 <= y < height:
                self.click_placed.emit(Click(x, y, region))
            return
        self._stroke = position, region
        self._paint_to(position)

    def _move(self, event: QMouseEvent) -> None:
        if self._pan_position is not None:
            moved, self._pan_position = event.position() - self._pan_position, event.position()
            for bar, by in (
                (self._image_view.horizontalScrollBar(), moved.x()),
                (self._image_view.verticalScrollBar(), moved.y()),
            ):
                bar.setValue(bar.value() - round(by))
            return
        position = self._image_view.mapToScene(event.position().toPoint())
        self._move_brush_cursor(position)
        if self._stroke is not None:
            self._paint_to(position)

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

    # ---- drawing -------------------------------------------------------------------------------------------------
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
        """Show a dot at each active click, in the colour of its region."""
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
    """Return the regions in faint colours (ARGB); the background is transparent."""
    table = np.zeros((3, 4), np.uint8)
    for region in (CYTOPLASM, NUCLEUS):
        colour = QColor(_REGION_COLOURS[region])
        table[region] = colour.red(), colour.green(), colour.blue(), _REGION_ALPHA
    pixels = table[mask]
    height, width = mask.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
