"""Whether two counts of a class differ by more than counting error.

Rümke CL. The imperfect haematologist. In: Koepke JA (ed). Differential leukocyte counting. CAP 1977:39–45. His limits
are those of two independent counts; the exact test behind them is Fisher's.
"""

from __future__ import annotations

from functools import lru_cache

LEVEL = 0.05


@lru_cache(maxsize=65536)
def differ_beyond_counting_error(k1: int, n1: int, k2: int, n2: int) -> bool:
    """Whether two counts of one film would differ as much in fewer than 5 of 100 repetitions (Fisher, two-sided).

    Args:
        k1: Cells of the class in the first count.
        n1: Cells of the first count.
        k2: Cells of the class in the second count.
        n2: Cells of the second count.

    Raises:
        ValueError: A number of cells is smaller than that of the class, or negative.
    """
    if not 0 <= k1 <= n1 or not 0 <= k2 <= n2:
        raise ValueError(f"No test for {k1} of {n1} and {k2} of {n2}.")
    if not n1 or not n2:
        return False
    from scipy.stats import fisher_exact  # takes 0.5 s to import

    _, p = fisher_exact([[k1, n1 - k1], [k2, n2 - k2]])
    return bool(p < LEVEL)
