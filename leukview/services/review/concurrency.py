"""Which events of other programs make a person's decision outdated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from leukview.core.errors import ReviewError
from leukview.domain.review.events import (
    CONSENSUS_READING,
    FIRST_READING,
    UNDOABLE_KINDS,
    EventKind,
    ReviewEvent,
    reading_of,
)

_RECORDS = frozenset(
    {
        EventKind.OPEN,
        EventKind.MAP_SHOWN,
        EventKind.REPORT,
        EventKind.EXPORT,
        EventKind.QC,
        EventKind.UNLOCK_FAILED,
    }
)
"""Kinds that record what happened. They are no decisions, and change none."""
_EVERYTHING = frozenset({EventKind.SIGN, EventKind.REOPEN, EventKind.IMPORT})
"""Kinds that make every decision outdated."""
_LABELLING = frozenset({EventKind.ACCEPT, EventKind.OVERRIDE, EventKind.CONSENSUS, EventKind.REPAIR_MASK})
_CELLWISE = {
    EventKind.ACCEPT: _LABELLING,
    EventKind.OVERRIDE: _LABELLING,
    EventKind.CONSENSUS: _LABELLING,
    EventKind.REPAIR_MASK: frozenset({EventKind.REPAIR_MASK}),
    EventKind.COMMENT: frozenset({EventKind.COMMENT}),
}
"""Kind of a decision on cells → kinds that make it outdated when they concern the same cells."""


class OutdatedDecisionError(ReviewError):
    """Another program changed what a decision was about since the person saw it."""

    def __init__(self) -> None:
        super().__init__(
            "Another program changed this slide in the meantime, so nothing was recorded.",
            "Check the slide as it is now and decide again.",
        )


def is_outdated(
    kind: EventKind,
    cells: Collection[str],
    payload: Mapping[str, object],
    foreign: Sequence[ReviewEvent],
    log: Sequence[ReviewEvent],
) -> bool:
    """Whether a decision must be taken again because of events that the person had not seen.

    Args:
        kind: Kind of the decision's event.
        cells: Cells that it concerns.
        payload: Of the event.
        foreign: Events of other programs since the state on which the decision was taken.
        log: All events of the slide.
    """
    if kind in _RECORDS:
        return False
    reading = payload.get("reading", FIRST_READING)
    by_id = {event.id: event for event in log}
    return any(_conflicts(kind, cells, payload, event, by_id) for event in foreign if _concerns(event, kind, reading))


def _concerns(event: ReviewEvent, kind: EventKind, reading: object) -> bool:
    """Whether an event may change what the reader of a reading decides on."""
    if event.kind in _RECORDS:
        return False
    if event.kind is EventKind.CELLS_ADDED or reading_of(event) == reading or kind is EventKind.CONSENSUS:
        return True
    # Of other readings the first reader sees what both settled, and that the second one has signed.
    return reading == FIRST_READING and (
        reading_of(event) == CONSENSUS_READING or (kind is EventKind.SIGN and event.kind is EventKind.SIGN)
    )


def _conflicts(
    kind: EventKind,
    cells: Collection[str],
    payload: Mapping[str, object],
    event: ReviewEvent,
    by_id: Mapping[str, ReviewEvent],
) -> bool:
    if kind in {EventKind.SIGN, EventKind.REOPEN} or event.kind in _EVERYTHING:
        return True
    undone = _undone(event, by_id)
    match kind:
        case EventKind.UNDO:
            return event.kind in UNDOABLE_KINDS
        case EventKind.SET_SLIDE:
            return event.kind is EventKind.SET_SLIDE
        case EventKind.ACKNOWLEDGE:
            return event.kind is EventKind.ACKNOWLEDGE and event.payload.get("alert") == payload.get("alert")
        case EventKind.GRADE:
            return undone.kind is EventKind.GRADE and not _graded_items(payload).isdisjoint(
                _graded_items(undone.payload)
            )
        case EventKind.COMMENT if not cells:
            return undone.kind is EventKind.COMMENT and not undone.cells
        case _:
            return undone.kind in _CELLWISE.get(kind, frozenset()) and not set(cells).isdisjoint(undone.cells)


def _graded_items(payload: Mapping[str, object]) -> set[str]:
    grades = payload.get("grades")
    return set(grades) if isinstance(grades, Mapping) else set()


def _undone(event: ReviewEvent, by_id: Mapping[str, ReviewEvent]) -> ReviewEvent:
    """The event that an undo or redo takes back or brings back; other events themselves."""
    while event.kind is EventKind.UNDO:
        target = by_id.get(str(event.payload.get("event", "")))
        if target is None:
            break
        event = target
    return event
