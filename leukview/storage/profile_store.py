"""Reviewer profiles in the database; PINs as Argon2id hashes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import Connection, insert, select, update

from leukview.core.errors import PinError, ReviewError, StoreError
from leukview.core.messages import Message
from leukview.core.uptime import machine_run_id, uptime_seconds
from leukview.domain.review.pin_wait import ClockReading, remaining_wait
from leukview.domain.review.reviewer_profile import Profile, ProfileChange, ProfileEvent, ReviewerRole, lockout_seconds
from leukview.storage.chained_table import append_chained_row, read_chained_row
from leukview.storage.database import Database
from leukview.storage.schema import profile_events, reviewers


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _uptime_reading() -> ClockReading:
    return ClockReading(machine_run_id(), uptime_seconds())


class SqlProfileStore:
    """Implements `leukview.services.users.profiles.ProfileStore`.

    A PIN attempt is counted as wrong, in its own transaction, before the PIN is verified: parallel attempts, or killing
    the program in between, give no extra tries. The count survives restarts; a correct PIN clears it. Waits are
    measured on the machine's running time, see `leukview.domain.review.pin_wait`.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = _utc_now,
        uptime: Callable[[], ClockReading] = _uptime_reading,
    ) -> None:
        self._database, self._clock, self._uptime, self._hasher = database, clock, uptime, PasswordHasher()

    def profiles(self) -> list[Profile]:
        """See `ProfileStore.profiles`; raises `StoreError`."""
        with self._database.read_transaction() as connection:
            rows = connection.execute(select(reviewers).order_by(reviewers.c.folded)).all()
            former: dict[str, list[str]] = {}
            renamed = profile_events.c.change == ProfileChange.RENAMED.value
            for event in connection.execute(select(profile_events).where(renamed).order_by(profile_events.c.seq)):
                former.setdefault(event.profile_id, []).append(event.name)
        try:
            return [
                Profile(
                    row.id,
                    row.name,
                    ReviewerRole(row.role),
                    bool(row.pin_hash),
                    bool(row.retired_at),
                    tuple(name for name in dict.fromkeys(former.get(row.id, ())) if name != row.name),
                )
                for row in rows
            ]
        except ValueError as error:
            raise StoreError("The role of a reviewer is unknown.", "Update LeukView on this workstation.") from error

    def events(self) -> list[ProfileEvent]:
        """See `ProfileStore.events`; raises `StoreError`."""
        with self._database.read_transaction() as connection:
            rows = connection.execute(select(profile_events).order_by(profile_events.c.seq)).all()
        try:
            return [read_chained_row(ProfileEvent, row, change=ProfileChange) for row in rows]
        except ValueError as error:
            raise StoreError(
                "The record of reviewers was changed outside LeukView and cannot be read.",
                "Restore a copy from the backups folder.",
            ) from error

    def add(self, name: str, role: ReviewerRole, pin: str, actor: str) -> Profile:
        """See `ProfileStore.add`.

        Raises:
            ReviewError: The name is taken.
            StoreError: The database refuses.
        """
        hashed = self._hasher.hash(pin) if pin else ""
        profile = Profile(uuid.uuid4().hex, name, role, bool(pin))
        with self._database.write_transaction() as connection:
            _require_unused_name(connection, name)
            connection.execute(
                insert(reviewers).values(
                    id=profile.id,
                    name=name,
                    folded=name.casefold(),
                    role=role.value,
                    pin_hash=hashed,
                    failures=0,
                    failed_at="",
                    created_at=self._clock().isoformat(timespec="seconds"),
                    retired_at="",
                )
            )
            self._append_event(connection, profile.id, ProfileChange.ADDED, name, role.value, actor)
        return profile

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        """See `ProfileStore.rename`.

        Raises:
            ReviewError: Another reviewer has the name, or had it before.
            StoreError: The database refuses.
        """
        with self._database.write_transaction() as connection:
            before = _profile_name(connection, profile_id)
            _require_unused_name(connection, name, excluded_profile_id=profile_id)
            _update_profile(connection, profile_id, name=name, folded=name.casefold())
            self._append_event(connection, profile_id, ProfileChange.RENAMED, before, name, actor)

    def set_retired(self, profile_id: str, actor: str, *, retired: bool) -> None:
        """See `ProfileStore.set_retired`; raises `StoreError`."""
        with self._database.write_transaction() as connection:
            name = _profile_name(connection, profile_id)
            _update_profile(
                connection, profile_id, retired_at=self._clock().isoformat(timespec="seconds") if retired else ""
            )
            change = ProfileChange.RETIRED if retired else ProfileChange.REINSTATED
            self._append_event(connection, profile_id, change, name, "", actor)

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        """See `ProfileStore.set_pin`; raises `StoreError`."""
        hashed = self._hasher.hash(pin) if pin else ""
        with self._database.write_transaction() as connection:
            name = _profile_name(connection, profile_id)
            _update_profile(connection, profile_id, pin_hash=hashed, failures=0, failed_at="")
            self._append_event(connection, profile_id, ProfileChange.PIN_SET, name, "set" if pin else "", actor)

    def _append_event(
        self, connection: Connection, profile_id: str, change: ProfileChange, name: str, detail: str, actor: str
    ) -> None:
        """Append a profile event, in the transaction of the change that it records."""
        at = self._clock().isoformat(timespec="microseconds")
        append_chained_row(
            self._database,
            connection,
            profile_events,
            lambda seq, previous: ProfileEvent(seq, profile_id, change, name, detail, actor, at, previous, ""),
        )

    def verify_pin(self, profile_id: str, pin: str) -> None:
        """See `ProfileStore.verify_pin`.

        Raises:
            PinError: It is wrong, or must wait after earlier wrong ones.
            StoreError: The reviewer is unknown, or the stored hash is damaged.
        """
        hashed, failures = self._count_attempt(profile_id)
        try:
            self._hasher.verify(hashed, pin)
        except VerifyMismatchError as error:
            wait = lockout_seconds(failures)
            hint = f"Wait {wait:.0f} seconds before the next try." if wait else "Try again."
            raise PinError("The PIN is wrong.", hint, wait) from error
        except (VerificationError, InvalidHashError) as error:
            raise StoreError(
                "The PIN of this reviewer is damaged.", "Ask an administrator to set a new PIN."
            ) from error
        with self._database.write_transaction() as connection:
            connection.execute(update(reviewers).where(reviewers.c.id == profile_id).values(failures=0, failed_at=""))

    def _count_attempt(self, profile_id: str) -> tuple[str, int]:
        """Count an attempt as wrong; returns the PIN's hash and the new count."""
        now = self._uptime()
        with self._database.write_transaction() as connection:
            row = connection.execute(select(reviewers).where(reviewers.c.id == profile_id)).first()
            if row is None or not row.pin_hash:
                raise StoreError("This reviewer has no PIN.")
            failures = max(0, int(row.failures))
            left, begins_anew = remaining_wait(failures, row.failed_at, now)
            if begins_anew:
                _update_profile(connection, profile_id, failed_at=now.to_text())
            if left <= 0:
                failures += 1
                _update_profile(connection, profile_id, failures=failures, failed_at=now.to_text())
        if left > 0:
            seconds = f"{max(1.0, left):.0f}"
            raise PinError("Too many wrong PINs.", Message("Wait {seconds} seconds.", seconds=seconds), left)
        return row.pin_hash, failures


def _profile_name(connection: Connection, profile_id: str) -> str:
    name = connection.execute(select(reviewers.c.name).where(reviewers.c.id == profile_id)).scalar()
    if name is None:
        raise StoreError("This reviewer is unknown.")
    return str(name)


def _update_profile(connection: Connection, profile_id: str, **values: object) -> None:
    connection.execute(update(reviewers).where(reviewers.c.id == profile_id).values(**values))


def _require_unused_name(connection: Connection, name: str, excluded_profile_id: str = "") -> None:
    """Reject a name that another reviewer has or had: no name may mean two persons."""
    folded = name.casefold()
    query = select(reviewers.c.id).where(reviewers.c.folded == folded, reviewers.c.id != excluded_profile_id)
    if connection.execute(query).first():
        raise ReviewError(Message("A reviewer {name} already exists.", name=name), "Choose another name.")
    renamed = profile_events.c.change == ProfileChange.RENAMED.value
    others = select(profile_events.c.name).where(renamed, profile_events.c.profile_id != excluded_profile_id)
    if any(str(former).casefold() == folded for former in connection.execute(others).scalars()):
        raise ReviewError(
            Message("Another reviewer was formerly called {name}.", name=name),
            "Choose a name that no reviewer has had.",
        )
