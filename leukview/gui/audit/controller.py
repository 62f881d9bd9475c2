"""Controller of the audit trail, the hash chain check and the cell history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import SECOND_READING
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.tasks import Task, Work
from leukview.gui.audit.dialog import AuditDialog
from leukview.gui.cell.history_view import CellHistory
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.audit.call_record import AlertCall, export_calls
from leukview.services.audit.cell_history import HistoryEntry
from leukview.services.audit.pages import PAGE_SIZE, AuditOptions, AuditPage
from leukview.services.audit.trail import AuditFilter, ChainState, export_audit

_FilterResult: TypeAlias = tuple[AuditPage, tuple[AlertCall, ...]]
_Result = TypeVar("_Result")


class AuditController(WindowController):
    """Reads, verifies and filters the review log in the `AUDIT` queue.

    A queue of its own keeps these tasks from delaying the review and the loading of images. The hash chain is verified
    once at start-up.
    """

    def __init__(self, context: WindowContext, history: CellHistory) -> None:
        super().__init__(context)
        self._history = history
        self.chain_badge = QLabel(self.tr("⚠ The review log was changed outside LeukView"))
        self.chain_badge.hide()
        self._window.statusBar().addPermanentWidget(self.chain_badge)
        self._filter = AuditFilter()
        self._next_seq: int | None = None
        self._filter_task: Task[Any, Any] | None = None
        self._history_task: Task[Any, Any] | None = None
        self.dialog: AuditDialog | None = None
        self._blind = False
        history.history_requested.connect(self._load_history)
        history.audit_requested.connect(self._open_for_cell)
        self._review.reviewer_changed.connect(self._on_reviewer_changed)
        self.verify_chain()

    # ---- the chain
    def verify_chain(self) -> None:
        """Verify the whole hash chain; notify the reviewer only if it is broken."""
        self._tasks.run(
            self.tr("Verifying the review log"),
            self._workbench.audit.verify,
            done=self._on_chain_verified,
            queue=Queue.AUDIT,
        )

    def _on_chain_verified(self, chain: ChainState) -> None:
        if self.dialog is not None:
            self.dialog.show_chain(chain)
        self.chain_badge.setVisible(not chain.is_intact)
        self.chain_badge.setToolTip("" if chain.is_intact else chain.message)
        if not chain.is_intact:
            self._notify(
                chain.message,
                self.tr(
                    "Stop working with this database and restore a copy from the backups folder. See "
                    "Laboratory › Audit trail."
                ),
            )

    # ---- the trail
    @handles("audit")
    def open_trail(self) -> None:
        """Open the audit trail of the open slide."""
        self.open_dialog()

    @handles("calls")
    def open_calls(self) -> None:
        """Open the call record of all slides."""
        self.open_dialog(calls=True)

    def open_dialog(self, *, cell_id: str = "", calls: bool = False) -> None:
        """Open the audit trail of the open slide or one of its cells, or the call record.

        Args:
            cell_id: Show only the events of this cell of the open slide; "" = of all cells.
            calls: Start with the call record of all slides.
        """
        view = self._review.view
        known = view.by_id.get(cell_id) if view else None
        self._blind = self._actions.blind
        second = view is not None and view.reading == SECOND_READING
        dialog = AuditDialog(
            slide=view.slide.id if view and not calls else "",
            cell=cell_id if known else "",
            cell_text=self.tr("Cell {0}").format(known.cell.number) if known else "",
            blind=self._blind or second,
            reading=SECOND_READING if second else 0,
            folder=str(Path.home()),
            show_calls_first=calls,
            parent=self._window,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.rows_requested.connect(self._filter_rows)
        dialog.verification_requested.connect(self._load_trail)
        dialog.more_requested.connect(self._load_next_page)
        dialog.export_requested.connect(self._export_trail)
        dialog.calls_export_requested.connect(self._export_calls)
        dialog.finished.connect(self._on_dialog_closed)
        self.dialog = dialog
        dialog.open()
        self._load_trail()

    def _open_for_cell(self, cell_id: str) -> None:
        self.open_dialog(cell_id=cell_id)

    def _on_reviewer_changed(self) -> None:
        """Close the dialog: it shows what the previous reviewer was allowed to see."""
        if self.dialog is not None:
            self.dialog.reject()

    def _on_dialog_closed(self) -> None:
        self.dialog = None

    def _load_trail(self) -> None:
        """Read options and first page at once; the verification of the whole log takes longer."""
        self.verify_chain()
        self._tasks.run(
            self.tr("Searching the review log"),
            lambda _token, _reporter: self._workbench.audit.filter_options(),
            done=self._review.for_current_reader(self._on_options_loaded),
            queue=Queue.CHANGES,
        )
        if self.dialog is not None:
            self._filter_rows(self.dialog.current_filter())

    def _on_options_loaded(self, options: AuditOptions) -> None:
        if self.dialog is not None:
            self.dialog.show_options(options)

    def _filter_rows(self, wanted: AuditFilter) -> None:
        if self._filter_task is not None:
            self._filter_task.cancel()
        self._filter = wanted
        called = self.dialog is not None and self.dialog.called_only_checkbox.isChecked()
        viewer = self._review.viewer

        def work(token: CancelToken, _reporter: Reporter) -> _FilterResult:
            calls = self._workbench.audit.load_alert_calls(wanted, viewer, token, called_only=called)
            return self._workbench.audit.load_page(wanted, viewer, None, token), calls

        self._start_reading(work, partial(self._on_rows_filtered, wanted))

    def _load_next_page(self) -> None:
        wanted, viewer, before = self._filter, self._review.viewer, self._next_seq

        def work(token: CancelToken, _reporter: Reporter) -> AuditPage:
            return self._workbench.audit.load_page(wanted, viewer, before, token)

        self._start_reading(work, partial(self._on_page_loaded, wanted))

    def _start_reading(self, work: Work[_Result], done: Callable[[_Result], None]) -> None:
        task = self._tasks.run(
            self.tr("Searching the review log"),
            work,
            done=self._review.for_current_reader(done),
            failed=self._on_filter_failed,
            queue=Queue.CHANGES,
        )
        task.ended.connect(self._on_filter_ended)
        self._filter_task = task

    def _on_rows_filtered(self, wanted: AuditFilter, result: _FilterResult) -> None:
        if self.dialog is None or wanted != self._filter:
            return
        page, calls = result
        self.dialog.show_calls(calls)
        self.dialog.show_page(page)
        self._continue_search(page)

    def _on_page_loaded(self, wanted: AuditFilter, page: AuditPage) -> None:
        if self.dialog is not None and wanted == self._filter:
            self.dialog.append_page(page)
            self._continue_search(page)

    def _continue_search(self, page: AuditPage) -> None:
        """Go on at once while a search has found less than a page."""
        self._next_seq = page.next_seq
        if page.next_seq is not None and self.dialog is not None and self.dialog.model.rowCount() < PAGE_SIZE:
            self._load_next_page()

    def _on_filter_ended(self, task: object) -> None:
        if task is self._filter_task:
            self._filter_task = None

    def _on_filter_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._tasks.report_error(error)

    def _export_trail(self, output: Path) -> None:
        if self.dialog is None:
            return
        audit_filter, viewer = self.dialog.current_filter(), self._review.viewer

        def work(token: CancelToken, reporter: Reporter) -> Path:
            trail = self._workbench.audit.load_trail(token, reporter, viewer)
            export_audit(trail.filter_rows(audit_filter), trail.chain, output)
            return output

        self._tasks.run(self.tr("Exporting the audit trail"), work, done=self._on_trail_exported, queue=Queue.AUDIT)

    def _export_calls(self, output: Path) -> None:
        if self.dialog is None:
            return
        audit_filter, viewer = self.dialog.current_filter(), self._review.viewer
        called = self.dialog.called_only_checkbox.isChecked()

        def work(token: CancelToken, _reporter: Reporter) -> Path:
            export_calls(
                self._workbench.audit.load_alert_calls(audit_filter, viewer, token, called_only=called), output
            )
            return output

        self._tasks.run(self.tr("Exporting the call record"), work, done=self._on_calls_exported, queue=Queue.AUDIT)

    def _on_calls_exported(self, output: Path) -> None:
        self._notify(self.tr("The call record was exported."), str(output))

    def _on_trail_exported(self, output: Path) -> None:
        self._notify(self.tr("The audit trail was exported."), str(output))

    # ---- one cell
    def _load_history(self, cell_id: str, blind: bool) -> None:
        view = self._review.view
        if view is None or cell_id not in view.by_id:
            return
        self._blind = blind
        if self._history_task is not None:
            self._history_task.cancel()
        slide_id, reading, workbench = view.slide.id, view.reading, self._workbench

        def work(token: CancelToken, _reporter: Reporter) -> tuple[HistoryEntry, ...]:
            token.raise_if_cancelled()
            return workbench.audit.cell_history(slide_id, cell_id, blind=blind, reading=reading)

        self._history_task = self._tasks.run(
            self.tr("Reading the history of the cell"),
            work,
            done=partial(self._on_history_loaded, cell_id, blind),
            queue=Queue.AUDIT,
        )
        self._history_task.ended.connect(self._on_history_ended)

    def _on_history_loaded(self, cell_id: str, blind: bool, entries: tuple[HistoryEntry, ...]) -> None:
        self._history.show_entries(cell_id, blind, entries)

    def _on_history_ended(self, task: object) -> None:
        if task is self._history_task:
            self._history_task = None
