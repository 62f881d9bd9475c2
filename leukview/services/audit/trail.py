"""Audit trail: events of the review log as text, filter, hash chain and export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.atomic_files import atomic_write
from leukview.core.csv_escaping import BYTE_ORDER_MARK, escape_formula
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message, MessageList
from leukview.domain.review.events import SECOND_READING, ReviewEvent, event_to_json, reading_of
from leukview.domain.review.hash_chain import row_hash
from leukview.domain.review.reducer import undone_event_ids
from leukview.services.review.event_text import EventNames, concerned_cells, event_kind_text, event_text

HOW_TO_VERIFY = (
    "hash = SHA-256 (hex) of the UTF-8 JSON array [seq, id, slide_id, kind, cells, payload, reviewer, at, previous], "
    "keys sorted, no blanks, letters outside ASCII as they are; previous = hash of the event before, 64 zeros before "
    "the first."
)
_CSV_HEADER = ("seq", "at", "reviewer", "slide", "kind", "cells", "words", "payload", "id", "previous", "hash")


class AuditableLog(Protocol):
    """The part of `leukview.services.ports.storage.ReviewLog` that the audit uses."""

    def events(self, slide_id: str | None = None) -> list[ReviewEvent]:
        """See `ReviewLog.events`."""

    def head(self) -> tuple[int, str]:
        """See `ReviewLog.head`."""

    def find_broken_event(self) -> ReviewEvent | None:
        """See `ReviewLog.find_broken_event`."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """Result of verifying the hash chain of the whole log.

    Attributes:
        event_count: Number of events; with a broken chain, number of valid events before the break.
        first_broken: The first broken event; None when the chain is intact.
        findings: What else was changed outside of LeukView, one sentence each.
        notes: What the seals cover and where their key is kept, one sentence each.
    """

    event_count: int
    first_broken: ReviewEvent | None = None
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed outside of LeukView, as far as was checked."""
        return self.first_broken is None and not self.findings

    @property
    def is_readable(self) -> bool:
        """Whether all events can be read, even if the chain is broken."""
        return self.first_broken is None or bool(self.first_broken.hash or self.first_broken.previous)

    @property
    def message(self) -> str:
        """The result in a few sentences."""
        if self.findings:
            return MessageList((self.chain_message, *self.findings), " ")
        return self.chain_message

    @property
    def chain_message(self) -> str:
        """The state of the review log's own chain of hashes, in one or two sentences."""
        if self.first_broken is None:
            if self.event_count == 1:
                return Message("The hash chain of one event is intact.")
            return Message("The hash chain of {count} events is intact.", count=f"{self.event_count:,}")
        event = self.first_broken
        return Message(
            "The review log was changed outside LeukView: event {seq} (slide {slide_id}, {reviewer}, "
            "{at}) is the first invalid one. {reason}",
            seq=event.seq,
            slide_id=event.slide_id,
            reviewer=event.reviewer,
            at=format_local_time(event.at),
            reason=Message(self.failure_reason),
        )

    @property
    def failure_reason(self) -> str:
        """What is wrong with the broken event; "" when the chain is intact."""
        if self.first_broken is None:
            return ""
        if not self.is_readable:
            return "This event can no longer be read."
        if row_hash(self.first_broken) != self.first_broken.hash:
            return "The content of this event was changed after it was written."
        return "A previous event was removed or replaced."


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event as text.

    Attributes:
        kind_text: Name of the kind of event, which the filter compares.
        text: The event as a sentence.
        blinded_kind_text: `kind_text` for a reviewer who must not see predictions.
        blinded_text: `text` for such a reviewer.
        undone: Whether the event was undone.
        cell_ids: Ids of the cells concerned; for an undo, those of the undone event.
    """

    event: ReviewEvent
    kind_text: str
    text: str
    blinded_kind_text: str
    blinded_text: str
    undone: bool = False
    cell_ids: tuple[str, ...] = ()

    def visible_kind_text(self, *, blind: bool) -> str:
        """The kind's name as a blinded or other reviewer may see it."""
        return self.blinded_kind_text if blind else self.kind_text

    def visible_text(self, *, blind: bool) -> str:
        """The sentence as a blinded or other reviewer may see it."""
        return self.blinded_text if blind else self.text


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filter of rows; an empty field does not filter.

    Attributes:
        slide_id: Pseudonym of the slide.
        cell_id: Id of a cell.
        kind: Kind of event, as shown in the rows or as stored (``override``).
        reviewer: Name of the reviewer.
        since: From this time on (with zone).
        until: Before this time (with zone).
        text: Words that must all occur in the row, in upper or lower case.
        blind: Compare the texts that do not reveal predictions.
        reading: Only events of this reading; 0 = of all.
    """

    slide_id: str = ""
    cell_id: str = ""
    kind: str = ""
    reviewer: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    blind: bool = False
    reading: int = 0

    def matches(self, row: AuditRow) -> bool:
        """Whether a row passes the filter."""
        event = row.event
        if self.slide_id and event.slide_id != self.slide_id:
            return False
        if self.cell_id and self.cell_id not in row.cell_ids:
            return False
        if self.kind and self.kind not in {
            row.visible_kind_text(blind=self.blind),
            "" if self.blind else event.kind.value,
        }:
            return False
        if self.reading and reading_of(event) != self.reading:
            return False
        if self.reviewer and event.reviewer != self.reviewer:
            return False
        if self.since or self.until:
            at = datetime.fromisoformat(event.at)
            if (self.since and at < self.since) or (self.until and at >= self.until):
                return False
        if not self.text.strip():
            return True
        kind, words = row.visible_kind_text(blind=self.blind), row.visible_text(blind=self.blind)
        hay = f"{event.seq} {event.slide_id} {event.reviewer} {kind} {words} {event.hash}".casefold()
        return all(word in hay for word in self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The rows in order of `seq`, and the state of the hash chain.

    Attributes:
        withheld_slide_count: Slides whose first-reading rows are left out until the viewer signed the second.
    """

    rows: tuple[AuditRow, ...]
    chain: ChainState
    withheld_slide_count: int = 0

    def filter_rows(self, row_filter: AuditFilter) -> tuple[AuditRow, ...]:
        """The rows that pass a filter."""
        return tuple(row for row in self.rows if row_filter.matches(row))


def verify_chain(log: AuditableLog) -> ChainState:
    """Recompute the hash of every event of the whole log.

    Takes seconds for a hundred thousand events.
    """
    broken = log.find_broken_event()
    if broken is not None:
        return ChainState(max(broken.seq - 1, 0), broken)
    return ChainState(log.head()[0])


def audit_rows(
    events: Sequence[ReviewEvent],
    event_names: EventNames,
    undone_ids: Iterable[str],
    events_by_id: Mapping[str, ReviewEvent] | None = None,
) -> tuple[AuditRow, ...]:
    """Convert events to rows of text.

    Args:
        events: In order of `seq`.
        event_names: Names of classes, stages, alerts, features and cells.
        undone_ids: Ids of the events that were undone.
        events_by_id: Further events, to which undo events may refer.
    """
    by_id = {**(events_by_id or {}), **{event.id: event for event in events}}
    gone = frozenset(undone_ids)
    return tuple(
        AuditRow(
            event,
            event_kind_text(event, blind=False),
            event_text(event, event_names, by_id),
            event_kind_text(event, blind=True),
            event_text(event, event_names, by_id, blind=True),
            event.id in gone,
            concerned_cells(event, by_id),
        )
        for event in events
    )


def load_audit_trail(
    log: AuditableLog,
    event_names: Callable[[Collection[str]], EventNames],
    withheld_slides: Callable[[Collection[str]], frozenset[str]],
    token: CancelToken,
    reporter: Reporter,
    chain: ChainState | None = None,
) -> AuditTrail:
    """Build the audit trail of the whole log.

    A log that cannot be read gives no rows; `AuditTrail.chain` has the reason.

    Args:
        log: The log.
        event_names: Returns the names of keys in events of the given slides.
        withheld_slides: Returns which of the given slides are withheld from the viewer; of these only second readings
            are shown.
        token: Checked between the steps.
        reporter: Called with the current step.
        chain: Result of the verification; None = verify the chain of the log here.

    Raises:
        StoreError: The database cannot be read.
        Cancelled: The token was set.
    """
    if chain is None:
        reporter(Progress(0, 0, "Verifying the review log"))
        chain = verify_chain(log)
    if not chain.is_readable:
        return AuditTrail((), chain)
    events = log.events()
    token.raise_if_cancelled()
    by_slide: dict[str, list[ReviewEvent]] = {}
    for event in events:
        by_slide.setdefault(event.slide_id, []).append(event)
    gone = [key for one in by_slide.values() for key in undone_event_ids(one)]
    rows = audit_rows(events, event_names(by_slide.keys()), gone)
    token.raise_if_cancelled()
    hidden = withheld_slides(by_slide.keys())
    shown = tuple(row for row in rows if row.event.slide_id not in hidden or reading_of(row.event) == SECOND_READING)
    return AuditTrail(shown, chain, len(hidden))


def format_local_time(at: str) -> str:
    """Format a stored time in the local time zone; other texts are returned unchanged."""
    try:
        return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return at


def export_audit(rows: Sequence[AuditRow], chain: ChainState, output: Path) -> None:
    """Write rows with their hashes to a ``.csv`` or ``.json`` file, atomically.

    The JSON contains everything that a third party needs to recompute each hash. A filtered export has gaps in `seq`,
    but each event in it can still be verified individually.

    Raises:
        LeukViewError: The file has another suffix or cannot be written.
    """
    write_by_suffix(output, {".csv": lambda: _audit_csv(rows), ".json": lambda: _audit_json(rows, chain)})


def write_by_suffix(output: Path, writers: Mapping[str, Callable[[], str]]) -> None:
    """Write a text file in the format given by its suffix, atomically.

    Args:
        output: The file.
        writers: Suffix with dot → function that creates the text.

    Raises:
        LeukViewError: The file has another suffix or cannot be written.
    """
    make = writers.get(output.suffix.casefold())
    if make is None:
        raise LeukViewError("The file format must be CSV or JSON.", "Give the file a name that ends in .csv or .json.")
    try:
        atomic_write(output, make())
    except OSError as error:
        raise LeukViewError(
            Message(
                "The file cannot be saved in “{parent}”: {reason}.",
                parent=output.parent.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error


def _audit_csv(rows: Sequence[AuditRow]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_CSV_HEADER)
    for row in rows:
        event = row.event
        fields = (event.reviewer, event.slide_id, row.kind_text, " ".join(event.cells), row.text)
        writer.writerow(
            [
                event.seq,
                event.at,
                *map(escape_formula, fields),
                _payload_json(event.payload),
                event.id,
                event.previous,
                event.hash,
            ]
        )
    return BYTE_ORDER_MARK + stream.getvalue()


def _payload_json(payload: Mapping[str, object]) -> str:
    return json.dumps(payload, sort_keys=True, ensure_ascii=False)


def _audit_json(rows: Sequence[AuditRow], chain: ChainState) -> str:
    body = {
        "program": f"LeukView {__version__}",
        "notice": RESEARCH_USE_LINE,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "chain": {
            "holds": chain.is_intact,
            "events": chain.event_count,
            "first_broken": chain.first_broken.seq if chain.first_broken else None,
            "sentence": chain.message,
        },
        "protection": {"findings": list(chain.findings), "notes": list(chain.notes)},
        "how_to_verify": HOW_TO_VERIFY,
        "events": [_event_json(row) for row in rows],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _event_json(row: AuditRow) -> dict[str, object]:
    said = {"words": row.text, "taken_back": row.undone}
    return {"slide_id": row.event.slide_id, **event_to_json(row.event), **said}
