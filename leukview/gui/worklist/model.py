"""List model of the worklist: slides and their review state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from leukview.domain.review.events import SECOND_READING
from leukview.domain.slide import SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import format_datetime, translate_data
from leukview.services.ports.identity import SlideIdentity
from leukview.services.ports.worklist import UNKNOWN_URGENCY, SearchTerm
from leukview.services.review.session import SlideView
from leukview.services.review.worklist import WorklistRow

Index = QModelIndex | QPersistentModelIndex
SLIDE_ROLE = Qt.ItemDataRole.UserRole + 1
STATE_ROLE = Qt.ItemDataRole.UserRole + 2
DATE_ROLE = Qt.ItemDataRole.UserRole + 3
PATIENT_ROLE = Qt.ItemDataRole.UserRole + 4
SEARCH_ROLE = Qt.ItemDataRole.UserRole + 5
WITHDRAWN_ROLE = Qt.ItemDataRole.UserRole + 6
URGENCY_ROLE = Qt.ItemDataRole.UserRole + 7
CARD_ROLE = Qt.ItemDataRole.UserRole + 8
_MINUTES_PER_HOUR, _MINUTES_PER_DAY = 60, 24 * 60


@dataclass(frozen=True, slots=True)
class WorklistCard:
    """What is painted of one slide.

    Attributes:
        title: Order and patient where they are shown, else the id of the slide.
        waiting: Time since the import, while the slide is not signed.
        finding: The most severe alert with its figure, or that there is none; "" = not known, or withheld.
        severity: Severity of that alert; "" = none.
        state: State, progress and reviewers.
        needs_answer: An alert must still be acknowledged.
    """

    title: str
    waiting: str
    finding: str
    severity: str
    state: str
    needs_answer: bool


class WorklistModel(QAbstractListModel):
    """List model with one row per slide; further pages are requested when the view reaches the end.

    Args:
        taxonomy: The classes, with names in the window's language.
        parent: Parent object.
        alert_titles: English titles of all alerts.

    Signals:
        more_requested: The next page is needed; answered by `append_rows`.
        blind_changed: `is_blind` changed.
    """

    more_requested = Signal()
    blind_changed = Signal()

    def __init__(self, taxonomy: Taxonomy, parent: QObject | None = None, alert_titles: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self._taxonomy, self._alert_titles = taxonomy, tuple(alert_titles)
        self._has_more = False
        self._requested = False  # the next page is on its way
        self._rows: list[WorklistRow] = []
        self._open_row: WorklistRow | None = None
        self._identities: Mapping[str, SlideIdentity] = {}
        self._found: Mapping[str, frozenset[str]] = {}
        self._blind = False

    def set_blind(self, *, blind: bool) -> None:
        """Hide alerts and classes, which reveal predictions, from display and search."""
        if blind != self._blind:
            self._blind = blind
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
            self.blind_changed.emit()

    def set_identities(self, identities: Mapping[str, SlideIdentity]) -> None:
        """Show patients and orders by slide; empty = hide them."""
        self._identities = identities
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def set_found(self, found: Mapping[str, frozenset[str]]) -> None:
        """Set which slides words of the search found as the number of an order or the name of a patient."""
        self._found = found

    @property
    def is_blind(self) -> bool:
        """Whether alerts and classes are hidden."""
        return self._blind

    def search_term(self, word: str) -> SearchTerm:
        """Build the search of a word (lower case) in ids, dates, classes and alerts of the window's language."""
        classes = tuple(
            c.key for c in self._taxonomy.classes if word in c.name.casefold() or word in c.plural.casefold()
        )
        alerts = tuple(title for title in self._alert_titles if word in translate_data(title).casefold())
        return SearchTerm((word,), classes, alerts)

    def set_has_more(self, has_more: bool) -> None:
        """Set whether there is a page after the rows shown."""
        self._has_more, self._requested = has_more, False

    @override
    def canFetchMore(self, parent: Index) -> bool:
        return self._has_more and not self._requested and not parent.isValid()

    @override
    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._requested = True
            self.more_requested.emit()

    def append_rows(self, rows: Sequence[WorklistRow]) -> None:
        """Append the rows of a further page; slides that are shown already are left out."""
        known = self.ids()
        new = [self._prefer_open_row(row) for row in rows if row.slide.id not in known]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows += new
            self.endInsertRows()

    def show_rows(self, rows: Sequence[WorklistRow]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = [self._prefer_open_row(row) for row in rows]
        self.endResetModel()

    def clear(self) -> None:
        """Remove all rows until they are reloaded for another reviewer.

        The new reviewer must not see what was shown to the previous one.
        """
        self._open_row = None
        self.set_has_more(False)
        self.show_rows(())

    def update_open_slide(self, view: SlideView) -> None:
        """Update the row of the open slide from its view, in the reading that is open."""
        self._open_row = WorklistRow.from_view(view)
        self._upsert_row(self._open_row)

    def _prefer_open_row(self, row: WorklistRow) -> WorklistRow:
        """Return the row of the open slide in place of a stored one, else `row`.

        The open view is more recent, and a second reader must not see the row of the first reading.
        """
        return self._open_row if self._open_row is not None and self._open_row.slide.id == row.slide.id else row

    def _upsert_row(self, new_row: WorklistRow) -> None:
        fresh = self._prefer_open_row(new_row)
        row = self.row_of(fresh.slide.id)
        if row is None:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._rows.insert(0, fresh)
            self.endInsertRows()
        elif self._rows[row] != fresh:
            self._rows[row] = fresh
            self.dataChanged.emit(self.index(row), self.index(row))

    def update_rows(self, rows: Sequence[WorklistRow]) -> None:
        """Update the rows of some slides, as far as they are shown; selection and scroll position are kept."""
        known = self.ids()
        for fresh in rows:
            if fresh.slide.id in known:
                self._upsert_row(fresh)

    def ids(self) -> frozenset[str]:
        """Return the ids of all slides."""
        return frozenset(row.slide.id for row in self._rows)

    def row_of(self, slide_id: str) -> int | None:
        """Return the row of a slide; None if it is not in the worklist."""
        return next((i for i, r in enumerate(self._rows) if r.slide.id == slide_id), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of slides."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of one slide for a role."""
        row = self._rows[index.row()]
        if role == SLIDE_ROLE:
            return row.slide.id
        if role == STATE_ROLE:
            return row.state.value
        if role == DATE_ROLE:
            return row.slide.imported_at
        if role == PATIENT_ROLE:
            return row.slide.patient
        if role == WITHDRAWN_ROLE:
            return row.is_withdrawn
        if role == URGENCY_ROLE:
            return UNKNOWN_URGENCY + row.slide.imported_at if self._blind else row.urgency
        if role == CARD_ROLE:
            return self._card(row)
        if role == SEARCH_ROLE:
            return self._search_text(row)
        if role == Qt.ItemDataRole.DisplayRole:
            symbol = "⚠ " if row.unacknowledged_alerts and not self._blind else ""
            return f"{symbol}{row.slide.id}\n{self._state_text(row)}"
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            when = datetime.fromisoformat(row.slide.imported_at).astimezone()
            identity = self._identities.get(row.slide.id)
            lines = [
                *((identity.title,) if identity and identity.title else ()),
                self.tr("Slide {slide}").format(slide=row.slide.id),
                self.tr("Patient {0}").format(row.slide.patient),
                self.tr("imported {0}").format(format_datetime(when)),
                *(() if self._blind else map(translate_data, row.unacknowledged_alerts)),
            ]
            if row.slide.synthetic:
                lines.insert(0, self.tr("Synthetic slide"))
            return "\n".join(lines)
        return None

    def _card(self, row: WorklistRow) -> WorklistCard:
        finding, severity = "", ""
        if row.headline and not self._blind:
            figure = translate_data(row.headline.figure)
            finding = " · ".join(filter(None, (translate_data(row.headline.title), figure)))
            severity = row.headline.severity
        elif not self._blind and row.reading != SECOND_READING and row.state is SlideState.IN_REVIEW:
            finding = self.tr("No alert")
        is_waiting = row.state not in {SlideState.SIGNED, SlideState.AMENDED} and not row.is_withdrawn
        waiting = self._waiting_text(row.slide.imported_at) if is_waiting else ""
        state = " · ".join((self._state_text(row), *row.reviewers))
        identity = self._identities.get(row.slide.id)
        title = (identity.title if identity else "") or row.slide.id
        return WorklistCard(title, waiting, finding, severity, state, needs_answer=bool(row.unacknowledged_alerts))

    def _waiting_text(self, since: str) -> str:
        """Time since the import, in the largest whole unit."""
        minutes = max(0, int((datetime.now(tz=UTC) - datetime.fromisoformat(since)).total_seconds() // 60))
        if minutes < _MINUTES_PER_HOUR:
            return self.tr("{0} min").format(minutes)
        if minutes < _MINUTES_PER_DAY:
            return self.tr("{0} h").format(minutes // _MINUTES_PER_HOUR)
        return self.tr("{0} days").format(minutes // _MINUTES_PER_DAY)

    def _search_text(self, row: WorklistRow) -> str:
        """Return the searchable text of a slide in lower case."""
        when = datetime.fromisoformat(row.slide.imported_at).astimezone()
        words = [word for word, slides in self._found.items() if row.slide.id in slides]
        identity = self._identities.get(row.slide.id)
        terms = [
            *words,
            identity.search_text if identity else "",
            row.slide.id,
            row.slide.patient,
            f"{when:%Y-%m-%d %H:%M}",
            f"{when:%d.%m.%Y}",
            format_datetime(when),
        ]
        if not self._blind:
            classes = [self._taxonomy.cell_class(key) for key in row.class_keys]
            terms += [
                *(c.name for c in classes),
                *(c.plural for c in classes),
                *map(translate_data, row.unacknowledged_alerts),
            ]
        return "\n".join(terms).casefold()

    def _state_text(self, row: WorklistRow) -> str:
        cells = row.slide.cell_count - row.late_count
        if row.reading == SECOND_READING:
            signed = row.state in {SlideState.SIGNED, SlideState.AMENDED}
            own = self.tr("second reading signed · {0} cells") if signed else self.tr("second reading · {1} of {0}")
            text = own.format(cells, row.reviewed_count)
        else:
            text = {
                SlideState.IMPORTED: self.tr("imported · {0} cells").format(cells),
                SlideState.ANALYSING: self.tr("analysis unfinished · {0} cells").format(cells),
                SlideState.IN_REVIEW: self.tr("in review · {0} of {1}").format(row.reviewed_count, cells),
                SlideState.SIGNED: self.tr("signed · {0} cells").format(cells),
                SlideState.AMENDED: self.tr("amended · {0} cells").format(cells),
            }[row.state]
        if row.late_count:
            text = f"{text} · {self.tr('{0} more added later').format(row.late_count)}"
        if row.is_withdrawn:
            text = self.tr("withdrawn · {0} cells").format(cells)
        return f"{text} · {self.tr('synthetic')}" if row.slide.synthetic else text
