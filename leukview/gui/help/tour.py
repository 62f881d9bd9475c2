"""First-run tour that explains the parts of the window one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QMainWindow, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

_CARD_WIDTH = 360
_GAP = 14


@dataclass(frozen=True, slots=True)
class TourStop:
    """One stop of the tour: the widget, a title and two or three sentences."""

    target: QWidget
    title: str
    text: str


class Tour(QWidget):
    """Overlay that dims the window except for one widget and shows a card beside it.

    Escape or the last stop ends the tour.
    """

    ended = Signal()
    demo_requested = Signal()  # the tour continues with `on_slide_opened`

    def __init__(self, stops: Sequence[TourStop], window: QMainWindow, *, offers_demo: bool = False) -> None:
        super().__init__(window)
        self._window, self._stops, self._index = window, list(stops), 0
        self.setAccessibleName(self.tr("Tour"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = QFrame(self)
        self.card.setObjectName("card")  # the theme draws its border
        self.card.setAutoFillBackground(True)
        self.card.setFixedWidth(_CARD_WIDTH)
        self.title_label, self.text_label, self._position_label = QLabel(), QLabel(), QLabel()
        bold = self.title_label.font()
        bold.setBold(True)
        self.title_label.setFont(bold)
        for label in (self.title_label, self.text_label):
            label.setWordWrap(True)
        self.back_button = QPushButton(self.tr("&Back"))
        self.next_button = QPushButton(self.tr("&Next"))
        self.end_button = QPushButton(self.tr("&End"))
        self.demo_button = QPushButton(self.tr("Show it on the &demo slides"))
        self.demo_button.clicked.connect(self._on_demo)
        self._offers_demo = offers_demo
        self.back_button.clicked.connect(self.previous_stop)
        self.next_button.clicked.connect(self.next_stop)
        self.end_button.clicked.connect(self.end)
        row = QHBoxLayout()
        row.addWidget(self._position_label, 1)
        for button in (self.end_button, self.back_button, self.next_button):
            row.addWidget(button)
        self._card_layout = QVBoxLayout(self.card)
        self._card_layout.addWidget(self.title_label)
        self._card_layout.addWidget(self.text_label)
        self._card_layout.addWidget(self.demo_button)
        self._card_layout.addLayout(row)
        window.installEventFilter(self)
        self._show_stop()

    @property
    def current_stop(self) -> TourStop:
        """The stop that is shown."""
        return self._stops[self._index]

    def start(self) -> None:
        """Show the overlay and grab the keyboard focus."""
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)
        self._show_stop()
        (self.demo_button if self._offers_demo else self.next_button).setFocus()

    def next_stop(self) -> None:
        """Show the next stop; after the last one the tour ends."""
        if self._index + 1 == len(self._stops):
            self.end()
            return
        self._index += 1
        self._show_stop()

    def _on_demo(self) -> None:
        self._offers_demo = False
        self.demo_button.setEnabled(False)
        self.demo_button.setText(self.tr("The demo slides are being opened…"))
        self.demo_requested.emit()

    def on_slide_opened(self) -> None:
        """Continue with the next stop after the demo slide is opened."""
        if self._index == 0 and not self.demo_button.isEnabled():
            self.next_stop()

    def previous_stop(self) -> None:
        """Show the previous stop."""
        self._index = max(0, self._index - 1)
        self._show_stop()

    def end(self) -> None:
        """Hide the overlay and end the tour."""
        if self.isHidden():
            return
        self._window.removeEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._on_focus_changed)
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def _show_stop(self) -> None:
        self.title_label.setText(self.current_stop.title)
        self.text_label.setText(self.current_stop.text)
        self._position_label.setText(f"{self._index + 1} / {len(self._stops)}")
        self.back_button.setEnabled(self._index > 0)
        last = self._index + 1 == len(self._stops)
        self.next_button.setText(self.tr("&Done") if last else self.tr("&Next"))
        self.end_button.setHidden(last)
        self.demo_button.setHidden(self._index > 0 or (self.demo_button.isEnabled() and not self._offers_demo))
        self.card.setFixedHeight(self._card_layout.heightForWidth(_CARD_WIDTH) + self.fontMetrics().height())
        self.card.move(self._card_position(self._target_rect()))
        self.update()

    def _target_rect(self) -> QRect:
        target = self.current_stop.target
        return QRect(target.mapTo(self._window, QPoint(0, 0)), target.size()).adjusted(-3, -3, 3, 3)

    def _card_position(self, target_rect: QRect) -> QPoint:
        """Return the card's position: right of the target, left of it, or inside."""
        width, height = self.card.width(), self.card.height()
        y = max(_GAP, min(target_rect.top() + _GAP, self.height() - height - _GAP))
        if target_rect.right() + _GAP + width < self.width():
            return QPoint(target_rect.right() + _GAP, y)
        if target_rect.left() - _GAP - width > 0:
            return QPoint(target_rect.left() - _GAP - width, y)
        middle = target_rect.intersected(self.rect()).center()
        return QPoint(max(_GAP, middle.x() - width // 2), max(_GAP, middle.y() - height // 2))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QPainterPath()
        shade.addRect(self.rect())
        hole = QPainterPath()
        if not self._target_rect().contains(self.rect()):  # a stop about the whole window highlights no widget
            hole.addRoundedRect(self._target_rect(), 6, 6)
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

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Keep the keyboard focus while the tour covers the window, also when a slide is opened."""
        panels = self._window.centralWidget()
        if now is not None and panels is not None and panels.isAncestorOf(now):
            self.next_button.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            focused = self.focusWidget()
            (focused if isinstance(focused, QPushButton) else self.next_button).click()
        elif event.key() == Qt.Key.Key_Left:
            self.previous_stop()
        elif event.key() == Qt.Key.Key_Right:
            self.next_stop()
