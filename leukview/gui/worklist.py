"""The worklist: slides with where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

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


class WorklistModel(QAbstractListModel):
    """One line a slide."""

    def __init__(self, taxonomy: Taxonomy, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._taxonomy = taxonomy
        self._rows: list[WorklistRow] = []
        self._blind = False
        self._second: WorklistRow | None = None  # the slide on the bench as its second reader left it

    def set_blind(self, *, blind: bool, second: SlideView | None = None) -> None:
        """Hide alerts and classes, which tell the model's opinion, from eye and search.

        Args:
            blind: Hide them.
            second: A second reader sits here, with this slide as that reader sees it: how far any first reader
                came stays hidden as well.
        """
        row = WorklistRow.of(second) if second else None
        if (blind, row) != (self._blind, self._second):
            self._blind, self._second = blind, row
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
        if self._second is not None:
            words = self._blinded_state(row, self._second)
            return f"{words} · {self.tr('synthetic')}" if row.slide.synthetic else words
        words = {
            SlideState.IMPORTED: self.tr("imported · {0} cells").format(cells),
            SlideState.ANALYSING: self.tr("analysis unfinished · {0} cells").format(cells),
            SlideState.IN_REVIEW: self.tr("in review · {0} of {1}").format(row.reviewed, cells),
            SlideState.SIGNED: self.tr("signed · {0} cells").format(cells),
            SlideState.AMENDED: self.tr("amended · {0} cells").format(cells),
        }[row.state]
        return f"{words} · {self.tr('synthetic')}" if row.slide.synthetic else words

    def _blinded_state(self, row: WorklistRow, second: WorklistRow) -> str:
        cells = row.slide.cell_count
        if row.slide.id != second.slide.id:
            return self.tr("{0} cells").format(cells)
        if second.state in {SlideState.SIGNED, SlideState.AMENDED}:
            return self.tr("second reading, signed · {0} cells").format(cells)
        return self.tr("second reading · {0} of {1}").format(second.reviewed, cells)
