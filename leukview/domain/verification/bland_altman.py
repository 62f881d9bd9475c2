"""Limits of agreement of Bland and Altman.

Bland JM, Altman DG. Lancet 1986;327:307–310.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leukview.domain.binomial import Interval

MIN_PAIRS = 3
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Differences y − x of two methods.

    Attributes:
        bias: Mean difference.
        bias_interval: 95 % interval of the bias (t distribution).
        lower: Lower limit of agreement, bias − 1.96 standard deviations.
        upper: Upper limit of agreement.
        limit_margin: Half width of the 95 % interval of either limit.
    """

    bias: float
    bias_interval: Interval
    lower: float
    upper: float
    limit_margin: float


def bland_altman(x: Sequence[float], y: Sequence[float]) -> BlandAltman | None:
    """Limits of agreement; None with fewer than three pairs.

    The intervals are those of the paper's section “How precise are the limits”: the standard error of the bias is
    s/√n, that of a limit √(3 s²/n).

    Args:
        x: Values of the reference method.
        y: Values of the other method, as many.

    Raises:
        ValueError: The lengths differ.
    """
    if len(x) != len(y):
        raise ValueError("as many values of each method are needed")
    n = len(x)
    if n < MIN_PAIRS:
        return None
    from scipy.special import stdtrit  # takes 0.1 s to import

    differences = np.asarray(y, np.float64) - np.asarray(x, np.float64)
    bias, deviation = float(differences.mean()), float(differences.std(ddof=1))
    t = float(stdtrit(n - 1, 0.975))
    margin = t * deviation / math.sqrt(n)
    spread = _Z_95 * deviation
    limit_margin = t * math.sqrt(3 / n) * deviation
    return BlandAltman(bias, Interval(bias - margin, bias + margin), bias - spread, bias + spread, limit_margin)
