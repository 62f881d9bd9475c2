"""A slide as a value: sent to another process with all that is known of it, analysed there, and taken in again.

Whoever analyses it needs no database and no identity vault; what is new comes back and is stored by one writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from leukview.core.errors import ConcurrentWriteError, StoreError
from leukview.domain.prediction import Prediction, StoredPrediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import next_position, with_hash
from leukview.domain.review.reviewer_profile import Profile, ProfileEvent, ReviewerRole
from leukview.domain.slide import Cell, Slide, SlideDraft
from leukview.services.ports.change_feed import ChangeCursor, Changes
from leukview.services.ports.storage import CellLocation, ImportResult, ReviewLog, SlideStore


@dataclass(frozen=True, slots=True)
class SlideSnapshot:
    """A slide with its cells, places, predictions and events.

    Attributes:
        said: Cell id → what every model said of it, see `SlideStore.prediction_history`.
    """

    slide: Slide
    cells: tuple[Cell, ...]
    cell_locations: Mapping[str, CellLocation]
    overview_locations: tuple[CellLocation, ...]
    prediction_history: Mapping[str, tuple[StoredPrediction, ...]]
    events: tuple[ReviewEvent, ...]


def take_snapshot(slides: SlideStore, log: ReviewLog, slide_id: str) -> SlideSnapshot:
    """Everything known of a slide. Raises `StoreError`."""
    return SlideSnapshot(
        slides.slide(slide_id),
        tuple(slides.cells(slide_id)),
        dict(slides.cell_locations(slide_id)),
        slides.overview_locations(slide_id),
        slides.prediction_history(slide_id),
        tuple(log.events(slide_id)),
    )


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that was made where the slide was analysed, to be appended to the log."""

    kind: EventKind
    reviewer: str
    cells: tuple[str, ...]
    payload: Mapping[str, object]


@dataclass
class WorkerState:
    """The one slide that a process works on, and what became of it."""

    snapshot: SlideSnapshot | None = None
    predictions: dict[str, Prediction] = field(default_factory=dict)
    mask_predictions: dict[tuple[str, str], Prediction] = field(default_factory=dict)
    prediction_history: dict[str, tuple[StoredPrediction, ...]] = field(default_factory=dict)
    events: list[ReviewEvent] = field(default_factory=list)

    def load(self, snapshot: SlideSnapshot | None) -> None:
        """Take another slide in hand; None for none."""
        self.snapshot, self.predictions, self.mask_predictions, self.prediction_history, self.events = (
            snapshot,
            {},
            {},
            {},
            [],
        )

    def add_prediction(self, cell_id: str, stored: StoredPrediction) -> None:
        """Put a prediction where the store will have it: in the place of the same bundle's, after all the others."""
        known = self.prediction_history.get(cell_id) or (
            self.snapshot.prediction_history.get(cell_id, ()) if self.snapshot else ()
        )
        which = stored.mask_sha256, stored.prediction.bundle
        kept = [s for s in known if (s.mask_sha256, s.prediction.bundle) != which]
        self.prediction_history[cell_id] = tuple(sorted((*kept, stored), key=lambda s: bool(s.mask_sha256)))

    def require_snapshot(self, slide_id: str) -> SlideSnapshot:
        """The slide in hand.

        Raises:
            StoreError: Another one is asked for.
        """
        if self.snapshot is None or self.snapshot.slide.id != slide_id:
            raise StoreError("This slide is not in the database.", "Import its folder again.")
        return self.snapshot


class InMemorySlideStore:
    """Implements `SlideStore` over the slide in hand."""

    def __init__(self, state: WorkerState) -> None:
        self._state = state

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> ImportResult:
        """Refused: slides are imported where the database is."""
        _raise_no_database(draft, synthetic)

    def slides(self) -> list[Slide]:
        """The slide in hand."""
        return [self._state.snapshot.slide] if self._state.snapshot else []

    def slide(self, slide_id: str) -> Slide:
        """The slide. Raises `StoreError` if it is another one."""
        return self._state.require_snapshot(slide_id).slide

    def cells(self, slide_id: str) -> list[Cell]:
        """Its cells by number."""
        return list(self._state.require_snapshot(slide_id).cells)

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        """Cell id → where its image lies."""
        return self._state.require_snapshot(slide_id).cell_locations

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        """Where its overview pictures lie."""
        return self._state.require_snapshot(slide_id).overview_locations

    def save_predictions(self, predictions: Mapping[str, Prediction]) -> None:
        """Keep them in hand."""
        self._state.predictions.update(predictions)
        for key, prediction in predictions.items():
            self._state.add_prediction(key, StoredPrediction(prediction, _utc_now()))

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        """Cell id → prediction; of the bundle given, else each cell's newest."""
        found = {}
        for key, said in self.prediction_history(slide_id).items():
            for stored in said:  # a later one takes the place of an earlier one
                if not stored.mask_sha256 and bundle in {None, stored.prediction.bundle}:
                    found[key] = stored.prediction
        return found

    def save_mask_prediction(self, cell_id: str, mask_sha256: str, prediction: Prediction) -> None:
        """Keep it in hand."""
        self._state.mask_predictions[cell_id, mask_sha256] = prediction
        self._state.add_prediction(cell_id, StoredPrediction(prediction, _utc_now(), mask_sha256))

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        """(cell id, SHA-256 of a reviewer's mask) → prediction inside it; of the bundle given, else the newest."""
        found = {}
        for key, said in self.prediction_history(slide_id).items():
            for stored in said:
                if stored.mask_sha256 and bundle in {None, stored.prediction.bundle}:
                    found[key, stored.mask_sha256] = stored.prediction
        return found

    def prediction_history(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        """Cell id → what every model said of it, what is in hand included."""
        return {**self._state.require_snapshot(slide_id).prediction_history, **self._state.prediction_history}

    def cell_prediction_history(self, cell_id: str) -> list[StoredPrediction]:
        """What every model said of one cell, the oldest first."""
        held = self._state.snapshot
        return sorted(self.prediction_history(held.slide.id).get(cell_id, ()), key=lambda s: s.saved_at) if held else []

    def import_predictions(self, slide_id: str, history: Mapping[str, Sequence[StoredPrediction]]) -> None:
        """Refused: slides are imported where the database is."""
        _raise_no_database(slide_id, history)


class InMemoryReviewLog:
    """Implements `ReviewLog` over the slide in hand. Numbers and hashes are made anew where the log is."""

    def __init__(self, state: WorkerState) -> None:
        self._state = state

    def append(
        self,
        slide_id: str,
        kind: EventKind,
        *,
        reviewer: str,
        cells: Sequence[str] = (),
        payload: Mapping[str, object] | None = None,
        expected_seq: int | None = None,
    ) -> ReviewEvent:
        """Keep an event in hand; `seq` and `hash` go on from the slide's own last event.

        Raises:
            BehindError: The slide has events after `expected_seq`.
            StoreError: Another slide is in hand.
        """
        events = self.events(slide_id)
        seq, previous = next_position(events[-1] if events else None)
        if expected_seq is not None and seq - 1 > expected_seq:
            raise ConcurrentWriteError("Another program wrote to this slide.", "Read the slide again.")
        body, at, event_id = dict(payload or {}), _utc_now(), f"carried-{seq}"
        event = with_hash(ReviewEvent(seq, event_id, slide_id, kind, tuple(cells), body, reviewer, at, previous, ""))
        self._state.events.append(event)
        return event

    def events(self, slide_id: str | None = None, after_seq: int = 0) -> list[ReviewEvent]:
        """The slide's events with a `seq` above `after_seq`, those in hand last."""
        if self._state.snapshot is None:
            return []
        held = self._state.require_snapshot(slide_id or self._state.snapshot.slide.id)
        return [event for event in (*held.events, *self._state.events) if event.seq > after_seq]

    def head(self) -> tuple[int, str]:
        """Number and hash of the slide's last event, since the whole log is elsewhere; 0 and "" without one."""
        events = self.events()
        return (events[-1].seq, events[-1].hash) if events else (0, "")

    def find_broken_event(self) -> ReviewEvent | None:
        """Nothing to say: the chain is verified where the log is."""
        return None


class NullChangeFeed:
    """Implements `ChangeFeed` where no other program writes."""

    def poll(self, cursor: ChangeCursor | None) -> Changes:
        """Nothing new."""
        return Changes(cursor or ChangeCursor(0, 0, 0, 0))

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:  # noqa: ARG002
        """None."""
        return {}


class EmptyProfileStore:
    """Implements `ProfileStore` where nobody sits."""

    def profiles(self) -> list[Profile]:
        """None."""
        return []

    def events(self) -> list[ProfileEvent]:
        """Nothing."""
        return []

    def add(self, name: str, role: ReviewerRole, pin: str, actor: str) -> Profile:
        """Refused."""
        _raise_no_database(name, role, pin, actor)

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        """Refused."""
        _raise_no_database(profile_id, name, actor)

    def set_retired(self, profile_id: str, actor: str, *, retired: bool) -> None:
        """Refused."""
        _raise_no_database(profile_id, actor, retired)

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        """Refused."""
        _raise_no_database(profile_id, pin, actor)

    def verify_pin(self, profile_id: str, pin: str) -> None:
        """Refused."""
        _raise_no_database(profile_id, pin)


def new_events(state: WorkerState) -> tuple[NewEvent, ...]:
    """The events that came while the slide was in hand."""
    return tuple(NewEvent(e.kind, e.reviewer, e.cells, e.payload) for e in state.events)


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _raise_no_database(*_arguments: object) -> NoReturn:
    raise StoreError("This process has no database of its own.")
