"""A slide open for review: its events and its view, and the writing of further events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from leukview.core.errors import ConcurrentWriteError, ReviewError
from leukview.domain.alerts import AlertRule
from leukview.domain.counting_rules import CountingRules
from leukview.domain.prediction import Prediction
from leukview.domain.review.agreement import Agreement, compare_readings
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent
from leukview.domain.review.signed_binding import SignedBinding
from leukview.domain.taxonomy import Taxonomy
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.concurrency import OutdatedDecisionError, is_outdated
from leukview.services.review.reading_access import check_second_reader
from leukview.services.review.signed_binding import current_binding
from leukview.services.review.slide_view import SlideView
from leukview.services.review.view_builder import LimitsOf, SlideViewBuilder

_Payload: TypeAlias = Mapping[str, object] | Callable[[], Mapping[str, object]]


class OpenSlide:
    """Events and view of one slide in one reading, kept together while other programs write to the same log.

    Each event is appended to the log before the view changes; if that raises `StoreError`, the view is unchanged.
    """

    def __init__(
        self,
        slides: SlideStore,
        log: ReviewLog,
        taxonomy: Taxonomy,
        rules: Sequence[AlertRule],
        slide_id: str,
        reviewer: str,
        reading: int,
        aliases: Collection[str],
        limits_of: LimitsOf,
        counting: CountingRules,
    ) -> None:
        """Read the slide; the arguments are those of `ReviewSession`.

        Raises:
            ReviewError: The reviewer may not be the second reader of this slide.
            StoreError: The slide cannot be read.
        """
        self._slides, self._log = slides, log
        self._own_events: set[str] = set()  # ids of the events that were written here
        self._decided_at: int | None = None  # see `based_on`
        self.slide_id, self.reviewer, self.reading = slide_id, reviewer, reading
        self._slide = slides.slide(slide_id)
        cells = slides.cells(slide_id)
        predictions, inside = slides.predictions(slide_id), slides.mask_predictions(slide_id)
        self._view_builder = SlideViewBuilder(
            cells, predictions, inside, taxonomy, tuple(rules), reading, limits_of, counting
        )
        self._events: list[ReviewEvent] = log.events(slide_id)
        if reading == SECOND_READING:
            check_second_reader(self._events, reviewer, aliases)
        self._view = self._build_view()

    @property
    def view(self) -> SlideView:
        """The current state of the slide."""
        return self._view

    @property
    def events(self) -> tuple[ReviewEvent, ...]:
        """The slide's events in order of `seq`."""
        return tuple(self._events)

    @property
    def last_seq(self) -> int:
        """Number of the slide's last event that is known; 0 = none."""
        return self._events[-1].seq if self._events else 0

    @contextmanager
    def based_on(self, seq: int) -> Iterator[None]:
        """Take the actions inside as decisions on what the person saw after event `seq`.

        They raise `OutdatedDecisionError` if another program has changed what they are about since then. Without this,
        an action is a decision on `view`.
        """
        before, self._decided_at = self._decided_at, seq
        try:
            yield
        finally:
            self._decided_at = before

    def reload(self) -> SlideView:
        """Reload everything that other programs may have changed.

        These are events of all readings, cells, predictions and slide details.
        """
        self._slide = self._slides.slide(self.slide_id)
        self._view_builder.cells = self._slides.cells(self.slide_id)
        self._view_builder.predictions = dict(self._slides.predictions(self.slide_id))
        self._view_builder.mask_predictions = dict(self._slides.mask_predictions(self.slide_id))
        self._events = self._log.events(self.slide_id)
        self._view = self._build_view()
        return self._view

    def apply_new_events(self) -> SlideView:
        """Read new events and predictions for repaired masks written by other programs.

        Their other predictions are passed to `apply_predictions`.
        """
        new = self._log.events(self.slide_id, self.last_seq)
        if any(event.kind is EventKind.CELLS_ADDED for event in new):
            return self.reload()
        if any(event.kind is EventKind.SET_SLIDE for event in new):
            self._slide = self._slides.slide(self.slide_id)
        inside = dict(self._slides.mask_predictions(self.slide_id))
        if inside == self._view_builder.mask_predictions:
            return self._apply_events(new) if new else self._view
        self._view_builder.mask_predictions = inside
        self._events += new
        self._view = self._build_view()
        return self._view

    def agreement(self) -> Agreement | None:
        """Agreement of both readings; None before the second reader has signed."""
        found = compare_readings(self._events, [cell.id for cell in self._view_builder.cells])
        return found if found and found.signature and self.reading == FIRST_READING else None

    @property
    def decided_at(self) -> int:
        """Number of the last event that the person saw; see `based_on`."""
        return self.last_seq if self._decided_at is None else self._decided_at

    def reload_details(self) -> SlideView:
        """Reload the slide's white cell count and scale."""
        self._slide = self._slides.slide(self.slide_id)
        self._view = self._build_view()
        return self._view

    def apply_predictions(self, predictions: Mapping[str, Prediction]) -> SlideView:
        """Update the view with a stored batch of predictions.

        Predictions for a mask that is no longer the current one are ignored.
        """
        self._view = self._view_builder.apply_predictions(self._view, predictions)
        return self._view

    def require_binding(self, role: str) -> SignedBinding:
        """Everything that a reviewer of this role signs now.

        Raises:
            ReviewError: It is not what is shown, which is reloaded.
        """
        shown = self._view_builder.predictions, self._view_builder.mask_predictions, self._slide
        stored = (
            self._slides.predictions(self.slide_id),
            self._slides.mask_predictions(self.slide_id),
            self._slides.slide(self.slide_id),
        )
        if stored != shown:
            self.reload()
            raise ReviewError("The slide was changed after it was shown.", "Check the slide again, then sign.")
        return current_binding(self._slides, self.slide_id, self._events, self.reading, role)

    def append_action(self, kind: EventKind, cells: Sequence[str], payload: _Payload) -> SlideView:
        """Append an event that only an unsigned slide takes; see `append`. Raises `ReviewError` on a signed slide."""
        self._require_unsigned()
        if not self._view.by_id.keys() >= set(cells):
            raise ReviewError("A cell does not belong to this slide.", "Open the slide of the cell and try again.")
        return self.append(kind, cells, payload, requires_unsigned=True)

    def _require_unsigned(self) -> None:
        if self._view.review.signature:
            raise ReviewError("The slide is signed and read-only.", "To change it, amend the slide and give a reason.")

    def append(
        self,
        kind: EventKind,
        cells: Sequence[str],
        payload: _Payload,
        *,
        requires_unsigned: bool = False,
        reviewer: str = "",
    ) -> SlideView:
        """Append an event after reading all earlier ones, and update the view.

        Args:
            kind: Kind of the event.
            cells: Ids of the cells concerned.
            payload: Without the reading, which is added; or a function that takes the decision on the current view and
                returns the payload, or raises `ReviewError`. It is called again when another program wrote meanwhile.
            requires_unsigned: Raise `ReviewError` if another program has signed the slide meanwhile.
            reviewer: Name of the reviewer; "" = the one who opened the slide.

        Raises:
            OutdatedDecisionError: Another program changed what the event is about, see `based_on`.
        """
        decided_at = self.decided_at
        while True:
            known = self.last_seq
            decided = payload() if callable(payload) else payload
            body = dict(decided) if self.reading == FIRST_READING else {"reading": self.reading, **decided}
            foreign = [e for e in self._events if e.seq > decided_at and e.id not in self._own_events]
            if foreign and is_outdated(kind, cells, body, foreign, self._events):
                raise OutdatedDecisionError
            try:
                event = self._log.append(
                    self.slide_id,
                    kind,
                    reviewer=reviewer or self.reviewer,
                    cells=tuple(cells),
                    payload=body,
                    expected_seq=known,
                )
                break
            except ConcurrentWriteError:
                self.apply_new_events()
                if requires_unsigned:
                    self._require_unsigned()
        self._own_events.add(event.id)
        return self._apply_events([event])

    def _apply_events(self, new_events: Sequence[ReviewEvent]) -> SlideView:
        """Update the view with events that follow the known ones."""
        self._events += new_events
        self._view = self._view_builder.apply_events(self._view, self._slide, new_events, self._events)
        return self._view

    def _build_view(self) -> SlideView:
        return self._view_builder.build(self._slide, self._events)
