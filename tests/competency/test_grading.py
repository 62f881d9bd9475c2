"""Grading of answers, and the choice of cells of a set."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.competency.grading import Answer, Grade, choose_cells, grade, grade_round
from leukview.domain.taxonomy import Taxonomy


@pytest.mark.parametrize(
    ("key", "label", "expected"),
    [
        ("lymphocyte", "lymphocyte", Grade.CORRECT),
        ("segmented_neutrophil", "neutrophil", Grade.ACCEPTABLE),  # coarser
        ("neutrophil", "band_neutrophil", Grade.ACCEPTABLE),  # finer
        ("lymphocyte", "monocyte", Grade.WRONG),
        ("blast", "lymphocyte", Grade.CRITICAL),
        ("lymphocyte", "blast", Grade.CRITICAL),
        ("abnormal_promyelocyte", "promyelocyte", Grade.CRITICAL),  # a blast equivalent
    ],
)
def test_that_an_answer_is_graded(taxonomy: Taxonomy, key: str, label: str, expected: Grade):
    assert grade(taxonomy, key, label) is expected


def test_that_a_round_is_passed_with_enough_correct_answers_and_no_critical_one(taxonomy: Taxonomy):
    def result(pairs: list[tuple[str, str]]):
        return grade_round(taxonomy, [Answer(str(n), *pair) for n, pair in enumerate(pairs)])

    right, wrong, critical = ("lymphocyte",) * 2, ("lymphocyte", "monocyte"), ("blast", "lymphocyte")
    assert result([right] * 8 + [wrong] * 2).is_passed
    assert not result([right] * 7 + [wrong] * 3).is_passed
    assert not result([right] * 9 + [critical]).is_passed
    assert not result([]).is_passed
    found = result([right] * 8 + [wrong] * 2)
    assert (found.answered, found.correct, found.critical) == (10, 8, 0)
    assert found.interval.low == pytest.approx(0.4439, abs=1e-4)  # Clopper-Pearson of 8 of 10


KEYS = st.dictionaries(st.text("abcdef", min_size=1, max_size=6), st.sampled_from("XYZ"), max_size=60)


@given(KEYS, st.integers(1, 40))
def test_that_cells_are_chosen_evenly_over_the_classes(keys: dict[str, str], count: int):
    chosen = choose_cells(keys, count, "seed")
    assert chosen == choose_cells(dict(reversed(keys.items())), count, "seed")
    assert len(set(chosen)) == len(chosen) == min(count, len(keys))
    taken, there = Counter(keys[cell] for cell in chosen), Counter(keys.values())
    short = [key for key in there if taken[key] < there[key]]
    assert all(taken[key] >= max(taken.values()) - 1 for key in short)
