"""Panel of one cell: large image, facts and the stages of its prediction."""

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
from leukview.gui.app.action_handlers import handles
from leukview.gui.cell.cam_selection import CamSelection
from leukview.gui.cell.details_area import CellDetailsArea, EmptyState
from leukview.gui.cell.facts_form import CellFactsForm, build_cell_facts
from leukview.gui.cell.history_view import CellHistory
from leukview.gui.cell.mask_editor import MaskEditor
from leukview.gui.cell.mask_toolbar import MaskToolbar
from leukview.gui.cell.stage_tree import StageTree
from leukview.gui.imaging.image_toolbar import ImageToolbar
from leukview.gui.imaging.image_view import ImageView
from leukview.gui.imaging.overlays import Contours, trace_contours
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.review.session import CellView

_WIDE_ASPECT = 1.15  # width / height from which the details are placed beside the image
_COMPACT_LINES = 36  # panel height in text lines below which the compact layout is used
_IMAGE_PERCENT = 62  # share of the image in the width of a wide panel
_STACKED_IMAGE_PERCENT = 74  # largest share of the image in the height of a narrow panel
_AROUND_IMAGE_LINES = 8  # text lines taken by title, caption and buttons around the image
_MIN_WIDTH_EM = 52  # in average character widths
_DETAILS_MIN_EM = 74  # useful width of the details beside the image, in average character widths


@dataclass(frozen=True, slots=True)
class _CellState:
    """The cell, taxonomy and options that the panel shows."""

    view: CellView
    taxonomy: Taxonomy
    um_per_px: float | None
    blind: bool


class CellPanel(QWidget):
    """Shows one cell.

    Images and analyses are set later, by cell id; those of another cell are ignored.

    Signals:
        image_requested: Id of the cell whose image and analysis are needed; again when its prediction has changed.
        map_shown: (cell id, stage key, choice key); a class-activation map is now visible.
        map_toggled: The map was switched on or off, by the user or by a change of cell.
        comment_requested: The user wants to comment on the cell.
        mask_edit_requested: The user wants to edit the mask.
        map_requested: (cell id, method, stage key, choice key); the receiver calls `set_computed_map`.
    """

    image_requested = Signal(str)
    map_shown = Signal(str, str, str)
    map_toggled = Signal(bool)
    comment_requested = Signal()
    mask_edit_requested = Signal()
    map_requested = Signal(str, str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Cell"))
        self._state: _CellState | None = None
        self._analysis: CachedAnalysis | None = None
        self._compact = False  # layout for little space
        self._sizes_chosen = False  # the user moved the splitter
        self._analysis_loaded = False  # the cache was read, even if it holds nothing
        self._contours: Contours | None = None
        self._cam = CamSelection()
        self._reported_map: tuple[str, Step] | None = None

        self.image_view = ImageView()
        self.image_view.setAccessibleName(
            self.tr("Image of the cell; zoom with the wheel, plus and minus; 0 fits it to the window")
        )
        self.facts_form = CellFactsForm()
        self.stage_tree = StageTree()
        self.history = CellHistory()
        self._pages = QStackedWidget()
        self._pages.addWidget(EmptyState())
        self._pages.addWidget(self._build_cell_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

        self.image_toolbar.outline_button.toggled.connect(self._update_contours)
        self.image_toolbar.map_button.toggled.connect(self._update_map)
        self.image_toolbar.map_button.toggled.connect(self.map_toggled)
        self.image_toolbar.repair_button.clicked.connect(self.mask_edit_requested)
        self.image_toolbar.adjusted.connect(self._update_caption)
        self.image_toolbar.method_chosen.connect(self._on_method_chosen)
        self.stage_tree.choice_activated.connect(self._on_choice_activated)
        self.comment_button.clicked.connect(self.comment_requested)
        self.setFocusProxy(self.image_view)
        self.show_cell(None, None, um_per_px=None)

    # ---- building ------------------------------------------------------------------------------------------------
    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(max(hint.width(), _MIN_WIDTH_EM * self.fontMetrics().averageCharWidth()), hint.height())

    def _build_cell_page(self) -> QWidget:
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._build_image_pane())
        self._splitter.addWidget(self._build_details_pane())
        self._splitter.setSizes([500, 500])
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        return self._splitter

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the details beside the image if the panel is wide, else below it."""
        super().resizeEvent(event)
        size = event.size()
        self._compact = size.height() < _COMPACT_LINES * self.fontMetrics().lineSpacing()
        self.image_toolbar.set_compact(compact=self._compact)
        self._update_caption()
        wide = size.width() > _WIDE_ASPECT * size.height()
        turned = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if turned is not self._splitter.orientation():
            self._splitter.setOrientation(turned)
            self._splitter.setSizes([50, 50])
            self._sizes_chosen = False
        if not self._sizes_chosen:
            self._splitter.setSizes(self._side_by_side_sizes(size) if wide else self._stacked_sizes(size))

    def _on_splitter_moved(self) -> None:
        self._sizes_chosen = True

    def _stacked_sizes(self, size: QSize) -> list[int]:
        """Return the heights of image and details in px: a square image, as long as the details keep their share."""
        if self._compact:
            return [size.height() // 2, size.height() // 2]
        around = _AROUND_IMAGE_LINES * self.fontMetrics().lineSpacing()
        image = min(size.width() + around, round(_STACKED_IMAGE_PERCENT / 100 * size.height()))
        return [image, size.height() - image]

    def _side_by_side_sizes(self, size: QSize) -> list[int]:
        """Return the widths of image and details in px.

        The details get the width that the image cannot use because of its limited height.
        """
        share = round((100 - _IMAGE_PERCENT) / 100 * size.width())
        details = max(share, min(_DETAILS_MIN_EM * self.fontMetrics().averageCharWidth(), size.width() - size.height()))
        return [size.width() - details, details]

    def _build_image_pane(self) -> QWidget:
        self.title_label = QLabel()
        self.title_label.setAccessibleName(self.tr("Number and class of the cell"))
        font = self.title_label.font()
        font.setBold(True)
        font.setPointSizeF(1.2 * font.pointSizeF())
        self.title_label.setFont(font)
        self.caption_label = QLabel()
        self.caption_label.setAccessibleName(self.tr("Image information"))
        self.caption_label.setWordWrap(True)
        self.caption_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.comment_button = QPushButton(self.tr("Comment…"))
        self.comment_button.setToolTip(self.tr("Comment on this cell."))
        self.image_toolbar = ImageToolbar(self.image_view)
        self.comment_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.comment_button.installEventFilter(self.image_toolbar)
        self.mask_editor = MaskEditor(self.image_view, self)
        self.mask_toolbar = MaskToolbar(self.mask_editor, self.image_toolbar)
        self.mask_toolbar.setVisible(False)
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(6, 6, 6, 4)
        head = QHBoxLayout()
        head.addWidget(self.title_label, 1)
        head.addWidget(self.comment_button)
        layout.addLayout(head)
        layout.addWidget(self.image_view, 1)
        layout.addWidget(self.caption_label)
        layout.addWidget(self.mask_toolbar)
        layout.addWidget(self.image_toolbar)
        return part

    def _build_details_pane(self) -> QWidget:
        self.details_area = CellDetailsArea(self.facts_form, self.stage_tree)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.addTab(self.details_area, self.tr("Classification"))
        self.tabs.addTab(self.history, self.tr("History"))
        return self.tabs

    # ---- public interface ----------------------------------------------------------------------------------------
    @property
    def cell_id(self) -> str:
        """Id of the cell shown; "" if none."""
        return self._state.view.cell.id if self._state else ""

    def show_cell(
        self, view: CellView | None, taxonomy: Taxonomy | None, *, um_per_px: float | None, blind: bool = False
    ) -> None:
        """Show a cell, or update it after a change.

        Args:
            view: The cell; None = no cell is selected.
            taxonomy: Names of classes and stages; required if `view` is given.
            um_per_px: Scale in µm per pixel; None = unknown, nothing is shown in µm.
            blind: Hide the prediction.
        """
        before = self._state
        if view is None or taxonomy is None:
            self._state = None
            self._reset()
            self.history.show_cell("", blind=blind)
            self.image_view.set_pixels(None)
            self._pages.setCurrentIndex(0)
            return
        self._state = _CellState(view, taxonomy, um_per_px, blind)
        self._pages.setCurrentIndex(1)
        other = before is None or before.view.cell.id != view.cell.id
        analysed_anew = not other and _analysis_key(before.view if before else None) != _analysis_key(view)
        if other:
            self._reset()
            self.details_area.scroll_to_top()
            self.image_view.set_pixels(None, self.tr("Loading the image…"))
        self._update_facts()
        self.history.show_cell(view.cell.id, blind=blind)
        if other or analysed_anew or before is None or before.blind != blind:
            self.stage_tree.show_prediction(taxonomy, view.prediction)
        self.image_view.set_scale(um_per_px)
        self.stage_tree.setVisible(not blind)
        self.image_toolbar.map_button.setEnabled(not blind and not self.mask_editor.active)
        if blind:
            self.image_toolbar.map_button.setChecked(False)
        self._update_map()
        if other or analysed_anew:
            self.image_requested.emit(view.cell.id)

    def set_image(self, cell_id: str, image: NDArray[np.uint8]) -> None:
        """Show the image (RGB, H×W×3) of a cell."""
        if cell_id == self.cell_id:
            self.image_view.set_pixels(image)
            self._update_caption()

    def set_analysis(self, cell_id: str, cached: CachedAnalysis | None) -> None:
        """Show mask and class-activation maps of a cell; None = none are cached."""
        if cell_id == self.cell_id:
            self._analysis, self._analysis_loaded = cached, True
            self._contours = None
            self._update_contours()
            self._update_map()

    def show_image_error(self, cell_id: str, message: str) -> None:
        """Show why the image of a cell cannot be loaded."""
        if cell_id == self.cell_id:
            self.image_view.set_pixels(None, message)
            self._update_contours()
            self._update_map()

    def set_computed_map(self, key: tuple[str, str, str, str], heatmap: NDArray[np.float32]) -> None:
        """Show a computed map.

        Args:
            key: The arguments of `map_requested`.
            heatmap: side×side, 0..1.
        """
        if key[0] == self.cell_id:
            self._cam.add(key[1], Step(key[2], key[3]), heatmap)
            self._update_map()

    @property
    def cell_mask(self) -> NDArray[np.uint8] | None:
        """The mask of the cell (H×W, 0/1/2), also while hidden; None if none is known."""
        return self._analysis.mask if self._analysis else None

    def set_mask_editing(self, editing: bool) -> None:
        """Switch the image between viewing and mask editing."""
        self.mask_toolbar.setVisible(editing)
        self.caption_label.setVisible(not editing)
        self.comment_button.setEnabled(not editing)
        self.image_toolbar.set_overlays_available(available=not editing)
        if editing:
            self.image_toolbar.map_button.setChecked(False)
        self._update_contours()

    @handles("outline")
    def set_contours_visible(self, visible: bool) -> None:
        """Show or hide the contours."""
        self.image_toolbar.outline_button.setChecked(visible)

    @handles("map")
    def set_map_visible(self, visible: bool) -> None:
        """Show or hide the class-activation map; it stays hidden in a blind review."""
        self.image_toolbar.map_button.setChecked(visible and self.image_toolbar.map_button.isEnabled())
        self.map_toggled.emit(self.image_toolbar.map_button.isChecked())

    @handles("zoom_in")
    def zoom_in(self) -> None:
        """Zoom in by one step."""
        self.image_view.zoom_in()

    @handles("zoom_out")
    def zoom_out(self) -> None:
        """Zoom out by one step."""
        self.image_view.zoom_out()

    @handles("zoom_fit")
    def zoom_fit(self) -> None:
        """Fit the whole image into the view."""
        self.image_view.zoom_fit()

    # ---- updates -------------------------------------------------------------------------------------------------
    def _reset(self) -> None:
        """Clear image, contours and maps, so that no data of another cell stay visible."""
        self._analysis = self._contours = self._reported_map = None
        self._analysis_loaded = False
        self._cam.reset()
        with QSignalBlocker(self.image_toolbar.map_button):
            self.image_toolbar.map_button.setChecked(False)
        self.map_toggled.emit(self.image_toolbar.map_button.isChecked())
        self.image_view.set_contours(None, visible=False)
        self.image_view.set_heatmap(None, (0, 0, 0, 0))
        self.stage_tree.clear_selection()

    def _update_facts(self) -> None:
        if self._state is None:
            return
        shown = self._state
        facts = build_cell_facts(shown.view, shown.taxonomy, um_per_px=shown.um_per_px, blind=shown.blind, tr=self.tr)
        self.title_label.setText(facts.title)
        self.facts_form.show_facts(facts)

    def _on_choice_activated(self, stage: str, choice: str) -> None:
        self._cam.requested_step = Step(stage, choice)
        self._show_selected_map()

    def _on_method_chosen(self, method: str) -> None:
        self._cam.method = method
        self._show_selected_map()

    def _show_selected_map(self) -> None:
        if self.image_toolbar.map_button.isChecked():
            self._update_map()
        else:
            self.image_toolbar.map_button.setChecked(True)

    def _selected_step(self) -> Step | None:
        return self._cam.selected_step(self._state.view, self._state.taxonomy) if self._state else None

    def _update_map(self) -> None:
        step = self._selected_step() if self.image_toolbar.map_button.isChecked() else None
        if step and self._analysis_loaded and self._cam.needs_computing(step):
            self.map_requested.emit(self.cell_id, self._cam.method, step.stage, step.choice)
        view = self._state.view if self._state else None
        heat = self._cam.heatmap(step, view, self._analysis) if step and self.image_view.pixels is not None else None
        self.image_view.set_heatmap(heat, self._analysis.crop if self._analysis else (0, 0, 0, 0))
        self.image_toolbar.opacity_slider.setVisible(heat is not None)
        if step:
            self.stage_tree.select_choice(step.stage, step.choice)
        else:
            self.stage_tree.clear_selection()
        self._update_caption()
        if heat is not None and step:
            shown = (self.cell_id, step)
            if shown != self._reported_map:
                self._reported_map = shown
                self.map_shown.emit(self.cell_id, step.stage, step.choice)

    def _update_caption(self) -> None:
        pixels = self.image_view.pixels
        if self._state is None or pixels is None:
            text = ""
        elif self.image_view.heatmap_shown and (step := self._selected_step()):
            text = self._cam.caption(step, self._state.taxonomy, self.tr, short=self._compact)
        elif self.image_toolbar.map_button.isChecked():
            text = self._cam.empty_reason(self._state.view, self._analysis, analysed=self._analysis_loaded, tr=self.tr)
        else:
            height, width, _ = pixels.shape
            parts = [self.tr("{width} × {height} px").format(width=width, height=height)]
            um = self._state.um_per_px
            parts.append(self.tr("{um:g} µm per px").format(um=um) if um else self.tr("scale unknown"))
            if not self.image_toolbar.is_neutral:
                parts.append(self.tr("display adjusted"))
            text = " · ".join(parts)
        # Reserve space for the map's caption, so that the image does not move when a map is shown.
        lines = 1 if self._compact and not self.image_toolbar.map_button.isChecked() else 2
        self.caption_label.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + 4)
        self.caption_label.setText(text)

    def _update_contours(self) -> None:
        asked = self.image_toolbar.outline_button.isChecked() and not self.mask_editor.active
        visible = asked and self.image_view.pixels is not None
        if visible and self._contours is None and self._analysis is not None:
            self._contours = trace_contours(self._analysis.mask)  # traced only when they are shown
        self.image_view.set_contours(self._contours, visible=visible)


def _analysis_key(view: CellView | None) -> tuple[str, ...]:
    """Return a key of mask and prediction; when it changes, they must be reloaded."""
    prediction, mask = (view.prediction, view.review.mask) if view else (None, None)
    made = (prediction.bundle, prediction.segmenter) if prediction else ()
    return (*made, mask.sha256) if mask else made
