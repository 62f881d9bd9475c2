"""Builds a `SlideView` from stored cells, predictions and review events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from leukview.domain.alerts import AlertRule
from leukview.domain.counting_rules import CountingRules
from leukview.domain.differential import DEFAULT_RULES
from leukview.domain.film_evidence import NO_BASIS, CellEvidence, FindingsBasis, cell_evidence
from leukview.domain.findings import FindingLimits
from leukview.domain.prediction import Measurement, Prediction
from leukview.domain.repaired_mask import REVIEWER_PREFIX, RepairedMask
from leukview.domain.review.agreement import binding_consensus, latest_consensus
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent, ReviewState, reading_of
from leukview.domain.review.reducer import apply_event, replay
from leukview.domain.slide import Cell, Slide
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.services.analysis.pipeline import measure_mask
from leukview.services.review.slide_view import CellView, SlideView

LimitsOf = Callable[[str], tuple[FindingLimits, ...]]
"""SHA-256 of a bundle → the limits of its findings; empty when it has none or is not on this workstation."""


def no_limits(_bundle: str) -> tuple[FindingLimits, ...]:
    """A bundle without findings."""
    return ()


class SlideViewBuilder:
    """Builds the view of one reading of a slide, from scratch or incrementally.

    Args:
        cells: Of the slide.
        predictions: Cell id → prediction with the segmenter's mask.
        mask_predictions: (cell id, SHA-256 of a repaired mask) → prediction with that mask.
        taxonomy: The classes.
        rules: The alert rules.
        reading: `FIRST_READING`, or `SECOND_READING`, which is blinded to analyser, model and first reader.
        limits_of: SHA-256 of a bundle → the limits of its findings.
        counting: Counting rules of the site.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        predictions: Mapping[str, Prediction],
        mask_predictions: Mapping[tuple[str, str], Prediction],
        taxonomy: Taxonomy,
        rules: tuple[AlertRule, ...],
        reading: int,
        limits_of: LimitsOf = no_limits,
        counting: CountingRules = DEFAULT_RULES,
    ) -> None:
        self.cells, self._taxonomy, self._rules, self._reading = cells, taxonomy, rules, reading
        self.predictions, self.mask_predictions = dict(predictions), dict(mask_predictions)
        self._limits_of, self._counting = limits_of, counting
        self._evidence: dict[str, tuple[Prediction, CellEvidence]] = {}
        self._measurements: dict[str, Measurement] = {}  # by the mask's SHA-256

    def build(
        self,
        slide: Slide,
        events: Sequence[ReviewEvent],
        previous: SlideView | None = None,
        *,
        precompute: bool = True,
    ) -> SlideView:
        """Build the view from the slide's whole log.

        Args:
            slide: As stored now.
            events: All events of the slide in order of `seq`.
            previous: An earlier view. Objects of unchanged cells are reused, so that the GUI repaints only the others.
            precompute: Compute the properties that the window shows at once.
        """
        state = replay(events, self._reading)
        self._consensus_events = latest_consensus(events)
        self._second_reading = replay(events, SECOND_READING) if self._consensus_events else ReviewState()
        covered = state.signature.covers if state.signature else lambda _cell_id: True
        views = tuple(self._cell_view(cell, state) for cell in self.cells if covered(cell.id))
        late = tuple(cell.id for cell in self.cells if not covered(cell.id))
        if previous is not None:
            known = previous.by_id
            views = tuple(known[new.cell.id] if known.get(new.cell.id) == new else new for new in views)
        rules = () if self._reading == SECOND_READING else self._rules  # an alert would reveal predictions
        basis = self._findings_basis(views)
        view = SlideView(slide, views, state, self._taxonomy, rules, self._reading, late, basis, self._counting)
        return view.precompute() if precompute else view

    def apply_events(
        self, view: SlideView, slide: Slide, new_events: Sequence[ReviewEvent], events: Sequence[ReviewEvent]
    ) -> SlideView:
        """Update the view with events that follow the known ones.

        Only cells that these events concern are updated, where possible.

        Args:
            view: The view before these events.
            slide: As stored now.
            new_events: The events.
            events: The slide's whole log, including `new_events`.
        """
        state: ReviewState | None = view.review
        for event in new_events:
            reading = reading_of(event)
            if reading == SECOND_READING and self._reading == FIRST_READING and not self._consensus_events:
                continue  # the second reading affects the first one's view only through a consensus
            state = apply_event(state, event) if state is not None and reading == self._reading else None
        # A signature decides which cells are shown, and their classes.
        if state is None or state.signature != view.review.signature:
            return self.build(slide, events, view)
        # What was on the screen is no part of a `CellView`: no tile is repainted for it.
        changed = dict.fromkeys(c for e in new_events if e.kind is not EventKind.SEEN for c in e.cells)
        if not changed and slide == view.slide and state.wbc_includes_nrbc == view.review.wbc_includes_nrbc:
            return view.with_review(state)
        return self._rebuild_cells(replace(view, slide=slide), state, changed)

    def apply_predictions(self, view: SlideView, predictions: Mapping[str, Prediction]) -> SlideView:
        """Update the view with a batch of predictions.

        Predictions for a mask that is no longer the current one are ignored.
        """
        for cell_id, prediction in predictions.items():
            mask = view.review.cell_review(cell_id).mask
            if not prediction.segmenter.startswith(REVIEWER_PREFIX):
                self.predictions[cell_id] = prediction
            elif mask is not None and prediction.segmenter == mask.identity:
                self.mask_predictions[cell_id, mask.sha256] = prediction
        return self._rebuild_cells(view, view.review, predictions)

    def _rebuild_cells(self, view: SlideView, state: ReviewState, cell_ids: Iterable[str]) -> SlideView:
        """Update the view after a change that affects only these cells."""
        changed = {id_: self._cell_view(view.by_id[id_].cell, state) for id_ in cell_ids if id_ in view.by_id}
        views = tuple(changed.get(v.cell.id, v) for v in view.cells)
        return replace(view, cells=views, review=state, basis=self._findings_basis(views)).precompute()

    def _findings_basis(self, views: Sequence[CellView]) -> FindingsBasis:
        """What the findings rest on: the predictions of the bundle that most cells have, as it made them itself."""
        predicted = {v.cell.id: p for v in views if (p := v.unassisted_prediction) is not None}
        bundles = Counter(p.bundle for p in predicted.values())
        limits = self._limits_of(bundles.most_common(1)[0][0]) if bundles else ()
        if not limits or self._reading == SECOND_READING:
            return NO_BASIS
        main = bundles.most_common(1)[0][0]
        cells = {key: self._cell_evidence(key, p) for key, p in predicted.items() if p.bundle == main}
        return FindingsBasis(limits, cells, tuple(v.label for v in views if v.reviewed or v.consensus))

    def _cell_evidence(self, cell_id: str, prediction: Prediction) -> CellEvidence:
        known = self._evidence.get(cell_id)
        if known is None or known[0] is not prediction:
            known = self._evidence[cell_id] = prediction, cell_evidence(self._taxonomy, prediction.stages)
        return known[1]

    def _cell_view(self, cell: Cell, state: ReviewState) -> CellView:
        review = state.cell_review(cell.id)
        signed_state = state.signature.state if state.signature else None
        signed = signed_state.labels.get(cell.id, "") if signed_state else ""
        if self._reading == SECOND_READING:
            blank = replace(cell, source=None, conflicts=())
            return CellView(blank, None, review, signed or review.label or UNIDENTIFIED, False, withheld=True)  # noqa: FBT003
        segmented = self.predictions.get(cell.id)
        inside = self.mask_predictions.get((cell.id, review.mask.sha256)) if review.mask else None
        prediction = inside or segmented
        reached = self._consensus_events.get(cell.id)
        consensus = (
            binding_consensus(reached, review.label, self._second_reading.cell_review(cell.id).label) if reached else ""
        )
        label = signed or consensus or review.label or (prediction.label if prediction else UNIDENTIFIED)
        return CellView(
            cell,
            prediction,
            review,
            label,
            not signed and not review.label and prediction is None,
            consensus,
            segmenter_prediction=segmented if inside else None,
            repaired_measurement=self._measure_repaired(review.mask) if review.mask else None,
        )

    def _measure_repaired(self, mask: RepairedMask) -> Measurement | None:
        """Measure a repaired mask, once.

        None when it cannot be decoded, which the verification of the log's hash chain reports.
        """
        if mask.sha256 not in self._measurements:
            try:
                self._measurements[mask.sha256] = measure_mask(mask.decode())
            except ValueError:
                return None
        return self._measurements[mask.sha256]
