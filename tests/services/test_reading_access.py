"""The second reading: blinded, kept apart, compared, settled; and two programs writing to one slide."""

import pytest

from leukview.core.errors import ReviewError
from leukview.core.paths import resources_dir
from leukview.domain.alerts import parse_alert_rules
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.reading_access import reading_for
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction


@pytest.fixture
def slides() -> MemorySlideStore:
    slides = MemorySlideStore(make_cells(6))
    slides.saved_predictions = {cell.id: make_prediction("lymphocyte") for cell in slides.cells("S-TEST")}
    return slides


@pytest.fixture
def log() -> MemoryReviewLog:
    return MemoryReviewLog()


class SessionFactory:
    """Opens sessions on one slide."""

    def __init__(self, taxonomy: Taxonomy, slides: MemorySlideStore, log: MemoryReviewLog) -> None:
        rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
        self._rooms = (slides, log, taxonomy, rules, "S-TEST")
        self.cells = [cell.id for cell in slides.cells("S-TEST")]

    def open_session(self, reviewer: str, reading: int = FIRST_READING) -> ReviewSession:
        return ReviewSession(*self._rooms, reviewer, reading)

    def both(self) -> None:
        """Dr. A calls all lymphocytes; Dr. B the first two blasts, and signs."""
        self.open_session("Dr. A").accept(self.cells)
        second = self.open_session("Dr. B", SECOND_READING)
        second.override(self.cells[2:], "lymphocyte")
        second.override(self.cells[:2], "blast")
        second.sign("Dr. B", "Second reading")


@pytest.fixture
def readers(taxonomy: Taxonomy, slides: MemorySlideStore, log: MemoryReviewLog) -> SessionFactory:
    return SessionFactory(taxonomy, slides, log)


def test_that_a_second_reader_sees_no_opinion_but_the_own(readers: SessionFactory):
    first = readers.open_session("Dr. A")
    first.override(readers.cells[:1], "blast")
    first.comment(readers.cells[:1], "Auer rod")
    view = readers.open_session("Dr. B", SECOND_READING).view
    seen = view.by_id[readers.cells[0]]
    assert (seen.label, seen.prediction, seen.cell.source, seen.review.comment) == ("unidentified", None, None, "")
    assert all(v.withheld and not v.pending for v in view.cells)
    assert not view.alerts
    assert not view.model_tally.cell_count
    assert view.reviewed_count == 0


def test_that_two_readings_of_one_slide_are_kept_apart(readers: SessionFactory, log: MemoryReviewLog):
    readers.both()
    first = readers.open_session("Dr. A")
    assert [v.label for v in first.view.cells] == ["lymphocyte"] * 6
    assert first.view.review.signature is None
    first.undo()
    assert first.view.reviewed_count == 0, "undo reaches one's own reading"
    assert readers.open_session("Dr. B", SECOND_READING).view.by_id[readers.cells[0]].label == "blast"
    assert log.find_broken_event() is None


def test_that_nobody_reads_the_same_slide_twice(readers: SessionFactory):
    readers.open_session("Dr. A").accept(readers.cells)
    with pytest.raises(ReviewError, match=r"Dr\. A is the first reader"):
        readers.open_session("Dr. A", SECOND_READING)
    readers.open_session("Dr. B", SECOND_READING).override(readers.cells[:1], "blast")
    with pytest.raises(ReviewError, match=r"Dr\. B is already the second reader of this slide"):
        readers.open_session("Dr. C", SECOND_READING)


def test_that_a_second_reading_is_signed_when_every_cell_has_a_label(readers: SessionFactory):
    session = readers.open_session("Dr. B", SECOND_READING)
    session.override(readers.cells[:4], "blast")
    assert session.unmet_requirements() == ("2 cells have no label of the second reader yet.",)
    with pytest.raises(ReviewError, match="cannot be signed yet"):
        session.sign("Dr. B", "Second reading")


def test_that_the_first_reader_sees_the_second_only_once_it_is_signed(readers: SessionFactory):
    second = readers.open_session("Dr. B", SECOND_READING)
    readers.open_session("Dr. A").accept(readers.cells)
    second.override(readers.cells, "blast")
    assert readers.open_session("Dr. A").agreement() is None
    assert second.agreement() is None
    second.sign("Dr. B", "Second reading")
    found = readers.open_session("Dr. A").agreement()
    assert found is not None
    assert len(found.disagreements) == 6


def test_that_disagreements_are_settled_before_the_slide_is_signed(readers: SessionFactory):
    readers.both()
    session = readers.open_session("Dr. A")
    assert "2 disagreements with the second reader are not resolved." in session.unmet_requirements()
    view = session.record_consensus(readers.cells[0], "blast")
    assert (view.by_id[readers.cells[0]].label, view.by_id[readers.cells[0]].review.label) == ("blast", "lymphocyte")
    session.record_consensus(readers.cells[1], "lymphocyte")
    assert not any("disagreements" in sentence for sentence in session.unmet_requirements())
    assert session.view.shown_tally.count("blast") == 1
    session.record_consensus(readers.cells[0], "")
    assert session.view.shown_tally.count("blast") == 0
    with pytest.raises(ReviewError, match="readers agree"):
        session.record_consensus(readers.cells[5], "blast")


def test_that_a_reviewer_opens_a_slide_in_the_reading_begun(readers: SessionFactory, log: MemoryReviewLog):
    assert reading_for(log.rows, "Dr. B", second_reader=True) == SECOND_READING
    assert reading_for(log.rows, "Dr. B", second_reader=False) == FIRST_READING
    readers.open_session("Dr. A").accept(readers.cells)
    assert reading_for(log.rows, "Dr. A", second_reader=True) == FIRST_READING
    readers.open_session("Dr. B", SECOND_READING).override(readers.cells, "blast")
    assert reading_for(log.rows, "Dr. B", second_reader=False) == SECOND_READING
    assert reading_for(log.rows, "Dr. C", second_reader=True) == FIRST_READING
    readers.open_session("Dr. B", SECOND_READING).sign("Dr. B", "read")
    assert reading_for(log.rows, "Dr. B", second_reader=True) == FIRST_READING


def test_that_what_another_program_wrote_is_taken_in_and_not_written_over(
    readers: SessionFactory, log: MemoryReviewLog
):
    mine, theirs = readers.open_session("Dr. A"), readers.open_session("Dr. A")
    theirs.override(readers.cells[:1], "blast")
    view = mine.override(readers.cells[1:2], "monocyte")
    assert [v.label for v in view.cells[:2]] == ["blast", "monocyte"]
    assert theirs.reload().by_id[readers.cells[1]].label == "monocyte"
    assert [e.seq for e in log.rows] == [1, 2]


def test_that_nothing_is_written_on_a_slide_that_another_program_signed_meanwhile(
    readers: SessionFactory, log: MemoryReviewLog
):
    mine, theirs = readers.open_session("Dr. A"), readers.open_session("Dr. C")
    theirs.accept(readers.cells)
    theirs.sign("Dr. C", "Review")
    with pytest.raises(ReviewError, match="signed and read-only"):
        mine.override(readers.cells[:1], "blast")
    assert log.rows[-1].kind is EventKind.SIGN
    assert mine.view.review.signature is not None, "the screen can show why"


def test_that_another_name_does_not_make_another_person(
    taxonomy: Taxonomy, slides: MemorySlideStore, log: MemoryReviewLog
):
    readers = SessionFactory(taxonomy, slides, log)
    readers.open_session("Dr. A").accept(readers.cells)
    events = log.events("S-TEST")
    assert reading_for(events, "Dr. A-B", second_reader=True) == SECOND_READING
    assert reading_for(events, "Dr. A-B", second_reader=True, aliases={"Dr. A"}) == FIRST_READING
    with pytest.raises(ReviewError, match="first reader"):
        ReviewSession(*readers._rooms, "Dr. A-B", SECOND_READING, {"Dr. A"})
