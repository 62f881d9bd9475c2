"""Grading of a person's answers on a set of cells with a key."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.taxonomy import UNIDENTIFIED, CellClass, Taxonomy

PASS_SHARE = 0.8
"""Share of correct answers from which a round is passed, as in the cell identification of CAP surveys."""


_DISEASE_GROUP = "diseases"


class Grade(StrEnum):
    """Grade of one answer."""

    CORRECT = "correct"
    ACCEPTABLE = "acceptable"  # coarser or finer than the key, and no contradiction; counts as correct
    WRONG = "wrong"
    CRITICAL = "critical"  # a blast or equivalent taken for something else, or the reverse


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to one cell.

    Attributes:
        key: Class of the signed slide.
        label: Class that the person gave.
        at: UTC, ISO 8601.
    """

    cell_id: str
    key: str
    label: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Answers to the cells of one class."""

    key: str
    cells: int
    correct: int

    @property
    def interval(self) -> Interval:
        """Exact 95 % interval of the share of correct answers."""
        return clopper_pearson(self.correct, self.cells)


@dataclass(frozen=True, slots=True)
class RoundResult:
    """Result of one round of one person.

    Attributes:
        answered: Answered cells.
        correct: Of these, correct or acceptable.
        critical: Of these, critical.
        classes: By class of the key, in taxonomy order.
    """

    answered: int
    correct: int
    critical: int
    classes: tuple[ClassScore, ...]

    @property
    def share(self) -> float:
        """Share of correct answers, 0..1; 0 without answers."""
        return self.correct / self.answered if self.answered else 0.0

    @property
    def interval(self) -> Interval:
        """Exact 95 % interval of the share."""
        return clopper_pearson(self.correct, self.answered)

    @property
    def is_passed(self) -> bool:
        """Whether the round is passed: enough correct answers, and none critical."""
        return bool(self.answered) and self.share >= PASS_SHARE and not self.critical


def is_asked(cell_class: CellClass) -> bool:
    """Whether a cell of this class is asked: a diagnosis is none of a single cell."""
    return cell_class.group != _DISEASE_GROUP and not cell_class.retired and cell_class.key != UNIDENTIFIED


def grade(taxonomy: Taxonomy, key: str, label: str) -> Grade:
    """Grade one answer."""
    if key == label:
        return Grade.CORRECT
    if _is_blast_or_equivalent(taxonomy, key) is not _is_blast_or_equivalent(taxonomy, label):
        return Grade.CRITICAL
    return Grade.ACCEPTABLE if taxonomy.is_compatible(key, label) else Grade.WRONG


def grade_round(taxonomy: Taxonomy, answers: Iterable[Answer]) -> RoundResult:
    """Grade the answers of one round."""
    cells: dict[str, int] = {}
    correct: dict[str, int] = {}
    critical = 0
    for answer in answers:
        found = grade(taxonomy, answer.key, answer.label)
        cells[answer.key] = cells.get(answer.key, 0) + 1
        correct[answer.key] = correct.get(answer.key, 0) + (found in {Grade.CORRECT, Grade.ACCEPTABLE})
        critical += found is Grade.CRITICAL
    ordered = sorted(cells, key=taxonomy.position)
    scores = tuple(ClassScore(key, cells[key], correct[key]) for key in ordered)
    return RoundResult(sum(cells.values()), sum(correct.values()), critical, scores)


def choose_cells(keys: Mapping[str, str], count: int, seed: str) -> tuple[str, ...]:
    """Choose cells evenly over the classes, so that rare classes are asked for as well.

    Args:
        keys: Cell → class.
        count: Number of cells wanted; fewer when there are not as many.
        seed: Makes the choice repeatable.
    """
    dice = random.Random(seed)
    by_class: dict[str, list[str]] = {}
    for cell, key in sorted(keys.items()):
        by_class.setdefault(key, []).append(cell)
    for cells in by_class.values():
        dice.shuffle(cells)
    chosen: list[str] = []
    while len(chosen) < count and any(by_class.values()):
        for key in sorted(by_class):
            if by_class[key] and len(chosen) < count:
                chosen.append(by_class[key].pop())
    return tuple(chosen)


def _is_blast_or_equivalent(taxonomy: Taxonomy, key: str) -> bool:
    found = taxonomy.cell_class(key)
    return found.is_blast or found.is_blast_equivalent
