"""Levey–Jennings chart of one measure of the reference slide over its runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from leukview.domain.models.quality_control import ControlLimits, QcMeasure
from leukview.gui.app.i18n import translate_data

_VIOLATION_COLOUR = "#c2410c"  # also marked by shape: a square instead of a dot


class LeveyJenningsChart(QWidget):
    """Paints values, mean and ±1, 2, 3 SD.

    A value that violates a Westgard rule is painted as a square with the name of the rule.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measure: QcMeasure | None = None
        self._values: tuple[float, ...] = ()
        self._limits: ControlLimits | None = None
        self._violations: tuple[str, ...] = ()
        self.setAccessibleName(self.tr("Levey–Jennings chart"))

    def show_runs(
        self, measure: QcMeasure, values: Sequence[float], limits: ControlLimits | None, violations: Sequence[str]
    ) -> None:
        """Show the runs of a measure, oldest first; without limits only the values."""
        self._measure, self._values = measure, tuple(values)
        self._limits, self._violations = limits, tuple(violations)
        bad = sum(bool(rule) for rule in violations)
        self.setAccessibleDescription(
            self.tr("{0} measurements, {1} outside the control rules").format(len(values), bad)
        )
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 280)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    def _range(self) -> tuple[float, float]:
        low, high = min(self._values), max(self._values)
        if self._limits:
            low = min(low, self._limits.mean - 3.3 * self._limits.sd)
            high = max(high, self._limits.mean + 3.3 * self._limits.sd)
        margin = 0.05 * (high - low) or max(abs(high) * 0.05, 1.0)
        return low - margin, high + margin

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, metrics = self.palette(), self.fontMetrics()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        if self._measure is None or not self._values:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No measurement yet."))
            return
        left = metrics.horizontalAdvance("+3 SD  00000.000") + 12
        area = QRectF(self.rect()).adjusted(left, metrics.height() + 10, -16, -metrics.height() - 8)
        low, high = self._range()

        def y(value: float) -> float:
            return area.bottom() - (value - low) / (high - low) * area.height()

        self._paint_limits(painter, area, y(self._limits.mean) if self._limits else None, (low, high))
        step = area.width() / max(1, len(self._values) - 1)
        points = [QPointF(area.left() + i * step, y(v)) for i, v in enumerate(self._values)]
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1.5))
        for one, other in pairwise(points):
            painter.drawLine(QLineF(one, other))
        rules = self._violations or ("",) * len(points)
        for point, rule in zip(points, rules, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            if rule:
                painter.setBrush(QColor(_VIOLATION_COLOUR))
                painter.drawRect(QRectF(point.x() - 5, point.y() - 5, 10, 10))
                painter.setPen(palette.color(QPalette.ColorRole.Text))
                painter.drawText(QPointF(point.x() - 10, point.y() - 9), rule)
            else:
                painter.setBrush(palette.color(QPalette.ColorRole.Accent))
                painter.drawEllipse(point, 4, 4)
        unit = f" [{self._measure.unit}]" if self._measure.unit else ""
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(QPointF(8, metrics.ascent() + 4), f"{translate_data(self._measure.name)}{unit}")

    def _paint_limits(
        self, painter: QPainter, area: QRectF, mean_y: float | None, value_range: tuple[float, float]
    ) -> None:
        limits, measure = self._limits, self._measure
        if limits is None or measure is None or mean_y is None:
            return
        palette, metrics = self.palette(), self.fontMetrics()
        scale = area.height() / (value_range[1] - value_range[0])
        for k in (0, 2, -2, 3, -3, 1, -1):
            y = mean_y - k * limits.sd * scale
            style = Qt.PenStyle.SolidLine if k == 0 else Qt.PenStyle.DashLine if abs(k) < 3 else Qt.PenStyle.DotLine
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1.2 if k in {0, 3, -3} else 0.7, style))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            has_room = limits.sd * scale * (1 if abs(k) == 1 else 2) >= metrics.height()
            if has_room or k == 0:
                name = self.tr("mean") if k == 0 else f"{k:+d} SD"
                text = f"{name}  {limits.mean + k * limits.sd:.{measure.decimals}f}"
                painter.setPen(palette.color(QPalette.ColorRole.Text))
                box = QRectF(4, y - metrics.height() / 2, area.left() - 10, metrics.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
