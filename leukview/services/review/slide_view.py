"""Current state of a slide: labels and predictions of cells, tallies and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from leukview.domain.alerts import Alert, AlertRule, evaluate_alerts
from leukview.domain.counting_rules import CountingRules
from leukview.domain.differential import DEFAULT_RULES, Differential, compute_differential
from leukview.domain.film_evidence import NO_BASIS, FilmFinding, FindingsBasis, film_findings
from leukview.domain.models.quality_control import is_override
from leukview.domain.prediction import Measurement, Prediction
from leukview.domain.repaired_mask import REVIEWER_PREFIX
from leukview.domain.review.events import FIRST_READING, CellReview, ReviewState, Signature
from leukview.domain.slide import Cell, Slide, SlideState
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with the separate labels of analyser, model and reviewer.

    Attributes:
        prediction: With the current mask if available, otherwise with the segmenter's mask.
        label: The shown class key: on a signed slide the signed one; else the readers' consensus, the reviewer's, the
            model's or ``unidentified``, whichever exists first.
        pending: There is neither a review nor a prediction yet.
        consensus: Consensus of first and second reader after they disagreed; "" when there is none.
        withheld: The view is for a second reader, without analyser's label, prediction and first reader's label.
        segmenter_prediction: The prediction with the segmenter's mask, if `prediction` was made with a reviewer's mask.
        repaired_measurement: Measurement of the reviewer's mask, if there is one.
    """

    cell: Cell
    prediction: Prediction | None
    review: CellReview
    label: str
    pending: bool
    consensus: str = ""
    withheld: bool = False
    segmenter_prediction: Prediction | None = None
    repaired_measurement: Measurement | None = None

    @property
    def measurement(self) -> Measurement | None:
        """Of the reviewer's mask, otherwise of the segmenter's; None while there is none."""
        return self.repaired_measurement or (self.prediction.measurement if self.prediction else None)

    @property
    def is_mask_classified(self) -> bool:
        """Whether the prediction was made with the current mask.

        False until a cell with a repaired mask is classified again.
        """
        mask = self.review.mask
        return mask is None or (self.prediction is not None and self.prediction.segmenter == mask.identity)

    @property
    def reviewed(self) -> bool:
        """Whether a reviewer labelled the cell."""
        return bool(self.review.label)

    @property
    def label_confidence(self) -> float | None:
        """The model's confidence in the shown class, 0..1.

        None without a prediction, or when the shown class is not the predicted one, because the reviewer chose another
        class or the model abstained. A number shown with a class must refer to that class.
        """
        said = self.prediction
        return said.confidence if said is not None and said.best == self.label else None

    @property
    def unassisted_prediction(self) -> Prediction | None:
        """The prediction with the segmenter's mask, not a reviewer's; None if missing."""
        said = self.segmenter_prediction or self.prediction
        return None if said is None or said.segmenter.startswith(REVIEWER_PREFIX) else said

    def is_override(self, taxonomy: Taxonomy) -> bool:
        """Whether the reader overrode the model.

        See `leukview.domain.models.quality_control.is_override`.
        """
        said = self.unassisted_prediction
        return self.reviewed and said is not None and is_override(taxonomy, said.label, self.label)


@dataclass(frozen=True)
class SlideView:
    """Current state of a slide in one reading.

    Attributes:
        cells: Of a signed slide those that the signature covers.
        late_cells: Ids of cells that were imported after the signature. They count nowhere until the slide is reopened.
        basis: What the findings of the film rest on.
        counting: Counting rules of the site.
    """

    slide: Slide
    cells: tuple[CellView, ...]
    review: ReviewState
    taxonomy: Taxonomy
    rules: tuple[AlertRule, ...]
    reading: int = FIRST_READING
    late_cells: tuple[str, ...] = ()
    basis: FindingsBasis = NO_BASIS
    counting: CountingRules = DEFAULT_RULES

    @cached_property
    def unavailable_signed_cells(self) -> tuple[str, ...]:
        """Ids of cells that the signature covers and this slide does not have, as after an incomplete import."""
        state = self.review.signature.state if self.review.signature else None
        return tuple(cell for cell in state.cells if cell not in self.by_id) if state else ()

    @property
    def binding_signature(self) -> Signature | None:
        """The signature, if it holds for the cells shown; what is printed or sent is final only with it."""
        return None if self.unavailable_signed_cells else self.review.signature

    @cached_property
    def by_id(self) -> dict[str, CellView]:
        """Cell id → cell."""
        return {v.cell.id: v for v in self.cells}

    @cached_property
    def shown_tally(self) -> Differential:
        """Differential of the shown labels, without pending cells."""
        return self._differential([v.label for v in self.cells if not v.pending])

    @cached_property
    def model_tally(self) -> Differential:
        """Differential of the predictions, see `CellView.unassisted_prediction`."""
        return self._differential(
            [v.unassisted_prediction.label for v in self.cells if v.unassisted_prediction],
        )

    def _differential(self, labels: Sequence[str]) -> Differential:
        return compute_differential(
            self.taxonomy,
            labels,
            self.slide.wbc_per_nl,
            wbc_includes_nrbc=self.review.wbc_includes_nrbc,
            rules=self.counting,
        )

    @cached_property
    def reviewer_tally(self) -> Differential:
        """Differential of the reviewed cells, all that a blinded reviewer may see."""
        labels = [v.label for v in self.cells if v.reviewed]
        return compute_differential(self.taxonomy, labels, rules=self.counting)

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """Alerts of the shown labels."""
        labels = {v.cell.id: v.label for v in self.cells if not v.pending}
        return evaluate_alerts(
            self.rules,
            self.taxonomy,
            labels,
            {v.cell.id: v.prediction for v in self.cells if v.prediction},
            self.findings,
            frozenset(v.cell.id for v in self.cells if v.reviewed),
        )

    @cached_property
    def findings(self) -> tuple[FilmFinding, ...]:
        """Findings of the film; empty when the model has none."""
        return film_findings([self.basis])

    @property
    def unacknowledged_alerts(self) -> tuple[Alert, ...]:
        """Alerts that must be acknowledged and are not."""
        return tuple(a for a in self.alerts if a.rule.must_acknowledge and a.rule.key not in self.review.acknowledged)

    @cached_property
    def unopened_blasts(self) -> tuple[str, ...]:
        """Cells shown as blast or equivalent whose large image was not opened."""
        return tuple(v.cell.id for v in self.cells if self._is_blast_like(v.label) and not v.review.opened)

    @cached_property
    def unreviewed_unidentified(self) -> tuple[str, ...]:
        """Unidentified cells that nobody reviewed."""
        return tuple(v.cell.id for v in self.cells if v.label == UNIDENTIFIED and not v.reviewed and not v.pending)

    @cached_property
    def unidentified_without_comment(self) -> tuple[str, ...]:
        """Cells that a reviewer labelled as unidentified without a comment."""
        return tuple(v.cell.id for v in self.cells if v.label == UNIDENTIFIED and v.reviewed and not v.review.comment)

    def _is_blast_like(self, label: str) -> bool:
        cell_class = self.taxonomy.cell_class(label)
        return cell_class.is_blast_like

    @cached_property
    def pending_count(self) -> int:
        """Number of cells neither analysed nor reviewed."""
        return sum(v.pending for v in self.cells)

    @cached_property
    def reviewed_count(self) -> int:
        """Number of cells that a reviewer has labelled."""
        return sum(v.reviewed for v in self.cells)

    @cached_property
    def comparable_cells(self) -> tuple[CellView, ...]:
        """Reviewed cells that have a prediction with the segmenter's mask."""
        return tuple(v for v in self.cells if v.reviewed and v.unassisted_prediction)

    @cached_property
    def overridden_cells(self) -> tuple[CellView, ...]:
        """Those of the `judged` cells on which the reader overrode the model."""
        return tuple(v for v in self.comparable_cells if v.is_override(self.taxonomy))

    def with_review(self, review: ReviewState) -> SlideView:
        """Copy of this view with another review state that changes no cell.

        Values computed from cells and slide are kept.
        """
        copy = replace(self, review=review)
        computed = {key: value for key, value in vars(self).items() if key not in vars(copy)}
        vars(copy).update(computed)
        return copy

    def differs_only_in_seen(self, other: SlideView) -> bool:
        """Whether another view shows the same except which cells were on the screen, so that nothing is repainted."""
        same_cells = self.cells is other.cells and self.slide == other.slide
        return same_cells and replace(self.review, seen=other.review.seen) == other.review

    def precompute(self) -> SlideView:
        """Compute the cached properties in the worker thread, so that the GUI need not.

        Returns:
            This view.
        """
        _ = (
            self.by_id,
            self.shown_tally,
            self.model_tally,
            self.reviewer_tally,
            self.alerts,
            self.unopened_blasts,
            self.unreviewed_unidentified,
            self.unidentified_without_comment,
            self.pending_count,
            self.reviewed_count,
        )
        _ = self.shown_tally.blast_interval, self.reviewer_tally.blast_interval  # fills the cache of `clopper_pearson`
        return self

    @property
    def state(self) -> SlideState:
        """State of the slide in the workflow."""
        if self.review.signature:
            return SlideState.AMENDED if self.review.amended else SlideState.SIGNED
        if self.pending_count == len(self.cells):
            return SlideState.IMPORTED
        return SlideState.ANALYSING if self.pending_count else SlideState.IN_REVIEW
