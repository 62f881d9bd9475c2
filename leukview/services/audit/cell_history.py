"""History of one cell: analyser's label, predictions and review events by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from leukview.core.messages import Message, MessageList
from leukview.domain.prediction import StoredPrediction
from leukview.domain.repaired_mask import REVIEWER_PREFIX
from leukview.domain.review.events import (
    CONSENSUS_READING,
    FIRST_READING,
    SECOND_READING,
    EventKind,
    ReviewEvent,
    flatten_imports,
    reading_of,
)
from leukview.domain.review.reducer import replay, undone_event_ids
from leukview.domain.slide import Cell, Slide
from leukview.services.review.event_text import EventNames, concerned_cells, event_text


class HistorySource(StrEnum):
    """Source of a history entry."""

    ANALYSER = "analyser"
    MODEL = "model"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of a cell's history.

    Attributes:
        at: UTC, ISO 8601.
        author: The reviewer's name, or “Analyser” or the model's name.
        text: What was done, as a sentence.
        undone: Whether it was undone.
    """

    at: str
    source: HistorySource
    author: str
    text: str
    undone: bool = False


def cell_history(
    cell: Cell,
    slide: Slide,
    predictions: Sequence[StoredPrediction],
    events: Sequence[ReviewEvent],
    event_names: EventNames,
    *,
    blind: bool = False,
    reading: int = FIRST_READING,
) -> tuple[HistoryEntry, ...]:
    """Build the history of a cell, the oldest entry first.

    Args:
        cell: The cell.
        slide: Its slide; the time of import is the time of the analyser's label.
        predictions: Of all models that classified the cell.
        events: The slide's log in order of `seq`.
        event_names: Names of the keys in events.
        blind: Leave out the predictions and whatever else reveals them.
        reading: The viewer's reading. In the second reading only the reader's own events are shown; they are shown to
            others once the second reading is signed.
    """
    second = reading == SECOND_READING
    blind = blind or second
    lines = [_import_entry(cell, slide, withheld=second)]
    if not blind:
        lines += [_prediction_entry(stored, event_names) for stored in predictions]
    whole = tuple(flatten_imports(events))
    by_id = {event.id: event for event in whole}
    gone = undone_event_ids(events)
    hidden = (
        {FIRST_READING, CONSENSUS_READING}
        if second
        else set()
        if replay(events, SECOND_READING).signature
        else {SECOND_READING}
    )
    for event in whole:
        if event.kind is EventKind.IMPORT:  # the imported events are entries of their own
            continue
        if reading_of(event) not in hidden and cell.id in concerned_cells(event, by_id):
            words = event_text(event, event_names, by_id, blind=blind)
            lines.append(HistoryEntry(event.at, HistorySource.REVIEWER, event.reviewer, words, event.id in gone))
    return tuple(sorted(lines, key=lambda line: line.at))


def _import_entry(cell: Cell, slide: Slide, *, withheld: bool) -> HistoryEntry:
    source = cell.source
    if withheld:
        return HistoryEntry(slide.imported_at, HistorySource.ANALYSER, "Analyser", Message("Imported."))
    if source is None:
        words = Message("Imported without a label.")
    elif source.code:
        words = Message("Imported as “{name}” ({code}).", name=Message(source.name), code=source.code)
    else:
        words = Message("Imported as “{name}”.", name=Message(source.name))
    if not cell.conflicts:
        return HistoryEntry(slide.imported_at, HistorySource.ANALYSER, "Analyser", words)
    others = MessageList(Message("“{name}”", name=Message(other.name)) for other in cell.conflicts)
    also = Message("Also exported as {others}.", others=others)
    return HistoryEntry(slide.imported_at, HistorySource.ANALYSER, "Analyser", MessageList((words, also), " "))


def _prediction_entry(stored: StoredPrediction, event_names: EventNames) -> HistoryEntry:
    prediction = stored.prediction
    best, percent = event_names.class_name(prediction.best), f"{100 * prediction.confidence:.0f}"
    if prediction.label == prediction.best:
        parts = [Message("Classified as {label} {percent} %.", label=best, percent=percent)]
    else:
        template = "{label}; most probable: {best} {percent} %."
        label = Message(event_names.class_name(prediction.label).lower())
        parts = [Message(template, label=label, best=best, percent=percent)]
    if prediction.flags:
        flags = MessageList(flag.replace("_", " ") for flag in prediction.flags)
        parts.append(Message("Flags: {flags}.", flags=flags))
    if prediction.segmenter.startswith(REVIEWER_PREFIX):
        parts.append(Message("Reviewer's mask {sha256}.", sha256=prediction.segmenter[len(REVIEWER_PREFIX) :]))
    else:
        parts.append(Message("Segmenter {name}.", name=prediction.segmenter))
    model = Message("Model {sha256}", sha256=prediction.bundle[:12])
    return HistoryEntry(stored.saved_at, HistorySource.MODEL, model, MessageList(parts, " "))
