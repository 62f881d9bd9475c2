"""Prediction sets of a stage by split conformal prediction on the validation cells.

The threshold is that of the least ambiguous sets (Sadinle et al., JASA 2019; see
`leukview.domain.prediction.conformal_set`). The usual guarantee holds for cells exchangeable with the validation
cells. Cells of one patient are alike, so that what is exchangeable is patients, and to promise 95 % of the cells of a
*new* patient would take at least nineteen of them (Dunn, Wasserman and Ramdas, JASA 2023). With fewer, the sets are
honest only as measured: the evaluation gives their coverage on patients kept aside.
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
"""Validation cells below which a stage gets no sets."""


def source_balanced_weights(cells: Sequence[LabelledCell], rows: IntArray) -> FloatArray:
    """Weights that let every source count alike; they sum to the number of rows."""
    sources = Counter(cells[i].source for i in rows)
    weights = np.asarray([1.0 / sources[cells[i].source] for i in rows])
    return np.asarray(weights * len(rows) / weights.sum(), np.float64)


def conformal_threshold(truth: IntArray, p: FloatArray, weights: FloatArray, coverage: float = COVERAGE) -> float:
    """Greatest probability from which on choices make sets that hold the truth in `coverage` of the cells.

    With equal weights this is the usual rule: the k-th smallest probability of the truth, k = ⌊(1 − coverage)(n + 1)⌋,
    or 0 (all choices) when k is 0.

    Args:
        truth: N.
        p: N×C, calibrated.
        weights: N, of mean 1: what a cell counts for; the cell to come counts for 1.
        coverage: Above 0, below 1.
    """
    scores = p[np.arange(len(truth)), truth]
    order = np.argsort(scores, kind="stable")
    allowed = (1 - coverage) * (weights.sum() + 1)
    reached = np.cumsum(weights[order])
    beyond = int(np.searchsorted(reached, allowed * (1 + 1e-12), side="right"))
    return float(scores[order[beyond - 1]]) if beyond else 0.0


def set_members(p: FloatArray, threshold: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """N×C: which choices are in each cell's set, the best one always."""
    inside = p >= threshold
    inside[np.arange(len(p)), p.argmax(1)] = True
    return inside


def set_metrics(truth: IntArray, p: FloatArray, threshold: float, groups: Sequence[str]) -> dict[str, Any]:
    """How the sets did on some cells.

    Returns:
        ``coverage`` with an interval over `groups`; ``coverage_before``, as it was before the best choice was put into
        sets that were empty; ``size``, mean choices a set; ``single``, the part of sets of one choice.
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
