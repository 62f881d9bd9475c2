"""Calibration on the validation cells: a temperature a stage and, where they hold up, shifts and scales of its logits.

Training draws rare classes more often than they occur, so that its logits overstate them; a shift of each choice undoes
this ("bias-corrected temperature scaling", Alexandari et al., ICML 2020). A choice may also be surer of itself than
the others; a scale of each choice's logit undoes that ("vector scaling", Guo et al., ICML 2017). Either is kept only if
it lowers the likelihood's loss on validation patients that it was not fitted on, the simpler one on a tie, and lands in
the network's own weights, so that a bundle needs to know nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from leukview.inference.networks.pmg import CONCATENATED_HEAD, PmgClassifier, PmgNet
from training.classifier.predict import NetworkOutputs
from training.data.dataset import LabelledCell
from training.evaluation.metrics import FloatArray, IntArray, best_temperature, negative_log_likelihood

TEMPERATURE, BIAS_CORRECTED, VECTOR_SCALING = "temperature", "shift", "vector"
CALIBRATION_METHODS = (TEMPERATURE, BIAS_CORRECTED, VECTOR_SCALING)
"""The simplest first."""
MIN_VALIDATION_CELLS = 30
"""Validation cells below which a stage is left as it is."""
FOLDS = 8
SHRINKAGE = 0.005
"""Weight of the squared shifts in the loss: what few cells say is not believed far."""


def fit_scaling(method: str, truth: IntArray, logits: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scales (product one) and shifts (sum zero) of the choices of the least weighted loss, with a free temperature.

    Args:
        method: Of `CALIBRATION_METHODS`: what may differ from one and zero.
        truth: N.
        logits: N×C.
        weights: N.
    """
    count = logits.shape[1]
    if method == TEMPERATURE:
        return np.ones(count), np.zeros(count)

    def parts(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        shift = x[1 : 1 + count] - x[1 : 1 + count].mean()
        scale = np.exp(x[1 + count :] - x[1 + count :].mean()) if method == VECTOR_SCALING else np.ones(count)
        return scale, shift

    def loss(x: FloatArray) -> tuple[float, FloatArray]:
        """The loss and its gradient."""
        scale, shift = parts(x)
        temperature = np.exp(x[0])
        scaled = (logits * scale + shift) / temperature
        log_p = scaled - scaled.max(1, keepdims=True)
        log_p -= np.log(np.exp(log_p).sum(1, keepdims=True))
        value = -float(np.average(log_p[rows, truth], weights=weights))
        slope = (np.exp(log_p) - seen) * (weights / weights.sum())[:, None]  # by the scaled logits
        by_shift = slope.sum(0) / temperature + 2 * SHRINKAGE * shift / count
        by_scale = (slope * logits).sum(0) * scale / temperature + 2 * SHRINKAGE * np.log(scale) / count
        parted = [by_shift - by_shift.mean(), by_scale - by_scale.mean()][: 2 if method == VECTOR_SCALING else 1]
        held = SHRINKAGE * float((shift**2).mean() + (np.log(scale) ** 2).mean())
        return value + held, np.concatenate([[-(slope * scaled).sum()], *parted])

    rows, seen = np.arange(len(truth)), np.eye(count)[truth]
    free = count * (2 if method == VECTOR_SCALING else 1)
    start = np.concatenate([[np.log(best_temperature(truth, logits, weights))], np.zeros(free)])
    return parts(np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x, np.float64))


def held_out_loss(
    method: str, truth: IntArray, logits: FloatArray, weights: FloatArray, groups: Sequence[str]
) -> float:
    """Weighted loss on groups that scales, shifts and temperature were not fitted on; infinite where none can be."""
    names = sorted(set(groups))
    fold = np.asarray([names.index(g) % FOLDS for g in groups])
    total = 0.0
    for k in np.unique(fold):
        fit, held = fold != k, fold == k
        if len(np.unique(truth[fit])) < 2:
            return 0.0 if method == TEMPERATURE else float("inf")
        scale, shift = fit_scaling(method, truth[fit], logits[fit], weights[fit])
        moved = logits * scale + shift
        temperature = best_temperature(truth[fit], moved[fit], weights[fit])
        total += weights[held].sum() * negative_log_likelihood(truth[held], moved[held], temperature, weights[held])
    return float(total)


def select_method(truth: IntArray, logits: FloatArray, weights: FloatArray, groups: Sequence[str]) -> str:
    """The kind of the least loss on groups that it was not fitted on."""
    return min(CALIBRATION_METHODS, key=lambda kind: held_out_loss(kind, truth, logits, weights, groups))


def calibrate(
    outputs: NetworkOutputs, net: PmgNet, cells: Sequence[LabelledCell], rows: NDArray[np.int64]
) -> dict[str, float]:
    """Shift and scale the logits of `outputs` and of `net` in place where that holds up; find each stage's temperature.

    Args:
        outputs: Answers on at least `rows`.
        net: That gave them.
        cells: All.
        rows: The validation cells; each source weighs alike.

    Returns:
        Stage → temperature; 1 where fewer than `MIN_SITE_CELLS` cells determine it.
    """
    temperature = {}
    for column, (key, _) in enumerate(net.config.stages):
        known = rows[outputs.targets[rows, column] >= 0]
        truth, logits = outputs.targets[known, column], outputs.logits[key][known]
        if len(known) < MIN_VALIDATION_CELLS or len(np.unique(truth)) < 2:
            temperature[key] = 1.0
            continue
        sources = Counter(cells[i].source for i in known)
        weights = np.asarray([1.0 / sources[cells[i].source] for i in known])
        groups = [cells[i].patient or f"{cells[i].source} {number % FOLDS}" for number, i in enumerate(known)]
        kind = select_method(truth, logits, weights, groups)
        if kind != TEMPERATURE:
            scale, shift = fit_scaling(kind, truth, logits, weights)
            outputs.logits[key][:] = outputs.logits[key] * scale + shift
            _rescale(net, key, scale, shift)
        temperature[key] = best_temperature(truth, outputs.logits[key][known], weights)
    return temperature


def _rescale(net: PmgNet, stage: str, scale: FloatArray, shift: FloatArray) -> None:
    """Multiply and shift a stage's combined logits, which are the sum of its four classifiers'."""
    with torch.no_grad():
        for number, head in enumerate(net.branch_for_stage(stage).classifiers[stage].children()):
            if isinstance(head, PmgClassifier):
                factors = torch.from_numpy(scale).to(head.out.bias)
                head.out.weight.mul_(factors[:, None])
                head.out.bias.mul_(factors)
                if number == CONCATENATED_HEAD:
                    head.out.bias.add_(torch.from_numpy(shift).to(head.out.bias))
