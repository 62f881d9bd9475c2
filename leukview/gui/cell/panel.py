"""The panel of one cell: its picture large, what is known of it, and what the model said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.domain.taxonomy import Step, Taxonomy
from leukview.gui.cell.cam_selection import CamSelection
from leukview.gui.cell.details_area import CellDetailsArea, EmptyState
from leukview.gui.cell.facts_form import FactsForm, facts_of
from leukview.gui.cell.history_view import CellHistory
from leukview.gui.cell.mask_editor import MaskEditor
from leukview.gui.cell.mask_toolbar import MaskToolbar
from leukview.gui.cell.stage_tree import StageTree
from leukview.gui.imaging.image_toolbar import ImageToolbar
from leukview.gui.imaging.image_view import ImageView
from leukview.gui.imaging.overlays import Contours, trace_contours
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.review.session import CellView

_WIDE = 1.15  # width over height from which on the words stand beside the picture
_LOW = 36  # lines of text a panel is high up to which every line counts
_PICTURE_PART = 62  # percent of a wide panel
_NARROWEST_EM = 52  # letters of a line
_WORDS_EM = 74  # letters of a line beside the picture that are worth having


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the panel was last asked to show."""

    view: CellView
    taxonomy: Taxonomy
    um_per_px: float | None
    blind: bool


class CellPanel(QWidget):
    """Shows one cell. Pictures and analyses come later, by cell id; those of another cell are ignored.

    Signals:
        picture_wanted: Cell id: its picture and its analysis are needed (again, when the model's opinion changed).
        map_shown: (cell id, stage key, choice key): a class-activation map is now on the screen.
        map_turned: The map was turned on or off, by the user or with another cell.
        comment_wanted: The user wants to comment on the cell.
        repair_wanted: The user wants to repair the outline.
        other_map_wanted: (cell id, method, stage key, choice key): answer with `set_other_map`.
    """

    picture_wanted = Signal(str)
    map_shown = Signal(str, str, str)
    map_turned = Signal(bool)
    comment_wanted = Signal()
    repair_wanted = Signal()
    other_map_wanted = Signal(str, str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Cell"))
        self._shown: _Shown | None = None
        self._analysis: CachedAnalysis | None = None
        self._low = False  # there is little room
        self._parted = False  # the user chose how much of it words and picture have
        self._analysed = False  # an answer came, be it that nothing is kept
        self._contours: Contours | None = None
        self._map = CamSelection()
        self._announced: tuple[str, Step] | None = None

        self.picture = ImageView()
        self.picture.setAccessibleName(self.tr("Picture of the cell; wheel, plus and minus zoom, 0 fits"))
        self.facts = FactsForm()
        self.tree = StageTree()
        self.history = CellHistory()
        self._pages = QStackedWidget()
        self._pages.addWidget(EmptyState())
        self._pages.addWidget(self._cell_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

        self.controls.outline_button.toggled.connect(self._show_outline)
        self.controls.map_button.toggled.connect(self._show_map)
        self.controls.map_button.toggled.connect(self.map_turned)
        self.controls.repair_button.clicked.connect(self.repair_wanted)
        self.controls.adjusted.connect(self._write_caption)
        self.controls.method_chosen.connect(self._choose_method)
        self.tree.choice_activated.connect(self._ask_for_map)
        self.comment_button.clicked.connect(self.comment_wanted)
        self.setFocusProxy(self.picture)
        self.show_cell(None, None, um_per_px=None)

    # ---- building ------------------------------------------------------------------------------------------------
    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(max(hint.width(), _NARROWEST_EM * self.fontMetrics().averageCharWidth()), hint.height())

    def _cell_page(self) -> QWidget:
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._picture_part())
        self._splitter.addWidget(self._words_part())
        self._splitter.setSizes([500, 500])
        self._splitter.splitterMoved.connect(self._on_parted)
        return self._splitter

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a wide panel the words stand beside the picture, so that the picture has the whole height."""
        super().resizeEvent(event)
        size = event.size()
        self._low = size.height() < _LOW * self.fontMetrics().lineSpacing()
        self.controls.set_compact(compact=self._low)
        self._write_caption()
        wide = size.width() > _WIDE * size.height()
        turned = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if turned is not self._splitter.orientation():
            self._splitter.setOrientation(turned)
            self._splitter.setSizes([50, 50])
            self._parted = False
        if wide and not self._parted:
            self._splitter.setSizes(self._beside(size))

    def _on_parted(self) -> None:
        self._parted = True

    def _beside(self, size: QSize) -> list[int]:
        """Widths of picture and words beside each other, px: what a picture cannot use for its height, words can."""
        share = round((100 - _PICTURE_PART) / 100 * size.width())
        words = max(share, min(_WORDS_EM * self.fontMetrics().averageCharWidth(), size.width() - size.height()))
        return [size.width() - words, words]

    def _picture_part(self) -> QWidget:
        self.title = QLabel()
        self.title.setAccessibleName(self.tr("Number and shown class of the cell"))
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(1.2 * font.pointSizeF())
        self.title.setFont(font)
        self.caption = QLabel()
        self.caption.setAccessibleName(self.tr("About the picture"))
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.comment_button = QPushButton(self.tr("Comment…"))
        self.comment_button.setToolTip(self.tr("Comment on this cell."))
        self.controls = ImageToolbar(self.picture)
        self.comment_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.comment_button.installEventFilter(self.controls)
        self.editor = MaskEditor(self.picture, self)
        self.repair_bar = MaskToolbar(self.editor, self.controls)
        self.repair_bar.setVisible(False)
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(6, 6, 6, 4)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.comment_button)
        layout.addLayout(head)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.caption)
        layout.addWidget(self.repair_bar)
        layout.addWidget(self.controls)
        return part

    def _words_part(self) -> QWidget:
        self.opinions = CellDetailsArea(self.facts, self.tree)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.addTab(self.opinions, self.tr("Opinions"))
        self.tabs.addTab(self.history, self.tr("History"))
        return self.tabs

    # ---- what the window calls -----------------------------------------------------------------------------------
    @property
    def cell_id(self) -> str:
        """Id of the cell shown, "" when none is."""
        return self._shown.view.cell.id if self._shown else ""

    def show_cell(
        self, view: CellView | None, taxonomy: Taxonomy | None, *, um_per_px: float | None, blind: bool = False
    ) -> None:
        """Show a cell, or show it again after something was said of it.

        Args:
            view: The cell; None = none is selected.
            taxonomy: Names classes and stages; needed with a cell.
            um_per_px: Scale when known; None = nothing is shown in µm.
            blind: Hide whatever the model said.
        """
        before = self._shown
        if view is None or taxonomy is None:
            self._shown = None
            self._forget()
            self.history.show_cell("", blind=blind)
            self.picture.set_pixels(None)
            self._pages.setCurrentIndex(0)
            return
        self._shown = _Shown(view, taxonomy, um_per_px, blind)
        self._pages.setCurrentIndex(1)
        other = before is None or before.view.cell.id != view.cell.id
        analysed_anew = not other and _origin(before.view if before else None) != _origin(view)
        if other:
            self._forget()
            self.opinions.scroll_to_top()
            self.picture.set_pixels(None, self.tr("Loading the picture…"))
        self._write_facts()
        self.history.show_cell(view.cell.id, blind=blind)
        if other or analysed_anew or before is None or before.blind != blind:
            self.tree.show_prediction(taxonomy, view.prediction)
        self.picture.set_scale(um_per_px)
        self.tree.setVisible(not blind)
        self.controls.map_button.setEnabled(not blind and not self.editor.active)
        if blind:
            self.controls.map_button.setChecked(False)
        self._show_map()
        if other or analysed_anew:
            self.picture_wanted.emit(view.cell.id)

    def set_picture(self, cell_id: str, image: NDArray[np.uint8]) -> None:
        """Take in the picture (RGB, H×W×3) of a cell."""
        if cell_id == self.cell_id:
            self.picture.set_pixels(image)
            self._write_caption()

    def set_analysis(self, cell_id: str, cached: CachedAnalysis | None) -> None:
        """Take in mask and maps of a cell; None = there are none."""
        if cell_id == self.cell_id:
            self._analysis, self._analysed = cached, True
            self._contours = None
            self._show_outline()
            self._show_map()

    def set_failed(self, cell_id: str, sentence: str) -> None:
        """Say why the picture of a cell cannot be shown."""
        if cell_id == self.cell_id:
            self.picture.set_pixels(None, sentence)
            self._show_outline()
            self._show_map()

    def set_other_map(self, key: tuple[str, str, str, str], heat: NDArray[np.float32]) -> None:
        """Take in a map by another method (side×side, 0..1); `key` is what `other_map_wanted` asked for."""
        if key[0] == self.cell_id:
            self._map.add(key[1], Step(key[2], key[3]), heat)
            self._show_map()

    @property
    def cell_mask(self) -> NDArray[np.uint8] | None:
        """The outline shown or to be shown (H×W, 0/1/2); None when none is known."""
        return self._analysis.mask if self._analysis else None

    def set_repairing(self, repairing: bool) -> None:
        """Give the picture to the tools of repair, or take it back."""
        self.repair_bar.setVisible(repairing)
        self.caption.setVisible(not repairing)
        self.comment_button.setEnabled(not repairing)
        self.controls.set_overlays_available(available=not repairing)
        if repairing:
            self.controls.map_button.setChecked(False)
        self._show_outline()

    def show_outline(self, shown: bool) -> None:
        """Show or hide the contours."""
        self.controls.outline_button.setChecked(shown)

    def show_map(self, shown: bool) -> None:
        """Show or hide the class-activation map; a blind review shows none."""
        self.controls.map_button.setChecked(shown and self.controls.map_button.isEnabled())
        self.map_turned.emit(self.controls.map_button.isChecked())

    def zoom_in(self) -> None:
        """One step nearer."""
        self.picture.zoom_in()

    def zoom_out(self) -> None:
        """One step away."""
        self.picture.zoom_out()

    def zoom_fit(self) -> None:
        """The whole picture."""
        self.picture.zoom_fit()

    # ---- what happens then ---------------------------------------------------------------------------------------
    def _forget(self) -> None:
        """Nothing of one cell may be seen on another."""
        self._analysis = self._contours = self._announced = None
        self._analysed = False
        self._map.forget()
        with QSignalBlocker(self.controls.map_button):
            self.controls.map_button.setChecked(False)
        self.map_turned.emit(self.controls.map_button.isChecked())
        self.picture.set_contours(None, visible=False)
        self.picture.set_heatmap(None, (0, 0, 0, 0))
        self.tree.clear_selection()

    def _write_facts(self) -> None:
        if self._shown is None:
            return
        shown = self._shown
        facts = facts_of(shown.view, shown.taxonomy, um_per_px=shown.um_per_px, blind=shown.blind, tr=self.tr)
        self.title.setText(facts.title)
        self.facts.show_facts(facts)

    def _ask_for_map(self, stage: str, choice: str) -> None:
        self._map.asked = Step(stage, choice)
        self._show_chosen_map()

    def _choose_method(self, method: str) -> None:
        self._map.method = method
        self._show_chosen_map()

    def _show_chosen_map(self) -> None:
        if self.controls.map_button.isChecked():
            self._show_map()
        else:
            self.controls.map_button.setChecked(True)

    def _wanted_map(self) -> Step | None:
        return self._map.wanted(self._shown.view, self._shown.taxonomy) if self._shown else None

    def _show_map(self) -> None:
        wanted = self._wanted_map() if self.controls.map_button.isChecked() else None
        if wanted and self._analysed and self._map.needs_computing(wanted):
            self.other_map_wanted.emit(self.cell_id, self._map.method, wanted.stage, wanted.choice)
        view = self._shown.view if self._shown else None
        heat = self._map.heat(wanted, view, self._analysis) if wanted and self.picture.pixels is not None else None
        self.picture.set_heatmap(heat, self._analysis.crop if self._analysis else (0, 0, 0, 0))
        self.controls.opacity_slider.setVisible(heat is not None)
        if wanted:
            self.tree.select_choice(wanted.stage, wanted.choice)
        else:
            self.tree.clear_selection()
        self._write_caption()
        if heat is not None and wanted:
            shown = (self.cell_id, wanted)
            if shown != self._announced:
                self._announced = shown
                self.map_shown.emit(self.cell_id, wanted.stage, wanted.choice)

    def _write_caption(self) -> None:
        pixels = self.picture.pixels
        if self._shown is None or pixels is None:
            words = ""
        elif self.picture.heatmap_shown and (wanted := self._wanted_map()):
            words = self._map.caption(wanted, self._shown.taxonomy, self.tr, short=self._low)
        elif self.controls.map_button.isChecked():
            words = self._map.empty_reason(self._shown.view, self._analysis, analysed=self._analysed, tr=self.tr)
        else:
            height, width, _ = pixels.shape
            parts = [self.tr("{width} × {height} px").format(width=width, height=height)]
            um = self._shown.um_per_px
            parts.append(self.tr("{um:g} µm per px").format(um=um) if um else self.tr("scale unknown"))
            if not self.controls.is_neutral:
                parts.append(self.tr("display adjusted"))
            words = " · ".join(parts)
        # Room for the map's caption is kept, so that the picture does not jump when a map is laid over it.
        lines = 1 if self._low and not self.controls.map_button.isChecked() else 2
        self.caption.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + 4)
        self.caption.setText(words)

    def _show_outline(self) -> None:
        asked = self.controls.outline_button.isChecked() and not self.editor.active
        visible = asked and self.picture.pixels is not None
        if visible and self._contours is None and self._analysis is not None:
            self._contours = trace_contours(self._analysis.mask)  # traced only when asked for
        self.picture.set_contours(self._contours, visible=visible)


def _origin(view: CellView | None) -> tuple[str, ...]:
    """What made mask and prediction; a change of it means another mask or other maps."""
    prediction, mask = (view.prediction, view.review.mask) if view else (None, None)
    made = (prediction.bundle, prediction.segmenter) if prediction else ()
    return (*made, mask.sha256) if mask else made
