"""The review state of a slide, computed from its events (event sourcing)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from leukview.domain.repaired_mask import mask_from_payload
from leukview.domain.review.events import (
    FIRST_READING,
    UNDOABLE_KINDS,
    CellReview,
    EventKind,
    GradeRecord,
    ReviewEvent,
    ReviewState,
    Signature,
    flatten_imports,
    reading_of,
)
from leukview.domain.review.signed_state import signed_state_from_payload

_EMPTY_REVIEW = CellReview()
_NEEDS_EARLIER_EVENTS = frozenset({EventKind.UNDO, EventKind.IMPORT, EventKind.ERASE})
"""Kinds whose effect cannot be told from the state before them."""


def replay(events: Iterable[ReviewEvent], reading: int = FIRST_READING) -> ReviewState:
    """Compute the current review state of one reading of a slide.

    Args:
        events: The slide's events in order of `seq`.
        reading: Events of other readings are ignored.
    """
    log = [
        event
        for event in flatten_imports(events)
        if reading_of(event) == reading or event.kind is EventKind.CELLS_ADDED
    ]
    undone, undo_stack, redo_stack = _resolve_undo(log)
    reducer = _Reducer(ReviewState())
    for event in log:
        if event.id not in undone:
            reducer.apply(event)
    return replace(reducer.state(), undo_stack=tuple(undo_stack), redo_stack=tuple(redo_stack))


def apply_event(state: ReviewState, event: ReviewEvent) -> ReviewState | None:
    """Compute the state after one more event of the same reading, without reading the log again.

    Returns:
        None for the rare kinds whose effect depends on earlier events (undo, import, erasure); call `replay` then.
    """
    if event.kind in _NEEDS_EARLIER_EVENTS:
        return None
    reducer = _Reducer(state)
    reducer.apply(event)
    return reducer.state()


def undone_event_ids(events: Iterable[ReviewEvent]) -> frozenset[str]:
    """Find the events that were undone and not redone.

    Args:
        events: One slide's events in order of `seq`.

    Returns:
        Their ids.
    """
    by_reading: dict[int, list[ReviewEvent]] = {}
    for event in flatten_imports(events):
        by_reading.setdefault(reading_of(event), []).append(event)
    return frozenset(gone for log in by_reading.values() for gone in _resolve_undo(log)[0])


class _Reducer:
    """Mutable copy of a state to which events are applied in order.

    Args:
        state: The state before the first event.
    """

    def __init__(self, state: ReviewState) -> None:
        self._cells = dict(state.cells)
        self._acknowledged, self._grades = dict(state.acknowledged), dict(state.grades)
        self._seen = set(state.seen)
        self._comment, self._signature = state.comment, state.signature
        self._amended, self._withdrawn = state.amended, state.is_withdrawn
        self._wbc_includes_nrbc = state.wbc_includes_nrbc
        self._undo_stack, self._redo_stack = list(state.undo_stack), list(state.redo_stack)

    def state(self) -> ReviewState:
        """The state after the events applied so far."""
        return ReviewState(
            self._cells,
            self._comment,
            self._signature,
            self._amended,
            self._acknowledged,
            tuple(self._undo_stack),
            tuple(self._redo_stack),
            self._grades,
            frozenset(self._seen),
            self._withdrawn,
            self._wbc_includes_nrbc,
        )

    def apply(self, event: ReviewEvent) -> None:
        """Apply an event that was not undone; an `EventKind.UNDO` itself changes nothing here."""
        match event.kind:
            case EventKind.ACCEPT | EventKind.OVERRIDE:
                accepted = event.payload.get("labels")
                for cell in event.cells:
                    label = str(accepted[cell] if isinstance(accepted, Mapping) else event.payload["label"])
                    self._change(cell, label=label, reviewer=event.reviewer, at=event.at)
            case EventKind.OPEN:
                for cell in event.cells:
                    self._change(cell, opened=True)
            case EventKind.SEEN:
                self._seen.update(event.cells)
            case EventKind.MAP_SHOWN:
                for cell in event.cells:
                    self._change(cell, map_shown=True)
            case EventKind.COMMENT:
                text = str(event.payload["text"])
                for cell in event.cells:
                    self._change(cell, comment=text)
                self._comment = self._comment if event.cells else text
            case EventKind.ACKNOWLEDGE:
                self._acknowledged[str(event.payload["alert"])] = event
            case EventKind.SIGN:
                self._signature = _signature_of(event)
            case EventKind.CELLS_ADDED if self._signature is not None:
                later = self._signature.later_cells.union(event.cells)
                self._signature = replace(self._signature, later_cells=later)
            case EventKind.REOPEN:
                self._amended, self._signature = self._amended or self._signature is not None, None
            case EventKind.GRADE:
                self._grade(event)
            case EventKind.SET_SLIDE:
                self._wbc_includes_nrbc = event.payload.get("wbc_includes_nrbc", self._wbc_includes_nrbc) is True
            case EventKind.WITHDRAW:
                self._withdrawn = event.payload.get("withdrawn") is not False
            case EventKind.REPAIR_MASK:
                for cell in event.cells:
                    self._change(cell, mask=mask_from_payload(event.payload, event.reviewer, event.at))
            case _:  # reports, exports, failed PINs and the like are in the log only
                pass
        _advance_stacks(event, self._undo_stack, self._redo_stack)

    def _change(self, cell: str, **values: object) -> None:
        self._cells[cell] = replace(self._cells.get(cell, _EMPTY_REVIEW), **values)  # type: ignore[arg-type]

    def _grade(self, event: ReviewEvent) -> None:
        given = event.payload["grades"]
        for item, grade in given.items() if isinstance(given, Mapping) else ():
            self._grades.pop(str(item), None)
            if grade:
                self._grades[str(item)] = GradeRecord(str(grade), event.reviewer, event.at)


def _signature_of(event: ReviewEvent) -> Signature:
    name, meaning, reason = (str(event.payload.get(key, "")) for key in ("name", "meaning", "reason"))
    return Signature(name, event.at, meaning, reason, signed_state_from_payload(event.payload))


def _advance_stacks(event: ReviewEvent, undo_stack: list[str], redo_stack: list[str]) -> None:
    """Push an action and empty the redo stack; a signature or a reopening empties both. An undo is left out."""
    if event.kind in {EventKind.SIGN, EventKind.REOPEN}:
        undo_stack.clear()
        redo_stack.clear()
    elif event.kind in UNDOABLE_KINDS and event.kind is not EventKind.UNDO:
        undo_stack.append(event.id)
        redo_stack.clear()


def _resolve_undo(log: list[ReviewEvent]) -> tuple[set[str], list[str], list[str]]:
    """Compute ids of undone events, undo stack and redo stack."""
    undone: set[str] = set()
    undo_stack: list[str] = []
    redo_stack: list[str] = []
    for event in log:
        if event.kind is not EventKind.UNDO:
            _advance_stacks(event, undo_stack, redo_stack)
            continue
        target = str(event.payload["event"])
        if target in redo_stack:  # a redo, which undoes the named undo event
            redo_stack.remove(target)
            original = next(str(e.payload["event"]) for e in log if e.id == target)
            undone.discard(original)
            undo_stack.append(original)
        elif target in undo_stack:
            undo_stack.remove(target)
            undone.add(target)
            redo_stack.append(event.id)
    return undone, undo_stack, redo_stack
