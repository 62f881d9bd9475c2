"""Figures of an evaluation; intervals resample patients, never cells of one patient apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % bootstrap interval (NaN where the data do not allow one)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}–{self.high:.3f}]"


def confusion(truth: Ints, guess: Ints, choices: int) -> Ints:
    """Counts, rows the truth, columns the guess."""
    table = np.zeros((choices, choices), np.int64)
    np.add.at(table, (truth, guess), 1)
    return table


def accuracy(truth: Ints, guess: Ints) -> float:
    """Part of guesses that are right; NaN without cells."""
    return float((truth == guess).mean()) if len(truth) else float("nan")


def f1_scores(table: Ints) -> Floats:
    """F1 of each choice; NaN for one that neither occurs nor is guessed."""
    hits = np.diag(table).astype(np.float64)
    total = table.sum(0) + table.sum(1)
    return np.asarray(np.divide(2 * hits, total, out=np.full(len(hits), np.nan), where=total > 0), np.float64)


def macro_f1(truth: Ints, guess: Ints, choices: int) -> float:
    """Mean F1 over the choices that occur in the truth; NaN without cells."""
    occurs = np.bincount(truth, minlength=choices) > 0
    return float(f1_scores(confusion(truth, guess, choices))[occurs].mean()) if occurs.any() else float("nan")


def auc(truth: Ints, score: Floats) -> float:
    """Area under the ROC curve by ranks (Mann–Whitney, ties count half); NaN when one class is absent."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    return float((ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_error(truth: Ints, p: Floats, bins: int = 15) -> float:
    """Expected calibration error of the best choice over equal bins of confidence (Guo et al., ICML 2017)."""
    return confidence_gap(p.argmax(1) == truth, p.max(1), bins) if len(truth) else float("nan")


def reliability(truth: Ints, p: Floats, bins: int = 15) -> list[tuple[float, float, int]]:
    """(mean confidence, part right, cells) of each bin of `calibration_error` that holds a cell."""
    return _binned(p.argmax(1) == truth, p.max(1), bins) if len(truth) else []


def confidence_gap(right: NDArray[np.bool_], confidence: Floats, bins: int = 15) -> float:
    """The same error from whether each best choice was right and how sure of it the model was; NaN without cells."""
    found = _binned(right, confidence, bins)
    return sum(abs(hit - sure) * cells for sure, hit, cells in found) / len(right) if found else float("nan")


def _binned(right: NDArray[np.bool_], confidence: Floats, bins: int) -> list[tuple[float, float, int]]:
    index = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    return [
        (float(confidence[index == b].mean()), float(right[index == b].mean()), int((index == b).sum()))
        for b in np.unique(index)
    ]


def group_means(score: Floats, groups: Sequence[str]) -> dict[str, float]:
    """Mean score of each group, in order of names."""
    names = np.asarray(groups)
    return {str(name): float(score[names == name].mean()) for name in np.unique(names)}


def _resamples(groups: Sequence[str], draws: int, seed: int) -> Iterator[Ints]:
    """Rows of whole groups drawn with replacement, `draws` times."""
    names, inverse = np.unique(np.asarray(groups), return_inverse=True)
    rows_of = np.split(np.argsort(inverse, kind="stable"), np.cumsum(np.bincount(inverse))[:-1])
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        yield np.concatenate([rows_of[i] for i in rng.integers(0, len(names), len(names))])


def _figure(value: float, found: Sequence[float]) -> Figure:
    finite = np.asarray(found)[np.isfinite(found)]
    low, high = np.quantile(finite, (0.025, 0.975)) if len(finite) > len(found) / 2 else (np.nan, np.nan)
    return Figure(value, float(low), float(high))


def bootstrap(value: Callable[[Ints], float], groups: Sequence[str], draws: int = 500, seed: int = 0) -> Figure:
    """A figure of some rows, with an interval over resampled groups.

    Args:
        value: Of row indices.
        groups: Each row's patient; a cell without a patient is its own group.
        draws: Resamples.
        seed: Of the draws.
    """
    return _figure(value(np.arange(len(groups))), [value(rows) for rows in _resamples(groups, draws, seed)])


def paired_bootstrap(
    one: Callable[[Ints], float],
    other: Callable[[Ints], float],
    groups: Sequence[str],
    draws: int = 500,
    seed: int = 0,
) -> tuple[Figure, Figure, Figure]:
    """Two figures of the same rows and their difference, other − one, each resample taken for both.

    Args:
        one: Of row indices.
        other: Of row indices.
        groups: Each row's patient.
        draws: Resamples.
        seed: Of the draws.
    """
    everything = np.arange(len(groups))
    pairs = np.asarray([(one(rows), other(rows)) for rows in _resamples(groups, draws, seed)]).reshape(-1, 2)
    first, second = one(everything), other(everything)
    difference = _figure(second - first, list(pairs[:, 1] - pairs[:, 0]))
    return _figure(first, list(pairs[:, 0])), _figure(second, list(pairs[:, 1])), difference
