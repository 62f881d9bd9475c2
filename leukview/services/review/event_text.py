"""Events of the review log as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukview.core.messages import Message, MessageList
from leukview.domain.alerts import AlertRule
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.repaired_mask import mask_from_payload
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.domain.review.events import (
    ANALYSER_OPINION,
    SECOND_READING,
    EventKind,
    ReviewEvent,
    erased_events,
    is_erased,
    reading_of,
)
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy

_MAX_LISTED_CELLS = 12  # cell numbers listed in one sentence
_KIND_NAMES = {
    EventKind.ACCEPT: "Accepted",
    EventKind.OVERRIDE: "Overridden",
    EventKind.UNDO: "Undo",
    EventKind.OPEN: "Opened",
    EventKind.SEEN: "Shown on screen",
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
    EventKind.CELLS_ADDED: "Cells added",
    EventKind.WITHDRAW: "Withdrawn",
    EventKind.ERASE: "Erased",
}
CONFIRMED, LABELLED = "Confirmed", "Labelled"
"""Names of a stored override that confirms the shown class or has none to override; see `_label_effect`."""
_LABEL_KINDS = frozenset({EventKind.ACCEPT, EventKind.OVERRIDE})


@dataclass(frozen=True, slots=True)
class EventNames:
    """Names of the keys in an event.

    Attributes:
        taxonomy: For names of classes and stages.
        alert_rules: For titles of alerts.
        grading_form: For names of features and grades.
        cell_numbers: Cell id → number shown to users; absent cells are named by their id.
    """

    taxonomy: Taxonomy
    alert_rules: tuple[AlertRule, ...]
    grading_form: GradingForm
    cell_numbers: Mapping[str, int]

    def class_name(self, key: object) -> Message:
        """Name of a class; a key that the taxonomy lacks is returned unchanged."""
        return Message(next((c.name for c in self.taxonomy.classes if c.key == key), str(key)))

    def cells_text(self, cells: Iterable[str]) -> Message:
        """Name cells as ``cell 3`` or ``cells 3, 5 and 9``; of many only some are listed."""
        shown = [str(self.cell_numbers.get(cell, cell)) for cell in cells]
        if len(shown) == 1:
            return Message("cell {number}", number=shown[0])
        if len(shown) > _MAX_LISTED_CELLS:
            first = MessageList(shown[:_MAX_LISTED_CELLS])
            return Message("{count} cells ({numbers} …)", count=len(shown), numbers=first)
        if not shown:
            return Message("no cell")
        return Message("cells {numbers} and {last}", numbers=MessageList(shown[:-1]), last=shown[-1])


def describe_event(event: ReviewEvent, taxonomy: Taxonomy) -> str:
    """Describe an event in a few words, for undo, redo and the slide's last action."""
    count = len(event.cells)
    cells = Message("1 cell") if count == 1 else Message("{count} cells", count=count)
    match event.kind:
        case EventKind.ACCEPT:
            if event.payload.get("opinion") == ANALYSER_OPINION:
                return Message("Analyser's class for {cells}", cells=cells)
            return Message("Accept {cells}", cells=cells)
        case EventKind.OVERRIDE:
            name = taxonomy.cell_class(str(event.payload["label"])).name
            return Message("{cells}: {label}", cells=cells, label=Message(name))
        case EventKind.COMMENT:
            return Message("Comment on {cells}", cells=cells) if count else Message("Comment on the slide")
        case EventKind.GRADE:
            return "Grade red cells and platelets"
        case EventKind.REPAIR_MASK:
            if event.payload.get("mask"):
                return Message("Repair the outline of {cells}", cells=cells)
            return Message("Discard the repaired outline of {cells}", cells=cells)
        case _:
            return _kind_name(event.kind)


def _kind_name(kind: EventKind) -> str:
    return _KIND_NAMES.get(kind, kind.value.replace("_", " ").capitalize())


def concerned_cells(event: ReviewEvent, by_id: Mapping[str, ReviewEvent]) -> tuple[str, ...]:
    """Find the cells that an event concerns; for an undo or redo, those of its target.

    Args:
        event: The event.
        by_id: Events by id.
    """
    target: ReviewEvent | None = event
    for _ in range(3):  # an undo refers to an action, or to the undo of one
        if target is None or target.kind is not EventKind.UNDO:
            break
        target = by_id.get(str(target.payload.get("event", "")))
    return target.cells if target else ()


def kinds_named(text: str) -> frozenset[EventKind]:
    """Kinds of event that `event_kind_text` may call `text`, or whose stored name it is; empty when there is none."""
    found = {kind for kind in EventKind if text in {kind.value, _kind_name(kind)}}
    return frozenset(found | _LABEL_KINDS if text in {CONFIRMED, LABELLED} else found)


def event_kind_text(event: ReviewEvent, *, blind: bool) -> str:
    """Name the kind of an event.

    A labelling key is always stored as `EventKind.OVERRIDE`; whether it confirmed or overrode the shown class is
    determined by `_label_effect`.

    Args:
        event: The event.
        blind: Use the same name for accepting and overriding.
    """
    if event.kind in _LABEL_KINDS and blind:
        return LABELLED
    if event.kind is EventKind.OVERRIDE:
        return _label_effect(event)
    return _kind_name(event.kind)


def event_text(event: ReviewEvent, names: EventNames, by_id: Mapping[str, ReviewEvent], *, blind: bool = False) -> str:
    """Describe an event as a sentence.

    Args:
        event: Of any kind; missing fields of its payload are left out.
        names: Names of keys.
        by_id: Events by id, to describe what was undone.
        blind: Leave out whatever reveals predictions.
    """
    if is_erased(event):
        return Message("The content of this event was erased.")
    words = _event_sentence(event, names, by_id, blind=blind)
    return Message("Second reading: {text}", text=words) if reading_of(event) == SECOND_READING else words


def _event_sentence(event: ReviewEvent, names: EventNames, by_id: Mapping[str, ReviewEvent], *, blind: bool) -> str:
    payload = event.payload
    match event.kind.value:  # a kind without a sentence of its own is described by its payload
        case EventKind.ACCEPT | EventKind.OVERRIDE:
            return _label_sentence(event, names, blind=blind)
        case EventKind.UNDO:
            return _undo_sentence(event, names, by_id, blind=blind)
        case EventKind.OPEN:
            return Message("Opened the large image of {cells}.", cells=names.cells_text(event.cells))
        case EventKind.SEEN:
            return Message("Showed {cells} on the screen.", cells=names.cells_text(event.cells))
        case EventKind.COMMENT:
            about = names.cells_text(event.cells) if event.cells else Message("the slide")
            text = str(payload.get("text", ""))
            if text:
                return Message("Commented on {about}: “{text}”", about=about, text=text)
            return Message("Removed the comment on {about}.", about=about)
        case EventKind.MAP_SHOWN:
            return _map_sentence(event, names, blind=blind)
        case EventKind.ACKNOWLEDGE:
            return _acknowledgement_sentence(event, names, blind=blind)
        case EventKind.SIGN:
            return _signature_sentence(payload)
        case EventKind.REOPEN:
            return Message("Reopened for amendment: {reason}.", reason=payload.get("reason", ""))
        case EventKind.REPORT:
            report_id, sha256 = payload.get("report_id", ""), payload.get("sha256", "")
            return Message("Created report {report_id}, SHA-256 {sha256}.", report_id=report_id, sha256=sha256)
        case EventKind.SET_SLIDE:
            return _slide_details_sentence(payload)
        case EventKind.QC:
            return "Measured the slide as reference slide."
        case EventKind.GRADE:
            return _grading_sentence(payload, names)
        case EventKind.CONSENSUS:
            return _consensus_sentence(event, names)
        case EventKind.REPAIR_MASK:
            return _mask_sentence(event, names)
        case EventKind.UNLOCK_FAILED:
            return "A wrong PIN was entered at the locked window."
        case EventKind.EXPORT:
            return _export_sentence(payload)
        case EventKind.IMPORT:
            return _import_sentence(payload)
        case EventKind.CELLS_ADDED:
            return Message("Cells added to the slide by an import: {count}.", count=len(event.cells))
        case EventKind.WITHDRAW:
            if payload.get("withdrawn") is False:
                return Message("Restored the slide to the worklist: {reason}.", reason=payload.get("reason", ""))
            return Message("Withdrew the slide, imported by mistake: {reason}.", reason=payload.get("reason", ""))
        case EventKind.ERASE:
            count, reason = len(erased_events(event)), payload.get("reason", "")
            return Message("Erased the slide and the content of {count} events: {reason}.", count=count, reason=reason)
        case _:
            return _fallback_sentence(event, names)


def _signature_sentence(payload: Mapping[str, object]) -> str:
    name, meaning = payload.get("name", ""), Message(str(payload.get("meaning", "")))
    reason = str(payload.get("reason", ""))
    if not reason:
        return Message("Signed as {name}: {meaning}.", name=name, meaning=meaning)
    template = "Signed as {name}: {meaning}; reason for few leukocytes: {reason}."
    return Message(template, name=name, meaning=meaning, reason=reason)


def _label_effect(event: ReviewEvent) -> str:
    """Whether an event confirmed the shown class, overrode it, or just labelled.

    Cells for which no class was shown, as all cells in a second reading, are just labelled. So are several cells of
    which some were confirmed and some overridden.
    """
    before, label = event.payload.get("from"), event.payload.get("label")
    shown = {str(before.get(cell, "")) for cell in event.cells} if isinstance(before, Mapping) else set()
    if shown == {label}:
        return CONFIRMED
    unnamed = bool(shown & {"", UNIDENTIFIED, label}) or not shown
    return LABELLED if unnamed or reading_of(event) == SECOND_READING else _KIND_NAMES[EventKind.OVERRIDE]


def _label_sentence(event: ReviewEvent, names: EventNames, *, blind: bool) -> str:
    accepted, before = event.payload.get("labels"), event.payload.get("from")
    if isinstance(accepted, Mapping):
        groups: dict[str, list[str]] = {}
        for cell in event.cells:
            groups.setdefault(names.class_name(accepted.get(cell, "")), []).append(cell)
        parts = [
            Message("{cells} as {label}", cells=names.cells_text(cells), label=label) for label, cells in groups.items()
        ]
        given = MessageList(parts, "; ")
        if blind:
            return Message("Labelled {given}.", given=given)
        if event.payload.get("opinion") == ANALYSER_OPINION:
            return Message("Used the analyser's classes: {given}.", given=given)
        return Message("Accepted {given}.", given=given)
    cells, label = names.cells_text(event.cells), names.class_name(event.payload.get("label", ""))
    confirmed = not blind and _label_effect(event) == CONFIRMED
    if confirmed:
        return Message("Confirmed {cells} as {label}.", cells=cells, label=label)
    if blind or not isinstance(before, Mapping):
        return Message("Labelled {cells} as {label}.", cells=cells, label=label)
    counts = Counter(names.class_name(before.get(cell, "")) for cell in event.cells)
    if len(counts) == 1:
        shown = MessageList(counts)
    else:
        shown = MessageList(Message("{label} {count}", label=old, count=count) for old, count in counts.most_common())
    return Message("Labelled {cells} as {label} (previously shown: {shown}).", cells=cells, label=label, shown=shown)


def _undo_sentence(event: ReviewEvent, names: EventNames, by_id: Mapping[str, ReviewEvent], *, blind: bool) -> str:
    again, target = False, by_id.get(str(event.payload.get("event", "")))
    if target is not None and target.kind is EventKind.UNDO:
        again, target = True, by_id.get(str(target.payload.get("event", "")))
    if target is None or target.kind is EventKind.UNDO:
        return Message("Redid an action.") if again else Message("Undid an action.")
    text = _event_sentence(target, names, by_id, blind=blind)
    if again:
        return Message("Redid no. {seq}: {text}", seq=target.seq, text=text)
    return Message("Undid no. {seq}: {text}", seq=target.seq, text=text)


def _map_sentence(event: ReviewEvent, names: EventNames, *, blind: bool) -> str:
    cells = names.cells_text(event.cells)
    if blind:
        return Message("Viewed the class-activation map of {cells}.", cells=cells)
    key = str(event.payload.get("stage", ""))
    stage = Message(next((s.name for s in names.taxonomy.stages if s.key == key), key))
    choice = Message(str(event.payload.get("choice", "")).replace("_", " "))
    template = "Viewed the class-activation map of {cells}: {stage} – {choice}."
    return Message(template, cells=cells, stage=stage, choice=choice)


def _acknowledgement_sentence(event: ReviewEvent, names: EventNames, *, blind: bool) -> str:
    if blind:
        return Message("Acknowledged an alert.")
    payload = event.payload
    key = str(payload.get("alert", ""))
    title = Message(next((rule.title for rule in names.alert_rules if rule.key == key), key))
    answer = AlertAnswer.from_payload(payload)
    called, note = answer.called_person, answer.note
    if answer.not_confirmed:
        return Message("Checked the alert “{title}”, not confirmed: {note}.", title=title, note=note)
    if answer.read_back:
        template = (
            "Acknowledged the alert “{title}”; called: {called} at {time}, read back; {note}."
            if note
            else "Acknowledged the alert “{title}”; called: {called} at {time}, read back."
        )
        return Message(template, title=title, called=called, time=answer.called_at, note=note)
    match bool(called), bool(note):
        case True, True:
            template = "Acknowledged the alert “{title}”; called: {called}; {note}."
        case True, False:
            template = "Acknowledged the alert “{title}”; called: {called}."
        case False, True:
            template = "Acknowledged the alert “{title}”; no call recorded; {note}."
        case _:
            template = "Acknowledged the alert “{title}”; no call recorded."
    return Message(template, title=title, called=called, note=note)


def _slide_details_sentence(payload: Mapping[str, object]) -> str:
    parts = []
    if "wbc_per_nl" in payload:
        wbc = payload["wbc_per_nl"]
        known = Message("White cell count {value} × 10⁹/l", value=wbc)
        if "measured_at" in payload:
            words = "White cell count {value} × 10⁹/l, taken over from the analyser's blood count of {time}"
            known = Message(words, value=wbc, time=str(payload["measured_at"]).replace("T", " "))
        parts.append(known if wbc is not None else Message("White cell count not known"))
    if "um_per_px" in payload:
        scale = payload["um_per_px"]
        parts.append(
            Message("Scale {value} µm per pixel", value=scale) if scale is not None else Message("Scale not known")
        )
    if "wbc_includes_nrbc" in payload:
        includes = payload["wbc_includes_nrbc"] is True
        parts.append(
            Message("The white cell count includes erythroblasts and is corrected for them")
            if includes
            else Message("The white cell count does not include erythroblasts")
        )
    if not parts:
        return Message("Changed the slide details.")
    return Message("{details}.", details=MessageList(parts, "; "))


def _grading_sentence(payload: Mapping[str, object], names: EventNames) -> str:
    given = payload.get("grades")
    parts = []
    for key, grade in given.items() if isinstance(given, Mapping) else ():
        item = names.grading_form.find_item(str(key))
        text = (item.find_grade(str(grade)).text if item else str(grade)) if grade else "not assessed"
        name = item.name if item else str(key).replace("_", " ")
        parts.append(Message("{item}: {grade}", item=Message(name), grade=Message(text)))
    return Message("Graded {items}.", items=MessageList(parts, "; ")) if parts else Message("No feature was graded.")


def _consensus_sentence(event: ReviewEvent, names: EventNames) -> str:
    label, first, second = (event.payload.get(key, "") for key in ("label", "first", "second"))
    cells = names.cells_text(event.cells)
    first_label, second_label = names.class_name(first), names.class_name(second)
    if not label:
        template = "Reopened the disagreement on {cells} (first reader: {first}, second reader: {second})."
        return Message(template, cells=cells, first=first_label, second=second_label)
    template = "Resolved {cells} as {label} (first reader: {first}, second reader: {second})."
    return Message(template, cells=cells, label=names.class_name(label), first=first_label, second=second_label)


def _mask_sentence(event: ReviewEvent, names: EventNames) -> str:
    mask, cells = mask_from_payload(event.payload, event.reviewer, event.at), names.cells_text(event.cells)
    if mask is None:
        return Message("Restored the segmenter's outline of {cells}.", cells=cells)
    by = MessageList(mask.methods, " and ")
    if mask.refiner:
        template = "Repaired the outline of {cells} by {methods} ({refiner}); mask {sha256}."
    else:
        template = "Repaired the outline of {cells} by {methods}; mask {sha256}."
    return Message(template, cells=cells, methods=by, refiner=mask.refiner, sha256=mask.sha256[:8])


_EXPORT_SCOPES = {
    (False, False): "without names and comments",
    (True, False): "with names, without comments",
    (False, True): "with comments, without names",
    (True, True): "with names and comments",
}


def _export_sentence(payload: Mapping[str, object]) -> str:
    how = Message(_EXPORT_SCOPES[bool(payload.get("names")), bool(payload.get("comments"))])
    template = "Exported as {format}, {contents}; SHA-256 {sha256}."
    return Message(template, format=payload.get("format", ""), contents=how, sha256=payload.get("sha256", ""))


def _import_sentence(payload: Mapping[str, object]) -> str:
    origin, rows = payload.get("origin"), payload.get("events")
    slide = origin.get("slide", "") if isinstance(origin, Mapping) else ""
    count = len(rows) if isinstance(rows, list) else 0
    predictions = payload.get("predictions")
    bundles = predictions.get("bundles") if isinstance(predictions, Mapping) else None
    if not isinstance(bundles, Mapping):
        template = "Imported the review of slide {slide} from another workstation: {count} events."
        return Message(template, slide=slide, count=count)
    template = (
        "Imported the review of slide {slide} from another workstation: {count} events, and the predictions of the "
        "models {models}."
    )
    return Message(template, slide=slide, count=count, models=MessageList(key[:16] for key in bundles))


def _fallback_sentence(event: ReviewEvent, names: EventNames) -> str:
    """Describe an event of a kind without a sentence of its own by its payload."""
    parts = [f"{key.replace('_', ' ')}: {value}" for key, value in event.payload.items()]
    if event.cells:
        parts.insert(0, names.cells_text(event.cells))
    return f"{event_kind_text(event, blind=False)}{' – ' if parts else ''}{'; '.join(parts)}."
