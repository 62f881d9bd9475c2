"""Gallery sorting by model features: typicality, similarity, expected label value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.models.label_value import class_weights
from leukview.domain.prediction import Prediction
from leukview.domain.review.events import FIRST_READING
from leukview.domain.slide import Cell
from leukview.gui.app.tasks import Work
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.gallery.sorting import COMPUTED_SORTS, SortKey, expected_label_value
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.analysis.feature_similarity import ClassDistances, SlideFeatures
from leukview.services.review.session import SlideView

CHUNK_SIZE = 64  # cells read per job, so that thumbnails and cell images are loaded in between

Features = NDArray[np.float16]
_Result = TypeVar("_Result")


class FeatureSorting(WindowController):
    """Reads features of the open slide and computes the sort values that need them.

    Values stay as computed while cells are relabelled, so that the order does not change during the review; choosing
    the order again recomputes them. Nothing is computed for a blinded reviewer.
    """

    def __init__(self, context: WindowContext, gallery: GalleryPanel) -> None:
        super().__init__(context)
        self._gallery = gallery
        self._slide_id = ""
        self._features_by_cell: dict[str, Features] = {}
        self._missing: set[str] = set()
        self._slide_features: SlideFeatures | None = None
        self._anchor_id = ""  # id of the cell that the others are compared with
        self._known_classes: frozenset[str] = frozenset()  # classes whose centres are computed
        self._stale = False  # features were read since the last computation
        self._class_weights: dict[str, float] = {}  # class key → weight by its need for labels
        self._valued_predictions: dict[str, Prediction] = {}  # cell id → prediction its label value is from
        self._busy = False
        gallery.sort_combo.activated.connect(self._on_sort_chosen)
        self._review.slide_opened.connect(self._on_slide_opened)
        self._review.view_changed.connect(self._update)

    def _on_sort_chosen(self, _index: int) -> None:
        self._reset_results()
        self._anchor_id = self._gallery.current_cell_id
        self._update()

    def _reset_results(self) -> None:
        model = self._gallery.model
        model.typicality, model.distances, model.label_values = None, {}, {}
        self._class_weights, self._valued_predictions = {}, {}

    def _on_slide_opened(self, view: SlideView) -> None:
        if view.slide.id != self._slide_id:
            self._slide_id, self._anchor_id = view.slide.id, ""
            self._features_by_cell, self._missing, self._slide_features = {}, set(), None
            self._reset_results()
        self._update()

    def _update(self, _view: SlideView | None = None) -> None:
        """Start the next step that the chosen order needs; none for a blinded reviewer."""
        view, model = self._review.view, self._gallery.model
        if view is None or model.blind or view.reading != FIRST_READING or model.sort_key not in COMPUTED_SORTS:
            self._gallery.note_label.clear()
            return
        if self._busy:
            return
        if model.sort_key is SortKey.INFORMATION:
            self._gallery.note_label.clear()
            self._compute_label_values(view)
            return
        wanted = [v.cell for v in view.cells if v.prediction and not self._was_read(v.cell.id)]
        if wanted:
            self._gallery.note_label.setText(
                self.tr("comparing {0} of {1}").format(len(view.cells) - len(wanted), len(view.cells))
            )
            self._read_features(wanted[:CHUNK_SIZE])
        elif model.sort_key is SortKey.SIMILAR:
            if self._anchor_id not in view.by_id:
                self._anchor_id = self._gallery.current_cell_id if self._gallery.current_cell_id in view.by_id else ""
            anchor = view.by_id.get(self._anchor_id)
            self._gallery.note_label.setText(
                self.tr("similar to cell {0}").format(anchor.cell.number) if anchor else ""
            )
            if anchor and (self._stale or not model.distances):
                self._compute_distances(self._anchor_id)
        else:
            self._gallery.note_label.clear()
            labels = {v.cell.id: v.label for v in view.cells if not v.pending}
            if self._stale or model.typicality is None or set(labels.values()) - self._known_classes:
                self._compute_typicality(labels)

    def _compute_label_values(self, view: SlideView) -> None:
        """Estimate label values of cells whose prediction is new since the last estimate."""
        fresh = [v for v in view.cells if v.prediction and v.prediction is not self._valued_predictions.get(v.cell.id)]
        if not fresh:
            return
        known_weights, taxonomy = self._class_weights, view.taxonomy

        def work(token: CancelToken, _reporter: Reporter) -> tuple[dict[str, float], dict[str, float]]:
            weights = known_weights
            if not weights:
                with suppress(LeukViewError):  # analysed elsewhere and no model installed here: equal weights
                    weights = class_weights(self._workbench.model_info().support)
            values = {}
            for v in fresh:
                token.raise_if_cancelled()
                values[v.cell.id] = expected_label_value(v, taxonomy, weights)
            return weights, values

        def done(result: tuple[dict[str, float], dict[str, float]]) -> None:
            self._class_weights, values = result
            self._valued_predictions |= {v.cell.id: v.prediction for v in fresh if v.prediction}
            self._gallery.model.label_values = {**self._gallery.model.label_values, **values}
            self._gallery.rearrange()

        self._run_task(self.tr("Estimating the training value of each cell"), work, done)

    def _was_read(self, cell_id: str) -> bool:
        return cell_id in self._features_by_cell or cell_id in self._missing

    def _read_features(self, cells: Sequence[Cell]) -> None:
        def work(token: CancelToken, _reporter: Reporter) -> dict[str, Features | None]:
            read: dict[str, Features | None] = {}
            for cell in cells:
                token.raise_if_cancelled()
                analysis = self._workbench.cached_analysis(cell)
                read[cell.id] = None if analysis is None else analysis.features.astype(np.float16)
            return read

        self._run_task(self.tr("Reading features"), work, self._on_features_read)

    def _on_features_read(self, read: dict[str, Features | None]) -> None:
        self._features_by_cell |= {key: features for key, features in read.items() if features is not None}
        self._missing |= {key for key, features in read.items() if features is None}
        self._slide_features, self._stale = None, True

    def _features_getter(self) -> Callable[[], SlideFeatures]:
        """Function for the worker thread that returns the features of all cells read.

        The features stacked last are reused if no others were read since.
        """
        self._stale = False
        found, features = dict(self._features_by_cell), self._slide_features
        return lambda: features if features is not None else SlideFeatures.from_features(found)

    def _compute_distances(self, anchor_id: str) -> None:
        gathered = self._features_getter()

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[SlideFeatures, str, dict[str, float]]:
            features = gathered()
            return features, anchor_id, features.distances_to(anchor_id)

        self._run_task(self.tr("Comparing cells"), work, self._on_distances)

    def _on_distances(self, result: tuple[SlideFeatures, str, dict[str, float]]) -> None:
        self._slide_features, anchor_id, distances = result
        if anchor_id != self._anchor_id or self._gallery.model.sort_key is not SortKey.SIMILAR:
            return
        if not distances:
            self._notify_missing()
        self._gallery.model.distances = distances or {anchor_id: 0.0}
        self._gallery.rearrange()

    def _compute_typicality(self, labels: dict[str, str]) -> None:
        gathered = self._features_getter()

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[SlideFeatures, frozenset[str], ClassDistances]:
            features = gathered()
            return features, frozenset(labels.values()), features.class_distances(labels)

        self._run_task(self.tr("Comparing cells"), work, self._on_typicality)

    def _on_typicality(self, result: tuple[SlideFeatures, frozenset[str], ClassDistances]) -> None:
        self._slide_features, self._known_classes, typicality = result
        if not typicality.row_by_cell:
            self._notify_missing()
        self._gallery.model.typicality = typicality
        self._gallery.rearrange()

    def _notify_missing(self) -> None:
        self._notify(
            self.tr("These cells cannot be compared: their features are not stored on this workstation."),
            self.tr("They are stored on the workstation that analysed the slide. Choose another order."),
        )

    def _run_task(self, name: str, work: Work[_Result], done: Callable[[_Result], None]) -> None:
        slide_id = self._slide_id

        def finished(result: _Result) -> None:
            self._busy = False
            try:
                if slide_id == self._slide_id:
                    done(result)
            finally:
                self._update()

        def failed(error: Exception) -> None:
            self._busy = False
            self._tasks.report_error(error)

        self._busy = True
        self._tasks.run(name, work, done=finished, failed=failed, queue=Queue.IMAGES)
