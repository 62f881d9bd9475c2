"""Exact binomial intervals, as in Rümke's table."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of proportions, 0..1. It covers counting error only."""

    low: float
    high: float

    def straddles(self, threshold: float) -> bool:
        """The threshold lies strictly inside."""
        return self.low < threshold < self.high


def _log_pmf(k: int, n: int, p: float) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X ~ Binomial(n, p)."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 0.0
    return min(1.0, math.fsum(math.exp(_log_pmf(i, n, p)) for i in range(k + 1)))


@lru_cache(maxsize=4096)
def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval:
    """Exact (Clopper–Pearson 1934) interval of a proportion.

    Args:
        k: Successes, 0 ≤ k ≤ n.
        n: Trials; 0 gives the whole range.
        level: Confidence, 0 < level < 1.

    Raises:
        ValueError: An argument is out of range.
    """
    if not 0 <= k <= n or not 0.0 < level < 1.0:
        raise ValueError(f"No interval for {k} of {n} at level {level}.")
    if n == 0:
        return Interval(0.0, 1.0)
    tail = (1.0 - level) / 2.0
    low = 0.0 if k == 0 else _solve(lambda p: 1.0 - binomial_cdf(k - 1, n, p) - tail)
    high = 1.0 if k == n else _solve(lambda p: tail - binomial_cdf(k, n, p))
    return Interval(low, high)


def _solve(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(50):  # 2⁻⁵⁰: far below what is printed
        middle = (low + high) / 2.0
        low, high = (low, middle) if rising(middle) > 0.0 else (middle, high)
    return (low + high) / 2.0
