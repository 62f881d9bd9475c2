"""The first-run tour: a few words beside the parts of the window that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

_CARD_WIDTH = 360
_GAP = 14


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: the part it is about, a title and two or three sentences."""

    target: QWidget
    title: str
    text: str


class Tour(QWidget):
    """Dims the window but for one part, beside which a card stands. Escape or the last stop ends it."""

    ended = Signal()
    demo_wanted = Signal()  # the tour goes on with `onward` once the demo slides are on the bench

    def __init__(self, stops: Sequence[Stop], window: QWidget, *, offers_demo: bool = False) -> None:
        super().__init__(window)
        self._window, self._stops, self._at = window, list(stops), 0
        self.setAccessibleName(self.tr("Tour"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = QFrame(self)
        self.card.setObjectName("card")  # the theme gives it an edge
        self.card.setAutoFillBackground(True)
        self.card.setFixedWidth(_CARD_WIDTH)
        self.title, self.text, self._place = QLabel(), QLabel(), QLabel()
        bold = self.title.font()
        bold.setBold(True)
        self.title.setFont(bold)
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.back_button = QPushButton(self.tr("&Back"))
        self.next_button = QPushButton(self.tr("&Next"))
        self.end_button = QPushButton(self.tr("&End"))
        self.demo_button = QPushButton(self.tr("Show it on the &demo slides"))
        self.demo_button.clicked.connect(self._on_demo)
        self._offers_demo = offers_demo
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.onward)
        self.end_button.clicked.connect(self.end)
        row = QHBoxLayout()
        row.addWidget(self._place, 1)
        for button in (self.end_button, self.back_button, self.next_button):
            row.addWidget(button)
        self._column = QVBoxLayout(self.card)
        self._column.addWidget(self.title)
        self._column.addWidget(self.text)
        self._column.addWidget(self.demo_button)
        self._column.addLayout(row)
        window.installEventFilter(self)
        self._show_stop()

    @property
    def stop(self) -> Stop:
        """Where the tour stands."""
        return self._stops[self._at]

    def begin(self) -> None:
        """Cover the window and take the keys."""
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self._show_stop()
        (self.demo_button if self._offers_demo else self.next_button).setFocus()

    def onward(self) -> None:
        """The next stop; after the last one the tour ends."""
        if self._at + 1 == len(self._stops):
            self.end()
            return
        self._at += 1
        self._show_stop()

    def _on_demo(self) -> None:
        self._offers_demo = False
        self.demo_button.setEnabled(False)
        self.demo_button.setText(self.tr("The demo slides are being opened…"))
        self.demo_wanted.emit()

    def on_opened(self) -> None:
        """A slide lies on the bench: there is something to show."""
        if self._at == 0 and not self.demo_button.isEnabled():
            self.onward()

    def back(self) -> None:
        """The stop before."""
        self._at = max(0, self._at - 1)
        self._show_stop()

    def end(self) -> None:
        """Uncover the window."""
        self._window.removeEventFilter(self)
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def _show_stop(self) -> None:
        self.title.setText(self.stop.title)
        self.text.setText(self.stop.text)
        self._place.setText(f"{self._at + 1} / {len(self._stops)}")
        self.back_button.setEnabled(self._at > 0)
        last = self._at + 1 == len(self._stops)
        self.next_button.setText(self.tr("&Done") if last else self.tr("&Next"))
        self.end_button.setHidden(last)
        self.demo_button.setHidden(self._at > 0 or (self.demo_button.isEnabled() and not self._offers_demo))
        self.card.setFixedHeight(self._column.heightForWidth(_CARD_WIDTH) + self.fontMetrics().height())
        self.card.move(self._beside(self._spot()))
        self.update()

    def _spot(self) -> QRect:
        target = self.stop.target
        return QRect(target.mapTo(self._window, QPoint(0, 0)), target.size()).adjusted(-3, -3, 3, 3)

    def _beside(self, spot: QRect) -> QPoint:
        """Right of the part, left of it, or within it: wherever the card fits into the window."""
        width, height = self.card.width(), self.card.height()
        y = max(_GAP, min(spot.top() + _GAP, self.height() - height - _GAP))
        if spot.right() + _GAP + width < self.width():
            return QPoint(spot.right() + _GAP, y)
        if spot.left() - _GAP - width > 0:
            return QPoint(spot.left() - _GAP - width, y)
        middle = spot.intersected(self.rect()).center()
        return QPoint(max(_GAP, middle.x() - width // 2), max(_GAP, middle.y() - height // 2))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QPainterPath()
        shade.addRect(self.rect())
        hole = QPainterPath()
        if not self._spot().contains(self.rect()):  # a stop about the whole window points at nothing
            hole.addRoundedRect(self._spot(), 6, 6)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(shade.subtracted(hole), QColor(0, 0, 0, 120))
        painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
        painter.drawPath(hole)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._show_stop()
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() == Qt.Key.Key_Left:
            self.back()
        elif event.key() == Qt.Key.Key_Right:
            self.onward()
