"""A slide as it stands now: each cell with its opinions, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from leukview.domain.alerts import Alert, AlertRule, evaluate_alerts
from leukview.domain.differential import Differential, compute_differential
from leukview.domain.models.quality_control import is_override
from leukview.domain.prediction import Measurement, Prediction
from leukview.domain.repaired_mask import REVIEWER_PREFIX
from leukview.domain.review.events import FIRST_READING, SECOND_READING, CellReview, ReviewState
from leukview.domain.slide import Cell, Slide, SlideState
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy

_BLOCKING_PROPERTIES = ("unopened_blasts", "unnamed", "unexplained")


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with its three opinions; nothing overwrites one.

    Attributes:
        label: The shown class key: the readers' consensus, else the reviewer's, else the model's, else
            ``unidentified``.
        pending: Neither reviewer nor model has said anything yet.
        consensus: What first and second reader settled on after they had differed; "" when nothing was settled.
        withheld: A second reader sees it: the opinions of analyser, model and first reader are left out.
        segmented: What the model said inside the segmenter's outline, where the reviewer drew another one.
        drawn: Measured on the reviewer's outline, where there is one.
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
        """Of the reviewer's outline, else of the segmenter's; None while there is neither."""
        return self.repaired_measurement or (self.prediction.measurement if self.prediction else None)

    @property
    def is_mask_classified(self) -> bool:
        """The prediction is of the outline that stands; False until the model has seen the reviewer's."""
        mask = self.review.mask
        return mask is None or (self.prediction is not None and self.prediction.segmenter == mask.identity)

    @property
    def reviewed(self) -> bool:
        """A person said what it is."""
        return bool(self.review.label)

    @property
    def label_confidence(self) -> float | None:
        """The model's confidence in the class that is shown, 0..1; None where it speaks of another class, or not.

        A number that stands beside a class must be about that class: below a cell that a reviewer named otherwise, or
        that the model left unidentified, there is none.
        """
        said = self.prediction
        return said.confidence if said is not None and said.best == self.label else None

    @property
    def unassisted_prediction(self) -> Prediction | None:
        """What the model said by itself: on the segmenter's outline, not inside one that a reviewer drew."""
        said = self.segmenter_prediction or self.prediction
        return None if said is None or said.segmenter.startswith(REVIEWER_PREFIX) else said

    def is_override(self, taxonomy: Taxonomy) -> bool:
        """Whether the reader overrode the model; see `leukview.domain.models.quality_control.is_override`."""
        said = self.unassisted_prediction
        return self.reviewed and said is not None and is_override(taxonomy, said.label, self.label)


@dataclass(frozen=True)
class SlideView:
    """A slide as it stands now."""

    slide: Slide
    cells: tuple[CellView, ...]
    review: ReviewState
    taxonomy: Taxonomy
    rules: tuple[AlertRule, ...]
    reading: int = FIRST_READING

    @cached_property
    def by_id(self) -> dict[str, CellView]:
        """Cell id → cell."""
        return {v.cell.id: v for v in self.cells}

    @cached_property
    def shown_tally(self) -> Differential:
        """Tally of the shown labels; cells still pending are left out."""
        return compute_differential(
            self.taxonomy, [v.label for v in self.cells if not v.pending], self.slide.wbc_per_nl
        )

    @cached_property
    def model_tally(self) -> Differential:
        """Tally of what the model said by itself, see `CellView.unassisted_prediction`."""
        return compute_differential(
            self.taxonomy,
            [v.unassisted_prediction.label for v in self.cells if v.unassisted_prediction],
            self.slide.wbc_per_nl,
        )

    @cached_property
    def reviewer_tally(self) -> Differential:
        """Tally of the labels that persons gave: all that a blinded reviewer may see."""
        return compute_differential(self.taxonomy, [v.label for v in self.cells if v.reviewed])

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """Rules that fire on the shown labels."""
        labels = {v.cell.id: v.label for v in self.cells if not v.pending}
        return evaluate_alerts(
            self.rules, self.taxonomy, labels, {v.cell.id: v.prediction for v in self.cells if v.prediction}
        )

    @property
    def unacknowledged_alerts(self) -> tuple[Alert, ...]:
        """Alerts that must be acknowledged and were not."""
        return tuple(a for a in self.alerts if a.rule.must_acknowledge and a.rule.key not in self.review.acknowledged)

    @cached_property
    def unopened_blasts(self) -> tuple[str, ...]:
        """Cells shown as blast or equivalent that nobody looked at large."""
        return tuple(v.cell.id for v in self.cells if self._is_blast_like(v.label) and not v.review.opened)

    @cached_property
    def unreviewed_unidentified(self) -> tuple[str, ...]:
        """Cells that the model left unidentified and nobody reviewed."""
        return tuple(v.cell.id for v in self.cells if v.label == UNIDENTIFIED and not v.reviewed and not v.pending)

    @cached_property
    def unidentified_without_comment(self) -> tuple[str, ...]:
        """Cells that a person left unidentified without a comment that says why."""
        return tuple(v.cell.id for v in self.cells if v.label == UNIDENTIFIED and v.reviewed and not v.review.comment)

    @property
    def blocking_cells(self) -> tuple[str, ...]:
        """Cells that have to be looked at, named or explained before the slide can be signed, each once."""
        if self.reading == SECOND_READING:
            return tuple(v.cell.id for v in self.cells if not v.reviewed)
        return tuple(
            dict.fromkeys((*self.unopened_blasts, *self.unreviewed_unidentified, *self.unidentified_without_comment))
        )

    def _is_blast_like(self, label: str) -> bool:
        cell_class = self.taxonomy.cell_class(label)
        return cell_class.is_blast or cell_class.is_blast_equivalent

    @cached_property
    def pending_count(self) -> int:
        """Cells not analysed and not reviewed."""
        return sum(v.pending for v in self.cells)

    @cached_property
    def reviewed_count(self) -> int:
        """Cells a person has accepted or overridden."""
        return sum(v.reviewed for v in self.cells)

    @cached_property
    def comparable_cells(self) -> tuple[CellView, ...]:
        """Cells that both a person and, by itself, the model gave a class."""
        return tuple(v for v in self.cells if v.reviewed and v.unassisted_prediction)

    @cached_property
    def overridden_cells(self) -> tuple[CellView, ...]:
        """Of the cells `judged`, those on which the reader overruled the model."""
        return tuple(v for v in self.comparable_cells if v.is_override(self.taxonomy))

    def precompute(self) -> SlideView:
        """This view with all that a window asks of it worked out: in the worker, so that the window need not."""
        for name in (
            "by_id",
            "shown",
            "model",
            "reviewer_tally",
            "alerts",
            *_BLOCKING_PROPERTIES,
            "pending",
            "reviewed",
        ):
            getattr(self, name)
        _ = self.shown_tally.blast_interval, self.reviewer_tally.blast_interval  # kept where intervals are
        return self

    @property
    def state(self) -> SlideState:
        """Where the slide stands."""
        if self.review.signature:
            return SlideState.AMENDED if self.review.amended else SlideState.SIGNED
        if self.pending_count == len(self.cells):
            return SlideState.IMPORTED
        return SlideState.ANALYSING if self.pending_count else SlideState.IN_REVIEW
