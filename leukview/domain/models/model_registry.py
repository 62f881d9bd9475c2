"""Entries of the model registry and the model in use that follows from them.

The registry is an append-only, hash-chained list of installations and rollbacks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class RegistryChange(StrEnum):
    """Kind of a registry entry."""

    INSTALL = "install"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One entry of the registry.

    Attributes:
        seq: Position, from 1, without gaps.
        change: Installation or rollback.
        bundle: SHA-256 of the bundle in use from then on; "" = the one that ships with the program.
        name: Its name.
        before: SHA-256 of the bundle in use until then; "" = the shipped one.
        signer: Printed name of the person who signed.
        meaning: Of the signature.
        reason: The signer's free text.
        comparison: Content of the signed comparison's file; "" for a rollback.
        at: UTC, ISO 8601 with microseconds.
        previous: Hash of the previous entry (64 zeros for the first).
        hash: SHA-256 over all other fields, see `leukview.domain.review.hash_chain`.
    """

    seq: int
    change: RegistryChange
    bundle: str
    name: str
    before: str
    signer: str
    meaning: str
    reason: str
    comparison: str
    at: str
    previous: str
    hash: str

    @property
    def comparison_sha256(self) -> str:
        """SHA-256 of the comparison's file; "" without one."""
        return hashlib.sha256(self.comparison.encode()).hexdigest() if self.comparison else ""


def champion_stack(entries: Iterable[RegistryEntry]) -> tuple[str, ...]:
    """Compute the stack of installed bundles that rollbacks can reach.

    Returns:
        SHA-256 of each bundle, the one in use last; empty when the shipped one is in use.
    """
    stack: list[str] = []
    for entry in entries:
        if entry.change is RegistryChange.INSTALL:
            stack.append(entry.bundle)
        elif stack:
            stack.pop()
    return tuple(stack)
