"""Classifies cells again after a reviewer edited their mask, in the background."""

from __future__ import annotations

from functools import partial

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.slide import Cell
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.review.session import SlideView


class MaskReclassifier(WindowController):
    """Reclassifies every cell whose reviewer-drawn mask the model has not seen yet.

    It checks after each change of the view, and so also finds masks drawn before the program was terminated.
    """

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        # Cell id and mask hash. Each is requested once, so that a missing image is reported once.
        self._requested: set[tuple[str, str]] = set()
        self._review.slide_opened.connect(self._on_opened)
        self._review.view_changed.connect(self._on_changed)

    def _on_opened(self, view: SlideView) -> None:
        self._requested.clear()
        self._on_changed(view)

    def _on_changed(self, view: SlideView) -> None:
        if view.review.signature:  # predictions of a signed slide must not change
            return
        for cell_id, review in view.review.cells.items():
            mask = review.mask
            cell_view = view.by_id.get(cell_id) if mask else None
            if (
                mask is None
                or cell_view is None
                or cell_view.is_mask_classified
                or (cell_id, mask.sha256) in self._requested
            ):
                continue
            self._requested.add((cell_id, mask.sha256))
            self._reclassify(view.slide.id, cell_view.cell, mask)

    def _reclassify(self, slide_id: str, cell: Cell, mask: RepairedMask) -> None:
        repairs = self._workbench.mask_repair

        def work(_token: CancelToken, _reporter: Reporter) -> Prediction:
            return repairs.reclassify(cell, mask)

        done = partial(self._on_reclassified, slide_id, cell.id)
        self._tasks.run(self.tr("Classifying with the repaired outline"), work, done=done, queue=Queue.MASK)

    def _on_reclassified(self, slide_id: str, cell_id: str, prediction: Prediction) -> None:
        self._review.apply_predictions(slide_id, {cell_id: prediction})
