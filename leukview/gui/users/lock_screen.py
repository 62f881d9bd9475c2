"""Lock screen that covers the window and asks for a reviewer and the PIN."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QGuiApplication, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview import RESEARCH_USE_LINE
from leukview.domain.review.reviewer_profile import Profile
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import heading_label, wrapping_label


class LockScreen(QWidget):
    """Covers the window, hides its contents, and asks who signs in.

    Args:
        window: The window; its menus, tool bars and contents are hidden, not only covered.
        profiles: Profiles that may sign in.
        current_name: Name of the previous reviewer, who is preselected.
        locked: Whether the window was locked; otherwise the screen only asks who starts the session.
    """

    unlock_requested = Signal(str, str)  # profile id, PIN

    def __init__(self, window: QMainWindow, profiles: Sequence[Profile], current_name: str, *, locked: bool) -> None:
        super().__init__(window)
        self._window, self._profiles, self.locked = window, tuple(profiles), locked
        self.setBackgroundRole(
            QPalette.ColorRole.Base
        )  # the card has the dialog colour, on which input fields stand out
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("The window is locked") if locked else self.tr("Who is the reviewer?"))
        title = heading_label(self.tr("The window is locked") if locked else self.tr("Who is the reviewer?"), 1.6)
        subtitle = wrapping_label(
            self.tr("Everything is saved, and an analysis in progress continues. Enter your PIN to unlock.")
            if locked
            else self.tr("Actions from now on are recorded under this name.")
        )
        self.reviewer_combo = QComboBox()
        self.reviewer_combo.setAccessibleName(self.tr("Reviewer"))
        self._fill_combo(current_name)
        self.pin_edit = QLineEdit()
        self.pin_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin_edit.setAccessibleName(self.tr("PIN"))
        self.unlock_button = QPushButton(self.tr("Unlock") if locked else self.tr("Start"))
        self.message_label = wrapping_label("")
        self.message_label.setAccessibleName(self.tr("Reason why it stays locked"))
        self._form = QFormLayout()
        self._form.addRow(self.tr("Reviewer"), self.reviewer_combo)
        self._form.addRow(self.tr("PIN"), self.pin_edit)
        card = QFrame()
        card.setFrameShape(QFrame.Shape.StyledPanel)
        card.setBackgroundRole(QPalette.ColorRole.Window)
        card.setAutoFillBackground(True)
        em = self.fontMetrics().averageCharWidth()
        width = 64 * em
        # A wrapping label has no height hint before it is laid out.
        for label in (title, subtitle, self.message_label):
            label.setFixedWidth(width)
        for label in (title, subtitle):
            label.setFixedHeight(label.heightForWidth(width))
        self.message_label.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self.message_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(card)
        column.setContentsMargins(4 * em, 3 * em, 4 * em, 2 * em)
        column.setSpacing(2 * em)
        column.addWidget(title)
        column.addWidget(subtitle)
        column.addLayout(self._form)
        column.addWidget(self.unlock_button)
        column.addWidget(self.message_label)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(row)
        layout.addStretch(3)
        line = wrapping_label(translate_data(RESEARCH_USE_LINE))
        line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(line)
        self._lockout_timer = QTimer(self)
        self._lockout_timer.setSingleShot(True)
        self._lockout_timer.timeout.connect(self._end_lockout)
        self.reviewer_combo.currentIndexChanged.connect(self._on_reviewer_changed)
        self.unlock_button.clicked.connect(self._request_unlock)
        self._hidden_widgets: list[tuple[QWidget, bool]] = []
        self._hide_everything()
        # Hides dialogs that background tasks open while the window is locked.
        self._hide_dialogs_timer = QTimer(self)
        self._hide_dialogs_timer.setSingleShot(True)
        self._hide_dialogs_timer.timeout.connect(self._hide_dialogs)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus_window_changed)
        self.setAcceptDrops(True)  # drops are received here and ignored, so that nothing is opened in a locked window
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self._on_reviewer_changed()

    @property
    def selected_profile(self) -> Profile:
        """The selected profile."""
        return self._profiles[max(0, self.reviewer_combo.currentIndex())]

    def show_profiles(self, profiles: Sequence[Profile]) -> None:
        """Offer other profiles; the selection and what was typed stay if the selected one is still among them."""
        if tuple(profiles) == self._profiles:
            return
        chosen, typed = self.selected_profile, self.pin_edit.text()
        self._profiles = tuple(profiles)
        with QSignalBlocker(self.reviewer_combo):
            self._fill_combo(chosen.name)
        if self.selected_profile.id != chosen.id or self.selected_profile.has_pin != chosen.has_pin:
            self._on_reviewer_changed()
        else:
            self.pin_edit.setText(typed)

    def _fill_combo(self, name: str) -> None:
        self.reviewer_combo.clear()
        for profile in self._profiles:
            self.reviewer_combo.addItem(profile.name, profile.id)
        self.reviewer_combo.setCurrentIndex(max(0, self.reviewer_combo.findText(name)))

    def _on_reviewer_changed(self) -> None:
        self._form.setRowVisible(self.pin_edit, self.selected_profile.has_pin)
        self.pin_edit.clear()
        (self.pin_edit if self.selected_profile.has_pin else self.unlock_button).setFocus()

    def _request_unlock(self) -> None:
        if self.unlock_button.isEnabled():
            self.unlock_button.setEnabled(False)
            self.unlock_requested.emit(self.selected_profile.id, self.pin_edit.text())

    def show_error(self, text: str, lockout_seconds: float) -> None:
        """Show why signing in failed; no attempt is accepted for `lockout_seconds`."""
        self.message_label.setText(text)
        self.pin_edit.clear()
        self.pin_edit.setFocus()
        self._lockout_timer.start(round(1000 * lockout_seconds))

    def _end_lockout(self) -> None:
        self.unlock_button.setEnabled(True)

    def _hide_everything(self) -> None:
        """Hide the contents of the window and all other windows of the program."""
        parts = [self._window.menuWidget() or self._window.menuBar(), self._window.centralWidget()]
        parts += [self._window.statusBar(), *self._window.findChildren(QWidget, "tools")]
        self._hide_widgets([w for w in parts if w is not None])
        self._hide_widgets([w for w in QApplication.topLevelWidgets() if w is not self._window])

    def _hide_widgets(self, widgets: list[QWidget]) -> None:
        for widget in widgets:
            if widget.isVisible():
                self._hidden_widgets.append((widget, widget.isModal()))
                widget.hide()

    def _on_focus_window_changed(self, _window: object) -> None:
        self._hide_dialogs_timer.start(0)

    def _hide_dialogs(self) -> None:
        self._hide_widgets([w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)])

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Sign in with Return, whichever field or button has the focus."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._request_unlock()
        else:
            super().keyPressEvent(event)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.ignore()

    def unlock(self) -> None:
        """Restore the contents and dialogs, and remove the lock screen."""
        self._window.removeEventFilter(self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.disconnect(self._on_focus_window_changed)
        self._hide_dialogs_timer.stop()
        self.hide()
        for widget, modal in self._hidden_widgets:
            if modal and hasattr(widget, "open"):
                widget.open()
            else:
                widget.show()
        self.deleteLater()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return False
