"""Runs the review commands of the open slide in order; stored first, then shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent, reading_of
from leukview.domain.review.reviewer_profile import Profile, ReviewerRole
from leukview.gui.app.i18n import format_datetime, translate_data, translated_taxonomy
from leukview.gui.app.tasks import TaskRunner
from leukview.services.review.concurrency import OutdatedDecisionError
from leukview.services.review.reading_access import Viewer
from leukview.services.review.session import ReviewSession, SlideView, describe_event
from leukview.services.review.sign_obstacles import SignObstacle
from leukview.services.workbench import Workbench

_Result = TypeVar("_Result")
SessionAction = Callable[[ReviewSession], SlideView]


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """What a command was decided on.

    Attributes:
        slide_id: The slide.
        reading: Its reading.
        seq: Number of the last event of the slide that was shown.
    """

    slide_id: str
    reading: int
    seq: int

    def is_same_slide(self, other: CommandTarget | None) -> bool:
        """Whether both are of the same slide and reading."""
        return other is not None and (self.slide_id, self.reading) == (other.slide_id, other.reading)


@dataclass(frozen=True, slots=True)
class Command:
    """One action on a review session.

    Attributes:
        action: Called with the session in the review queue; writes the events.
        on_applied: Called with the new view in the GUI thread after the events are stored.
        on_outdated: Called in the GUI thread after the action was refused because another program changed what it is
            about, when the new state is shown.
    """

    action: SessionAction
    on_applied: Callable[[SlideView], None] | None = None
    on_outdated: Callable[[], None] | None = None


_UNREPORTED_KINDS = frozenset({EventKind.OPEN, EventKind.SEEN, EventKind.MAP_SHOWN, EventKind.UNLOCK_FAILED})


class ReviewController(QObject):
    """Holds the review session of the open slide and queues commands on it.

    Only the review queue calls methods of the session. A command is prepared after the previous one is stored and
    shown, so that keys typed faster than events are written apply to the cells that the reviewer means.

    Attributes:
        profile: Profile of the signed-in reviewer; None = the operating system's user.
    """

    view_changed = Signal(object)  # SlideView
    opening_requested = Signal()  # another slide or reading will be opened after the commands queued before
    slide_about_to_show = Signal(object)  # SlideView, before any panel shows it
    slide_opened = Signal(object)  # SlideView of a slide that was just opened
    reviewer_changed = Signal()  # the new reviewer may be allowed to see less, or more
    became_idle = Signal()  # every queued command is stored and shown
    command_refused = Signal()  # its slide is not open any more; nothing was written

    def __init__(self, workbench: Workbench, tasks: TaskRunner, reviewer: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._tasks, self._reviewer = workbench, tasks, reviewer
        self.profile: Profile | None = None
        self._session: ReviewSession | None = None
        self._view: SlideView | None = None
        self._shown_seq = 0  # number of the last event that `view` contains
        self._queue: deque[tuple[Callable[[], Command | None], int]] = deque()  # with `_shown_seq` at the decision
        self._running = False
        self._on_applied: Callable[[SlideView], None] | None = None
        self._on_outdated: Callable[[], None] | None = None
        self._refresh_steps: deque[Callable[[], None]] = deque()
        # `QTimer.singleShot` with 0 ms posts an event, which would be handled in the same event-loop turn; a timer not.
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(0)
        self._refresh_timer.timeout.connect(self._run_next_refresh)

    @property
    def view(self) -> SlideView | None:
        """Current view of the open slide; None when none is open."""
        return self._view

    @property
    def unmet_requirements(self) -> tuple[str, ...]:
        """Translated reasons why the slide cannot be signed yet; empty when it can."""
        return tuple(obstacle.text for obstacle in self.sign_obstacles)

    @property
    def sign_obstacles(self) -> tuple[SignObstacle, ...]:
        """What prevents signing, with translated texts; empty when nothing does."""
        found = self._session.sign_obstacles() if self._session else ()
        return tuple(SignObstacle(translate_data(obstacle.text), obstacle.cells) for obstacle in found)

    @property
    def reason_request(self) -> str:
        """Translated text that asks for a reason with the signature; "" when none is needed."""
        return translate_data(self._session.reason_request) if self._session else ""

    @property
    def undo_text(self) -> str:
        """Description of the action that undo would revert; "" when there is none."""
        stack = self._view.review.undo_stack if self._view else ()
        return self._event_text(stack[-1]) if stack else ""

    @property
    def cells_to_undo(self) -> tuple[str, ...]:
        """Ids of the cells of the action that undo would revert; empty when there are none."""
        stack = self._view.review.undo_stack if self._view else ()
        event = self._find_event(stack[-1]) if stack else None
        return tuple(event.cells) if event else ()

    @property
    def redo_text(self) -> str:
        """Description of the action that redo would repeat; "" when there is none."""
        stack = self._view.review.redo_stack if self._view else ()
        undo = self._find_event(stack[-1]) if stack else None
        return self._event_text(str(undo.payload["event"])) if undo else ""

    @property
    def last_action_text(self) -> str:
        """Last action in this reading, with reviewer and time; "" when there is none."""
        events = self._session.events if self._session else ()
        reading = self._view.reading if self._view else FIRST_READING
        reported = (e for e in reversed(events) if e.kind not in _UNREPORTED_KINDS and reading_of(e) == reading)
        event = next(reported, None)
        if event is None:
            return ""
        when = datetime.fromisoformat(event.at).astimezone()
        text = translate_data(describe_event(event, self._workbench.taxonomy))
        return f"{text} · {event.reviewer} · {format_datetime(when)}"

    def _find_event(self, event_id: str) -> ReviewEvent | None:
        events = self._session.events if self._session else ()
        return next((e for e in reversed(events) if e.id == event_id), None)

    def _event_text(self, event_id: str) -> str:
        event = self._find_event(event_id)
        return translate_data(describe_event(event, self._workbench.taxonomy)) if event else ""

    @property
    def reviewer(self) -> str:
        """Name under which events are written."""
        return self._reviewer

    @property
    def is_idle(self) -> bool:
        """Whether every queued command is stored and shown."""
        return not self._running and not self._queue

    @property
    def last_seq(self) -> int:
        """`seq` of the last event that the open slide shows; 0 when it has none."""
        return self._shown_seq

    def schedule_refresh(self, step: Callable[[], None]) -> None:
        """Run `step` in its own event-loop turn, so that no long repaint blocks input."""
        self._refresh_steps.append(step)
        if not self._running:  # no command in progress: only the display changes
            self._running = True
            self._refresh_timer.start()

    @property
    def viewer(self) -> Viewer:
        """The reviewer and whether they read second, which decides what they may see."""
        return Viewer(self._reviewer, self.profile is not None and self.profile.role is ReviewerRole.SECOND_READER)

    def set_reviewer(self, profile: Profile) -> None:
        """Sign in a reviewer; slides opened from now on are reviewed under this name."""
        before = self.viewer
        self._reviewer, self.profile = profile.name, profile
        if self.viewer != before:
            self.reviewer_changed.emit()

    @property
    def session_matches_reviewer(self) -> bool:
        """Whether the open slide, if any, was opened by the current reviewer."""
        return self._session is None or self._session.reviewer == self._reviewer

    def agreement(self) -> Agreement | None:
        """See `ReviewSession.agreement`; must be called in the review queue."""
        return self._session.agreement() if self._session else None

    def open(self, slide_id: str, reading: int | None = None) -> None:
        """Open a slide after all commands queued before are stored.

        Args:
            slide_id: The slide.
            reading: `FIRST_READING` or `SECOND_READING`. None = the second where the first is withheld from the
                reviewer, see `SlideQueries.withheld_slides`; else the first.
        """
        self.opening_requested.emit()
        self._queue.append((lambda: self._start_opening(slide_id, reading), 0))
        self._start_next_command()

    def for_current_reader(self, callback: Callable[[_Result], None]) -> Callable[[_Result], None]:
        """Wrap a callback of a background task: results for a reviewer who has left are dropped."""
        viewer = self.viewer

        def deliver(result: _Result) -> None:
            if self.viewer == viewer:
                callback(result)

        return deliver

    def enqueue(self, prepare: Callable[[], Command | None], seen_seq: int | None = None) -> None:
        """Queue a command.

        Args:
            prepare: Called in the GUI thread when the commands before are stored and shown; None = nothing to do.
            seen_seq: Number of the last event that was shown when the person decided; None = of the one shown now. The
                command is refused if another program has changed since then what it is about.
        """
        self._queue.append((prepare, self._shown_seq if seen_seq is None else seen_seq))
        self._start_next_command()

    @property
    def target(self) -> CommandTarget | None:
        """What is shown now; a dialog keeps it and hands it to `submit`."""
        session = self._session
        return CommandTarget(session.slide_id, session.reading, self._shown_seq) if session else None

    def submit(
        self,
        action: SessionAction,
        target: CommandTarget | None = None,
        on_outdated: Callable[[], None] | None = None,
    ) -> None:
        """Queue an action that does not depend on what is selected or shown.

        Args:
            action: Calls a method of the session.
            target: What it was decided on. If another slide or reading is open when its turn comes, nothing is written
                and `command_refused` is emitted. None = what is shown now.
            on_outdated: See `Command`.
        """

        def prepare() -> Command | None:
            if target is not None and not target.is_same_slide(self.target):
                self.command_refused.emit()
                return None
            return Command(action, on_outdated=on_outdated)

        self.enqueue(prepare, target.seq if target else None)

    def apply_predictions(self, slide_id: str, predictions: Mapping[str, Prediction]) -> None:
        """Add a stored batch of predictions to the view if its slide is open.

        Args:
            slide_id: Slide of the predictions.
            predictions: By cell id.
        """

        def prepare() -> Command | None:
            if self._session is None or self._session.slide_id != slide_id:
                return None
            return Command(lambda session: session.apply_predictions(predictions))

        self.enqueue(prepare)

    def _start_opening(self, slide_id: str, reading: int | None) -> None:
        viewer = self.viewer

        def work(_token: CancelToken, _reporter: Reporter) -> ReviewSession:
            opened = reading
            if opened is None:
                opened = (
                    SECOND_READING
                    if slide_id in self._workbench.slide_queries.withheld_slides(viewer, [slide_id])
                    else FIRST_READING
                )
            session = self._workbench.open_session(
                slide_id, viewer.name, opened, translated_taxonomy(self._workbench.taxonomy)
            )
            session.view.precompute()
            return session

        self._running = True
        self._tasks.run(
            self.tr("Opening the slide"), work, done=self._on_open, failed=self._on_failed, queue=Queue.REVIEW
        )

    def _on_open(self, session: ReviewSession) -> None:
        try:
            self._session, self._view, self._shown_seq = session, session.view, session.last_seq
            self.slide_about_to_show.emit(self._view)
            self.slide_opened.emit(self._view)
        finally:  # an error in a slot must not stop the queue
            self._refresh_timer.start()

    def _start_next_command(self) -> None:
        while self._queue and not self._running:
            prepare, seen_seq = self._queue.popleft()
            try:
                command = prepare()
            except Exception as error:  # noqa: BLE001 - one command that cannot be prepared must not hold up the others
                self._tasks.report_error(error)
                continue
            session = self._session
            if command is None or session is None or self._running:
                continue
            self._running, self._on_applied, self._on_outdated = True, command.on_applied, command.on_outdated
            self._tasks.run(
                self.tr("Saving"),
                _SessionJob(session, command.action, seen_seq),
                done=self._on_done,
                failed=self._on_failed,
                queue=Queue.REVIEW,
            )

    def _on_done(self, view: SlideView) -> None:
        try:
            before, self._view = self._view, view
            self._shown_seq = self._session.last_seq if self._session else 0
            if before is None or not view.differs_only_in_seen(before) or view.review.seen == before.review.seen:
                self.view_changed.emit(view)
            if self._on_applied:
                self._on_applied(view)
        finally:  # an error in a slot must not stop the queue
            self._refresh_timer.start()

    def _run_next_refresh(self) -> None:
        if not self._refresh_steps:
            self._finish_command()
            return
        try:
            self._refresh_steps.popleft()()
        finally:
            self._refresh_timer.start()

    def _on_failed(self, error: Exception) -> None:
        session, on_outdated = self._session, self._on_outdated
        self._on_applied = None
        try:
            self._tasks.report_error(error)
        finally:  # what was scheduled meanwhile, such as hiding the model, is shown although nothing was written
            if session is not None and session.view is not self._view:  # refused on a state not shown yet: show it
                self._on_done(session.view)
            else:
                self._refresh_timer.start()
        if on_outdated is not None and isinstance(error, OutdatedDecisionError):
            on_outdated()

    def _finish_command(self) -> None:
        self._running, self._on_applied, self._on_outdated = False, None, None
        self._start_next_command()
        if self.is_idle:
            self.became_idle.emit()


@dataclass(frozen=True, slots=True)
class _SessionJob:
    """An action on a session, decided after event `seen_seq`, as work for the `TaskRunner`."""

    session: ReviewSession
    action: SessionAction
    seen_seq: int

    def __call__(self, _token: CancelToken, _reporter: Reporter) -> SlideView:
        with self.session.based_on(self.seen_seq):
            return self.action(self.session)
