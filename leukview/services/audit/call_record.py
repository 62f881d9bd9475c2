"""The call record: whom reviewers called about an alert, and when.

It is read from the acknowledgements in the review log and not stored separately.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.csv_escaping import BYTE_ORDER_MARK, escape_formula
from leukview.domain.alerts import AlertRule
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.services.audit.trail import AuditFilter, AuditRow, write_by_suffix

_CSV_HEADER = ("seq", "at", "slide", "alert", "severity", "called", "note", "reviewer", "hash")


@dataclass(frozen=True, slots=True)
class AlertCall:
    """One acknowledgement of an alert.

    Attributes:
        event: The event of the review log.
        alert_title: Title of the alert; its key when the rule no longer exists.
        severity: Of the current rule; "" when it no longer exists.
        called_person: Who was called; "" when nobody was.
        note: The reviewer's note.
    """

    event: ReviewEvent
    alert_title: str
    severity: str
    called_person: str
    note: str

    @property
    def search_text(self) -> str:
        """The searchable text, case-folded."""
        event = self.event
        parts = (event.slide_id, event.reviewer, self.alert_title, self.called_person, self.note, event.seq)
        return " ".join(map(str, parts)).casefold()


def call_from_event(event: ReviewEvent, rules: Mapping[str, AlertRule]) -> AlertCall:
    """Build an entry of the call record from an acknowledgement.

    Args:
        event: The acknowledgement.
        rules: The alert rules by key.
    """
    key = str(event.payload.get("alert", ""))
    called, note = (str(event.payload.get(part, "")).strip() for part in ("called", "note"))
    rule = rules.get(key)
    return AlertCall(event, rule.title if rule else key, rule.severity if rule else "", called, note)


def find_calls(
    rows: Sequence[AuditRow], rules: Sequence[AlertRule], row_filter: AuditFilter, *, called_only: bool = False
) -> tuple[AlertCall, ...]:
    """Build the call record of an audit trail.

    Args:
        rows: Of the whole trail, in order of `seq`.
        rules: The alert rules, for the titles.
        row_filter: Filter; its `cell`, `kind`, `blind` and `reading` are ignored.
        called_only: Only those where somebody was called.
    """
    by_key = {rule.key: rule for rule in rules}
    plain = AuditFilter(row_filter.slide_id, "", "", row_filter.reviewer, row_filter.since, row_filter.until)
    words = row_filter.text.casefold().split()
    found = (
        call_from_event(row.event, by_key)
        for row in rows
        if row.event.kind is EventKind.ACKNOWLEDGE and plain.matches(row)
    )
    return tuple(
        c for c in found if (c.called_person or not called_only) and all(word in c.search_text for word in words)
    )


def export_calls(calls: Sequence[AlertCall], output: Path) -> None:
    """Write the call record to a ``.csv`` or ``.json`` file, atomically.

    Raises:
        LeukViewError: The file has another suffix or cannot be written.
    """
    write_by_suffix(output, {".csv": lambda: _calls_csv(calls), ".json": lambda: _calls_json(calls)})


def _calls_csv(calls: Sequence[AlertCall]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_CSV_HEADER)
    for call in calls:
        event = call.event
        words = (event.slide_id, call.alert_title, call.severity, call.called_person, call.note, event.reviewer)
        writer.writerow([event.seq, event.at, *map(escape_formula, words), event.hash])
    writer.writerow([f"# {RESEARCH_USE_LINE}"])
    return BYTE_ORDER_MARK + stream.getvalue()


def _calls_json(calls: Sequence[AlertCall]) -> str:
    body = {
        "program": f"LeukView {__version__}",
        "notice": RESEARCH_USE_LINE,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "calls": [
            {
                "seq": call.event.seq,
                "at": call.event.at,
                "slide_id": call.event.slide_id,
                "alert": call.alert_title,
                "severity": call.severity,
                "called": call.called_person,
                "note": call.note,
                "reviewer": call.event.reviewer,
                "hash": call.event.hash,
            }
            for call in calls
        ],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"
