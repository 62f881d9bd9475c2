"""Lays cells side by side: fetches the reference atlas, the order and the pictures off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import FIRST
from leukview.domain.slide import Cell
from leukview.gui.app.i18n import error_text, format_datetime, translated_taxonomy
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.comparison.dialog import CellComparisonDialog, ComparisonCell
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.review_controller import ReviewController
from leukview.services.review.reading_access import Viewer
from leukview.services.review.reference_atlas import AtlasCell, features_of, references
from leukview.services.review.session import CellView
from leukview.services.workbench import Workbench

Features = Callable[[Cell], NDArray[np.floating] | None]


class ComparisonController(QObject):
    """Opens the comparison and answers what it asks. The atlas is read anew each time it is opened."""

    def __init__(
        self, window: QWidget, workbench: Workbench, jobs: TaskRunner, desk: ReviewController, gallery: GalleryPanel
    ) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs = window, workbench, jobs
        self._desk, self._gallery = desk, gallery
        self._dialog: CellComparisonDialog | None = None
        self._atlas: tuple[AtlasCell, ...] | None = None
        self._features: Features = lambda _: None
        self._cell = ""
        self._selected: list[str] = []
        self._beside: dict[str, Cell] = {}
        self._round = 0

    def show(self) -> None:
        """Open the comparison of the current cell; with several selected, against the others of them."""
        view = self._desk.view
        cell = view.by_id.get(self._gallery.current) if view else None
        if view is None or cell is None:
            return
        self._atlas, self._features = None, features_of(self._workbench.cached)
        self._cell, self._selected = cell.cell.id, self._gallery.view.selected_ids()
        several = [c for c in self._selected if c != self._cell]
        classes = [(c.key, c.name) for c in view.taxonomy.classes]
        dialog = CellComparisonDialog(classes, has_selected_cells=bool(several), parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.cells_requested.connect(self._on_asked)
        dialog.step_requested.connect(self._on_stepped)
        dialog.image_requested.connect(self._on_picture_wanted)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        self._show_cell(cell)
        dialog.select_source("slide" if several else "atlas", self._class_of(cell))
        dialog.open()

    def _on_closed(self) -> None:
        self._dialog = None
        self._round += 1
        self._gallery.view.setFocus()

    @property
    def _blind(self) -> bool:
        view = self._desk.view
        return self._gallery.model.blind or view is None or view.reading != FIRST

    def _class_of(self, cell: CellView) -> str:
        """The class to look up first: to a blinded reviewer it must not tell the model's opinion."""
        return cell.review.label if self._blind else cell.label

    # ---- the cell on the bench
    def _show_cell(self, view: CellView) -> None:
        if self._dialog is None:
            return
        self._cell = view.cell.id
        self._dialog.show_cell(self._described(view))
        self._picture(view.cell, partial(self._on_picture, view.cell.id))

    def _described(self, v: CellView) -> ComparisonCell:
        slide = self._desk.view
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

    def _on_picture(self, cell_id: str, image: object, message: str) -> None:
        if self._dialog is not None and cell_id == self._cell:
            self._dialog.set_image(image if isinstance(image, np.ndarray) else None, message)

    def _on_stepped(self, step: int) -> None:
        model = self._gallery.model
        row = model.row_of(self._cell)
        cell = model.cell_at(row + step) if row is not None else None
        if cell is None or self._dialog is None:
            return
        self._gallery.view.go_to(cell.cell.id)
        self._show_cell(cell)
        source, key = self._dialog.selection
        self._dialog.select_source(source, (self._class_of(cell) or key) if source == "atlas" else key)

    # ---- the cells beside it
    def _on_asked(self, source: str, class_key: str) -> None:
        view = self._desk.view
        cell = view.by_id.get(self._cell) if view else None
        if view is None or cell is None or self._dialog is None:
            return
        self._round += 1
        if source == "slide":
            others = [view.by_id[c] for c in self._selected if c != self._cell and c in view.by_id]
            self._beside = {v.cell.id: v.cell for v in others}
            self._lay_beside(
                [self._described(v) for v in others], self.tr("Selected beside this one: {0}").format(len(others))
            )
            return
        self._dialog.show_other_cells((), self.tr("Reading the reference atlas…"))
        self._jobs.run(
            self.tr("Reading the reference atlas"),
            partial(
                self._look_up,
                cell.cell,
                class_key,
                self._round,
                not self._blind,
                view.slide.synthetic,
                self._desk.reader,
            ),
            done=self._on_found,
            queue=Queue.IMAGES,
        )

    def _look_up(
        self,
        cell: Cell,
        class_key: str,
        number: int,
        by_likeness: bool,
        synthetic: bool,
        reader: Viewer,
        token: CancelToken,
        reporter: Reporter,
    ) -> tuple[int, str, tuple[AtlasCell, ...], bool, int]:
        if self._atlas is None:
            self._atlas = self._workbench.atlas(token, reporter, synthetic=synthetic, reader=reader)
        found, ordered = references(self._atlas, class_key, cell, self._features, token, by_likeness=by_likeness)
        return number, class_key, found, ordered, len(self._atlas)

    def _on_found(self, result: object) -> None:
        if not isinstance(result, tuple) or result[0] != self._round:
            return
        _, class_key, found, ordered, count = result
        name = translated_taxonomy(self._workbench.taxonomy).cell_class(class_key).name
        if not count:
            note = self.tr(
                "The atlas is empty. It fills by itself: each cell that a reviewer labels on a signed slide."
            )
        elif not found:
            note = self.tr("The atlas has no “{0}” yet: none was confirmed on a signed slide.").format(name)
        elif ordered:
            note = self.tr("Confirmed cells most like this one, the nearest first: {0}").format(len(found))
        else:
            note = self.tr("Confirmed cells, those signed last first: {0}").format(len(found))
        self._beside = {a.cell.id: a.cell for a in found}
        self._lay_beside([self._reference(a) for a in found], note)

    def _reference(self, a: AtlasCell) -> ComparisonCell:
        name = translated_taxonomy(self._workbench.taxonomy).cell_class(a.class_key).name
        when = datetime.fromisoformat(a.at).astimezone()
        facts = (
            self.tr("Slide {0} · cell {1}").format(a.cell.slide_id, a.cell.number),
            self.tr("Confirmed by {0} on {1}").format(a.reviewer, format_datetime(when)),
        )
        return ComparisonCell(a.cell.id, name, facts)

    def _lay_beside(self, others: list[ComparisonCell], note: str) -> None:
        if self._dialog is None:
            return
        self._dialog.show_other_cells(others, note)
        for other in others[1:]:  # the first is fetched large
            self._picture(self._beside[other.id], partial(self._on_thumbnail, other.id))

    def _on_thumbnail(self, cell_id: str, image: object, _message: str) -> None:
        if self._dialog is not None:
            self._dialog.set_thumbnail(cell_id, image if isinstance(image, np.ndarray) else None)

    def _on_picture_wanted(self, cell_id: str) -> None:
        cell = self._beside.get(cell_id)
        if cell is not None:
            self._picture(cell, partial(self._on_other_picture, cell_id))

    def _on_other_picture(self, cell_id: str, image: object, message: str) -> None:
        if self._dialog is not None:
            found = image if isinstance(image, np.ndarray) else None
            self._dialog.set_other_image(cell_id, found, message)
            self._dialog.set_thumbnail(cell_id, found)

    def _picture(self, cell: Cell, then: Callable[[object, str], None]) -> None:
        def work(token: CancelToken, _reporter: Reporter) -> tuple[NDArray[np.uint8] | None, str]:
            token.check()
            try:
                return self._workbench.image(cell), ""
            except LeukViewError as error:
                return None, error_text(error)

        def done(result: object) -> None:
            if isinstance(result, tuple):
                then(*result)

        self._jobs.run(self.tr("Fetching a cell"), work, done=done, queue=Queue.IMAGES)
