"""Controller of the watched folder, whose new slides are imported and analysed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.tasks import Task
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
            self._notify(self.tr("No folder is watched any more."), "")
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
            self.tr("Slides that arrive in {0} are imported and analysed by themselves.").format(watch.folder.name),
            self.tr("Slide › Watch a folder ends it."),
        )

    def stop(self) -> None:
        """Stop watching."""
        self.timer.stop()
        self.timer.setInterval(POLL_INTERVAL_MS)
        self._watch, self._unreachable = None, False
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
            self.tr("Looking at the watched folder"),
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
            self._notify(self.tr("The watched folder is there again."), "")
        for entry in arrived:
            self._slide_jobs.import_unattended(entry.path)
        if arrived:
            self.watch_changed.emit(self.folder, self._watch.known_hashes)
            self._notify(
                self.tr("{0} new in the watched folder: imported and queued for analysis.").format(len(arrived)), ""
            )

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
                self.tr("The watched folder cannot be read; LeukView goes on looking for it."),
                self.tr("Slide › Watch a folder ends it."),
            )

    def _on_ended(self, _task: object) -> None:
        self._task = None
