"""Controller of the cell comparison: loads reference atlas, order and images."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import FIRST_READING
from leukview.domain.slide import Cell
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import format_datetime, translate_error, translated_taxonomy
from leukview.gui.comparison.dialog import CellComparisonDialog, ComparisonCell, Image
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.review.reading_access import Viewer
from leukview.services.review.reference_atlas import AtlasCell, find_reference_cells, memoised_features
from leukview.services.review.session import CellView

FeatureLookup = Callable[[Cell], NDArray[np.floating] | None]
_References: TypeAlias = tuple[int, str, tuple[AtlasCell, ...], bool, tuple[AtlasCell, ...]]
"""Request number, class key, cells found, whether they are ordered by similarity, the atlas."""


class ComparisonController(WindowController):
    """Opens the comparison dialog and serves its requests in the background.

    The reference atlas is read again each time the dialog is opened.
    """

    def __init__(self, context: WindowContext, gallery: GalleryPanel) -> None:
        super().__init__(context)
        self._gallery = gallery
        self._dialog: CellComparisonDialog | None = None
        self._atlas: tuple[AtlasCell, ...] | None = None
        self._features: FeatureLookup = lambda _: None
        self._cell_id = ""
        self._selected_ids: list[str] = []
        self._other_cells: dict[str, Cell] = {}
        self._request_number = 0
        self._review.reviewer_changed.connect(self._on_reviewer_changed)

    @handles("compare")
    def open_dialog(self) -> None:
        """Compare the current cell with the other selected cells, else with the atlas."""
        view = self._review.view
        cell = view.by_id.get(self._gallery.current_cell_id) if view else None
        if view is None or cell is None:
            return
        self._atlas, self._features = None, memoised_features(self._workbench.cached_analysis)
        self._cell_id, self._selected_ids = cell.cell.id, self._gallery.view.selected_ids()
        others = [c for c in self._selected_ids if c != self._cell_id]
        classes = [(c.key, c.name) for c in view.taxonomy.classes]
        dialog = CellComparisonDialog(classes, has_selected_cells=bool(others), parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.cells_requested.connect(self._on_cells_requested)
        dialog.step_requested.connect(self._on_step_requested)
        dialog.image_requested.connect(self._on_image_requested)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        self._show_cell(cell)
        dialog.select_source("slide" if others else "atlas", self._class_of(cell))
        dialog.open()

    def _on_reviewer_changed(self) -> None:
        """Close the dialog: it shows what the previous reviewer was allowed to see."""
        self._atlas = None
        if self._dialog is not None:
            self._dialog.reject()

    def _on_closed(self) -> None:
        self._dialog = None
        self._request_number += 1
        self._gallery.view.setFocus()

    @property
    def _blind(self) -> bool:
        view = self._review.view
        return self._gallery.model.blind or view is None or view.reading != FIRST_READING

    def _class_of(self, cell: CellView) -> str:
        """Return the class to look up first; it must not reveal the prediction if blind."""
        return cell.review.label if self._blind else cell.label

    # ---- the current cell
    def _show_cell(self, view: CellView) -> None:
        if self._dialog is None:
            return
        self._cell_id = view.cell.id
        self._dialog.show_cell(self._comparison_cell(view))
        self._load_image(view.cell, partial(self._on_image, view.cell.id))

    def _comparison_cell(self, v: CellView) -> ComparisonCell:
        slide = self._review.view
        names = slide.taxonomy if slide else translated_taxonomy(self._workbench.taxonomy)
        facts = []
        if v.review.label:
            facts.append(self.tr("{0}: {1}").format(v.review.reviewer, names.cell_class(v.review.label).name))
        if v.prediction and not self._blind:
            model = names.cell_class(v.prediction.best).name
            facts.append(self.tr("Model: {0}, {1} %").format(model, round(100 * v.prediction.confidence)))
        if v.cell.source:
            facts.append(self.tr("Analyser: {0}").format(v.cell.source.name))
        return ComparisonCell(v.cell.id, self.tr("Cell {0}").format(v.cell.number), tuple(facts), v.cell.number)

    def _on_image(self, cell_id: str, image: Image | None, message: str) -> None:
        if self._dialog is not None and cell_id == self._cell_id:
            self._dialog.set_image(image, message)

    def _on_step_requested(self, step: int) -> None:
        model = self._gallery.model
        row = model.row_of(self._cell_id)
        cell = model.cell_at(row + step) if row is not None else None
        if cell is None or self._dialog is None:
            return
        self._gallery.view.go_to(cell.cell.id)
        self._show_cell(cell)
        source, key = self._dialog.selection
        self._dialog.select_source(source, (self._class_of(cell) or key) if source == "atlas" else key)

    # ---- the cells to compare with
    def _on_cells_requested(self, source: str, class_key: str) -> None:
        view = self._review.view
        cell = view.by_id.get(self._cell_id) if view else None
        if view is None or cell is None or self._dialog is None:
            return
        self._request_number += 1
        if source == "slide":
            others = [view.by_id[c] for c in self._selected_ids if c != self._cell_id and c in view.by_id]
            self._other_cells = {v.cell.id: v.cell for v in others}
            self._show_other_cells(
                [self._comparison_cell(v) for v in others], self.tr("Other selected cells: {0}").format(len(others))
            )
            return
        self._dialog.show_other_cells((), self.tr("Loading the reference atlas…"))
        self._tasks.run(
            self.tr("Loading the reference atlas"),
            partial(
                self._find_references,
                cell.cell,
                class_key,
                self._request_number,
                not self._blind,
                view.slide.synthetic,
                self._review.viewer,
                self._atlas,
            ),
            done=self._review.for_current_reader(self._on_references_found),
            queue=Queue.IMAGES,
        )

    def _find_references(
        self,
        cell: Cell,
        class_key: str,
        request_number: int,
        by_similarity: bool,
        synthetic: bool,
        reader: Viewer,
        atlas: tuple[AtlasCell, ...] | None,
        token: CancelToken,
        reporter: Reporter,
    ) -> _References:
        """Runs in the worker thread, which may outlast the reader: it returns the atlas and keeps nothing."""
        if atlas is None:
            atlas = self._workbench.slide_queries.reference_atlas(token, reporter, synthetic=synthetic, viewer=reader)
        cells, ordered = find_reference_cells(
            atlas, class_key, cell, self._features, token, by_similarity=by_similarity
        )
        return request_number, class_key, cells, ordered, atlas

    def _on_references_found(self, result: _References) -> None:
        request_number, class_key, cells, ordered, atlas = result
        if request_number != self._request_number:
            return
        self._atlas, count = atlas, len(atlas)
        name = translated_taxonomy(self._workbench.taxonomy).cell_class(class_key).name
        if not count:
            note = self.tr("The atlas is empty. Every cell that a reviewer labels is added when its slide is signed.")
        elif not cells:
            note = self.tr("The atlas has no “{0}” yet: none was confirmed on a signed slide.").format(name)
        elif ordered:
            note = self.tr("Confirmed cells, most similar first: {0}").format(len(cells))
        else:
            note = self.tr("Confirmed cells, most recently signed first: {0}").format(len(cells))
        self._other_cells = {a.cell.id: a.cell for a in cells}
        self._show_other_cells([self._reference_cell(a) for a in cells], note)

    def _reference_cell(self, a: AtlasCell) -> ComparisonCell:
        name = translated_taxonomy(self._workbench.taxonomy).cell_class(a.class_key).name
        when = datetime.fromisoformat(a.labelled_at).astimezone()
        facts = (
            self.tr("Slide {0} · cell {1}").format(a.cell.slide_id, a.cell.number),
            self.tr("Confirmed by {0}, {1}").format(a.reviewer, format_datetime(when)),
        )
        return ComparisonCell(a.cell.id, name, facts)

    def _show_other_cells(self, others: list[ComparisonCell], note: str) -> None:
        if self._dialog is None:
            return
        self._dialog.show_other_cells(others, note)
        for other in others[1:]:  # the first one is loaded as the large image
            self._load_image(self._other_cells[other.id], partial(self._on_thumbnail, other.id))

    def _on_thumbnail(self, cell_id: str, image: Image | None, _message: str) -> None:
        if self._dialog is not None:
            self._dialog.set_thumbnail(cell_id, image)

    def _on_image_requested(self, cell_id: str) -> None:
        cell = self._other_cells.get(cell_id)
        if cell is not None:
            self._load_image(cell, partial(self._on_other_image, cell_id))

    def _on_other_image(self, cell_id: str, image: Image | None, message: str) -> None:
        if self._dialog is not None:
            self._dialog.set_other_image(cell_id, image, message)
            self._dialog.set_thumbnail(cell_id, image)

    def _load_image(self, cell: Cell, on_loaded: Callable[[Image | None, str], None]) -> None:
        def work(token: CancelToken, _reporter: Reporter) -> tuple[Image | None, str]:
            token.raise_if_cancelled()
            try:
                return self._workbench.load_image(cell), ""
            except LeukViewError as error:
                return None, translate_error(error)

        def done(result: tuple[Image | None, str]) -> None:
            on_loaded(*result)

        self._tasks.run(self.tr("Loading a cell"), work, done=done, queue=Queue.IMAGES)
