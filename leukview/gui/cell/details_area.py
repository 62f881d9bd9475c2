"""The words beside a cell: what is known of it, and below the model's stages; with little room they scroll as one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.gui.cell.facts_form import FactsForm
from leukview.gui.cell.stage_tree import StageTree


class NoCell(QWidget):
    """What stands in the place of a cell while none is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, hint = QLabel(self.tr("Select a cell")), QLabel(self.tr("Its picture and all opinions appear here."))
        font = title.font()
        font.setPointSizeF(1.4 * font.pointSizeF())
        title.setFont(font)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        for label in (title, hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addStretch(3)


class Opinions(QScrollArea):
    """Facts and tree of one cell, each as high as its words need."""

    def __init__(self, facts: FactsForm, tree: StageTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree = tree
        self._inside = QWidget()
        layout = QVBoxLayout(self._inside)
        layout.setContentsMargins(6, 2, 6, 6)
        layout.addWidget(facts)
        layout.addWidget(tree, 1)
        layout.addStretch(0)
        tree.summary.hide()  # the facts name the model's class
        tree.show_every_row()
        tree.view.selectionModel().currentChanged.connect(self._reveal)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Opinions about the cell"))

    def begin(self) -> None:
        """Another cell: its opinions are read from the top."""
        self.verticalScrollBar().setValue(0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """With more room the row that is marked may be seen without scrolling."""
        super().resizeEvent(event)
        self._reveal(self._tree.view.currentIndex())

    def _reveal(self, row: QModelIndex) -> None:
        if not row.isValid():
            return
        view = self._tree.view
        place = view.visualRect(row)
        centre = view.viewport().mapTo(self._inside, place.center())
        below = centre.y() + 2 * place.height()
        if below <= self.viewport().height():
            self.begin()
        else:
            self.ensureVisible(0, centre.y(), 0, 2 * place.height())
