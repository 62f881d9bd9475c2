"""The audit in the window: the chain verified on opening, the audit trail, the history of the cell on the bench."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QMainWindow

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import SECOND
from leukview.gui.app.tasks import Task, TaskRunner
from leukview.gui.audit.dialog import AuditDialog
from leukview.gui.cell.history_view import CellHistory
from leukview.gui.session.review_controller import ReviewController
from leukview.services.audit.call_record import Call, export_calls
from leukview.services.audit.cell_history import HistoryEntry
from leukview.services.audit.trail import AuditFilter, AuditRow, AuditTrail, ChainState, export_audit
from leukview.services.workbench import Workbench

_Filtered: TypeAlias = tuple[tuple[AuditRow, ...], tuple[Call, ...]]


class AuditController(QObject):
    """Reads, verifies and filters the log in its own lane, so that neither review nor pictures wait for it.

    The chain is verified once at the start.

    Signals:
        told: A sentence and a hint.
    """

    notification_requested = Signal(str, str)

    def __init__(
        self, window: QMainWindow, workbench: Workbench, jobs: TaskRunner, desk: ReviewController, history: CellHistory
    ) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs, self._desk, self._history = window, workbench, jobs, desk, history
        self.badge = QLabel(self.tr("⚠ The review log was changed"))
        self.badge.hide()
        window.statusBar().addPermanentWidget(self.badge)
        self._trail: AuditTrail | None = None
        self._filtering: Task[Any, Any] | None = None
        self._reading: Task[Any, Any] | None = None
        self.dialog: AuditDialog | None = None
        self._blind = False
        history.wanted.connect(self._read_history)
        history.audit_wanted.connect(self._show_cell)
        self.verify()

    # ---- the chain
    def verify(self) -> None:
        """Verify the whole chain; only a broken one is told."""
        self._jobs.run(
            self.tr("Verifying the review log"), self._workbench.chain, done=self._on_chain, queue=Queue.AUDIT
        )

    def _on_chain(self, chain: object) -> None:
        if not isinstance(chain, ChainState):
            return
        self.badge.setVisible(not chain.holds)
        self.badge.setToolTip("" if chain.holds else chain.sentence)
        if not chain.holds:
            self.notification_requested.emit(
                chain.sentence,
                self.tr("Do not go on working on it; put back a copy from the backups folder. See Help, Audit trail."),
            )

    # ---- the trail
    def show(self, *, blind: bool, cell: str = "", calls: bool = False) -> None:
        """Open the audit trail, on the slide on the bench or on one of its cells; or the call record of all slides."""
        view = self._desk.view
        known = view.by_id.get(cell) if view else None
        self._blind = blind
        second = view is not None and view.reading == SECOND
        dialog = AuditDialog(
            slide=view.slide.id if view and not calls else "",
            cell=cell if known else "",
            cell_text=self.tr("Cell {0}").format(known.cell.number) if known else "",
            blind=blind or second,
            reading=SECOND if second else 0,
            folder=str(Path.home()),
            show_calls_first=calls,
            parent=self._window,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.rows_requested.connect(self._filter)
        dialog.verification_requested.connect(self._read)
        dialog.export_requested.connect(self._export)
        dialog.calls_export_requested.connect(self._export_calls)
        dialog.finished.connect(self._closed)
        self.dialog, self._trail = dialog, None
        dialog.open()
        self._read()

    def _show_cell(self, cell: str) -> None:
        self.show(blind=self._blind, cell=cell)

    def _closed(self) -> None:
        self.dialog = self._trail = None

    def _read(self) -> None:
        self._jobs.run(
            self.tr("Verifying the review log"),
            partial(self._workbench.audit, reader=self._desk.reader),
            done=self._on_trail,
            failed=self._fail,
            queue=Queue.AUDIT,
        )

    def _on_trail(self, trail: object) -> None:
        if self.dialog is None or not isinstance(trail, AuditTrail):
            return
        self._trail = trail
        self._on_chain(trail.chain)
        self.dialog.show_trail(trail)

    def _fail(self, error: Exception) -> None:
        self._jobs.report_error(error)
        if self.dialog is not None:
            self.dialog.reject()

    def _filter(self, wanted: AuditFilter) -> None:
        if self._trail is None:
            return
        if self._filtering is not None:
            self._filtering.cancel()
        trail, called = self._trail, self.dialog is not None and self.dialog.called_only_checkbox.isChecked()

        def work(token: CancelToken, _reporter: Reporter) -> _Filtered:
            token.check()
            return trail.filtered(wanted), self._workbench.calls(trail, wanted, called=called)

        task = self._jobs.run(
            self.tr("Searching the review log"), work, done=self._on_rows, failed=self._passed_over, queue=Queue.AUDIT
        )
        task.ended.connect(self._on_filtered)
        self._filtering = task

    def _on_rows(self, found: object) -> None:
        if self.dialog is not None and isinstance(found, tuple):
            rows, calls = found
            self.dialog.show_calls(calls)
            self.dialog.show_rows(rows)

    def _on_filtered(self, task: object) -> None:
        if task is self._filtering:
            self._filtering = None

    def _passed_over(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._jobs.report_error(error)

    def _export(self, output: Path) -> None:
        trail, dialog = self._trail, self.dialog
        if trail is None or dialog is None:
            return
        wanted = dialog.current_filter()

        def work(_token: CancelToken, _reporter: Reporter) -> Path:
            export_audit(trail.filtered(wanted), trail.chain, output)
            return output

        self._jobs.run(self.tr("Writing the audit trail"), work, done=self._on_exported, queue=Queue.AUDIT)

    def _export_calls(self, output: Path) -> None:
        trail, dialog = self._trail, self.dialog
        if trail is None or dialog is None:
            return
        calls = self._workbench.calls(trail, dialog.current_filter(), called=dialog.called_only_checkbox.isChecked())

        def work(_token: CancelToken, _reporter: Reporter) -> Path:
            export_calls(calls, output)
            return output

        self._jobs.run(self.tr("Writing the call record"), work, done=self._on_calls_exported, queue=Queue.AUDIT)

    def _on_calls_exported(self, output: object) -> None:
        self.notification_requested.emit(self.tr("The call record is written."), str(output))

    def _on_exported(self, output: object) -> None:
        self.notification_requested.emit(self.tr("The audit trail is written."), str(output))

    # ---- one cell
    def _read_history(self, cell_id: str, blind: bool) -> None:
        view = self._desk.view
        if view is None or cell_id not in view.by_id:
            return
        self._blind = blind
        if self._reading is not None:
            self._reading.cancel()
        slide_id, reading, workbench = view.slide.id, view.reading, self._workbench

        def work(token: CancelToken, _reporter: Reporter) -> tuple[HistoryEntry, ...]:
            token.check()
            return workbench.cell_history(slide_id, cell_id, blind=blind, reading=reading)

        self._reading = self._jobs.run(
            self.tr("Reading the history of the cell"),
            work,
            done=partial(self._on_history, cell_id, blind),
            queue=Queue.AUDIT,
        )
        self._reading.ended.connect(self._on_read)

    def _on_history(self, cell_id: str, blind: bool, lines: object) -> None:
        if isinstance(lines, tuple):
            self._history.show_lines(cell_id, blind, lines)

    def _on_read(self, task: object) -> None:
        if task is self._reading:
            self._reading = None
