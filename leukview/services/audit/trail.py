"""The audit trail: the rows of the review log in words, their filter, their chain and their export."""

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
from leukview.core.csv_escaping import escape_formula
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.review.events import SECOND, ReviewEvent, event_record, reading_of, undone_event_ids
from leukview.domain.review.hash_chain import row_hash
from leukview.services.review.event_text import EventNames, cells_of, event_words, kind_words

HOW_TO_VERIFY = (
    "hash = SHA-256 (hex) of the UTF-8 JSON array [seq, id, slide_id, kind, cells, payload, reviewer, at, previous], "
    "keys sorted, no blanks, letters outside ASCII as they are; previous = hash of the event before, 64 zeros before "
    "the first."
)
_HEAD = ("seq", "at", "reviewer", "slide", "kind", "cells", "words", "payload", "id", "previous", "hash")


class Log(Protocol):
    """What the audit needs of `leukview.services.ports.storage.ReviewLog`."""

    def events(self, slide_id: str | None = None) -> list[ReviewEvent]:
        """Events in order of `seq`."""

    def verify(self) -> ReviewEvent | None:
        """The first broken event; None when the chain holds."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """Whether the hash chain of the whole log holds.

    Attributes:
        events: How many events the log holds; with a broken chain, how many hold before the break.
        broken: The first broken event; None when the chain holds.
    """

    events: int
    broken: ReviewEvent | None = None

    @property
    def holds(self) -> bool:
        """Nothing in the log was changed."""
        return self.broken is None

    @property
    def readable(self) -> bool:
        """Every event can still be read, be it broken."""
        return self.broken is None or bool(self.broken.hash or self.broken.previous)

    @property
    def sentence(self) -> str:
        """The state in one or two sentences."""
        if self.broken is None:
            if self.events == 1:
                return Message("The chain of one event holds.")
            return Message("The chain of {count} events holds.", count=f"{self.events:,}")
        event = self.broken
        return Message(
            "The review log was changed outside of LeukView: event {seq} (slide "
            "{slide_id}, {reviewer}, {at}) is the first broken one. {reason}",
            seq=event.seq,
            slide_id=event.slide_id,
            reviewer=event.reviewer,
            at=local_time(event.at),
            reason=Message(self.reason),
        )

    @property
    def reason(self) -> str:
        """What is wrong with the broken event; "" when the chain holds."""
        if self.broken is None:
            return ""
        if not self.readable:
            return "It cannot be read any more."
        if row_hash(self.broken) != self.broken.hash:
            return "Its content was changed after it was written."
        return "An event before it was removed or replaced."


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event in words.

    Attributes:
        kind: In words; what the filter by kind compares.
        blind_kind: The same for a reviewer who must not learn the model's opinion; so is `blind_words`.
        taken_back: An undo took its effect away.
        cells: Ids of the cells concerned; of an undo, those of what it takes back.
    """

    event: ReviewEvent
    kind: str
    words: str
    blind_kind: str
    blind_words: str
    taken_back: bool = False
    cells: tuple[str, ...] = ()

    def shown_kind(self, *, blind: bool) -> str:
        """The kind as this reviewer may read it."""
        return self.blind_kind if blind else self.kind

    def shown_words(self, *, blind: bool) -> str:
        """The words as this reviewer may read them."""
        return self.blind_words if blind else self.words


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted; an empty field admits all.

    Attributes:
        slide: Pseudonym of the slide.
        cell: Id of a cell.
        kind: Kind of event, in words as the rows say it or as it is stored (``override``).
        reviewer: Who acted.
        since: From this moment on (with zone).
        until: Before this moment (with zone).
        text: Each of its words occurs somewhere in the row, in whatever case.
        blind: Compare and show what does not tell the model's opinion.
        reading: Events of this reading alone; 0 = of all.
    """

    slide: str = ""
    cell: str = ""
    kind: str = ""
    reviewer: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    blind: bool = False
    reading: int = 0

    def admits(self, row: AuditRow) -> bool:
        """Whether a row is wanted."""
        event = row.event
        if self.slide and event.slide_id != self.slide:
            return False
        if self.cell and self.cell not in row.cells:
            return False
        if self.kind and self.kind not in {row.shown_kind(blind=self.blind), "" if self.blind else event.kind.value}:
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
        kind, words = row.shown_kind(blind=self.blind), row.shown_words(blind=self.blind)
        hay = f"{event.seq} {event.slide_id} {event.reviewer} {kind} {words} {event.hash}".casefold()
        return all(word in hay for word in self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The rows in order of `seq`, and the state of the chain.

    Attributes:
        withheld: Slides of which other readers' rows are left out, until the reader has signed the own reading.
    """

    rows: tuple[AuditRow, ...]
    chain: ChainState
    withheld: int = 0

    def filtered(self, wanted: AuditFilter) -> tuple[AuditRow, ...]:
        """The rows that a filter admits."""
        return tuple(row for row in self.rows if wanted.admits(row))


def verify_chain(log: Log) -> ChainState:
    """Recompute the hash of every event of the whole log. Reads row by row; seconds for a hundred thousand events."""
    broken = log.verify()
    if broken is not None:
        return ChainState(max(broken.seq - 1, 0), broken)
    return ChainState(len(log.events()))


def audit_rows(events: Sequence[ReviewEvent], names: EventNames, undone: Iterable[str]) -> tuple[AuditRow, ...]:
    """Events in words.

    Args:
        events: In order of `seq`.
        names: Names classes, stages, alerts, features and cells.
        undone: Ids of the events that were taken back.
    """
    by_id = {event.id: event for event in events}
    gone = frozenset(undone)
    return tuple(
        AuditRow(
            event,
            kind_words(event, blind=False),
            event_words(event, names, by_id),
            kind_words(event, blind=True),
            event_words(event, names, by_id, blind=True),
            event.id in gone,
            cells_of(event, by_id),
        )
        for event in events
    )


def audit_trail(
    log: Log,
    names: Callable[[Collection[str]], EventNames],
    withheld: Callable[[Collection[str]], frozenset[str]],
    token: CancelToken,
    reporter: Reporter,
) -> AuditTrail:
    """The whole log in words; one that cannot be read any more gives no rows, and says why.

    Args:
        log: The log.
        names: Gives names to the keys in events of these slides.
        withheld: Which of these slides are withheld from who looks: of them only second readings are told.
        token: Looked at between the steps.
        reporter: Hears what is done.

    Raises:
        StoreError: The database refuses.
    """
    reporter(Progress(0, 0, "Checking the review log"))
    chain = verify_chain(log)
    if not chain.readable:
        return AuditTrail((), chain)
    events = log.events()
    token.check()
    by_slide: dict[str, list[ReviewEvent]] = {}
    for event in events:
        by_slide.setdefault(event.slide_id, []).append(event)
    gone = [key for one in by_slide.values() for key in undone_event_ids(one)]
    rows = audit_rows(events, names(by_slide.keys()), gone)
    token.check()
    hidden = withheld(by_slide.keys())
    shown = tuple(row for row in rows if row.event.slide_id not in hidden or reading_of(row.event) == SECOND)
    return AuditTrail(shown, chain, len(hidden))


def local_time(at: str) -> str:
    """A stored time on this workstation's clock, with its zone; as it is stored when it is none."""
    try:
        return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return at


def export_audit(rows: Sequence[AuditRow], chain: ChainState, output: Path) -> None:
    """Write rows to a ``.csv`` or ``.json`` file, whole or not at all; hashes included.

    The JSON holds all that a third person needs to recompute each hash. A filtered export has gaps in `seq`; each
    event in it can still be checked alone.

    Raises:
        LeukViewError: Another kind of file is asked for, or it cannot be written.
    """
    write_kind(output, {".csv": lambda: _csv(rows), ".json": lambda: _json(rows, chain)})


def write_kind(output: Path, kinds: Mapping[str, Callable[[], str]]) -> None:
    """Write a text to a file, whole or not at all.

    Args:
        output: The file; its ending says of which kind.
        kinds: Ending → what makes the text.

    Raises:
        LeukViewError: Another kind of file is asked for, or it cannot be written.
    """
    make = kinds.get(output.suffix.casefold())
    if make is None:
        raise LeukViewError("This file is written as CSV or JSON.", "Give the file a name that ends in .csv or .json.")
    try:
        atomic_write(output, make())
    except OSError as error:
        raise LeukViewError(
            Message(
                "The file cannot be written to “{parent}”: {reason}.",
                parent=output.parent.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error


def _csv(rows: Sequence[AuditRow]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_HEAD)
    for row in rows:
        event = row.event
        fields = (event.reviewer, event.slide_id, row.kind, " ".join(event.cells), row.words)
        writer.writerow(
            [
                event.seq,
                event.at,
                *map(escape_formula, fields),
                _compact(event.payload),
                event.id,
                event.previous,
                event.hash,
            ]
        )
    return "\ufeff" + stream.getvalue()  # the mark tells spreadsheets that it is UTF-8


def _compact(payload: Mapping[str, object]) -> str:
    return json.dumps(payload, sort_keys=True, ensure_ascii=False)


def _json(rows: Sequence[AuditRow], chain: ChainState) -> str:
    body = {
        "program": f"LeukView {__version__}",
        "notice": RESEARCH_USE_LINE,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "chain": {
            "holds": chain.holds,
            "events": chain.events,
            "first_broken": chain.broken.seq if chain.broken else None,
            "sentence": chain.sentence,
        },
        "how_to_verify": HOW_TO_VERIFY,
        "events": [_event_json(row) for row in rows],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _event_json(row: AuditRow) -> dict[str, object]:
    said = {"words": row.words, "taken_back": row.taken_back}
    return {"slide_id": row.event.slide_id, **event_record(row.event), **said}
