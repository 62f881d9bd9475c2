"""Verification of the seals; see `leukview.storage.seals`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from leukview.core.errors import StoreError
from leukview.core.messages import Message, MessageList
from leukview.services.ports.seals import ChainHeads, SealReport
from leukview.storage.key_store import KeyStore
from leukview.storage.sealed_heads import BEGUN_ANEW, REPLACED, Breach, KeptHeads
from leukview.storage.seals import ANEW, SealedChain, Sealer, database_id_of, key_id_of, keyed_hash

CHAIN_NAMES = {
    "review_events": "the review log",
    "profile_events": "the record of reviewers",
    "model_entries": "the model registry",
}
"""Table of a chain → its name in sentences."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """A valid statement of this key."""

    number: int
    kind: str
    at: str
    actor: str
    reason: str
    database: str
    heads: dict[str, tuple[int, str]]
    digests: dict[str, str]
    accepted: tuple[str, ...]


class SqlSeals:
    """Implements the `Seals` port over the databases of a workstation.

    Args:
        sealers: Returns the sealers of the databases that exist.
        key_store: Says where the key is kept.
        is_registry_gone: Whether the file of a sealed model registry is gone.
    """

    def __init__(
        self,
        sealers: Callable[[], Sequence[Sealer]],
        key_store: KeyStore,
        is_registry_gone: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sealers, self._key_store, self._is_registry_gone = sealers, key_store, is_registry_gone

    def verify(self) -> SealReport:
        """See `Seals.verify`."""
        findings: list[str] = []
        notes: list[str] = []
        for sealer in self._sealers():
            sealer.wait_started()
            try:
                sealer.key()
            except StoreError as error:
                reason = MessageList((error.message, error.hint), " ")
                findings.append(Message("The seals cannot be verified: {reason}", reason=reason))
                continue
            check = _SealCheck(sealer)
            check.run()
            findings += check.findings
            notes += check.notes
        if not findings and self._is_registry_gone():
            findings.append(Message("The model registry that was sealed here is missing from the data folder."))
        return SealReport(tuple(findings), (*notes, self._key_store.statement))

    def heads(self) -> ChainHeads:
        """See `Seals.heads`."""
        heads: dict[str, tuple[int, str]] = {}
        database = ""
        for sealer in self._sealers():
            with sealer.database.read_transaction() as connection:
                database = database or sealer.find_database_id(connection)
                heads |= {name: head for name, head in _present_heads(sealer, connection).items() if head[0]}
        return ChainHeads(database, heads)

    def hash_at(self, chain: str, seq: int) -> str | None:
        """See `Seals.hash_at`."""
        for sealer in self._sealers():
            if chain in sealer.chains:
                table = sealer.chains[chain].table
                with sealer.database.read_transaction() as connection:
                    found = connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar()
                return None if found is None else str(found)
        return None

    def sign_heads(self, heads: ChainHeads) -> tuple[str, str]:
        """See `Seals.sign_heads`."""
        key = self._sealers()[0].key()
        named = {name: list(head) for name, head in heads.heads.items()}
        return key_id_of(key), keyed_hash(key, "anchor", heads.database, named)

    def reseal(self, actor: str, reason: str) -> None:
        """See `Seals.reseal`."""
        for sealer in self._sealers():
            check = _SealCheck(sealer)
            check.run()
            with sealer.database.write_transaction() as connection:
                sealer.make_statement(connection, ANEW, actor, reason, accepted=check.findings)


class _SealCheck:
    """One verification of one database."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer, self._key = sealer, sealer.key()
        self._key_id = key_id_of(self._key)
        self.findings: list[str] = []
        self.notes: list[str] = []

    def run(self) -> None:
        """Fill `findings` and `notes`. Raises `StoreError`."""
        kept = self._read_kept_heads()
        with self._sealer.database.read_transaction() as connection:
            statement = self._last_statement(connection, kept)
            if statement is None:
                return
            for chain in self._sealer.chains.values():
                self._check_chain(connection, chain, statement)
                if kept is not None and kept.database == statement.database:
                    self._check_kept_head(connection, chain, kept)
        for breach in kept.breaches if kept else ():
            self._add_breach(breach)
        if kept is None:
            self.findings.append(
                Message(
                    "The sealed head of the log, which LeukView stores outside the database, is "
                    "missing on this workstation."
                )
            )
        elif kept.database != statement.database:
            self._add_breach(Breach(REPLACED, "", 0, statement.at))

    def _read_kept_heads(self) -> KeptHeads | None:
        try:
            return self._sealer.head_store().read()
        except OSError as error:
            raise StoreError(
                "The sealed head of the log, stored outside the database, cannot be read.",
                "Check the rights of its folder.",
            ) from error

    # ---- statements
    def _last_statement(self, connection: Connection, kept: KeptHeads | None) -> _Statement | None:
        """This key's last statement, after all were checked; None without one."""
        found: list[_Statement] = []
        strangers: set[str] = set()
        for number, row in enumerate(
            connection.execute(select(self._sealer.statements).order_by(self._sealer.statements.c.number)), 1
        ):
            values = (row.number, row.kind, row.at, row.actor, row.reason, row.body)
            if row.key_id != self._key_id:
                strangers.add(row.key_id)
            elif row.number != number or not self._fits(row.mac, "statement", *values):
                self.findings.append(Message("Statement {number} about the seals was changed.", number=number))
            else:
                found.append(_parse_statement(row))
        for key_id in sorted(strangers):
            self.notes.append(
                Message(
                    "The database contains seals of another workstation (key {key}), which only that "
                    "workstation can verify.",
                    key=key_id,
                )
            )
        if not found:
            if kept is not None or self.findings:
                self.findings.append(Message("The seals of this database were removed."))
            else:
                self.notes.append(Message("This database is not sealed yet; sealing starts with the next entry."))
            return None
        self._describe_statements(found)
        return found[-1]

    def _describe_statements(self, statements: Sequence[_Statement]) -> None:
        first = statements[0]
        for table in self._sealer.chains:
            seq, name = first.heads.get(table, (0, ""))[0], Message(CHAIN_NAMES[table])
            if seq:
                self.notes.append(
                    Message(
                        "In {name}, entries are sealed from no. {seq} on ({at}); changes made before "
                        "cannot be detected by seals.",
                        name=name,
                        seq=seq + 1,
                        at=first.at[:10],
                    )
                )
            else:
                self.notes.append(Message("In {name}, all entries are sealed.", name=name))
        for later in statements[1:]:
            self.notes.append(
                Message(
                    "On {at}, {actor} accepted the state of the database: “{reason}”. Findings up to then: {found}",
                    at=later.at[:10],
                    actor=later.actor,
                    reason=later.reason,
                    found=" ".join(later.accepted) or "–",
                )
            )

    # ---- rows
    def _check_chain(self, connection: Connection, chain: SealedChain, statement: _Statement) -> None:
        table, seals, name = chain.table, self._sealer.seals, Message(CHAIN_NAMES[chain.table.name])
        start, digest_there = statement.heads.get(table.name, (0, ""))
        if start and connection.execute(select(table.c.hash).where(table.c.seq == start)).scalar() != digest_there:
            self.findings.append(
                Message("In {name}, entry {seq} or one before it was changed or removed.", name=name, seq=start)
            )
        query = (
            select(table.c.seq, table.c.hash, seals.c.digest, seals.c.key_id, seals.c.mac)
            .outerjoin(seals, and_(seals.c.chain == table.name, seals.c.seq == table.c.seq))
            .where(table.c.seq > start)
            .order_by(table.c.seq)
        )
        last, digest = start, statement.digests.get(table.name, "")
        bad: list[int] = []
        foreign = 0
        for row in _stream(connection, query):
            last = row.seq
            if row.mac is not None and row.key_id != self._key_id and self._sealer.database.is_shared_server:
                foreign, digest = foreign + 1, row.digest
                continue
            values = (statement.database, table.name, row.seq, row.hash, row.digest)
            if row.mac is None or row.key_id != self._key_id or not self._fits(row.mac, "seal", *values):
                bad.append(row.seq)
            else:
                digest = row.digest
        if bad:
            self.findings.append(
                Message(
                    "In {name}, entry {seq} was written or changed outside LeukView ({count} entries "
                    "in all): its seal is missing or wrong.",
                    name=name,
                    seq=bad[0],
                    count=len(bad),
                )
            )
        if foreign:
            self.notes.append(
                Message("In {name}, {count} entries carry seals of other workstations.", name=name, count=foreign)
            )
        beyond = connection.execute(
            select(func.max(seals.c.seq)).where(seals.c.chain == table.name, seals.c.seq > last)
        ).scalar()
        if beyond is not None:
            self._add_cut(table.name, last, int(beyond))
        if chain.digest(connection) != digest:
            self.findings.append(
                Message("A reviewer's name, role, PIN or state was changed outside LeukView (table of reviewers).")
            )

    def _check_kept_head(self, connection: Connection, chain: SealedChain, kept: KeptHeads) -> None:
        table, (seq, digest) = chain.table, kept.heads.get(chain.table.name, (0, ""))
        if not seq:
            return
        found = connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar()
        if found is None:
            last = connection.execute(select(func.coalesce(func.max(table.c.seq), 0))).scalar_one()
            self._add_cut(table.name, int(last), seq)
        elif found != digest:
            self.findings.append(
                Message(
                    "In {name}, entry {seq} is not the one sealed here: the entries were rewritten, "
                    "or another copy of the database was restored.",
                    name=Message(CHAIN_NAMES[table.name]),
                    seq=seq,
                )
            )

    def _add_cut(self, chain: str, last: int, sealed: int) -> None:
        text = Message(
            "In {name}, entries {first} to {last} are missing: the end was cut off, or an older copy "
            "of the database was restored.",
            name=Message(CHAIN_NAMES[chain]),
            first=last + 1,
            last=sealed,
        )
        if text not in self.findings:
            self.findings.append(text)

    def _add_breach(self, breach: Breach) -> None:
        day = breach.at[:10]
        if breach.kind == BEGUN_ANEW:
            self.notes.append(
                Message("An empty database was started here on {at}, where a sealed one had been before.", at=day)
            )
        elif breach.kind == REPLACED:
            self.findings.append(
                Message("This database replaced the one that was sealed here (detected {at}).", at=day)
            )
        else:
            self.findings.append(
                Message(
                    "In {name}, entry {seq} was missing or different when work continued (detected "
                    "{at}): the end had been cut off, or an older copy had been restored.",
                    name=Message(CHAIN_NAMES.get(breach.chain, breach.chain)),
                    seq=breach.seq,
                    at=day,
                )
            )

    def _fits(self, mac: str, *values: object) -> bool:
        return hmac.compare_digest(str(mac), keyed_hash(self._key, *values))


def _parse_statement(row: Row[Any]) -> _Statement:
    body = json.loads(row.body)
    return _Statement(
        row.number,
        row.kind,
        row.at,
        row.actor,
        row.reason,
        database_id_of(row.body),
        {str(chain): (int(seq), str(digest)) for chain, (seq, digest) in body["heads"].items()},
        {str(chain): str(digest) for chain, digest in body["digests"].items()},
        tuple(map(str, body["accepted"])),
    )


def _stream(connection: Connection, query: Any) -> Iterator[Row[Any]]:
    """Rows of a query, in pieces, for constant memory."""
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        yield from rows


def _present_heads(sealer: Sealer, connection: Connection) -> dict[str, tuple[int, str]]:
    heads = {}
    for name, chain in sealer.chains.items():
        c = chain.table.c
        last = connection.execute(select(c.seq, c.hash).order_by(c.seq.desc()).limit(1)).first()
        heads[name] = (int(last.seq), str(last.hash)) if last else (0, "")
    return heads
