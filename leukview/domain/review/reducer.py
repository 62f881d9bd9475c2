"""Incremental update of the review state by one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from leukview.domain.repaired_mask import mask_from_payload
from leukview.domain.review.events import UNDOABLE_KINDS, CellReview, EventKind, ReviewEvent, ReviewState

_EMPTY_REVIEW = CellReview()


def apply_event(state: ReviewState, event: ReviewEvent) -> ReviewState | None:
    """Compute the state after one more event.

    Gives the same result as `leukview.domain.review.events.replay` of the whole log, without reading it again.

    Returns:
        None for the rare kinds that may depend on earlier events (undo, signature …); call `replay` then.
    """
    change: dict[str, CellReview] = {}
    comment, seen = state.comment, state.seen
    match event.kind:
        case EventKind.ACCEPT | EventKind.OVERRIDE:
            accepted = event.payload.get("labels")
            for cell in event.cells:
                label = str(accepted[cell] if isinstance(accepted, Mapping) else event.payload["label"])
                before = state.cells.get(cell, _EMPTY_REVIEW)
                change[cell] = replace(before, label=label, reviewer=event.reviewer, at=event.at)
        case EventKind.OPEN:
            for cell in event.cells:
                change[cell] = replace(state.cells.get(cell, _EMPTY_REVIEW), opened=True)
        case EventKind.SEEN:
            seen = seen.union(event.cells)
        case EventKind.MAP_SHOWN:
            for cell in event.cells:
                change[cell] = replace(state.cells.get(cell, _EMPTY_REVIEW), map_shown=True)
        case EventKind.COMMENT:
            text = str(event.payload["text"])
            for cell in event.cells:
                change[cell] = replace(state.cells.get(cell, _EMPTY_REVIEW), comment=text)
            comment = comment if event.cells else text
        case EventKind.REPAIR_MASK:
            for cell in event.cells:
                mask = mask_from_payload(event.payload, event.reviewer, event.at)
                change[cell] = replace(state.cells.get(cell, _EMPTY_REVIEW), mask=mask)
        case _:
            return None
    undo, redo = state.undo_stack, state.redo_stack
    if event.kind in UNDOABLE_KINDS:
        undo, redo = (*undo, event.id), ()
    return replace(state, cells={**state.cells, **change}, comment=comment, undo_stack=undo, redo_stack=redo, seen=seen)
