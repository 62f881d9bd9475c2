"""Presents the current cell on its panel and loads its image and maps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leukview.gui.app.i18n import translated_taxonomy
from leukview.gui.cell.loader import CellLoader
from leukview.gui.cell.mask_edit_controller import MaskEditController
from leukview.gui.cell.panel import CellPanel
from leukview.gui.gallery.label_actions import LabelActions
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.review.slide_view import CellView


class CellPresenter(WindowController):
    """Serves the requests of the cell panel and records which cells were enlarged.

    Args:
        context: Shared objects of the window.
        gallery: Provides the current cell.
        panel: Shows the cell.
        loader: Loads images and maps.
        label_actions: Records which cells and maps were viewed.
        mask_editing: While a mask is edited its cell stays on the panel, whatever the gallery selects.
    """

    def __init__(
        self,
        context: WindowContext,
        gallery: GalleryPanel,
        panel: CellPanel,
        loader: CellLoader,
        label_actions: LabelActions,
        mask_editing: MaskEditController,
    ) -> None:
        super().__init__(context)
        self._gallery, self._panel = gallery, panel
        self._loader, self._label_actions, self._mask_editing = loader, label_actions, mask_editing
        loader.image_loaded.connect(self._on_image)
        loader.analysis_loaded.connect(panel.set_analysis)
        loader.image_failed.connect(panel.show_image_error)
        loader.map_computed.connect(panel.set_computed_map)
        panel.image_toolbar.set_cam_methods(self._workbench.map_methods)
        panel.image_requested.connect(self._load)
        panel.map_requested.connect(self._load_other_map)
        panel.map_shown.connect(label_actions.record_map_shown)
        gallery.current_changed.connect(self.show_cell)

    def refresh(self) -> None:
        """Update the panel with the current cell."""
        self.show_cell(self._gallery.current_cell_id)

    def show_cell(self, cell_id: str) -> None:
        """Show a cell, or the one whose mask is being edited."""
        view = self._review.view
        scale = view.slide.um_per_px if view else None
        cell = self._cell_view(self._mask_editing.cell_id or cell_id)
        self._panel.show_cell(
            cell, translated_taxonomy(self._workbench.taxonomy), um_per_px=scale, blind=self._actions.blind
        )

    def _cell_view(self, cell_id: str) -> CellView | None:
        return self._review.view.by_id.get(cell_id) if self._review.view else None

    def _load(self, cell_id: str) -> None:
        cell = self._cell_view(cell_id)
        if cell:
            self._loader.load_cell(cell)

    def _load_other_map(self, cell_id: str, method: str, stage: str, choice: str) -> None:
        cell = self._cell_view(cell_id)
        if cell:
            self._loader.compute_map(cell.cell, method, stage, choice)

    def _on_image(self, cell_id: str, image: NDArray[np.uint8]) -> None:
        self._panel.set_image(cell_id, image)
        if cell_id == self._gallery.current_cell_id:
            self._label_actions.record_opened(cell_id)
