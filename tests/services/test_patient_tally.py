"""Several slides of one patient in one differential."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.binomial import clopper_pearson
from leukview.domain.differential import differential, joined
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.patient_tally import JoinedTally, counts_of
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryLog, MemorySlides, make_cells, make_prediction


def make_session(taxonomy: Taxonomy, slide: str, blasts: int, count: int = 50) -> ReviewSession:
    slides = MemorySlides(make_cells(count, slide))
    for number, cell in enumerate(slides.cells(slide)):
        slides.saved[cell.id] = make_prediction("blast", 0.9) if number < blasts else make_prediction()
    return ReviewSession(slides, MemoryLog(), taxonomy, (), slide, "r")


def test_that_counts_are_summed_and_the_interval_is_that_of_the_sum(taxonomy: Taxonomy):
    one, other = make_session(taxonomy, "S-1", 5).view, make_session(taxonomy, "S-2", 15).view
    tally = JoinedTally.of(one, [counts_of(other)], blind=False)
    assert (tally.shown.n, tally.shown.blasts, tally.cells) == (100, 20, 100)
    assert tally.shown.blast_interval == clopper_pearson(20, 100)
    assert tally.model.counts() == tally.shown.counts()
    assert all(row.absolute_per_nl is None for row in tally.shown.rows)


def test_that_the_slide_on_the_bench_is_counted_once_and_live(taxonomy: Taxonomy):
    bench = make_session(taxonomy, "S-1", 5)
    old = counts_of(bench.view)
    relabelled = bench.override([bench.view.cells[0].cell.id], "monocyte")
    tally = JoinedTally.of(relabelled, [old, counts_of(make_session(taxonomy, "S-2", 0).view)], blind=False)
    assert len(tally.slides) == 2
    assert (tally.shown.blasts, tally.shown.count("monocyte"), tally.reviewed) == (4, 1, 1)
    assert tally.model.blasts == 5


def test_that_a_blinded_reviewer_joins_only_what_persons_said(taxonomy: Taxonomy):
    bench = make_session(taxonomy, "S-1", 5)
    view = bench.accept([v.cell.id for v in bench.view.cells[:3]])
    tally = JoinedTally.of(view, [counts_of(make_session(taxonomy, "S-2", 15).view)], blind=True)
    assert tally.shown.counts() == {"blast": 3}
    assert tally.model.total == 0


@given(st.lists(st.dictionaries(st.sampled_from(["blast", "monocyte", "smudge_cell"]), st.integers(1, 30)), max_size=4))
def test_that_joining_is_tallying_all_cells_at_once(taxonomy: Taxonomy, slides: list[dict[str, int]]):
    labels = [key for counts in slides for key, count in counts.items() for _ in range(count)]
    assert joined(taxonomy, slides) == differential(taxonomy, labels)
    assert joined(taxonomy, slides).total == len(labels)
