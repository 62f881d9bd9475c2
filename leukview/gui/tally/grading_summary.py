"""Summary of the red cell and platelet grades below the tally."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leukview.domain.morphology_grading import GradingForm, summarise_grades
from leukview.domain.review.events import FIRST_READING
from leukview.services.review.session import SlideView


class GradingSummary(QWidget):
    """Shows the grades of a slide as text, with a button to open the form.

    Signals:
        form_requested: The user wants to open the grading form.
    """

    form_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = GradingForm("", ())
        self.title_label, self.findings_label = QLabel(), QLabel()
        self.title_label.setWordWrap(True)
        self.findings_label.setWordWrap(True)
        self.findings_label.setTextFormat(Qt.TextFormat.PlainText)
        self.findings_label.setAccessibleName(self.tr("Red cells and platelets"))
        self.grade_button = QPushButton(self.tr("Grade…"))
        self.grade_button.setToolTip(self.tr("Grade red cells and platelets; the model claims nothing here."))
        self.grade_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grade_button.clicked.connect(self.form_requested)
        head = QHBoxLayout()
        head.addWidget(self.title_label, 1)
        head.addWidget(self.grade_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.findings_label)
        self.hide()

    def show_slide(self, view: SlideView | None) -> None:
        """Show the grades of a slide; None hides the summary."""
        self.setVisible(view is not None)
        if view is None:
            return
        self.grade_button.setVisible(view.review.signature is None and view.reading == FIRST_READING)
        grades = {key: graded.grade for key, graded in view.review.grades.items()}
        self.findings_label.setVisible(bool(grades))
        if not grades:
            self.title_label.setText(self.tr("Red cells and platelets: not assessed"))
            self.findings_label.clear()
            self.findings_label.setToolTip("")
            return
        self.title_label.setText(self.tr("Grade red cells and platelets; the model does not assess them."))
        groups = summarise_grades(self.form, grades)
        findings = ", ".join(text for group in groups for text in group.abnormal) or self.tr("nothing abnormal")
        normal = [name for group in groups for name in group.normal]
        missing = sum(len(group.not_assessed) for group in groups)
        text = findings
        if normal:
            text += self.tr(" · {0} normal").format(len(normal))
        if missing:
            text += self.tr(" · {0} not assessed").format(missing)
        self.findings_label.setText(text)
        self.findings_label.setToolTip(self.tr("Normal or not seen: {0}").format(", ".join(normal)) if normal else "")
