"""Prediction sets by split conformal prediction on the validation cells.

The threshold is that of least ambiguous set-valued classifiers (Sadinle et al., JASA 2019; see
`leukview.domain.prediction.conformal_set`). The usual guarantee holds for cells that are exchangeable with the
validation cells. Cells of one patient are correlated, so that only patients are exchangeable, and a guarantee of 95 %
for the cells of a *new* patient would need at least 19 validation patients (Dunn, Wasserman and Ramdas, JASA 2023).
With fewer patients there is no guarantee, and the evaluation reports the measured coverage on the test patients.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from training.data.dataset import LabelledCell
from training.evaluation.metrics import FloatArray, IntArray, bootstrap

COVERAGE = 0.95
MIN_CALIBRATION_CELLS = 30
"""Validation cells below which a stage gets no prediction sets."""


def source_balanced_weights(cells: Sequence[LabelledCell], rows: IntArray) -> FloatArray:
    """Weights that give every source the same total; they sum to the number of rows."""
    sources = Counter(cells[i].source for i in rows)
    weights = np.asarray([1.0 / sources[cells[i].source] for i in rows])
    return np.asarray(weights * len(rows) / weights.sum(), np.float64)


def conformal_threshold(truth: IntArray, p: FloatArray, weights: FloatArray, coverage: float = COVERAGE) -> float:
    """Threshold on the probability of choices for sets with the given coverage.

    With equal weights this is the usual rule: the k-th smallest probability of the true choice, with
    k = ⌊(1 − coverage)(n + 1)⌋, or 0 (all choices) if k is 0.

    Args:
        truth: Indices of the true choices, N.
        p: Calibrated probabilities, N×C.
        weights: Weights of the cells, N, with mean 1; a new cell has weight 1.
        coverage: Target coverage, between 0 and 1.
    """
    scores = p[np.arange(len(truth)), truth]
    order = np.argsort(scores, kind="stable")
    allowed = (1 - coverage) * (weights.sum() + 1)
    reached = np.cumsum(weights[order])
    beyond = int(np.searchsorted(reached, allowed * (1 + 1e-12), side="right"))
    return float(scores[order[beyond - 1]]) if beyond else 0.0


def set_members(p: FloatArray, threshold: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Membership (N×C) of choices in each cell's set, which always has the best one."""
    inside = p >= threshold
    inside[np.arange(len(p)), p.argmax(1)] = True
    return inside


def set_metrics(truth: IntArray, p: FloatArray, threshold: float, groups: Sequence[str]) -> dict[str, Any]:
    """Coverage and size of the prediction sets of some cells.

    Returns:
        ``coverage`` with an interval over `groups`; ``coverage_before``, without the rule that the best choice is
        always in the set; ``size``, the mean number of choices per set; ``single``, the fraction of sets with one
        choice.
    """
    inside = set_members(p, threshold)
    right = inside[np.arange(len(truth)), truth].astype(np.float64)
    sizes = inside.sum(1)
    return {
        "coverage": bootstrap(lambda rows: float(right[rows].mean()), groups),
        "coverage_before": float((p[np.arange(len(truth)), truth] >= threshold).mean()),
        "size": float(sizes.mean()),
        "single": float((sizes == 1).mean()),
    }
