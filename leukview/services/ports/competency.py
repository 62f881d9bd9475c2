"""Port of the store of competency sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CompetencySet:
    """A set of cells with a key.

    Attributes:
        number: Identifies it.
        made_at: UTC, ISO 8601.
        cell_count: Cells that are still there.
    """

    number: int
    name: str
    made_by: str
    made_at: str
    cell_count: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer of a person.

    Attributes:
        set_number: The set.
        round_number: 1 for the person's first time through the set.
        key: Class of the key.
        at: UTC, ISO 8601.
    """

    set_number: int
    person: str
    round_number: int
    cell_id: str
    key: str
    label: str
    at: str


class CompetencyStore(Protocol):
    """Sets and answers. All methods are safe to call from any thread and raise `StoreError`."""

    def add_set(self, name: str, made_by: str, keys: Mapping[str, str]) -> CompetencySet:
        """Store a set (cell → class)."""

    def sets(self) -> tuple[CompetencySet, ...]:
        """All sets, the newest first."""

    def keys(self, set_number: int) -> Mapping[str, str]:
        """Cell → class of a set, without cells that were erased."""

    def add_answer(self, set_number: int, person: str, round_number: int, cell_id: str, label: str) -> None:
        """Store an answer; a second one to the same cell in the same round changes nothing."""

    def answers(self, set_number: int | None = None, person: str = "") -> tuple[StoredAnswer, ...]:
        """Answers in the order in which they were given; None and "" = of all sets and persons."""
