"""The worklist with its search field, filter by state, and order."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.slide import SlideState
from leukview.gui.worklist.model import DATE_ROLE, PATIENT_ROLE, SEARCH_ROLE, SLIDE_ROLE, STATE_ROLE, WorklistModel

Index = QModelIndex | QPersistentModelIndex


class _Found(QSortFilterProxyModel):
    """Slides that hold every word searched for, in one of the states chosen."""

    def __init__(self, model: WorklistModel) -> None:
        super().__init__(model)
        self._words: tuple[str, ...] = ()
        self._states: frozenset[str] = frozenset()
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)

    def look_for(self, words: tuple[str, ...], states: frozenset[str]) -> None:
        """Words, folded to lower case; an empty set of states means all."""
        self.beginFilterChange()
        self._words, self._states = words, states
        self.endFilterChange()

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        index = self.sourceModel().index(source_row, 0, source_parent)
        if self._states and index.data(STATE_ROLE) not in self._states:
            return False
        text = str(index.data(SEARCH_ROLE))
        return all(word in text for word in self._words)


class WorklistPanel(QWidget):
    """Every slide, or those that are looked for.

    Signals:
        chosen: Id of the slide to lay on the bench.
    """

    chosen = Signal(str)

    def __init__(self, model: WorklistModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._found = _Found(model)
        self._current = ""  # the slide on the bench
        self.view = QListView()
        self.view.setModel(self._found)
        self.view.setAccessibleName(self.tr("Worklist"))
        self.view.setUniformItemSizes(True)
        self.view.setMinimumHeight(round(2.6 * self.fontMetrics().lineSpacing()))  # a slide, and that there are more
        self.view.setAlternatingRowColors(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search slide, patient, date, class, alert"))
        self.search.setAccessibleName(self.tr("Search the worklist"))
        self.search.setToolTip(self.tr("Several words narrow the search. A class finds the slides where it was seen."))
        self.search.setClearButtonEnabled(True)
        self.state = QComboBox()
        self.state.setAccessibleName(self.tr("State of the slides shown"))
        for words, states in (
            (self.tr("All slides"), ()),
            (self.tr("To review"), (SlideState.IMPORTED, SlideState.ANALYSING, SlideState.IN_REVIEW)),
            (self.tr("Signed"), (SlideState.SIGNED, SlideState.AMENDED)),
            (self.tr("Amended"), (SlideState.AMENDED,)),
        ):
            self.state.addItem(words, tuple(s.value for s in states))
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Order of the slides"))
        for words, order in (
            (self.tr("Newest first"), (int(DATE_ROLE), False)),
            (self.tr("Oldest first"), (int(DATE_ROLE), True)),
            (self.tr("By patient"), (int(PATIENT_ROLE), True)),
        ):
            self.order.addItem(words, order)
        self._none = QLabel(self.tr("No slide is found."))
        self._none.setContentsMargins(8, 4, 8, 4)
        self._none.hide()
        chosen = QHBoxLayout()
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.addWidget(self.state, 1)
        chosen.addWidget(self.order, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 0)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addLayout(chosen)
        layout.addWidget(self._none)
        layout.addWidget(self.view, 1)
        self.search.textChanged.connect(self._look)
        self.state.currentIndexChanged.connect(self._look)
        self.order.currentIndexChanged.connect(self._sort)
        self.view.activated.connect(self._on_chosen)
        self.view.clicked.connect(self._on_chosen)
        model.modelReset.connect(self._count)
        self._found.modelReset.connect(self._mark)  # the worklist was read anew
        model.rowsInserted.connect(self._count)
        self._sort()

    def shown(self) -> list[str]:
        """Ids of the slides shown, in order."""
        return [str(self._found.index(row, 0).data(SLIDE_ROLE)) for row in range(self._found.rowCount())]

    def show_current(self, slide_id: str) -> None:
        """Mark the slide on the bench."""
        self._current = slide_id
        self._mark()

    def _mark(self) -> None:
        row = self._model.row_of(self._current)
        index = self._found.mapFromSource(self._model.index(row)) if row is not None else QModelIndex()
        with QSignalBlocker(self.view):
            self.view.setCurrentIndex(index)

    def _look(self) -> None:
        words = tuple(self.search.text().casefold().split())
        self._found.look_for(words, frozenset(self.state.currentData()))
        self._count()

    def _count(self) -> None:
        self._none.setVisible(self._model.rowCount() > 0 and self._found.rowCount() == 0)

    def _sort(self) -> None:
        role, rising = self.order.currentData()
        self._found.setSortRole(role)
        self._found.sort(0, Qt.SortOrder.AscendingOrder if rising else Qt.SortOrder.DescendingOrder)

    def _on_chosen(self, index: QModelIndex) -> None:
        slide_id = index.data(SLIDE_ROLE)
        if slide_id:
            self.chosen.emit(str(slide_id))
