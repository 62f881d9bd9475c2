"""Pages of the audit trail, newest event first, read from the log as far as needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from leukview.core.job_runner import CancelToken
from leukview.domain.review.events import SECOND_READING, EventKind, ReviewEvent, is_erased, reading_of
from leukview.domain.review.reducer import undone_event_ids
from leukview.services.audit.trail import AuditFilter, AuditRow, audit_rows
from leukview.services.ports.storage import EventSelection, ReviewLog
from leukview.services.review.event_text import EventNames, event_kind_text, kinds_named

PAGE_SIZE = 100
"""Number of events of a page."""
_READ = 100  # events read at a time
_MAX_READ = 1_000  # events read for one page; a search that finds less goes on with the next page


@dataclass(frozen=True, slots=True)
class AuditSources:
    """What pages are made from.

    Attributes:
        log: The review log.
        event_names: Names of keys in events of the given slides.
        withheld_slides: Which of the given slides are withheld from the viewer; their first reading is not shown.
    """

    log: ReviewLog
    event_names: Callable[[Collection[str]], EventNames]
    withheld_slides: Callable[[Collection[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the audit trail.

    Attributes:
        rows: In descending order of `seq`; fewer than a page, or none, when a search has to go on.
        next_seq: The next page begins below this number; None = this is the last one.
        withheld_slides: Slides of which events were left out.
    """

    rows: tuple[AuditRow, ...]
    next_seq: int | None
    withheld_slides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """Values of the filters.

    Attributes:
        slide_ids: Slides with the newest events first, at most some hundreds.
        kind_texts: Names of the kinds of event, sorted.
        blinded_kind_texts: The same for a viewer who must not see predictions.
        event_count: Number of events in the log.
    """

    slide_ids: tuple[str, ...]
    reviewers: tuple[str, ...]
    kind_texts: tuple[str, ...]
    blinded_kind_texts: tuple[str, ...]
    event_count: int


def audit_options(log: ReviewLog) -> AuditOptions:
    """Read the values of the filters.

    Raises:
        StoreError: The database cannot be read.
    """
    options = log.event_options()
    newest = log.events_before(EventSelection(), None, _READ)
    # The name of an override depends on its content: those of the newest events are offered.
    plain, blinded = (
        {event_kind_text(event, blind=blind) for event in newest if not is_erased(event)} for blind in (False, True)
    )
    others = options.kinds - {EventKind.ACCEPT, EventKind.OVERRIDE}
    sample = [ReviewEvent(0, "", "", kind, (), {}, "", "", "", "") for kind in others]
    plain |= {event_kind_text(event, blind=False) for event in sample}
    blinded |= {event_kind_text(event, blind=True) for event in sample}
    return AuditOptions(
        options.slide_ids, options.reviewers, tuple(sorted(plain)), tuple(sorted(blinded)), log.head()[0]
    )


def load_audit_page(
    sources: AuditSources, row_filter: AuditFilter, before_seq: int | None, token: CancelToken
) -> AuditPage:
    """Read one page of the audit trail.

    Slide, kind, reviewer and time are selected by the database. The words of a search are compared with the text of
    each event; when few events match, the page ends after a bounded number of events and the next page goes on there.

    Args:
        sources: Log and names.
        row_filter: Filter of the rows.
        before_seq: `next_seq` of the page before; None = the first page.
        token: Checked between the parts.

    Raises:
        StoreError: The database cannot be read.
        Cancelled: The token was set.
    """
    selection = _selection(row_filter)
    found: list[AuditRow] = []
    withheld: set[str] = set()
    read = 0
    while read < _MAX_READ:
        token.raise_if_cancelled()
        events = sources.log.events_before(selection, before_seq, _READ)
        read += len(events)
        hidden = sources.withheld_slides({event.slide_id for event in events}) if events else frozenset()
        withheld |= hidden
        shown = [e for e in events if e.slide_id not in hidden or reading_of(e) == SECOND_READING]
        for row in _rows(sources, shown):
            if row_filter.matches(row):
                found.append(row)
                if len(found) == PAGE_SIZE:
                    return AuditPage(tuple(found), row.event.seq, frozenset(withheld))
        if len(events) < _READ:
            return AuditPage(tuple(found), None, frozenset(withheld))
        before_seq = events[-1].seq
        if not row_filter.text.strip() and found:
            break
    return AuditPage(tuple(found), before_seq, frozenset(withheld))


def acknowledgement_rows(sources: AuditSources, token: CancelToken) -> tuple[AuditRow, ...]:
    """Read all acknowledgements of alerts that the viewer may see, in order of `seq`.

    Raises:
        StoreError: The database cannot be read.
        Cancelled: The token was set.
    """
    found: list[ReviewEvent] = []
    selection, before = EventSelection(kinds=frozenset({EventKind.ACKNOWLEDGE})), None
    while True:
        token.raise_if_cancelled()
        events = sources.log.events_before(selection, before, _READ)
        hidden = sources.withheld_slides({event.slide_id for event in events}) if events else frozenset()
        found += [e for e in events if e.slide_id not in hidden and not is_erased(e)]
        if len(events) < _READ:
            break
        before = events[-1].seq
    names = sources.event_names(())
    return audit_rows(tuple(reversed(found)), names, ())


def _selection(row_filter: AuditFilter) -> EventSelection:
    def utc(when: datetime | None) -> str:
        return when.astimezone(UTC).isoformat(timespec="microseconds") if when else ""

    kinds = kinds_named(row_filter.kind) if row_filter.kind else frozenset()
    return EventSelection(row_filter.slide_id, kinds, row_filter.reviewer, utc(row_filter.since), utc(row_filter.until))


def _rows(sources: AuditSources, events: Sequence[ReviewEvent]) -> tuple[AuditRow, ...]:
    """Rows of some events, in their order; the events of their slides tell what was undone."""
    ids = {event.slide_id for event in events}
    whole = sources.log.slide_events(ids, (EventKind.UNDO, EventKind.IMPORT))
    undone = frozenset(key for one in whole.values() for key in undone_event_ids(one))
    by_id = {event.id: event for one in whole.values() for event in one}
    return audit_rows(events, sources.event_names(ids), undone, by_id)
