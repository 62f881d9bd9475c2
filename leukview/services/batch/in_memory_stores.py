"""In-memory stores over one slide, for worker processes without database access.

A slide is sent to a worker process as a value with everything stored about it. The worker needs neither database nor
identity vault; its new results are returned and stored by one writer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from leukview.core.errors import ConcurrentWriteError, StoreError
from leukview.domain.prediction import Prediction, StoredPrediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import next_position, with_hash
from leukview.domain.review.reviewer_profile import Profile, ProfileEvent, ReviewerRole
from leukview.domain.review.signed_binding import CellDigests
from leukview.domain.slide import Cell, Slide, SlideDraft
from leukview.services.ports.change_feed import ChangeCursor, Changes
from leukview.services.ports.storage import (
    CellLocation,
    EventOptions,
    EventSelection,
    ImportResult,
    ReviewLog,
    SlideStore,
)


@dataclass(frozen=True, slots=True)
class SlideSnapshot:
    """A slide with its cells, image locations, predictions and events.

    Attributes:
        cell_locations: Cell id → location of its image.
        overview_locations: Locations of the overview images.
        prediction_history: Cell id → predictions of all models, see `SlideStore.prediction_history`.
    """

    slide: Slide
    cells: tuple[Cell, ...]
    cell_locations: Mapping[str, CellLocation]
    overview_locations: tuple[CellLocation, ...]
    prediction_history: Mapping[str, tuple[StoredPrediction, ...]]
    events: tuple[ReviewEvent, ...]


def take_snapshot(slides: SlideStore, log: ReviewLog, slide_id: str) -> SlideSnapshot:
    """Read everything stored about a slide.

    Raises:
        StoreError: The database cannot be read.
    """
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
    """An event created by a worker process, to be appended to the log."""

    kind: EventKind
    reviewer: str
    cells: tuple[str, ...]
    payload: Mapping[str, object]


@dataclass
class WorkerState:
    """State of a worker process: the current slide and the results produced so far.

    Attributes:
        snapshot: The current slide.
        predictions: Cell id → new prediction.
        mask_predictions: (cell id, SHA-256 of a repaired mask) → new prediction with it.
        prediction_history: Cell id → all predictions, for cells with new ones.
        events: New events.
    """

    snapshot: SlideSnapshot | None = None
    predictions: dict[str, Prediction] = field(default_factory=dict)
    mask_predictions: dict[tuple[str, str], Prediction] = field(default_factory=dict)
    prediction_history: dict[str, tuple[StoredPrediction, ...]] = field(default_factory=dict)
    events: list[ReviewEvent] = field(default_factory=list)

    def load(self, snapshot: SlideSnapshot | None) -> None:
        """Replace the current slide, None for none, and clear the results."""
        self.snapshot, self.predictions, self.mask_predictions, self.prediction_history, self.events = (
            snapshot,
            {},
            {},
            {},
            [],
        )

    def add_prediction(self, cell_id: str, stored: StoredPrediction) -> None:
        """Add a prediction as the newest one, replacing an earlier one by the same bundle."""
        known = self.prediction_history.get(cell_id) or (
            self.snapshot.prediction_history.get(cell_id, ()) if self.snapshot else ()
        )
        which = stored.mask_sha256, stored.prediction.bundle
        kept = [s for s in known if (s.mask_sha256, s.prediction.bundle) != which]
        self.prediction_history[cell_id] = tuple(sorted((*kept, stored), key=lambda s: bool(s.mask_sha256)))

    def require_snapshot(self, slide_id: str) -> SlideSnapshot:
        """The current slide.

        Raises:
            StoreError: `slide_id` is another slide.
        """
        if self.snapshot is None or self.snapshot.slide.id != slide_id:
            raise StoreError("This slide is not in the database.", "Import its folder again.")
        return self.snapshot


class InMemorySlideStore:
    """Implements `SlideStore` over the current slide."""

    def __init__(self, state: WorkerState) -> None:
        self._state = state

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> ImportResult:
        """Not supported, because slides are imported by the process with the database.

        Raises:
            StoreError: Always.
        """
        _raise_no_database(draft, synthetic)

    def find_slide(self, draft: SlideDraft) -> Slide | None:
        """Not supported; raises `StoreError`."""
        _raise_no_database(draft)

    def transaction(self) -> AbstractContextManager[None]:
        """Return a block without effect, because nothing is stored here."""
        return nullcontext()

    def cell_digests(self, slide_id: str) -> dict[str, CellDigests]:
        """Not supported, because nothing is signed in a worker process.

        Raises:
            StoreError: Always.
        """
        _raise_no_database(slide_id)

    def slides(self) -> list[Slide]:
        """The current slide, if any."""
        return [self._state.snapshot.slide] if self._state.snapshot else []

    def slides_of_patient(self, patient: str) -> list[Slide]:
        """See `SlideStore.slides_of_patient`."""
        return [slide for slide in self.slides() if slide.patient == patient]

    def cell_numbers(self, slide_ids: Collection[str]) -> dict[str, int]:
        """See `SlideStore.cell_numbers`."""
        return {cell.id: cell.number for key in slide_ids for cell in self.cells(key)}

    def slide(self, slide_id: str) -> Slide:
        """See `SlideStore.slide`."""
        return self._state.require_snapshot(slide_id).slide

    def cells(self, slide_id: str) -> list[Cell]:
        """See `SlideStore.cells`."""
        return list(self._state.require_snapshot(slide_id).cells)

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        """See `SlideStore.cell_locations`."""
        return self._state.require_snapshot(slide_id).cell_locations

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        """See `SlideStore.overview_locations`."""
        return self._state.require_snapshot(slide_id).overview_locations

    def save_predictions(self, predictions: Mapping[str, Prediction]) -> None:
        """Keep the predictions in the worker state."""
        self._state.predictions.update(predictions)
        for key, prediction in predictions.items():
            self._state.add_prediction(key, StoredPrediction(prediction, _utc_now()))

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        """See `SlideStore.predictions`."""
        found = {}
        for key, said in self.prediction_history(slide_id).items():
            for stored in said:  # later ones replace earlier ones
                if not stored.mask_sha256 and bundle in {None, stored.prediction.bundle}:
                    found[key] = stored.prediction
        return found

    def save_mask_prediction(self, cell_id: str, mask_sha256: str, prediction: Prediction) -> None:
        """Keep the prediction in the worker state."""
        self._state.mask_predictions[cell_id, mask_sha256] = prediction
        self._state.add_prediction(cell_id, StoredPrediction(prediction, _utc_now(), mask_sha256))

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        """See `SlideStore.mask_predictions`."""
        found = {}
        for key, said in self.prediction_history(slide_id).items():
            for stored in said:
                if stored.mask_sha256 and bundle in {None, stored.prediction.bundle}:
                    found[key, stored.mask_sha256] = stored.prediction
        return found

    def prediction_history(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        """See `SlideStore.prediction_history`; includes the new predictions."""
        return {**self._state.require_snapshot(slide_id).prediction_history, **self._state.prediction_history}

    def cell_prediction_history(self, cell_id: str) -> list[StoredPrediction]:
        """See `SlideStore.cell_prediction_history`."""
        held = self._state.snapshot
        return sorted(self.prediction_history(held.slide.id).get(cell_id, ()), key=lambda s: s.saved_at) if held else []

    def import_predictions(self, slide_id: str, history: Mapping[str, Sequence[StoredPrediction]]) -> None:
        """Not supported, because slides are imported by the process with the database.

        Raises:
            StoreError: Always.
        """
        _raise_no_database(slide_id, history)


class InMemoryReviewLog:
    """Implements `ReviewLog` over the current slide.

    Numbers and hashes are provisional; they are computed again when the events are appended to the real log.
    """

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
        """Keep an event in the worker state; its `seq` follows the slide's last event.

        Raises:
            BehindError: The slide has events after `expected_seq`.
            StoreError: `slide_id` is another slide than the current one.
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
        """See `ReviewLog.events`; the new events come last."""
        if self._state.snapshot is None:
            return []
        held = self._state.require_snapshot(slide_id or self._state.snapshot.slide.id)
        return [event for event in (*held.events, *self._state.events) if event.seq > after_seq]

    def events_before(self, selection: EventSelection, before_seq: int | None, limit: int) -> list[ReviewEvent]:
        """See `ReviewLog.events_before`."""
        found = [
            e for e in reversed(self.events(selection.slide_id or None)) if before_seq is None or e.seq < before_seq
        ]
        return [e for e in found if not selection.kinds or e.kind in selection.kinds][:limit]

    def slide_events(
        self, slide_ids: Collection[str], containing: Collection[EventKind]
    ) -> dict[str, list[ReviewEvent]]:
        """See `ReviewLog.slide_events`."""
        found = {key: self.events(key) for key in slide_ids}
        return {key: events for key, events in found.items() if any(e.kind in containing for e in events)}

    def event_options(self) -> EventOptions:
        """See `ReviewLog.event_options`."""
        events = self.events()
        return EventOptions(
            tuple(dict.fromkeys(e.slide_id for e in reversed(events))),
            tuple(sorted({e.reviewer for e in events})),
            frozenset(e.kind for e in events),
        )

    def head(self) -> tuple[int, str]:
        """Number and hash of the slide's last event, as the whole log is not available.

        0 and "" without events.
        """
        events = self.events()
        return (events[-1].seq, events[-1].hash) if events else (0, "")

    def find_broken_event(self) -> ReviewEvent | None:
        """Return None, because the chain is verified by the process with the log."""
        return None


class NullChangeFeed:
    """Implements `ChangeFeed` for a process without database; it has no changes."""

    def poll(self, cursor: ChangeCursor | None) -> Changes:
        """Return no changes."""
        return Changes(cursor or ChangeCursor(0, 0, 0, 0))

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:  # noqa: ARG002
        """Return no predictions."""
        return {}


class EmptyProfileStore:
    """Implements `ProfileStore` for a process without reviewers."""

    def profiles(self) -> list[Profile]:
        """Return no profiles."""
        return []

    def events(self) -> list[ProfileEvent]:
        """Return no entries."""
        return []

    def add(self, name: str, role: ReviewerRole, pin: str, actor: str) -> Profile:
        """Not supported; raises `StoreError`."""
        _raise_no_database(name, role, pin, actor)

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        """Not supported; raises `StoreError`."""
        _raise_no_database(profile_id, name, actor)

    def set_retired(self, profile_id: str, actor: str, *, retired: bool) -> None:
        """Not supported; raises `StoreError`."""
        _raise_no_database(profile_id, actor, retired)

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        """Not supported; raises `StoreError`."""
        _raise_no_database(profile_id, pin, actor)

    def verify_pin(self, profile_id: str, pin: str) -> None:
        """Not supported; raises `StoreError`."""
        _raise_no_database(profile_id, pin)


def new_events(state: WorkerState) -> tuple[NewEvent, ...]:
    """The events created since the current slide was loaded."""
    return tuple(NewEvent(e.kind, e.reviewer, e.cells, e.payload) for e in state.events)


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _raise_no_database(*_arguments: object) -> NoReturn:
    raise StoreError("This process has no database of its own.")
