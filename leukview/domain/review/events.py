"""Review events and the review state that `leukview.domain.review.reducer` computes from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.signed_state import SignedState, rename_signed_cells

FIRST_READING, SECOND_READING, CONSENSUS_READING = 1, 2, 3
"""Readings of a slide. The ``reading`` of an event's payload is one of them; without it the event is of the first."""


ANALYSER_OPINION = "analyser"
"""Value of ``opinion`` in an `EventKind.ACCEPT` that took over the analyser's classes."""


class EventKind(StrEnum):
    """Kind of a review event."""

    # payload: {"labels": {cell id: class key shown and accepted}}; with {"opinion": "analyser"} they are the analyser's
    ACCEPT = "accept"
    OVERRIDE = "override"  # payload: {"label": class key, "from": {cell id: class key shown before}}
    UNDO = "undo"  # payload: {"event": id}; undoing an undo is a redo
    OPEN = "open"  # a cell's large image was shown
    SEEN = "seen"  # the images of these cells were on the screen for a moment
    COMMENT = "comment"  # payload: {"text"}, and {"codes"} of the phrases in it; cells empty = the slide's comment
    MAP_SHOWN = "map_shown"  # payload: {"stage", "choice"}
    ACKNOWLEDGE = "acknowledge"  # payload: {"alert": key, "called": name of the person called, "note"}, see AlertAnswer
    # payload: {"name", "meaning", "signed_state"}: what it was given for, see `leukview.domain.review.signed_state`;
    # {"binding"}: see `leukview.domain.review.signed_binding`; {"rule"}: the sign rule, and {"reason"} for fewer
    # leukocytes than it demands
    SIGN = "sign"
    REOPEN = "reopen"  # payload: {"reason"}
    REPORT = "report"  # payload: {"report_id", "sha256"}
    SET_SLIDE = "set_slide"  # payload: any of {"um_per_px", "wbc_per_nl", "wbc_includes_nrbc", "measured_at"}
    QC = "qc"  # payload: {"values": {measure: value}, "bundle"}: a quality-control run of the reference slide
    GRADE = "grade"  # payload: {"grades": {item key: grade key}}; "" = not assessed
    CONSENSUS = "consensus"  # payload: {"label", "first", "second"}; label "" = open again. Only in reading 3
    # payload: see `leukview.domain.repaired_mask`; "mask" None = the segmenter's mask is restored
    REPAIR_MASK = "repair_mask"
    UNLOCK_FAILED = "unlock_failed"  # wrong PIN at the locked window; reviewer = the profile it was entered for
    EXPORT = "export"  # payload: {"format", "sha256", "names", "comments"}: what was exported
    CELLS_ADDED = "cells_added"  # an import added these cells to a slide that was stored before
    WITHDRAW = "withdraw"  # payload: {"reason", "withdrawn": False when the slide is taken back into the worklist}
    ERASE = "erase"  # payload: {"reason", "events": {seq: hash}}: the events of the slide whose content was erased
    IMPORT = "import"  # payload: {"origin", "cells", "events"}: review of another workstation, see `flatten_imports`


UNDOABLE_KINDS = frozenset(
    {
        EventKind.ACCEPT,
        EventKind.OVERRIDE,
        EventKind.COMMENT,
        EventKind.GRADE,
        EventKind.REPAIR_MASK,
        EventKind.UNDO,
    }
)


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One event, a row of the append-only review log.

    Attributes:
        seq: Position in the whole log, from 1, without gaps.
        id: UUID hex.
        cells: Ids of the cells concerned; one action on many cells is one event.
        payload: JSON-serialisable, see `EventKind`.
        at: UTC, ISO 8601 with microseconds.
        previous: Hash of the previous row (64 zeros for the first).
        hash: SHA-256 over all other fields, see `leukview.domain.review.hash_chain`.
    """

    seq: int
    id: str
    slide_id: str
    kind: EventKind
    cells: tuple[str, ...]
    payload: Mapping[str, object]
    reviewer: str
    at: str
    previous: str
    hash: str


def reading_of(event: ReviewEvent) -> int:
    """The reading an event belongs to: `FIRST_READING`, `SECOND_READING` or `CONSENSUS_READING`."""
    reading = event.payload.get("reading", FIRST_READING)
    return reading if isinstance(reading, int) else FIRST_READING


ERASED_PAYLOAD = {"erased": True}
"""Payload of an event whose content was erased; its cells are empty, its other fields and its hash unchanged."""


def is_erased(event: ReviewEvent) -> bool:
    """Whether the content of an event was erased, see `EventKind.ERASE`."""
    return not event.cells and event.payload == ERASED_PAYLOAD


def erased_events(event: ReviewEvent) -> dict[int, str]:
    """`seq` → hash of the events that an erasure names; empty for other kinds of event."""
    named = event.payload.get("events") if event.kind is EventKind.ERASE else None
    if not isinstance(named, Mapping):
        return {}
    return {int(seq): str(digest) for seq, digest in named.items() if str(seq).isdecimal()}


def event_to_json(event: ReviewEvent) -> dict[str, object]:
    """Convert an event to a JSON-serialisable value that `event_from_json` reads."""
    return {
        "seq": event.seq,
        "id": event.id,
        "kind": event.kind.value,
        "cells": list(event.cells),
        "payload": dict(event.payload),
        "reviewer": event.reviewer,
        "at": event.at,
        "previous": event.previous,
        "hash": event.hash,
    }


def event_from_json(record: Mapping[str, object], slide_id: str) -> ReviewEvent:
    """Read an event from the value written by `event_to_json`.

    Args:
        record: The value.
        slide_id: Slide of the event, which the value does not contain.

    Raises:
        TypeError: A field has the wrong type.
        ValueError: The kind is unknown.
    """
    cells, payload, seq = record.get("cells"), record.get("payload"), record.get("seq")
    texts = [record.get(key) for key in ("id", "kind", "reviewer", "at", "previous", "hash")]
    if not (isinstance(cells, list) and isinstance(payload, Mapping) and isinstance(seq, int)):
        raise TypeError("not an event")
    if not all(isinstance(text, str) for text in (*texts, *cells)):
        raise TypeError("not an event")
    key, kind, reviewer, at, previous, digest = (str(text) for text in texts)
    return ReviewEvent(seq, key, slide_id, EventKind(kind), tuple(cells), dict(payload), reviewer, at, previous, digest)


def flatten_imports(events: Iterable[ReviewEvent]) -> Iterator[ReviewEvent]:
    """Yield events, each import followed by the events of the other workstation; erased events are left out.

    An `EventKind.IMPORT` is one row of this log, written by the importing reviewer. Its payload contains the other
    log's rows unchanged, with reviewer, time and hash. They are yielded after it with this workstation's cell ids, so
    that the review state is computed as if the work had been done here, by its original reviewers.
    """
    for event in events:
        if is_erased(event):
            continue
        yield event
        if event.kind is EventKind.IMPORT:
            yield from flatten_imports(_imported_events(event))


def _imported_events(event: ReviewEvent) -> Iterator[ReviewEvent]:
    rows, cells = event.payload.get("events"), event.payload.get("cells")
    if not isinstance(rows, list) or not isinstance(cells, Mapping):
        return
    for row in rows:
        theirs = event_from_json(row, event.slide_id)
        here = tuple(str(cells.get(cell, cell)) for cell in theirs.cells)
        body = {key: _map_cell_ids(key, value, cells) for key, value in theirs.payload.items()}
        if theirs.kind is EventKind.SIGN:
            body = rename_signed_cells(body, cells)
        yield replace(theirs, seq=event.seq, cells=here, payload=body)


def _map_cell_ids(key: str, value: object, cells: Mapping[str, object]) -> object:
    """Replace cell ids in a field of a payload by this workstation's."""
    if not isinstance(value, Mapping):
        return value
    if key in {"labels", "from"}:
        return {str(cells.get(cell, cell)): label for cell, label in value.items()}
    return {theirs: cells.get(ours, ours) for theirs, ours in value.items()} if key == "cells" else value


@dataclass(frozen=True, slots=True)
class CellReview:
    """Review of one cell, without undone actions.

    Attributes:
        label: Class key given by a reviewer; "" = none.
        reviewer: Who gave it.
        at: When, UTC, ISO 8601.
        opened: The large image was shown.
        map_shown: An activation map was shown.
        mask: The mask that a reviewer drew; None = the segmenter's is valid.
    """

    label: str = ""
    reviewer: str = ""
    at: str = ""
    opened: bool = False
    comment: str = ""
    map_shown: bool = False
    mask: RepairedMask | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the cells that it covers.

    Attributes:
        name: Printed name.
        at: UTC, ISO 8601.
        reason: Why it was given for fewer leukocytes than the sign rule demands; "" = none needed.
        state: What it was given for; None for signatures of versions that did not record it. Not compared, because the
            same cells have other ids on another workstation.
        later_cells: Ids of the cells that were imported after the signature.
    """

    name: str
    at: str
    meaning: str
    reason: str = ""
    state: SignedState | None = field(default=None, compare=False)
    later_cells: frozenset[str] = frozenset()

    def covers(self, cell_id: str) -> bool:
        """Whether a cell was there when the signature was given."""
        return cell_id not in self.later_cells if self.state is None else cell_id in self.state.cells


@dataclass(frozen=True, slots=True)
class GradeRecord:
    """A reviewer's grade of a feature of red cells or platelets.

    See `leukview.domain.morphology_grading`.
    """

    grade: str
    reviewer: str
    at: str


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Review state of one slide, computed from its events.

    Attributes:
        cells: Cell id → review; cells without review events are absent.
        comment: Of the slide.
        signature: The valid signature, None while unsigned or after a reopening.
        amended: The slide was signed before and then reopened.
        acknowledged: Key of an alert → its last acknowledgement.
        undo_stack: Ids of the events that undo can reach; the last is undone first.
        redo_stack: Ids of the undo events that redo can reach; the last is redone first.
        grades: Item key → grade of red cells and platelets; items not assessed are absent.
        seen: Ids of the cells whose image was on the screen for a moment in this reading.
        is_withdrawn: The slide was withdrawn as a wrong import.
        wbc_includes_nrbc: A person said that the counter took erythroblasts for white cells.
    """

    cells: Mapping[str, CellReview] = field(default_factory=dict)
    comment: str = ""
    signature: Signature | None = None
    amended: bool = False
    acknowledged: Mapping[str, ReviewEvent] = field(default_factory=dict)
    undo_stack: tuple[str, ...] = ()
    redo_stack: tuple[str, ...] = ()
    grades: Mapping[str, GradeRecord] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    is_withdrawn: bool = False
    wbc_includes_nrbc: bool = False

    def cell_review(self, cell_id: str) -> CellReview:
        """The review of a cell; an empty one when it has no review events."""
        return self.cells.get(cell_id, CellReview())
