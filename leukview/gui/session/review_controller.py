"""The review of one slide, seen from the GUI thread: commands in order, each written before the screen changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import FIRST, SECOND, EventKind, ReviewEvent, reading_of
from leukview.domain.review.reviewer_profile import Profile, Role
from leukview.gui.app.i18n import format_datetime, translate_data, translated_taxonomy
from leukview.gui.app.tasks import TaskRunner
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession, SlideView, describe_event
from leukview.services.workbench import Workbench

Act = Callable[[ReviewSession], SlideView]


@dataclass(frozen=True, slots=True)
class Command:
    """One action on a session, and what the window does once it is written."""

    act: Act
    after: Callable[[SlideView], None] | None = None


_QUIET = frozenset({EventKind.OPEN, EventKind.MAP_SHOWN, EventKind.UNLOCK_FAILED})


class ReviewController(QObject):
    """Holds the session of the slide on the bench.

    The session is touched by the ``review`` lane alone. A command is prepared only when the one before it is written
    and shown, so that keys typed faster than the disk writes apply to the cells that the reviewer means.
    """

    changed = Signal(object)  # SlideView
    opened = Signal(object)  # SlideView of a slide just laid on the bench
    reviewer_changed = Signal()  # another reader: what was withheld, or shown, need not be so any more
    idle_reached = Signal()  # every command given is written and shown

    def __init__(self, workbench: Workbench, jobs: TaskRunner, reviewer: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._jobs, self._reviewer = workbench, jobs, reviewer
        self.profile: Profile | None = None  # of who sits here; None = the system's user
        self._session: ReviewSession | None = None
        self._view: SlideView | None = None
        self._waiting: deque[Callable[[], Command | None]] = deque()
        self._running = False
        self._after: Callable[[SlideView], None] | None = None
        self._refresh_steps: deque[Callable[[], None]] = deque()
        # A timer: what is posted (`QTimer.singleShot` with 0 ms is) would still be handled in this turn of the loop.
        self._next_turn = QTimer(self)
        self._next_turn.setSingleShot(True)
        self._next_turn.setInterval(0)
        self._next_turn.timeout.connect(self._run_refresh_steps)

    @property
    def view(self) -> SlideView | None:
        """The slide as it stands, None when none is open."""
        return self._view

    @property
    def signing_obstacles(self) -> tuple[str, ...]:
        """What stands between the slide and a signature."""
        return tuple(map(translate_data, self._session.obstacles())) if self._session else ()

    @property
    def undo_text(self) -> str:
        """What undo would take back; "" when there is nothing."""
        stack = self._view.review.undo_stack if self._view else ()
        return self._description(stack[-1]) if stack else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again; "" when there is nothing."""
        stack = self._view.review.redo_stack if self._view else ()
        undo = self._event(stack[-1]) if stack else None
        return self._description(str(undo.payload["event"])) if undo else ""

    @property
    def last_action_text(self) -> str:
        """What was done on this slide last, by whom and when; "" when nothing was."""
        events = self._session.events if self._session else ()
        reading = self._view.reading if self._view else FIRST
        told = (e for e in reversed(events) if e.kind not in _QUIET and reading_of(e) == reading)
        event = next(told, None)
        if event is None:
            return ""
        when = datetime.fromisoformat(event.at).astimezone()
        return f"{translate_data(describe_event(event, self._workbench.taxonomy))} · {event.reviewer} · {format_datetime(when)}"

    def _event(self, event_id: str) -> ReviewEvent | None:
        events = self._session.events if self._session else ()
        return next((e for e in reversed(events) if e.id == event_id), None)

    def _description(self, event_id: str) -> str:
        event = self._event(event_id)
        return translate_data(describe_event(event, self._workbench.taxonomy)) if event else ""

    @property
    def reviewer(self) -> str:
        """Under whose name events are written."""
        return self._reviewer

    @property
    def idle(self) -> bool:
        """Every command given is written and shown."""
        return not self._running and not self._waiting

    @property
    def last_seq(self) -> int:
        """`seq` of the last event that the slide on the bench shows; 0 when it has none."""
        events = self._session.events if self._session else ()
        return events[-1].seq if events else 0

    def schedule_refresh(self, step: Callable[[], None]) -> None:
        """What shows a change may ask for a turn of the loop of its own: painted in one, all of it would be felt."""
        self._refresh_steps.append(step)
        if not self._running:  # nothing was written: the look alone changes
            self._running = True
            self._next_turn.start()

    @property
    def reader(self) -> Viewer:
        """Who sits here, as what decides on what is withheld."""
        return Viewer(self._reviewer, self.profile is not None and self.profile.role is Role.SECOND_READER)

    def set_reviewer(self, profile: Profile) -> None:
        """Another reviewer sits down: slides opened from now on are reviewed under this name."""
        before = self.reader
        self._reviewer, self.profile = profile.name, profile
        if self.reader != before:
            self.reviewer_changed.emit()

    @property
    def session_is_current_reviewer(self) -> bool:
        """The slide on the bench, if any, was opened for who sits here now."""
        return self._session is None or self._session.reviewer == self._reviewer

    def agreement(self) -> Agreement | None:
        """See `ReviewSession.agreement`; to be called in the ``review`` lane."""
        return self._session.agreement() if self._session else None

    def open(self, slide_id: str, reading: int | None = None) -> None:
        """Lay a slide on the bench; commands already given to the one before are written first.

        Args:
            slide_id: The slide.
            reading: None = the one that is the reviewer's, see `leukview.services.review.reading_access.reading_for`.
        """
        self._waiting.append(lambda: self._start_opening(slide_id, reading))
        self._pump()

    def enqueue(self, prepare: Callable[[], Command | None]) -> None:
        """Queue a command; `prepare` runs in the GUI thread at its turn and may decline with None."""
        self._waiting.append(prepare)
        self._pump()

    def submit(self, act: Act) -> None:
        """Queue an action that needs no look at the screen."""
        self.enqueue(lambda: Command(act))

    def predictions_arrived(self, slide_id: str, predictions: Mapping[str, Prediction]) -> None:
        """Take in a stored batch, if it belongs to the slide on the bench."""

        def prepare() -> Command | None:
            if self._session is None or self._session.slide_id != slide_id:
                return None
            return Command(lambda session: session.predictions_arrived(predictions))

        self.enqueue(prepare)

    def _start_opening(self, slide_id: str, reading: int | None) -> None:
        reader = self.reader

        def work(_token: CancelToken, _reporter: Reporter) -> ReviewSession:
            taken = reading
            if taken is None:
                taken = SECOND if slide_id in self._workbench.withheld(reader, [slide_id]) else FIRST
            session = self._workbench.session(
                slide_id, reader.name, taken, translated_taxonomy(self._workbench.taxonomy)
            )
            session.view.precompute()
            return session

        self._running = True
        self._jobs.run(
            self.tr("Opening the slide"), work, done=self._on_open, failed=self._on_failed, queue=Queue.REVIEW
        )

    def _on_open(self, result: object) -> None:
        if isinstance(result, ReviewSession):
            self._session, self._view = result, result.view
            self.opened.emit(self._view)
        self._next_turn.start()

    def _pump(self) -> None:
        while self._waiting and not self._running:
            command = self._waiting.popleft()()
            session = self._session
            if command is None or session is None or self._running:
                continue
            self._running, self._after = True, command.after
            self._jobs.run(
                self.tr("Writing"),
                _SessionTask(session, command.act),
                done=self._on_done,
                failed=self._on_failed,
                queue=Queue.REVIEW,
            )

    def _on_done(self, result: object) -> None:
        if isinstance(result, SlideView):
            self._view = result
            self.changed.emit(result)
            if self._after:
                self._after(result)
        self._next_turn.start()

    def _run_refresh_steps(self) -> None:
        if not self._refresh_steps:
            self._next()
            return
        self._refresh_steps.popleft()()
        self._next_turn.start()

    def _on_failed(self, error: Exception) -> None:
        self._jobs.report_error(error)
        self._next()

    def _next(self) -> None:
        self._running, self._after = False, None
        self._pump()
        if self.idle:
            self.idle_reached.emit()


@dataclass(frozen=True, slots=True)
class _SessionTask:
    """An action on a session, as work for the runner."""

    session: ReviewSession
    act: Act

    def __call__(self, _token: CancelToken, _reporter: Reporter) -> SlideView:
        return self.act(self.session)
