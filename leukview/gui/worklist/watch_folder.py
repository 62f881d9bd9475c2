"""Controller of the watched folder, whose new slides are imported and analysed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.tasks import Task
from leukview.gui.session.slide_jobs import UnattendedImport
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.widgets.file_dialogs import folder_dialog
from leukview.services.importing.watch_folder import ArrivedEntry, FolderWatcher

POLL_INTERVAL_MS = 5_000
RETRY_INTERVAL_MS = 60_000
"""Polling interval while the folder cannot be read."""


class WatchFolderController(WindowController):
    """Polls the folder every few seconds in the `WATCH` queue."""

    watch_changed = Signal(str, object)  # folder ("" = none), fingerprints of the known entries

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self._watch: FolderWatcher | None = None
        self._task: Task[Any, Any] | None = None
        self._incomplete_told = 0  # number of incomplete archives that was told last
        self._unreachable = False  # the folder could not be read at the last poll
        self.timer = QTimer(self)
        self.timer.setInterval(POLL_INTERVAL_MS)
        self.timer.timeout.connect(self.poll)

    @property
    def folder(self) -> str:
        """The watched folder; "" if none."""
        return str(self._watch.folder) if self._watch else ""

    @handles("watch")
    def toggle(self) -> None:
        """Ask for a folder to watch, or stop watching."""
        if self._watch:
            self.stop()
            self._notify(self.tr("The folder is no longer watched."), "")
            return
        dialog = folder_dialog(self._window, self.tr("Watch a folder"))
        dialog.fileSelected.connect(self.start)
        dialog.open()

    def start(self, folder: str) -> None:
        """Start to watch a folder; its existing entries are not imported."""
        watch = FolderWatcher(Path(folder))

        def work(token: CancelToken, _reporter: Reporter) -> FolderWatcher:
            watch.mark_existing_known(token)
            return watch

        self._tasks.run(self.tr("Reading the watched folder"), work, done=self._on_started, queue=Queue.WATCH)

    def resume(self, folder: str, known: frozenset[str]) -> None:
        """Continue to watch as in the last session; entries added since then are imported."""
        self._on_started(FolderWatcher(Path(folder), known))

    def _on_started(self, watch: FolderWatcher) -> None:
        self._watch = watch
        self.timer.start()
        self.watch_changed.emit(str(watch.folder), watch.known_hashes)
        self._notify(
            self.tr("Slides copied to {0} are imported and analysed automatically.").format(watch.folder.name),
            self.tr("Laboratory › Watch a folder turns this off."),
        )

    def stop(self) -> None:
        """Stop watching."""
        self.timer.stop()
        self.timer.setInterval(POLL_INTERVAL_MS)
        self._watch, self._unreachable, self._incomplete_told = None, False, 0
        if self._task is not None:
            self._task.cancel()
        self.watch_changed.emit("", frozenset())

    def poll(self) -> None:
        """Poll once; called by the timer."""
        watch = self._watch
        if watch is None or self._task is not None:
            return

        def work(token: CancelToken, _reporter: Reporter) -> list[ArrivedEntry]:
            return watch.scan(token)

        self._task = self._tasks.run(
            self.tr("Checking the watched folder"),
            work,
            done=self._on_polled,
            failed=self._on_failed,
            queue=Queue.WATCH,
        )
        self._task.ended.connect(self._on_ended)

    def _on_polled(self, arrived: list[ArrivedEntry]) -> None:
        if self._watch is None:
            return
        if self._unreachable:
            self._unreachable = False
            self.timer.setInterval(POLL_INTERVAL_MS)
            self._notify(self.tr("The watched folder can be read again."), "")
        for entry in arrived:
            done = partial(self._on_imported, self._watch, entry)
            failed = partial(self._on_not_imported, self._watch, entry)
            self._slide_jobs.import_unattended(entry, done, failed)
        incomplete = self._watch.incomplete_count
        if incomplete > self._incomplete_told:
            self._notify(
                self.tr("Incomplete archives in the watched folder: {0}. LeukView waits for them.").format(incomplete),
                self.tr("If copying has finished, copy them again."),
            )
        self._incomplete_told = incomplete

    def _on_imported(self, watch: FolderWatcher, entry: ArrivedEntry, result: UnattendedImport) -> None:
        """Remember an entry, unless some of its files could not be read while they were copied."""
        if result.is_incomplete:
            watch.mark_failed(entry)
        else:
            watch.mark_imported(entry)
        if watch is not self._watch:
            return
        self.watch_changed.emit(self.folder, watch.known_hashes)
        if result.slides and not entry.is_retry:
            self._notify(
                self.tr("{0} new slides in the watched folder, imported and queued for analysis.").format(
                    len(result.slides)
                ),
                "",
            )

    def _on_not_imported(self, watch: FolderWatcher, entry: ArrivedEntry, error: Exception) -> None:
        """Have an entry tried again; why it failed is told once."""
        watch.mark_failed(entry)
        if not entry.is_retry or not isinstance(error, LeukViewError):
            self._tasks.report_error(error)

    def _on_failed(self, error: Exception) -> None:
        """Report an unavailable folder once, then poll less often until it is back."""
        if isinstance(error, Cancelled) or self._watch is None:
            return
        if not isinstance(error, LeukViewError):
            self.timer.stop()
            self._tasks.report_error(error)
        elif not self._unreachable:
            self._unreachable = True
            self.timer.setInterval(RETRY_INTERVAL_MS)
            self._notify(
                self.tr("The watched folder cannot be read; LeukView keeps trying."),
                self.tr("Laboratory › Watch a folder turns this off."),
            )

    def _on_ended(self, _task: object) -> None:
        self._task = None
