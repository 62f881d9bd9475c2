"""The call record: read from the log, filtered, exported."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leukview.bootstrap.site_config import load_alert_rules, load_grading_form
from leukview.core.errors import LeukViewError
from leukview.domain.taxonomy import Taxonomy
from leukview.services.audit.call_record import export_calls, find_calls
from leukview.services.audit.trail import AuditFilter, AuditRow, audit_rows
from leukview.services.review.event_text import EventNames
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells


@pytest.fixture
def rows(taxonomy: Taxonomy) -> tuple[AuditRow, ...]:
    """Three acknowledgements, one with a call, among other events."""
    log, rules = MemoryReviewLog(), load_alert_rules(taxonomy)
    session = ReviewSession(MemorySlideStore(make_cells(3)), log, taxonomy, rules, "S-TEST", "Dr. A")
    session.override([session.view.cells[0].cell.id], "blast")
    session.acknowledge_alert("apl", called_person="=Dr. Weiss", note="fresh sample")
    session.acknowledge_alert(rules[0].key)
    session.acknowledge_alert("a_rule_that_is_gone", called_person="ward 3")
    return audit_rows(log.events(), EventNames(taxonomy, rules, load_grading_form(), {}), ())


def test_that_the_call_record_lists_acknowledgements_alone(rows: tuple[AuditRow, ...], taxonomy: Taxonomy):
    rules = load_alert_rules(taxonomy)
    calls = find_calls(rows, rules, AuditFilter(kind="Labelled"))
    titles = {rule.key: rule.title for rule in rules}
    assert [(c.alert_title, c.called_person, c.note) for c in calls] == [
        (titles["apl"], "=Dr. Weiss", "fresh sample"),
        (rules[0].title, "", ""),
        ("a_rule_that_is_gone", "ward 3", ""),
    ]
    assert calls[0].severity == "emergency"
    assert [c.called_person for c in find_calls(rows, rules, AuditFilter(), called_only=True)] == [
        "=Dr. Weiss",
        "ward 3",
    ]


@pytest.mark.parametrize(
    ("wanted", "called"),
    [
        (AuditFilter(text="WEISS fresh"), ["=Dr. Weiss"]),
        (AuditFilter(text="ward weiss"), []),
        (AuditFilter(slide_id="S-OTHER"), []),
        (AuditFilter(reviewer="Dr. B"), []),
        (AuditFilter(reviewer="Dr. A", slide_id="S-TEST"), ["=Dr. Weiss", "", "ward 3"]),
        (AuditFilter(since=datetime(2026, 1, 1, 0, 0, 3, tzinfo=UTC)), ["", "ward 3"]),
        (AuditFilter(until=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=3)), ["=Dr. Weiss"]),
    ],
)
def test_that_the_filter_of_the_trail_narrows_it(
    rows: tuple[AuditRow, ...], taxonomy: Taxonomy, wanted: AuditFilter, called: list[str]
):
    assert [c.called_person for c in find_calls(rows, load_alert_rules(taxonomy), wanted)] == called


def test_that_it_is_exported_with_the_hash_of_each_event(
    rows: tuple[AuditRow, ...], taxonomy: Taxonomy, tmp_path: Path
):
    calls = find_calls(rows, load_alert_rules(taxonomy), AuditFilter())
    export_calls(calls, tmp_path / "calls.csv")
    lines = list(csv.DictReader((tmp_path / "calls.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [line["called"] for line in lines[:3]] == ["'=Dr. Weiss", "", "ward 3"]
    assert [line["hash"] for line in lines[:3]] == [c.event.hash for c in calls]
    assert "For Research Use Only" in lines[3]["seq"]
    export_calls(calls, tmp_path / "calls.json")
    body = json.loads((tmp_path / "calls.json").read_text(encoding="utf-8"))
    assert [c["called"] for c in body["calls"]] == ["=Dr. Weiss", "", "ward 3"]
    assert "For Research Use Only" in body["notice"]
    with pytest.raises(LeukViewError, match="CSV or JSON"):
        export_calls(calls, tmp_path / "calls.xlsx")
    assert not list(tmp_path.glob("*.part"))


def test_that_a_note_may_hold_anything(rows: tuple[AuditRow, ...], taxonomy: Taxonomy):
    odd = replace(rows[1].event, payload={"alert": "apl", "called": None, "note": 3})
    (call,) = find_calls([replace(rows[1], event=odd)], load_alert_rules(taxonomy), AuditFilter())
    assert (call.called_person, call.note) == ("None", "3")
