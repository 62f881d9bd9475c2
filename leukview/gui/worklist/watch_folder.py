"""The watched folder in the window: what arrives is imported and analysed while another slide is reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.tasks import Jobs, Task
from leukview.gui.session.slide_jobs import SlideFlow
from leukview.gui.widgets.file_dialogs import folder_dialog
from leukview.services.importing.watch_folder import Arrived, FolderWatch

PERIOD_MS = 5_000
AWAY_MS = 60_000
"""Between two looks at a folder that cannot be read."""


class Watching(QObject):
    """Looks at the folder every few seconds, in a lane of its own."""

    told = Signal(str, str)  # a sentence and a hint
    changed = Signal(str, object)  # folder ("" = none), marks of the entries known

    def __init__(self, window: QWidget, jobs: Jobs, flow: SlideFlow) -> None:
        super().__init__(window)
        self._window, self._jobs, self._flow = window, jobs, flow
        self._watch: FolderWatch | None = None
        self._task: Task[Any, Any] | None = None
        self._away = False  # the folder could not be read when one looked last
        self.timer = QTimer(self)
        self.timer.setInterval(PERIOD_MS)
        self.timer.timeout.connect(self.look)

    @property
    def folder(self) -> str:
        """What is watched; "" = nothing."""
        return str(self._watch.folder) if self._watch else ""

    def ask(self) -> None:
        """Choose the folder to watch; what lies in it already is left alone. Watching one already, stop."""
        if self._watch:
            self.stop()
            self.told.emit(self.tr("No folder is watched any more."), "")
            return
        dialog = folder_dialog(self._window, self.tr("Watch a folder"))
        dialog.fileSelected.connect(self.begin)
        dialog.open()

    def begin(self, folder: str) -> None:
        """Watch from now on."""
        watch = FolderWatch(Path(folder))

        def work(token: CancelToken, _reporter: Reporter) -> FolderWatch:
            watch.take_as_known(token)
            return watch

        self._jobs.run(self.tr("Reading the watched folder"), work, done=self._on_begun, queue=Queue.WATCH)

    def resume(self, folder: str, known: frozenset[str]) -> None:
        """Go on watching as in the last session; what arrived since is imported."""
        self._on_begun(FolderWatch(Path(folder), known))

    def _on_begun(self, watch: object) -> None:
        if isinstance(watch, FolderWatch):
            self._watch = watch
            self.timer.start()
            self.changed.emit(str(watch.folder), watch.known)
            self.told.emit(
                self.tr("Slides that arrive in {0} are imported and analysed by themselves.").format(watch.folder.name),
                self.tr("Slide › Watch a folder ends it."),
            )

    def stop(self) -> None:
        """Watch nothing."""
        self.timer.stop()
        self.timer.setInterval(PERIOD_MS)
        self._watch, self._away = None, False
        if self._task is not None:
            self._task.cancel()
        self.changed.emit("", frozenset())

    def look(self) -> None:
        """Look once; the timer does it every few seconds."""
        watch = self._watch
        if watch is None or self._task is not None:
            return

        def work(token: CancelToken, _reporter: Reporter) -> list[Arrived]:
            return watch.look(token)

        self._task = self._jobs.run(
            self.tr("Looking at the watched folder"),
            work,
            done=self._on_looked,
            failed=self._on_failed,
            queue=Queue.WATCH,
        )
        self._task.ended.connect(self._on_ended)

    def _on_looked(self, arrived: object) -> None:
        if not isinstance(arrived, list) or self._watch is None:
            return
        if self._away:
            self._away = False
            self.timer.setInterval(PERIOD_MS)
            self.told.emit(self.tr("The watched folder is there again."), "")
        for entry in arrived:
            self._flow.take_in(entry.path)
        if arrived:
            self.changed.emit(self.folder, self._watch.known)
            self.told.emit(
                self.tr("{0} new in the watched folder: imported and queued for analysis.").format(len(arrived)), ""
            )

    def _on_failed(self, error: Exception) -> None:
        """A drive or a share that is away may come back: said once, then looked for less often."""
        if isinstance(error, Cancelled) or self._watch is None:
            return
        if not isinstance(error, LeukViewError):
            self.timer.stop()
            self._jobs.tell(error)
        elif not self._away:
            self._away = True
            self.timer.setInterval(AWAY_MS)
            self.told.emit(
                self.tr("The watched folder cannot be read; LeukView goes on looking for it."),
                self.tr("Slide › Watch a folder ends it."),
            )

    def _on_ended(self, _task: object) -> None:
        self._task = None
