"""Reviewer profiles: who may add them, who may change a PIN, and who sits at the window."""

from __future__ import annotations

from typing import Protocol

from leukview.core.errors import ReviewError
from leukview.domain.reviewer import Profile, Role, check_pin


class ProfileStore(Protocol):
    """Keeps profiles. Safe to call from any thread; each method is at most a few short transactions."""

    def profiles(self) -> list[Profile]:
        """All profiles by name. Raises `StoreError`."""

    def add(self, name: str, role: Role, pin: str) -> Profile:
        """Keep a new profile; "" = no PIN. Raises `ReviewError` when the name is taken, `StoreError`."""

    def set_pin(self, profile_id: str, pin: str) -> None:
        """Replace a PIN; "" = none from now on. Raises `StoreError`."""

    def check(self, profile_id: str, pin: str) -> None:
        """Compare a PIN with the one kept.

        Raises:
            PinError: It is wrong, or the last wrong one was too short a time ago.
        """


class Profiles:
    """The rules about profiles."""

    def __init__(self, store: ProfileStore) -> None:
        self._store = store

    def all(self) -> tuple[Profile, ...]:
        """All profiles by name. Raises `StoreError`."""
        return tuple(self._store.profiles())

    def named(self, name: str) -> Profile | None:
        """The profile of a name, whatever the case. Raises `StoreError`."""
        return next((p for p in self._store.profiles() if p.name.casefold() == name.casefold()), None)

    def add(self, actor: str, name: str, role: Role, pin: str) -> Profile:
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
        self._refuse_others(actor)
        name = " ".join(name.split())
        if not name:
            raise ReviewError("A reviewer needs a name.")
        if pin or role is Role.ADMINISTRATOR:
            check_pin(pin)
        return self._store.add(name, role, pin)

    def set_pin(self, actor: str, profile_id: str, old: str, new: str) -> None:
        """Give a reviewer a new PIN: the reviewer with the old one, or an administrator without it.

        Raises:
            PinError: The old PIN is wrong, or the new one cannot be used.
            ReviewError: The actor may not.
        """
        check_pin(new)
        profile = next((p for p in self._store.profiles() if p.id == profile_id), None)
        if profile is None:
            raise ReviewError("This reviewer is not known.", "Open the list of reviewers again.")
        own = profile.name.casefold() == actor.casefold()
        if own or not self._administered():
            if profile.has_pin:
                self._store.check(profile_id, old)
        else:
            self._refuse_others(actor)
        self._store.set_pin(profile_id, new)

    def enter(self, profile_id: str, pin: str) -> Profile:
        """The profile, if the PIN is right or none is set.

        Raises:
            PinError: The PIN is wrong or must wait.
            ReviewError: The profile is not known.
        """
        profile = next((p for p in self._store.profiles() if p.id == profile_id), None)
        if profile is None:
            raise ReviewError("This reviewer is not known.", "Choose another one.")
        if profile.has_pin:
            self._store.check(profile_id, pin)
        return profile

    def prove(self, name: str, pin: str) -> None:
        """Refuse to go on as a reviewer whose PIN is not the one given; a name without profile or PIN passes.

        Raises:
            PinError: The PIN is wrong or must wait.
        """
        profile = self.named(name)
        if profile is not None and profile.has_pin:
            self._store.check(profile.id, pin)

    def _administered(self) -> bool:
        return any(p.role is Role.ADMINISTRATOR for p in self._store.profiles())

    def _refuse_others(self, actor: str) -> None:
        profile = self.named(actor)
        if self._administered() and (profile is None or profile.role is not Role.ADMINISTRATOR):
            raise ReviewError(
                "Only an administrator may do this.", "Lock the window and let an administrator unlock it."
            )
