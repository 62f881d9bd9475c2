"""Brush and clicks on the large picture: mouse events become strokes and clicks, the draft is drawn over the cell."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QImage, QMouseEvent, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsItem, QGraphicsPixmapItem, QGraphicsView
from typing_extensions import override

from leukview.gui.cell.mask_draft import OUTSIDE, MaskDraft
from leukview.gui.imaging.image_view import PictureView, pen_pair
from leukview.gui.imaging.overlays import CELL_COLOUR, NUCLEUS_COLOUR, outline
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

SMALLEST, LARGEST = 1, 80
"""Radius of the brush in image pixels."""
_STEP = 1.25
_FIRST_PART = 0.03  # radius of the brush at first, of the image's shorter side
_DRAWN_EVERY_MS = 30  # contours are traced at most so often: a fast hand sends ten times as many events
_VEIL = 22  # opacity of the regions, 0..255: enough to tell them apart, too little to change the stain
_COLOURS = {CYTOPLASM: CELL_COLOUR, NUCLEUS: NUCLEUS_COLOUR, BACKGROUND: "#ffffff"}


class Tool(StrEnum):
    """What the mouse does."""

    BRUSH = "brush"
    CLICKS = "clicks"


class MaskEditor(QObject):
    """Works on a `PictureView` between `begin` and `end`; what a click leads to is its owner's business.

    Signals:
        changed: The draft, the tool, the region or the size is another.
        clicked: A `Click`: answer with `take`.
    """

    changed = Signal()
    clicked = Signal(object)

    def __init__(self, picture: PictureView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.draft: MaskDraft | None = None
        self.tool, self.region, self.radius = Tool.BRUSH, CYTOPLASM, 10
        self._sized = False  # the brush has a size that the user knows
        self._stroke: tuple[QPointF, int] | None = None  # where the brush is, and what it gives
        self._panned: QPointF | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DRAWN_EVERY_MS)
        self._timer.timeout.connect(self._draw)
        scene = picture.scene()
        self._veil = QGraphicsPixmapItem()
        self._lines = {region: pen_pair(scene, _COLOURS[region]) for region in (CYTOPLASM, NUCLEUS)}
        self._circle = tuple(self._ring(colour, width) for colour, width in (("#000000", 3.0), ("#ffffff", 1.5)))
        self._dots: list[QGraphicsItem] = []
        for item in (self._veil, *self._circle):
            item.setVisible(False)
            scene.addItem(item)
        self._veil.setZValue(1)
        for pair in self._lines.values():
            for line in pair:
                line.setZValue(2)

    @staticmethod
    def _ring(colour: str, width: float) -> QGraphicsEllipseItem:
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
        if not self._sized:
            self.radius = max(SMALLEST, min(LARGEST, round(_FIRST_PART * min(mask.shape))))
        self._picture.setDragMode(QGraphicsView.DragMode.NoDrag)
        self._picture.viewport().setMouseTracking(True)
        self._picture.viewport().installEventFilter(self)
        self._picture.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self._draw()
        self.changed.emit()

    def end(self) -> None:
        """Take the draft away; nothing of it stays."""
        self.draft, self._stroke, self._panned = None, None, None
        self._timer.stop()
        viewport = self._picture.viewport()
        viewport.removeEventFilter(self)
        viewport.setMouseTracking(False)
        self._picture.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        for item in (self._veil, *self._circle, *(line for pair in self._lines.values() for line in pair)):
            item.setVisible(False)
        self._mark(())
        self.changed.emit()

    # ---- what the bar and the keys ask for -----------------------------------------------------------------------
    def use(self, tool: Tool) -> None:
        """Take brush or clicks into the hand."""
        self.tool = tool
        self._show_ring(None)
        self.changed.emit()

    def choose(self, region: int) -> None:
        """What the left button gives from now on."""
        self.region = region
        self.changed.emit()

    def resize_brush(self, radius: int) -> None:
        """Radius of the brush in image pixels."""
        self.radius, self._sized = max(SMALLEST, min(LARGEST, radius)), True
        if self._picture.viewport().underMouse():
            self._show_ring(self._picture.mapToScene(self._picture.viewport().mapFromGlobal(QCursor.pos())))
        self.changed.emit()

    def larger(self) -> None:
        """A larger brush."""
        self.resize_brush(max(self.radius + 1, round(self.radius * _STEP)))

    def smaller(self) -> None:
        """A smaller brush."""
        self.resize_brush(min(self.radius - 1, round(self.radius / _STEP)))

    def undo(self) -> None:
        """Take back the last stroke or click."""
        self._act(MaskDraft.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._act(MaskDraft.redo)

    def replace(self, mask: NDArray[np.uint8]) -> None:
        """Another mask in the place of the draft's; undo brings that back."""
        self._act(lambda draft: draft.replace(mask))

    def begin_with(self, mask: NDArray[np.uint8]) -> None:
        """The mask to begin with came late; what was drawn meanwhile stands."""
        self._act(lambda draft: draft.begin_with(mask))

    def take(self, asked: NDArray[np.uint8], refined: NDArray[np.uint8], click: Click) -> None:
        """What came of a click; see `MaskDraft.take`."""
        self._act(lambda draft: draft.take(asked, refined, click))

    def _act(self, act: object) -> None:
        if self.draft is not None and callable(act):
            self._stroke = None
            act(self.draft)
            self._draw()
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
                self._show_ring(None)
                return False
            case _:
                return False
        return True

    def _press(self, event: QMouseEvent) -> None:
        place = self._picture.mapToScene(event.position().toPoint())
        if self.draft is None or self._stroke is not None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = event.position()
            return
        if event.button() not in {Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton}:
            return
        region = self.region if event.button() == Qt.MouseButton.LeftButton else OUTSIDE[self.region]
        if self.tool is Tool.CLICKS:
            height, width = self.draft.mask.shape
            x, y = int(np.floor(place.x())), int(np.floor(place.y()))
            if 0 <= x < width and 0 <= y < height:
                self.clicked.emit(Click(x, y, region))
            return
        self._stroke = place, region
        self._paint(place)

    def _move(self, event: QMouseEvent) -> None:
        if self._panned is not None:
            moved, self._panned = event.position() - self._panned, event.position()
            for bar, by in (
                (self._picture.horizontalScrollBar(), moved.x()),
                (self._picture.verticalScrollBar(), moved.y()),
            ):
                bar.setValue(bar.value() - round(by))
            return
        place = self._picture.mapToScene(event.position().toPoint())
        self._show_ring(place)
        if self._stroke is not None:
            self._paint(place)

    def _release(self) -> None:
        self._panned = None
        if self._stroke is not None and self.draft is not None:
            self._stroke = None
            self.draft.keep()
            self._draw()
            self.changed.emit()

    def _paint(self, place: QPointF) -> None:
        if self.draft is None or self._stroke is None:
            return
        start, region = self._stroke
        self.draft.paint((start.x(), start.y()), (place.x(), place.y()), self.radius, region)
        self._stroke = place, region
        if not self._timer.isActive():
            self._timer.start()

    # ---- what is seen --------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        if self.draft is None:
            return
        self._timer.stop()
        self._veil.setPixmap(QPixmap.fromImage(_veil_of(self.draft.mask)))
        self._veil.setVisible(True)
        contours = outline(self.draft.mask)
        for region, path in ((CYTOPLASM, contours.cell), (NUCLEUS, contours.nucleus)):
            for line in self._lines[region]:
                line.setPath(path)
                line.setVisible(True)
        self._mark(self.draft.series)

    def _show_ring(self, place: QPointF | None) -> None:
        shown = place is not None and self.tool is Tool.BRUSH and self.draft is not None
        for ring in self._circle:
            ring.setVisible(shown)
            if place is not None:
                ring.setRect(place.x() - self.radius, place.y() - self.radius, 2 * self.radius, 2 * self.radius)

    def _mark(self, clicks: tuple[Click, ...]) -> None:
        """A dot where each click lies that still binds the next one, in the colour of what was said to lie there."""
        scene = self._picture.scene()
        for dot in self._dots:
            scene.removeItem(dot)
        self._dots = []
        for click in clicks:
            dot = QGraphicsEllipseItem(-4.5, -4.5, 9.0, 9.0)
            dot.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
            dot.setPos(click.x + 0.5, click.y + 0.5)
            dot.setPen(QPen(QColor("#1c2128"), 1.5))
            dot.setBrush(QColor(_COLOURS[click.region]))
            dot.setZValue(3)
            scene.addItem(dot)
            self._dots.append(dot)


def _veil_of(mask: NDArray[np.uint8]) -> QImage:
    """The regions as faint colours, ARGB; the background is clear."""
    table = np.zeros((3, 4), np.uint8)
    for region in (CYTOPLASM, NUCLEUS):
        colour = QColor(_COLOURS[region])
        table[region] = colour.red(), colour.green(), colour.blue(), _VEIL
    pixels = table[mask]
    height, width = mask.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
