"""What lies over the window while it is locked: nothing but who may go on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QGuiApplication, QPalette
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
    """Fills the window, hides what lies under it, and asks who goes on.

    Args:
        window: The window; its menus, tools and contents are hidden, not only painted over.
        profiles: Who may go on.
        current: Name of who sat here last; chosen already.
        locked: The window was locked; otherwise it only asks who begins.
    """

    asked = Signal(str, str)  # profile id, PIN

    def __init__(self, window: QMainWindow, profiles: Sequence[Profile], current: str, *, locked: bool) -> None:
        super().__init__(window)
        self._window, self._profiles = window, tuple(profiles)
        self.setBackgroundRole(QPalette.ColorRole.Base)  # the card is of the dialogs' colour: fields show on it
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("The window is locked") if locked else self.tr("Who reviews?"))
        title = heading_label(self.tr("The window is locked") if locked else self.tr("Who reviews?"), 1.6)
        told = wrapping_label(
            self.tr("Nothing is lost: everything is saved, and an analysis goes on. The reviewer unlocks with the PIN.")
            if locked
            else self.tr("What is done from now on is recorded under this name.")
        )
        self.who = QComboBox()
        self.who.setAccessibleName(self.tr("Reviewer"))
        for profile in self._profiles:
            self.who.addItem(profile.name, profile.id)
        self.who.setCurrentIndex(max(0, self.who.findText(current)))
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName(self.tr("PIN"))
        self.unlock_button = QPushButton(self.tr("Unlock") if locked else self.tr("Begin"))
        self.words = wrapping_label("")
        self.words.setAccessibleName(self.tr("Why it stays locked"))
        self._form = QFormLayout()
        self._form.addRow(self.tr("Reviewer"), self.who)
        self._form.addRow(self.tr("PIN"), self.pin)
        card = QFrame()
        card.setFrameShape(QFrame.Shape.StyledPanel)
        card.setBackgroundRole(QPalette.ColorRole.Window)
        card.setAutoFillBackground(True)
        em = self.fontMetrics().averageCharWidth()
        width = 64 * em
        for label in (title, told, self.words):  # a label that wraps does not know its height before it is laid out
            label.setFixedWidth(width)
        for label in (title, told):
            label.setFixedHeight(label.heightForWidth(width))
        self.words.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(card)
        column.setContentsMargins(4 * em, 3 * em, 4 * em, 2 * em)
        column.setSpacing(2 * em)
        column.addWidget(title)
        column.addWidget(told)
        column.addLayout(self._form)
        column.addWidget(self.unlock_button)
        column.addWidget(self.words)
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
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._go_on)
        self.who.currentIndexChanged.connect(self._on_who)
        self.pin.returnPressed.connect(self._ask)
        self.unlock_button.clicked.connect(self._ask)
        self._under: list[tuple[QWidget, bool]] = []
        self._hide_all()
        self._late = QTimer(self)  # a dialog that a job opens meanwhile is put away as soon as it is there
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._hide_late)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus)
        self.setAcceptDrops(True)  # and takes none: nothing is opened on a locked window
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self._on_who()

    @property
    def chosen(self) -> Profile:
        """Who is chosen."""
        return self._profiles[max(0, self.who.currentIndex())]

    def _on_who(self) -> None:
        self._form.setRowVisible(self.pin, self.chosen.has_pin)
        self.pin.clear()
        (self.pin if self.chosen.has_pin else self.unlock_button).setFocus()

    def _ask(self) -> None:
        if self.unlock_button.isEnabled():
            self.unlock_button.setEnabled(False)
            self.asked.emit(self.chosen.id, self.pin.text())

    def refuse(self, words: str, wait_s: float) -> None:
        """Say why it stays locked; for `wait_s` seconds nothing can be tried."""
        self.words.setText(words)
        self.pin.clear()
        self.pin.setFocus()
        self._wait.start(round(1000 * wait_s))

    def _go_on(self) -> None:
        self.unlock_button.setEnabled(True)

    def _hide_all(self) -> None:
        """Hide what the window shows and every other window of the program."""
        parts = [self._window.menuWidget() or self._window.menuBar(), self._window.centralWidget()]
        parts += [self._window.statusBar(), *self._window.findChildren(QWidget, "tools")]
        self._put_away([w for w in parts if w is not None])
        self._put_away([w for w in QApplication.topLevelWidgets() if w is not self._window])

    def _put_away(self, widgets: list[QWidget]) -> None:
        for widget in widgets:
            if widget.isVisible():
                self._under.append((widget, widget.isModal()))
                widget.hide()

    def _on_focus(self, _window: object) -> None:
        self._late.start(0)

    def _hide_late(self) -> None:
        self._put_away([w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)])

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.ignore()

    def lift(self) -> None:
        """Show again what lay under it, dialogs as they were, and go."""
        self._window.removeEventFilter(self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.disconnect(self._on_focus)
        self._late.stop()
        self.hide()
        for widget, modal in self._under:
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
