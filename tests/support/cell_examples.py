"""Example cell with image and analysis, and helpers for tests of the cell panel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
from leukview.domain.review.events import CellReview
from leukview.domain.slide import Cell, SourceLabel
from leukview.gui.cell.panel import CellPanel
from leukview.services.ports.inference import StageMaps
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.review.session import CellView

IMAGE_BACKGROUND_RGB = (240, 220, 200)
IMAGE_BACKGROUND = QColor(*IMAGE_BACKGROUND_RGB)


def cell_view(number: int = 1, *, malignant: float = 0.8, analysed: bool = True, **review: object) -> CellView:
    cell = Cell(f"S-{number:012x}", "S", number, f"{number:064x}", 100, 80, SourceLabel("blast", "Blast cells", "BL"))
    stages = (
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.99, 0.01)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
    )
    label = "blast" if malignant > 0.5 else "lymphocyte"
    prediction = Prediction("b" * 64, "fake:0", stages, label, label, 0.99 * malignant, None, Measurement(2000, 1200))
    found = CellReview(**review)  # type: ignore[arg-type]
    shown = found.label or (label if analysed else "unidentified")
    return CellView(cell, prediction if analysed else None, found, shown, not analysed and not found.label)


def cell_image() -> np.ndarray:
    pixels = np.empty((80, 100, 3), np.uint8)
    pixels[:] = IMAGE_BACKGROUND_RGB
    return pixels


def cell_analysis() -> CachedAnalysis:
    mask = np.zeros((80, 100), np.uint8)
    mask[20:60, 30:70] = 1
    mask[30:50, 40:60] = 2
    maps = np.zeros((2, 4, 4), np.float32)
    maps[1, 1:3, 1:3] = 8.0  # malignant: in the centre
    maps[0, 0, 0] = 2.0  # benign: a quarter as strong, in a corner
    gate = np.ones((2, 4, 4), np.float32)
    return CachedAnalysis(
        mask, (StageMaps("gate", gate), StageMaps("stage1", maps)), (10, 0, 90, 80), np.zeros(4, np.float32)
    )


def colour_at(panel: CellPanel, x: float, y: float) -> QColor:
    """Colour on the screen at the image point (x, y)."""
    panel.image_view.viewport().repaint()
    where = panel.image_view.mapFromScene(QPointF(x, y))
    return panel.image_view.viewport().grab().toImage().pixelColor(where)


def visible_texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget.window()))


def view_position(panel: CellPanel, x: float, y: float) -> QPoint:
    """Position in the view of an image point."""
    return panel.image_view.mapFromScene(x, y)


def drag_mouse(
    panel: CellPanel, *points: tuple[float, float], button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    view = panel.image_view.viewport()
    QTest.mousePress(view, button, pos=view_position(panel, *points[0]))
    for place in points[1:]:
        QTest.mouseMove(view, view_position(panel, *place))
    QTest.mouseRelease(view, button, pos=view_position(panel, *points[-1]))


def masks_equal(shown: NDArray[np.uint8] | None, expected: NDArray[np.uint8]) -> bool:
    """Whether the displayed mask equals the expected one."""
    return shown is not None and np.array_equal(shown, expected)
