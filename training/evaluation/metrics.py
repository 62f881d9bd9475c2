"""Figures of a calibration, beside those that the application computes itself (`leukview.domain.models.metrics`)."""

from __future__ import annotations

import numpy as np

from leukview.domain.models.metrics import (
    Figure,
    Floats,
    Ints,
    accuracy,
    auc,
    bootstrap,
    calibration_error,
    confusion,
    f1_scores,
    group_means,
    macro_f1,
    reliability,
)

__all__ = [
    "Figure",
    "Floats",
    "Ints",
    "accuracy",
    "auc",
    "best_temperature",
    "bootstrap",
    "calibration_error",
    "confusion",
    "f1_scores",
    "group_means",
    "macro_f1",
    "negative_log_likelihood",
    "reliability",
]


def negative_log_likelihood(truth: Ints, logits: Floats, temperature: float, weights: Floats | None = None) -> float:
    """Mean over cells of −log p(truth) at a temperature, each cell with its weight."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(1, keepdims=True)
    log_p = scaled - np.log(np.exp(scaled).sum(1, keepdims=True))
    return float(-np.average(log_p[np.arange(len(truth)), truth], weights=weights))


def best_temperature(truth: Ints, logits: Floats, weights: Floats | None = None) -> float:
    """Temperature of the least negative log-likelihood, searched between 0.2 and 10 on a logarithmic grid."""
    grid = np.geomspace(0.2, 10, 200)
    return float(grid[int(np.argmin([negative_log_likelihood(truth, logits, t, weights) for t in grid]))])
