"""A slide as a value: sent to another process with all that is known of it, analysed there, and taken in again.

Whoever analyses it needs no database and no identity vault; what is new comes back and is stored by one writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from leukview.core.errors import BehindError, StoreError
from leukview.domain.prediction import Prediction, StoredPrediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import next_position, with_hash
from leukview.domain.review.reviewer_profile import Profile, ProfileEvent, Role
from leukview.domain.slide import Cell, Slide, SlideDraft
from leukview.services.ports.change_feed import ChangeFeed, Cursor
from leukview.services.ports.storage import CellLocation, Imported, ReviewLog, SlideStore


@dataclass(frozen=True, slots=True)
class CarriedSlide:
    """A slide with its cells, places, predictions and events.

    Attributes:
        said: Cell id → what every model said of it, see `SlideStore.said`.
    """

    slide: Slide
    cells: tuple[Cell, ...]
    locations: Mapping[str, CellLocation]
    fields: tuple[CellLocation, ...]
    said: Mapping[str, tuple[StoredPrediction, ...]]
    events: tuple[ReviewEvent, ...]


def snapshot(slides: SlideStore, log: ReviewLog, slide_id: str) -> CarriedSlide:
    """Everything known of a slide. Raises `StoreError`."""
    return CarriedSlide(
        slides.slide(slide_id),
        tuple(slides.cells(slide_id)),
        dict(slides.locations(slide_id)),
        slides.fields(slide_id),
        slides.said(slide_id),
        tuple(log.events(slide_id)),
    )


@dataclass(frozen=True, slots=True)
class CarriedEvent:
    """An event that was made where the slide was analysed, to be appended to the log."""

    kind: EventKind
    reviewer: str
    cells: tuple[str, ...]
    payload: Mapping[str, object]


@dataclass
class WorkerState:
    """The one slide that a process works on, and what became of it."""

    carried: CarriedSlide | None = None
    predictions: dict[str, Prediction] = field(default_factory=dict)
    inside: dict[tuple[str, str], Prediction] = field(default_factory=dict)
    said: dict[str, tuple[StoredPrediction, ...]] = field(default_factory=dict)
    events: list[ReviewEvent] = field(default_factory=list)

    def load(self, carried: CarriedSlide | None) -> None:
        """Take another slide in hand; None for none."""
        self.carried, self.predictions, self.inside, self.said, self.events = carried, {}, {}, {}, []

    def say(self, cell_id: str, stored: StoredPrediction) -> None:
        """Put a prediction where the store will have it: in the place of the same bundle's, after all the others."""
        known = self.said.get(cell_id) or (self.carried.said.get(cell_id, ()) if self.carried else ())
        which = stored.mask, stored.prediction.bundle
        kept = [s for s in known if (s.mask, s.prediction.bundle) != which]
        self.said[cell_id] = tuple(sorted((*kept, stored), key=lambda s: bool(s.mask)))

    def held(self, slide_id: str) -> CarriedSlide:
        """The slide in hand.

        Raises:
            StoreError: Another one is asked for.
        """
        if self.carried is None or self.carried.slide.id != slide_id:
            raise StoreError("This slide is not in the database.", "Import its folder again.")
        return self.carried


class CarriedSlides:
    """Implements `SlideStore` over the slide in hand."""

    def __init__(self, luggage: WorkerState) -> None:
        self._luggage = luggage

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> Imported:
        """Refused: slides are imported where the database is."""
        _refuse(draft, synthetic)

    def slides(self) -> list[Slide]:
        """The slide in hand."""
        return [self._luggage.carried.slide] if self._luggage.carried else []

    def slide(self, slide_id: str) -> Slide:
        """The slide. Raises `StoreError` if it is another one."""
        return self._luggage.held(slide_id).slide

    def cells(self, slide_id: str) -> list[Cell]:
        """Its cells by number."""
        return list(self._luggage.held(slide_id).cells)

    def locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        """Cell id → where its image lies."""
        return self._luggage.held(slide_id).locations

    def fields(self, slide_id: str) -> tuple[CellLocation, ...]:
        """Where its overview pictures lie."""
        return self._luggage.held(slide_id).fields

    def save_predictions(self, predictions: Mapping[str, Prediction]) -> None:
        """Keep them in hand."""
        self._luggage.predictions.update(predictions)
        for key, prediction in predictions.items():
            self._luggage.say(key, StoredPrediction(prediction, _now()))

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        """Cell id → prediction; of the bundle given, else each cell's newest."""
        found = {}
        for key, said in self.said(slide_id).items():
            for stored in said:  # a later one takes the place of an earlier one
                if not stored.mask and bundle in {None, stored.prediction.bundle}:
                    found[key] = stored.prediction
        return found

    def save_mask_prediction(self, cell_id: str, mask: str, prediction: Prediction) -> None:
        """Keep it in hand."""
        self._luggage.inside[cell_id, mask] = prediction
        self._luggage.say(cell_id, StoredPrediction(prediction, _now(), mask))

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        """(cell id, SHA-256 of a reviewer's mask) → prediction inside it; of the bundle given, else the newest."""
        found = {}
        for key, said in self.said(slide_id).items():
            for stored in said:
                if stored.mask and bundle in {None, stored.prediction.bundle}:
                    found[key, stored.mask] = stored.prediction
        return found

    def said(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        """Cell id → what every model said of it, what is in hand included."""
        return {**self._luggage.held(slide_id).said, **self._luggage.said}

    def predictions_of(self, cell_id: str) -> list[StoredPrediction]:
        """What every model said of one cell, the oldest first."""
        held = self._luggage.carried
        return sorted(self.said(held.slide.id).get(cell_id, ()), key=lambda s: s.saved_at) if held else []

    def adopt(self, slide_id: str, said: Mapping[str, Sequence[StoredPrediction]]) -> None:
        """Refused: slides are imported where the database is."""
        _refuse(slide_id, said)


class CarriedLog:
    """Implements `ReviewLog` over the slide in hand. Numbers and hashes are made anew where the log is."""

    def __init__(self, luggage: WorkerState) -> None:
        self._luggage = luggage

    def append(
        self,
        slide_id: str,
        kind: EventKind,
        *,
        reviewer: str,
        cells: Sequence[str] = (),
        payload: Mapping[str, object] | None = None,
        known: int | None = None,
    ) -> ReviewEvent:
        """Keep an event in hand; `seq` and `hash` go on from the slide's own last event.

        Raises:
            BehindError: The slide has events after `known`.
            StoreError: Another slide is in hand.
        """
        events = self.events(slide_id)
        seq, previous = next_position(events[-1] if events else None)
        if known is not None and seq - 1 > known:
            raise BehindError("Another program wrote to this slide.", "Read the slide again.")
        body, at, event_id = dict(payload or {}), _now(), f"carried-{seq}"
        event = with_hash(ReviewEvent(seq, event_id, slide_id, kind, tuple(cells), body, reviewer, at, previous, ""))
        self._luggage.events.append(event)
        return event

    def events(self, slide_id: str | None = None, after: int = 0) -> list[ReviewEvent]:
        """The slide's events with a `seq` above `after`, those in hand last."""
        if self._luggage.carried is None:
            return []
        held = self._luggage.held(slide_id or self._luggage.carried.slide.id)
        return [event for event in (*held.events, *self._luggage.events) if event.seq > after]

    def head(self) -> tuple[int, str]:
        """Number and hash of the slide's last event, since the whole log is elsewhere; 0 and "" without one."""
        events = self.events()
        return (events[-1].seq, events[-1].hash) if events else (0, "")

    def verify(self) -> ReviewEvent | None:
        """Nothing to say: the chain is verified where the log is."""
        return None


class CarriedPulse:
    """Implements `ChangeSource` where no other program writes."""

    def look(self, known: Cursor | None) -> ChangeFeed:
        """Nothing new."""
        return ChangeFeed(known or Cursor(0, 0, 0, 0))

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:  # noqa: ARG002
        """None."""
        return {}


class CarriedProfiles:
    """Implements `ProfileStore` where nobody sits."""

    def profiles(self) -> list[Profile]:
        """None."""
        return []

    def record(self) -> list[ProfileEvent]:
        """Nothing."""
        return []

    def add(self, name: str, role: Role, pin: str, actor: str) -> Profile:
        """Refused."""
        _refuse(name, role, pin, actor)

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        """Refused."""
        _refuse(profile_id, name, actor)

    def retire(self, profile_id: str, actor: str, *, retired: bool) -> None:
        """Refused."""
        _refuse(profile_id, actor, retired)

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        """Refused."""
        _refuse(profile_id, pin, actor)

    def check(self, profile_id: str, pin: str) -> None:
        """Refused."""
        _refuse(profile_id, pin)


def new_events(luggage: WorkerState) -> tuple[CarriedEvent, ...]:
    """The events that came while the slide was in hand."""
    return tuple(CarriedEvent(e.kind, e.reviewer, e.cells, e.payload) for e in luggage.events)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _refuse(*_what: object) -> NoReturn:
    raise StoreError("This process has no database of its own.")
