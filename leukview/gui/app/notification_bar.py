"""Quiet notices above the bench: what went wrong, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QToolButton, QWidget

from leukview.core.job_runner import Progress
from leukview.gui.app.i18n import data_text
from leukview.gui.widgets.elided_label import ElidedLabel

_PASSING_MS = 10_000
_MOST = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """What the user is told.

    Attributes:
        message: A sentence.
        hint: Its remedy; "" = none.
        file: What was written and can be opened; None = nothing.
        passing: It says that something went well, and goes by itself.
    """

    message: str
    hint: str = ""
    file: Path | None = None
    passing: bool = False


class NoticeBar(QFrame):
    """Shows the newest notice and how many wait behind it; each waits until it is dismissed, good news pass."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._notices: list[Notice] = []
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._waiting = QLabel()
        self._waiting.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open_button.clicked.connect(self._open)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(self.tr("Dismiss the notice"))
        self.close_button.clicked.connect(self.dismiss_one)
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.setInterval(_PASSING_MS)
        self._passing.timeout.connect(self.dismiss_passing)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._words, 1)
        for part in (self._waiting, self.open_button, self.close_button):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown; "" when nothing is."""
        return "" if self.isHidden() else self._words.text()

    def tell(self, message: str, hint: str = "") -> None:
        """Show a sentence and its remedy."""
        self.show_notice(Notice(data_text(message), data_text(hint)))

    def show_notice(self, notice: Notice) -> None:
        """Show a notice before those that wait; one that waits already is not shown twice."""
        others = [n for n in self._notices if n != notice]
        self._notices = [*others[1 - _MOST :], notice]
        if notice.passing:
            self._passing.start()
        self._show()

    def dismiss_one(self) -> None:
        """Away with the notice that is shown; the one before it comes back."""
        self._notices = self._notices[:-1]
        self._show()

    def dismiss_passing(self) -> None:
        """Away with good news."""
        self._notices = [n for n in self._notices if not n.passing]
        self._show()

    def dismiss(self) -> None:
        """Show nothing."""
        self._notices = []
        self._show()

    def _show(self) -> None:
        if not self._notices:
            self.hide()
            return
        notice, waiting = self._notices[-1], len(self._notices) - 1
        self._words.setText(f"{notice.message}\n{notice.hint}" if notice.hint else notice.message)
        self._waiting.setText(self.tr("{0} more").format(waiting))
        self._waiting.setVisible(waiting > 0)
        self.open_button.setVisible(notice.file is not None)
        self.show()

    def _open(self) -> None:
        file = self._notices[-1].file if self._notices else None
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


_BAR_PX, _LEAST_BAR_PX = 160, 60


class ProgressStrip(QWidget):
    """Progress of the running job, with a way to cancel it; empty when nothing runs."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(_LEAST_BAR_PX)
        self._bar.setMaximumWidth(_BAR_PX)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        for widget in (self._words, self._bar, self._cancel):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def text(self) -> str:
        """What is said of the running job."""
        return self._words.text()

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far the job is; a total of 0 shows a busy bar; None: nothing runs."""
        if progress is None:
            self.hide()
            return
        counted = f" {progress.done}/{progress.total}" if progress.total else ""
        self._words.setText(data_text(progress.message) + counted)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self.show()
