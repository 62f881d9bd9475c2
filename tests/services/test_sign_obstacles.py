from dataclasses import replace

import pytest

from leukview.bootstrap.site_config import load_alert_rules, load_sign_rule
from leukview.core.errors import ReviewError
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.review.sign_rule import Inspection, SignRule
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction

SHIPPED = load_sign_rule()


class Bench:
    """Sessions on one slide: two blasts, two unidentified cells, the rest lymphocytes."""

    def __init__(self, taxonomy: Taxonomy, count: int = 120) -> None:
        self.taxonomy, self.log = taxonomy, MemoryReviewLog()
        self.slides = MemorySlideStore(make_cells(count))
        for number, cell in enumerate(self.slides.cells("S-TEST")):
            said = make_prediction("blast", 0.95, 0.1) if number < 2 else make_prediction()
            self.slides.saved_predictions[cell.id] = replace(said, label="unidentified") if number in {2, 3} else said
        self.ids = [cell.id for cell in self.slides.cells("S-TEST")]

    def session(self, rule: SignRule = SHIPPED, reviewer: str = "Dr. A", reading: int = 1) -> ReviewSession:
        rules = load_alert_rules(self.taxonomy)
        return ReviewSession(self.slides, self.log, self.taxonomy, rules, "S-TEST", reviewer, reading, sign_rule=rule)


@pytest.fixture
def bench(taxonomy: Taxonomy) -> Bench:
    return Bench(taxonomy)


def obstacles(session: ReviewSession) -> dict[str, tuple[str, ...]]:
    return {obstacle.text: obstacle.cells for obstacle in session.sign_obstacles()}


def test_that_a_slide_with_cells_nobody_saw_is_not_signed_and_the_cells_are_named(bench: Bench):
    session = bench.session()
    session.acknowledge_alert("blasts")
    session.record_seen(bench.ids[:60])
    for cell in bench.ids[:4]:
        session.record_opened(cell)
    assert obstacles(session) == {"Cells not yet shown on the screen: 60.": tuple(bench.ids[60:])}
    with pytest.raises(ReviewError, match="cannot be signed"):
        session.sign("Dr. A", "Reviewed")
    session.override(bench.ids[60:70], "monocyte")  # a labelled cell need not be seen again
    session.record_seen(bench.ids[70:])
    assert obstacles(session) == {}
    session.sign("Dr. A", "Reviewed")


def test_that_blast_like_and_unidentified_cells_must_be_opened_or_labelled(bench: Bench):
    session = bench.session()
    session.record_seen(bench.ids)
    session.acknowledge_alert("blasts")
    assert obstacles(session) == {
        "Blast-like cells neither opened nor labelled: 2.": tuple(bench.ids[:2]),
        "Unidentified cells neither opened nor labelled: 2.": tuple(bench.ids[2:4]),
    }
    session.record_opened(bench.ids[0])
    session.accept([bench.ids[1]])
    session.record_opened(bench.ids[2])
    session.override([bench.ids[3]], "unidentified")
    assert obstacles(session) == {
        "Cells labelled unidentified without a comment that gives the reason: 1.": (bench.ids[3],)
    }


def test_that_fewer_leukocytes_than_the_rule_demands_need_a_reason(taxonomy: Taxonomy):
    bench = Bench(taxonomy, count=60)
    session = bench.session()
    session.record_seen(bench.ids)
    session.accept(bench.ids[:2])
    session.override(bench.ids[2:4], "lymphocyte")
    session.acknowledge_alert("blasts")
    assert obstacles(session) == {}
    assert session.reason_request == ("Leukocytes counted: 60, fewer than 100. To sign nevertheless, give the reason.")
    with pytest.raises(ReviewError, match="needs a reason"):
        session.sign("Dr. A", "Reviewed", "  ")
    view = session.sign("Dr. A", "Reviewed", " leukopenia, whole film screened ")
    assert view.review.signature is not None
    assert view.review.signature.reason == "leukopenia, whole film screened"
    assert bench.log.rows[-1].payload["rule"] == SHIPPED.to_payload()


def test_that_a_site_can_forbid_signatures_on_few_leukocytes(taxonomy: Taxonomy):
    bench = Bench(taxonomy, count=60)
    session = bench.session(replace(SHIPPED, fewer_with_reason=False))
    assert "Leukocytes counted: 58. At least 100 are needed for a signature." in obstacles(session)
    assert session.reason_request == ""


def test_that_a_stricter_site_file_is_read_instead_of_the_shipped_rule(bench: Bench):
    text = (resources_dir() / "sign_rule.toml").read_text(encoding="utf-8")
    own = data_dir() / "sign_rule.toml"
    own.write_text(text.replace('every_cell = "seen"', 'every_cell = "labelled"'), encoding="utf-8")
    session = bench.session(load_sign_rule())
    session.record_seen(bench.ids)
    assert obstacles(session)["Cells not labelled by a reviewer: 120."] == tuple(bench.ids)
    session.accept(bench.ids[:100])
    assert obstacles(session)["Cells not labelled by a reviewer: 20."] == tuple(bench.ids[100:])


@pytest.mark.parametrize("inspection", Inspection)
def test_that_each_requirement_has_its_own_text_for_each_kind_of_cell(bench: Bench, inspection: Inspection):
    texts = [
        obstacle.text
        for rule in (
            SignRule(every_cell=inspection, blast_like_cells=Inspection.NONE, unidentified_cells=Inspection.NONE),
            SignRule(blast_like_cells=inspection, unidentified_cells=Inspection.NONE),
            SignRule(blast_like_cells=Inspection.NONE, unidentified_cells=inspection),
        )
        for obstacle in bench.session(rule).sign_obstacles()
        if "alert" not in obstacle.text
    ]
    assert len(set(texts)) == (0 if inspection is Inspection.NONE else 3)


def test_that_each_reader_has_a_seen_set_of_their_own(bench: Bench):
    second = bench.session(reviewer="Dr. B", reading=SECOND_READING)
    second.record_seen(bench.ids)
    first = bench.session()
    assert first.view.review.seen == frozenset()
    first.record_seen(bench.ids[:3])
    assert first.view.review.seen == set(bench.ids[:3])
    assert second.reload().review.seen == set(bench.ids)
    assert "Cells not yet shown on the screen: 117." in obstacles(first)


def test_that_seeing_is_one_event_for_many_cells_and_is_recorded_once(bench: Bench):
    session = bench.session()
    before = session.view
    after = session.record_seen(bench.ids[:50])
    session.record_seen(bench.ids[:60])
    session.record_seen(bench.ids[:60])
    assert [(e.kind, len(e.cells)) for e in bench.log.rows] == [(EventKind.SEEN, 50), (EventKind.SEEN, 10)]
    assert all(a is b for a, b in zip(before.cells, after.cells, strict=True))  # no tile is painted again
    assert after.shown_tally is before.shown_tally
    assert session.view == bench.session().view
    assert session.view.review.undo_stack == ()


def test_that_nothing_is_seen_on_a_signed_slide_and_an_amendment_keeps_what_was_seen(bench: Bench):
    session = bench.session(SignRule(blast_like_cells=Inspection.NONE, unidentified_cells=Inspection.NONE))
    session.record_seen(bench.ids[:5])
    session.acknowledge_alert("blasts")
    session.sign("Dr. A", "Reviewed")
    assert session.record_seen(bench.ids[5:]).review.seen == set(bench.ids[:5])
    assert session.reopen("a cell was missed").review.seen == set(bench.ids[:5])
