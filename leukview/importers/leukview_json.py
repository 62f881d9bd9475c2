"""Reading and verification of the ``slide.json`` in LeukView's own cell exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from leukview.core.errors import ExportError
from leukview.core.strict_json import parse_strict_json
from leukview.domain.export_origin import SlideOrigin
from leukview.domain.prediction import StoredPrediction
from leukview.domain.review.events import (
    FIRST_READING,
    SECOND_READING,
    EventKind,
    ReviewEvent,
    event_from_json,
    flatten_imports,
)
from leukview.domain.review.hash_chain import row_hash
from leukview.domain.review.reducer import replay
from leukview.domain.review.signed_state import signed_state_from_payload
from leukview.domain.slide import CellDraft, Problem, ProblemKind, SlideDraft, SourceLabel
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.file_sources import FileSource
from leukview.services.export.prediction_codec import prediction_from_json, predictions_sha256
from leukview.services.export.slide_json import SCHEMA

SLIDE_JSON_FILE = "slide.json"


@dataclass(frozen=True, slots=True)
class _ExportedCell:
    """A cell as described by the exporting workstation."""

    id: str
    number: int
    source: SourceLabel | None
    conflicts: tuple[SourceLabel, ...]


_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, StopIteration, RecursionError, OverflowError)
"""What reading well-formed JSON of another shape raises."""
_DAMAGED = "“slide.json” is damaged; the labels of the folders are used, no review was taken over."


def apply_slide_json(draft: SlideDraft, source: FileSource, path: str, taxonomy: Taxonomy) -> SlideDraft:
    """Add the labels and review events of ``slide.json`` to a draft.

    A file of another kind changes nothing. When an event does not match its hash, the review is left out; when the file
    is damaged, the labels of the folders are kept as well. Images that it does not list get no label from it. In each
    case a problem gives the reason.

    Args:
        draft: The draft as read from the folders.
        source: Source that contains the slide.
        path: Path of ``slide.json`` in the source.
        taxonomy: Classes known to this program.
    """
    try:
        text = source.read(path)
    except ExportError as error:
        return _add_problem(draft, error.message)
    try:
        body = parse_strict_json(text)
    except (ValueError, RecursionError):
        return _add_problem(draft, _DAMAGED) if SCHEMA.encode() in text else draft
    if not isinstance(body, dict) or body.get("schema") != SCHEMA:
        return draft
    try:
        if str(body["schema_version"]).split(".")[0] != "1":
            return _add_problem(draft, "“slide.json” was written by a newer LeukView; its labels were not taken over.")
        origin = _parse_origin(body, taxonomy)
        cells = {row["file"]["sha256"]: _parse_cell(row, taxonomy) for row in body["cell_records"] if row["file"]}
        if not cells:  # a report's slide.json, without cell files: this folder is not a cell export
            return draft
    except _MALFORMED:
        return _add_problem(draft, _DAMAGED)
    broken = describe_chain_break(origin)
    if broken:
        origin = replace(origin, events=())
        draft = _add_problem(
            draft, f"The review in “slide.json” was changed after its export and is left out: {broken}"
        )
    try:
        said = _parse_predictions(body, origin, taxonomy)
    except _MALFORMED:
        draft = _add_problem(draft, "What models said in “slide.json” is not understood here and is left out.")
    else:
        if said is None:
            draft = _add_problem(
                draft, "What models said in “slide.json” was changed after its export and is left out."
            )
        elif said:
            origin = replace(origin, predictions=said, predictions_sha256=str(body["predictions_sha256"]))
    strange = [cell for cell in draft.cells if cell.sha256 not in cells]
    if strange:
        words = f"{len(strange)} images were changed or added after the export; they come without labels of persons."
        draft = _add_problem(draft, words)
    gone = len(cells.keys() - {cell.sha256 for cell in draft.cells})
    if gone:
        draft = _add_problem(draft, f"{gone} images that “slide.json” names are not there or cannot be used.")
    ordered = sorted(draft.cells, key=lambda c: cells[c.sha256].number if c.sha256 in cells else len(cells) + 1)
    return replace(
        draft,
        patient=origin.patient_id,
        order=origin.slide_id,
        cells=tuple(_with_exported_labels(cell, cells.get(cell.sha256)) for cell in ordered),
        origin=replace(origin, cell_ids_by_sha256={digest: known.id for digest, known in cells.items()}),
    )


def describe_chain_break(origin: SlideOrigin) -> str:
    """Describe the first invalid event of a review log; "" when all are valid.

    Each event must match its own hash and numbers must rise; of two events with consecutive numbers, the later one must
    contain the earlier one's hash. Missing numbers are events of other slides, which are not exported: across such a
    gap only the hash of each event is checked.
    """
    before: ReviewEvent | None = None
    for event in origin.events:
        if event.id not in origin.withheld_event_ids and row_hash(event) != event.hash:
            return f"event {event.seq} does not fit its hash."
        if before is not None:
            if event.seq <= before.seq:
                return f"event {event.seq} is out of order."
            if event.seq == before.seq + 1 and event.previous != before.hash:
                return f"event {event.seq} does not follow the one before it."
        before = event
    if before is not None and (before.seq, before.hash) != origin.log_head and before.seq >= origin.log_head[0]:
        return "its last event is not the one that the log ended with."
    return ""


def _add_problem(draft: SlideDraft, message: str) -> SlideDraft:
    return replace(draft, problems=(*draft.problems, Problem(ProblemKind.CHANGED, SLIDE_JSON_FILE, message)))


def _parse_origin(body: Mapping[str, Any], taxonomy: Taxonomy) -> SlideOrigin:
    log, slide = body["review_log"], str(body["slide_id"])
    head = log["head"]
    rows = log.get("log", [])
    events = tuple(event_from_json(row, slide) for row in rows)
    _validate_events(events, taxonomy)
    scale, wbc = (None if body[key] is None else float(body[key]) for key in ("um_per_px", "wbc_per_nl"))
    if any(value is not None and not 0 < value < 1e6 for value in (scale, wbc)):
        raise ValueError("no scale or white cell count")
    return SlideOrigin(
        slide_id=slide,
        patient_id=str(body["patient"]),
        exported_at=str(body["created_at"]),
        program=str(body["program"]),
        log_head=(int(head["seq"]), str(head["hash"])) if head else (0, ""),
        events=events,
        withheld_event_ids=frozenset(str(row["id"]) for row in rows if row.get("withheld")),
        synthetic=bool(body["synthetic"]),
        um_per_px=scale,
        wbc_per_nl=wbc,
    )


def _parse_predictions(
    body: Mapping[str, Any], origin: SlideOrigin, taxonomy: Taxonomy
) -> dict[str, tuple[StoredPrediction, ...]] | None:
    """Predictions per image SHA-256; None when they do not match their hash.

    Files before version 1.1 lack some fields of a prediction: nothing is imported from them, and the slide is analysed
    again.
    """
    if "predictions_sha256" not in body:
        return {}
    if predictions_sha256(body["cell_records"]) != body["predictions_sha256"]:
        return None
    found = {}
    for row in body["cell_records"]:
        rows = [*row["other_predictions"], *([row["model"]] if row["model"] else [])]
        said = tuple(prediction_from_json(one, taxonomy, origin.exported_at) for one in rows)
        if len({(s.mask_sha256, s.prediction.bundle) for s in said}) < len(said):
            raise ValueError("a model that speaks twice")
        if row["file"] and said:
            found[row["file"]["sha256"]] = said
    return found


def _validate_events(events: Sequence[ReviewEvent], taxonomy: Taxonomy) -> None:
    """Raise ValueError, TypeError or KeyError for events unfit for `replay`."""
    known = {c.key for c in taxonomy.classes} | {""}
    for event in flatten_imports(events):
        if datetime.fromisoformat(event.at).tzinfo is None:
            raise ValueError("a time without zone")
        accepted = event.payload.get("labels", {})
        if not isinstance(accepted, Mapping):
            raise TypeError("labels are no table")
        state = signed_state_from_payload(event.payload) if event.kind is EventKind.SIGN else None
        signed = state.labels.values() if state else ()
        named = [*accepted.values(), *signed, *(event.payload.get(key, "") for key in ("label", "first", "second"))]
        if not known.issuperset(str(label) for label in named):
            raise ValueError("an unknown class")
    for reading in (FIRST_READING, SECOND_READING):
        replay(events, reading)


def _parse_cell(row: Mapping[str, Any], taxonomy: Taxonomy) -> _ExportedCell:
    source = row["source"]
    return _ExportedCell(
        str(row["id"]),
        int(row["number"]),
        _parse_label(source, taxonomy) if source else None,
        tuple(_parse_label(label, taxonomy) for label in row["conflicts"]),
    )


def _parse_label(label: Mapping[str, Any], taxonomy: Taxonomy) -> SourceLabel:
    """Source label of a row; ValueError for a class that is unknown here."""
    key = str(label["class"])
    if key not in {c.key for c in taxonomy.classes}:
        raise ValueError(f"unknown class {key}")
    return SourceLabel(key, str(label["name"]), str(label["code"]))


def _with_exported_labels(cell: CellDraft, exported: _ExportedCell | None) -> CellDraft:
    return cell if exported is None else replace(cell, source=exported.source, conflicts=exported.conflicts)
