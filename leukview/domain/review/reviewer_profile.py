"""Who sits at the window: name, role, whether a PIN guards them, and the record of what became of each profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leukview.core.errors import PinError
from leukview.core.messages import Message

PIN_LENGTHS = (4, 64)  # characters, fewest and most
ATTEMPTS_BEFORE_LOCKOUT = 2
MAX_LOCKOUT_S = 300.0


class ReviewerRole(StrEnum):
    """What a reviewer does."""

    REVIEWER = "reviewer"
    SECOND_READER = "second_reader"  # opens slides blinded, as second reader
    ADMINISTRATOR = "administrator"  # also adds reviewers and gives new PINs


@dataclass(frozen=True, slots=True)
class Profile:
    """One reviewer.

    Attributes:
        id: UUID hex.
        name: As it is written to the review log; no two profiles share one, whatever the case.
        has_pin: A PIN is asked for on unlocking and signing.
        retired: Signs in no more; the profile and all that was done under it stay.
        former: Names that it had before, as they stand in the review log; nobody else may take them.
    """

    id: str
    name: str
    role: ReviewerRole
    has_pin: bool
    retired: bool = False
    former_names: tuple[str, ...] = ()

    @property
    def all_names(self) -> frozenset[str]:
        """Every name under which this person stands in the review log."""
        return frozenset((self.name, *self.former_names))


class ProfileChange(StrEnum):
    """What was done to a profile."""

    ADDED = "added"  # detail: the role
    RENAMED = "renamed"  # detail: the name from then on
    PIN_SET = "pin_set"  # detail: "" = there is none from then on, else "set"
    RETIRED = "retired"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True)
class ProfileEvent:
    """One row of the record of profiles, appended and never changed.

    Attributes:
        seq: From 1, without gaps.
        name: Of the profile before this change.
        detail: See `ProfileChange`.
        actor: Name of who did it.
        at: UTC, ISO 8601.
        previous: Hash of the row before (64 zeros for the first).
        hash: SHA-256 over everything else, see `leukview.domain.review.hash_chain`.
    """

    seq: int
    profile_id: str
    change: ProfileChange
    name: str
    detail: str
    actor: str
    at: str
    previous: str
    hash: str


def lockout_seconds(failed_attempts: int) -> float:
    """Seconds to wait after so many wrong PINs in a row: 0 for the first two, then 2, 4, 8 … up to five minutes."""
    return (
        0.0
        if failed_attempts <= ATTEMPTS_BEFORE_LOCKOUT
        else min(MAX_LOCKOUT_S, 2.0 ** min(failed_attempts - ATTEMPTS_BEFORE_LOCKOUT, 16))
    )


def check_pin(pin: str) -> None:
    """Refuse what is no usable new PIN.

    Raises:
        PinError: It is too short or too long.
    """
    fewest, most = PIN_LENGTHS
    if not fewest <= len(pin) <= most:
        raise PinError(
            Message("A PIN has {fewest} to {most} characters.", fewest=fewest, most=most),
            "Digits, letters and signs are all allowed.",
        )
