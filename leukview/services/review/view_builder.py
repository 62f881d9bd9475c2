"""How a slide looks: what is stored of its cells, folded with the review log into the view of one reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leukview.domain.alerts import AlertRule
from leukview.domain.prediction import Measurement, Prediction
from leukview.domain.repaired_mask import REVIEWER_PREFIX, RepairedMask
from leukview.domain.review.agreement import binding_consensus, latest_consensus
from leukview.domain.review.events import FIRST_READING, SECOND_READING, ReviewEvent, ReviewState, reading_of, replay
from leukview.domain.review.reducer import apply_event
from leukview.domain.slide import Cell, Slide
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.services.analysis.pipeline import measure_mask
from leukview.services.review.slide_view import CellView, SlideView


class SlideViewBuilder:
    """Builds the view of one reading of a slide, anew or from the view before.

    Args:
        cells: Of the slide.
        predictions: What the model said of them inside the segmenter's outlines, by cell id.
        inside: What it said inside repaired outlines, by cell id and the mask's SHA-256.
        taxonomy: The classes.
        rules: The alert rules.
        reading: `FIRST_READING`, or `SECOND_READING`, which sees neither analyser nor model nor first reader.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        predictions: Mapping[str, Prediction],
        mask_predictions: Mapping[tuple[str, str], Prediction],
        taxonomy: Taxonomy,
        rules: tuple[AlertRule, ...],
        reading: int,
    ) -> None:
        self._cells, self._taxonomy, self._rules, self._reading = cells, taxonomy, rules, reading
        self._index_by_cell = {cell.id: at for at, cell in enumerate(cells)}
        self.predictions, self.mask_predictions = dict(predictions), dict(mask_predictions)
        self._measurements: dict[str, Measurement] = {}  # by the mask's SHA-256

    def build(self, slide: Slide, events: Sequence[ReviewEvent], previous: SlideView | None = None) -> SlideView:
        """The view after these events, which are the slide's whole log.

        Cells that look as they did `previous` stay the same objects: a window paints the others anew, and no more.
        """
        state = replay(events, self._reading)
        self._consensus_events = latest_consensus(events)
        self._second_reading = replay(events, SECOND_READING) if self._consensus_events else ReviewState()
        views = tuple(self._cell_view(cell, state) for cell in self._cells)
        if previous is not None:
            views = tuple(old if old == new else new for old, new in zip(previous.cells, views, strict=True))
        rules = () if self._reading == SECOND_READING else self._rules  # an alert tells the model's opinion
        return SlideView(slide, views, state, self._taxonomy, rules, self._reading).precompute()

    def apply_events(
        self, view: SlideView, slide: Slide, new_events: Sequence[ReviewEvent], events: Sequence[ReviewEvent]
    ) -> SlideView:
        """The view after events that follow those known; cells that they do not touch are not looked at again.

        Args:
            view: Before them.
            slide: As it is stored now.
            new_events: The events.
            events: The whole log, `new_events` included.
        """
        state: ReviewState | None = view.review
        for event in new_events:
            reading = reading_of(event)
            if reading == SECOND_READING and self._reading == FIRST_READING and not self._consensus_events:
                continue  # nothing of it is seen before the readers settle something
            state = apply_event(state, event) if state is not None and reading == self._reading else None
        if state is None:
            return self.build(slide, events, view)
        return self._rebuild_cells(
            replace(view, slide=slide), state, dict.fromkeys(cell for event in new_events for cell in event.cells)
        )

    def apply_predictions(self, view: SlideView, predictions: Mapping[str, Prediction]) -> SlideView:
        """The view with a batch of the analysis; what is said inside a mask drawn since is left out."""
        for cell_id, prediction in predictions.items():
            mask = view.review.cell_review(cell_id).mask
            if not prediction.segmenter.startswith(REVIEWER_PREFIX):
                self.predictions[cell_id] = prediction
            elif mask is not None and prediction.segmenter == mask.identity:
                self.mask_predictions[cell_id, mask.sha256] = prediction
        return self._rebuild_cells(view, view.review, predictions)

    def _rebuild_cells(self, view: SlideView, state: ReviewState, cell_ids: Iterable[str]) -> SlideView:
        """The view after a change that touches these cells alone."""
        views = list(view.cells)
        for cell_id in cell_ids:
            at = self._index_by_cell.get(cell_id)
            if at is not None:
                views[at] = self._cell_view(self._cells[at], state)
        return replace(view, cells=tuple(views), review=state).precompute()

    def _cell_view(self, cell: Cell, state: ReviewState) -> CellView:
        review = state.cell_review(cell.id)
        if self._reading == SECOND_READING:
            blank = replace(cell, source=None, conflicts=())
            return CellView(blank, None, review, review.label or UNIDENTIFIED, False, withheld=True)  # noqa: FBT003
        segmented = self.predictions.get(cell.id)
        inside = self.mask_predictions.get((cell.id, review.mask.sha256)) if review.mask else None
        prediction = inside or segmented
        reached = self._consensus_events.get(cell.id)
        consensus = (
            binding_consensus(reached, review.label, self._second_reading.cell_review(cell.id).label) if reached else ""
        )
        label = consensus or review.label or (prediction.label if prediction else UNIDENTIFIED)
        return CellView(
            cell,
            prediction,
            review,
            label,
            not review.label and prediction is None,
            consensus,
            segmenter_prediction=segmented if inside else None,
            repaired_measurement=self._measure_repaired(review.mask) if review.mask else None,
        )

    def _measure_repaired(self, mask: RepairedMask) -> Measurement | None:
        """Measured once a mask; None of one that cannot be read any more: the log's chain tells of that."""
        if mask.sha256 not in self._measurements:
            try:
                self._measurements[mask.sha256] = measure_mask(mask.decode())
            except ValueError:
                return None
        return self._measurements[mask.sha256]
