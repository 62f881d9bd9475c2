"""Reviewer profiles in the database; PINs as Argon2id hashes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import insert, select, update

from leukview.core.errors import PinError, ReviewError, StoreError
from leukview.domain.reviewer import Profile, Role, wait_s
from leukview.storage.database import Database
from leukview.storage.schema import reviewers


def _now() -> datetime:
    return datetime.now(UTC)


class SqlProfileStore:
    """Implements `leukview.services.profiles.ProfileStore`.

    A wrong PIN is counted before the PIN is looked at, in a transaction of its own: attempts side by side, or a program
    killed in between, gain nothing. The count outlives a restart; a right PIN clears it.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = _now) -> None:
        self._database, self._clock, self._hasher = database, clock, PasswordHasher()

    def profiles(self) -> list[Profile]:
        """All profiles by name. Raises `StoreError`."""
        with self._database.read() as connection:
            rows = connection.execute(select(reviewers).order_by(reviewers.c.folded)).all()
        try:
            return [Profile(row.id, row.name, Role(row.role), bool(row.pin_hash)) for row in rows]
        except ValueError as error:
            raise StoreError("A reviewer's role is not known.", "Update LeukView on this workstation.") from error

    def add(self, name: str, role: Role, pin: str) -> Profile:
        """Keep a new profile; "" = no PIN.

        Raises:
            ReviewError: The name is taken.
            StoreError: The database refuses.
        """
        hashed = self._hasher.hash(pin) if pin else ""
        profile = Profile(uuid.uuid4().hex, name, role, bool(pin))
        with self._database.write() as connection:
            folded = name.casefold()
            if connection.execute(select(reviewers.c.id).where(reviewers.c.folded == folded)).first():
                raise ReviewError(f"There is a reviewer {name} already.", "Choose another name.")
            connection.execute(
                insert(reviewers).values(
                    id=profile.id,
                    name=name,
                    folded=folded,
                    role=role.value,
                    pin_hash=hashed,
                    failures=0,
                    failed_at="",
                    created_at=self._clock().isoformat(timespec="seconds"),
                )
            )
        return profile

    def set_pin(self, profile_id: str, pin: str) -> None:
        """Replace a PIN; "" = none from now on. Raises `StoreError`."""
        hashed = self._hasher.hash(pin) if pin else ""
        with self._database.write() as connection:
            found = connection.execute(
                update(reviewers).where(reviewers.c.id == profile_id).values(pin_hash=hashed, failures=0, failed_at="")
            )
            if not found.rowcount:
                raise StoreError("This reviewer is not known.")

    def check(self, profile_id: str, pin: str) -> None:
        """Compare a PIN with the one kept.

        Raises:
            PinError: It is wrong, or the last wrong one was too short a time ago.
            StoreError: The reviewer is not known, or the PIN kept is damaged.
        """
        hashed, failures = self._count_attempt(profile_id)
        try:
            self._hasher.verify(hashed, pin)
        except VerifyMismatchError as error:
            wait = wait_s(failures)
            hint = f"Wait {wait:.0f} seconds before the next try." if wait else "Try again."
            raise PinError("The PIN is wrong.", hint, wait) from error
        except (VerificationError, InvalidHashError) as error:
            raise StoreError("The PIN of this reviewer is damaged.", "Let an administrator give a new one.") from error
        with self._database.write() as connection:
            connection.execute(update(reviewers).where(reviewers.c.id == profile_id).values(failures=0, failed_at=""))

    def _count_attempt(self, profile_id: str) -> tuple[str, int]:
        """The hash, and the number of wrong PINs in a row if this one is wrong too."""
        now = self._clock()
        with self._database.write() as connection:
            row = connection.execute(select(reviewers).where(reviewers.c.id == profile_id)).first()
            if row is None or not row.pin_hash:
                raise StoreError("This reviewer has no PIN.")
            since = (now - datetime.fromisoformat(row.failed_at)).total_seconds() if row.failed_at else 0.0
            left = wait_s(row.failures) - max(0.0, since)
            if left > 0:
                raise PinError("Too many wrong PINs.", f"Wait {left:.0f} seconds.", left)
            failures = int(row.failures) + 1
            connection.execute(
                update(reviewers)
                .where(reviewers.c.id == profile_id)
                .values(failures=failures, failed_at=now.isoformat(timespec="milliseconds"))
            )
        return row.pin_hash, failures
