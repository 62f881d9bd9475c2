"""Panel with the alerts of the open slide, one card per alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.alerts import Alert
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.domain.review.events import ReviewEvent
from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.gui.app.theme import SEVERITY_COLOURS
from leukview.services.review.session import SlideView

_COMPACT_LINES = 12  # panel height in text lines; below it only one alert is unfolded at a time


@dataclass(frozen=True, slots=True)
class _AlertsState:
    """The alerts, acknowledgements and signature state that the panel shows."""

    slide_id: str = ""
    alerts: tuple[Alert, ...] = ()
    acknowledgements: tuple[tuple[str, ReviewEvent], ...] = ()
    signed: bool = False

    def acknowledgement(self, alert: Alert) -> ReviewEvent | None:
        """Return the event that acknowledged an alert; None if there is none."""
        return dict(self.acknowledgements).get(alert.rule.key)

    def layout_key(self) -> tuple[object, ...]:
        """Return a key of the card layout.

        While the key is unchanged, the cards are kept and only their texts are updated.
        """
        return self.slide_id, self.signed, [(a.rule, self.acknowledgement(a), bool(a.cell_ids)) for a in self.alerts]

    @property
    def unacknowledged(self) -> list[Alert]:
        """The alerts that still need an acknowledgement."""
        return [a for a in self.alerts if a.rule.must_acknowledge and self.acknowledgement(a) is None]


class _AlertCard(QWidget):
    """Card of one alert; folded, it shows only the title."""

    def __init__(self, colour: str, title: str, state: str) -> None:
        super().__init__()
        stripe = QWidget()
        stripe.setFixedWidth(4)
        stripe.setAutoFillBackground(True)
        colours = stripe.palette()
        colours.setColor(QPalette.ColorRole.Window, QColor(colour))
        stripe.setPalette(colours)
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
        layout.addWidget(stripe)
        layout.addLayout(column, 1)

    def set_content(self, text: str, cell_count: int, caveat: str) -> None:
        """Set the message (rich text), the number of cells and the caveat."""
        self.message_label.setText(text)
        self.message_label.setToolTip(caveat)
        self.caveat_label.setText(caveat.replace(" %", "\u00a0%"))
        self.show_button.setText(self.tr("Show its cells ({0})").format(cell_count))
        self.show_button.setHidden(cell_count == 0)

    def set_folded(self, *, folded: bool, compact: bool) -> None:
        """Fold the card to its title; `compact` leaves the caveat to the tooltip."""
        self.body.setHidden(folded)
        self.caveat_label.setHidden(compact or not self.caveat_label.text())
        self.fold_button.setText("▸" if folded else "▾")
        self.fold_button.setToolTip(self.tr("Show the details") if folded else self.tr("Hide the details"))


class AlertsPanel(QWidget):
    """Panel of the alerts raised for a slide, the most severe first.

    Each card selects the alert's cells and, where the rule requires it, requests the acknowledgement. Acknowledged
    alerts are folded. If the panel is low, all alerts except the first unacknowledged one are folded.
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
        self._user_folded: dict[str, bool] = {}  # rule key → whether the reviewer folded the alert of the open slide

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = event.size().height() < _COMPACT_LINES * self.fontMetrics().lineSpacing()
        if low is not self._compact:
            self._compact = low
            self._update_folding()

    def show_slide(self, view: SlideView | None, *, blind: bool) -> None:
        """Show a slide's alerts; none if `blind`, because alerts reveal predictions."""
        alerts = () if view is None or blind else view.alerts
        acknowledgements = tuple(view.review.acknowledged.items()) if view else ()
        signed = bool(view and view.review.signature)
        state = _AlertsState(view.slide.id if view else "", alerts, acknowledgements, signed)
        if state == self._state:
            return
        if state.slide_id != self._state.slide_id:
            self._user_folded.clear()
        acknowledged = {a.rule.key for a in self._state.unacknowledged} - {a.rule.key for a in state.unacknowledged}
        for key in acknowledged:
            self._user_folded.pop(key, None)
        same_layout = state.layout_key() == self._state.layout_key()
        self._state = state
        if not same_layout:
            self._make_cards()
        for card, alert in zip(self._card_widgets, state.alerts, strict=True):
            card.set_content(self._message_html(alert), len(alert.cell_ids), translate_data(alert.rule.caveat))
        waiting_count, number = len(state.unacknowledged), len(state.alerts)
        heading = self.tr("<b>Alerts: {0}</b> · {1} to acknowledge") if waiting_count else self.tr("<b>Alerts: {0}</b>")
        self.heading_label.setText(heading.format(number, waiting_count))
        self._update_folding()
        self.setVisible(bool(state.alerts))

    def _make_cards(self) -> None:
        for card in self._card_widgets:
            self._card_layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._card_widgets = [self._make_card(at, alert) for at, alert in enumerate(self._state.alerts)]
        for at, card in enumerate(self._card_widgets):
            self._card_layout.insertWidget(at, card)

    def _message_html(self, alert: Alert) -> str:
        text, acknowledgement = escape(translate_data(alert.message)), self._state.acknowledgement(alert)
        if not alert.rule.must_acknowledge or acknowledgement is None:
            return text
        answer = AlertAnswer.from_payload(acknowledgement.payload)
        called = answer.called_person
        called_text = self.tr("called: {0}").format(called) if called else self.tr("no call recorded")
        if answer.not_confirmed:
            called_text = self.tr("checked, not confirmed: {0}").format(answer.note)
        elif answer.read_back:
            called_text = self.tr("called: {0} at {1}, read back").format(called, answer.called_at)
        when = format_datetime(datetime.fromisoformat(acknowledgement.at).astimezone())
        return f"{text}<br><i>{escape(f'{called_text} · {acknowledgement.reviewer} · {when}')}</i>"

    def _make_card(self, index: int, alert: Alert) -> _AlertCard:
        acknowledgement = self._state.acknowledgement(alert) if alert.rule.must_acknowledge else None
        state = self.tr("✓ acknowledged") if acknowledgement else ""
        card = _AlertCard(SEVERITY_COLOURS[alert.rule.severity], translate_data(alert.rule.title), state)
        card.setObjectName(f"alert-{alert.rule.key}")
        card.show_button.clicked.connect(self._on_show_clicked)
        self._set_alert_index(card.show_button, index)
        if alert.rule.must_acknowledge and not acknowledgement and not self._state.signed:
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
            QTimer.singleShot(0, self._scroll_to_unacknowledged)  # after the layout has placed the cards

    def _scroll_to_unacknowledged(self) -> None:
        """Scroll to the first unacknowledged alert, unless the reviewer folded one."""
        unacknowledged = self._state.unacknowledged
        for card, alert in zip(self._card_widgets, self._state.alerts, strict=True):
            if unacknowledged and alert is unacknowledged[0] and not self._user_folded:
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
