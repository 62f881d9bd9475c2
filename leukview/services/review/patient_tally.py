"""Several slides of one patient, joined into one differential."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from leukview.domain.differential import Differential, join_tallies
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class SlideCounts:
    """What one slide brings to the joined differential.

    Attributes:
        shown: Class key → cells, by the shown labels; cells not analysed yet are left out.
        model: By the model's labels alone.
        named: By a person's labels alone: all that a blinded reviewer may see.
    """

    slide_id: str
    cell_count: int
    shown_counts: Mapping[str, int]
    model_counts: Mapping[str, int]
    reviewer_counts: Mapping[str, int]


def count_slide(view: SlideView) -> SlideCounts:
    """The counts of a slide as it stands."""
    tallies = (view.shown_tally, view.model_tally, view.reviewer_tally)
    return SlideCounts(view.slide.id, len(view.cells), *(tally.counts_by_class() for tally in tallies))


@dataclass(frozen=True)
class PatientTally:
    """The differential over all slides of a patient; intervals are those of the sum.

    Attributes:
        blind: Only what persons said is counted, and the model's column is empty.
    """

    taxonomy: Taxonomy
    slides: tuple[SlideCounts, ...]
    blind: bool = False

    @classmethod
    def from_slides(cls, view: SlideView, others: Sequence[SlideCounts], *, blind: bool) -> PatientTally:
        """The slide on the bench as it stands, with the patient's other slides."""
        return cls(view.taxonomy, (count_slide(view), *(o for o in others if o.slide_id != view.slide.id)), blind)

    @cached_property
    def shown_tally(self) -> Differential:
        """By the shown labels."""
        return join_tallies(self.taxonomy, (s.reviewer_counts if self.blind else s.shown_counts for s in self.slides))

    @cached_property
    def model_tally(self) -> Differential:
        """By the model's labels alone; empty for a blinded reviewer."""
        return join_tallies(self.taxonomy, () if self.blind else (s.model_counts for s in self.slides))

    @property
    def cell_count(self) -> int:
        """Of all slides."""
        return sum(s.cell_count for s in self.slides)

    @property
    def reviewed_count(self) -> int:
        """Cells that a person has accepted or overridden."""
        return sum(sum(s.reviewer_counts.values()) for s in self.slides)
