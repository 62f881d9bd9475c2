"""Management of reviewer profiles, their permissions and authentication by PIN."""

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
from leukview.domain.review.rights import RIGHT_TEXTS, UNRESTRICTED_RIGHTS, Right, RoleRights


class ProfileStore(Protocol):
    """Store of profiles and the log of their changes.

    Safe to call from any thread; each method is at most a few short transactions. Each change of a profile is logged
    with the actor's name and the time in the same transaction; no profile is ever deleted. All methods raise
    `StoreError` when the database cannot be read or written.
    """

    def profiles(self) -> list[Profile]:
        """All profiles by name, including retired ones."""

    def events(self) -> list[ProfileEvent]:
        """The log of changes, in order."""

    def add(self, name: str, role: ReviewerRole, pin: str, actor: str) -> Profile:
        """Store a new profile; `pin` "" = no PIN.

        Raises:
            ReviewError: The name is or was another profile's.
            StoreError: The database cannot be written.
        """

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        """Rename a profile.

        Raises:
            ReviewError: The name is or was another profile's.
            StoreError: The database cannot be written.
        """

    def set_retired(self, profile_id: str, actor: str, *, retired: bool) -> None:
        """Retire a profile, so that it can no longer sign in, or reinstate it."""

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        """Replace a PIN; "" = remove it."""

    def verify_pin(self, profile_id: str, pin: str) -> None:
        """Verify a PIN.

        Raises:
            PinError: It is wrong, or was entered too early after wrong ones.
            StoreError: The database cannot be read.
        """


def profile_event_text(event: ProfileEvent) -> str:
    """Describe a change of a profile as a sentence."""
    match event.change:
        case ProfileChange.ADDED:
            return Message(
                "Added {name} ({role}).", name=event.name, role=Message(event.detail.replace("_", " ").capitalize())
            )
        case ProfileChange.RENAMED:
            return Message("Renamed {name} to {new_name}.", name=event.name, new_name=event.detail)
        case ProfileChange.PIN_SET:
            return (
                Message("Set a new PIN for {name}.", name=event.name)
                if event.detail
                else Message("Removed the PIN of {name}.", name=event.name)
            )
        case ProfileChange.RETIRED:
            return Message("Retired {name}.", name=event.name)
        case ProfileChange.REINSTATED:
            return Message("Reinstated {name}.", name=event.name)


class ProfileService:
    """Use cases of reviewer profiles, with their rules.

    All methods raise `StoreError` when the database cannot be read or written.
    """

    def __init__(self, store: ProfileStore, rights: RoleRights = UNRESTRICTED_RIGHTS) -> None:
        self._store, self._rights = store, rights

    def require_right(self, name: str, right: Right) -> None:
        """See `leukview.services.ports.access.Access.require_right`.

        While there is no reviewer, everybody has every right; while there is no administrator, reviewers also have the
        rights of administrators.

        Raises:
            ReviewError: The person does not have the right.
        """
        active = [p for p in self._store.profiles() if not p.retired]
        if not active:
            return
        profile = next((p for p in active if p.name.casefold() == name.casefold()), None)
        if profile is None:
            raise ReviewError(
                Message("{name} is not a reviewer and may not {act}.", name=name, act=Message(RIGHT_TEXTS[right])),
                "Sign in as a reviewer.",
            )
        if self._rights.allows(profile.role, right):
            return
        somebody_administers = any(self._rights.allows(p.role, Right.ADMINISTER) for p in active)
        if somebody_administers or not self._rights.allows(ReviewerRole.ADMINISTRATOR, right):
            raise ReviewError(
                Message("{name} may not {act}.", name=profile.name, act=Message(RIGHT_TEXTS[right])),
                "Ask somebody with the required right; roles.toml lists the rights of each role.",
            )

    def require_own_name(self, name: str, printed_name: str) -> None:
        """See `leukview.services.ports.access.Access.require_own_name`.

        Raises:
            ReviewError: The printed name is or was another reviewer's.
        """
        wanted = " ".join(printed_name.split()).casefold()
        for profile in self._store.profiles():
            names = {known.casefold() for known in profile.all_names}
            if wanted in names and name.casefold() not in names:
                if not name:
                    raise ReviewError(
                        Message("{printed} is a reviewer of this site, and nobody is signed in.", printed=printed_name),
                        "Sign in as this reviewer, or sign with your own name.",
                    )
                raise ReviewError(
                    Message("{printed} is not the same reviewer as {name}.", printed=printed_name, name=name),
                    "Sign with your own name.",
                )

    def role_of(self, name: str) -> str:
        """See `leukview.services.ports.access.Access.role_of`."""
        profile = self.find_by_name(name)
        return "" if profile is None else profile.role.value

    def all_profiles(self) -> tuple[Profile, ...]:
        """All profiles by name, including retired ones."""
        return tuple(self._store.profiles())

    def events(self) -> tuple[ProfileEvent, ...]:
        """The log of changes, in order."""
        return tuple(self._store.events())

    def find_broken_event(self) -> ProfileEvent | None:
        """The first broken row of the log of changes; None when its chain is intact."""
        return first_broken(self._store.events())

    def aliases(self, name: str) -> frozenset[str]:
        """All current and former names of the reviewer who has or had this name."""
        own = (p.all_names for p in self._store.profiles() if name in p.all_names)
        return next(own, frozenset()) | {name}

    def find_by_name(self, name: str) -> Profile | None:
        """The profile with this name, ignoring case; None when there is none."""
        return next((p for p in self._store.profiles() if p.name.casefold() == name.casefold()), None)

    def add(self, actor: str, name: str, role: ReviewerRole, pin: str) -> Profile:
        """Add a reviewer.

        Args:
            actor: Name of the acting person; must be an administrator once there is one.
            name: As written to the log.
            role: An administrator needs a PIN.
            pin: "" = none.

        Raises:
            ReviewError: The actor is not permitted, or the name is empty or taken.
            PinError: The PIN is too short or too long.
        """
        self._require_administrator(actor)
        name = _normalise_name(name)
        if pin or role is ReviewerRole.ADMINISTRATOR:
            check_pin(pin)
        return self._store.add(name, role, pin, actor)

    def rename(self, actor: str, profile_id: str, name: str) -> None:
        """Rename a reviewer; earlier events keep the old name.

        Raises:
            ReviewError: The actor is not permitted, or the name is empty or is or was another reviewer's.
        """
        self._require_administrator(actor)
        profile, name = self._require_profile(profile_id), _normalise_name(name)
        if name != profile.name:
            self._store.rename(profile_id, name, actor)

    def retire(self, actor: str, profile_id: str) -> None:
        """Retire a reviewer, who can then no longer sign in.

        The profile and its work are kept.

        Raises:
            ReviewError: The actor is not permitted, or it is the last administrator.
        """
        self._require_administrator(actor)
        profile = self._require_profile(profile_id)
        if profile.retired:
            return
        administrators = [
            p for p in self._store.profiles() if self._rights.allows(p.role, Right.ADMINISTER) and not p.retired
        ]
        if administrators == [profile]:
            raise ReviewError(
                "The last administrator cannot be retired.", "Add another administrator first, who can then do it."
            )
        self._store.set_retired(profile_id, actor, retired=True)

    def reinstate(self, actor: str, profile_id: str) -> None:
        """Reinstate a retired reviewer, who can then sign in again.

        Raises:
            ReviewError: The actor is not permitted.
        """
        self._require_administrator(actor)
        if self._require_profile(profile_id).retired:
            self._store.set_retired(profile_id, actor, retired=False)

    def set_pin(self, actor: str, profile_id: str, old_pin: str, new_pin: str) -> None:
        """Change a reviewer's PIN.

        Reviewers need their old PIN for this, an administrator does not. As long as there is no administrator, anybody
        with the old PIN may do it.

        Raises:
            PinError: The old PIN is wrong, or the new one is too short or too long.
            ReviewError: The actor is not permitted.
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
        """Return the profile if the PIN is right or none is set.

        Raises:
            PinError: The PIN is wrong, or was entered too early after wrong ones.
            ReviewError: The profile is unknown or retired.
        """
        profile = self._require_profile(profile_id)
        _require_active(profile)
        if profile.has_pin:
            self._store.verify_pin(profile_id, pin)
        return profile

    def verify_pin(self, name: str, pin: str) -> None:
        """Verify the PIN of a reviewer; a name without profile or PIN is accepted.

        Raises:
            PinError: The PIN is wrong, or was entered too early after wrong ones.
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
            raise ReviewError("This reviewer is unknown.", "Open the list of reviewers again.")
        return profile

    def _has_administrator(self) -> bool:
        return any(self._rights.allows(p.role, Right.ADMINISTER) and not p.retired for p in self._store.profiles())

    def _require_administrator(self, actor: str) -> None:
        profile = self.find_by_name(actor)
        if self._has_administrator() and (
            profile is None or profile.retired or not self._rights.allows(profile.role, Right.ADMINISTER)
        ):
            raise ReviewError(
                "Only an administrator may do this.", "Lock the window and ask an administrator to unlock it."
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
            "An administrator can reinstate the profile.",
        )
