"""The worklist: slides with where they stand, and the alerts of the slide on the bench."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from leukview.domain.alerts import Alert
from leukview.domain.review import ReviewEvent
from leukview.domain.slide import SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.language import data_text, moment
from leukview.services.review import SlideView
from leukview.services.worklist import WorklistRow

Index = QModelIndex | QPersistentModelIndex
SLIDE_ROLE = Qt.ItemDataRole.UserRole + 1
STATE_ROLE = Qt.ItemDataRole.UserRole + 2
DATE_ROLE = Qt.ItemDataRole.UserRole + 3
PATIENT_ROLE = Qt.ItemDataRole.UserRole + 4
SEARCH_ROLE = Qt.ItemDataRole.UserRole + 5

_ALERT_COLOURS = {"emergency": "#b3261e", "high": "#b35900", "medium": "#7a5c00", "low": "#55606e"}


class WorklistModel(QAbstractListModel):
    """One line a slide."""

    def __init__(self, taxonomy: Taxonomy, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._taxonomy = taxonomy
        self._rows: list[WorklistRow] = []
        self._blind = False

    def set_blind(self, *, blind: bool) -> None:
        """Hide alerts and classes, which tell the model's opinion, from eye and search."""
        if blind != self._blind:
            self._blind = blind
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def show_rows(self, rows: Sequence[WorklistRow]) -> None:
        """Show these slides."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def refresh(self, view: SlideView) -> None:
        """Take over the state of the slide on the bench."""
        self._take(WorklistRow.of(view))

    def _take(self, fresh: WorklistRow) -> None:
        row = self.row_of(fresh.slide.id)
        if row is None:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._rows.insert(0, fresh)
            self.endInsertRows()
        elif self._rows[row] != fresh:
            self._rows[row] = fresh
            self.dataChanged.emit(self.index(row), self.index(row))

    def take(self, rows: Sequence[WorklistRow]) -> None:
        """Take over fresh rows of some slides; what is chosen and where the list is scrolled to stays."""
        for fresh in rows:
            self._take(fresh)

    def ids(self) -> frozenset[str]:
        """Ids of all slides."""
        return frozenset(row.slide.id for row in self._rows)

    def row_of(self, slide_id: str) -> int | None:
        """Row of a slide."""
        return next((i for i, r in enumerate(self._rows) if r.slide.id == slide_id), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt: slides."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: one slide."""
        row = self._rows[index.row()]
        if role == SLIDE_ROLE:
            return row.slide.id
        if role == STATE_ROLE:
            return row.state.value
        if role == DATE_ROLE:
            return row.slide.imported_at
        if role == PATIENT_ROLE:
            return row.slide.patient
        if role == SEARCH_ROLE:
            return self._searched(row)
        if role == Qt.ItemDataRole.DisplayRole:
            mark = "⚠ " if row.open_alerts and not self._blind else ""
            return f"{mark}{row.slide.id}\n{self._state(row)}"
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            when = datetime.fromisoformat(row.slide.imported_at).astimezone()
            words = [
                self.tr("Patient {0}").format(row.slide.patient),
                self.tr("imported {0}").format(moment(when)),
                *(() if self._blind else map(data_text, row.open_alerts)),
            ]
            if row.slide.synthetic:
                words.insert(0, self.tr("Synthetic slide"))
            return "\n".join(words)
        return None

    def _searched(self, row: WorklistRow) -> str:
        """The words by which a slide is found, folded to lower case."""
        when = datetime.fromisoformat(row.slide.imported_at).astimezone()
        words = [row.slide.id, row.slide.patient, f"{when:%Y-%m-%d %H:%M}", f"{when:%d.%m.%Y}", moment(when)]
        if not self._blind:
            classes = [self._taxonomy.cell_class(key) for key in row.classes]
            words += [*(c.name for c in classes), *(c.plural for c in classes), *map(data_text, row.open_alerts)]
        return "\n".join(words).casefold()

    def _state(self, row: WorklistRow) -> str:
        cells = row.slide.cell_count
        words = {
            SlideState.IMPORTED: self.tr("imported · {0} cells").format(cells),
            SlideState.ANALYSING: self.tr("analysis unfinished · {0} cells").format(cells),
            SlideState.IN_REVIEW: self.tr("in review · {0} of {1}").format(row.reviewed, cells),
            SlideState.SIGNED: self.tr("signed · {0} cells").format(cells),
            SlideState.AMENDED: self.tr("amended · {0} cells").format(cells),
        }[row.state]
        return f"{words} · {self.tr('synthetic')}" if row.slide.synthetic else words


def _answer(event: ReviewEvent) -> tuple[str, str, str]:
    """Whom was called about an alert, who acknowledged it, and when."""
    when = moment(datetime.fromisoformat(event.at).astimezone())
    return str(event.payload.get("called", "")).strip(), event.reviewer, when


class AlertsPanel(QScrollArea):
    """The alerts that fired, each with a way to its cells and, where due, to its acknowledgement."""

    show_cells = Signal(object)  # tuple of cell ids
    acknowledge = Signal(object)  # Alert

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(6, 6, 6, 6)
        self._layout.setSpacing(6)
        self._layout.addStretch(1)
        self.setWidget(inside)
        self.hide()
        self._shown: tuple[tuple[Alert, ...], dict[str, tuple[str, str, str]], bool] = ((), {}, False)
        self._alerts: tuple[Alert, ...] = ()
        self._boxes: list[QWidget] = []

    def show_slide(self, view: SlideView | None, *, blind: bool) -> None:
        """Show a slide's alerts; a blinded reviewer sees none, for they tell the model's opinion."""
        alerts = () if view is None or blind else view.alerts
        known = {key: _answer(event) for key, event in view.review.acknowledged.items()} if view else {}
        signed = bool(view and view.review.signature)
        if (alerts, known, signed) == self._shown:
            return
        self._shown, self._alerts = (alerts, known, signed), alerts
        for box in self._boxes:
            self._layout.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._boxes = [
            self._box(at, alert, known.get(alert.rule.key), signed=signed) for at, alert in enumerate(alerts)
        ]
        for at, box in enumerate(self._boxes):
            self._layout.insertWidget(at, box)
        self.setVisible(bool(alerts))

    def _box(self, at: int, alert: Alert, answer: tuple[str, str, str] | None, *, signed: bool) -> QWidget:
        box, mark = QWidget(), QWidget()
        box.setObjectName(f"alert-{alert.rule.key}")
        mark.setFixedWidth(4)
        mark.setAutoFillBackground(True)
        colours = mark.palette()
        colours.setColor(QPalette.ColorRole.Window, QColor(_ALERT_COLOURS.get(alert.rule.severity, "#55606e")))
        mark.setPalette(colours)
        words = QLabel(f"<b>{escape(data_text(alert.rule.title))}</b><br>{escape(data_text(alert.message))}")
        words.setWordWrap(True)
        row = QHBoxLayout()
        if alert.cells:
            show = QPushButton(self.tr("Show its cells ({0})").format(len(alert.cells)))
            show.setProperty("alert", at)
            show.clicked.connect(self._on_show)
            row.addWidget(show)
        if alert.rule.acknowledge and answer:
            row.addWidget(QLabel(self.tr("✓ acknowledged")))
            called, reviewer, at_time = answer
            told = self.tr("called: {0}").format(called) if called else self.tr("nobody was called")
            words.setText(f"{words.text()}<br><i>{escape(f'{told} · {reviewer} · {at_time}')}</i>")
        elif alert.rule.acknowledge and not signed:
            button = QPushButton(self.tr("Acknowledge…"))
            button.setProperty("alert", at)
            button.clicked.connect(self._on_acknowledge)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout()
        column.addWidget(words)
        if row.count() > 1:
            column.addLayout(row)
        layout = QHBoxLayout(box)
        layout.setContentsMargins(0, 2, 4, 2)
        layout.addWidget(mark)
        layout.addLayout(column, 1)
        return box

    def _of(self, sender: QObject | None) -> Alert | None:
        at = sender.property("alert") if sender else None
        return self._alerts[at] if isinstance(at, int) and at < len(self._alerts) else None

    def _on_show(self) -> None:
        alert = self._of(self.sender())
        if alert:
            self.show_cells.emit(alert.cells)

    def _on_acknowledge(self) -> None:
        alert = self._of(self.sender())
        if alert:
            self.acknowledge.emit(alert)
