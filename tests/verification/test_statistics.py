"""Statistics of method comparison, against published values and against what must hold for any data."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.verification.bland_altman import bland_altman
from leukview.domain.verification.comparison import CountedFilm, compare_class, detect_blasts
from leukview.domain.verification.counting_error import differ_beyond_counting_error
from leukview.domain.verification.passing_bablok import passing_bablok

# Peak expiratory flow by two meters: Bland and Altman, Lancet 1986;327:307, table, first measurements (l/min).
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI_WRIGHT = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

VALUES = st.floats(0, 100, allow_nan=False).map(lambda v: round(v, 3))


def test_that_the_limits_of_the_paper_are_found():
    found = bland_altman(MINI_WRIGHT, WRIGHT)  # the paper subtracts mini from Wright
    assert found is not None
    assert found.bias == pytest.approx(-2.1, abs=0.05)
    deviation = (found.upper - found.bias) / 1.959963984540054
    assert deviation == pytest.approx(38.8, abs=0.05)
    assert (found.bias_interval.low, found.bias_interval.high) == pytest.approx((-22.0, 17.8), abs=0.1)


def test_that_an_exact_line_is_found():
    x = [float(v) for v in range(20)]
    line = passing_bablok(x, [2 * v + 3 for v in x])
    assert line is not None
    assert (line.slope, line.intercept) == pytest.approx((2, 3))
    assert (line.slope_interval.low, line.slope_interval.high) == pytest.approx((2, 2))


@given(st.lists(st.tuples(VALUES, VALUES), min_size=12, max_size=30))
def test_that_the_line_is_the_median_of_the_slopes_in_any_order(points: list[tuple[float, float]]):
    x, y = [p[0] for p in points], [p[1] for p in points]
    line, again = passing_bablok(x, y), passing_bablok(x[::-1], y[::-1])
    assert line == again
    if line is None:
        return
    assert line.slope_interval.low <= line.slope <= line.slope_interval.high
    residuals = sorted(b - line.slope * a - line.intercept for a, b in points)
    assert residuals[(len(points) - 1) // 2] <= 1e-6
    assert residuals[len(points) // 2] >= -1e-6


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 2))
def test_that_exchanging_the_methods_turns_the_line_over(seed: int, slope: float):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 100, 25)
    y = slope * x + rng.normal(0, 1, 25)
    one, other = passing_bablok(list(x), list(y)), passing_bablok(list(y), list(x))
    assert one is not None
    assert other is not None
    assert one.slope * other.slope == pytest.approx(1, rel=0.02)


def test_that_one_gross_error_does_not_move_the_line():
    x = [float(v) for v in range(1, 21)]
    y = list(x)
    y[3] = 500.0
    line = passing_bablok(x, y)
    assert line is not None
    assert line.slope == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_that_few_or_equal_films_give_no_line(count: int):
    assert passing_bablok([1.0] * count, [1.0] * count) is None
    assert passing_bablok([0.0] * 30, [0.0] * 30) is None
    assert bland_altman([1.0, 2.0], [1.0, 2.0]) is None


def test_that_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng, hits = np.random.default_rng(7), 0
    for _ in range(400):
        truth = rng.uniform(5, 60, 40)
        line = passing_bablok(list(truth + rng.normal(0, 2, 40)), list(truth + rng.normal(0, 2, 40)))
        assert line is not None
        hits += line.slope_interval.low <= 1 <= line.slope_interval.high
    assert 0.91 <= hits / 400 <= 0.99


@pytest.mark.parametrize(
    ("k1", "k2", "differs"),
    [(10, 10, False), (0, 5, False), (0, 6, True), (5, 12, False), (50, 64, False), (50, 65, True)],
)
def test_that_two_counts_of_100_differ_from_fishers_limits_on(k1: int, k2: int, differs: bool):
    assert differ_beyond_counting_error(k1, 100, k2, 100) is differs


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), st.integers(1, 60))
def test_that_the_test_is_the_sum_of_the_rarer_tables(k1: int, k2: int, n1: int, n2: int):
    k1, k2 = min(k1, n1), min(k2, n2)
    together, total = k1 + k2, n1 + n2

    def chance(k: int) -> float:
        return math.comb(n1, k) * math.comb(n2, together - k) / math.comb(total, together)

    possible = range(max(0, together - n2), min(n1, together) + 1)
    p = sum(chance(k) for k in possible if chance(k) <= chance(k1) * (1 + 1e-9))
    if abs(p - 0.05) > 1e-9:
        assert differ_beyond_counting_error(k1, n1, k2, n2) is (p < 0.05)


def test_that_films_of_one_truth_lie_within_counting_error_as_often_as_expected():
    rng = np.random.default_rng(3)
    films = [[CountedFilm(200, {"blast": int(rng.binomial(200, 0.1))}) for _ in range(500)] for _ in range(2)]
    found = compare_class("blast", *films, is_leukocyte=True)
    assert found.within_error / 500 >= 0.94


def test_that_blasts_are_counted_from_each_limit_on():
    microscope = [CountedFilm(200, {"blast": n}) for n in (0, 1, 2, 10, 40)]
    own = [CountedFilm(100, {"blast": n}) for n in (1, 0, 0, 6, 25)]
    found = detect_blasts(1.0, ["blast"], microscope, own)
    assert (found.positive, found.found, found.negative, found.clear) == (3, 2, 2, 1)
    assert found.sensitivity_interval.low == pytest.approx(0.0943, abs=1e-4)  # Clopper-Pearson of 2 of 3
