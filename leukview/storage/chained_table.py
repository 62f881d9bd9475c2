"""Hash-chained rows in tables whose columns are the fields of a dataclass; see `leukview.domain.review.hash_chain`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, insert, select

from leukview.domain.review.hash_chain import ChainedRow, next_position, with_hash

_ChainedRow = TypeVar("_ChainedRow", bound=ChainedRow)


def append_chained_row(
    connection: Connection, table: Table, make_row: Callable[[int, str], _ChainedRow]
) -> _ChainedRow:
    """Append a row, inside the transaction that holds the write lock: two programs cannot fork the chain.

    Args:
        connection: Of that transaction.
        table: Its columns bear the names of the row's fields.
        make_row: Gives the row for its number and the hash of the row before; its own hash is computed here.
    """
    last = connection.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
    row = with_hash(make_row(*next_position(last)))
    connection.execute(insert(table).values({f.name: _column_value(getattr(row, f.name)) for f in fields(row)}))
    return row


def read_chained_row(
    row_type: Callable[..., _ChainedRow], row: Row[Any], /, **converters: Callable[[Any], object]
) -> _ChainedRow:
    """A row as the dataclass it was.

    Args:
        row_type: The dataclass.
        row: Of its table.
        converters: Field → what makes its value of the column's; ValueError and TypeError are passed on.
    """
    values = row._mapping  # noqa: SLF001 - public in spite of its name
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
