"""Reviewer profiles, the log of their changes, and the rules for PINs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leukview.core.errors import PinError
from leukview.core.messages import Message

PIN_LENGTHS = (4, 64)  # characters, fewest and most
ATTEMPTS_BEFORE_LOCKOUT = 2
MAX_LOCKOUT_S = 300.0


class ReviewerRole(StrEnum):
    """Role of a reviewer."""

    REVIEWER = "reviewer"
    SECOND_READER = "second_reader"  # opens slides blinded, as second reader
    ADMINISTRATOR = "administrator"  # also adds reviewers and gives new PINs


@dataclass(frozen=True, slots=True)
class Profile:
    """One reviewer.

    Attributes:
        id: UUID hex.
        name: As written to the review log; unique among profiles, ignoring case.
        has_pin: A PIN is required for unlocking and signing.
        retired: Can no longer sign in; the profile and its work are kept.
        former_names: Earlier names, as written to the review log; no other profile may use them.
    """

    id: str
    name: str
    role: ReviewerRole
    has_pin: bool
    retired: bool = False
    former_names: tuple[str, ...] = ()

    @property
    def all_names(self) -> frozenset[str]:
        """All names of this person in the review log."""
        return frozenset((self.name, *self.former_names))


class ProfileChange(StrEnum):
    """Kind of a change of a profile."""

    ADDED = "added"  # detail: the role
    RENAMED = "renamed"  # detail: the name from then on
    PIN_SET = "pin_set"  # detail: "" = the PIN was removed, else "set"
    RETIRED = "retired"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True)
class ProfileEvent:
    """One row of the append-only log of profile changes.

    Attributes:
        seq: From 1, without gaps.
        name: Of the profile before this change.
        detail: See `ProfileChange`.
        actor: Name of the person who made the change.
        at: UTC, ISO 8601.
        previous: Hash of the previous row (64 zeros for the first).
        hash: SHA-256 over all other fields, see `leukview.domain.review.hash_chain`.
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
    """Seconds to wait after a number of wrong PINs in a row.

    0 for the first two, then 2, 4, 8 … up to five minutes.
    """
    return (
        0.0
        if failed_attempts <= ATTEMPTS_BEFORE_LOCKOUT
        else min(MAX_LOCKOUT_S, 2.0 ** min(failed_attempts - ATTEMPTS_BEFORE_LOCKOUT, 16))
    )


def check_pin(pin: str) -> None:
    """Check the length of a new PIN.

    Raises:
        PinError: It is too short or too long.
    """
    fewest, most = PIN_LENGTHS
    if not fewest <= len(pin) <= most:
        raise PinError(
            Message("A PIN must have {fewest} to {most} characters.", fewest=fewest, most=most),
            "Letters, digits and symbols are allowed.",
        )
