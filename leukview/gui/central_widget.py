"""Where the parts of the window lie: worklist, alerts and tally at the side, gallery and cell on the bench."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.core.settings import Settings

_LOW = 34  # lines of text a window is high up to which every line counts
_SIDE, _SIDE_LOW = [230, 220, 410], [94, 120, 237]


class CentralWidget(QWidget):
    """The window's contents in splitters whose places are remembered.

    Attributes:
        review: Gallery and cell: the keys of the review work over it.
    """

    def __init__(self, notices: QWidget, side: tuple[QWidget, ...], gallery: QWidget, cell: QWidget) -> None:
        super().__init__()
        self.setMinimumSize(400, 220)
        self._gallery = gallery
        self._side = self._splitter(Qt.Orientation.Vertical, *side)
        self._side.setSizes(_SIDE)
        self._side.splitterMoved.connect(self._on_chosen)
        self._low = self._chosen = False
        self.review = self._splitter(Qt.Orientation.Horizontal, gallery, cell)
        self.review.setSizes([580, 430])
        self._main = self._splitter(Qt.Orientation.Horizontal, self._side, self.review)
        self._main.setSizes([470, 1010])
        self._main.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notices)
        column.addWidget(self._scrolling(), 1)

    def _scrolling(self) -> QScrollArea:
        """On an enlarged desktop the parts may need more room than the screen has."""
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._main)
        return area

    @staticmethod
    def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        splitter = QSplitter(orientation)
        for widget in widgets:
            splitter.addWidget(widget)
        splitter.setChildrenCollapsible(False)
        return splitter

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the tally gets what worklist and alerts can spare, unless the user chose otherwise."""
        super().resizeEvent(event)
        low = event.size().height() < _LOW * self.fontMetrics().lineSpacing()
        if low is not self._low and not self._chosen:
            self._side.setSizes(_SIDE_LOW if low else _SIDE)
        self._low = low

    def show_large(self, *, large: bool) -> None:
        """Give the cell the whole bench, or everything its place again."""
        self._gallery.setHidden(large)
        self._side.setHidden(large)

    def restore(self, settings: Settings) -> None:
        """Put the splitters where they were left."""
        for name, splitter in self._named().items():
            if name in settings.layout:
                self._chosen = self._chosen or name == "left"
                splitter.restoreState(QByteArray.fromHex(settings.layout[name].encode()))

    def _on_chosen(self) -> None:
        self._chosen = True

    def places(self) -> dict[str, str]:
        """Where the splitters are, for `Settings.layout`."""
        return {name: bytes(s.saveState().toHex().data()).decode() for name, s in self._named().items()}

    def _named(self) -> dict[str, QSplitter]:
        return {"left": self._side, "bench": self.review, "main": self._main}
