"""One line under the tally: what a person graded of red cells and platelets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leukview.domain.morphology_grading import GradingForm, summarise
from leukview.domain.review.events import FIRST
from leukview.services.review.session import SlideView


class GradingSummary(QWidget):
    """What was graded, in words, with a way to the form.

    Signals:
        wanted: The user wants the form.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = GradingForm("", ())
        self.title, self.words = QLabel(), QLabel()
        self.title.setWordWrap(True)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAccessibleName(self.tr("Red cells and platelets"))
        self.button = QPushButton(self.tr("Grade…"))
        self.button.setToolTip(self.tr("Grade red cells and platelets; the model claims nothing here."))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.wanted)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.words)
        self.hide()

    def show_slide(self, view: SlideView | None) -> None:
        """Say what was graded on a slide."""
        self.setVisible(view is not None)
        if view is None:
            return
        self.button.setVisible(view.review.signature is None and view.reading == FIRST)
        grades = {key: graded.grade for key, graded in view.review.grades.items()}
        self.words.setVisible(bool(grades))
        if not grades:
            self.title.setText(self.tr("Red cells and platelets: not assessed"))
            self.words.clear()
            self.words.setToolTip("")
            return
        self.title.setText(self.tr("<b>Red cells and platelets</b>"))
        groups = summarise(self.form, grades)
        found = ", ".join(words for group in groups for words in group.found) or self.tr("nothing abnormal")
        normal = [name for group in groups for name in group.normal]
        missing = sum(len(group.missing) for group in groups)
        words = found
        if normal:
            words += self.tr(" · {0} normal").format(len(normal))
        if missing:
            words += self.tr(" · {0} not assessed").format(missing)
        self.words.setText(words)
        self.words.setToolTip(self.tr("Normal or not seen: {0}").format(", ".join(normal)) if normal else "")
