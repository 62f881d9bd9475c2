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

_SEVERITY_COLOURS = {"emergency": "#b3261e", "high": "#b35900", "medium": "#7a5c00", "low": "#55606e"}
_COMPACT_LINES = 12  # lines of text the panel is high up to which one alert at a time is unfolded


@dataclass(frozen=True, slots=True)
class _AlertsState:
    """What the panel was last asked to show."""

    slide_id: str = ""
    alerts: tuple[Alert, ...] = ()
    acknowledgements: tuple[tuple[str, ReviewEvent], ...] = ()
    signed: bool = False

    def acknowledgement(self, alert: Alert) -> ReviewEvent | None:
        """Who acknowledged an alert, if anybody did."""
        return dict(self.acknowledgements).get(alert.rule.key)

    def layout_key(self) -> tuple[object, ...]:
        """What the cards are made of; while it is alike only their words change."""
        return self.slide_id, self.signed, [(a.rule, self.acknowledgement(a), bool(a.cell_ids)) for a in self.alerts]

    @property
    def unacknowledged(self) -> list[Alert]:
        """The alerts that somebody has to acknowledge yet."""
        return [a for a in self.alerts if a.rule.must_acknowledge and self.acknowledgement(a) is None]


class _AlertCard(QWidget):
    """One alert; folded it is a line with its title."""

    def __init__(self, colour: str, title: str, state: str) -> None:
        super().__init__()
        mark = QWidget()
        mark.setFixedWidth(4)
        mark.setAutoFillBackground(True)
        colours = mark.palette()
        colours.setColor(QPalette.ColorRole.Window, QColor(colour))
        mark.setPalette(colours)
        self.fold_button = QToolButton()
        self.fold_button.setObjectName("fold")
        self.fold_button.setAutoRaise(True)
        self.fold_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold_button.setAccessibleName(self.tr("{0}: details").format(title))
        side = self.fontMetrics().lineSpacing()
        self.fold_button.setFixedSize(side, side)
        name = QLabel(f"<b>{escape(title)}</b>")
        name.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.fold_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(name, 1)
        if state:
            head.addWidget(QLabel(state), 0, Qt.AlignmentFlag.AlignTop)
        self.message_label, self.show_button = QLabel(), QPushButton()
        self.message_label.setWordWrap(True)
        self.caveat_label = QLabel()
        self.caveat_label.setWordWrap(True)
        self.caveat_label.setTextFormat(Qt.TextFormat.PlainText)
        self.caveat_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.button_layout = QHBoxLayout()
        self.button_layout.addWidget(self.show_button)
        self.button_layout.addStretch(1)
        self.body = QWidget()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(side + 2, 0, 0, 4)
        inside.setSpacing(4)
        inside.addWidget(self.message_label)
        inside.addLayout(self.button_layout)
        inside.addWidget(self.caveat_label)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.body)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 2, 0)
        layout.setSpacing(4)
        layout.addWidget(mark)
        layout.addLayout(column, 1)

    def set_content(self, text: str, cell_count: int, caveat: str) -> None:
        """Its message (rich text), how many cells it is about, and how far it can be trusted."""
        self.message_label.setText(text)
        self.message_label.setToolTip(caveat)
        self.caveat_label.setText(caveat.replace(" %", "\u00a0%"))
        self.show_button.setText(self.tr("Show its cells ({0})").format(cell_count))
        self.show_button.setHidden(cell_count == 0)

    def set_folded(self, *, folded: bool, compact: bool) -> None:
        """Show the title alone, or all of it; with little room the caveat stands in the tooltip."""
        self.body.setHidden(folded)
        self.caveat_label.setHidden(compact or not self.caveat_label.text())
        self.fold_button.setText("▸" if folded else "▾")
        self.fold_button.setToolTip(self.tr("Show the details") if folded else self.tr("Hide the details"))


class AlertsPanel(QWidget):
    """The alerts that fired, the gravest first, each with a way to its cells and, where due, to its acknowledgement.

    What was acknowledged is folded to a line; in a low window so is all but the first alert that waits.
    """

    show_cells_requested = Signal(object)  # tuple of cell ids
    acknowledgement_requested = Signal(object)  # Alert

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Alerts"))
        self.heading_label = QLabel()
        inside = QWidget()
        self._card_layout = QVBoxLayout(inside)
        self._card_layout.setContentsMargins(0, 0, 0, 0)
        self._card_layout.setSpacing(5)
        self._card_layout.addStretch(1)
        self._scroll_area = QScrollArea()
        self._scroll_area.setWidgetResizable(True)
        self._scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll_area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 2)
        layout.setSpacing(4)
        layout.addWidget(self.heading_label)
        layout.addWidget(self._scroll_area, 1)
        self.hide()
        self._state = _AlertsState()
        self._card_widgets: list[_AlertCard] = []
        self._compact = False
        self._user_folded: dict[str, bool] = {}  # whether the reviewer folded an alert of this slide, by its rule

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = event.size().height() < _COMPACT_LINES * self.fontMetrics().lineSpacing()
        if low is not self._compact:
            self._compact = low
            self._update_folding()

    def show_slide(self, view: SlideView | None, *, blind: bool) -> None:
        """Show a slide's alerts; a blinded reviewer sees none, for they tell the model's opinion."""
        alerts = () if view is None or blind else view.alerts
        answers = tuple(view.review.acknowledged.items()) if view else ()
        signed = bool(view and view.review.signature)
        shown = _AlertsState(view.slide.id if view else "", alerts, answers, signed)
        if shown == self._state:
            return
        if shown.slide_id != self._state.slide_id:
            self._user_folded.clear()
        answered = {a.rule.key for a in self._state.unacknowledged} - {a.rule.key for a in shown.unacknowledged}
        for key in answered:
            self._user_folded.pop(key, None)
        alike = shown.layout_key() == self._state.layout_key()
        self._state = shown
        if not alike:
            self._make_cards()
        for card, alert in zip(self._card_widgets, shown.alerts, strict=True):
            card.set_content(self._message_html(alert), len(alert.cell_ids), translate_data(alert.rule.caveat))
        waiting, number = len(shown.unacknowledged), len(shown.alerts)
        words = self.tr("<b>Alerts: {0}</b> · {1} to acknowledge") if waiting else self.tr("<b>Alerts: {0}</b>")
        self.heading_label.setText(words.format(number, waiting))
        self._update_folding()
        self.setVisible(bool(shown.alerts))

    def _make_cards(self) -> None:
        for card in self._card_widgets:
            self._card_layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._card_widgets = [self._make_card(at, alert) for at, alert in enumerate(self._state.alerts)]
        for at, card in enumerate(self._card_widgets):
            self._card_layout.insertWidget(at, card)

    def _message_html(self, alert: Alert) -> str:
        text, answer = escape(translate_data(alert.message)), self._state.acknowledgement(alert)
        if not alert.rule.must_acknowledge or answer is None:
            return text
        called = str(answer.payload.get("called", "")).strip()
        told = self.tr("called: {0}").format(called) if called else self.tr("nobody was called")
        when = format_datetime(datetime.fromisoformat(answer.at).astimezone())
        return f"{text}<br><i>{escape(f'{told} · {answer.reviewer} · {when}')}</i>"

    def _make_card(self, index: int, alert: Alert) -> _AlertCard:
        answer = self._state.acknowledgement(alert) if alert.rule.must_acknowledge else None
        state = self.tr("✓ acknowledged") if answer else ""
        card = _AlertCard(_SEVERITY_COLOURS[alert.rule.severity], translate_data(alert.rule.title), state)
        card.setObjectName(f"alert-{alert.rule.key}")
        card.show_button.clicked.connect(self._on_show_clicked)
        self._set_alert_index(card.show_button, index)
        if alert.rule.must_acknowledge and not answer and not self._state.signed:
            button = QPushButton(self.tr("Acknowledge…"))
            button.clicked.connect(self._on_acknowledge_clicked)
            self._set_alert_index(button, index)
            card.button_layout.insertWidget(1, button)
        card.fold_button.clicked.connect(self._on_fold_clicked)
        self._set_alert_index(card.fold_button, index)
        return card

    @staticmethod
    def _set_alert_index(widget: QObject, index: int) -> None:
        widget.setProperty("alert", index)

    def _is_folded(self, alert: Alert) -> bool:
        if alert.rule.key in self._user_folded:
            return self._user_folded[alert.rule.key]
        if self._compact:
            first = next(iter(self._state.unacknowledged), None)
            return alert is not first
        return self._state.acknowledgement(alert) is not None

    def _update_folding(self) -> None:
        for card, alert in zip(self._card_widgets, self._state.alerts, strict=True):
            card.set_folded(folded=self._is_folded(alert), compact=self._compact)
        if self._compact:
            QTimer.singleShot(0, self._scroll_to_unacknowledged)  # when the cards have found their places

    def _scroll_to_unacknowledged(self) -> None:
        """In a low panel the alert that waits is seen from its title on, with its buttons."""
        waiting = self._state.unacknowledged
        for card, alert in zip(self._card_widgets, self._state.alerts, strict=True):
            if waiting and alert is waiting[0] and not self._user_folded:
                self._scroll_area.verticalScrollBar().setValue(card.y())

    def _alert_of(self, sender: QObject | None) -> Alert | None:
        at = sender.property("alert") if sender else None
        return self._state.alerts[at] if isinstance(at, int) and at < len(self._state.alerts) else None

    def _on_fold_clicked(self) -> None:
        alert = self._alert_of(self.sender())
        if alert:
            self._user_folded[alert.rule.key] = not self._is_folded(alert)
            self._update_folding()

    def _on_show_clicked(self) -> None:
        alert = self._alert_of(self.sender())
        if alert:
            self.show_cells_requested.emit(alert.cell_ids)

    def _on_acknowledge_clicked(self) -> None:
        alert = self._alert_of(self.sender())
        if alert:
            self.acknowledgement_requested.emit(alert)
