"""Rows that hold each other by hashes: the review log, the record of reviewers and the registry of models.

Each row carries its number, the hash of the row before and a hash over everything else that it says, in the order of
its fields. So a field may be renamed, but neither moved, added nor taken away without breaking every chain there is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import Field, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar

GENESIS_HASH = "0" * 64
"""What the first row names as the hash of the one before."""


class ChainPosition(Protocol):
    """What the next row needs to know of the last one."""

    @property
    def seq(self) -> int:
        """From 1, without gaps."""

    @property
    def hash(self) -> str:
        """SHA-256, hex."""


class ChainedRow(ChainPosition, Protocol):
    """A row: a frozen dataclass with these fields among others, `hash` being what `row_hash` gives."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def previous(self) -> str:
        """Hash of the row before."""


_Row = TypeVar("_Row", bound=ChainedRow)


def canonical_hash(body: Sequence[object]) -> str:
    """SHA-256 (hex) of the canonical JSON of some values: keys sorted, no blanks, letters outside ASCII as they are."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def row_hash(row: ChainedRow) -> str:
    """The hash that a row should carry by what it says."""
    return canonical_hash([getattr(row, field.name) for field in fields(row) if field.name != "hash"])


def with_hash(row: _Row) -> _Row:
    """The row with its hash."""
    return replace(row, hash=row_hash(row))


def next_position(last: ChainPosition | None) -> tuple[int, str]:
    """Number and predecessor of the row that follows; None = it is the first."""
    return (1, GENESIS_HASH) if last is None else (last.seq + 1, last.hash)


def first_broken(rows: Iterable[_Row]) -> _Row | None:
    """The first row whose number, predecessor or hash is wrong; None when the chain holds. Rows from seq 1 on."""
    expected = next_position(None)
    for row in rows:
        if (row.seq, row.previous) != expected or row.hash != row_hash(row):
            return row
        expected = next_position(row)
    return None
