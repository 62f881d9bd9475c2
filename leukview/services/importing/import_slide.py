"""Import of a slide, with the review of a slide that was exported by LeukView.

The imported review is one event of this workstation's log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from leukview.core.errors import ConcurrentWriteError, ExportError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message, MessageList
from leukview.domain.export_origin import SlideOrigin
from leukview.domain.review.events import EventKind, ReviewEvent, event_to_json, flatten_imports
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Cell, CellDraft, FolderQuestion, Slide, SlideDraft
from leukview.services.ports.storage import KnownContent, ReviewLog, SlideStore

_NAMED_FOLDERS = 5
_NON_REVIEW_KINDS = frozenset(
    {
        EventKind.IMPORT,
        EventKind.CELLS_ADDED,
        EventKind.OPEN,
        EventKind.SEEN,
        EventKind.MAP_SHOWN,
        EventKind.REPORT,
        EventKind.EXPORT,
        EventKind.QC,
        EventKind.UNLOCK_FAILED,
    }
)
"""Kinds of event that are no review work; a slide with only these can still take over another review."""


def import_slide(
    slides: SlideStore, log: ReviewLog, draft: SlideDraft, imported_by: str, known_content: KnownContent | None = None
) -> tuple[Slide, str]:
    """Store a draft under pseudonyms in one transaction.

    Cells that it adds to a stored slide are logged. They are not under a signature given before: they stay out of the
    result until the slide is reopened. The analyser's labels of a signed slide do not change.

    The export of another LeukView workstation contains the slide's review and the predictions, each with its bundle;
    both are imported unless the slide was reviewed here as well, together with the slide or not at all. If the slide
    was exported by this workstation, the stored slide is returned unchanged. The same holds for a draft that a person
    took for a stored slide under another name: that slide keeps its review, and takes the new name and further cells
    unless the name is another patient's.

    Args:
        slides: Where to store the slide.
        log: The review log.
        draft: The slide as found.
        imported_by: Name of the importing person.
        known_content: Renames a slide; None = a draft never joins another name's slide.

    Returns:
        The slide, and what was not taken over, in one sentence: its review, or cells that came after a signature; "" =
        everything was.

    Raises:
        ExportError: A folder of the slide waits for an answer.
        StoreError: It cannot be stored.
    """
    if draft.open_questions:
        raise open_questions_error(draft.open_questions)
    origin = draft.origin
    if draft.joins_known and draft.known_slide and known_content is not None:
        if not known_content.rename(draft.known_slide, draft):
            return slides.slide(draft.known_slide), ""
        return _add_slide(slides, log, draft, imported_by, synthetic=draft.synthetic)
    if origin is None:
        return _add_slide(slides, log, draft, imported_by, synthetic=draft.synthetic)
    known = find_exported_slide(slides, origin)
    if known is not None:
        return known, ""
    with slides.transaction():
        slide, late = _add_slide(slides, log, draft, imported_by, synthetic=origin.synthetic)
        by_content = {cell.sha256: cell.id for cell in slides.cells(slide.id)}
        why = _import_review(by_content, log, slide, origin, imported_by)
        said = {by_content[digest]: said for digest, said in origin.predictions.items() if digest in by_content}
        if said and not _has_review(log.events(slide.id)):
            slides.import_predictions(slide.id, said)
        return slides.slide(slide.id), why or late


def import_slides(
    slides: SlideStore,
    log: ReviewLog,
    drafts: Sequence[SlideDraft],
    imported_by: str,
    known_content: KnownContent | None,
    token: CancelToken,
    reporter: Reporter,
    on_review_skipped: Callable[[str], None] | None = None,
) -> list[Slide]:
    """Store slides one after the other; see `import_slide`.

    Args:
        slides: Where they are stored.
        log: The review log.
        drafts: The slides.
        imported_by: The importing person, logged when a slide's review is imported.
        known_content: See `import_slide`.
        token: Checked before each slide.
        reporter: Receives the number of slides stored.
        on_review_skipped: Called with the reason, one sentence, when a slide's review is not imported.

    Raises:
        Cancelled: The token was set; the slides stored so far stay.
    """
    stored = []
    for done, draft in enumerate(drafts):
        token.raise_if_cancelled()
        reporter(Progress(done, len(drafts), "Importing slides"))
        slide, why = import_slide(slides, log, draft, imported_by, known_content)
        stored.append(slide)
        if why and on_review_skipped:
            on_review_skipped(why)
    reporter(Progress(len(drafts), len(drafts), "Importing slides"))
    return stored


def _add_slide(
    slides: SlideStore, log: ReviewLog, draft: SlideDraft, imported_by: str, *, synthetic: bool
) -> tuple[Slide, str]:
    known = slides.find_slide(draft)
    signed = known is not None and replay(log.events(known.id)).signature is not None
    relabelled = 0
    if known is not None and signed:
        stored = {cell.sha256: cell for cell in slides.cells(known.id)}
        relabelled = count_new_labels(draft, stored)
        draft = replace(draft, cells=tuple(_with_stored_labels(cell, stored.get(cell.sha256)) for cell in draft.cells))
    result = slides.add_slide(draft, synthetic=synthetic)
    if result.added_cells:
        log.append(result.slide.id, EventKind.CELLS_ADDED, reviewer=imported_by, cells=result.added_cells)
    if not signed or not (result.added_cells or relabelled):
        return result.slide, ""
    words = (
        "Slide {slide} is signed. New cells: {count}; they are not part of the signature until the "
        "slide is amended. Cells with a new class by the analyser: {relabelled}; these classes are "
        "ignored."
    )
    return result.slide, Message(
        words, slide=known.id if known else "", count=len(result.added_cells), relabelled=relabelled
    )


def count_new_labels(draft: SlideDraft, stored: Mapping[str, Cell]) -> int:
    """Number of stored cells (by SHA-256 of the image) that have a label in the draft that is not stored."""
    return sum(
        any(label and label not in {known.source, *known.conflicts} for label in (cell.source, *cell.conflicts))
        for cell in draft.cells
        if (known := stored.get(cell.sha256)) is not None
    )


def _with_stored_labels(cell: CellDraft, stored: Cell | None) -> CellDraft:
    return cell if stored is None else replace(cell, source=stored.source, conflicts=stored.conflicts)


def open_questions_error(questions: Sequence[FolderQuestion]) -> ExportError:
    """The error of a slide with folders that may be a class or a patient; the hint tells how to answer."""
    names = MessageList(f"“{question.name}”" for question in questions[:_NAMED_FOLDERS])
    rest = len(questions) - _NAMED_FOLDERS
    more = Message(" and {count} more", count=rest) if rest > 0 else ""
    return ExportError(
        Message("It is unknown whether {names}{more} is a cell class or a patient.", names=names, more=more),
        Message(
            "Use --class “{name}=CLASS” (or patient, or leave out), or open it in the window, which asks.",
            name=questions[0].name,
        ),
    )


def find_exported_slide(slides: SlideStore, origin: SlideOrigin) -> Slide | None:
    """The stored slide of which this is an export; None if exported elsewhere."""
    here = next((slide for slide in slides.slides() if slide.id == origin.slide_id), None)
    if here is None or not origin.cell_ids_by_sha256:
        return None
    return here if set(origin.cell_ids_by_sha256.values()) <= {cell.id for cell in slides.cells(here.id)} else None


def _import_review(
    cell_ids_by_sha256: Mapping[str, str], log: ReviewLog, slide: Slide, origin: SlideOrigin, imported_by: str
) -> str:
    """Import the events of another workstation that this log does not have yet.

    They are not appended individually, because each row of this log records who wrote it on this workstation and when,
    with a hash that follows the previous row. Instead, one event of kind `EventKind.IMPORT` records who imported them
    and contains them unchanged with their own hashes. `leukview.domain.review.events.flatten_imports` expands it when
    the review state is computed. Both this log's chain and the other log's hashes can still be verified.

    Args:
        cell_ids_by_sha256: SHA-256 of an image → the cell's id here.
        log: This workstation's log.
        slide: As stored here.
        origin: The verified data of the exporting workstation.
        imported_by: Name of the importing person.

    Returns:
        Why nothing was imported, in one sentence; "" when all events are in the log.

    Raises:
        StoreError: The log cannot be read or written.
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
        except ConcurrentWriteError:  # another program wrote to the slide meanwhile; read it again
            continue
        return ""


def _has_review(events: Iterable[ReviewEvent]) -> bool:
    """Whether the slide was reviewed here, apart from imported events."""
    return any(event.kind not in _NON_REVIEW_KINDS for event in events)


def _prediction_provenance(origin: SlideOrigin) -> dict[str, object] | None:
    """Models of the imported predictions and the hash over them; None without any."""
    if not origin.predictions:
        return None
    counts = Counter(stored.prediction.bundle for said in origin.predictions.values() for stored in said)
    return {"sha256": origin.predictions_sha256, "bundles": dict(counts)}


def _imported_row(event: ReviewEvent, origin: SlideOrigin) -> dict[str, object]:
    row = event_to_json(event)
    return {**row, "withheld": True} if event.id in origin.withheld_event_ids else row
