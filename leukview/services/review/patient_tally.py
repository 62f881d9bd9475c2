"""Joint differential of several slides of one patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from leukview.domain.differential import Differential, join_tallies
from leukview.domain.film_evidence import NO_BASIS, FilmFinding, FindingsBasis, film_findings
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class SlideCounts:
    """Counts of one slide for the joint differential.

    Attributes:
        cell_count: Number of all cells.
        shown_counts: Class key → number of cells by the shown labels, without cells not analysed yet.
        model_counts: The same by predictions only.
        reviewer_counts: The same by reviewers' labels only, which is all that a blinded reviewer may see.
        basis: What the findings of the film rest on.
    """

    slide_id: str
    cell_count: int
    shown_counts: Mapping[str, int]
    model_counts: Mapping[str, int]
    reviewer_counts: Mapping[str, int]
    basis: FindingsBasis = NO_BASIS


def count_slide(view: SlideView) -> SlideCounts:
    """Read the counts of a slide from its view."""
    tallies = (view.shown_tally, view.model_tally, view.reviewer_tally)
    shown, model, reviewer = (tally.counts_by_class() for tally in tallies)
    return SlideCounts(view.slide.id, len(view.cells), shown, model, reviewer, view.basis)


@dataclass(frozen=True)
class PatientTally:
    """The differential over all slides of a patient, with intervals of the sum.

    Attributes:
        blind: Only reviewers' labels are counted, and the model's tally is empty.
    """

    taxonomy: Taxonomy
    slides: tuple[SlideCounts, ...]
    blind: bool = False

    @classmethod
    def from_slides(cls, view: SlideView, others: Sequence[SlideCounts], *, blind: bool) -> PatientTally:
        """Join the open slide with the patient's other slides."""
        return cls(view.taxonomy, (count_slide(view), *(o for o in others if o.slide_id != view.slide.id)), blind)

    @cached_property
    def shown_tally(self) -> Differential:
        """Differential by the shown labels; by reviewers' labels for a blinded reviewer."""
        return join_tallies(self.taxonomy, (s.reviewer_counts if self.blind else s.shown_counts for s in self.slides))

    @cached_property
    def model_tally(self) -> Differential:
        """Differential by predictions; empty for a blinded reviewer."""
        return join_tallies(self.taxonomy, () if self.blind else (s.model_counts for s in self.slides))

    @cached_property
    def findings(self) -> tuple[FilmFinding, ...]:
        """Findings over all films of the patient; empty for a blinded reviewer."""
        return () if self.blind else film_findings([s.basis for s in self.slides])

    @property
    def cell_count(self) -> int:
        """Number of cells of all slides."""
        return sum(s.cell_count for s in self.slides)

    @property
    def reviewed_count(self) -> int:
        """Number of cells that a reviewer has labelled."""
        return sum(sum(s.reviewer_counts.values()) for s in self.slides)
