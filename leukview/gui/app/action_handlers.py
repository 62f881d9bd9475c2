"""Declares the handlers of actions where they are defined."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

_Handler = TypeVar("_Handler", bound=Callable[..., object])
_DECLARED = "_handled_actions"


def handles(key: str, *arguments: object) -> Callable[[_Handler], _Handler]:
    """Declare a method as the handler of an action; may be repeated for several actions.

    Args:
        key: Key of the action in the action table. A checkable action passes its state to the handler.
        arguments: Arguments that the action passes before its state.
    """

    def declare(handler: _Handler) -> _Handler:
        declared: dict[str, tuple[object, ...]] = getattr(handler, _DECLARED, {})
        setattr(handler, _DECLARED, {**declared, key: arguments})
        return handler

    return declare


def declared_handlers(*owners: object) -> dict[str, Callable[..., object]]:
    """Collect the handlers that the methods of some objects declare.

    Returns:
        Bound methods by action key.

    Raises:
        ValueError: Two methods handle the same action.
    """
    found: dict[str, Callable[..., object]] = {}
    for owner in owners:
        for name, function in _functions_of(type(owner)).items():
            for key, arguments in getattr(function, _DECLARED, {}).items():
                if key in found:
                    raise ValueError(f"Two methods handle the action {key}.")
                method = getattr(owner, name)
                found[key] = partial(method, *arguments) if arguments else method
    return found


def _functions_of(owner: type) -> dict[str, object]:
    """Attributes of a class and its bases by name, without triggering descriptors of Qt."""
    return {name: value for base in reversed(owner.__mro__) for name, value in vars(base).items()}
