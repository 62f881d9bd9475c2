"""Controller of sign-in, lock screen and reviewer profiles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal

from leukview.core.errors import PinError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.reviewer_profile import Profile, ProfileEvent, ReviewerRole
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translate_error
from leukview.gui.app.idle_monitor import IdleMonitor
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.users.lock_screen import LockScreen
from leukview.gui.users.reviewers_dialog import ReviewersDialog
from leukview.services.users.profiles import ProfileService

_log = logging.getLogger(__name__)

_ProfilesAndEvents: TypeAlias = tuple[tuple[Profile, ...], tuple[ProfileEvent, ...]]
DEFAULT_LOCK_MINUTES = 10
"""Default idle minutes before the window locks; applies if the reviewer has a PIN."""


class SignInController(WindowController):
    """Signs reviewers in and out.

    While no profile exists, the operating system's user is the reviewer and the lock screen is not shown.
    """

    state_changed = Signal()  # the set of permitted actions changed
    lock_minutes_changed = Signal(int)  # idle minutes, 0 = never lock

    def __init__(self, context: WindowContext, lock_minutes: int) -> None:
        super().__init__(context)
        self._lock_minutes = lock_minutes
        self._unlock_pending = False
        self._known_profiles: tuple[Profile, ...] = ()
        self.lock_screen: LockScreen | None = None
        self._reviewers_dialog: ReviewersDialog | None = None
        self.idle_monitor = IdleMonitor(self)
        self.idle_monitor.idle_timeout.connect(self._on_idle)
        self._review.became_idle.connect(self._on_review_idle)

    def start(self) -> None:
        """Show the lock screen, provided that there are profiles to select from."""
        self._load_profiles(partial(self._show_lock_screen, locked=False))

    @property
    def is_locked(self) -> bool:
        """Whether the lock screen is shown."""
        return self.lock_screen is not None

    @property
    def lock_minutes(self) -> int:
        """Idle minutes before the window locks; 0 = never, e.g. without a PIN."""
        profile = self._review.profile
        if profile is None or not profile.has_pin:
            return 0
        return DEFAULT_LOCK_MINUTES if self._lock_minutes < 0 else self._lock_minutes

    def _load_profiles(self, done: Callable[[tuple[Profile, ...]], None]) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> tuple[Profile, ...]:
            return self._workbench.profiles.all_profiles()

        def loaded(profiles: tuple[Profile, ...]) -> None:
            self._known_profiles = profiles
            done(profiles)

        self._tasks.run(self.tr("Reading the reviewers"), work, done=loaded, queue=Queue.USERS)

    # ---- the lock
    @handles("lock")
    def lock(self) -> None:
        """Lock the window until a reviewer signs in; without PINs, change the reviewer.

        A reviewer with a PIN is covered at once, with the reviewers last known, because the database may not answer.
        """
        profile = self._review.profile
        if profile is not None and profile.has_pin:
            known = [p for p in self._known_profiles if p.id != profile.id]
            self._show_lock_screen((profile, *known), locked=True)
        self._load_profiles(self._on_lock)

    def _on_lock(self, profiles: tuple[Profile, ...]) -> None:
        if self.lock_screen is not None:
            if selectable := self._selectable(profiles, locked=self.lock_screen.locked):
                self.lock_screen.show_profiles(selectable)
            return
        if all(p.retired for p in profiles):
            self._notify(
                self.tr("No reviewer has a PIN yet, so the window cannot be locked."),
                self.tr("Add one with Laboratory › Reviewers."),
            )
            return
        profile = self._review.profile
        self._show_lock_screen(profiles, locked=profile is not None and profile.has_pin)

    def _on_idle(self) -> None:
        if not self.is_locked and self.lock_minutes:
            self.lock()

    def _show_lock_screen(self, profiles: tuple[Profile, ...], *, locked: bool) -> None:
        selectable = self._selectable(profiles, locked=locked)
        if not selectable or self.is_locked:
            return
        self.lock_screen = LockScreen(self._window, selectable, self._review.reviewer, locked=locked)
        self.lock_screen.unlock_requested.connect(self._authenticate)
        self.idle_monitor.set_timeout_minutes(0)
        self._actions.set_blocked("lock", [key for key in self._actions.by_key if key != "quit"])

    @staticmethod
    def _selectable(profiles: Iterable[Profile], *, locked: bool) -> list[Profile]:
        return [p for p in profiles if not p.retired and (p.has_pin or not locked)]

    def _authenticate(self, profile_id: str, pin: str) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> Profile:
            return self._workbench.profiles.authenticate(profile_id, pin)

        self._tasks.run(
            self.tr("Checking the PIN"),
            work,
            done=self._on_authenticated,
            failed=self._on_pin_rejected,
            queue=Queue.USERS,
        )

    def _on_pin_rejected(self, error: Exception) -> None:
        if self.lock_screen is None:
            return
        wait = error.retry_after_s if isinstance(error, PinError) else 0.0
        self.lock_screen.show_error(translate_error(error), wait)
        if isinstance(error, PinError):
            name = self.lock_screen.selected_profile.name
            # The review log holds it only while a slide is open.
            _log.warning("a wrong PIN for reviewer %s", self.lock_screen.selected_profile.id)
            self._review.submit(lambda session: session.record_failed_pin(name))

    def _on_authenticated(self, profile: Profile) -> None:
        view = self._review.view
        self._review.set_reviewer(profile)
        self._unlock_pending = True
        if view is not None and not self._review.session_matches_reviewer:
            self._review.open(view.slide.id)  # opens this reviewer's reading
        if self._review.is_idle:
            self._on_review_idle()

    def _on_review_idle(self) -> None:
        """Unlock once the open session belongs to the reviewer who signed in."""
        if not (self._unlock_pending and self.lock_screen):
            return
        self._unlock_pending = False
        if not self._review.session_matches_reviewer:  # nothing may be written under the previous reviewer's name
            self.lock_screen.show_error(self.tr("The slide could not be opened for this reviewer. Try again."), 0.0)
            return
        self.lock_screen.unlock()
        self.lock_screen = None
        self._actions.set_blocked("lock", ())
        self.idle_monitor.set_timeout_minutes(self.lock_minutes)
        self.state_changed.emit()

    # ---- reviewers
    @handles("reviewers")
    def manage_reviewers(self) -> None:
        """Open the dialog to manage reviewer profiles, PINs and the automatic lock."""
        self._tasks.run(
            self.tr("Reading the reviewers"),
            self._load_profiles_and_events,
            done=self._on_profiles_loaded,
            queue=Queue.USERS,
        )

    def _load_profiles_and_events(self, _token: CancelToken, _reporter: Reporter) -> _ProfilesAndEvents:
        profiles = self._workbench.profiles
        return profiles.all_profiles(), profiles.events()

    def _on_profiles_loaded(self, loaded: _ProfilesAndEvents) -> None:
        minutes = DEFAULT_LOCK_MINUTES if self._lock_minutes < 0 else self._lock_minutes
        profiles, record = loaded
        dialog = ReviewersDialog(profiles, record, self._own_profile_id(profiles), minutes, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.add_requested.connect(self._add_profile)
        dialog.rename_requested.connect(self._rename_profile)
        dialog.pin_change_requested.connect(self._set_pin)
        dialog.retire_requested.connect(self._set_retired)
        dialog.lock_minutes_changed.connect(self._on_lock_minutes_changed)
        dialog.finished.connect(self._on_closed)
        self._reviewers_dialog = dialog
        dialog.open()

    def _on_closed(self) -> None:
        self._reviewers_dialog = None

    def _own_profile_id(self, profiles: tuple[Profile, ...]) -> str:
        """Return the id of the profile that is signed in; "" if none.

        If nobody signed in, it is the profile with the name of the operating system's user.
        """
        if self._review.profile is not None:
            return self._review.profile.id
        name = self._review.reviewer.casefold()
        return next((p.id for p in profiles if p.name.casefold() == name and not p.retired), "")

    def _add_profile(self, name: str, role: str, pin: str) -> None:
        self._change_profiles(lambda profiles, actor: profiles.add(actor, name, ReviewerRole(role), pin))

    def _rename_profile(self, profile_id: str, name: str) -> None:
        self._change_profiles(lambda profiles, actor: profiles.rename(actor, profile_id, name))

    def _set_pin(self, profile_id: str, old: str, new: str) -> None:
        self._change_profiles(lambda profiles, actor: profiles.set_pin(actor, profile_id, old, new))

    def _set_retired(self, profile_id: str, retired: bool) -> None:
        def act(profiles: ProfileService, actor: str) -> None:
            (profiles.retire if retired else profiles.reinstate)(actor, profile_id)

        self._change_profiles(act)

    def _change_profiles(self, change: Callable[[ProfileService, str], object]) -> None:
        """Change the profiles on behalf of the current reviewer, then show the result."""
        actor = self._review.reviewer

        def work(token: CancelToken, reporter: Reporter) -> _ProfilesAndEvents:
            change(self._workbench.profiles, actor)
            return self._load_profiles_and_events(token, reporter)

        self._tasks.run(
            self.tr("Updating the reviewers"),
            work,
            done=self._on_profiles_changed,
            failed=self._on_change_failed,
            queue=Queue.USERS,
        )

    def _on_profiles_changed(self, loaded: _ProfilesAndEvents) -> None:
        profiles, record = loaded
        self._known_profiles = profiles
        own_id = self._own_profile_id(profiles)
        if self._reviewers_dialog is not None:
            self._reviewers_dialog.show_profiles(profiles, record, own_id)
        own = next((p for p in profiles if p.id == own_id), None)
        if own is None and self._review.profile is None and len(profiles) == 1:
            self._notify(
                self.tr("{0} can sign in now.").format(profiles[0].name),
                self.tr("Press Ctrl+L to change the reviewer."),
            )
        elif own is not None and own.retired:
            if self._reviewers_dialog is not None:
                self._reviewers_dialog.reject()
            self._show_lock_screen(profiles, locked=False)  # a retired reviewer is signed out at once
        elif own is not None:
            self._apply_own_profile(own)

    def _on_change_failed(self, error: Exception) -> None:
        if self._reviewers_dialog is not None:
            self._reviewers_dialog.show_error(error)
        else:
            self._tasks.report_error(error)

    def _apply_own_profile(self, profile: Profile) -> None:
        """Use the renamed profile for the open slide."""
        self._review.set_reviewer(profile)
        self.idle_monitor.set_timeout_minutes(self.lock_minutes)
        view = self._review.view
        if view is not None and not self._review.session_matches_reviewer:
            self._review.open(view.slide.id, view.reading)

    def _on_lock_minutes_changed(self, minutes: int) -> None:
        self._lock_minutes = minutes
        self.idle_monitor.set_timeout_minutes(self.lock_minutes)
        self.lock_minutes_changed.emit(minutes)
