"""What changed between the signed versions of a slide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.differential import Differential, differential
from leukview.domain.review.agreement import binding_consensus, latest_consensus
from leukview.domain.review.events import (
    FIRST,
    SECOND,
    EventKind,
    ReviewEvent,
    ReviewState,
    Signature,
    reading_of,
    replay,
)
from leukview.services.review.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: a cell's class key, a cell's comment or a grade, before and after; "" = none.

    Attributes:
        key: Cell id, or item key of a grade.
    """

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """Two versions of a slide, one after the other.

    Attributes:
        signed: Signature of the earlier version.
        resigned: Signature of the later one; None while it is not signed.
        reasons: Why it was reopened in between.
        before: Differential of the earlier version.
        after: Differential of the later one.
        cells: Cells whose class differs, in the slide's order.
        comments: Cells whose comment differs.
        slide_comment: The slide's comment; None when it is the same.
        grades: Grades of red cells and platelets that differ.
        wbc: White cell counts (10⁹/l) before and after; None when they are the same.
        acknowledged: Keys of the alerts acknowledged in between.
    """

    signed: Signature
    resigned: Signature | None
    reasons: tuple[str, ...]
    before: Differential
    after: Differential
    cells: tuple[Change, ...]
    comments: tuple[Change, ...]
    slide_comment: Change | None
    grades: tuple[Change, ...]
    wbc: tuple[float | None, float | None] | None
    acknowledged: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Nothing differs but the signature."""
        lists = (self.cells, self.comments, self.grades, self.acknowledged)
        return not any(lists) and self.slide_comment is None and self.wbc is None


@dataclass(frozen=True, slots=True)
class _Version:
    state: ReviewState
    labels: Mapping[str, str]
    wbc: float | None


def amendments(view: SlideView, events: Sequence[ReviewEvent]) -> tuple[Amendment, ...]:
    """Each signed version beside the one after it, in order; empty when the slide was never reopened.

    The last one ends at the slide as it stands. The model's opinion is the newest in each version: of what the model
    said earlier the log knows nothing.

    Args:
        view: The slide as it stands, in its first reading.
        events: The slide's events in order of `seq`.
    """
    ends = _ends(events)
    if not ends:
        return ()
    versions = [_version(view, events[:end]) for end in (*ends, len(events))]
    reasons = [
        [str(e.payload.get("reason", "")) for e in events[a:b] if _is(e, EventKind.REOPEN)]
        for a, b in zip(ends, (*ends[1:], len(events)), strict=True)
    ]
    pairs = zip(versions, versions[1:], reasons, strict=False)
    return tuple(_compare(view, one, other, why) for one, other, why in pairs)


def _is(event: ReviewEvent, kind: EventKind) -> bool:
    return event.kind is kind and reading_of(event) == FIRST


def _ends(events: Sequence[ReviewEvent]) -> list[int]:
    """How many events each signed version that was reopened later consists of."""
    ends, signed = [], 0
    for at, event in enumerate(events, start=1):
        if _is(event, EventKind.SIGN):
            signed = at
        elif _is(event, EventKind.REOPEN) and signed:
            ends.append(signed)
            signed = 0
    return ends


def _version(view: SlideView, events: Sequence[ReviewEvent]) -> _Version:
    state, reached = replay(events), latest_consensus(events)
    second = replay(events, SECOND) if reached else ReviewState()
    labels = {}
    for v in view.cells:
        own = state.of(v.cell.id).label
        consensus = binding_consensus(reached.get(v.cell.id), own, second.of(v.cell.id).label)
        label = consensus or own or (v.prediction.label if v.prediction else "")
        if label:
            labels[v.cell.id] = label
    wbc = None
    for event in events:
        if event.kind is EventKind.SET_SLIDE and "wbc_per_nl" in event.payload:
            value = event.payload["wbc_per_nl"]
            wbc = float(value) if isinstance(value, int | float) else None
    return _Version(state, labels, wbc)


def _compare(view: SlideView, one: _Version, other: _Version, reasons: Sequence[str]) -> Amendment:
    if one.state.signature is None:  # its events end with a signature
        raise ValueError("The earlier version is not signed.")
    ids = [v.cell.id for v in view.cells]
    before = {key: graded.grade for key, graded in one.state.grades.items()}
    after = {key: graded.grade for key, graded in other.state.grades.items()}
    comment = Change("", one.state.comment, other.state.comment)
    remarks = [Change(i, one.state.of(i).comment, other.state.of(i).comment) for i in ids]
    classes = [Change(i, one.labels.get(i, ""), other.labels.get(i, "")) for i in ids]
    grades = [Change(key, before.get(key, ""), after.get(key, "")) for key in dict.fromkeys([*before, *after])]
    known = {key: event.id for key, event in one.state.acknowledged.items()}
    return Amendment(
        signed=one.state.signature,
        resigned=other.state.signature,
        reasons=tuple(reason for reason in reasons if reason),
        before=differential(view.taxonomy, one.labels.values(), one.wbc),
        after=differential(view.taxonomy, other.labels.values(), other.wbc),
        cells=tuple(c for c in classes if c.before != c.after),
        comments=tuple(c for c in remarks if c.before != c.after),
        slide_comment=comment if comment.before != comment.after else None,
        grades=tuple(c for c in grades if c.before != c.after),
        wbc=(one.wbc, other.wbc) if one.wbc != other.wbc else None,
        acknowledged=tuple(k for k, e in other.state.acknowledged.items() if known.get(k) != e.id),
    )
