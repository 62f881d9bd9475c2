"""Metrics for calibration, and those of `leukview.domain.models.metrics`."""

from __future__ import annotations

import numpy as np

from leukview.domain.models.metrics import (
    Estimate,
    FloatArray,
    IntArray,
    accuracy,
    auc,
    bootstrap,
    confusion_matrix,
    expected_calibration_error,
    f1_scores,
    group_means,
    macro_f1,
    reliability_bins,
)

__all__ = [
    "Estimate",
    "FloatArray",
    "IntArray",
    "accuracy",
    "auc",
    "best_temperature",
    "bootstrap",
    "confusion_matrix",
    "expected_calibration_error",
    "f1_scores",
    "group_means",
    "macro_f1",
    "negative_log_likelihood",
    "reliability_bins",
]


def negative_log_likelihood(
    truth: IntArray, logits: FloatArray, temperature: float, weights: FloatArray | None = None
) -> float:
    """Weighted mean of −log p(truth) over cells at a temperature.

    Args:
        truth: Indices of the true choices, N.
        logits: N×C.
        temperature: Divisor of the logits.
        weights: Weights of the cells, N; None = equal weights.
    """
    scaled = logits / temperature
    scaled = scaled - scaled.max(1, keepdims=True)
    log_p = scaled - np.log(np.exp(scaled).sum(1, keepdims=True))
    return float(-np.average(log_p[np.arange(len(truth)), truth], weights=weights))


def best_temperature(truth: IntArray, logits: FloatArray, weights: FloatArray | None = None) -> float:
    """Temperature with the lowest negative log-likelihood on a log grid of 0.2..10."""
    grid = np.geomspace(0.2, 10, 200)
    return float(grid[int(np.argmin([negative_log_likelihood(truth, logits, t, weights) for t in grid]))])
