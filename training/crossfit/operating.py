"""Limits of a film's finding, from scores of patients whom the network never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.domain.findings import FindingKey, FindingLimits, PatientRates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOUND = 0.95
"""Part of the patients with the disease that the grey limit must find."""
FALSE = 0.05
"""Part of the patients without it for whom the upper limit may be wrong."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower ends of the zones of a score; both inclusive, `grey` ≤ `suspicious`."""

    grey: float
    suspicious: float


def choose_limits(scores: Floats, ill: NDArray[np.bool_], found: float = FOUND, false: float = FALSE) -> Limits:
    """The highest limit that finds enough patients, and the lowest that is wrong for few.

    Limits lie halfway to the next score, where there is one, so that neither hangs on the last digit of a patient's.
    Where the disease stands out so well that the first lies above the second, both are the second: a patient of whom
    nothing more is to be feared than a false alarm in twenty is suspicious.

    Args:
        scores: N, higher = more suspicious, finite.
        ill: N.
        found: Sensitivity of the grey limit, at least.
        false: Rate of false alarms of the upper limit, at most.

    Raises:
        LeukViewError: There are no patients of one kind, or a score is no number.
    """
    if not ill.any() or ill.all() or not np.isfinite(scores).all():
        raise LeukViewError("Limits need patients with and without the disease, each with a score.")
    cases = np.sort(scores[ill])
    missed = int(np.floor((1 - found) * len(cases) + 1e-9))
    grey = _below(float(cases[missed]), scores)
    controls = np.sort(scores[~ill])[::-1]
    allowed = int(np.floor(false * len(controls) + 1e-9))
    suspicious = _above(float(controls[allowed]), scores) if allowed < len(controls) else float(scores.min())
    return Limits(min(grey, suspicious), suspicious)


def _below(score: float, scores: Floats) -> float:
    lower = scores[scores < score]
    return (score + float(lower.max())) / 2 if len(lower) else score


def _above(score: float, scores: Floats) -> float:
    higher = scores[scores > score]
    return (score + float(higher.min())) / 2 if len(higher) else float(np.nextafter(score, np.inf))


def rates_at(scores: Floats, ill: NDArray[np.bool_], limit: float | Floats) -> PatientRates:
    """Count patients at or above a limit, which may be one for each."""
    rung = scores >= limit
    return PatientRates(int((rung & ill).sum()), int(ill.sum()), int((rung & ~ill).sum()), int((~ill).sum()))


def honest_rates(scores: Floats, ill: NDArray[np.bool_], folds: Ints) -> tuple[PatientRates, PatientRates]:
    """Rates at the grey and the upper limit, each patient judged by limits chosen without the patients of his fold."""
    grey, suspicious = np.empty(len(scores)), np.empty(len(scores))
    for fold in np.unique(folds):
        own = folds == fold
        limits = choose_limits(scores[~own], ill[~own])
        grey[own], suspicious[own] = limits.grey, limits.suspicious
    return rates_at(scores, ill, grey), rates_at(scores, ill, suspicious)


def finding_limits(key: FindingKey, scores: Floats, ill: NDArray[np.bool_], folds: Ints) -> FindingLimits:
    """Limits chosen on all patients, with the rates of limits chosen without each patient's fold.

    Raises:
        LeukViewError: A fold leaves patients of one kind only.
    """
    limits = choose_limits(scores, ill)
    grey, suspicious = honest_rates(scores, ill, folds)
    return FindingLimits(key, limits.grey, limits.suspicious, grey, suspicious)
