"""Regression of Passing and Bablok for the comparison of two methods.

Passing H, Bablok W. J Clin Chem Clin Biochem 1983;21:709–720.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leukview.domain.binomial import Interval

MIN_POINTS = 10
"""Fewer pairs give no interval worth the name."""
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class PassingBablok:
    """Line y = intercept + slope · x.

    Attributes:
        slope_interval: 95 % interval; without 1 in it the methods differ proportionally.
        intercept_interval: 95 % interval; without 0 in it the methods differ by a constant.
    """

    slope: float
    slope_interval: Interval
    intercept: float
    intercept_interval: Interval


def passing_bablok(x: Sequence[float], y: Sequence[float]) -> PassingBablok | None:
    """Fit the line; None with fewer than `MIN_POINTS` pairs, or when it is not determined.

    The slope is the shifted median of the slopes between all pairs of points; pairs that coincide and slopes of −1 are
    left out (equations 3 to 6 of the paper).

    Args:
        x: Values of the reference method.
        y: Values of the other method, as many.

    Raises:
        ValueError: The lengths differ.
    """
    if len(x) != len(y):
        raise ValueError("as many values of each method are needed")
    n = len(x)
    if n < MIN_POINTS:
        return None
    xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
    first, second = np.triu_indices(n, 1)
    dx, dy = xs[second] - xs[first], ys[second] - ys[first]
    moved = (dx != 0) | (dy != 0)
    run, rise = dx[moved], dy[moved]
    slopes = np.where(run != 0, rise / np.where(run != 0, run, 1.0), np.inf)  # methods agree in direction
    slopes = np.sort(slopes[slopes != -1.0])
    count, shift = len(slopes), int((slopes < -1.0).sum())
    if count < MIN_POINTS:
        return None
    half_width = _Z_95 * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low_rank = round((count - half_width) / 2)
    high_rank = count - low_rank + 1
    if low_rank < 1 or high_rank + shift > count:
        return None
    if count % 2:
        slope = float(slopes[(count + 1) // 2 + shift - 1])
    elif count // 2 + shift + 1 > count:
        return None
    else:
        slope = _middle(float(slopes[count // 2 + shift - 1]), float(slopes[count // 2 + shift]))
    low, high = float(slopes[low_rank + shift - 1]), float(slopes[high_rank + shift - 1])
    if not all(map(math.isfinite, (slope, low, high))):
        return None
    intercepts = [float(np.median(ys - value * xs)) for value in (slope, high, low)]
    return PassingBablok(slope, Interval(low, high), intercepts[0], Interval(intercepts[1], intercepts[2]))


def _middle(one: float, other: float) -> float:
    """Geometric mean of two slopes of one sign, as in the paper; else their mean."""
    if one > 0 and other > 0 and math.isfinite(one) and math.isfinite(other):
        return math.sqrt(one * other)
    return (one + other) / 2
