"""Daily backup of the data folder, and the backup that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Progress, Queue, Reporter
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translate_data
from leukview.gui.app.preferences import Preferences
from leukview.gui.app.tasks import Task
from leukview.gui.data.backup_dialog import BackupDialog
from leukview.gui.session.window_context import WindowContext, WindowController

CHECK_INTERVAL_MS = 60_000
_PERIOD = timedelta(hours=24)


class BackupController(WindowController):
    """Writes a backup once a day while nothing else runs; a failure is reported and tried again an hour later.

    Args:
        context: What all controllers share.
        preferences: Has folder and time of the last backup.

    Attributes:
        clock: Current time.
    """

    def __init__(self, context: WindowContext, preferences: Preferences) -> None:
        super().__init__(context)
        self._preferences = preferences
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._task: Task[Any, Any] | None = None
        self._failed_at: datetime | None = None
        self.dialog: BackupDialog | None = None
        self.timer = QTimer(self)
        self.timer.setInterval(CHECK_INTERVAL_MS)
        self.timer.timeout.connect(self.check)
        self.timer.start()

    @handles("backups")
    def open_dialog(self) -> None:
        """Choose the folder of the daily backup, or back up now."""
        settings = self._preferences.settings
        dialog = BackupDialog(settings.backup_folder, settings.backup_at, self._window)
        dialog.folder_chosen.connect(self._set_folder)
        dialog.backup_requested.connect(self._back_up)
        dialog.cancel_requested.connect(self.cancel)
        dialog.finished.connect(self._on_dialog_closed)
        self.dialog = dialog
        dialog.show_possible(possible=self._workbench.data_management.can_back_up)
        dialog.show_running(running=self._task is not None)
        dialog.open()

    def check(self) -> None:
        """Write the daily backup if it is due and nothing else runs; called by the timer."""
        folder = self._preferences.settings.backup_folder
        if folder and self._workbench.data_management.can_back_up and self._is_due() and not self._is_busy():
            self._back_up(folder)

    def _is_busy(self) -> bool:
        return self._tasks.is_busy or not self._review.is_idle

    def _is_due(self) -> bool:
        now, last = self.clock(), self._preferences.settings.backup_at
        if self._failed_at is not None and timedelta(0) <= now - self._failed_at < timedelta(hours=1):
            return False
        try:
            age = now - datetime.fromisoformat(last)
        except (ValueError, TypeError):  # never, or not readable
            return True
        return age >= _PERIOD or age < timedelta(0)  # a clock that was set back must not end the backups

    def cancel(self) -> None:
        """Cancel the backup that runs."""
        if self._task is not None:
            self._task.cancel()

    def _set_folder(self, folder: str) -> None:
        self._failed_at = None
        self._preferences.set_backup(folder, self._preferences.settings.backup_at)

    def _back_up(self, folder: str) -> None:
        if self._task is not None:
            return

        def work(token: CancelToken, reporter: Reporter) -> Path:
            return self._workbench.data_management.back_up(Path(folder), token, reporter)

        self._task = self._tasks.run(
            self.tr("Making the backup"), work, done=self._on_done, failed=self._on_failed, queue=Queue.AUDIT
        )
        self._task.progress_changed.connect(self._on_progress)
        self._task.ended.connect(self._on_ended)
        if self.dialog is not None:
            self.dialog.show_running(running=True)

    def _on_progress(self, progress: Progress) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(progress.done, progress.total, translate_data(progress.message))

    def _on_done(self, path: Path) -> None:
        self._failed_at = None
        at = self.clock().isoformat(timespec="seconds")
        self._preferences.set_backup(self._preferences.settings.backup_folder, at)
        if self.dialog is not None:
            self.dialog.show_result(self.tr("The backup was made and verified: {0}").format(path.name))

    def _on_failed(self, error: Exception) -> None:
        self._failed_at = self.clock()
        if isinstance(error, Cancelled):
            return
        self._tasks.report_error(error)
        self._notify(
            self.tr("The backup failed."), self.tr("See Laboratory › Backups. LeukView tries again in an hour.")
        )
        if self.dialog is not None:
            self.dialog.show_result(translate_data(str(error)))

    def _on_ended(self, _task: object) -> None:
        self._task = None
        if self.dialog is not None:
            self.dialog.show_running(running=False)

    def _on_dialog_closed(self) -> None:
        self.dialog = None
