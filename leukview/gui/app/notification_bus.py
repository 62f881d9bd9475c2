"""Carries notifications from any part of the window to the notification bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class NotificationBus(QObject):
    """Emits the notifications of the window; created once per window.

    Signals:
        notified: Message and hint ("" = none).
    """

    notified = Signal(str, str)

    def notify(self, message: str, hint: str = "") -> None:
        """Notify the user.

        Args:
            message: What happened, one translated sentence.
            hint: What the user can do; "" = nothing.
        """
        self.notified.emit(message, hint)
