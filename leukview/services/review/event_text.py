"""One event of the review log as a sentence that a person can read, also years later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukview.domain.alerts import AlertRule
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.repaired_mask import mask_of
from leukview.domain.review.events import SECOND, EventKind, ReviewEvent, reading_of
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy

_MOST = 12  # numbers of cells named in one sentence
_KINDS = {
    EventKind.ACCEPT: "Accepted",
    EventKind.OVERRIDE: "Overridden",
    EventKind.UNDO: "Undo",
    EventKind.OPEN: "Opened",
    EventKind.COMMENT: "Comment",
    EventKind.MAP_SHOWN: "Map shown",
    EventKind.ACKNOWLEDGE: "Alert acknowledged",
    EventKind.SIGN: "Signed",
    EventKind.REOPEN: "Reopened",
    EventKind.REPORT: "Report",
    EventKind.SET_SLIDE: "Slide details",
    EventKind.QC: "Reference run",
    EventKind.GRADE: "Graded",
    EventKind.CONSENSUS: "Consensus",
    EventKind.REPAIR_MASK: "Outline repaired",
    EventKind.UNLOCK_FAILED: "Wrong PIN",
    EventKind.EXPORT: "Exported",
    EventKind.IMPORT: "Imported",
}
CONFIRMED, LABELLED = "Confirmed", "Labelled"
"""What a stored override turns out to be where it overrides nothing; see `_given`."""
_LABELS = frozenset({EventKind.ACCEPT, EventKind.OVERRIDE})


@dataclass(frozen=True, slots=True)
class EventNames:
    """What gives names to the keys in an event.

    Attributes:
        cells: Cell id → the number that people see; a cell that is absent is named by its id.
    """

    taxonomy: Taxonomy
    rules: tuple[AlertRule, ...]
    form: GradingForm
    cells: Mapping[str, int]

    def label(self, key: object) -> str:
        """Name of a class; a key that the taxonomy no longer knows is shown as it was stored."""
        return next((c.name for c in self.taxonomy.classes if c.key == key), str(key))

    def numbers(self, cells: Iterable[str]) -> str:
        """``cell 3`` or ``cells 3, 5 and 9``; many are counted."""
        shown = [str(self.cells.get(cell, cell)) for cell in cells]
        if len(shown) == 1:
            return f"cell {shown[0]}"
        if len(shown) > _MOST:
            return f"{len(shown)} cells ({', '.join(shown[:_MOST])} …)"
        return f"cells {', '.join(shown[:-1])} and {shown[-1]}" if shown else "no cell"


def describe_event(event: ReviewEvent, taxonomy: Taxonomy) -> str:
    """An event in a few words, for the undo menu and the audit trail."""
    count = len(event.cells)
    cells = f"{count} cell{'' if count == 1 else 's'}"
    match event.kind:
        case EventKind.ACCEPT:
            return f"Accept {cells}"
        case EventKind.OVERRIDE:
            return f"{cells}: {taxonomy.cell_class(str(event.payload['label'])).name}"
        case EventKind.COMMENT:
            return f"Comment on {cells}" if count else "Comment on the slide"
        case EventKind.GRADE:
            return "Grade red cells and platelets"
        case EventKind.REPAIR_MASK:
            return f"Repair the outline of {cells}" if event.payload.get("mask") else f"Drop the outline of {cells}"
        case _:
            return _kind_name(event.kind)


def _kind_name(kind: EventKind) -> str:
    return _KINDS.get(kind, kind.value.replace("_", " ").capitalize())


def cells_of(event: ReviewEvent, by_id: Mapping[str, ReviewEvent]) -> tuple[str, ...]:
    """The cells an event concerns; those of what it takes back or does again when it is an undo."""
    target: ReviewEvent | None = event
    for _ in range(3):  # an undo names an action, or the undo of one
        if target is None or target.kind is not EventKind.UNDO:
            break
        target = by_id.get(str(target.payload.get("event", "")))
    return target.cells if target else ()


def kind_words(event: ReviewEvent, *, blind: bool) -> str:
    """The kind of an event in words; to a blinded reviewer accepting and overriding read the same.

    A letter key is stored as `EventKind.OVERRIDE` whatever was shown. What it did follows from what it was pressed on:
    see `_given`.
    """
    if event.kind in _LABELS and blind:
        return LABELLED
    if event.kind is EventKind.OVERRIDE:
        return _given(event)
    return _kind_name(event.kind)


def event_words(event: ReviewEvent, names: EventNames, by_id: Mapping[str, ReviewEvent], *, blind: bool = False) -> str:
    """An event as a sentence.

    Args:
        event: Of any kind; what its payload lacks is left out.
        names: Gives names to keys.
        by_id: Events by id, for what an undo took back.
        blind: Leave out whatever tells the model's opinion.
    """
    words = _sentence(event, names, by_id, blind=blind)
    return f"Second reading: {words}" if reading_of(event) == SECOND else words


def _sentence(event: ReviewEvent, names: EventNames, by_id: Mapping[str, ReviewEvent], *, blind: bool) -> str:
    payload = event.payload
    match event.kind.value:  # a kind that has no sentence here is said plainly
        case EventKind.ACCEPT | EventKind.OVERRIDE:
            return _labelled(event, names, blind=blind)
        case EventKind.UNDO:
            return _undone(event, names, by_id, blind=blind)
        case EventKind.OPEN:
            return f"Looked at {names.numbers(event.cells)} large."
        case EventKind.COMMENT:
            about = names.numbers(event.cells) if event.cells else "the slide"
            text = str(payload.get("text", ""))
            return f"Commented on {about}: “{text}”" if text else f"Removed the comment on {about}."
        case EventKind.MAP_SHOWN:
            return _map_shown(event, names, blind=blind)
        case EventKind.ACKNOWLEDGE:
            return _acknowledged(event, names, blind=blind)
        case EventKind.SIGN:
            return f"Signed as {payload.get('name', '')}: {payload.get('meaning', '')}."
        case EventKind.REOPEN:
            return f"Reopened for an amendment: {payload.get('reason', '')}."
        case EventKind.REPORT:
            return f"Wrote report {payload.get('report_id', '')}, SHA-256 {payload.get('sha256', '')}."
        case EventKind.SET_SLIDE:
            return _details(payload)
        case EventKind.QC:
            return "Measured the slide as a run of the reference slide."
        case EventKind.GRADE:
            return _graded(payload, names)
        case EventKind.CONSENSUS:
            return _consensus(event, names)
        case EventKind.REPAIR_MASK:
            return _repaired(event, names)
        case EventKind.UNLOCK_FAILED:
            return "A wrong PIN was given at the locked window."
        case EventKind.EXPORT:
            return _exported(payload)
        case EventKind.IMPORT:
            return _took_over(payload)
        case _:
            return _plain(event, names)


def _given(event: ReviewEvent) -> str:
    """What a label did: confirmed the class shown, overrode another one, or else just labelled.

    Just labelled is a cell for which no class was shown, in a second reading every one; and so are cells of which some
    were confirmed and some overridden.
    """
    before, label = event.payload.get("from"), event.payload.get("label")
    shown = {str(before.get(cell, "")) for cell in event.cells} if isinstance(before, Mapping) else set()
    if shown == {label}:
        return CONFIRMED
    unnamed = bool(shown & {"", UNIDENTIFIED, label}) or not shown
    return LABELLED if unnamed or reading_of(event) == SECOND else _KINDS[EventKind.OVERRIDE]


def _labelled(event: ReviewEvent, names: EventNames, *, blind: bool) -> str:
    accepted, before = event.payload.get("labels"), event.payload.get("from")
    if isinstance(accepted, Mapping):
        groups: dict[str, list[str]] = {}
        for cell in event.cells:
            groups.setdefault(names.label(accepted.get(cell, "")), []).append(cell)
        parts = [f"{names.numbers(cells)} as {label}" for label, cells in groups.items()]
        return f"{'Labelled' if blind else 'Accepted'} {'; '.join(parts)}."
    confirmed = not blind and _given(event) == CONFIRMED
    words = f"{CONFIRMED if confirmed else LABELLED} {names.numbers(event.cells)}"
    words += f" as {names.label(event.payload.get('label', ''))}"
    if blind or confirmed or not isinstance(before, Mapping):
        return f"{words}."
    counts = Counter(names.label(before.get(cell, "")) for cell in event.cells)
    if len(counts) == 1:
        return f"{words} (shown before: {next(iter(counts))})."
    return f"{words} (shown before: {', '.join(f'{label} {n}' for label, n in counts.most_common())})."


def _undone(event: ReviewEvent, names: EventNames, by_id: Mapping[str, ReviewEvent], *, blind: bool) -> str:
    again, target = False, by_id.get(str(event.payload.get("event", "")))
    if target is not None and target.kind is EventKind.UNDO:
        again, target = True, by_id.get(str(target.payload.get("event", "")))
    verb = "Did again" if again else "Took back"
    if target is None or target.kind is EventKind.UNDO:
        return f"{verb} an action."
    return f"{verb} no. {target.seq}: {_sentence(target, names, by_id, blind=blind)}"


def _map_shown(event: ReviewEvent, names: EventNames, *, blind: bool) -> str:
    words = f"Looked at the class-activation map of {names.numbers(event.cells)}"
    if blind:
        return f"{words}."
    key = str(event.payload.get("stage", ""))
    stage = next((s.name for s in names.taxonomy.stages if s.key == key), key)
    return f"{words}: {stage} – {str(event.payload.get('choice', '')).replace('_', ' ')}."


def _acknowledged(event: ReviewEvent, names: EventNames, *, blind: bool) -> str:
    if blind:
        return "Acknowledged an alert."
    payload = event.payload
    key = str(payload.get("alert", ""))
    title = next((rule.title for rule in names.rules if rule.key == key), key)
    called, note = (str(payload.get(part, "")).strip() for part in ("called", "note"))
    words = f"Acknowledged the alert “{title}”"
    words += f"; called: {called}" if called else "; nobody was called"
    return f"{words}; {note}." if note else f"{words}."


def _details(payload: Mapping[str, object]) -> str:
    parts = []
    for key, name, unit in (("wbc_per_nl", "White cell count", "× 10⁹/l"), ("um_per_px", "Scale", "µm per pixel")):
        if key in payload:
            value = payload[key]
            parts.append(f"{name} {value} {unit}" if value is not None else f"{name} not known")
    return f"{'; '.join(parts)}." if parts else "Changed the slide's details."


def _graded(payload: Mapping[str, object], names: EventNames) -> str:
    given = payload.get("grades")
    parts = []
    for key, grade in given.items() if isinstance(given, Mapping) else ():
        item = names.form.item(str(key))
        words = (item.grade(str(grade)).words if item else str(grade)) if grade else "not assessed"
        parts.append(f"{item.name if item else str(key).replace('_', ' ')} {words}")
    return f"Graded {'; '.join(parts)}." if parts else "Graded nothing."


def _consensus(event: ReviewEvent, names: EventNames) -> str:
    label, first, second = (event.payload.get(key, "") for key in ("label", "first", "second"))
    readers = f"(first reader: {names.label(first)}, second reader: {names.label(second)})"
    if not label:
        return f"Opened the consensus on {names.numbers(event.cells)} again {readers}."
    return f"Settled {names.numbers(event.cells)} as {names.label(label)} {readers}."


def _repaired(event: ReviewEvent, names: EventNames) -> str:
    mask = mask_of(event.payload, event.reviewer, event.at)
    if mask is None:
        return f"Let the segmenter's outline of {names.numbers(event.cells)} stand again."
    by = " and ".join(mask.methods)
    words = f"Repaired the outline of {names.numbers(event.cells)} by {by}"
    return f"{words} ({mask.refiner}); mask {mask.sha256[:8]}." if mask.refiner else f"{words}; mask {mask.sha256[:8]}."


_OUTGOING = {
    (False, False): "without names and comments",
    (True, False): "with names, without comments",
    (False, True): "with comments, without names",
    (True, True): "with names and comments",
}


def _exported(payload: Mapping[str, object]) -> str:
    how = _OUTGOING[bool(payload.get("names")), bool(payload.get("comments"))]
    return f"Exported as {payload.get('format', '')}, {how}; SHA-256 {payload.get('sha256', '')}."


def _took_over(payload: Mapping[str, object]) -> str:
    origin, rows = payload.get("origin"), payload.get("events")
    slide = origin.get("slide", "") if isinstance(origin, Mapping) else ""
    count = len(rows) if isinstance(rows, list) else 0
    said = payload.get("predictions")
    bundles = said.get("bundles") if isinstance(said, Mapping) else None
    models = f", and what {', '.join(key[:16] for key in bundles)} said" if isinstance(bundles, Mapping) else ""
    return f"Imported the review of slide {slide} from another workstation: {count} events{models}."


def _plain(event: ReviewEvent, names: EventNames) -> str:
    """An event of a kind that has no sentence of its own: its payload as it stands."""
    parts = [f"{key.replace('_', ' ')}: {value}" for key, value in event.payload.items()]
    if event.cells:
        parts.insert(0, names.numbers(event.cells))
    return f"{kind_words(event, blind=False)}{' – ' if parts else ''}{'; '.join(parts)}."
