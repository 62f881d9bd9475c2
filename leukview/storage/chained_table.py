"""Storage of hash-chained rows in tables whose columns are dataclass fields.

See `leukview.domain.review.hash_chain`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, insert, select

from leukview.domain.review.hash_chain import ChainedRow, next_position, with_hash
from leukview.storage.database import Database

_ChainedRow = TypeVar("_ChainedRow", bound=ChainedRow)


def append_chained_row(
    database: Database, connection: Connection, table: Table, make_row: Callable[[int, str], _ChainedRow]
) -> _ChainedRow:
    """Append a row to a chained table, with its seal.

    The transaction must hold the write lock, so that two programs cannot fork the chain.

    Args:
        database: The database, which seals the row.
        connection: Connection of that transaction.
        table: Table with a column for each field of the row.
        make_row: Builds the row from its number and the previous row's hash; its own hash is set here.
    """
    last = connection.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
    row = with_hash(make_row(*next_position(last)))
    connection.execute(insert(table).values({f.name: _column_value(getattr(row, f.name)) for f in fields(row)}))
    database.seal_row(connection, table, row)
    return row


def read_chained_row(
    row_type: Callable[..., _ChainedRow], row: Row[Any], /, **converters: Callable[[Any], object]
) -> _ChainedRow:
    """Convert a table row to its dataclass.

    Args:
        row_type: The dataclass.
        row: Row of its table.
        converters: Field → converter of the column's value; its ValueError and TypeError are passed on.
    """
    values = row._mapping  # noqa: SLF001 - documented API despite its name
    return row_type(**{name: converters[name](values[name]) if name in converters else values[name] for name in values})


def _column_value(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case tuple():
            return json.dumps(list(value))
        case Mapping():
            return json.dumps(dict(value), sort_keys=True, ensure_ascii=False, allow_nan=False)
        case _:
            return value
