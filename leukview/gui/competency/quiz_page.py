"""One cell after the other, to be classified without its label."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.domain.taxonomy import CellClass

IMAGE_SIDE = 420
_COLUMNS = 2


class QuizPage(QWidget):
    """Shows a cell and a button for each class; the letters of the review label here as well.

    Args:
        classes: The classes, with their shortcuts.
        parent: Parent widget.

    Signals:
        answered: Key of the chosen class.
    """

    answered = Signal(str)

    def __init__(self, classes: Sequence[CellClass], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._by_letter = {c.shortcut.casefold(): c.key for c in classes if c.shortcut}
        self._is_open = False
        self.progress_label = QLabel()
        self.image_label = QLabel()
        self.image_label.setFixedSize(IMAGE_SIDE, IMAGE_SIDE)
        self.image_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.image_label.setAccessibleName(self.tr("Cell to classify"))
        self.buttons: dict[str, QPushButton] = {}
        panel = QWidget()
        grid = QGridLayout(panel)
        for number, cell_class in enumerate(classes):
            letter = f"  ({cell_class.shortcut})" if cell_class.shortcut else ""
            button = QPushButton(cell_class.name + letter)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys go to the page
            button.clicked.connect(lambda _checked=False, key=cell_class.key: self._choose(key))
            self.buttons[cell_class.key] = button
            grid.addWidget(button, number // _COLUMNS, number % _COLUMNS)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(panel)
        left = QVBoxLayout()
        left.addWidget(self.progress_label)
        left.addWidget(self.image_label)
        left.addStretch(1)
        layout = QHBoxLayout(self)
        layout.addLayout(left)
        layout.addWidget(area, 1)
        self.close_cell()

    def close_cell(self) -> None:
        """Take the cell away until the next one is shown."""
        self._is_open = False
        self.image_label.clear()
        for button in self.buttons.values():
            button.setEnabled(False)

    def show_cell(self, image: QImage | None, done: int, total: int) -> None:
        """Show the next cell.

        Args:
            image: Its image; None when it is missing.
            done: Cells answered before.
            total: All cells.
        """
        self.progress_label.setText(self.tr("Cell {0} of {1}").format(done + 1, total))
        if image is None:
            self.image_label.setText(self.tr("The image of this cell is missing."))
        else:
            mode = Qt.TransformationMode.SmoothTransformation
            ratio = self.devicePixelRatioF()
            side = round(IMAGE_SIDE * ratio)
            pixmap = QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, mode))
            pixmap.setDevicePixelRatio(ratio)
            self.image_label.setPixmap(pixmap)
        self._is_open = True
        for button in self.buttons.values():
            button.setEnabled(True)
        self.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = "shift+" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else ""
        key = self._by_letter.get(shift + event.text().casefold())
        if key and not event.isAutoRepeat():
            self._choose(key)
        else:
            super().keyPressEvent(event)

    def _choose(self, key: str) -> None:
        if self._is_open:
            self.close_cell()
            self.answered.emit(key)
