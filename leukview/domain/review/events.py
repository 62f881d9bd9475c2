"""Review is a log of events; the current state is a fold over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from leukview.domain.repaired_mask import RepairedMask, mask_from_payload

FIRST_READING, SECOND_READING, CONSENSUS_READING = 1, 2, 3
"""Readings of a slide. An event says in its payload's ``reading`` which one it belongs to; without it, to the first."""


class EventKind(StrEnum):
    """What a person did."""

    ACCEPT = "accept"  # payload: {"labels": {cell id: class key shown and accepted}}
    OVERRIDE = "override"  # payload: {"label": class key, "from": {cell id: class key shown before}}
    UNDO = "undo"  # payload: {"event": id}; undoing an undo is a redo
    OPEN = "open"  # a cell was looked at large
    COMMENT = "comment"  # payload: {"text"} and, of phrases in it, {"codes"}; cells empty = the slide's comment
    MAP_SHOWN = "map_shown"  # payload: {"stage", "choice"}
    ACKNOWLEDGE = "acknowledge"  # payload: {"alert": key, "called": who, "note"}
    SIGN = "sign"  # payload: {"name", "meaning"}
    REOPEN = "reopen"  # payload: {"reason"}
    REPORT = "report"  # payload: {"report_id", "sha256"}
    SET_SLIDE = "set_slide"  # payload: any of {"um_per_px", "wbc_per_nl"}
    QC = "qc"  # payload: {"values": {measure: figure}, "bundle"}: the slide as a run of the reference slide
    GRADE = "grade"  # payload: {"grades": {item key: grade key}}; "" = not assessed
    CONSENSUS = "consensus"  # payload: {"label", "first", "second"}; "" = open again. Reading 3 alone
    REPAIR_MASK = (
        "repair_mask"  # payload: see `leukview.domain.repaired_mask`; "mask" None = the segmenter's stands again
    )
    UNLOCK_FAILED = "unlock_failed"  # a wrong PIN at the locked window; the reviewer is the one it was given for
    EXPORT = "export"  # payload: {"format", "sha256", "names", "comments"}: what left the program, and how much of it
    IMPORT = "import"  # payload: {"origin", "cells", "events"}: the review of another workstation, see `expanded`


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
    """One appended row.

    Attributes:
        seq: Position in the whole log, from 1, without gaps.
        id: UUID hex.
        cells: Ids of the cells concerned; one action on many cells is one event.
        payload: JSON-able, see `EventKind`.
        at: UTC, ISO 8601 with microseconds.
        previous: Hash of the row before (64 zeros for the first).
        hash: SHA-256 over everything else, see `leukview.domain.review.hash_chain`.
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


def event_to_json(event: ReviewEvent) -> dict[str, object]:
    """An event as a JSON-able value that `event_from` reads."""
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
    """The inverse of `event_record`.

    Raises:
        TypeError: A part has the wrong type.
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
    """Events with those of another workstation in the place where they were imported.

    An `EventKind.IMPORT` is one row of this log, written by who imported. It carries the other log's rows as they
    were: who, when, hash. Here each of them follows it, with this workstation's cells, so that the fold sees the work
    as if it had been done here, and its authors stay its authors.
    """
    for event in events:
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
        yield replace(theirs, seq=event.seq, cells=here, payload=body)


def _map_cell_ids(key: str, value: object, cells: Mapping[str, object]) -> object:
    """A part of a payload with this workstation's ids of cells."""
    if not isinstance(value, Mapping):
        return value
    if key in {"labels", "from"}:
        return {str(cells.get(cell, cell)): label for cell, label in value.items()}
    return {theirs: cells.get(ours, ours) for theirs, ours in value.items()} if key == "cells" else value


@dataclass(frozen=True, slots=True)
class CellReview:
    """What persons said of one cell, undone actions left out.

    Attributes:
        mask: The outline that a person drew; None = the segmenter's stands.
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
    """Printed name, time (UTC, ISO 8601) and meaning of a signature."""

    name: str
    at: str
    meaning: str


@dataclass(frozen=True, slots=True)
class GradeRecord:
    """The grade a person gave a feature of red cells or platelets; see `leukview.domain.morphology_grading`."""

    grade: str
    reviewer: str
    at: str


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The fold over one slide's events.

    Attributes:
        cells: Cell id → review; a cell nobody touched is absent.
        signature: The valid signature, None while unsigned or after a reopening.
        amended: Signed before, reopened since.
        undo_stack: Ids of the events that undo can reach, the last first to go.
        redo_stack: Ids of the undo events that redo can reach, the last first to go.
        grades: Item key → grade of red cells and platelets; what was not assessed is absent.
    """

    cells: Mapping[str, CellReview] = field(default_factory=dict)
    comment: str = ""
    signature: Signature | None = None
    amended: bool = False
    acknowledged: Mapping[str, ReviewEvent] = field(default_factory=dict)
    undo_stack: tuple[str, ...] = ()
    redo_stack: tuple[str, ...] = ()
    grades: Mapping[str, GradeRecord] = field(default_factory=dict)

    def cell_review(self, cell_id: str) -> CellReview:
        """The review of a cell; an empty one when nobody touched it."""
        return self.cells.get(cell_id, CellReview())


def replay(events: Iterable[ReviewEvent], reading: int = FIRST_READING) -> ReviewState:
    """Current state of one reading from its slide's events in order of `seq`; other readings do not touch it."""
    log = [event for event in flatten_imports(events) if reading_of(event) == reading]
    undone, undo_stack, redo_stack = _resolve_undo(log)
    cells: dict[str, dict[str, object]] = {}
    comment, signature, amended = "", None, False
    acknowledged: dict[str, ReviewEvent] = {}
    grades: dict[str, GradeRecord] = {}
    for event in log:
        if event.id in undone:
            continue
        match event.kind:
            case EventKind.ACCEPT | EventKind.OVERRIDE:
                accepted = event.payload.get("labels")
                for cell in event.cells:
                    label = accepted[cell] if isinstance(accepted, Mapping) else event.payload["label"]
                    cells.setdefault(cell, {}).update(label=label, reviewer=event.reviewer, at=event.at)
            case EventKind.OPEN:
                for cell in event.cells:
                    cells.setdefault(cell, {})["opened"] = True
            case EventKind.MAP_SHOWN:
                for cell in event.cells:
                    cells.setdefault(cell, {})["map_shown"] = True
            case EventKind.COMMENT:
                text = str(event.payload["text"])
                for cell in event.cells:
                    cells.setdefault(cell, {})["comment"] = text
                comment = comment if event.cells else text
            case EventKind.ACKNOWLEDGE:
                acknowledged[str(event.payload["alert"])] = event
            case EventKind.SIGN:
                signature = Signature(str(event.payload["name"]), event.at, str(event.payload["meaning"]))
            case EventKind.REOPEN:
                amended, signature = amended or signature is not None, None
            case EventKind.GRADE:
                _apply_grades(grades, event)
            case EventKind.REPAIR_MASK:
                for cell in event.cells:
                    cells.setdefault(cell, {})["mask"] = mask_from_payload(event.payload, event.reviewer, event.at)
            case _:
                pass
    reviews = {key: CellReview(**values) for key, values in cells.items()}  # type: ignore[arg-type]
    return ReviewState(reviews, comment, signature, amended, acknowledged, tuple(undo_stack), tuple(redo_stack), grades)


def undone_event_ids(events: Iterable[ReviewEvent]) -> frozenset[str]:
    """Ids of one slide's events, in order of `seq`, that undo took back and redo did not bring again."""
    by_reading: dict[int, list[ReviewEvent]] = {}
    for event in flatten_imports(events):
        by_reading.setdefault(reading_of(event), []).append(event)
    return frozenset(gone for log in by_reading.values() for gone in _resolve_undo(log)[0])


def _apply_grades(grades: dict[str, GradeRecord], event: ReviewEvent) -> None:
    given = event.payload["grades"]
    for item, grade in given.items() if isinstance(given, Mapping) else ():
        grades.pop(str(item), None)
        if grade:
            grades[str(item)] = GradeRecord(str(grade), event.reviewer, event.at)


def _resolve_undo(log: list[ReviewEvent]) -> tuple[set[str], list[str], list[str]]:
    """Ids without effect, and what undo and redo can reach. A new action empties the redo stack."""
    undone: set[str] = set()
    undo_stack: list[str] = []
    redo_stack: list[str] = []
    for event in log:
        if event.kind is EventKind.UNDO:
            target = str(event.payload["event"])
            if target in redo_stack:  # a redo: the undo event named is taken back
                redo_stack.remove(target)
                original = next(str(e.payload["event"]) for e in log if e.id == target)
                undone.discard(original)
                undo_stack.append(original)
            elif target in undo_stack:
                undo_stack.remove(target)
                undone.add(target)
                redo_stack.append(event.id)
        elif event.kind in UNDOABLE_KINDS:
            undo_stack.append(event.id)
            redo_stack.clear()
        elif event.kind in {EventKind.SIGN, EventKind.REOPEN}:
            undo_stack.clear()
            redo_stack.clear()
    return undone, undo_stack, redo_stack
