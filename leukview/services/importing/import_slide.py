"""The review that an exported slide brings with it, taken over as one event of this workstation's log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from leukview.core.errors import ConcurrentWriteError
from leukview.domain.export_origin import SlideOrigin
from leukview.domain.review.events import EventKind, ReviewEvent, event_to_json, flatten_imports
from leukview.domain.slide import Slide, SlideDraft
from leukview.services.ports.storage import ReviewLog, SlideStore

_NON_REVIEW_KINDS = frozenset(
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


def import_slide(slides: SlideStore, log: ReviewLog, draft: SlideDraft, imported_by: str) -> tuple[Slide, str]:
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
    known = _find_exported_slide(slides, origin)
    if known is not None:
        return known, ""
    slide = slides.add_slide(draft, synthetic=origin.synthetic).slide
    by_content = {cell.sha256: cell.id for cell in slides.cells(slide.id)}
    why = _import_review(by_content, log, slide, origin, imported_by)
    said = {by_content[digest]: said for digest, said in origin.predictions.items() if digest in by_content}
    if said and not _has_review(log.events(slide.id)):
        slides.import_predictions(slide.id, said)
    return slides.slide(slide.id), why


def _find_exported_slide(slides: SlideStore, origin: SlideOrigin) -> Slide | None:
    """The slide here that was exported and now comes back; None when it is another workstation's."""
    here = next((slide for slide in slides.slides() if slide.id == origin.slide_id), None)
    if here is None or not origin.cell_ids_by_sha256:
        return None
    return here if set(origin.cell_ids_by_sha256.values()) <= {cell.id for cell in slides.cells(here.id)} else None


def _import_review(
    cell_ids_by_sha256: Mapping[str, str], log: ReviewLog, slide: Slide, origin: SlideOrigin, imported_by: str
) -> str:
    """Take over the events that are not here yet.

    They are not appended one by one: a row of this log says who wrote it *here*, and when, under a hash that follows
    this log's last one. One row of kind `EventKind.IMPORT` says who imported, and carries the others as they were, with
    their own hashes; `leukview.domain.review.events.flatten_imports` lays them out for the fold. So both are true and can be
    verified: this log's chain, and what the other one said.

    Args:
        cell_ids_by_sha256: SHA-256 of an image → the cell's id here.
        log: This workstation's.
        slide: As it was stored here.
        origin: What came with it, verified.
        imported_by: Who imports.

    Returns:
        Why nothing was taken over, in one sentence; "" when all is here.

    Raises:
        StoreError: The log refuses.
    """
    moved = {
        theirs: cell_ids_by_sha256[digest]
        for digest, theirs in origin.cell_ids_by_sha256.items()
        if digest in cell_ids_by_sha256
    }
    while True:
        own = log.events(slide.id)
        known = {event.id for event in flatten_imports(own)}
        new = [event for event in origin.events if event.id not in known]
        if not new:
            return ""
        if _has_review(own):
            return f"Slide {slide.id} was reviewed here as well, so the review that came with it was not taken over."
        touched = dict.fromkeys(moved[cell] for event in new for cell in event.cells if cell in moved)
        payload: dict[str, object] = {
            "origin": {
                "slide": origin.slide_id,
                "patient": origin.patient_id,
                "exported_at": origin.exported_at,
                "program": origin.program,
                "head": {"seq": origin.log_head[0], "hash": origin.log_head[1]},
            },
            "cells": moved,
            "events": [_imported_row(event, origin) for event in new],
            "um_per_px": origin.um_per_px,
            "wbc_per_nl": origin.wbc_per_nl,
            "predictions": _prediction_provenance(origin),
        }
        try:
            last = own[-1].seq if own else 0
            log.append(
                slide.id,
                EventKind.IMPORT,
                reviewer=imported_by,
                cells=tuple(touched),
                payload=payload,
                expected_seq=last,
            )
        except ConcurrentWriteError:  # another program wrote to the slide meanwhile: look again
            continue
        return ""


def _has_review(events: Iterable[ReviewEvent]) -> bool:
    """Persons worked on the slide here, on top of what came along."""
    return any(event.kind not in _NON_REVIEW_KINDS for event in events)


def _prediction_provenance(origin: SlideOrigin) -> dict[str, object] | None:
    """Which models' opinions came along, and the hash over them; None when none did."""
    if not origin.predictions:
        return None
    counts = Counter(stored.prediction.bundle for said in origin.predictions.values() for stored in said)
    return {"sha256": origin.predictions_sha256, "bundles": dict(counts)}


def _imported_row(event: ReviewEvent, origin: SlideOrigin) -> dict[str, object]:
    row = event_to_json(event)
    return {**row, "withheld": True} if event.id in origin.withheld_event_ids else row
