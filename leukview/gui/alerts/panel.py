"""The alerts of the slide on the bench: each a card with its cells and its acknowledgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.alerts import Alert
from leukview.domain.review.events import ReviewEvent
from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.services.review.session import SlideView

_COLOURS = {"emergency": "#b3261e", "high": "#b35900", "medium": "#7a5c00", "low": "#55606e"}
_LOW = 12  # lines of text the panel is high up to which one alert at a time is unfolded


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the panel was last asked to show."""

    slide: str = ""
    alerts: tuple[Alert, ...] = ()
    answers: tuple[tuple[str, ReviewEvent], ...] = ()
    signed: bool = False

    def answer(self, alert: Alert) -> ReviewEvent | None:
        """Who acknowledged an alert, if anybody did."""
        return dict(self.answers).get(alert.rule.key)

    def parts(self) -> tuple[object, ...]:
        """What the cards are made of; while it is alike only their words change."""
        return self.slide, self.signed, [(a.rule, self.answer(a), bool(a.cells)) for a in self.alerts]

    @property
    def waiting(self) -> list[Alert]:
        """The alerts that somebody has to acknowledge yet."""
        return [a for a in self.alerts if a.rule.acknowledge and self.answer(a) is None]


class _Card(QWidget):
    """One alert; folded it is a line with its title."""

    def __init__(self, colour: str, title: str, state: str) -> None:
        super().__init__()
        mark = QWidget()
        mark.setFixedWidth(4)
        mark.setAutoFillBackground(True)
        colours = mark.palette()
        colours.setColor(QPalette.ColorRole.Window, QColor(colour))
        mark.setPalette(colours)
        self.arrow = QToolButton()
        self.arrow.setObjectName("fold")
        self.arrow.setAutoRaise(True)
        self.arrow.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.arrow.setAccessibleName(self.tr("{0}: details").format(title))
        side = self.fontMetrics().lineSpacing()
        self.arrow.setFixedSize(side, side)
        name = QLabel(f"<b>{escape(title)}</b>")
        name.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.arrow, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(name, 1)
        if state:
            head.addWidget(QLabel(state), 0, Qt.AlignmentFlag.AlignTop)
        self.words, self.show_button = QLabel(), QPushButton()
        self.words.setWordWrap(True)
        self.caveat = QLabel()
        self.caveat.setWordWrap(True)
        self.caveat.setTextFormat(Qt.TextFormat.PlainText)
        self.caveat.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.buttons = QHBoxLayout()
        self.buttons.addWidget(self.show_button)
        self.buttons.addStretch(1)
        self.body = QWidget()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(side + 2, 0, 0, 4)
        inside.setSpacing(4)
        inside.addWidget(self.words)
        inside.addLayout(self.buttons)
        inside.addWidget(self.caveat)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.body)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 2, 0)
        layout.setSpacing(4)
        layout.addWidget(mark)
        layout.addLayout(column, 1)

    def say(self, words: str, cells: int, caveat: str) -> None:
        """Its message (rich text), how many cells it is about, and how far it can be trusted."""
        self.words.setText(words)
        self.words.setToolTip(caveat)
        self.caveat.setText(caveat.replace(" %", "\u00a0%"))
        self.show_button.setText(self.tr("Show its cells ({0})").format(cells))
        self.show_button.setHidden(cells == 0)

    def fold(self, *, folded: bool, low: bool) -> None:
        """Show the title alone, or all of it; with little room the caveat stands in the tooltip."""
        self.body.setHidden(folded)
        self.caveat.setHidden(low or not self.caveat.text())
        self.arrow.setText("▸" if folded else "▾")
        self.arrow.setToolTip(self.tr("Show the details") if folded else self.tr("Hide the details"))


class AlertsPanel(QWidget):
    """The alerts that fired, the gravest first, each with a way to its cells and, where due, to its acknowledgement.

    What was acknowledged is folded to a line; in a low window so is all but the first alert that waits.
    """

    show_cells = Signal(object)  # tuple of cell ids
    acknowledge = Signal(object)  # Alert

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Alerts"))
        self.heading = QLabel()
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(5)
        self._cards.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 2)
        layout.setSpacing(4)
        layout.addWidget(self.heading)
        layout.addWidget(self._area, 1)
        self.hide()
        self._shown = _Shown()
        self._made: list[_Card] = []
        self._low = False
        self._chosen: dict[str, bool] = {}  # whether the reviewer folded an alert of this slide, by its rule

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = event.size().height() < _LOW * self.fontMetrics().lineSpacing()
        if low is not self._low:
            self._low = low
            self._fold()

    def show_slide(self, view: SlideView | None, *, blind: bool) -> None:
        """Show a slide's alerts; a blinded reviewer sees none, for they tell the model's opinion."""
        alerts = () if view is None or blind else view.alerts
        answers = tuple(view.review.acknowledged.items()) if view else ()
        signed = bool(view and view.review.signature)
        shown = _Shown(view.slide.id if view else "", alerts, answers, signed)
        if shown == self._shown:
            return
        if shown.slide != self._shown.slide:
            self._chosen.clear()
        answered = {a.rule.key for a in self._shown.waiting} - {a.rule.key for a in shown.waiting}
        for key in answered:
            self._chosen.pop(key, None)
        alike = shown.parts() == self._shown.parts()
        self._shown = shown
        if not alike:
            self._make_cards()
        for card, alert in zip(self._made, shown.alerts, strict=True):
            card.say(self._words(alert), len(alert.cells), translate_data(alert.rule.caveat))
        waiting, number = len(shown.waiting), len(shown.alerts)
        words = self.tr("<b>Alerts: {0}</b> · {1} to acknowledge") if waiting else self.tr("<b>Alerts: {0}</b>")
        self.heading.setText(words.format(number, waiting))
        self._fold()
        self.setVisible(bool(shown.alerts))

    def _make_cards(self) -> None:
        for card in self._made:
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._made = [self._card(at, alert) for at, alert in enumerate(self._shown.alerts)]
        for at, card in enumerate(self._made):
            self._cards.insertWidget(at, card)

    def _words(self, alert: Alert) -> str:
        text, answer = escape(translate_data(alert.message)), self._shown.answer(alert)
        if not alert.rule.acknowledge or answer is None:
            return text
        called = str(answer.payload.get("called", "")).strip()
        told = self.tr("called: {0}").format(called) if called else self.tr("nobody was called")
        when = format_datetime(datetime.fromisoformat(answer.at).astimezone())
        return f"{text}<br><i>{escape(f'{told} · {answer.reviewer} · {when}')}</i>"

    def _card(self, at: int, alert: Alert) -> _Card:
        answer = self._shown.answer(alert) if alert.rule.acknowledge else None
        state = self.tr("✓ acknowledged") if answer else ""
        card = _Card(_COLOURS[alert.rule.severity], translate_data(alert.rule.title), state)
        card.setObjectName(f"alert-{alert.rule.key}")
        card.show_button.clicked.connect(self._on_show)
        self._belongs(card.show_button, at)
        if alert.rule.acknowledge and not answer and not self._shown.signed:
            button = QPushButton(self.tr("Acknowledge…"))
            button.clicked.connect(self._on_acknowledge)
            self._belongs(button, at)
            card.buttons.insertWidget(1, button)
        card.arrow.clicked.connect(self._on_fold)
        self._belongs(card.arrow, at)
        return card

    @staticmethod
    def _belongs(part: QObject, at: int) -> None:
        part.setProperty("alert", at)

    def _folded(self, alert: Alert) -> bool:
        if alert.rule.key in self._chosen:
            return self._chosen[alert.rule.key]
        if self._low:
            first = next(iter(self._shown.waiting), None)
            return alert is not first
        return self._shown.answer(alert) is not None

    def _fold(self) -> None:
        for card, alert in zip(self._made, self._shown.alerts, strict=True):
            card.fold(folded=self._folded(alert), low=self._low)
        if self._low:
            QTimer.singleShot(0, self._reveal)  # when the cards have found their places

    def _reveal(self) -> None:
        """In a low panel the alert that waits is seen from its title on, with its buttons."""
        waiting = self._shown.waiting
        for card, alert in zip(self._made, self._shown.alerts, strict=True):
            if waiting and alert is waiting[0] and not self._chosen:
                self._area.verticalScrollBar().setValue(card.y())

    def _of(self, sender: QObject | None) -> Alert | None:
        at = sender.property("alert") if sender else None
        return self._shown.alerts[at] if isinstance(at, int) and at < len(self._shown.alerts) else None

    def _on_fold(self) -> None:
        alert = self._of(self.sender())
        if alert:
            self._chosen[alert.rule.key] = not self._folded(alert)
            self._fold()

    def _on_show(self) -> None:
        alert = self._of(self.sender())
        if alert:
            self.show_cells.emit(alert.cells)

    def _on_acknowledge(self) -> None:
        alert = self._of(self.sender())
        if alert:
            self.acknowledge.emit(alert)
