"""Audit trail dialog: events, call record, filters, hash chain state, export."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStyle,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from leukview.gui.app.i18n import join_sentences, translate_data
from leukview.gui.audit.calls_model import CallColumn, CallsModel
from leukview.gui.audit.events_model import AUDIT_ROW_ROLE, AuditColumn, AuditModel
from leukview.gui.widgets.dialog_helpers import fit_columns, read_only_table, set_initial_size, wrapping_label
from leukview.gui.widgets.file_dialogs import save_dialog
from leukview.services.audit.call_record import AlertCall
from leukview.services.audit.pages import AuditOptions, AuditPage
from leukview.services.audit.trail import AuditFilter, AuditRow, ChainState

_PERIOD_DAYS = (0, 1, 7, 30, 365)


class AuditDialog(QDialog):
    """Shows the review log; the controller reads and filters it on request.

    Signals:
        rows_requested: An `AuditFilter`; the rows that match it are needed.
        export_requested: Path of the file to write the shown events to.
        calls_export_requested: Path of the file to write the shown calls to.
        verification_requested: Read and verify the log again.
        more_requested: The next page of the rows is needed.

    Args:
        slide: Slide selected in the filter at first; "" = all slides.
        cell: Id of the cell whose events are shown at first; "" = all cells.
        cell_text: Display text of that cell.
        blind: Leave out whatever reveals the model's predictions.
        reading: Show only the events of this reading; 0 = of all readings.
        folder: Initial folder of the export dialog.
        show_calls_first: Start with the call record.
        parent: Parent widget.
    """

    rows_requested = Signal(object)
    export_requested = Signal(object)
    calls_export_requested = Signal(object)
    verification_requested = Signal()
    more_requested = Signal()

    def __init__(
        self,
        *,
        slide: str = "",
        cell: str = "",
        cell_text: str = "",
        blind: bool = False,
        reading: int = 0,
        folder: str = "",
        show_calls_first: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._cell, self._blind, self._reading, self._folder = cell, blind, reading, folder
        self._broken_seq: int | None = None
        self._event_count = 0
        self._chain_text = ""  # result of the verification, once there is one
        self._withheld: frozenset[str] = frozenset()
        self.setWindowTitle(self.tr("Audit trail"))
        self._state_icon = QLabel()
        self.state_label = wrapping_label(self.tr("Reading and verifying the review log…"))
        self.state_label.setAccessibleName(self.tr("State of the hash chain"))
        self.seal_label = wrapping_label("")
        self.seal_label.setAccessibleName(self.tr("What the seals cover"))
        self.seal_label.hide()
        self.verify_button = QPushButton(self.tr("Verify again"))
        self.search_edit = QLineEdit()
        self.search_edit.setPlaceholderText(self.tr("Search: word, name, number or hash"))
        self.search_edit.setAccessibleName(self.tr("Search"))
        self.search_edit.setClearButtonEnabled(True)
        self.slide_combo = self._filter_combo(self.tr("Slide"), self.tr("All slides"))
        self.kind_combo = self._filter_combo(self.tr("Kind of event"), self.tr("All kinds"))
        self.reviewer_combo = self._filter_combo(self.tr("Reviewer"), self.tr("Everybody"))
        self.period_combo = self._filter_combo(self.tr("Time"), self.tr("At any time"))
        for days, text in zip(
            _PERIOD_DAYS[1:], ("Last 24 hours", "Last 7 days", "Last 30 days", "Last year"), strict=True
        ):
            self.period_combo.addItem(translate_data(text), days)
        if slide:
            self.slide_combo.addItem(slide, slide)
            self.slide_combo.setCurrentIndex(1)
        self.cell_filter_button = QPushButton(self.tr("{0} only  ✕").format(cell_text))
        self.cell_filter_button.setToolTip(self.tr("Show all events again."))
        self.cell_filter_button.setVisible(bool(cell))
        self.model = AuditModel(self)
        self.table = read_only_table(self.tr("Events"))
        self.table.setModel(self.model)
        self.model.more_requested.connect(self.more_requested)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName(self.tr("Details of the selected event"))
        self.details.setTabChangesFocus(True)
        self.details.setPlaceholderText(self.tr("Select an event to see its details."))
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.calls_model = CallsModel(self)
        self._calls_table = read_only_table(self.tr("Call record"))
        self._calls_table.setModel(self.calls_model)
        self.called_only_checkbox = QCheckBox(self.tr("Only alerts with a call"))
        self.count_label = QLabel()
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Audit trail"))
        self.export_button = QPushButton(self.tr("Export…"))
        self.export_button.setToolTip(
            self.tr("Not available in a blind review: the file contains the classes given by others.")
            if blind
            else self.tr("Export the events shown, with their hashes, as CSV or JSON.")
        )
        self.export_button.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        self._build_layout(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in the search field must not press a button
        buttons.rejected.connect(self.reject)
        self.verify_button.clicked.connect(self._request_verification)
        self.search_edit.textChanged.connect(self._request_rows)
        for combo in (self.slide_combo, self.kind_combo, self.reviewer_combo, self.period_combo):
            combo.currentIndexChanged.connect(self._request_rows)
        self.cell_filter_button.clicked.connect(self._clear_cell_filter)
        self.called_only_checkbox.toggled.connect(self._request_rows)
        self.tabs.currentChanged.connect(self._update_counts)
        self.table.selectionModel().currentChanged.connect(self._on_current)
        self.export_button.clicked.connect(self._choose_export_file)
        self.search_edit.setFocus()
        self.tabs.setCurrentIndex(int(show_calls_first and not blind))
        self._update_counts()
        set_initial_size(self, 150, 42)

    def _filter_combo(self, name: str, all_text: str) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.addItem(all_text, "")
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return combo

    def _build_layout(self, buttons: QDialogButtonBox) -> None:
        head = QHBoxLayout()
        head.addWidget(self._state_icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.state_label, 1)
        head.addWidget(self.verify_button, 0, Qt.AlignmentFlag.AlignTop)
        filters = QHBoxLayout()
        filters.addWidget(self.search_edit, 1)
        for widget in (
            self.cell_filter_button,
            self.slide_combo,
            self.kind_combo,
            self.reviewer_combo,
            self.period_combo,
        ):
            filters.addWidget(widget)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.details)
        parts.setSizes([500, 180])
        foot = QHBoxLayout()
        foot.addWidget(self.count_label, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.seal_label)
        layout.addLayout(filters)
        calls = QWidget()
        column = QVBoxLayout(calls)
        column.addWidget(self.called_only_checkbox)
        column.addWidget(self._calls_table, 1)
        self.tabs.addTab(parts, self.tr("Events"))
        self.tabs.addTab(calls, self.tr("Calls"))
        self.tabs.setTabToolTip(1, self.tr("Whom reviewers called about alerts, and when."))
        self.tabs.setTabVisible(1, not self._blind)  # alerts reveal the model's predictions
        layout.addWidget(self.tabs, 1)
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "Each event contains the hash of the previous one, and its hash is sealed with a "
                    "key of this workstation. Verification finds everything that was changed, "
                    "removed or cut off outside LeukView."
                )
            )
        )
        layout.addLayout(foot)

    # ---- results
    def show_options(self, options: AuditOptions) -> None:
        """Fill the options of the filters."""
        self._event_count = options.event_count
        self._set_options(self.slide_combo, options.slide_ids)
        self._set_options(self.kind_combo, options.blinded_kind_texts if self._blind else options.kind_texts)
        self._set_options(self.reviewer_combo, options.reviewers)
        self._update_counts()

    def show_chain(self, chain: ChainState) -> None:
        """Show whether the hash chain is intact."""
        self._broken_seq = chain.first_broken.seq if chain.first_broken else None
        self.model.set_broken(self._broken_seq)
        self._select_broken()
        icon = (
            QStyle.StandardPixmap.SP_DialogApplyButton
            if chain.is_intact
            else QStyle.StandardPixmap.SP_MessageBoxWarning
        )
        side = round(1.4 * self.fontMetrics().height())
        self._state_icon.setPixmap(self.style().standardIcon(icon).pixmap(side, side))
        font = self.state_label.font()
        font.setBold(not chain.is_intact)
        self.state_label.setFont(font)
        text = translate_data(chain.message)
        if not chain.is_intact:
            remedy = self.tr("Stop working with this database and restore a copy from the backups folder.")
            text = join_sentences((text, remedy))
        self._chain_text = text
        self.seal_label.setText(join_sentences(translate_data(note) for note in chain.notes))
        self.seal_label.setVisible(bool(chain.notes))
        self._show_state()

    def _show_state(self) -> None:
        text = self._chain_text
        if self._withheld and text:
            withheld = self.tr("Slides that you read as second reader do not yet show what others did: {0}")
            text = f"{text} {withheld.format(len(self._withheld))}"
        if text:
            self.state_label.setText(text)

    def show_page(self, page: AuditPage) -> None:
        """Show the first page of the events that match the filter."""
        self.model.set_has_more(has_more=page.next_seq is not None)
        self.model.set_rows(page.rows, broken_seq=self._broken_seq, blind=self._blind)
        self._fit_columns()
        self.details.clear()
        self._withheld = page.withheld_slides
        self._show_state()
        self._update_counts()
        self._select_broken()

    def append_page(self, page: AuditPage) -> None:
        """Show a further page."""
        self.model.set_has_more(has_more=page.next_seq is not None)
        self.model.append_rows(page.rows)
        self._withheld |= page.withheld_slides
        self._show_state()
        self._update_counts()

    def _select_broken(self) -> None:
        broken = self.model.row_of(self._broken_seq) if self._broken_seq is not None else None
        if broken is not None:
            self.table.selectRow(broken)

    def show_calls(self, calls: tuple[AlertCall, ...]) -> None:
        """Show the calls that match the filter."""
        self.calls_model.set_calls(calls)
        fit_columns(self._calls_table, 44)
        header = self._calls_table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(CallColumn.NOTE, QHeaderView.ResizeMode.Stretch)
        self._update_counts()

    def _update_counts(self) -> None:
        """Update the counter and the buttons for the tab that is shown."""
        calls = self.tabs.currentIndex() == 1
        self.kind_combo.setEnabled(not calls)
        self.cell_filter_button.setEnabled(not calls)
        shown = self.calls_model.rowCount() if calls else self.model.rowCount()
        if calls:
            self.count_label.setText(self.tr("Acknowledged alerts: {0:,}").format(shown))
        else:
            # Of the events that match, only those of the pages read so far are counted.
            total = shown if self._reading else max(shown, self._event_count)
            self.count_label.setText(self.tr("{0:,} of {1:,} events").format(shown, total))
        self.export_button.setEnabled(shown > 0 and not self._blind)

    def _fit_columns(self) -> None:
        em = self.fontMetrics().averageCharWidth()
        header = self.table.horizontalHeader()
        header.setResizeContentsPrecision(50)
        self.table.resizeColumnsToContents()
        for column in AuditColumn:
            header.resizeSection(column, min(header.sectionSize(column) + em, 28 * em))
        header.setStretchLastSection(True)

    def _set_options(self, combo: QComboBox, values: Iterable[str]) -> None:
        chosen = combo.currentData()
        with QSignalBlocker(combo):
            while combo.count() > 1:
                combo.removeItem(1)
            for value in dict.fromkeys(values):
                combo.addItem(translate_data(value) if combo is self.kind_combo else value, value)
            if chosen and combo.findData(chosen) < 0:
                combo.addItem(str(chosen), chosen)
            combo.setCurrentIndex(max(combo.findData(chosen), 0))

    # ---- requests
    def current_filter(self) -> AuditFilter:
        """Return the filter that is currently set."""
        days = self.period_combo.currentData() or 0
        return AuditFilter(
            slide_id=self.slide_combo.currentData(),
            cell_id=self._cell,
            kind=self.kind_combo.currentData(),
            reviewer=self.reviewer_combo.currentData(),
            since=datetime.now().astimezone() - timedelta(days=days) if days else None,
            text=self.search_edit.text(),
            blind=self._blind,
            reading=self._reading,
        )

    def _request_rows(self) -> None:
        self.rows_requested.emit(self.current_filter())

    def _clear_cell_filter(self) -> None:
        self._cell = ""
        self.cell_filter_button.hide()
        self.search_edit.setFocus()
        self._request_rows()

    def _request_verification(self) -> None:
        self._chain_text = ""
        self.state_label.setText(self.tr("Reading and verifying the review log…"))
        self.verification_requested.emit()

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = current.data(AUDIT_ROW_ROLE)
        self.details.setPlainText(self._details_text(row) if isinstance(row, AuditRow) else "")

    def _details_text(self, row: AuditRow) -> str:
        event = row.event
        lines = [translate_data(row.visible_text(blind=self._blind)), ""]
        if row.undone:
            lines.insert(1, self.tr("Undone later."))
        lines += [f"id        {event.id}", f"time      {event.at}", f"hash      {event.hash}"]
        lines.append(f"previous  {event.previous}")
        if not self._blind:
            payload = json.dumps(event.payload, ensure_ascii=False, sort_keys=True, indent=2)
            lines += [f"kind      {event.kind.value}", f"cells     {' '.join(event.cells)}", f"payload   {payload}"]
        return "\n".join(lines)

    def _choose_export_file(self) -> None:
        calls = self.tabs.currentIndex() == 1
        title = self.tr("Export the call record") if calls else self.tr("Export the audit trail")
        kinds, name = self.tr("CSV (*.csv);;JSON with hashes (*.json)"), "leukview-calls" if calls else "leukview-audit"
        dialog = save_dialog(self, title, self._folder, kinds, f"{name}.csv")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("json" if "json" in chosen else "csv"))
        signal = self.calls_export_requested if calls else self.export_requested
        dialog.fileSelected.connect(lambda path: signal.emit(Path(path)))
        dialog.open()
