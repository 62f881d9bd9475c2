"""Reviewer profiles: who may add them, who may change a PIN, and who sits at the window."""

from __future__ import annotations

from typing import Protocol

from leukview.core.errors import ReviewError
from leukview.core.messages import Message
from leukview.domain.review.hash_chain import first_broken
from leukview.domain.review.reviewer_profile import (
    Profile,
    ProfileChange,
    ProfileEvent,
    ReviewerRole,
    check_pin,
)


class ProfileStore(Protocol):
    """Keeps profiles and the record of what became of them.

    Safe to call from any thread; each method is at most a few short transactions. What changes a profile is recorded
    with the actor's name and the time in the same transaction; no profile is ever deleted.
    """

    def profiles(self) -> list[Profile]:
        """All profiles by name, those retired as well. Raises `StoreError`."""

    def events(self) -> list[ProfileEvent]:
        """What was done to the profiles, in order. Raises `StoreError`."""

    def add(self, name: str, role: ReviewerRole, pin: str, actor: str) -> Profile:
        """Keep a new profile; "" = no PIN. Raises `ReviewError` when the name is taken, `StoreError`."""

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        """Give a profile another name. Raises `ReviewError` when it is or was another's, `StoreError`."""

    def set_retired(self, profile_id: str, actor: str, *, retired: bool) -> None:
        """Let a profile sign in no more, or again. Raises `StoreError`."""

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        """Replace a PIN; "" = none from now on. Raises `StoreError`."""

    def verify_pin(self, profile_id: str, pin: str) -> None:
        """Compare a PIN with the one kept.

        Raises:
            PinError: It is wrong, or the last wrong one was too short a time ago.
        """


def profile_event_text(event: ProfileEvent) -> str:
    """A row of the record as a sentence."""
    match event.change:
        case ProfileChange.ADDED:
            return Message(
                "Added {name} ({role}).", name=event.name, role=Message(event.detail.replace("_", " ").capitalize())
            )
        case ProfileChange.RENAMED:
            return Message("Renamed {name} to {new_name}.", name=event.name, new_name=event.detail)
        case ProfileChange.PIN_SET:
            return (
                Message("Gave {name} a new PIN.", name=event.name)
                if event.detail
                else Message("Took the PIN of {name} away.", name=event.name)
            )
        case ProfileChange.RETIRED:
            return Message("Retired {name}.", name=event.name)
        case ProfileChange.REINSTATED:
            return Message("Brought {name} back.", name=event.name)


class ProfileService:
    """The rules about profiles."""

    def __init__(self, store: ProfileStore) -> None:
        self._store = store

    def all_profiles(self) -> tuple[Profile, ...]:
        """All profiles by name, those retired as well. Raises `StoreError`."""
        return tuple(self._store.profiles())

    def events(self) -> tuple[ProfileEvent, ...]:
        """What was done to the profiles, by whom and when, in order. Raises `StoreError`."""
        return tuple(self._store.events())

    def find_broken_event(self) -> ProfileEvent | None:
        """The first broken row of the record; None when its chain holds. Raises `StoreError`."""
        return first_broken(self._store.events())

    def aliases(self, name: str) -> frozenset[str]:
        """Every name under which the reviewer who has, or had, this one stands in the log. Raises `StoreError`."""
        own = (p.all_names for p in self._store.profiles() if name in p.all_names)
        return next(own, frozenset()) | {name}

    def find_by_name(self, name: str) -> Profile | None:
        """The profile of a name, whatever the case. Raises `StoreError`."""
        return next((p for p in self._store.profiles() if p.name.casefold() == name.casefold()), None)

    def add(self, actor: str, name: str, role: ReviewerRole, pin: str) -> Profile:
        """Add a reviewer.

        Args:
            actor: Name of who asks; must be an administrator once there is one.
            name: As it is to stand in the log.
            role: What the reviewer does; an administrator needs a PIN.
            pin: "" = none.

        Raises:
            ReviewError: The actor may not, or the name is empty or taken.
            PinError: The PIN cannot be used.
        """
        self._require_administrator(actor)
        name = _normalise_name(name)
        if pin or role is ReviewerRole.ADMINISTRATOR:
            check_pin(pin)
        return self._store.add(name, role, pin, actor)

    def rename(self, actor: str, profile_id: str, name: str) -> None:
        """Give a reviewer another name; what was done under the old one keeps it.

        Raises:
            ReviewError: The actor may not, or the name is empty, or another reviewer's, now or earlier.
        """
        self._require_administrator(actor)
        profile, name = self._require_profile(profile_id), _normalise_name(name)
        if name != profile.name:
            self._store.rename(profile_id, name, actor)

    def retire(self, actor: str, profile_id: str) -> None:
        """Let a reviewer sign in no more. The profile, and what was done under it, stays.

        Raises:
            ReviewError: The actor may not, or it is the last administrator.
        """
        self._require_administrator(actor)
        profile = self._require_profile(profile_id)
        if profile.retired:
            return
        administrators = [p for p in self._store.profiles() if p.role is ReviewerRole.ADMINISTRATOR and not p.retired]
        if administrators == [profile]:
            raise ReviewError(
                "The last administrator cannot be retired.", "Add another administrator first, who then does it."
            )
        self._store.set_retired(profile_id, actor, retired=True)

    def reinstate(self, actor: str, profile_id: str) -> None:
        """Let a retired reviewer sign in again. Raises `ReviewError` when the actor may not."""
        self._require_administrator(actor)
        if self._require_profile(profile_id).retired:
            self._store.set_retired(profile_id, actor, retired=False)

    def set_pin(self, actor: str, profile_id: str, old_pin: str, new_pin: str) -> None:
        """Give a reviewer a new PIN: the reviewer with the old one, or an administrator without it.

        Raises:
            PinError: The old PIN is wrong, or the new one cannot be used.
            ReviewError: The actor may not.
        """
        check_pin(new_pin)
        profile = self._require_profile(profile_id)
        own = profile.name.casefold() == actor.casefold()
        if own or not self._has_administrator():
            if profile.has_pin:
                self._store.verify_pin(profile_id, old_pin)
        else:
            self._require_administrator(actor)
        self._store.set_pin(profile_id, new_pin, actor)

    def authenticate(self, profile_id: str, pin: str) -> Profile:
        """The profile, if the PIN is right or none is set.

        Raises:
            PinError: The PIN is wrong or must wait.
            ReviewError: The profile is not known, or retired.
        """
        profile = self._require_profile(profile_id)
        _require_active(profile)
        if profile.has_pin:
            self._store.verify_pin(profile_id, pin)
        return profile

    def verify_pin(self, name: str, pin: str) -> None:
        """Refuse to go on as a reviewer whose PIN is not the one given; a name without profile or PIN passes.

        Raises:
            PinError: The PIN is wrong or must wait.
            ReviewError: The profile is retired.
        """
        profile = self.find_by_name(name)
        if profile is not None:
            _require_active(profile)
        if profile is not None and profile.has_pin:
            self._store.verify_pin(profile.id, pin)

    def _require_profile(self, profile_id: str) -> Profile:
        profile = next((p for p in self._store.profiles() if p.id == profile_id), None)
        if profile is None:
            raise ReviewError("This reviewer is not known.", "Open the list of reviewers again.")
        return profile

    def _has_administrator(self) -> bool:
        return any(p.role is ReviewerRole.ADMINISTRATOR and not p.retired for p in self._store.profiles())

    def _require_administrator(self, actor: str) -> None:
        profile = self.find_by_name(actor)
        if self._has_administrator() and (
            profile is None or profile.retired or profile.role is not ReviewerRole.ADMINISTRATOR
        ):
            raise ReviewError(
                "Only an administrator may do this.", "Lock the window and let an administrator unlock it."
            )


def _normalise_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ReviewError("A reviewer needs a name.")
    return name


def _require_active(profile: Profile) -> None:
    if profile.retired:
        raise ReviewError(
            Message("{name} is retired and cannot sign in.", name=profile.name),
            "An administrator can bring the profile back.",
        )
