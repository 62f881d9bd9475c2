"""The gallery's orders by what the model saw: how typical of its class, how like the chosen cell, how instructive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.models.label_value import class_weight
from leukview.domain.prediction import Prediction
from leukview.domain.review.events import FIRST
from leukview.domain.slide import Cell
from leukview.gui.app.tasks import TaskRunner, Work
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.gallery.sorting import WORKED_OUT, Sort, information
from leukview.gui.session.review_controller import ReviewController
from leukview.services.analysis.feature_similarity import SlideFeatures, Typicality
from leukview.services.review.session import SlideView
from leukview.services.workbench import Workbench

CHUNK = 64  # cells read in one job, so that thumbnails and large views come in between

Features = NDArray[np.float16]


class FeatureSorting(QObject):
    """Fetches the features of the slide on the bench when an order needs them, and has distances computed by the way.

    Distances stay as they were computed while cells are relabelled, so that the order is calm under the reviewer's
    hands; choosing the order again computes them anew.

    Signals:
        told: A sentence and a hint.
    """

    notification_requested = Signal(str, str)

    def __init__(self, workbench: Workbench, jobs: TaskRunner, desk: ReviewController, gallery: GalleryPanel) -> None:
        super().__init__(gallery)
        self._workbench, self._jobs, self._desk, self._gallery = workbench, jobs, desk, gallery
        self._slide = ""
        self._found: dict[str, Features] = {}
        self._gone: set[str] = set()
        self._features: SlideFeatures | None = None
        self._anchor = ""  # id of the cell that the others are like
        self._classes: frozenset[str] = frozenset()  # whose centres are known
        self._stale = False  # features came since distances were computed
        self._need: dict[str, float] = {}  # class key → how much it needs labels
        self._weighed: dict[str, Prediction] = {}  # by which the information of a cell's label was estimated
        self._busy = False
        gallery.sort.activated.connect(self._on_chosen)
        desk.opened.connect(self._on_opened)
        desk.changed.connect(self._go_on)

    def _on_chosen(self, _index: int) -> None:
        self._forget()
        self._anchor = self._gallery.current
        self._go_on()

    def _forget(self) -> None:
        model = self._gallery.model
        model.typicality, model.likeness, model.information = None, {}, {}
        self._need, self._weighed = {}, {}

    def _on_opened(self, _view: object) -> None:
        slide = self._desk.view.slide.id if self._desk.view else ""
        if slide != self._slide:
            self._slide, self._anchor = slide, ""
            self._found, self._gone, self._features = {}, set(), None
            self._forget()
        self._go_on()

    def _go_on(self, _view: object = None) -> None:
        """Do the next thing that the chosen order still needs; nothing for a blinded reviewer."""
        view, model = self._desk.view, self._gallery.model
        if view is None or model.blind or view.reading != FIRST or model.sort_key not in WORKED_OUT:
            self._gallery.note.clear()
            return
        if self._busy:
            return
        if model.sort_key is Sort.INFORMATION:
            self._gallery.note.clear()
            self._weigh(view)
            return
        wanted = [v.cell for v in view.cells if v.prediction and not self._known(v.cell.id)]
        if wanted:
            self._gallery.note.setText(
                self.tr("comparing {0} of {1}").format(len(view.cells) - len(wanted), len(view.cells))
            )
            self._read(wanted[:CHUNK])
        elif model.sort_key is Sort.LIKE:
            if self._anchor not in view.by_id:
                self._anchor = self._gallery.current if self._gallery.current in view.by_id else ""
            anchor = view.by_id.get(self._anchor)
            self._gallery.note.setText(self.tr("like cell {0}").format(anchor.cell.number) if anchor else "")
            if anchor and (self._stale or not model.likeness):
                self._compute_likeness(self._anchor)
        else:
            self._gallery.note.clear()
            labels = {v.cell.id: v.label for v in view.cells if not v.pending}
            if self._stale or model.typicality is None or set(labels.values()) - self._classes:
                self._compute_typicality(labels)

    def _weigh(self, view: SlideView) -> None:
        """Have the cells weighed that came, or were looked at anew, since they were last."""
        fresh = [v for v in view.cells if v.prediction and v.prediction is not self._weighed.get(v.cell.id)]
        if not fresh:
            return
        need, taxonomy = self._need, view.taxonomy

        def work(token: CancelToken, _reporter: Reporter) -> tuple[dict[str, float], dict[str, float]]:
            needed = need
            if not needed:
                with suppress(LeukViewError):  # analysed elsewhere, and no model here: every class needs labels alike
                    needed = class_weight(self._workbench.model_info().support)
            found = {}
            for v in fresh:
                token.check()
                found[v.cell.id] = information(v, taxonomy, needed)
            return needed, found

        def done(result: object) -> None:
            if isinstance(result, tuple):
                self._need, found = result
                self._weighed |= {v.cell.id: v.prediction for v in fresh if v.prediction}
                self._gallery.model.information = {**self._gallery.model.information, **found}
                self._gallery.rearrange()

        self._run(self.tr("Estimating what each label would teach"), work, done)

    def _known(self, cell_id: str) -> bool:
        return cell_id in self._found or cell_id in self._gone

    def _read(self, cells: Sequence[Cell]) -> None:
        def work(token: CancelToken, _reporter: Reporter) -> dict[str, Features | None]:
            read: dict[str, Features | None] = {}
            for cell in cells:
                token.check()
                analysis = self._workbench.cached(cell)
                read[cell.id] = None if analysis is None else analysis.features.astype(np.float16)
            return read

        self._run(self.tr("Reading features"), work, self._on_read)

    def _on_read(self, result: object) -> None:
        if isinstance(result, dict):
            self._found |= {key: features for key, features in result.items() if features is not None}
            self._gone |= {key for key, features in result.items() if features is None}
            self._features, self._stale = None, True

    def _gathered(self) -> Callable[[], SlideFeatures]:
        """Puts the features together, in the worker, or gives those put together before."""
        self._stale = False
        found, features = dict(self._found), self._features
        return lambda: features if features is not None else SlideFeatures.of(found)

    def _compute_likeness(self, anchor: str) -> None:
        gathered = self._gathered()

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[SlideFeatures, str, dict[str, float]]:
            features = gathered()
            return features, anchor, features.like(anchor)

        self._run(self.tr("Comparing cells"), work, self._on_likeness)

    def _on_likeness(self, result: object) -> None:
        if isinstance(result, tuple):
            self._features, anchor, apart = result
            if anchor != self._anchor or self._gallery.model.sort_key is not Sort.LIKE:
                return
            if not apart:
                self._tell_gone()
            self._gallery.model.likeness = apart or {anchor: 0.0}
            self._gallery.rearrange()

    def _compute_typicality(self, labels: dict[str, str]) -> None:
        gathered = self._gathered()

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[SlideFeatures, frozenset[str], Typicality]:
            features = gathered()
            return features, frozenset(labels.values()), features.typicality(labels)

        self._run(self.tr("Comparing cells"), work, self._on_typicality)

    def _on_typicality(self, result: object) -> None:
        if isinstance(result, tuple):
            self._features, self._classes, typicality = result
            if not typicality.row_of:
                self._tell_gone()
            self._gallery.model.typicality = typicality
            self._gallery.rearrange()

    def _tell_gone(self) -> None:
        self.notification_requested.emit(
            self.tr("These cells cannot be compared: what the model saw of them is not kept here."),
            self.tr("It is kept where the slide is analysed. Choose another order meanwhile."),
        )

    def _run(self, name: str, work: Work[Any], done: Callable[[object], None]) -> None:
        slide = self._slide

        def finished(result: object) -> None:
            self._busy = False
            if slide == self._slide:
                done(result)
            self._go_on()

        def failed(error: Exception) -> None:
            self._busy = False
            self._jobs.report_error(error)

        self._busy = True
        self._jobs.run(name, work, done=finished, failed=failed, queue=Queue.IMAGES)
