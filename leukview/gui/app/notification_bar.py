"""Notification bar above gallery and cell panel, and progress in the status bar."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QToolButton, QWidget

from leukview.core.job_runner import Progress
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.elided_label import ElidedLabel

_TRANSIENT_MS = 10_000
_MAX_NOTIFICATIONS = 50


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification to the user.

    Attributes:
        message: What happened.
        hint: What the user can do; "" = none.
        file: A written file that the user can open; None = none.
        transient: Reports success: closed automatically after 10 s.
    """

    message: str
    hint: str = ""
    file: Path | None = None
    transient: bool = False


class NotificationBar(QFrame):
    """Shows the newest notification and the number of pending ones.

    A notification stays until it is dismissed; transient ones close automatically. At most 50 are kept.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._notifications: list[Notification] = []
        self._message_label = QLabel()
        self._message_label.setWordWrap(True)
        self._message_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._message_label.setTextFormat(Qt.TextFormat.PlainText)
        self._pending_label = QLabel()
        self._pending_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open_button.clicked.connect(self._open_file)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(self.tr("Close the message"))
        self.close_button.clicked.connect(self.dismiss_current)
        self._transient_timer = QTimer(self)
        self._transient_timer.setSingleShot(True)
        self._transient_timer.setInterval(_TRANSIENT_MS)
        self._transient_timer.timeout.connect(self.dismiss_transient)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._message_label, 1)
        for part in (self._pending_label, self.open_button, self.close_button):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """The message shown, with its hint on a second line; "" when hidden."""
        return "" if self.isHidden() else self._message_label.text()

    def notify(self, message: str, hint: str = "") -> None:
        """Show a message and a hint, both translated here."""
        self.show_notification(Notification(translate_data(message), translate_data(hint)))

    def show_notification(self, notification: Notification) -> None:
        """Show a notification before the pending ones; an equal pending one is replaced."""
        others = [n for n in self._notifications if n != notification]
        self._notifications = [*others[1 - _MAX_NOTIFICATIONS :], notification]
        if notification.transient:
            self._transient_timer.start()
        self._refresh()

    def dismiss_current(self) -> None:
        """Dismiss the notification shown and show the one before it."""
        self._notifications = self._notifications[:-1]
        self._refresh()

    def dismiss_transient(self) -> None:
        """Dismiss all transient notifications."""
        self._notifications = [n for n in self._notifications if not n.transient]
        self._refresh()

    def dismiss_all(self) -> None:
        """Dismiss all notifications."""
        self._notifications = []
        self._refresh()

    def _refresh(self) -> None:
        if not self._notifications:
            self.hide()
            return
        newest, pending = self._notifications[-1], len(self._notifications) - 1
        self._message_label.setText(f"{newest.message}\n{newest.hint}" if newest.hint else newest.message)
        self._pending_label.setText(self.tr("{0} more").format(pending))
        self._pending_label.setVisible(pending > 0)
        self.open_button.setVisible(newest.file is not None)
        self.show()

    def _open_file(self) -> None:
        file = self._notifications[-1].file if self._notifications else None
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


_MAX_BAR_PX, _MIN_BAR_PX = 160, 60


class StatusBarProgress(QWidget):
    """Progress of the running job with a button to cancel it; hidden when none runs."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message_label = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(_MIN_BAR_PX)
        self._bar.setMaximumWidth(_MAX_BAR_PX)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel_button = QPushButton(self.tr("Cancel"))
        self._cancel_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel_button.clicked.connect(self.cancel_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        for widget in (self._message_label, self._bar, self._cancel_button):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def text(self) -> str:
        """Text about the running job."""
        return self._message_label.text()

    def show_progress(self, progress: Progress | None) -> None:
        """Show progress; a total of 0 shows a busy bar, None hides the widget."""
        if progress is None:
            self.hide()
            return
        counted = f" {progress.done}/{progress.total}" if progress.total else ""
        self._message_label.setText(translate_data(progress.message) + counted)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self.show()
