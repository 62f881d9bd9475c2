"""Several slides of one patient in one differential."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.binomial import clopper_pearson
from leukview.domain.differential import compute_differential, join_tallies
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.patient_tally import PatientTally, count_slide
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction


def make_session(taxonomy: Taxonomy, slide: str, blasts: int, count: int = 50) -> ReviewSession:
    slides = MemorySlideStore(make_cells(count, slide))
    for number, cell in enumerate(slides.cells(slide)):
        slides.saved_predictions[cell.id] = make_prediction("blast", 0.9) if number < blasts else make_prediction()
    return ReviewSession(slides, MemoryReviewLog(), taxonomy, (), slide, "r")


def test_that_counts_are_summed_and_the_interval_is_that_of_the_sum(taxonomy: Taxonomy):
    one, other = make_session(taxonomy, "S-1", 5).view, make_session(taxonomy, "S-2", 15).view
    tally = PatientTally.from_slides(one, [count_slide(other)], blind=False)
    assert (tally.shown_tally.leukocyte_count, tally.shown_tally.blast_count, tally.cell_count) == (100, 20, 100)
    assert tally.shown_tally.blast_interval == clopper_pearson(20, 100)
    assert tally.model_tally.counts_by_class() == tally.shown_tally.counts_by_class()
    assert all(row.absolute_per_nl is None for row in tally.shown_tally.leukocytes)


def test_that_the_slide_on_the_bench_is_counted_once_and_live(taxonomy: Taxonomy):
    bench = make_session(taxonomy, "S-1", 5)
    old = count_slide(bench.view)
    relabelled = bench.override([bench.view.cells[0].cell.id], "monocyte")
    tally = PatientTally.from_slides(relabelled, [old, count_slide(make_session(taxonomy, "S-2", 0).view)], blind=False)
    assert len(tally.slides) == 2
    assert (tally.shown_tally.blast_count, tally.shown_tally.count("monocyte"), tally.reviewed_count) == (4, 1, 1)
    assert tally.model_tally.blast_count == 5


def test_that_a_blinded_reviewer_joins_only_what_persons_said(taxonomy: Taxonomy):
    bench = make_session(taxonomy, "S-1", 5)
    view = bench.accept([v.cell.id for v in bench.view.cells[:3]])
    tally = PatientTally.from_slides(view, [count_slide(make_session(taxonomy, "S-2", 15).view)], blind=True)
    assert tally.shown_tally.counts_by_class() == {"blast": 3}
    assert tally.model_tally.cell_count == 0


@given(st.lists(st.dictionaries(st.sampled_from(["blast", "monocyte", "smudge_cell"]), st.integers(1, 30)), max_size=4))
def test_that_joining_is_tallying_all_cells_at_once(taxonomy: Taxonomy, slides: list[dict[str, int]]):
    labels = [key for counts in slides for key, count in counts.items() for _ in range(count)]
    assert join_tallies(taxonomy, slides) == compute_differential(taxonomy, labels)
    assert join_tallies(taxonomy, slides).cell_count == len(labels)
