"""Header of the window: the open slide, its state and what is left to do before it can be signed."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from leukview.gui.widgets.elided_label import ElidedLabel

_SPACING_PX = 10
_TITLE_EM = 16  # width that the title keeps, in average characters


class SlideHeader(QWidget):
    """One line with the slide, a badge for synthetic slides, the reviewer and the number of cells left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_synthetic, self._title, self._identity = False, "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.title_label = ElidedLabel()
        font = self.title_label.font()
        font.setBold(True)
        self.title_label.setFont(font)
        self.title_label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.synthetic_badge = QLabel(self.tr("SYNTHETIC"))
        self.synthetic_badge.setStyleSheet("background: #6f42c1; color: white; padding: 1px 6px; font-weight: bold;")
        self.synthetic_badge.setToolTip(self.tr("Synthetic cells from the demo renderer, not from a patient."))
        self.synthetic_badge.hide()
        self.reviewer_label, self.left_label = ElidedLabel(), QLabel()
        self.reviewer_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.reviewer_label.setAccessibleName(self.tr("Reviewer"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(_SPACING_PX)
        row.addWidget(self.title_label, 1)
        row.addWidget(self.synthetic_badge)
        row.addWidget(self.reviewer_label)
        row.addWidget(self.left_label)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what does not fit beside a part of the title: first the reviewer, then the rest."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - _TITLE_EM * self.fontMetrics().averageCharWidth()
        shown = [
            (self.synthetic_badge, self._is_synthetic),
            (self.left_label, bool(self.left_label.text())),
            (self.reviewer_label, bool(self.reviewer_label.text())),
        ]
        for label, wanted in shown:
            room -= label.sizeHint().width() + _SPACING_PX if wanted else 0
            label.setVisible(wanted and room >= 0)

    @override
    def minimumSizeHint(self) -> QSize:
        """A width that leaves room for the tool bar's buttons; the title is elided."""
        return QSize(10 * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    def show_title(self, text: str, *, synthetic: bool) -> None:
        """Show the open slide in words; "" when none is open."""
        self._title, self._is_synthetic = text, synthetic
        self._update_title()

    def show_identity(self, text: str) -> None:
        """Show patient and order before the title; "" = hide them."""
        self._identity = text
        self._update_title()

    def _update_title(self) -> None:
        self.title_label.setText(" · ".join(filter(None, (self._identity, self._title))))
        self._fit()

    def show_reviewer(self, name: str) -> None:
        """Show under which name the review is written."""
        self.reviewer_label.setText(name)
        self._fit()

    def show_left(self, count: int | None) -> None:
        """Show how many cells prevent the signature; None = there is nothing to sign."""
        if count is None:
            self.left_label.clear()
        elif count:
            self.left_label.setText(self.tr("{0} cells left").format(count))
        else:
            self.left_label.setText(self.tr("ready to sign"))
        self._fit()
