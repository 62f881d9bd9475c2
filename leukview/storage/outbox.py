"""Outbox of results in the main database; their messages lie in the identity vault."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from leukview.core.errors import StoreError
from leukview.core.messages import Message
from leukview.domain.exchange.outbox import (
    MAX_ATTEMPTS,
    Answer,
    AnswerCode,
    DeliveryState,
    OutboxEntry,
    OutboxMessage,
    ReleaseRef,
    retry_delay,
)
from leukview.domain.review.events import EventKind
from leukview.storage.database import Database
from leukview.storage.schema import leases, outbox, review_events
from leukview.storage.sealed_records import SealedRecords

LEASE_SECONDS = 90
"""Longer than a message may wait for its answer, so that a second sender cannot start meanwhile."""
_LEASE = "outbox"
_RELEASING = (EventKind.SIGN.value, EventKind.WITHDRAW.value)
_MESSAGE, _REASON, _MARKER, _QUEUED = "result", "answer", "marker", "queued"


class SqlOutbox:
    """Implements `leukview.services.ports.exchange.Outbox`.

    Args:
        database: The main database, perhaps shared by several workstations.
        records: Of this workstation's vault.
    """

    def __init__(self, database: Database, records: SealedRecords) -> None:
        self._database, self._records = database, records

    def new_releases(self) -> tuple[ReleaseRef, ...]:
        """See `Outbox.new_releases`."""
        marker = self._records.get(_MARKER, _QUEUED)
        columns = review_events.c
        with self._database.read_transaction() as connection:
            if marker is None:
                head = connection.execute(select(func.max(columns.seq))).scalar()
            else:
                query = select(columns.slide_id, columns.id, columns.seq).order_by(columns.seq)
                query = query.where(columns.seq > int(marker.text), columns.kind.in_(_RELEASING))
                return tuple(ReleaseRef(*row) for row in connection.execute(query))
        self._records.add(_MARKER, _QUEUED, str(head or 0))
        return ()

    def last_status(self, slide_id: str) -> str:
        """See `Outbox.last_status`."""
        query = select(outbox.c.status).where(
            outbox.c.slide_id == slide_id, outbox.c.state != DeliveryState.REFUSED.value
        )
        with self._database.read_transaction() as connection:
            return str(connection.execute(query.order_by(outbox.c.number.desc()).limit(1)).scalar() or "")

    def mark_queued(self, seq: int) -> None:
        """See `Outbox.mark_queued`."""
        self._records.put(_MARKER, _QUEUED, str(seq))

    def add(self, slide_id: str, event_id: str, status: str, control_id: str, text: str) -> bool:
        """See `Outbox.add`. The message is written first: an entry without a message could never be sent."""
        with self._database.write_transaction() as connection:
            if connection.execute(select(outbox).where(outbox.c.control_id == control_id)).first() is not None:
                return False
            self._records.put(_MESSAGE, control_id, text, slide=slide_id)
            last = connection.execute(select(func.max(outbox.c.number))).scalar()
            values = {
                "number": int(last or 0) + 1,
                "control_id": control_id,
                "slide_id": slide_id,
                "event_id": event_id,
                "workstation": self._records.workstation,
                "status": status,
                "created_at": _text(datetime.now(UTC)),
                "state": DeliveryState.WAITING.value,
                "attempts": 0,
                "next_attempt_at": "",
                "answer": "",
                "answered_at": "",
            }
            connection.execute(insert(outbox).values(values))
        return True

    def count_due(self, now: datetime) -> int:
        """See `Outbox.count_due`."""
        with self._database.read_transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(self._due(now).subquery())).scalar_one())

    def claim_next(self, holder: str, now: datetime) -> OutboxMessage | None:
        """See `Outbox.claim_next`."""
        query = self._due(now)
        while True:
            with self._database.write_transaction() as connection:
                self._extend_lease(connection, holder, now)
                row = connection.execute(query.order_by(outbox.c.number).limit(1)).first()
                if row is None:
                    return None
                record = self._records.get(_MESSAGE, row.control_id)
                values = {"attempts": row.attempts + 1, "next_attempt_at": _text(now + retry_delay(row.attempts + 1))}
                if record is None:
                    values = {"state": DeliveryState.REFUSED.value, "answered_at": _text(now)}
                connection.execute(update(outbox).where(outbox.c.number == row.number).values(values))
            if record is not None:
                return OutboxMessage(_entry(row, ""), record.text)

    def finish(self, control_id: str, answer: Answer, now: datetime) -> None:
        """See `Outbox.finish`."""
        same = outbox.c.control_id == control_id
        if answer.reason:
            with self._database.read_transaction() as connection:
                slide = connection.execute(select(outbox.c.slide_id).where(same)).scalar()
            self._records.put(_REASON, control_id, answer.reason, slide=str(slide))
        with self._database.write_transaction() as connection:
            attempts = connection.execute(select(outbox.c.attempts).where(same)).scalar_one()
            state = DeliveryState.REFUSED
            if answer.code is AnswerCode.ACCEPTED:
                state = DeliveryState.DELIVERED
            elif answer.is_temporary and attempts < MAX_ATTEMPTS:
                state = DeliveryState.WAITING
            values = {"state": state.value, "answer": answer.code.value, "answered_at": _text(now)}
            connection.execute(update(outbox).where(same).values(values))
            answered = and_(leases.c.name == _LEASE, leases.c.failures > 0)
            connection.execute(update(leases).where(answered).values(failures=0))

    def acquire_lease(self, holder: str, now: datetime) -> bool:
        """See `Outbox.acquire_lease`."""
        with self._database.write_transaction() as connection:
            row = connection.execute(select(leases).where(leases.c.name == _LEASE)).first()
            if row is None:
                values = {"name": _LEASE, "holder": holder, "failures": 0, "not_before": ""}
                connection.execute(insert(leases).values(**values, expires_at=_expiry(now)))
                return True
            if (row.holder not in {"", holder} and row.expires_at > _text(now)) or row.not_before > _text(now):
                return False
            changed = {"holder": holder, "expires_at": _expiry(now)}
            connection.execute(update(leases).where(leases.c.name == _LEASE).values(changed))
        return True

    def release_lease(self, holder: str, now: datetime, *, peer_failed: bool) -> None:
        """See `Outbox.release_lease`."""
        own = and_(leases.c.name == _LEASE, leases.c.holder == holder)
        with self._database.write_transaction() as connection:
            row = connection.execute(select(leases).where(own)).first()
            if row is None:
                return
            failures = row.failures + 1 if peer_failed else 0
            not_before = _text(now + retry_delay(failures)) if failures else ""
            values = {"holder": "", "expires_at": "", "failures": failures, "not_before": not_before}
            connection.execute(update(leases).where(own).values(values))

    def entries(self, limit: int) -> tuple[OutboxEntry, ...]:
        """See `Outbox.entries`."""
        with self._database.read_transaction() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.number.desc()).limit(limit)).all()
        return tuple(_entry(row, self._reason(row)) for row in rows)

    def message_text(self, control_id: str) -> str:
        """See `Outbox.message_text`."""
        record = self._records.get(_MESSAGE, control_id)
        return "" if record is None else record.text

    def send_again(self, control_ids: Sequence[str], now: datetime) -> None:
        """See `Outbox.send_again`."""
        open_states = (DeliveryState.WAITING.value, DeliveryState.REFUSED.value)
        chosen = and_(outbox.c.control_id.in_(list(control_ids)), outbox.c.state.in_(open_states))
        values = {"state": DeliveryState.WAITING.value, "next_attempt_at": _text(now), "attempts": 0}
        with self._database.write_transaction() as connection:
            connection.execute(update(outbox).where(chosen).values(values))
            free = and_(leases.c.name == _LEASE, or_(leases.c.holder == "", leases.c.expires_at <= _text(now)))
            connection.execute(update(leases).where(free).values(not_before="", failures=0))

    def retry_not_before(self) -> str:
        """See `Outbox.retry_not_before`."""
        with self._database.read_transaction() as connection:
            found = connection.execute(select(leases.c.not_before).where(leases.c.name == _LEASE)).scalar()
        return str(found or "")

    def _reason(self, row: Row[Any]) -> str:
        if not row.answer:
            is_lost = row.state == DeliveryState.REFUSED.value
            return Message("Its message is no longer in the identity vault.") if is_lost else ""
        if row.answer == AnswerCode.ACCEPTED.value:
            return ""
        record = self._records.get(_REASON, row.control_id)
        return "" if record is None else record.text

    def _due(self, now: datetime) -> Select[Any]:
        """Messages that may be sent now: of this workstation, each slide's first one."""
        earlier = outbox.alias()
        waits = (
            select(earlier.c.number)
            .where(
                earlier.c.slide_id == outbox.c.slide_id,
                earlier.c.number < outbox.c.number,
                earlier.c.state == DeliveryState.WAITING.value,
            )
            .exists()
        )
        return select(outbox).where(
            outbox.c.state == DeliveryState.WAITING.value,
            outbox.c.workstation == self._records.workstation,
            outbox.c.next_attempt_at <= _text(now),
            ~waits,
        )

    @staticmethod
    def _extend_lease(connection: Connection, holder: str, now: datetime) -> None:
        own = and_(leases.c.name == _LEASE, leases.c.holder == holder)
        if connection.execute(select(leases.c.name).where(own)).first() is None:
            raise StoreError("Another LeukView sends the results now.", "Nothing needs to be done.")
        connection.execute(update(leases).where(own).values(expires_at=_expiry(now)))


def _entry(row: Row[Any], reason: str) -> OutboxEntry:
    return OutboxEntry(
        row.number,
        row.control_id,
        row.slide_id,
        row.event_id,
        row.status,
        row.created_at,
        DeliveryState(row.state),
        row.attempts,
        row.next_attempt_at,
        row.answer,
        row.answered_at,
        reason,
    )


def _text(moment: datetime) -> str:
    """UTC, all of one length, so that texts compare as times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _expiry(now: datetime) -> str:
    return _text(now + timedelta(seconds=LEASE_SECONDS))
