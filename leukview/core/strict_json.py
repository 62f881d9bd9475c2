"""Strict reading of JSON that another program wrote."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse_strict_json(data: str | bytes) -> Any:
    """Parse JSON as RFC 8259 defines it, and reject what cannot be stored or hashed.

    Rejected are NaN and infinities, numbers that are too large to be finite, keys that occur twice in an object, and
    lone surrogates, which no UTF-8 text holds.

    Args:
        data: Text, or bytes in UTF-8 (a byte order mark is ignored).

    Raises:
        ValueError: It is not such JSON.
        RecursionError: It is nested too deeply.
    """
    text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    body = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    check_storable(body)
    return body


def check_storable(value: object) -> None:
    """Check that a JSON value can be written as UTF-8 and read back the same.

    Raises:
        ValueError: It holds a number that is not finite or a lone surrogate.
        RecursionError: It is nested too deeply.
    """
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found
