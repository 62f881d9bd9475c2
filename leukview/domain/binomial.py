"""Exact binomial intervals, as in Rümke's table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval.

    As the interval of a proportion (0..1) it covers counting error only.
    """

    low: float
    high: float

    def straddles(self, threshold: float) -> bool:
        """Whether the threshold is strictly inside."""
        return self.low < threshold < self.high


@lru_cache(maxsize=4096)
def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval:
    """Compute the exact (Clopper–Pearson 1934) interval of a proportion.

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
    from scipy.special import betaincinv  # imported here because it takes 0.1 s, which would delay the start

    tail = (1.0 - level) / 2.0
    low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1.0 - tail)) if k < n else 1.0
    return Interval(low, high)
