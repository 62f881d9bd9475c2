"""Detects that there was no user input for some minutes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from typing_extensions import override

_INPUT_EVENTS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleMonitor(QObject):
    """Restarts a timer on each input event in a window of the program.

    The event filter is installed on the windows, not on the application, where it would run for every event of every
    object.

    Signals:
        idle_timeout: There was no input for the set time; emitted once in each pause.
    """

    idle_timeout = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._enabled = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.idle_timeout)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus_window_changed)

    def set_timeout_minutes(self, minutes: float) -> None:
        """Emit `idle_timeout` after so many minutes without input; 0 = never."""
        self.timer.stop()
        self._enabled = minutes > 0
        if self._enabled:
            self.timer.start(round(60_000 * minutes))
            self._on_focus_window_changed(QGuiApplication.focusWindow())

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)
            self._restart_timer()

    def _restart_timer(self) -> None:
        if self._enabled:
            self.timer.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT_EVENTS:
            self._restart_timer()
        return False
