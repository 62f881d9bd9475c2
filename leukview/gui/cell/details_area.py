"""Scroll area with the facts of a cell and, below, the stages of its prediction."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.gui.cell.facts_form import CellFactsForm
from leukview.gui.cell.stage_tree import StageTree


class EmptyState(QWidget):
    """Placeholder shown while no cell is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, hint = QLabel(self.tr("Select a cell")), QLabel(self.tr("Its image and classification appear here."))
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


class CellDetailsArea(QScrollArea):
    """Facts form and stage tree of one cell, which scroll together."""

    def __init__(self, facts: CellFactsForm, tree: StageTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree = tree
        self._content = QWidget()
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(6, 2, 6, 6)
        layout.addWidget(facts)
        layout.addWidget(tree, 1)
        layout.addStretch(0)
        tree.summary.hide()  # the facts name the model's class
        tree.fit_height_to_rows()
        tree.view.selectionModel().currentChanged.connect(self._ensure_row_visible)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Classification of the cell"))

    def scroll_to_top(self) -> None:
        """Scroll to the top, because another cell is shown."""
        self.verticalScrollBar().setValue(0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current row of the stage tree visible after a change of size."""
        super().resizeEvent(event)
        self._ensure_row_visible(self._tree.view.currentIndex())

    def _ensure_row_visible(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        view = self._tree.view
        row_rect = view.visualRect(index)
        centre = view.viewport().mapTo(self._content, row_rect.center())
        below = centre.y() + 2 * row_rect.height()
        if below <= self.viewport().height():
            self.scroll_to_top()
        else:
            self.ensureVisible(0, centre.y(), 0, 2 * row_rect.height())
