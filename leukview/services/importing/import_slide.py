"""The review that an exported slide brings with it, taken over as one event of this workstation's log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from leukview.core.errors import BehindError
from leukview.domain.export_origin import SlideOrigin
from leukview.domain.review.events import EventKind, ReviewEvent, event_record, flatten_imports
from leukview.domain.slide import Slide, SlideDraft
from leukview.services.ports.storage import ReviewLog, SlideStore

_LOOKING = frozenset(
    {
        EventKind.IMPORT,
        EventKind.OPEN,
        EventKind.MAP_SHOWN,
        EventKind.REPORT,
        EventKind.EXPORT,
        EventKind.QC,
        EventKind.UNLOCK_FAILED,
    }
)
"""Kinds that say nothing of a cell: beside them another workstation's review can still be taken over."""


def import_slide(slides: SlideStore, log: ReviewLog, draft: SlideDraft, by: str) -> tuple[Slide, str]:
    """Store a draft under pseudonyms, whole or not at all.

    A slide that LeukView exported brings its review along, and what models said of its cells: each prediction names its
    bundle still. Where persons worked on the slide here neither is touched. A slide that was exported here is found
    again.

    Returns:
        The slide, and why its review was not taken over ("" when it was, or when it brought none).
    """
    origin = draft.origin
    if origin is None:
        return slides.add_slide(draft, synthetic=draft.synthetic).slide, ""
    known = _own_slide(slides, origin)
    if known is not None:
        return known, ""
    slide = slides.add_slide(draft, synthetic=origin.synthetic).slide
    by_content = {cell.sha256: cell.id for cell in slides.cells(slide.id)}
    why = _restore(by_content, log, slide, origin, by)
    said = {by_content[digest]: said for digest, said in origin.predictions.items() if digest in by_content}
    if said and not _reviewed(log.events(slide.id)):
        slides.adopt(slide.id, said)
    return slides.slide(slide.id), why


def _own_slide(slides: SlideStore, origin: SlideOrigin) -> Slide | None:
    """The slide here that was exported and now comes back; None when it is another workstation's."""
    here = next((slide for slide in slides.slides() if slide.id == origin.slide), None)
    if here is None or not origin.cells:
        return None
    return here if set(origin.cells.values()) <= {cell.id for cell in slides.cells(here.id)} else None


def _restore(by_content: Mapping[str, str], log: ReviewLog, slide: Slide, origin: SlideOrigin, by: str) -> str:
    """Take over the events that are not here yet.

    They are not appended one by one: a row of this log says who wrote it *here*, and when, under a hash that follows
    this log's last one. One row of kind `EventKind.IMPORT` says who imported, and carries the others as they were, with
    their own hashes; `leukview.domain.review.events.flatten_imports` lays them out for the fold. So both are true and can be
    verified: this log's chain, and what the other one said.

    Args:
        by_content: SHA-256 of an image → the cell's id here.
        log: This workstation's.
        slide: As it was stored here.
        origin: What came with it, verified.
        by: Who imports.

    Returns:
        Why nothing was taken over, in one sentence; "" when all is here.

    Raises:
        StoreError: The log refuses.
    """
    moved = {theirs: by_content[digest] for digest, theirs in origin.cells.items() if digest in by_content}
    while True:
        own = log.events(slide.id)
        known = {event.id for event in flatten_imports(own)}
        new = [event for event in origin.events if event.id not in known]
        if not new:
            return ""
        if _reviewed(own):
            return f"Slide {slide.id} was reviewed here as well, so the review that came with it was not taken over."
        touched = dict.fromkeys(moved[cell] for event in new for cell in event.cells if cell in moved)
        payload: dict[str, object] = {
            "origin": {
                "slide": origin.slide,
                "patient": origin.patient,
                "exported_at": origin.exported_at,
                "program": origin.program,
                "head": {"seq": origin.head[0], "hash": origin.head[1]},
            },
            "cells": moved,
            "events": [_row(event, origin) for event in new],
            "um_per_px": origin.um_per_px,
            "wbc_per_nl": origin.wbc_per_nl,
            "predictions": _models(origin),
        }
        try:
            last = own[-1].seq if own else 0
            log.append(slide.id, EventKind.IMPORT, reviewer=by, cells=tuple(touched), payload=payload, known=last)
        except BehindError:  # another program wrote to the slide meanwhile: look again
            continue
        return ""


def _reviewed(events: Iterable[ReviewEvent]) -> bool:
    """Persons worked on the slide here, on top of what came along."""
    return any(event.kind not in _LOOKING for event in events)


def _models(origin: SlideOrigin) -> dict[str, object] | None:
    """Which models' opinions came along, and the hash over them; None when none did."""
    if not origin.predictions:
        return None
    counts = Counter(stored.prediction.bundle for said in origin.predictions.values() for stored in said)
    return {"sha256": origin.predictions_sha256, "bundles": dict(counts)}


def _row(event: ReviewEvent, origin: SlideOrigin) -> dict[str, object]:
    row = event_record(event)
    return {**row, "withheld": True} if event.id in origin.withheld else row
