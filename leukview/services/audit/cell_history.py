"""The history of one cell: what the analyser, each model and each reviewer said or did, in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from leukview.core.messages import Message, MessageList
from leukview.domain.prediction import StoredPrediction
from leukview.domain.repaired_mask import MARK
from leukview.domain.review.events import (
    CONSENSUS,
    FIRST,
    SECOND,
    EventKind,
    ReviewEvent,
    flatten_imports,
    reading_of,
    replay,
    undone_event_ids,
)
from leukview.domain.slide import Cell, Slide
from leukview.services.review.event_text import EventNames, cells_of, event_words


class Source(StrEnum):
    """Whose line it is."""

    ANALYSER = "analyser"
    MODEL = "model"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a cell's history.

    Attributes:
        at: UTC, ISO 8601.
        who: The reviewer's name, or the analyser or model in words.
        taken_back: An undo took its effect away.
    """

    at: str
    source: Source
    who: str
    words: str
    taken_back: bool = False


def cell_history(
    cell: Cell,
    slide: Slide,
    predictions: Sequence[StoredPrediction],
    events: Sequence[ReviewEvent],
    names: EventNames,
    *,
    blind: bool = False,
    reading: int = FIRST,
) -> tuple[HistoryEntry, ...]:
    """The history of a cell, the oldest line first.

    Args:
        cell: The cell.
        slide: Its slide; the analyser's label is as old as the import.
        predictions: Of every model that looked at the cell.
        events: The slide's log in order of `seq`.
        names: Gives names to keys.
        blind: Leave out the models' lines, and whatever else tells their opinion.
        reading: Whose eyes it is for. The second reader sees nobody's opinion but the own; the second reader's own is
            shown to others once it is signed.
    """
    second = reading == SECOND
    blind = blind or second
    lines = [_analyser(cell, slide, withheld=second)]
    if not blind:
        lines += [_model(stored, names) for stored in predictions]
    whole = tuple(flatten_imports(events))
    by_id = {event.id: event for event in whole}
    gone = undone_event_ids(events)
    hidden = {FIRST, CONSENSUS} if second else set() if replay(events, SECOND).signature else {SECOND}
    for event in whole:
        if event.kind is EventKind.IMPORT:  # its events speak for themselves
            continue
        if reading_of(event) not in hidden and cell.id in cells_of(event, by_id):
            words = event_words(event, names, by_id, blind=blind)
            lines.append(HistoryEntry(event.at, Source.REVIEWER, event.reviewer, words, event.id in gone))
    return tuple(sorted(lines, key=lambda line: line.at))


def _analyser(cell: Cell, slide: Slide, *, withheld: bool) -> HistoryEntry:
    source = cell.source
    if withheld:
        return HistoryEntry(slide.imported_at, Source.ANALYSER, "Analyser", Message("Imported."))
    if source is None:
        words = Message("Imported without a label.")
    elif source.code:
        words = Message("Imported as “{name}” ({code}).", name=Message(source.name), code=source.code)
    else:
        words = Message("Imported as “{name}”.", name=Message(source.name))
    if not cell.conflicts:
        return HistoryEntry(slide.imported_at, Source.ANALYSER, "Analyser", words)
    others = MessageList(Message("“{name}”", name=Message(other.name)) for other in cell.conflicts)
    also = Message("Also filed as {others}.", others=others)
    return HistoryEntry(slide.imported_at, Source.ANALYSER, "Analyser", MessageList((words, also), " "))


def _model(stored: StoredPrediction, names: EventNames) -> HistoryEntry:
    prediction = stored.prediction
    best, percent = names.label(prediction.best), f"{100 * prediction.confidence:.0f}"
    if prediction.label == prediction.best:
        parts = [Message("Classified as {label} {percent} %.", label=best, percent=percent)]
    else:
        template = "Left {label}; most probable: {best} {percent} %."
        label = Message(names.label(prediction.label).lower())
        parts = [Message(template, label=label, best=best, percent=percent)]
    if prediction.flags:
        flags = MessageList(flag.replace("_", " ") for flag in prediction.flags)
        parts.append(Message("Remarks: {flags}.", flags=flags))
    if prediction.segmenter.startswith(MARK):
        parts.append(Message("Reviewer's mask {sha256}.", sha256=prediction.segmenter[len(MARK) :]))
    else:
        parts.append(Message("Segmenter {name}.", name=prediction.segmenter))
    model = Message("Model {sha256}", sha256=prediction.bundle[:12])
    return HistoryEntry(stored.saved_at, Source.MODEL, model, MessageList(parts, " "))
