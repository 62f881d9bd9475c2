"""Hash chains of review log, log of reviewer profiles and model registry.

Each row has its number, the hash of the previous row and a hash over its values in the order of the dataclass fields.
Renaming a field is therefore safe; moving, adding or removing one breaks every existing chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar

GENESIS_HASH = "0" * 64
"""Previous hash of the first row."""


class ChainPosition(Protocol):
    """Number and hash of the last row, needed to append the next one."""

    @property
    def seq(self) -> int:
        """Number of the row, from 1, without gaps."""

    @property
    def hash(self) -> str:
        """SHA-256, hex."""


class ChainedRow(ChainPosition, Protocol):
    """A row of a chain: a frozen dataclass whose `hash` is computed by `row_hash`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def previous(self) -> str:
        """Hash of the previous row."""


_Row = TypeVar("_Row", bound=ChainedRow)


def canonical_hash(body: Sequence[object]) -> str:
    """Compute the SHA-256 (hex) of the canonical JSON of some values.

    Canonical JSON has sorted keys, no white space, and non-ASCII letters unescaped, in UTF-8.
    """
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def row_hash(row: ChainedRow) -> str:
    """Compute the hash of a row over all its other fields."""
    return canonical_hash([getattr(row, field.name) for field in fields(row) if field.name != "hash"])


def with_hash(row: _Row) -> _Row:
    """Return the row with its computed hash."""
    return replace(row, hash=row_hash(row))


def next_position(last: ChainPosition | None) -> tuple[int, str]:
    """Number and previous hash of the next row; `last` is None for the first row."""
    return (1, GENESIS_HASH) if last is None else (last.seq + 1, last.hash)


def first_broken(rows: Iterable[_Row], is_erased: Callable[[_Row], bool] | None = None) -> _Row | None:
    """Find the first row whose number, previous hash or hash is wrong.

    Args:
        rows: All rows from `seq` 1 on.
        is_erased: Whether the content of a row was erased by an entry of the chain that names the row and its hash.
            The hash of such a row cannot be computed again; the next row still proves that it is the one written.

    Returns:
        None when the chain is intact.
    """
    expected = next_position(None)
    for row in rows:
        if (row.seq, row.previous) != expected:
            return row
        if row.hash != row_hash(row) and not (is_erased is not None and is_erased(row)):
            return row
        expected = next_position(row)
    return None
