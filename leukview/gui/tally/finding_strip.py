"""Strip with the findings of a film: each score on a scale with both limits."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from leukview.domain.binomial import Interval
from leukview.domain.film_evidence import FilmFinding
from leukview.domain.findings import FINDING_NAMES, ZONE_NAMES, Finding
from leukview.gui.app.i18n import translate_data

_ZONE_COLOURS = {"suspicious": "#b3261e", "grey": "#b35900"}
_SCALE_ODDS = 6.0  # log odds at either end of the scale; a score beyond is drawn at the end


class FindingScale(QWidget):
    """Horizontal scale with the zones of a finding and a mark at the score."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finding: Finding | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_finding(self, finding: Finding) -> None:
        """Show a finding."""
        self._finding = finding
        self.update()

    @override
    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(6 * height, height)

    @override
    def minimumSizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(3 * height, height)

    def position(self, score: float) -> float:
        """Horizontal position of a score, 0..1 of the scale's width."""
        return min(max((score + _SCALE_ODDS) / (2 * _SCALE_ODDS), 0.0), 1.0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._finding is None:
            return
        painter, width, height = QPainter(self), float(self.width()), float(self.height())
        limits = self._finding.limits
        grey, suspicious = width * self.position(limits.grey), width * self.position(limits.suspicious)
        top, thick = height * 0.35, height * 0.3
        painter.setPen(Qt.PenStyle.NoPen)
        for left, right, colour in (
            (0.0, grey, self.palette().color(QPalette.ColorRole.Midlight)),
            (grey, suspicious, QColor(_ZONE_COLOURS["grey"])),
            (suspicious, width, QColor(_ZONE_COLOURS["suspicious"])),
        ):
            painter.setBrush(colour)
            painter.drawRect(QRectF(left, top, max(0.0, right - left), thick))
        if self._finding.zone != "not_assessable":
            painter.setBrush(self.palette().color(QPalette.ColorRole.Text))
            at = min(max(width * self.position(self._finding.score.score), 1.5), width - 1.5)
            painter.drawRect(QRectF(at - 1.5, 0.0, 3.0, height))
        painter.end()


class FindingStrip(QWidget):
    """The findings side by side: name, scale, zone and number of cells; hidden without findings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Findings of the slide"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(10, 3, 10, 3)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(1)
        self._items: list[QWidget] = []
        self._shown: tuple[FilmFinding, ...] = ()
        self._rows: list[tuple[QLabel, FindingScale, QLabel]] = []
        self.hide()

    @property
    def texts(self) -> list[str]:
        """The accessible text of each row."""
        return [scale.accessibleName() for _, scale, _ in self._rows]

    def show_findings(self, findings: tuple[FilmFinding, ...]) -> None:
        """Show the findings of a film, or of all films of a patient."""
        if findings == self._shown:
            return
        self._shown = findings
        while len(self._rows) > len(findings):
            self._rows.pop()
            item = self._items.pop()
            self._grid.removeWidget(item)
            item.deleteLater()
        while len(self._rows) < len(findings):
            row = QLabel(), FindingScale(), QLabel()
            item = QWidget()
            line = QHBoxLayout(item)
            line.setContentsMargins(0, 0, 0, 0)
            for part in row:
                line.addWidget(part)
            self._rows.append(row)
            self._items.append(item)
        for (name, scale, words), found in zip(self._rows, findings, strict=True):
            self._fill_row(name, scale, words, found.finding)
        self._arrange()
        self.setVisible(bool(findings))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def minimumSizeHint(self) -> QSize:
        """As wide as one finding: those that do not fit beside each other stand below each other."""
        return QSize(self._item_width(), self.sizeHint().height())

    def _item_width(self) -> int:
        return max((item.sizeHint().width() for item in self._items), default=0) + self._grid.horizontalSpacing()

    def _arrange(self) -> None:
        """Place as many findings beside each other as fit."""
        columns = max(1, min(len(self._items), self.width() // max(1, self._item_width())))
        for at, item in enumerate(self._items):
            self._grid.addWidget(item, at // columns, at % columns, Qt.AlignmentFlag.AlignLeft)
        for column in range(len(self._items)):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(columns, 1)

    def _fill_row(self, name: QLabel, scale: FindingScale, words: QLabel, finding: Finding) -> None:
        title, zone = translate_data(FINDING_NAMES[finding.key]), translate_data(ZONE_NAMES[finding.zone])
        cells = self.tr("{0} cells").format(f"{finding.score.cells:.0f}")
        if finding.raised_by_review:
            zone = self.tr("{0}, because of labels by a reviewer").format(zone)
        name.setText(title)
        colour = _ZONE_COLOURS.get(finding.zone)
        shown = f'<b style="color:{colour}">{escape(zone)}</b>' if colour else escape(zone)
        words.setText(f"{shown} · {escape(cells)}")
        scale.show_finding(finding)
        score = f"{finding.score.score:.2f}"
        limits = self.tr("limits {0} and {1}").format(f"{finding.limits.grey:.2f}", f"{finding.limits.suspicious:.2f}")
        scale.setAccessibleName(f"{title}: {zone}, {score} ({limits}), {cells}")
        tip = self._tool_tip(finding)
        for part in (name, scale, words):
            part.setToolTip(f"{scale.accessibleName()}\n{tip}")

    def _tool_tip(self, finding: Finding) -> str:
        text = self.tr("{0}: score reached by {1} of patients with the condition; {2} of the others scored lower.")
        rows = (
            (self.tr("Lower limit"), finding.limits.at_grey),
            (self.tr("Upper limit"), finding.limits.at_suspicious),
        )
        return "\n".join(
            text.format(
                name, _percent(rates.found, rates.ill, rates.sensitivity),
                _percent(rates.well - rates.false, rates.well, rates.specificity),
            )
            for name, rates in rows
        )  # fmt: skip


def _percent(part: int, whole: int, interval: Interval) -> str:
    return f"{100 * part / whole:.0f} % ({100 * interval.low:.0f}–{100 * interval.high:.0f})"
