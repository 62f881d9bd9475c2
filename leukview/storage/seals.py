"""Seals: HMACs over the rows of the chains, made with a key that is not in the database.

A chain of hashes shows accidental and clumsy changes; whoever owns the database can compute all hashes anew. Each row
therefore also gets an HMAC in the table ``seals``, written in the row's own transaction, and the last head is kept
outside the database, see `leukview.storage.sealed_heads`. A statement in ``seal_statements`` says from which row on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, select

from leukview.core.errors import StoreError
from leukview.domain.review.hash_chain import ChainedRow, ChainPosition, canonical_hash
from leukview.storage.database import Database
from leukview.storage.schema import reviewers
from leukview.storage.sealed_heads import (
    BEGUN_ANEW,
    MAX_BREACHES,
    REPLACED,
    ROLLED_BACK,
    Breach,
    KeptHeads,
    SealedHeadStore,
)

_log = logging.getLogger(__name__)

SEAL_KEY_NAME, SEAL_KEY_BYTES = "seal", 32
_SYNC_INTERVAL_S = 5.0
_CLOSE_TIMEOUT_S = 5.0
FIRST, ANEW = "first", "anew"


def _no_digest(_connection: Connection) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class SealedChain:
    """A chain to be sealed.

    Attributes:
        table: Its table.
        digest: Computes a digest of other rows that the seal covers as well; "" for none.
    """

    table: Table
    digest: Callable[[Connection], str] = _no_digest


def reviewers_digest(connection: Connection) -> str:
    """SHA-256 of all reviewers with roles and PIN hashes; the counts of wrong PINs are left out."""
    c = reviewers.c
    columns = (c.id, c.name, c.folded, c.role, c.pin_hash, c.created_at, c.retired_at)
    return canonical_hash([list(row) for row in connection.execute(select(*columns).order_by(c.id))])


class SealKey:
    """Key of the seals, read in a thread of its own, because a key store may ask the user first.

    Args:
        load: Reads the key; raises `StoreError`.
    """

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load, self._future = load, Future[bytes]()
        self._thread = threading.Thread(target=self._run, name="leukview-seal-key", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._future.set_result(self._load())
        except Exception as error:  # noqa: BLE001 - passed on to whoever needs the key
            self._future.set_exception(error)

    def get(self) -> bytes:
        """Wait for the key. Raises `StoreError`."""
        return self._future.result()


def key_id_of(key: bytes) -> str:
    """Public name of a key: 16 hex digits that do not reveal it."""
    return hmac.digest(key, b"key id", hashlib.sha256).hex()[:16]


def keyed_hash(key: bytes, *values: object) -> str:
    """HMAC-SHA256 (hex) of the canonical JSON of some values."""
    return hmac.digest(key, canonical_hash(values).encode(), hashlib.sha256).hex()


class Sealer:
    """Seals the rows of one database as they are written.

    A failure to keep the head outside the database is logged, not raised: the row itself is stored and sealed.

    Args:
        database: The database; it calls `seal_row` after this is attached.
        chains: Its chains.
        seals: Table of the seals.
        statements: Table of the statements.
        key: See `SealKey`.
        heads_folder: See `SealedHeadStore`.
        location: See `SealedHeadStore`.
        holds_other_content: Whether the database holds anything without a chain, such as slides.
    """

    def __init__(
        self,
        database: Database,
        chains: Sequence[SealedChain],
        seals: Table,
        statements: Table,
        key: SealKey,
        heads_folder: Path,
        location: str,
        holds_other_content: Callable[[Connection], bool] = lambda _connection: False,
    ) -> None:
        self._holds_other_content = holds_other_content
        self.database, self.chains = database, {chain.table.name: chain for chain in chains}
        self.seals, self.statements = seals, statements
        self._key, self._heads_folder, self._location = key, heads_folder, location
        self._database_id = ""
        self._head_store: SealedHeadStore | None = None
        self._synced_at = time.monotonic()
        self._thread: threading.Thread | None = None
        database.attach_sealer(self)

    def start(self) -> None:
        """Make the first statement in a thread, provided that there is none yet."""
        self._thread = threading.Thread(target=self._make_first_statement, name="leukview-first-seal", daemon=True)
        self._thread.start()

    def wait_started(self) -> None:
        """Wait for the thread of `start`."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Bring the kept heads to the disk; a key store that still asks the user does not hold up the end."""
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)
        if self._database_id:
            try:
                self.head_store().sync()
            except (OSError, StoreError) as error:
                _log.warning("the kept heads were not synced: %s", error)

    def key(self) -> bytes:
        """The key of the seals. Raises `StoreError`."""
        return self._key.get()

    def head_store(self) -> SealedHeadStore:
        """The heads kept outside the database. Raises `StoreError`."""
        if self._head_store is None:
            self._head_store = SealedHeadStore(self._heads_folder, self._location, self.key())
        return self._head_store

    def _make_first_statement(self) -> None:
        try:
            self.key()
            with self.database.read_transaction() as connection:
                if self.find_database_id(connection):
                    return
            with self.database.write_transaction() as connection:
                self._ensure_statement(connection)
        except StoreError as error:  # the next row that is written tries again
            _log.warning("the database is not sealed yet: %s", error.message)

    # ---- writing
    def seal_row(self, connection: Connection, table: Table, row: ChainedRow) -> None:
        """Seal a row that was just inserted; in the transaction that inserts it.

        Raises:
            StoreError: The key is missing although the database is sealed.
        """
        try:
            key = self.key()
        except StoreError:
            if connection.execute(select(self.statements.c.number).limit(1)).first() is None:
                return  # never sealed here, because this account can keep no key; `verify` says it
            raise
        database_id = self._ensure_statement(connection, before=row, chain=table.name)
        digest = self.chains[table.name].digest(connection)
        mac = keyed_hash(key, "seal", database_id, table.name, row.seq, row.hash, digest)
        values = {"chain": table.name, "seq": row.seq, "digest": digest, "key_id": key_id_of(key), "mac": mac}
        breaches = self._find_breaches(connection, table, row, database_id)
        connection.execute(insert(self.seals), values)
        self.database.after_commit(lambda: self._keep_head(database_id, table.name, row, breaches))

    def _find_breaches(
        self, connection: Connection, table: Table, row: ChainedRow, database_id: str
    ) -> tuple[Breach, ...]:
        """Compare the row's predecessors with the kept head, before that head is replaced.

        Seals of rows that were cut off are removed, because the row needs their place.
        """
        try:
            kept = self.head_store().read()
        except OSError as error:
            _log.warning("the kept heads cannot be read: %s", error)
            return ()
        fits = kept is not None and kept.database == database_id  # else the first statement records it
        seq, digest = kept.heads.get(table.name, (0, "")) if kept is not None and fits else (0, "")
        if (seq, digest) == (row.seq - 1, row.previous):
            return ()
        s = self.seals.c
        orphan = connection.execute(select(func.max(s.seq)).where(s.chain == table.name)).scalar()
        if orphan is not None and orphan >= row.seq:
            connection.execute(delete(self.seals).where(s.chain == table.name, s.seq >= row.seq))
            return (Breach(ROLLED_BACK, table.name, max(orphan, seq), utc_now()),)
        if not seq:
            return ()
        found = connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar()
        return () if found == digest and seq < row.seq else (Breach(ROLLED_BACK, table.name, seq, utc_now()),)

    def _keep_head(self, database_id: str, chain: str, row: ChainPosition, breaches: tuple[Breach, ...]) -> None:
        self._database_id = database_id
        key_id = key_id_of(self.key())

        def change(kept: KeptHeads | None) -> KeptHeads:
            if kept is None or kept.database != database_id:
                kept = self._heads_at_new_place(kept, database_id, key_id, is_empty=False)
            return kept.with_head(chain, row.seq, row.hash, breaches)

        try:
            store = self.head_store()
            store.update(change)
            if time.monotonic() - self._synced_at > _SYNC_INTERVAL_S:
                self._synced_at = time.monotonic()
                threading.Thread(target=self._sync, args=(store,), name="leukview-seal-sync", daemon=True).start()
        except OSError as error:
            _log.warning("the sealed head could not be kept outside the database: %s", error)

    @staticmethod
    def _sync(store: SealedHeadStore) -> None:
        try:
            store.sync()
        except OSError as error:
            _log.warning("the kept heads were not synced: %s", error)

    # ---- statements
    def find_database_id(self, connection: Connection) -> str:
        """Id of the database from this key's first statement; "" without one."""
        if self._database_id:
            return self._database_id
        s = self.statements.c
        query = select(s.body).where(s.key_id == key_id_of(self.key())).order_by(s.number).limit(1)
        body = connection.execute(query).scalar()
        return "" if body is None else database_id_of(str(body))

    def _ensure_statement(self, connection: Connection, before: ChainPosition | None = None, chain: str = "") -> str:
        """Id of the database; makes this key's first statement, as of before the row `before` of `chain`."""
        return self.find_database_id(connection) or self.make_statement(connection, FIRST, "", "", before, chain)

    def make_statement(
        self,
        connection: Connection,
        kind: str,
        actor: str,
        reason: str,
        before: ChainPosition | None = None,
        chain: str = "",
        accepted: Sequence[str] = (),
    ) -> str:
        """Write a statement with the present heads; returns the id of the database."""
        key = self.key()
        heads: dict[str, tuple[int, str]] = {}
        digests: dict[str, str] = {}
        for name, sealed in self.chains.items():
            c = sealed.table.c
            query = select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)
            if before is not None and name == chain:
                query = query.where(c.seq < before.seq)
            last = connection.execute(query).first()
            heads[name] = (last.seq, last.hash) if last else (0, "")
            digests[name] = sealed.digest(connection)
        number = len(connection.execute(select(self.statements.c.number)).all()) + 1
        database = self.find_database_id(connection) or uuid.uuid4().hex
        body = json.dumps(
            {"database": database, "heads": heads, "digests": digests, "accepted": list(accepted)},
            sort_keys=True,
            ensure_ascii=False,
        )
        values = {"number": number, "kind": kind, "at": utc_now(), "actor": actor, "reason": reason, "body": body}
        mac = keyed_hash(key, "statement", *values.values())
        connection.execute(insert(self.statements).values(**values, key_id=key_id_of(key), mac=mac))
        if kind == ANEW:
            self.database.after_commit(lambda: self._replace_kept_heads(database, heads))
        else:
            is_empty = not any(seq for seq, _ in heads.values()) and not self._holds_other_content(connection)
            self.database.after_commit(lambda: self._keep_first_heads(database, is_empty=is_empty))
        return database

    def _keep_first_heads(self, database: str, *, is_empty: bool) -> None:
        """Remember that this location holds this database."""
        self._database_id = database
        key_id = key_id_of(self.key())

        def change(kept: KeptHeads | None) -> KeptHeads:
            if kept is not None and kept.database == database:
                return kept
            return self._heads_at_new_place(kept, database, key_id, is_empty=is_empty)

        self._update_kept_heads(change)

    @staticmethod
    def _heads_at_new_place(kept: KeptHeads | None, database: str, key_id: str, *, is_empty: bool) -> KeptHeads:
        """Kept heads of a database that stands where another one was sealed, if `kept` is one."""
        if kept is None:
            return KeptHeads(database, key_id)
        breach = Breach(BEGUN_ANEW if is_empty else REPLACED, "", 0, utc_now())
        return KeptHeads(database, key_id, {}, (*kept.breaches, breach)[:MAX_BREACHES], kept.counter)

    def _replace_kept_heads(self, database: str, heads: Mapping[str, tuple[int, str]]) -> None:
        self._database_id = database
        fresh = KeptHeads(database, key_id_of(self.key()), {name: head for name, head in heads.items() if head[0]})
        self._update_kept_heads(lambda _: fresh)

    def _update_kept_heads(self, change: Callable[[KeptHeads | None], KeptHeads]) -> None:
        try:
            store = self.head_store()
            store.update(change)
            store.sync()
        except OSError as error:
            _log.warning("the sealed head could not be kept outside the database: %s", error)


def database_id_of(body: str) -> str:
    """Id of the database from the body of a statement. Raises `StoreError`."""
    try:
        return str(json.loads(body)["database"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            "A statement about the seals was changed outside LeukView and cannot be read.",
            "Restore a copy from the backups folder.",
        ) from error


def utc_now() -> str:
    """Current time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
