"""Last sealed heads of a database, kept outside of it.

The database alone cannot show that its end was cut off or that an older copy was put back: both are states that it
really had. The last head is therefore also kept beside the key that seals it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from leukview.core.file_lock import locked_file

_SLOT_BYTES = 16384
_MAC_LENGTH = 64
ROLLED_BACK, REPLACED, BEGUN_ANEW = "rolled_back", "replaced", "begun_anew"
"""Kinds of breach: rows after a kept head are gone or others, another database with content of unknown origin stands
at the location, or an empty one was begun there."""
MAX_BREACHES = 16
"""Breaches kept of one database; the first ones tell what happened."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A contradiction between a database and its kept heads, found when an entry was appended.

    Attributes:
        kind: `ROLLED_BACK`, `REPLACED` or `BEGUN_ANEW`.
        chain: Name of the chain's table; "" unless rolled back.
        seq: Number of the kept head.
        at: When it was found, UTC, ISO 8601.
    """

    kind: str
    chain: str
    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class KeptHeads:
    """Last sealed heads of one database.

    Attributes:
        database: Id of the database.
        key_id: Id of the key that sealed them.
        heads: Chain → number and hash of its last sealed row.
        breaches: What was found until now and not accepted by a person.
        counter: Rises with each write.
    """

    database: str
    key_id: str
    heads: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    counter: int = 0

    def with_head(self, chain: str, seq: int, digest: str, breaches: tuple[Breach, ...] = ()) -> KeptHeads:
        """Move a head forward; backward only together with the breach that tells it."""
        if not breaches and self.heads.get(chain, (0, ""))[0] >= seq:
            return self
        return replace(
            self,
            heads={**self.heads, chain: (seq, digest)},
            breaches=(*self.breaches, *breaches)[:MAX_BREACHES],
        )


_Change: TypeAlias = Callable[[KeptHeads | None], KeptHeads]


class SealedHeadStore:
    """File of the kept heads of the database at one location.

    It has two slots, which are written in turn, each with a number and an HMAC: a write torn by a power failure leaves
    the other slot. Writes are not synced one by one; `sync` is called now and then. After a power failure the file may
    therefore lag behind the database, whose own seals cover the difference.

    Args:
        folder: See `leukview.core.paths.keys_dir`.
        location: Address of the database, without password.
        key: Key of the HMAC.
    """

    def __init__(self, folder: Path, location: str, key: bytes) -> None:
        self._path = folder / f"heads-{hashlib.sha256(location.encode()).hexdigest()[:24]}.bin"
        self._key = key

    def read(self) -> KeptHeads | None:
        """The kept heads; None when there are none. Raises `OSError`."""
        if not self._path.exists():
            return None
        with self._open() as descriptor:
            return self._read(descriptor)

    def update(self, change: _Change) -> None:
        """Replace the kept heads by what `change` makes of them, in one step across programs. Raises `OSError`."""
        with self._open() as descriptor:
            before = self._read(descriptor)
            after = change(before)
            if after != before:
                counter = before.counter + 1 if before else 1
                self._write(descriptor, replace(after, counter=counter))

    def sync(self) -> None:
        """Bring the file to the disk. Raises `OSError`."""
        if self._path.exists():
            with self._open() as descriptor:
                os.fsync(descriptor)

    @contextmanager
    def _open(self) -> Iterator[int]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with locked_file(descriptor):
                yield descriptor
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int) -> KeptHeads | None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        content = os.read(descriptor, 2 * _SLOT_BYTES)
        slots = (self._parse(content[start : start + _SLOT_BYTES]) for start in (0, _SLOT_BYTES))
        return max((slot for slot in slots if slot), key=lambda slot: slot.counter, default=None)

    def _write(self, descriptor: int, heads: KeptHeads) -> None:
        body = json.dumps(
            {
                "counter": heads.counter,
                "database": heads.database,
                "key_id": heads.key_id,
                "heads": heads.heads,
                "breaches": [[b.kind, b.chain, b.seq, b.at] for b in heads.breaches],
            }
        ).encode()
        os.lseek(descriptor, heads.counter % 2 * _SLOT_BYTES, os.SEEK_SET)
        os.write(descriptor, self._mac(body) + body + b"\n")

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, b"heads" + body, hashlib.sha256).hex().encode()

    def _parse(self, slot: bytes) -> KeptHeads | None:
        mac, body = slot[:_MAC_LENGTH], slot[_MAC_LENGTH:].partition(b"\n")[0]
        if not body or not hmac.compare_digest(mac, self._mac(body)):
            return None
        read: dict[str, Any] = json.loads(body)
        heads = {str(chain): (int(seq), str(digest)) for chain, (seq, digest) in read["heads"].items()}
        breaches = tuple(Breach(str(kind), str(chain), int(seq), str(at)) for kind, chain, seq, at in read["breaches"])
        return KeptHeads(str(read["database"]), str(read["key_id"]), heads, breaches, int(read["counter"]))
