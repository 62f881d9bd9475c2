"""Who sits at the window: profiles, the lock, and handing over to another reviewer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from leukview.core.errors import PinError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.reviewer_profile import Profile, ProfileEvent, Role
from leukview.gui.app.action_manager import ActionBar
from leukview.gui.app.i18n import error_text
from leukview.gui.app.idle_monitor import IdleWatch
from leukview.gui.app.tasks import Jobs
from leukview.gui.session.review_controller import ReviewDesk
from leukview.gui.users.lock_screen import LockCover
from leukview.gui.users.reviewers_dialog import ReviewersDialog
from leukview.services.users.profiles import Profiles
from leukview.services.workbench import Workbench

_log = logging.getLogger(__name__)

_Everybody: TypeAlias = tuple[tuple[Profile, ...], tuple[ProfileEvent, ...]]
USUAL_MINUTES = 10
"""Idle minutes before the window locks itself, once its reviewer has a PIN and nothing else was chosen."""


class Seating(QObject):
    """Until somebody makes a profile, the system's user sits here and nothing is asked."""

    told = Signal(str, str)  # a sentence and a hint
    changed = Signal()  # what may be done changed
    minutes_chosen = Signal(int)  # idle minutes, 0 = never lock

    def __init__(
        self, window: QMainWindow, workbench: Workbench, jobs: Jobs, desk: ReviewDesk, lock_minutes: int
    ) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs, self._desk = window, workbench, jobs, desk
        self._minutes = lock_minutes
        self._actions: ActionBar | None = None
        self._lifting = False
        self.cover: LockCover | None = None
        self._dialog: ReviewersDialog | None = None
        self.idle = IdleWatch(self)
        self.idle.idled.connect(self._on_idle)
        desk.rested.connect(self._on_rested)

    def begin(self, actions: ActionBar) -> None:
        """Ask who reviews, if there is anybody to choose from."""
        self._actions = actions
        self._read(partial(self._lay, locked=False))

    @property
    def locked(self) -> bool:
        """The window is covered."""
        return self.cover is not None

    @property
    def minutes(self) -> int:
        """Idle minutes before the window locks itself; 0 = never."""
        profile = self._desk.profile
        if profile is None or not profile.has_pin:
            return 0
        return USUAL_MINUTES if self._minutes < 0 else self._minutes

    def _read(self, done: object) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> tuple[Profile, ...]:
            return self._workbench.profiles.all()

        self._jobs.run(self.tr("Reading the reviewers"), work, done=done, queue=Queue.USERS)  # type: ignore[arg-type]

    # ---- the lock
    def lock(self) -> None:
        """Cover the window until a reviewer gives the PIN; without a PIN, change the reviewer."""
        self._read(self._on_lock)

    def _on_lock(self, profiles: object) -> None:
        if not isinstance(profiles, tuple) or all(p.retired for p in profiles):
            self.told.emit(
                self.tr("There is no reviewer with a PIN yet, so the window cannot be locked."),
                self.tr("Add one under “Reviewers…” in the menu “Slide”."),
            )
            return
        profile = self._desk.profile
        self._lay(profiles, locked=profile is not None and profile.has_pin)

    def _on_idle(self) -> None:
        if not self.locked and self.minutes:
            self.lock()

    def _lay(self, profiles: object, *, locked: bool) -> None:
        everybody = profiles if isinstance(profiles, tuple) else ()
        found = [p for p in everybody if not p.retired and (p.has_pin or not locked)]
        if not found or self.locked:
            return
        self.cover = LockCover(self._window, found, self._desk.reviewer, locked=locked)
        self.cover.asked.connect(self._enter)
        self.idle.set_minutes(0)
        if self._actions:
            self._actions.block("lock", [key for key in self._actions.by_key if key != "quit"])

    def _enter(self, profile_id: str, pin: str) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> Profile:
            return self._workbench.profiles.enter(profile_id, pin)

        self._jobs.run(
            self.tr("Checking the PIN"), work, done=self._on_entered, failed=self._on_refused, queue=Queue.USERS
        )

    def _on_refused(self, error: Exception) -> None:
        if self.cover is None:
            return
        wait = error.wait_s if isinstance(error, PinError) else 0.0
        self.cover.refuse(error_text(error), wait)
        if isinstance(error, PinError):
            who = self.cover.chosen.name
            _log.warning("a wrong PIN for reviewer %s", self.cover.chosen.id)  # a log entry needs a slide
            self._desk.do(lambda session: session.pin_failed(who))

    def _on_entered(self, profile: object) -> None:
        if not isinstance(profile, Profile):
            return
        view = self._desk.view
        self._desk.seat(profile)
        self._lifting = True
        if view is not None and not self._desk.belongs:
            self._desk.open(view.slide.id)  # in the reading that is this reviewer's
        if self._desk.idle:
            self._on_rested()

    def _on_rested(self) -> None:
        """Lift the cover only when what lies under it belongs to the reviewer who sits here now."""
        if not (self._lifting and self.cover):
            return
        self._lifting = False
        if not self._desk.belongs:  # nothing may be written under the name of who sat here before
            self.cover.refuse(self.tr("The slide could not be opened for this reviewer. Try again."), 0.0)
            return
        self.cover.lift()
        self.cover = None
        if self._actions:
            self._actions.block("lock", ())
        self.idle.set_minutes(self.minutes)
        self.changed.emit()

    # ---- reviewers
    def reviewers(self) -> None:
        """Show the reviewers: add, rename or retire one, give a new PIN, choose when the window locks itself."""
        self._jobs.run(self.tr("Reading the reviewers"), self._everybody, done=self._on_reviewers, queue=Queue.USERS)

    def _everybody(self, _token: CancelToken, _reporter: Reporter) -> _Everybody:
        profiles = self._workbench.profiles
        return profiles.all(), profiles.record()

    def _on_reviewers(self, found: object) -> None:
        if not isinstance(found, tuple):
            return
        minutes = USUAL_MINUTES if self._minutes < 0 else self._minutes
        profiles, record = found
        dialog = ReviewersDialog(profiles, record, self._own(profiles), minutes, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.adding.connect(self._add)
        dialog.renaming.connect(self._rename)
        dialog.changing.connect(self._set_pin)
        dialog.retiring.connect(self._retire)
        dialog.minutes_changed.connect(self._on_minutes)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        dialog.open()

    def _on_closed(self) -> None:
        self._dialog = None

    def _own(self, profiles: tuple[Profile, ...]) -> str:
        """Id of the profile that sits here, by the name of the system's user where nobody took the seat."""
        if self._desk.profile is not None:
            return self._desk.profile.id
        name = self._desk.reviewer.casefold()
        return next((p.id for p in profiles if p.name.casefold() == name and not p.retired), "")

    def _add(self, name: str, role: str, pin: str) -> None:
        self._change(lambda profiles, actor: profiles.add(actor, name, Role(role), pin))

    def _rename(self, profile_id: str, name: str) -> None:
        self._change(lambda profiles, actor: profiles.rename(actor, profile_id, name))

    def _set_pin(self, profile_id: str, old: str, new: str) -> None:
        self._change(lambda profiles, actor: profiles.set_pin(actor, profile_id, old, new))

    def _retire(self, profile_id: str, retired: bool) -> None:
        def act(profiles: Profiles, actor: str) -> None:
            (profiles.retire if retired else profiles.reinstate)(actor, profile_id)

        self._change(act)

    def _change(self, act: Callable[[Profiles, str], object]) -> None:
        """Do something to the profiles in the name of who sits here, then show them as they are."""
        actor = self._desk.reviewer

        def work(token: CancelToken, reporter: Reporter) -> _Everybody:
            act(self._workbench.profiles, actor)
            return self._everybody(token, reporter)

        self._jobs.run(
            self.tr("Changing the reviewers"),
            work,
            done=self._on_changed,
            failed=self._on_not_changed,
            queue=Queue.USERS,
        )

    def _on_changed(self, found: object) -> None:
        if not isinstance(found, tuple):
            return
        profiles, record = found
        own_id = self._own(profiles)
        if self._dialog is not None:
            self._dialog.show_profiles(profiles, record, own_id)
        own = next((p for p in profiles if p.id == own_id), None)
        if own is None and self._desk.profile is None and len(profiles) == 1:
            self.told.emit(
                self.tr("{0} can take the seat now.").format(profiles[0].name),
                self.tr("Ctrl+L changes the reviewer."),
            )
        elif own is not None and own.retired:
            if self._dialog is not None:
                self._dialog.reject()
            self._lay(profiles, locked=False)  # who was retired leaves the seat at once
        elif own is not None:
            self._take_seat(own)

    def _on_not_changed(self, error: Exception) -> None:
        if self._dialog is not None:
            self._dialog.refuse(error)
        else:
            self._jobs.tell(error)

    def _take_seat(self, profile: Profile) -> None:
        """Who sits here is called so now; what lies on the bench goes on under that name."""
        self._desk.seat(profile)
        self.idle.set_minutes(self.minutes)
        view = self._desk.view
        if view is not None and not self._desk.belongs:
            self._desk.open(view.slide.id, view.reading)

    def _on_minutes(self, minutes: int) -> None:
        self._minutes = minutes
        self.idle.set_minutes(self.minutes)
        self.minutes_chosen.emit(minutes)
