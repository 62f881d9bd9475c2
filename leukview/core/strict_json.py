"""Strict reading of JSON that another program wrote."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse_strict_json(data: str | bytes) -> Any:
    """Parse JSON as RFC 8259 defines it, and reject what cannot be stored or hashed.

    Rejected are NaN and infinities, numbers that are too large to be finite, keys that occur twice in an object, lone
    surrogates and the character U+0000, which no UTF-8 text or database column holds.

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
        ValueError: It holds a number that is not finite, a lone surrogate or U+0000.
        RecursionError: It is nested too deeply.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")
    if "\\u0000" in text and _holds_nul(value):
        raise ValueError("a text holds the character U+0000")


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in str(key) or _holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(map(_holds_nul, value))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found
