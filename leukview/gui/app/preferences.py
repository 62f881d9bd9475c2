"""Settings of the window: held in memory, written to the settings file on change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from leukview.core.settings import Settings, SettingsProblem, save_settings
from leukview.gui.app.action_table import ActionSpec
from leukview.gui.app.notification_bus import NotificationBus
from leukview.gui.app.theme import apply_theme


class Preferences(QObject):
    """Current settings of the window and the file that stores them.

    Args:
        path: Settings file.
        loaded: What `read_settings` found there.
        notifications: Told about what could not be stored.
        parent: The window.

    Attributes:
        settings: Current values.
        collect_state: Returns the state of the panels by the field names of `Settings`; called before each save.
    """

    def __init__(
        self, path: Path, loaded: tuple[Settings, SettingsProblem], notifications: NotificationBus, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._path, self._notify = path, notifications.notify
        self.settings, self._problem = loaded
        self.collect_state: Callable[[], Mapping[str, object]] = dict

    def announce_problem(self) -> None:
        """Notify the user if the settings file could not be used."""
        if self._problem is SettingsProblem.UNREADABLE:
            self._notify(
                self.tr("The window settings cannot be read at the moment; the defaults are used."),
                self.tr("They are not overwritten. Restart LeukView when the settings folder can be read."),
            )
        elif self._problem is SettingsProblem.SET_ASIDE:
            self._notify(
                self.tr("The window settings were damaged; the defaults are used."),
                self.tr("The old file was kept in the same folder as {0}.").format(
                    self._path.with_suffix(".json.bad").name
                ),
            )

    def set_theme(self, theme: str) -> None:
        """Apply a theme and keep it in the settings."""
        self.settings = replace(self.settings, theme=theme)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(theme, application)

    def set_language(self, language: str) -> None:
        """Keep a language in the settings; it takes effect at the next start."""
        self.settings = replace(self.settings, language=language)
        self._notify(self.tr("The language changes when LeukView is restarted."), "")

    def set_lock_minutes(self, minutes: int) -> None:
        """Store after how many idle minutes the window locks itself."""
        self.settings = replace(self.settings, lock_minutes=minutes)
        self.save()

    def set_shortcuts(self, table: tuple[ActionSpec, ...], defaults: tuple[ActionSpec, ...]) -> None:
        """Store the shortcuts that differ from the defaults."""
        usual = {s.key: s.shortcut for s in defaults}
        keys = {s.key: s.shortcut for s in table if s.shortcut != usual[s.key]}
        self.settings = replace(self.settings, keys=keys)
        self.save()

    def set_watched_folder(self, folder: str, known: frozenset[str]) -> None:
        """Store the watched folder and the name hashes of its known entries."""
        self.settings = replace(self.settings, watched=folder, watched_known=" ".join(sorted(known)))
        self.save()

    def set_backup(self, folder: str, at: str) -> None:
        """Store the folder of the daily backup, and when the last one was made (UTC, ISO 8601; "" = never)."""
        self.settings = replace(self.settings, backup_folder=folder, backup_at=at)
        self.save()

    def save(self) -> None:
        """Write the settings file, with the current state of the panels.

        A file that cannot be written is reported to the user. One that could not be read is never written over.
        """
        self.settings = replace(self.settings, **self.collect_state())  # type: ignore[arg-type]  # names of the settings
        if self._problem is SettingsProblem.UNREADABLE:
            return
        try:
            save_settings(self._path, self.settings)
        except OSError as error:
            self._notify(
                self.tr("The settings of the window cannot be saved: {0}.").format(error.strerror or error),
                self.tr("Your reviews are stored separately and are not affected."),
            )
