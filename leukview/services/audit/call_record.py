"""The call record: whom reviewers called about an alert, and when; read from the review log, kept nowhere twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.csv_escaping import escape_formula
from leukview.domain.alerts import AlertRule
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.services.audit.trail import AuditFilter, AuditRow, write_kind

_HEAD = ("seq", "at", "slide", "alert", "severity", "called", "note", "reviewer", "hash")


@dataclass(frozen=True, slots=True)
class Call:
    """One acknowledgement of an alert.

    Attributes:
        event: The row of the review log.
        alert: Title of the alert; its key when no rule is called so any more.
        severity: Of the rule today; "" when it is gone.
        called: Who was called; "" when nobody was.
        note: What else was said.
    """

    event: ReviewEvent
    alert: str
    severity: str
    called: str
    note: str

    @property
    def text(self) -> str:
        """All that a search looks through, folded to lower case."""
        event = self.event
        return f"{event.slide_id} {event.reviewer} {self.alert} {self.called} {self.note} {event.seq}".casefold()


def call_of(event: ReviewEvent, rules: Mapping[str, AlertRule]) -> Call:
    """An acknowledgement as a line of the call record; `rules` by key."""
    key = str(event.payload.get("alert", ""))
    called, note = (str(event.payload.get(part, "")).strip() for part in ("called", "note"))
    rule = rules.get(key)
    return Call(event, rule.title if rule else key, rule.severity if rule else "", called, note)


def calls_in(
    rows: Sequence[AuditRow], rules: Sequence[AlertRule], wanted: AuditFilter, *, called: bool = False
) -> tuple[Call, ...]:
    """The call record of an audit trail.

    Args:
        rows: Of the whole trail, in order of `seq`.
        rules: Give the alerts their titles.
        wanted: Which are wanted; its kind is passed over.
        called: Only those where somebody was called.
    """
    by_key = {rule.key: rule for rule in rules}
    plain = AuditFilter(wanted.slide, "", "", wanted.reviewer, wanted.since, wanted.until)
    words = wanted.text.casefold().split()
    found = (
        call_of(row.event, by_key) for row in rows if row.event.kind is EventKind.ACKNOWLEDGE and plain.admits(row)
    )
    return tuple(c for c in found if (c.called or not called) and all(word in c.text for word in words))


def export_calls(calls: Sequence[Call], output: Path) -> None:
    """Write the call record to a ``.csv`` or ``.json`` file, whole or not at all.

    Raises:
        LeukViewError: Another kind of file is asked for, or it cannot be written.
    """
    write_kind(output, {".csv": lambda: _csv(calls), ".json": lambda: _json(calls)})


def _csv(calls: Sequence[Call]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_HEAD)
    for call in calls:
        event = call.event
        words = (event.slide_id, call.alert, call.severity, call.called, call.note, event.reviewer)
        writer.writerow([event.seq, event.at, *map(escape_formula, words), event.hash])
    writer.writerow([f"# {RESEARCH_USE_LINE}"])
    return "\ufeff" + stream.getvalue()  # the mark tells spreadsheets that it is UTF-8


def _json(calls: Sequence[Call]) -> str:
    body = {
        "program": f"LeukView {__version__}",
        "notice": RESEARCH_USE_LINE,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "calls": [
            {
                "seq": call.event.seq,
                "at": call.event.at,
                "slide_id": call.event.slide_id,
                "alert": call.alert,
                "severity": call.severity,
                "called": call.called,
                "note": call.note,
                "reviewer": call.event.reviewer,
                "hash": call.event.hash,
            }
            for call in calls
        ],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"
