"""Exact binomial intervals, as in Rümke's table."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of proportions, 0..1. It covers counting error only."""

    low: float
    high: float

    def straddles(self, threshold: float) -> bool:
        """The threshold lies strictly inside."""
        return self.low < threshold < self.high


@lru_cache(maxsize=64)
def _log_choose(k: int, n: int) -> NDArray[np.float64]:
    """Natural logarithms of the binomial coefficients n over 0, 1 … k."""
    up_to = np.arange(1, k + 1, dtype=np.float64)
    logs = np.concatenate(([0.0], np.cumsum(np.log((n - up_to + 1.0) / up_to))))
    logs.setflags(write=False)
    return logs


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X ~ Binomial(n, p)."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 0.0
    of = np.arange(k + 1, dtype=np.float64)
    logs = _log_choose(k, n) + of * math.log(p) + (n - of) * math.log1p(-p)
    return min(1.0, float(np.exp(logs).sum()))


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
