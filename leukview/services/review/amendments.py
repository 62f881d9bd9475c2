"""Changes between the signed versions of a slide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.differential import Differential, compute_differential
from leukview.domain.review.agreement import binding_consensus, latest_consensus
from leukview.domain.review.events import (
    FIRST_READING,
    SECOND_READING,
    EventKind,
    ReviewEvent,
    ReviewState,
    Signature,
    reading_of,
)
from leukview.domain.review.reducer import replay
from leukview.services.review.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One change of a cell's class key, a cell's comment or a grade.

    Attributes:
        key: Cell id, or item key of a grade; "" for the slide's comment.
        before: "" = none.
        after: "" = none.
    """

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """Comparison of two consecutive versions of a slide.

    Attributes:
        earlier_signature: Signature of the earlier version.
        later_signature: Signature of the later one; None while it is not signed.
        reasons: Reasons of the reopenings in between.
        differential_before: Differential of the earlier version.
        differential_after: Differential of the later one.
        class_changes: Cells with a changed class, in the slide's order.
        comment_changes: Cells with a changed comment.
        slide_comment_change: Change of the slide's comment; None when it is the same.
        grade_changes: Changed grades of red cells and platelets.
        wbc_change: White cell counts (10⁹/l) before and after; None when they are the same.
        acknowledged_alerts: Keys of the alerts acknowledged in between.
    """

    earlier_signature: Signature
    later_signature: Signature | None
    reasons: tuple[str, ...]
    differential_before: Differential
    differential_after: Differential
    class_changes: tuple[ValueChange, ...]
    comment_changes: tuple[ValueChange, ...]
    slide_comment_change: ValueChange | None
    grade_changes: tuple[ValueChange, ...]
    wbc_change: tuple[float | None, float | None] | None
    acknowledged_alerts: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs except the signature."""
        lists = (self.class_changes, self.comment_changes, self.grade_changes, self.acknowledged_alerts)
        return not any(lists) and self.slide_comment_change is None and self.wbc_change is None


@dataclass(frozen=True, slots=True)
class _SlideVersion:
    state: ReviewState
    labels: Mapping[str, str]
    wbc_per_nl: float | None


def compare_signed_versions(view: SlideView, events: Sequence[ReviewEvent]) -> tuple[Amendment, ...]:
    """Compare each signed version of a slide that was reopened with the next version.

    The last version is the current state. A signed version has the cells and classes that its signature names. For
    signatures of versions that did not record them, the newest predictions are used.

    Args:
        view: The current state of the slide, in its first reading.
        events: The slide's events in order of `seq`.

    Returns:
        In order of time; empty when the slide was never reopened.
    """
    ends = _version_lengths(events)
    if not ends:
        return ()
    versions = [_replay_version(view, events[:end]) for end in (*ends, len(events))]
    reasons = [
        [str(e.payload.get("reason", "")) for e in events[a:b] if _is_first_reading(e, EventKind.REOPEN)]
        for a, b in zip(ends, (*ends[1:], len(events)), strict=True)
    ]
    pairs = zip(versions, versions[1:], reasons, strict=False)
    return tuple(_compare_versions(view, one, other, why) for one, other, why in pairs)


def _is_first_reading(event: ReviewEvent, kind: EventKind) -> bool:
    return event.kind is kind and reading_of(event) == FIRST_READING


def _version_lengths(events: Sequence[ReviewEvent]) -> list[int]:
    """Number of events up to each signature that was followed by a reopening."""
    ends, signed = [], 0
    for at, event in enumerate(events, start=1):
        if _is_first_reading(event, EventKind.SIGN):
            signed = at
        elif _is_first_reading(event, EventKind.REOPEN) and signed:
            ends.append(signed)
            signed = 0
    return ends


def _replay_version(view: SlideView, events: Sequence[ReviewEvent]) -> _SlideVersion:
    state, reached = replay(events), latest_consensus(events)
    signature = state.signature
    covered = signature.covers if signature else lambda _cell_id: True
    signed = signature.state.labels if signature and signature.state else {}
    second = replay(events, SECOND_READING) if reached else ReviewState()
    labels = {}
    for v in view.cells:
        own = state.cell_review(v.cell.id).label
        consensus = binding_consensus(reached.get(v.cell.id), own, second.cell_review(v.cell.id).label)
        label = signed.get(v.cell.id) or consensus or own or (v.prediction.label if v.prediction else "")
        if label and covered(v.cell.id):
            labels[v.cell.id] = label
    wbc = None
    for event in events:
        if event.kind is EventKind.SET_SLIDE and "wbc_per_nl" in event.payload:
            value = event.payload["wbc_per_nl"]
            wbc = float(value) if isinstance(value, int | float) else None
    return _SlideVersion(state, labels, wbc)


def _compare_versions(
    view: SlideView, earlier: _SlideVersion, later: _SlideVersion, reasons: Sequence[str]
) -> Amendment:
    if earlier.state.signature is None:  # cannot happen, as its events end with a signature
        raise ValueError("The earlier version is not signed.")
    ids = [v.cell.id for v in view.cells]
    before = {key: graded.grade for key, graded in earlier.state.grades.items()}
    after = {key: graded.grade for key, graded in later.state.grades.items()}
    comment = ValueChange("", earlier.state.comment, later.state.comment)
    remarks = [ValueChange(i, earlier.state.cell_review(i).comment, later.state.cell_review(i).comment) for i in ids]
    classes = [ValueChange(i, earlier.labels.get(i, ""), later.labels.get(i, "")) for i in ids]
    grades = [ValueChange(key, before.get(key, ""), after.get(key, "")) for key in dict.fromkeys([*before, *after])]
    known = {key: event.id for key, event in earlier.state.acknowledged.items()}
    return Amendment(
        earlier_signature=earlier.state.signature,
        later_signature=later.state.signature,
        reasons=tuple(reason for reason in reasons if reason),
        differential_before=compute_differential(view.taxonomy, earlier.labels.values(), earlier.wbc_per_nl),
        differential_after=compute_differential(view.taxonomy, later.labels.values(), later.wbc_per_nl),
        class_changes=tuple(c for c in classes if c.before != c.after),
        comment_changes=tuple(c for c in remarks if c.before != c.after),
        slide_comment_change=comment if comment.before != comment.after else None,
        grade_changes=tuple(c for c in grades if c.before != c.after),
        wbc_change=(earlier.wbc_per_nl, later.wbc_per_nl) if earlier.wbc_per_nl != later.wbc_per_nl else None,
        acknowledged_alerts=tuple(k for k, e in later.state.acknowledged.items() if known.get(k) != e.id),
    )
