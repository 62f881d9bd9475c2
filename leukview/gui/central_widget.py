"""Splitter layout of the main window: worklist, side panels, gallery and cell panel below the findings."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.core.settings import Settings

NARROW_PX = 1400
"""Window width below which the worklist gives way to an open slide."""
_COMPACT_LINES = 34  # window height in text lines below which the side panels are compact
_SIDE_SIZES, _COMPACT_SIDE_SIZES = [260, 600], [120, 331]
_MAIN_SIZES, _REVIEW_SIZES = [220, 300, 960], [560, 400]


class CentralWidget(QWidget):
    """Central widget of the window; the splitter positions are stored in the settings.

    Attributes:
        review_area: Splitter with gallery and cell panel; shortcuts limited to the review act on it.
    """

    def __init__(
        self,
        above: tuple[QWidget, ...],
        worklist: QWidget,
        side_panels: tuple[QWidget, ...],
        gallery: QWidget,
        cell: QWidget,
    ) -> None:
        """Arrange the panels.

        Args:
            above: Bars over the whole width, from top to bottom.
            worklist: List of the slides.
            side_panels: Alerts and tally, from top to bottom.
            gallery: Thumbnails of the slide.
            cell: The current cell.
        """
        super().__init__()
        self.setMinimumSize(400, 220)
        self._gallery, self._worklist = gallery, worklist
        self._side_splitter = self._make_splitter(Qt.Orientation.Vertical, *side_panels)
        self._side_splitter.setSizes(_SIDE_SIZES)
        self._side_splitter.splitterMoved.connect(self._on_splitter_moved)
        self._compact = self._sizes_chosen = self._enlarged = False
        self._worklist_wanted = self._has_slide = False
        self.review_area = self._make_splitter(Qt.Orientation.Horizontal, gallery, cell)
        self.review_area.setSizes(_REVIEW_SIZES)
        self.review_area.setStretchFactor(0, 1)
        self._main_splitter = self._make_splitter(
            Qt.Orientation.Horizontal, worklist, self._side_splitter, self.review_area
        )
        self._main_splitter.setSizes(_MAIN_SIZES)
        self._main_splitter.setStretchFactor(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in above:
            column.addWidget(bar)
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

    def show_worklist(self, *, wanted: bool, has_slide: bool) -> None:
        """Show the worklist if it is wanted; without an open slide it is always shown.

        Args:
            wanted: The user wants it beside an open slide.
            has_slide: A slide is open.
        """
        self._worklist_wanted, self._has_slide = wanted, has_slide
        self._update_panels()

    def _update_panels(self) -> None:
        self._worklist.setHidden(self._enlarged or (self._has_slide and not self._worklist_wanted))
        self._side_splitter.setHidden(self._enlarged or not self._has_slide)

    def set_cell_enlarged(self, *, enlarged: bool) -> None:
        """Show the cell panel alone, or all panels again."""
        self._enlarged = enlarged
        self._gallery.setHidden(enlarged)
        self._update_panels()

    def restore_splitters(self, settings: Settings) -> None:
        """Restore the splitter positions from the settings."""
        for name, splitter in self._splitters_by_key().items():
            if name in settings.layout:
                self._sizes_chosen = self._sizes_chosen or name == "side"
                splitter.restoreState(QByteArray.fromHex(settings.layout[name].encode()))

    def _on_splitter_moved(self) -> None:
        self._sizes_chosen = True

    def splitter_states(self) -> dict[str, str]:
        """Splitter states as hexadecimal strings, for `Settings.layout`."""
        return {name: bytes(s.saveState().toHex().data()).decode() for name, s in self._splitters_by_key().items()}

    def _splitters_by_key(self) -> dict[str, QSplitter]:
        return {"side": self._side_splitter, "bench": self.review_area, "columns": self._main_splitter}
