"""Quiet notices above the bench: what went wrong, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QToolButton, QWidget

from leukview.core.jobs import Progress
from leukview.gui.elided import ElidedLabel
from leukview.gui.language import data_text


class NoticeBar(QFrame):
    """Shows one notice at a time; the newest replaces the one before, and waits until it is dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        close = QToolButton()
        close.setText("✕")
        close.setAccessibleName(self.tr("Dismiss the notice"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._words, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown; "" when nothing is."""
        return "" if self.isHidden() else self._words.text()

    def tell(self, message: str, hint: str = "") -> None:
        """Show a sentence and its remedy."""
        message, hint = data_text(message), data_text(hint)
        self._words.setText(f"{message}\n{hint}" if hint else message)
        self.show()

    def dismiss(self) -> None:
        """Show nothing."""
        self.hide()


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
