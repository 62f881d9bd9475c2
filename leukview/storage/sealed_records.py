"""Encrypted records beside the names in the identity vault: messages, orders, blood counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from leukview.domain.exchange.sample_number import sample_numbers
from leukview.storage.database import Database
from leukview.storage.schema import record_samples, sealed_records
from leukview.storage.vault_cipher import VaultCipher


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A record, decrypted.

    Attributes:
        key: What it is found by.
        state: Chosen by the writer; not encrypted.
        at: When it was written first, UTC, ISO 8601.
    """

    number: int
    kind: str
    key: str
    slide: str
    at: str
    state: str
    text: str


def record_context(kind: str, key: str) -> str:
    """Context of an encrypted record; `key` is the keyed hash."""
    return f"record {kind} {key}"


class SealedRecords:
    """Records by kind and key; only kind, state, time and the pseudonym of a slide are stored in plain.

    All methods raise `StoreError`.
    """

    def __init__(self, database: Database, cipher: VaultCipher) -> None:
        self._database, self._cipher = database, cipher

    @property
    def workstation(self) -> str:
        """Identifies this vault without telling its key."""
        return self._cipher.fingerprint

    def transaction(self) -> AbstractContextManager[object]:
        """Join what this thread writes in the block into one transaction, rolled back when the block raises."""
        return self._database.write_transaction()

    def add(self, kind: str, key: str, text: str) -> bool:
        """Add a record; False when there is one, which is kept unchanged."""
        with self._database.write_transaction() as connection:
            if self._row(connection, kind, key) is not None:
                return False
            self._insert(connection, kind, key, text, "", "", ())
            return True

    def put(
        self, kind: str, key: str, text: str, *, slide: str = "", state: str = "", samples: Sequence[str] = ()
    ) -> None:
        """Add a record or replace the one that is there.

        Args:
            kind: Kind of record.
            key: What it is found by, encrypted as well.
            text: Its content.
            slide: Pseudonym of the slide with which it is erased.
            state: Not encrypted.
            samples: Order and sample numbers with whose slides it is erased.
        """
        with self._database.write_transaction() as connection:
            row = self._row(connection, kind, key)
            if row is None:
                self._insert(connection, kind, key, text, slide, state, samples)
                return
            values = {"sealed": self._seal(kind, key, text, samples), "slide": slide, "state": state}
            connection.execute(update(sealed_records).where(sealed_records.c.number == row.number).values(values))
            self._link(connection, row.number, samples)

    def set_state(self, kind: str, key: str, state: str) -> None:
        """Change the state of a record."""
        same = (sealed_records.c.kind == kind) & (sealed_records.c.key == self._cipher.lookup(key))
        with self._database.write_transaction() as connection:
            connection.execute(update(sealed_records).where(same).values(state=state))

    def get(self, kind: str, key: str) -> SealedRecord | None:
        """The record with this key."""
        with self._database.read_transaction() as connection:
            row = self._row(connection, kind, key)
        return None if row is None else self._decrypt(row)

    def newest(self, kind: str, states: Collection[str] = (), limit: int = 500) -> tuple[SealedRecord, ...]:
        """Newest records of a kind, in one of the states if any are given, the newest first."""
        query = select(sealed_records).where(sealed_records.c.kind == kind)
        if states:
            query = query.where(sealed_records.c.state.in_(sorted(states)))
        with self._database.read_transaction() as connection:
            rows = connection.execute(query.order_by(sealed_records.c.number.desc()).limit(limit)).all()
        return tuple(self._decrypt(row) for row in rows)

    def slides_with_sample(self, kind: str, numbers: Collection[str]) -> frozenset[str]:
        """Slides of the records of a kind that belong to one of these order or sample numbers."""
        keys = [self._cipher.lookup(number) for number in numbers]
        query = select(sealed_records.c.slide).join(record_samples, record_samples.c.record == sealed_records.c.number)
        query = query.where(sealed_records.c.kind == kind, record_samples.c.sample.in_(keys))
        with self._database.read_transaction() as connection:
            return frozenset(str(slide) for slide in connection.execute(query).scalars() if slide)

    def forget_slide(self, connection: Connection, slide: str, order_name: str) -> None:
        """Delete what is stored for a slide and, if given, for the sample of its order."""
        keys = [self._cipher.lookup(number) for number in sample_numbers(order_name)]
        of_sample = select(record_samples.c.record).where(record_samples.c.sample.in_(keys))
        concerned = (sealed_records.c.slide == slide) | sealed_records.c.number.in_(of_sample)
        connection.execute(delete(sealed_records).where(concerned))
        connection.execute(
            delete(record_samples).where(record_samples.c.record.not_in(select(sealed_records.c.number)))
        )

    def _row(self, connection: Connection, kind: str, key: str) -> Row[Any] | None:
        same = (sealed_records.c.kind == kind) & (sealed_records.c.key == self._cipher.lookup(key))
        return connection.execute(select(sealed_records).where(same)).first()

    def _insert(
        self, connection: Connection, kind: str, key: str, text: str, slide: str, state: str, samples: Sequence[str]
    ) -> None:
        last = connection.execute(select(func.max(sealed_records.c.number))).scalar()
        values = {
            "number": int(last or 0) + 1,
            "kind": kind,
            "key": self._cipher.lookup(key),
            "slide": slide,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "state": state,
            "sealed": self._seal(kind, key, text, samples),
        }
        connection.execute(insert(sealed_records).values(values))
        self._link(connection, int(last or 0) + 1, samples)

    def _link(self, connection: Connection, number: int, samples: Sequence[str]) -> None:
        connection.execute(delete(record_samples).where(record_samples.c.record == number))
        rows = [{"record": number, "sample": self._cipher.lookup(sample)} for sample in dict.fromkeys(samples)]
        if rows:
            connection.execute(insert(record_samples), rows)

    def _seal(self, kind: str, key: str, text: str, samples: Sequence[str]) -> str:
        body = json.dumps([key, text, list(samples)], ensure_ascii=False)
        return self._cipher.seal(body, record_context(kind, self._cipher.lookup(key)))

    def _decrypt(self, row: Row[Any]) -> SealedRecord:
        kind, lookup = str(row.kind), str(row.key)
        key, text, *_ = json.loads(self._cipher.unseal(str(row.sealed), record_context(kind, lookup)))
        return SealedRecord(int(row.number), kind, key, str(row.slide), str(row.at), str(row.state), text)
