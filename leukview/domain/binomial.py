"""Exact binomial intervals, as in Rümke's table."""

from __future__ import annotations

import math
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
    return Interval(_solve(k, n, tail) if k else 0.0, _solve(k + 1, n, 1.0 - tail) if k < n else 1.0)


def _solve(k: int, n: int, goal: float) -> float:
    """The p at which P(X ≥ k) reaches `goal`, X ~ Binomial(n, p), 1 ≤ k ≤ n.

    Newton's steps, for the slope is known (that of the Beta distribution, k/p · P(X = k)); a step out of the bracket
    is replaced by its middle.
    """
    low, high, p = 0.0, 1.0, (k - 0.5) / n
    log_choose = float(_log_choose(k, n)[k])
    for _ in range(60):
        surplus = 1.0 - binomial_cdf(k - 1, n, p) - goal
        low, high = (low, p) if surplus > 0.0 else (p, high)
        log_slope = log_choose + math.log(k) + (k - 1) * math.log(p) + (n - k) * math.log1p(-p)
        step = surplus * math.exp(-log_slope) if log_slope > -600.0 else math.inf
        last, p = p, p - step
        if not low < p < high:
            p = (low + high) / 2.0
        if abs(p - last) < 1e-15:
            break
    return p
