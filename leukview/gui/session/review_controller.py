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
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent, reading_of
from leukview.domain.review.reviewer_profile import Profile, ReviewerRole
from leukview.gui.app.i18n import format_datetime, translate_data, translated_taxonomy
from leukview.gui.app.tasks import TaskRunner
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession, SlideView, describe_event
from leukview.services.workbench import Workbench

SessionAction = Callable[[ReviewSession], SlideView]


@dataclass(frozen=True, slots=True)
class Command:
    """One action on a session, and what the window does once it is written."""

    action: SessionAction
    on_applied: Callable[[SlideView], None] | None = None


_UNREPORTED_KINDS = frozenset({EventKind.OPEN, EventKind.MAP_SHOWN, EventKind.UNLOCK_FAILED})


class ReviewController(QObject):
    """Holds the session of the slide on the bench.

    The session is touched by the ``review`` lane alone. A command is prepared only when the one before it is written
    and shown, so that keys typed faster than the disk writes apply to the cells that the reviewer means.
    """

    view_changed = Signal(object)  # SlideView
    slide_opened = Signal(object)  # SlideView of a slide just laid on the bench
    reviewer_changed = Signal()  # another reader: what was withheld, or shown, need not be so any more
    became_idle = Signal()  # every command given is written and shown

    def __init__(self, workbench: Workbench, tasks: TaskRunner, reviewer: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._tasks, self._reviewer = workbench, tasks, reviewer
        self.profile: Profile | None = None  # of who sits here; None = the system's user
        self._session: ReviewSession | None = None
        self._view: SlideView | None = None
        self._queue: deque[Callable[[], Command | None]] = deque()
        self._running = False
        self._on_applied: Callable[[SlideView], None] | None = None
        self._refresh_steps: deque[Callable[[], None]] = deque()
        # A timer: what is posted (`QTimer.singleShot` with 0 ms is) would still be handled in this turn of the loop.
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(0)
        self._refresh_timer.timeout.connect(self._run_next_refresh)

    @property
    def view(self) -> SlideView | None:
        """The slide as it stands, None when none is open."""
        return self._view

    @property
    def unmet_requirements(self) -> tuple[str, ...]:
        """What stands between the slide and a signature."""
        return tuple(map(translate_data, self._session.unmet_requirements())) if self._session else ()

    @property
    def undo_text(self) -> str:
        """What undo would take back; "" when there is nothing."""
        stack = self._view.review.undo_stack if self._view else ()
        return self._event_text(stack[-1]) if stack else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again; "" when there is nothing."""
        stack = self._view.review.redo_stack if self._view else ()
        undo = self._find_event(stack[-1]) if stack else None
        return self._event_text(str(undo.payload["event"])) if undo else ""

    @property
    def last_action_text(self) -> str:
        """What was done on this slide last, by whom and when; "" when nothing was."""
        events = self._session.events if self._session else ()
        reading = self._view.reading if self._view else FIRST_READING
        told = (e for e in reversed(events) if e.kind not in _UNREPORTED_KINDS and reading_of(e) == reading)
        event = next(told, None)
        if event is None:
            return ""
        when = datetime.fromisoformat(event.at).astimezone()
        return f"{translate_data(describe_event(event, self._workbench.taxonomy))} · {event.reviewer} · {format_datetime(when)}"

    def _find_event(self, event_id: str) -> ReviewEvent | None:
        events = self._session.events if self._session else ()
        return next((e for e in reversed(events) if e.id == event_id), None)

    def _event_text(self, event_id: str) -> str:
        event = self._find_event(event_id)
        return translate_data(describe_event(event, self._workbench.taxonomy)) if event else ""

    @property
    def reviewer(self) -> str:
        """Under whose name events are written."""
        return self._reviewer

    @property
    def is_idle(self) -> bool:
        """Every command given is written and shown."""
        return not self._running and not self._queue

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
            self._refresh_timer.start()

    @property
    def viewer(self) -> Viewer:
        """Who sits here, as what decides on what is withheld."""
        return Viewer(self._reviewer, self.profile is not None and self.profile.role is ReviewerRole.SECOND_READER)

    def set_reviewer(self, profile: Profile) -> None:
        """Another reviewer sits down: slides opened from now on are reviewed under this name."""
        before = self.viewer
        self._reviewer, self.profile = profile.name, profile
        if self.viewer != before:
            self.reviewer_changed.emit()

    @property
    def session_matches_reviewer(self) -> bool:
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
        self._queue.append(lambda: self._start_opening(slide_id, reading))
        self._start_next_command()

    def enqueue(self, prepare: Callable[[], Command | None]) -> None:
        """Queue a command; `prepare` runs in the GUI thread at its turn and may decline with None."""
        self._queue.append(prepare)
        self._start_next_command()

    def submit(self, action: SessionAction) -> None:
        """Queue an action that needs no look at the screen."""
        self.enqueue(lambda: Command(action))

    def apply_predictions(self, slide_id: str, predictions: Mapping[str, Prediction]) -> None:
        """Take in a stored batch, if it belongs to the slide on the bench."""

        def prepare() -> Command | None:
            if self._session is None or self._session.slide_id != slide_id:
                return None
            return Command(lambda session: session.apply_predictions(predictions))

        self.enqueue(prepare)

    def _start_opening(self, slide_id: str, reading: int | None) -> None:
        reader = self.viewer

        def work(_token: CancelToken, _reporter: Reporter) -> ReviewSession:
            taken = reading
            if taken is None:
                taken = (
                    SECOND_READING if slide_id in self._workbench.withheld_slides(reader, [slide_id]) else FIRST_READING
                )
            session = self._workbench.open_session(
                slide_id, reader.name, taken, translated_taxonomy(self._workbench.taxonomy)
            )
            session.view.precompute()
            return session

        self._running = True
        self._tasks.run(
            self.tr("Opening the slide"), work, done=self._on_open, failed=self._on_failed, queue=Queue.REVIEW
        )

    def _on_open(self, result: object) -> None:
        if isinstance(result, ReviewSession):
            self._session, self._view = result, result.view
            self.slide_opened.emit(self._view)
        self._refresh_timer.start()

    def _start_next_command(self) -> None:
        while self._queue and not self._running:
            command = self._queue.popleft()()
            session = self._session
            if command is None or session is None or self._running:
                continue
            self._running, self._on_applied = True, command.on_applied
            self._tasks.run(
                self.tr("Writing"),
                _SessionJob(session, command.action),
                done=self._on_done,
                failed=self._on_failed,
                queue=Queue.REVIEW,
            )

    def _on_done(self, result: object) -> None:
        if isinstance(result, SlideView):
            self._view = result
            self.view_changed.emit(result)
            if self._on_applied:
                self._on_applied(result)
        self._refresh_timer.start()

    def _run_next_refresh(self) -> None:
        if not self._refresh_steps:
            self._finish_command()
            return
        self._refresh_steps.popleft()()
        self._refresh_timer.start()

    def _on_failed(self, error: Exception) -> None:
        self._tasks.report_error(error)
        self._finish_command()

    def _finish_command(self) -> None:
        self._running, self._on_applied = False, None
        self._start_next_command()
        if self.is_idle:
            self.became_idle.emit()


@dataclass(frozen=True, slots=True)
class _SessionJob:
    """An action on a session, as work for the runner."""

    session: ReviewSession
    action: SessionAction

    def __call__(self, _token: CancelToken, _reporter: Reporter) -> SlideView:
        return self.action(self.session)
