"""Evaluation metrics with bootstrap intervals over whole patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % bootstrap interval (NaN where the data do not allow one)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}–{self.high:.3f}]"


def confusion_matrix(truth: IntArray, predicted: IntArray, class_count: int) -> IntArray:
    """Compute the confusion matrix (choices×choices), rows truth, columns prediction."""
    table = np.zeros((class_count, class_count), np.int64)
    np.add.at(table, (truth, predicted), 1)
    return table


def accuracy(truth: IntArray, predicted: IntArray) -> float:
    """Fraction of correct predictions; NaN without cells."""
    return float((truth == predicted).mean()) if len(truth) else float("nan")


def f1_scores(matrix: IntArray) -> FloatArray:
    """F1 score of each choice of a confusion matrix.

    Returns:
        One value per choice; NaN for a choice that neither occurs nor is predicted.
    """
    hits = np.diag(matrix).astype(np.float64)
    total = matrix.sum(0) + matrix.sum(1)
    return np.asarray(np.divide(2 * hits, total, out=np.full(len(hits), np.nan), where=total > 0), np.float64)


def macro_f1(truth: IntArray, predicted: IntArray, class_count: int) -> float:
    """Mean F1 over the choices that occur in the truth; NaN without cells."""
    occurs = np.bincount(truth, minlength=class_count) > 0
    return (
        float(f1_scores(confusion_matrix(truth, predicted, class_count))[occurs].mean())
        if occurs.any()
        else float("nan")
    )


def auc(truth: IntArray, score: FloatArray) -> float:
    """Area under the ROC curve from ranks (Mann–Whitney, ties count half).

    Args:
        truth: 0 or 1 per row.
        score: One score per row.

    Returns:
        0..1; NaN when one class is absent.
    """
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    return float((ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def expected_calibration_error(truth: IntArray, probabilities: FloatArray, bins: int = 15) -> float:
    """Expected calibration error of the most probable choice (Guo et al., ICML 2017).

    Args:
        truth: Index of the right choice per row.
        probabilities: Probabilities, rows×choices.
        bins: Number of equal bins of confidence.

    Returns:
        0..1; NaN without cells.
    """
    return (
        calibration_error_of(probabilities.argmax(1) == truth, probabilities.max(1), bins)
        if len(truth)
        else float("nan")
    )


def reliability_bins(truth: IntArray, probabilities: FloatArray, bins: int = 15) -> list[tuple[float, float, int]]:
    """Compute the reliability diagram of the most probable choice.

    Returns:
        (mean confidence, fraction correct, number of cells) of each non-empty bin of `calibration_error`.
    """
    return _confidence_bins(probabilities.argmax(1) == truth, probabilities.max(1), bins) if len(truth) else []


def calibration_error_of(correct: NDArray[np.bool_], confidence: FloatArray, bins: int = 15) -> float:
    """Expected calibration error from correctness and confidence of predictions.

    Args:
        correct: Whether the most probable choice was correct, per row.
        confidence: Its probability, per row.
        bins: Number of equal bins of confidence.

    Returns:
        0..1; NaN without cells.
    """
    found = _confidence_bins(correct, confidence, bins)
    return sum(abs(hit - sure) * cells for sure, hit, cells in found) / len(correct) if found else float("nan")


def _confidence_bins(correct: NDArray[np.bool_], confidence: FloatArray, bins: int) -> list[tuple[float, float, int]]:
    index = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    return [
        (float(confidence[index == b].mean()), float(correct[index == b].mean()), int((index == b).sum()))
        for b in np.unique(index)
    ]


def group_means(score: FloatArray, groups: Sequence[str]) -> dict[str, float]:
    """Group → mean score of its rows, in the order of names."""
    names = np.asarray(groups)
    return {str(name): float(score[names == name].mean()) for name in np.unique(names)}


def _group_resamples(groups: Sequence[str], resamples: int, seed: int) -> Iterator[IntArray]:
    """Yield row indices of whole groups drawn with replacement, `resamples` times."""
    names, inverse = np.unique(np.asarray(groups), return_inverse=True)
    rows_of = np.split(np.argsort(inverse, kind="stable"), np.cumsum(np.bincount(inverse))[:-1])
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield np.concatenate([rows_of[i] for i in rng.integers(0, len(names), len(names))])


def _estimate(value: float, resampled: Sequence[float]) -> Estimate:
    finite = np.asarray(resampled)[np.isfinite(resampled)]
    low, high = np.quantile(finite, (0.025, 0.975)) if len(finite) > len(resampled) / 2 else (np.nan, np.nan)
    return Estimate(value, float(low), float(high))


def bootstrap(
    metric: Callable[[IntArray], float], groups: Sequence[str], resamples: int = 500, seed: int = 0
) -> Estimate:
    """Compute a metric with a 95 % interval over resampled groups.

    Args:
        metric: Computes the metric on the rows with the given indices.
        groups: Patient of each row; a cell without a patient is its own group.
        resamples: Number of resamples.
        seed: Of the random numbers.
    """
    return _estimate(
        metric(np.arange(len(groups))), [metric(rows) for rows in _group_resamples(groups, resamples, seed)]
    )


def paired_bootstrap(
    metric_a: Callable[[IntArray], float],
    metric_b: Callable[[IntArray], float],
    groups: Sequence[str],
    resamples: int = 500,
    seed: int = 0,
) -> tuple[Estimate, Estimate, Estimate]:
    """Compute two metrics on the same rows and their difference, with intervals.

    Args:
        metric_a: Computes the first metric on the rows with the given indices.
        metric_b: Computes the second metric likewise.
        groups: Patient of each row.
        resamples: Number of resamples; each is used for both metrics.
        seed: Of the random numbers.

    Returns:
        The first metric, the second one, and the difference second − first.
    """
    everything = np.arange(len(groups))
    pairs = np.asarray(
        [(metric_a(rows), metric_b(rows)) for rows in _group_resamples(groups, resamples, seed)]
    ).reshape(-1, 2)
    first, second = metric_a(everything), metric_b(everything)
    difference = _estimate(second - first, list(pairs[:, 1] - pairs[:, 0]))
    return _estimate(first, list(pairs[:, 0])), _estimate(second, list(pairs[:, 1])), difference
