"""Two programs on one slide: a decision holds for what the person saw, or it is taken again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leukview.bootstrap.site_config import load_alert_rules, load_grading_form
from leukview.core.errors import ReviewError
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.slide import SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.concurrency import OutdatedDecisionError
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction

FORM = load_grading_form()
ITEM = next(item for group in FORM.groups for item in group.items)


@pytest.fixture
def slides() -> MemorySlideStore:
    made = MemorySlideStore(make_cells(120))
    made.saved_predictions = {cell.id: make_prediction() for cell in made.cells("S-TEST")}
    return made


@pytest.fixture
def log() -> MemoryReviewLog:
    return MemoryReviewLog()


@pytest.fixture
def open_session(slides: MemorySlideStore, log: MemoryReviewLog, taxonomy: Taxonomy) -> Callable[..., ReviewSession]:
    rules = load_alert_rules(taxonomy)

    def make(reviewer: str, reading: int = 1) -> ReviewSession:
        return ReviewSession(slides, log, taxonomy, rules, "S-TEST", reviewer, reading)

    return make


@pytest.fixture
def here(open_session: Callable[..., ReviewSession]) -> ReviewSession:
    return open_session("Dr. Here")


@pytest.fixture
def there(open_session: Callable[..., ReviewSession], here: ReviewSession) -> ReviewSession:
    return open_session("Dr. There")


def test_that_a_signature_given_while_another_program_wrote_is_refused_and_the_new_state_shown(
    here: ReviewSession, there: ReviewSession, log: MemoryReviewLog
):
    cells = [v.cell.id for v in here.view.cells]
    there.override(cells[:10], "blast")
    with pytest.raises(OutdatedDecisionError, match="nothing was recorded"):
        here.sign("Ada Here", "Reviewed")
    assert not [e for e in log.rows if e.kind is EventKind.SIGN]
    assert here.view.shown_tally.count("blast") == 10
    with pytest.raises(ReviewError, match="cannot be signed yet"):
        here.sign("Ada Here", "Reviewed")  # the blasts were not opened, and their alert is open


def test_that_what_changes_no_decision_does_not_stop_a_signature(
    here: ReviewSession, there: ReviewSession, log: MemoryReviewLog
):
    there.record_opened(there.view.cells[3].cell.id)
    there.record_report("R-1", "a" * 64)
    assert here.sign("Ada Here", "Reviewed").state is SlideState.SIGNED
    payload = log.rows[-1].payload["signed_state"]
    assert isinstance(payload, dict)
    assert payload["event"] == {"seq": 2, "hash": log.rows[1].hash}


def test_that_a_signature_names_its_event_its_cells_their_hashes_and_their_classes(
    here: ReviewSession, log: MemoryReviewLog
):
    first = here.view.cells[0].cell
    here.override([first.id], "monocyte")
    here.sign("Ada Here", "Reviewed")
    payload = log.rows[-1].payload["signed_state"]
    assert payload == {
        "event": {"seq": 1, "hash": log.rows[0].hash},
        "cells": {v.cell.id: v.cell.sha256 for v in here.view.cells},
        "labels": {v.cell.id: v.label for v in here.view.cells},
    }
    assert payload["labels"][first.id] == "monocyte"


def test_that_cells_and_predictions_that_came_without_an_event_stop_a_signature(
    here: ReviewSession, slides: MemorySlideStore
):
    slides._cells = make_cells(123)
    with pytest.raises(OutdatedDecisionError):
        here.sign("Ada Here", "Reviewed")
    assert len(here.view.cells) == 123
    slides.saved_predictions |= {cell.id: make_prediction() for cell in slides.cells("S-TEST")}
    here.reload()
    slides.saved_predictions[here.view.cells[5].cell.id] = make_prediction("monocyte")
    with pytest.raises(OutdatedDecisionError):
        here.sign("Ada Here", "Reviewed")
    assert here.view.cells[5].label == "monocyte"
    assert here.sign("Ada Here", "Reviewed").state is SlideState.SIGNED


def test_that_accept_confirms_the_class_that_was_seen_and_no_other(
    here: ReviewSession, there: ReviewSession, log: MemoryReviewLog
):
    one, two = (v.cell.id for v in here.view.cells[:2])
    there.override([one], "blast")
    with pytest.raises(OutdatedDecisionError):
        here.accept([one, two])
    assert here.view.by_id[one].label == "blast"
    assert here.view.by_id[one].review.reviewer == "Dr. There"
    here.accept([two])  # a cell that nobody else touched
    assert log.rows[-1].payload == {"labels": {two: "lymphocyte"}}


def test_that_a_decision_is_on_the_state_that_was_on_the_screen(here: ReviewSession, there: ReviewSession):
    cell = here.view.cells[0].cell.id
    there.override([cell], "blast")
    here.apply_new_events()  # known to the session, but the person had pressed the key before
    with here.based_on(0), pytest.raises(OutdatedDecisionError):
        here.accept([cell])
    with here.based_on(here.last_seq):
        assert here.accept([cell]).by_id[cell].review.reviewer == "Dr. Here"


def test_that_keys_typed_ahead_are_not_refused_for_the_own_events_before_them(here: ReviewSession):
    cell = here.view.cells[0].cell.id
    with here.based_on(0):
        here.override([cell], "blast")
        here.undo()
        assert here.accept([cell]).by_id[cell].label == "lymphocyte"


DECISIONS: dict[str, tuple[Callable[[ReviewSession, str], object], Callable[[ReviewSession, str], object]]] = {
    "override": (lambda s, c: s.override([c], "monocyte"), lambda s, c: s.accept([c])),
    "comment on a cell": (lambda s, c: s.comment([c], "one"), lambda s, c: s.comment([c], "two")),
    "comment on the slide": (lambda s, _: s.comment([], "one"), lambda s, _: s.comment([], "two")),
    "details": (
        lambda s, _: s.set_slide_details(wbc_per_nl=7.2, um_per_px=None),
        lambda s, _: s.set_slide_details(wbc_per_nl=11.0, um_per_px=None),
    ),
    "grades": (
        lambda s, _: s.grade(FORM, {ITEM.key: ITEM.grades[0].key}),
        lambda s, _: s.grade(FORM, {ITEM.key: ITEM.grades[1].key}),
    ),
    "undo": (lambda s, c: s.override([c], "monocyte"), lambda s, _: s.undo()),
    "after an undo": (lambda s, _: s.undo(), lambda s, c: s.override([c], "monocyte")),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_that_a_decision_on_what_another_program_changed_is_taken_again(
    name: str, here: ReviewSession, there: ReviewSession, log: MemoryReviewLog
):
    theirs, mine = DECISIONS[name]
    cell = here.view.cells[0].cell.id
    here.override([cell], "eosinophil")
    there.reload()
    theirs(there, cell)
    count = len(log.rows)
    with pytest.raises(OutdatedDecisionError):
        mine(here, cell)
    assert len(log.rows) == count
    assert here.last_seq == count
    mine(here, cell)
    assert len(log.rows) == count + 1


@pytest.mark.parametrize("name", [name for name in DECISIONS if "undo" not in name])
def test_that_a_decision_on_something_else_goes_on(
    name: str, here: ReviewSession, there: ReviewSession, log: MemoryReviewLog
):
    there.override([there.view.cells[7].cell.id], "monocyte")
    there.comment([there.view.cells[7].cell.id], "seen there")
    DECISIONS[name][1](here, here.view.cells[0].cell.id)
    assert len(log.rows) == 3


def test_that_an_alert_that_changed_is_not_acknowledged_unseen(here: ReviewSession, there: ReviewSession):
    cells = [v.cell.id for v in here.view.cells]
    here.override(cells[:3], "blast")
    there.reload()
    (alert,) = here.view.unacknowledged_alerts
    there.override(cells[3:30], "blast")
    with pytest.raises(OutdatedDecisionError):
        here.acknowledge_alert(alert.rule.key, called_person="Dr. House")
    (now,) = here.view.unacknowledged_alerts
    assert len(now.cell_ids) == 30
    with pytest.raises(OutdatedDecisionError):
        here.acknowledge_alert(alert.rule.key, called_person="Dr. House", seen=alert)
    here.acknowledge_alert(now.rule.key, called_person="Dr. House", seen=now)
    assert not here.view.unacknowledged_alerts


def test_that_two_programs_do_not_acknowledge_one_alert_over_each_other(here: ReviewSession, there: ReviewSession):
    here.override([here.view.cells[0].cell.id], "blast")
    there.reload()
    (alert,) = there.view.unacknowledged_alerts
    there.acknowledge_alert(alert.rule.key, called_person="Dr. House")
    with pytest.raises(OutdatedDecisionError):
        here.acknowledge_alert(alert.rule.key, called_person="Dr. Cuddy")


def test_that_a_slide_reopened_and_signed_again_elsewhere_is_not_reopened_unseen(
    here: ReviewSession, there: ReviewSession
):
    here.sign("Ada Here", "Reviewed")
    there.reload()
    there.reopen("one more look")
    there.sign("Bob There", "Reviewed")
    with pytest.raises(OutdatedDecisionError):
        here.reopen("an outline")
    assert here.view.review.signature is not None
    assert here.view.review.signature.name == "Bob There"


def test_that_the_second_readers_labels_neither_stop_nor_show_in_the_first_reading(
    here: ReviewSession, open_session: Callable[..., ReviewSession]
):
    cell = here.view.cells[0].cell.id
    here.override([cell], "monocyte")
    second = open_session("Dr. Second", SECOND_READING)
    second.override([cell], "blast")
    assert here.accept([cell]).by_id[cell].label == "monocyte"
    second.accept([cell])  # the first reader's event stops no second reading
    here.override([cell], "eosinophil")
