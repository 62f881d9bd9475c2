"""Several slides of one patient, joined into one differential."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from leukview.domain.differential import Differential, joined
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
    cells: int
    shown: Mapping[str, int]
    model: Mapping[str, int]
    named: Mapping[str, int]


def counts_of(view: SlideView) -> SlideCounts:
    """The counts of a slide as it stands."""
    tallies = (view.shown, view.model, view.reviewer_tally)
    return SlideCounts(view.slide.id, len(view.cells), *(tally.counts() for tally in tallies))


@dataclass(frozen=True)
class JoinedTally:
    """The differential over all slides of a patient; intervals are those of the sum.

    Attributes:
        blind: Only what persons said is counted, and the model's column is empty.
    """

    taxonomy: Taxonomy
    slides: tuple[SlideCounts, ...]
    blind: bool = False

    @classmethod
    def of(cls, view: SlideView, others: Sequence[SlideCounts], *, blind: bool) -> JoinedTally:
        """The slide on the bench as it stands, with the patient's other slides."""
        return cls(view.taxonomy, (counts_of(view), *(o for o in others if o.slide_id != view.slide.id)), blind)

    @cached_property
    def shown(self) -> Differential:
        """By the shown labels."""
        return joined(self.taxonomy, (s.named if self.blind else s.shown for s in self.slides))

    @cached_property
    def model(self) -> Differential:
        """By the model's labels alone; empty for a blinded reviewer."""
        return joined(self.taxonomy, () if self.blind else (s.model for s in self.slides))

    @property
    def cells(self) -> int:
        """Of all slides."""
        return sum(s.cells for s in self.slides)

    @property
    def reviewed(self) -> int:
        """Cells that a person has accepted or overridden."""
        return sum(sum(s.named.values()) for s in self.slides)
