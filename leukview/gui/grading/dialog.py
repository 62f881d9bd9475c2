"""Grading form of red cells and platelets beside the slide's overview images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStyle,
    QStyleOptionFocusRect,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.domain.morphology_grading import Grade, GradingForm, GradingItem
from leukview.gui.imaging.image_view import ImageView
from leukview.gui.widgets.dialog_helpers import (
    heading_label,
    scrolling_area,
    set_default_button,
    set_initial_size,
    wrapping_label,
)

_CLEAR_KEYS = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Minus})


class GradeRow(QWidget):
    """Row of one feature and its grades.

    Keys: a digit selects that grade, left and right move along the scale, Backspace clears the grade, up and down
    move to another feature.
    """

    row_change_requested = Signal(int)  # −1 up, 1 down

    def __init__(self, item: GradingItem, grade: str, name_px: int) -> None:
        super().__init__()
        self.item = item
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(item.name)
        name = QLabel(item.name)
        name.setFixedWidth(name_px)
        name.setToolTip(item.description)
        self._group = QButtonGroup(self)
        self._grade_keys = ["", *(step.key for step in item.grades)]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 1, 4, 1)
        layout.setSpacing(3)
        layout.addWidget(name)
        for at, key in enumerate(self._grade_keys):
            button = self._grade_button(key)
            self._group.addButton(button, at)
            layout.addWidget(button)
        limits = QLabel("   ".join(f"{key}: {text}" for key, text in item.limits.items()))
        limits.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        limits.setToolTip(item.description)
        layout.addSpacing(6)
        layout.addWidget(limits, 1)
        self._group.idClicked.connect(self._on_clicked)
        if grade and grade not in self._grade_keys:  # grade of an older form: kept until another is selected
            self._grade_keys.append(grade)
            button = self._grade_button(grade)
            self._group.addButton(button, len(self._grade_keys) - 1)
            layout.insertWidget(layout.count() - 2, button)
        self.set_grade(grade)

    def _grade_button(self, key: str) -> QToolButton:
        step = self.item.find_grade(key) if key else Grade("", self.tr("not assessed"))
        button = QToolButton()
        button.setText(step.short_text if key else "–")
        button.setObjectName("graded" if key else "none")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setMinimumWidth(4 * self.fontMetrics().averageCharWidth())
        limit = self.item.limits.get(key, "")
        text = f"{step.text} ({limit})" if limit else step.text
        button.setToolTip(f"{self.item.name}: {text}")
        button.setAccessibleName(f"{self.item.name}: {text}")
        return button

    def grade(self) -> str:
        """Return the key of the selected grade; "" = not assessed."""
        return self._grade_keys[max(self._group.checkedId(), 0)]

    def set_grade(self, key: str) -> None:
        """Select a grade; "" = not assessed."""
        self._group.button(self._grade_keys.index(key)).setChecked(True)
        step = self.item.find_grade(key).text if key else self.tr("not assessed")
        self.setAccessibleDescription(step)

    def set_not_seen_if_ungraded(self) -> None:
        """Select “not seen”, unless a grade is selected; an estimate, which has no such grade, stays open."""
        lowest = self.item.grades[0]
        if not self.grade() and lowest.is_normal:
            self.set_grade(lowest.key)

    def _on_clicked(self, at: int) -> None:
        self.set_grade(self._grade_keys[at])
        self.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.key() - Qt.Key.Key_0
        at = self._grade_keys.index(self.grade())
        if 0 <= digit < len(self._grade_keys) - 1:
            self.set_grade(self._grade_keys[digit + 1])
            self.row_change_requested.emit(1)
        elif event.key() in _CLEAR_KEYS:
            self.set_grade("")
        elif event.key() == Qt.Key.Key_Right:
            self.set_grade(self._grade_keys[min(at + 1, len(self._grade_keys) - 1)])
        elif event.key() == Qt.Key.Key_Left:
            self.set_grade(self._grade_keys[max(at - 1, 0)])
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.row_change_requested.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            painter = QPainter(self)
            painter.setPen(self.palette().color(self.palette().ColorRole.Accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
            painter.end()


class OverviewPane(QWidget):
    """Shows the slide's overview images, one at a time.

    Signals:
        image_requested: Index of the image that is needed, from 0.
    """

    image_requested = Signal(int)

    def __init__(self, count: int, um_per_px: float | None) -> None:
        super().__init__()
        self._count, self._index = count, 0
        self.image_view = ImageView()
        self.image_view.setAccessibleName(
            self.tr("Overview of the slide; zoom with the wheel, plus and minus; 0 fits it to the window")
        )
        self.image_view.set_scale(um_per_px)
        self.caption_label = QLabel()
        self.previous_button, self.next_button = QToolButton(), QToolButton()
        for button, text, name in (
            (self.previous_button, "◀", self.tr("Previous overview")),
            (self.next_button, "▶", self.tr("Next overview")),
        ):
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(name)
        self.previous_button.clicked.connect(self._show_previous)
        self.next_button.clicked.connect(self._show_next)
        foot = QHBoxLayout()
        foot.addWidget(self.previous_button)
        foot.addWidget(self.next_button)
        foot.addWidget(self.caption_label, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.image_view, 1)
        layout.addLayout(foot)

    def request_image(self, index: int) -> None:
        """Request an image and show that it is being loaded."""
        self._index = index
        self.previous_button.setEnabled(index > 0)
        self.next_button.setEnabled(index + 1 < self._count)
        self.caption_label.setText(self.tr("Overview {0} of {1}").format(index + 1, self._count))
        self.image_view.set_pixels(None, self.tr("Loading the image…"))
        self.image_requested.emit(index)

    def show_image(self, index: int, image: NDArray[np.uint8] | None, message: str = "") -> None:
        """Show an image (RGB, H×W×3), or `message` if it is None.

        It is ignored if another image was requested in the meantime.
        """
        if index == self._index:
            self.image_view.set_pixels(image, message)

    def _show_previous(self) -> None:
        self.request_image(self._index - 1)

    def _show_next(self) -> None:
        self.request_image(self._index + 1)


class GradingDialog(QDialog):
    """Dialog that asks for the grades of red cells and platelets.

    Args:
        form: The features and their grades.
        grades: Item key → grade stored so far.
        overview_count: Number of the slide's overview images available on this workstation.
        missing_overviews: Number of further overview images whose location is unknown here.
        um_per_px: Scale in µm per pixel; None = unknown.
        parent: Parent widget.
    """

    def __init__(
        self,
        form: GradingForm,
        grades: Mapping[str, str],
        *,
        overview_count: int = 0,
        missing_overviews: int = 0,
        um_per_px: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Red cells and platelets"))
        self.rows: list[GradeRow] = []
        self.not_seen_buttons: list[QPushButton] = []
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(0)
        name_px = max(self.fontMetrics().horizontalAdvance(item.name) for item in form.items) + 8 if form.items else 0
        for group in form.groups:
            rows = [GradeRow(item, grades.get(item.key, ""), name_px) for item in group.items]
            column.addSpacing(6)
            column.addLayout(self._heading(group.name, rows))
            for row in rows:
                row.row_change_requested.connect(self._move_focus)
                column.addWidget(row)
            self.rows += rows
        column.addStretch(1)
        self._scroll_area = scrolling_area(body)
        self._scroll_area.setMinimumWidth(
            body.sizeHint().width() + self._scroll_area.verticalScrollBar().sizeHint().width()
        )
        self.buttons = QDialogButtonBox()
        save = QPushButton(self.tr("Save grades"))
        self.buttons.addButton(save, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.overview_pane = OverviewPane(overview_count, um_per_px)
        self.overview_pane.setVisible(overview_count > 0)
        self.overview_pane.setMinimumWidth(32 * self.fontMetrics().averageCharWidth())
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.overview_pane)
        parts.addWidget(self._scroll_area)
        parts.setSizes([560, 640])
        layout = QVBoxLayout(self)
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "The model does not assess red cells and platelets; features without a grade are "
                    "reported as not assessed. Press a digit to grade a feature and go to the next; "
                    "“–” removes a grade."
                )
            )
        )
        layout.addWidget(parts, 1)
        if missing_overviews > 0:
            text = self.tr("{0} overviews of this slide are not available; open its folder again to see them here.")
            layout.addWidget(wrapping_label(text.format(missing_overviews)))
        if form.source:
            layout.addWidget(wrapping_label(self.tr("Grades: {0}.").format(form.source)))
        layout.addWidget(self.buttons)
        set_default_button(save)
        if self.rows:
            self.rows[0].setFocus()
        set_initial_size(self, 200 if overview_count else 110, 46)

    def grades(self) -> dict[str, str]:
        """Return the grade of every feature by item key; "" = not assessed."""
        return {row.item.key: row.grade() for row in self.rows}

    def _heading(self, name: str, rows: Sequence[GradeRow]) -> QHBoxLayout:
        """Heading of a group, with a button for its features that were looked for and not seen."""
        line = QHBoxLayout()
        line.addWidget(heading_label(name))
        line.addStretch(1)
        if any(row.item.grades[0].is_normal for row in rows):
            button = QPushButton(self.tr("Others not seen"))
            button.setAccessibleName(self.tr("{0}: others not seen").format(name))
            button.setToolTip(
                self.tr(
                    "Features of this group without a grade are recorded as checked and not seen. The other groups, "
                    "and estimates such as that of the platelets, stay open."
                )
            )
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._set_not_seen, rows))
            self.not_seen_buttons.append(button)
            line.addWidget(button)
        return line

    @staticmethod
    def _set_not_seen(rows: Sequence[GradeRow]) -> None:
        for row in rows:
            row.set_not_seen_if_ungraded()

    def _move_focus(self, step: int) -> None:
        sender = self.sender()
        at = next((i for i, row in enumerate(self.rows) if row is sender), None)
        if at is not None and 0 <= at + step < len(self.rows):
            self.rows[at + step].setFocus()
            self._scroll_area.ensureWidgetVisible(self.rows[at + step])
