"""Strict reading of TOML and JSON: exact types, no unknown keys, one readable reason on failure.

Each function raises `ValueError` for text that cannot be used. The caller names the file in its own message.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import cattrs
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn

from leukview.core.errors import LeukViewError
from leukview.core.strict_json import parse_strict_json

_T = TypeVar("_T")
_PRIMITIVE_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
_MAX_REASONS = 3  # further ones are rarely read


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ValueError: It is not TOML, is nested too deeply, or has a number too long to convert.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parse_json(text: str | bytes) -> Any:
    """Parse JSON; bytes must be UTF-8, with or without a byte order mark.

    Raises:
        ValueError: It is not JSON, is nested too deeply, or has a number too long to convert.
    """
    try:
        return parse_strict_json(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def structure(value: object, expected: type[_T]) -> _T:
    """Convert parsed TOML or JSON to a dataclass.

    Nothing is coerced: a number in quotes is no number, a text is no list, ``true`` is no number. Numbers must be
    finite. Values of `typing.Literal` must be listed. An unknown key is an error, and so is a missing one whose field
    has no default.

    Args:
        value: The parsed value.
        expected: A dataclass, whose fields are primitives, literals, optional values, tuples, mappings or dataclasses.

    Raises:
        ValueError: The value does not fit; the reasons name the keys.
        LeukViewError: A dataclass refuses its values; raised unchanged.
    """
    try:
        return _converter().structure(value, expected)
    except Exception as error:
        own = _expected_error(error)
        if own is not None:
            raise own from None
        if not isinstance(error, cattrs.BaseValidationError | TypeError | ValueError):
            raise
        raise ValueError("; ".join(_reasons(error)[:_MAX_REASONS])) from error


def _expected_error(error: BaseException) -> LeukViewError | None:
    """The first `LeukViewError` in a tree of exceptions."""
    if isinstance(error, LeukViewError):
        return error
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return next((found for e in inner if (found := _expected_error(e))), None)


def _reasons(error: BaseException) -> list[str]:
    if isinstance(error, cattrs.BaseValidationError):
        found = cattrs.transform_error(error, path="", format_exception=_describe)
        return [reason.replace(" @ .", " at ").replace(" @ ", " at ").removesuffix(" at ") for reason in found]
    return [_describe(error, None)]


def _describe(error: BaseException, _expected: object) -> str:
    match error:
        case KeyError():
            return f"the key '{error.args[0]}' is missing"
        case ForbiddenExtraKeysError():
            return "unknown: " + ", ".join(sorted(map(str, error.extra_fields)))
    return str(error)


@lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for primitive in _PRIMITIVE_NAMES:
        converter.register_structure_hook(primitive, _strict_primitive)
    converter.register_structure_hook_factory(_is_tuple, _strict_tuple_hook)
    converter.register_structure_hook_factory(_is_mapping, _strict_mapping_hook)
    converter.register_structure_hook_factory(_is_literal, _strict_literal_hook)
    converter.register_structure_hook_factory(is_dataclass, _strict_dataclass_hook)
    converter.register_structure_hook_func(lambda kind: kind is Any, lambda value, _kind: value)
    return converter


def _strict_primitive(value: object, kind: type[_T]) -> _T:
    if kind is float and type(value) is int:
        value = _as_float(value)
    if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
        raise TypeError(f"not {_PRIMITIVE_NAMES[kind]}")
    return value


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError("the number is too large") from None


def _strict_literal_hook(kind: Any, _converter: cattrs.BaseConverter) -> Callable[[object, Any], object]:
    choices = get_args(kind)

    def hook(value: object, _kind: Any) -> object:
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            raise ValueError(f"“{value}” is not one of {', '.join(map(str, choices))}")
        return value

    return hook


def _strict_dataclass_hook(kind: Any, converter: cattrs.BaseConverter) -> Callable[[object, Any], object]:
    from_table = make_dict_structure_fn(kind, converter)

    def hook(value: object, expected: Any) -> object:
        if not isinstance(value, Mapping):
            raise TypeError("not a table of keys and values")
        return from_table(value, expected)

    return hook


def _strict_tuple_hook(kind: Any, converter: cattrs.BaseConverter) -> Callable[[object, Any], object]:
    items = get_args(kind)
    is_open = items[-1] is Ellipsis

    def hook(value: object, _kind: Any) -> object:
        if not isinstance(value, list | tuple):
            raise TypeError("not a list")
        if not is_open and len(value) != len(items):
            raise ValueError(f"{len(value)} entries instead of {len(items)}")
        kinds = (items[0],) * len(value) if is_open else items
        pairs = enumerate(zip(value, kinds, strict=True), 1)
        return tuple(_structure_item(converter, v, k, f"entry {number}") for number, (v, k) in pairs)

    return hook


def _is_tuple(kind: Any) -> bool:
    origin: object = get_origin(kind)
    return origin is tuple


def _is_literal(kind: Any) -> bool:
    origin: object = get_origin(kind)
    return origin is Literal


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _strict_mapping_hook(kind: Any, converter: cattrs.BaseConverter) -> Callable[[object, Any], object]:
    _, inner = get_args(kind)

    def hook(value: object, _kind: Any) -> object:
        if not isinstance(value, Mapping):
            raise TypeError("not a table of keys and values")
        return {str(key): _structure_item(converter, v, inner, str(key)) for key, v in value.items()}

    return hook


def _structure_item(converter: cattrs.BaseConverter, value: object, kind: Any, name: str) -> object:
    """Structure an element; a reason that has no key of its own gets `name`."""
    try:
        return converter.structure(value, kind)
    except (cattrs.BaseValidationError, TypeError, ValueError) as error:
        own = _expected_error(error)
        raise own or ValueError(f"{'; '.join(_reasons(error)[:_MAX_REASONS])} ({name})") from error
