"""Scattergrams and distributions of the analyser."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from leukview.gui.widgets.dialog_helpers import set_initial_size

_COLUMNS = 2


class PlotsDialog(QDialog):
    """Shows the plots of a blood count side by side.

    Args:
        plots: File name and PNG of each.
        parent: Parent widget.
    """

    def __init__(self, plots: Sequence[tuple[str, bytes]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Scattergrams"))
        page = QWidget()
        grid = QGridLayout(page)
        self.images: list[QLabel] = []
        for number, (name, data) in enumerate(plots):
            image, pixmap = QLabel(), QPixmap()
            title = name.rsplit(".", 1)[0].rsplit("_", 1)[-1]  # the last part names the channel
            if pixmap.loadFromData(data, "PNG"):
                image.setPixmap(pixmap)
            else:
                image.setText(self.tr("This image cannot be read."))
            image.setAccessibleName(title)
            row, column = divmod(number, _COLUMNS)
            grid.addWidget(QLabel(title), 2 * row, column)
            grid.addWidget(image, 2 * row + 1, column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self.images.append(image)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        set_initial_size(self, 100, 34)
