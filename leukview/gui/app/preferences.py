"""Settings of the window: held in memory, written to the settings file on change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from leukview.core.settings import Settings, load_settings, save_settings
from leukview.gui.app.action_table import ActionSpec
from leukview.gui.app.notification_bus import NotificationBus
from leukview.gui.app.theme import apply_theme


class Preferences(QObject):
    """Current settings of the window and the file that stores them.

    Args:
        path: Settings file.
        notifications: Told about what could not be stored.
        parent: The window.

    Attributes:
        settings: Current values.
        collect_state: Returns the state of the panels by the field names of `Settings`; called before each save.
    """

    def __init__(self, path: Path, notifications: NotificationBus, parent: QObject) -> None:
        super().__init__(parent)
        self._path, self._notify = path, notifications.notify
        self.settings: Settings = load_settings(path)
        self.collect_state: Callable[[], Mapping[str, object]] = dict

    def set_theme(self, theme: str) -> None:
        """Apply a theme and keep it in the settings."""
        self.settings = replace(self.settings, theme=theme)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(theme, application)

    def set_language(self, language: str) -> None:
        """Keep a language in the settings; it takes effect at the next start."""
        self.settings = replace(self.settings, language=language)
        self._notify(self.tr("The language changes when LeukView is started again."), "")

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

    def save(self) -> None:
        """Write the settings file, with the current state of the panels.

        A file that cannot be written is reported to the user.
        """
        self.settings = replace(self.settings, **self.collect_state())  # type: ignore[arg-type]  # names of the settings
        try:
            save_settings(self._path, self.settings)
        except OSError as error:
            self._notify(
                self.tr("What you chose in the window cannot be remembered: {0}.").format(error.strerror or error),
                self.tr("Your reviews are kept elsewhere and are not touched."),
            )
