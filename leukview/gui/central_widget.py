"""Splitter layout of the main window: side panels, gallery and cell panel."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.core.settings import Settings

_COMPACT_LINES = 34  # window height in text lines below which the side panels are compact
_SIDE_SIZES, _COMPACT_SIDE_SIZES = [230, 220, 410], [94, 120, 237]


class CentralWidget(QWidget):
    """Central widget of the window; the splitter positions are stored in the settings.

    Attributes:
        review_area: Splitter with gallery and cell panel; shortcuts limited to the review act on it.
    """

    def __init__(
        self, notifications: QWidget, side_panels: tuple[QWidget, ...], gallery: QWidget, cell: QWidget
    ) -> None:
        super().__init__()
        self.setMinimumSize(400, 220)
        self._gallery = gallery
        self._side_splitter = self._make_splitter(Qt.Orientation.Vertical, *side_panels)
        self._side_splitter.setSizes(_SIDE_SIZES)
        self._side_splitter.splitterMoved.connect(self._on_splitter_moved)
        self._compact = self._sizes_chosen = False
        self.review_area = self._make_splitter(Qt.Orientation.Horizontal, gallery, cell)
        self.review_area.setSizes([580, 430])
        self._main_splitter = self._make_splitter(Qt.Orientation.Horizontal, self._side_splitter, self.review_area)
        self._main_splitter.setSizes([470, 1010])
        self._main_splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notifications)
        column.addWidget(self._make_scroll_area(), 1)

    def _make_scroll_area(self) -> QScrollArea:
        """Scroll area of the splitters, which may exceed the screen on a scaled desktop."""
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._main_splitter)
        return area

    @staticmethod
    def _make_splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        splitter = QSplitter(orientation)
        for widget in widgets:
            splitter.addWidget(widget)
        splitter.setChildrenCollapsible(False)
        return splitter

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the tally more of a low window, unless the user moved the splitters."""
        super().resizeEvent(event)
        low = event.size().height() < _COMPACT_LINES * self.fontMetrics().lineSpacing()
        if low is not self._compact and not self._sizes_chosen:
            self._side_splitter.setSizes(_COMPACT_SIDE_SIZES if low else _SIDE_SIZES)
        self._compact = low

    def set_cell_enlarged(self, *, enlarged: bool) -> None:
        """Show the cell panel alone, or all panels again."""
        self._gallery.setHidden(enlarged)
        self._side_splitter.setHidden(enlarged)

    def restore_splitters(self, settings: Settings) -> None:
        """Restore the splitter positions from the settings."""
        for name, splitter in self._splitters_by_key().items():
            if name in settings.layout:
                self._sizes_chosen = self._sizes_chosen or name == "left"
                splitter.restoreState(QByteArray.fromHex(settings.layout[name].encode()))

    def _on_splitter_moved(self) -> None:
        self._sizes_chosen = True

    def splitter_states(self) -> dict[str, str]:
        """Splitter states as hexadecimal strings, for `Settings.layout`."""
        return {name: bytes(s.saveState().toHex().data()).decode() for name, s in self._splitters_by_key().items()}

    def _splitters_by_key(self) -> dict[str, QSplitter]:
        return {"left": self._side_splitter, "bench": self.review_area, "main": self._main_splitter}
