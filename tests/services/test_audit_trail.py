import csv
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leukview.bootstrap.site_config import load_alert_rules, load_grading_form
from leukview.core.errors import LeukViewError
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.review.reducer import undone_event_ids
from leukview.domain.taxonomy import Taxonomy
from leukview.services.audit.cell_history import HistoryEntry, HistorySource, cell_history
from leukview.services.audit.trail import AuditFilter, AuditRow, ChainState, audit_rows, export_audit, verify_chain
from leukview.services.review.event_text import EventNames
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction


@pytest.fixture
def slides() -> MemorySlideStore:
    slides = MemorySlideStore(make_cells(20))
    for cell in slides.cells("S-TEST"):
        slides.saved_predictions[cell.id] = make_prediction()
    return slides


@pytest.fixture
def log() -> MemoryReviewLog:
    return MemoryReviewLog()


@pytest.fixture
def names(taxonomy: Taxonomy, slides: MemorySlideStore) -> EventNames:
    numbers = {c.id: c.number for c in slides.cells("S-TEST")}
    return EventNames(taxonomy, load_alert_rules(taxonomy), load_grading_form(), numbers)


@pytest.fixture
def session(taxonomy: Taxonomy, slides: MemorySlideStore, log: MemoryReviewLog) -> ReviewSession:
    """A review in which each kind of action was done once."""
    session = ReviewSession(slides, log, taxonomy, load_alert_rules(taxonomy), "S-TEST", "Dr. A")
    a, b, c = (v.cell.id for v in session.view.cells[:3])
    session.record_opened(a)
    session.record_map_shown(a, "stage1", "malignant")
    session.accept([a, b])
    session.override([b, c], "monocyte")
    session.undo()
    session.redo()
    session.comment([c], "=folded nucleus")
    session.comment([], "thick film")
    session.grade(load_grading_form(), {"target_cells": "2+", "rouleaux": "0"})
    session.set_slide_details(wbc_per_nl=12.5, um_per_px=None)
    session.acknowledge_alert("apl", called_person="Dr. Weiss", note="fresh sample")
    session.sign("A. Nyone", "Reviewed")
    session.record_report("R-1", "ab" * 32)
    session.reopen("one cell was missed")
    return session


def audit_rows_of(session: ReviewSession, names: EventNames) -> tuple[AuditRow, ...]:
    return audit_rows(session.events, names, undone_event_ids(session.events))


def test_that_a_letter_is_told_by_what_it_was_pressed_on(
    taxonomy: Taxonomy, slides: MemorySlideStore, log: MemoryReviewLog, names: EventNames
):
    session = ReviewSession(slides, log, taxonomy, load_alert_rules(taxonomy), "S-TEST", "Dr. A")
    a, b = (v.cell.id for v in session.view.cells[:2])
    session.override([a], "lymphocyte")  # what the model had said
    session.override([a], "blast")
    session.override([a, b], "lymphocyte")
    session.override([b], "unidentified")
    session.override([b], "monocyte")
    second = ReviewSession(slides, log, taxonomy, (), "S-TEST", "Dr. B", SECOND_READING)
    second.override([a], "blast")
    second.override([a], "monocyte")
    rows = audit_rows(log.events(), names, ())
    assert [row.kind_text for row in rows] == [
        "Confirmed",
        "Overridden",
        "Labelled",
        "Overridden",
        "Labelled",
        "Labelled",
        "Labelled",
    ]
    assert rows[0].text == "Confirmed cell 1 as Lymphocyte."
    assert rows[1].text == "Labelled cell 1 as Blast (previously shown: Lymphocyte)."
    assert rows[2].text == "Labelled cells 1 and 2 as Lymphocyte (previously shown: Blast 1, Lymphocyte 1)."
    assert {row.blinded_kind_text for row in rows} == {"Labelled"}
    assert rows[0].blinded_text == "Labelled cell 1 as Lymphocyte."
    assert {e.kind.value for e in log.events()} == {"override"}, "the log stays as it is"
    assert log.find_broken_event() is None


def test_that_each_event_reads_as_a_sentence(session: ReviewSession, names: EventNames):
    rows = audit_rows_of(session, names)
    assert [row.text for row in rows] == [
        "Opened the large image of cell 1.",
        "Viewed the class-activation map of cell 1: 1 · Benign or malignant – malignant.",
        "Accepted cells 1 and 2 as Lymphocyte.",
        "Labelled cells 2 and 3 as Monocyte (previously shown: Lymphocyte).",
        "Undid no. 4: Labelled cells 2 and 3 as Monocyte (previously shown: Lymphocyte).",
        "Redid no. 4: Labelled cells 2 and 3 as Monocyte (previously shown: Lymphocyte).",
        "Commented on cell 3: “=folded nucleus”",
        "Commented on the slide: “thick film”",
        "Graded Target cells: 2+ moderate; Rouleaux: not seen.",
        "White cell count 12.5 × 10⁹/l; Scale not known.",
        "Acknowledged the alert “Features raising suspicion of APL”; called: Dr. Weiss; fresh sample.",
        "Signed as A. Nyone: Reviewed.",
        f"Created report R-1, SHA-256 {'ab' * 32}.",
        "Reopened for amendment: one cell was missed.",
    ]
    assert [row.event.seq for row in rows if row.undone] == []


def test_that_what_was_taken_back_is_marked(session: ReviewSession, names: EventNames):
    session.comment([], "thin film")
    session.undo()
    assert [row.event.kind for row in audit_rows_of(session, names) if row.undone] == [EventKind.COMMENT]


def test_that_a_blinded_reviewer_reads_nothing_of_the_models_opinion(session: ReviewSession, names: EventNames):
    rows = audit_rows_of(session, names)
    told = " ".join(row.visible_text(blind=True) + row.visible_kind_text(blind=True) for row in rows[3:])
    assert not any(word in told for word in ("Lymphocyte", "APL", "malignant", "Accepted", "Overridden"))
    assert rows[1].blinded_text == "Viewed the class-activation map of cell 1."
    assert rows[2].blinded_kind_text == rows[3].blinded_kind_text == "Labelled"
    accept = AuditFilter(kind="accept", blind=True)
    assert not any(accept.matches(row) for row in rows)


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (AuditFilter(kind="override"), [4]),
        (AuditFilter(kind="Overridden"), [4]),
        (AuditFilter(reviewer="Dr. B"), []),
        (AuditFilter(slide_id="S-OTHER"), []),
        (AuditFilter(slide_id="S-TEST", text="monocyte  UNDID"), [5]),
        (AuditFilter(cell_id="S-TEST-000000000002"), [4, 5, 6, 7]),
        (AuditFilter(since=datetime(2026, 1, 1, 0, 0, 12, tzinfo=UTC)), [12, 13, 14]),
        (AuditFilter(until=datetime(2026, 1, 1, 0, 0, 3, tzinfo=UTC)), [1, 2]),
        (AuditFilter(text="S-TEST dr. weiss"), [11]),
    ],
)
def test_that_the_filter_admits_what_is_asked_for(
    session: ReviewSession, names: EventNames, wanted: AuditFilter, seqs: list[int]
):
    assert [row.event.seq for row in audit_rows_of(session, names) if wanted.matches(row)] == seqs


def test_that_the_json_export_lets_a_third_person_recompute_each_hash(
    session: ReviewSession, names: EventNames, log: MemoryReviewLog, tmp_path: Path
):
    export_audit(audit_rows_of(session, names), verify_chain(log), tmp_path / "audit.json")
    body = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert body["chain"] == {
        "holds": True, "events": 14, "first_broken": None, "sentence": "The hash chain of 14 events is intact.",
    }  # fmt: skip
    previous = "0" * 64
    keys = ("seq", "id", "slide_id", "kind", "cells", "payload", "reviewer", "at", "previous")
    for event in body["events"]:
        text = json.dumps([event[k] for k in keys], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == event["hash"]
        assert event["previous"] == previous
        previous = event["hash"]


def test_that_the_csv_export_keeps_every_event_and_starts_no_formula(
    session: ReviewSession, names: EventNames, log: MemoryReviewLog, tmp_path: Path
):
    session.reviewer = "=cmd()"
    session.comment([], "x")
    export_audit(audit_rows_of(session, names), verify_chain(log), tmp_path / "audit.csv")
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert [int(r["seq"]) for r in read] == list(range(1, 16))
    assert [r["hash"] for r in read] == [e.hash for e in log.rows]
    assert json.loads(read[3]["payload"])["label"] == "monocyte"
    assert read[-1]["reviewer"] == "'=cmd()"


def test_that_an_export_that_cannot_be_written_is_one_sentence(tmp_path: Path):
    chain = ChainState(0)
    with pytest.raises(LeukViewError, match="CSV or JSON"):
        export_audit((), chain, tmp_path / "audit.xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(LeukViewError, match="cannot be saved"):
        export_audit((), chain, tmp_path / "file" / "audit.csv")


def test_that_a_broken_chain_names_its_first_broken_event_and_what_is_wrong(
    session: ReviewSession, log: MemoryReviewLog
):
    assert verify_chain(log).message == "The hash chain of 14 events is intact."
    whole = list(log.rows)
    log.rows[3] = replace(whole[3], payload={"label": "blast"})
    state = verify_chain(log)
    assert (state.is_intact, state.event_count) == (False, 3)
    assert "event 4 (slide S-TEST, Dr. A, " in state.message
    assert state.failure_reason == "The content of this event was changed after it was written."
    log.rows = [*whole[:6], *whole[7:]]
    assert verify_chain(log).failure_reason == "A previous event was removed or replaced."


def cell_history_of(
    session: ReviewSession, slides: MemorySlideStore, names: EventNames, number: int, *, blind: bool = False
):
    cell = session.view.cells[number - 1].cell
    stored = slides.cell_prediction_history(cell.id)
    return cell_history(cell, slides.slide("S-TEST"), stored, session.events, names, blind=blind)


def texts(lines: tuple[HistoryEntry, ...]) -> list[str]:
    return [line.text for line in lines]


def test_that_a_cells_history_runs_from_analyser_over_model_to_reviewer(
    session: ReviewSession, slides: MemorySlideStore, names: EventNames
):
    lines = cell_history_of(session, slides, names, 3)
    assert [line.source for line in lines[:2]] == [HistorySource.ANALYSER, HistorySource.MODEL]
    assert texts(lines) == [
        "Imported as “Lymphocyte” (LY).",
        "Classified as Lymphocyte 90 %. Segmenter fake:0.",
        "Labelled cells 2 and 3 as Monocyte (previously shown: Lymphocyte).",
        "Undid no. 4: Labelled cells 2 and 3 as Monocyte (previously shown: Lymphocyte).",
        "Redid no. 4: Labelled cells 2 and 3 as Monocyte (previously shown: Lymphocyte).",
        "Commented on cell 3: “=folded nucleus”",
    ]
    assert lines[1].author == f"Model {'b' * 12}"
    assert {line.author for line in lines[2:]} == {"Dr. A"}


def test_that_a_blinded_history_leaves_the_model_out(
    session: ReviewSession, slides: MemorySlideStore, names: EventNames
):
    lines = cell_history_of(session, slides, names, 3, blind=True)
    assert HistorySource.MODEL not in {line.source for line in lines}
    assert texts(lines)[1:] == [
        "Labelled cells 2 and 3 as Monocyte.",
        "Undid no. 4: Labelled cells 2 and 3 as Monocyte.",
        "Redid no. 4: Labelled cells 2 and 3 as Monocyte.",
        "Commented on cell 3: “=folded nucleus”",
    ]


def test_that_the_cells_of_a_large_action_are_counted_not_listed(session: ReviewSession, names: EventNames):
    session.override([v.cell.id for v in session.view.cells], "blast")
    last = audit_rows_of(session, names)[-1].text
    assert last.startswith("Labelled 20 cells (1, 2, 3,")
    assert last.endswith("as Blast (previously shown: Lymphocyte 18, Monocyte 2).")


def test_that_keys_nobody_knows_any_more_are_shown_as_stored(session: ReviewSession, names: EventNames):
    log = MemoryReviewLog()
    events = [
        log.append("S", EventKind.OVERRIDE, reviewer="r", cells=["gone"], payload={"label": "old_class"}),
        log.append("S", EventKind.ACKNOWLEDGE, reviewer="r", payload={"alert": "old_rule"}),
        log.append("S", EventKind.GRADE, reviewer="r", payload={"grades": {"old_item": "4+"}}),
        log.append("S", EventKind.UNDO, reviewer="r", payload={"event": "nowhere"}),
        log.append("S", EventKind.OVERRIDE, reviewer="r"),
    ]
    assert [row.text for row in audit_rows(events, names, ())] == [
        "Labelled cell gone as old_class.",
        "Acknowledged the alert “old_rule”; no call recorded.",
        "Graded old item: 4+.",
        "Undid an action.",
        "Labelled no cell as .",
    ]


def add_second_reading(session: ReviewSession, slides: MemorySlideStore, log: MemoryReviewLog) -> ReviewSession:
    """Another person labels cell 3 in a second reading."""
    second = ReviewSession(slides, log, session.view.taxonomy, session.view.rules, "S-TEST", "Dr. B", SECOND_READING)
    second.override([second.view.cells[2].cell.id], "basophil")
    return second


def test_that_a_second_reader_sees_nobodys_opinion_of_a_cell_but_the_own(
    session: ReviewSession, slides: MemorySlideStore, log: MemoryReviewLog, names: EventNames
):
    second = add_second_reading(session, slides, log)
    cell, stored = session.view.cells[2].cell, slides.cell_prediction_history(session.view.cells[2].cell.id)
    lines = cell_history(cell, slides.slide("S-TEST"), stored, second.events, names, reading=SECOND_READING)
    assert texts(lines) == ["Imported.", "Second reading: Labelled cell 3 as Basophil."]
    rows = audit_rows_of(second, names)
    own = [row for row in rows if AuditFilter(reading=SECOND_READING).matches(row)]
    assert [row.event.reviewer for row in own] == ["Dr. B"]
    assert len([row for row in rows if AuditFilter().matches(row)]) == 15


def test_that_the_first_reader_sees_the_second_reading_once_it_is_signed(
    session: ReviewSession, slides: MemorySlideStore, log: MemoryReviewLog, names: EventNames
):
    second = add_second_reading(session, slides, log)
    session.reload()
    assert not any("Second reading" in line for line in texts(cell_history_of(session, slides, names, 3)))
    second.override([v.cell.id for v in second.view.cells if not v.reviewed], "lymphocyte")
    second.sign("B. Nyone", "Second reading")
    session.reload()
    told = texts(cell_history_of(session, slides, names, 3))
    assert any(line.startswith("Second reading: Labelled cell 3 as Basophil") for line in told)
