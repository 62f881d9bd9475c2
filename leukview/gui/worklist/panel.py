"""Worklist panel with search field, state filter and sort order."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.domain.slide import SlideState
from leukview.gui.worklist.card_delegate import WorklistCardDelegate
from leukview.gui.worklist.model import (
    DATE_ROLE,
    PATIENT_ROLE,
    SEARCH_ROLE,
    SLIDE_ROLE,
    STATE_ROLE,
    URGENCY_ROLE,
    WITHDRAWN_ROLE,
    WorklistModel,
)
from leukview.services.ports.worklist import WorklistOrder, WorklistQuery

Index = QModelIndex | QPersistentModelIndex
_WITHDRAWN = ("withdrawn",)
_QUERY_DELAY_MS = 150  # pause in typing after which the slides are searched


class _WorklistFilter(QSortFilterProxyModel):
    """Proxy model of the slides that match all search terms and one of the states."""

    def __init__(self, model: WorklistModel) -> None:
        super().__init__(model)
        self._terms: tuple[str, ...] = ()
        self._states: frozenset[str] = frozenset()
        self._withdrawn = False
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)

    def set_filter(self, terms: tuple[str, ...], states: frozenset[str], *, withdrawn: bool = False) -> None:
        """Set the search terms (lower case), the states (none = all) and whether withdrawn slides are meant."""
        self.beginFilterChange()
        self._terms, self._states, self._withdrawn = terms, states, withdrawn
        self.endFilterChange()

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        index = self.sourceModel().index(source_row, 0, source_parent)
        if bool(index.data(WITHDRAWN_ROLE)) is not self._withdrawn:
            return False
        if self._states and index.data(STATE_ROLE) not in self._states:
            return False
        text = str(index.data(SEARCH_ROLE))
        return all(word in text for word in self._terms)


class _SlideList(QListView):
    """List of slides whose highlight is the open slide.

    Keys and clicks move the keyboard cursor only; the program highlights the slide once it is open.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters label cells, see `leukview.gui.app.shortcut_scope`."""

    def highlight(self, index: QModelIndex) -> None:
        """Highlight one row, or none for an invalid index."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(index, flags.ClearAndSelect if index.isValid() else flags.Clear)


class WorklistPanel(QWidget):
    """Shows all slides, or those that match search and filter.

    What is shown is narrowed at once; `query_changed` then asks for the slides that are not loaded yet.

    Signals:
        slide_chosen: Id of the slide to open.
        query_changed: The `WorklistQuery` whose first page is needed.
    """

    slide_chosen = Signal(str)
    query_changed = Signal(object)

    def __init__(self, model: WorklistModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._filter_model = _WorklistFilter(model)
        self._current = ""  # id of the open slide
        self.view = _SlideList()
        self.view.setModel(self._filter_model)
        self.view.setItemDelegate(WorklistCardDelegate(self.view))
        self.view.setMouseTracking(True)
        self.view.setAccessibleName(self.tr("Worklist"))
        self.view.setUniformItemSizes(True)
        self.view.setMinimumHeight(
            round(4.2 * self.fontMetrics().lineSpacing())
        )  # one card and part of the next, to show that there are more
        self.search_edit = QLineEdit()
        self.search_edit.setPlaceholderText(self.tr("Search slide, patient, date, class, alert"))
        self.search_edit.setAccessibleName(self.tr("Search the worklist"))
        self.search_edit.setToolTip(
            self.tr("All words must match. A class name finds the slides with cells of that class.")
        )
        self.search_edit.setClearButtonEnabled(True)
        self.state_combo = QComboBox()
        self.state_combo.setAccessibleName(self.tr("Filter by state"))
        for text, states in (
            (self.tr("All slides"), ()),
            (self.tr("To review"), (SlideState.IMPORTED, SlideState.ANALYSING, SlideState.IN_REVIEW)),
            (self.tr("Signed"), (SlideState.SIGNED, SlideState.AMENDED)),
            (self.tr("Amended"), (SlideState.AMENDED,)),
        ):
            self.state_combo.addItem(text, tuple(s.value for s in states))
        self.state_combo.addItem(self.tr("Withdrawn"), _WITHDRAWN)
        self.order_combo = QComboBox()
        self.order_combo.setAccessibleName(self.tr("Order of the slides"))
        for text, order in (
            (self.tr("Most urgent first"), WorklistOrder.URGENCY),
            (self.tr("Newest first"), WorklistOrder.NEWEST),
            (self.tr("Oldest first"), WorklistOrder.OLDEST),
            (self.tr("By patient"), WorklistOrder.PATIENT),
        ):
            self.order_combo.addItem(text, order.value)
        self._empty_label = QLabel(self.tr("No slide matches."))
        self._empty_label.setContentsMargins(8, 4, 8, 4)
        self._empty_label.hide()
        self._index_label = QLabel()
        self._index_label.setContentsMargins(8, 4, 8, 4)
        self._index_label.hide()
        self._query_timer = QTimer(self)
        self._query_timer.setSingleShot(True)
        self._query_timer.setInterval(_QUERY_DELAY_MS)
        self._query_timer.timeout.connect(lambda: self.query_changed.emit(self.query))
        chosen = QHBoxLayout()
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.addWidget(self.state_combo, 1)
        chosen.addWidget(self.order_combo, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 0)
        layout.setSpacing(4)
        layout.addWidget(self.search_edit)
        layout.addLayout(chosen)
        layout.addWidget(self._empty_label)
        layout.addWidget(self._index_label)
        layout.addWidget(self.view, 1)
        self.search_edit.textChanged.connect(self._apply_filter)
        self.state_combo.currentIndexChanged.connect(self._apply_filter)
        self.order_combo.currentIndexChanged.connect(self._apply_order)
        self.view.activated.connect(self._on_chosen)
        self.view.clicked.connect(self._on_chosen)
        model.modelReset.connect(self._update_empty_label)
        for changed in (self._filter_model.modelReset, self._filter_model.rowsInserted):
            changed.connect(self._on_rows_changed)  # reloaded, or filtered
        model.rowsInserted.connect(self._update_empty_label)
        model.blind_changed.connect(self._query_timer.start)
        self._apply_order()
        self._query_timer.stop()  # the first page is read by the window

    @property
    def query(self) -> WorklistQuery:
        """The selection and order that is set."""
        states = self.state_combo.currentData()
        return WorklistQuery(
            tuple(map(self._model.search_term, self._terms())),
            frozenset() if states == _WITHDRAWN else frozenset(map(SlideState, states)),
            WorklistOrder(self.order_combo.currentData()),
            is_blind=self._model.is_blind,
            is_withdrawn=states == _WITHDRAWN,
        )

    def show_outdated_count(self, count: int) -> None:
        """Show how many slides search and filter cannot find by their content yet."""
        self._index_label.setText(self.tr("Searching older slides: {0}").format(count))
        self._index_label.setVisible(count > 0)

    def visible_ids(self) -> list[str]:
        """Return the ids of the slides shown, in display order."""
        return [str(self._filter_model.index(row, 0).data(SLIDE_ROLE)) for row in range(self._filter_model.rowCount())]

    def show_current(self, slide_id: str) -> None:
        """Highlight the open slide."""
        is_new, self._current = slide_id != self._current, slide_id
        self._highlight_current(moves_cursor=is_new)

    def _on_rows_changed(self) -> None:
        self._highlight_current(moves_cursor=False)

    def _highlight_current(self, *, moves_cursor: bool) -> None:
        """Highlight the open slide, if it is shown.

        Args:
            moves_cursor: Move the keyboard cursor there, also while the list has the focus.
        """
        row = self._model.row_of(self._current)
        index = self._filter_model.mapFromSource(self._model.index(row)) if row is not None else QModelIndex()
        if moves_cursor or not self.view.hasFocus():
            with QSignalBlocker(self.view):
                self.view.setCurrentIndex(index)
        self.view.highlight(index)

    def _terms(self) -> tuple[str, ...]:
        return tuple(self.search_edit.text().casefold().split())

    def _apply_filter(self) -> None:
        states = self.state_combo.currentData()
        withdrawn = states == _WITHDRAWN
        self._filter_model.set_filter(self._terms(), frozenset(() if withdrawn else states), withdrawn=withdrawn)
        self._update_empty_label()
        self._query_timer.start()

    def _update_empty_label(self) -> None:
        self._empty_label.setVisible(self._model.rowCount() > 0 and self._filter_model.rowCount() == 0)

    def _apply_order(self) -> None:
        order = WorklistOrder(self.order_combo.currentData())
        roles = {WorklistOrder.PATIENT: PATIENT_ROLE, WorklistOrder.URGENCY: URGENCY_ROLE}
        self._filter_model.setSortRole(int(roles.get(order, DATE_ROLE)))
        falling = order is WorklistOrder.NEWEST
        self._filter_model.sort(0, Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder)
        self._query_timer.start()

    def _on_chosen(self, index: QModelIndex) -> None:
        slide_id = index.data(SLIDE_ROLE)
        if slide_id:
            self.slide_chosen.emit(str(slide_id))
