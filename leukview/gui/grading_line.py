"""One line under the tally: what a person graded of red cells and platelets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from leukview.domain.grading import GradingForm, summarise
from leukview.services.review import SlideView


class GradingLine(QWidget):
    """What was graded, in words, with a way to the form.

    Signals:
        wanted: The user wants the form.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = GradingForm("", ())
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAccessibleName(self.tr("Red cells and platelets"))
        self.button = QPushButton(self.tr("Grade…"))
        self.button.setToolTip(self.tr("Grade red cells and platelets; the model claims nothing here."))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_slide(self, view: SlideView | None) -> None:
        """Say what was graded on a slide."""
        self.setVisible(view is not None)
        if view is None:
            return
        self.button.setVisible(view.review.signature is None)
        grades = {key: graded.grade for key, graded in view.review.grades.items()}
        if not grades:
            self.words.setText(self.tr("Red cells and platelets: not assessed."))
            self.words.setToolTip("")
            return
        groups = summarise(self.form, grades)
        found = ", ".join(words for group in groups for words in group.found) or self.tr("nothing abnormal")
        normal = [name for group in groups for name in group.normal]
        missing = sum(len(group.missing) for group in groups)
        words = self.tr("Red cells and platelets: {0}").format(found)
        if normal:
            words += self.tr(" · {0} normal").format(len(normal))
        if missing:
            words += self.tr(" · {0} not assessed").format(missing)
        self.words.setText(words)
        self.words.setToolTip(self.tr("Normal or not seen: {0}").format(", ".join(normal)) if normal else "")
