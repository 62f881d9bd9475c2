"""Comparison of signed slides with what their signatures bind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message, MessageList
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent, reading_of
from leukview.domain.review.reducer import replay
from leukview.domain.review.signed_binding import (
    BINDING_KEY,
    SignedBinding,
    SignedNumbers,
    describe_changes,
    parse_binding,
    reviewed_labels,
    without_predictions,
)
from leukview.services.ports.storage import SlideStore


def current_binding(
    slides: SlideStore, slide_id: str, events: Iterable[ReviewEvent], reading: int, role: str = ""
) -> SignedBinding:
    """Compute what a signature given now would bind.

    Args:
        slides: Slides, cells and predictions.
        slide_id: The slide.
        events: Its events in order of `seq`, before the signature.
        reading: The reading that is signed.
        role: Role of the person who signs.

    Raises:
        StoreError: The slide cannot be read.
    """
    known = list(events)
    state, cells, slide = replay(known, reading), slides.cell_digests(slide_id), slides.slide(slide_id)
    own = reading == FIRST_READING
    return SignedBinding(
        dict(cells) if own else without_predictions(cells),
        reviewed_labels((key, review.label) for key, review in state.cells.items()),
        SignedNumbers(slide.wbc_per_nl, slide.um_per_px) if own else None,
        role,
        (known[-1].seq, known[-1].hash) if known else (0, ""),
    )


def check_signatures(
    slides: SlideStore, events_by_slide: Mapping[str, list[ReviewEvent]], token: CancelToken
) -> tuple[str, ...]:
    """Compare each signed slide with what its valid signatures bind.

    Signatures given before there were bindings, and those of other workstations, are left out.

    Returns:
        One sentence per slide and signature that no longer fits.

    Raises:
        Cancelled: The token was set.
    """
    found = []
    for slide_id, events in events_by_slide.items():
        for reading in (FIRST_READING, SECOND_READING):
            signature = _valid_signature(events, reading)
            if signature is None or BINDING_KEY not in signature.payload:
                continue
            token.raise_if_cancelled()
            changes = _changes(slides, slide_id, events, signature, reading)
            if changes:
                found.append(
                    Message(
                        "Slide {slide}, signed by {name} on {at}, was changed after the signature: {changes}.",
                        slide=slide_id,
                        name=str(signature.payload.get("name", "")),
                        at=signature.at[:10],
                        changes=MessageList(changes, "; "),
                    )
                )
    return tuple(found)


def _valid_signature(events: Iterable[ReviewEvent], reading: int) -> ReviewEvent | None:
    """The last signature of a reading that was not followed by a reopening."""
    found = None
    for event in events:
        if reading_of(event) == reading and event.kind in {EventKind.SIGN, EventKind.REOPEN}:
            found = event if event.kind is EventKind.SIGN else None
    return found


def _changes(
    slides: SlideStore, slide_id: str, events: list[ReviewEvent], signature: ReviewEvent, reading: int
) -> tuple[str, ...]:
    payload = signature.payload[BINDING_KEY]
    try:
        if not isinstance(payload, Mapping):
            raise TypeError("a binding is an object")
        signed = parse_binding(payload)
    except (KeyError, TypeError, ValueError):
        return (Message("the record of the signed content"),)
    before = [event for event in events if event.seq < signature.seq]
    try:
        now = current_binding(slides, slide_id, before, reading, signed.role)
    except StoreError:
        return (Message("the slide can no longer be read"),)
    return describe_changes(signed, now)
