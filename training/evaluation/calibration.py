"""Calibration of each stage on the validation cells.

Every stage gets a temperature. Training draws rare classes more often than they occur, so the logits overstate them; a
shift per choice corrects this ("bias-corrected temperature scaling", Alexandari et al., ICML 2020). Some choices may
also be more overconfident than others; a scale per choice corrects that ("vector scaling", Guo et al., ICML 2017).
Shifts and scales are kept only if they lower the negative log-likelihood on validation patients that they were not
fitted on; on a tie the simpler method is used. They are merged into the weights of the network, so the bundle format
does not need them.
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
"""Calibration methods, from the simplest to the most flexible."""
MIN_VALIDATION_CELLS = 30
"""Validation cells below which a stage is not calibrated."""
FOLDS = 8
SHRINKAGE = 0.005
"""Weight of the penalty on shifts and log scales, which keeps them small if there are few cells."""


def fit_scaling(method: str, truth: IntArray, logits: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit scales and shifts of the logits, together with a temperature.

    Args:
        method: One of `CALIBRATION_METHODS`; it determines which of scales and shifts are fitted.
        truth: Indices of the true choices, N.
        logits: N×C.
        weights: Weights of the cells, N.

    Returns:
        Scales (product 1) and shifts (sum 0) of the C choices that minimise the weighted loss.
    """
    count = logits.shape[1]
    if method == TEMPERATURE:
        return np.ones(count), np.zeros(count)

    def parts(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        shift = x[1 : 1 + count] - x[1 : 1 + count].mean()
        scale = np.exp(x[1 + count :] - x[1 + count :].mean()) if method == VECTOR_SCALING else np.ones(count)
        return scale, shift

    def loss(x: FloatArray) -> tuple[float, FloatArray]:
        """Loss and gradient."""
        scale, shift = parts(x)
        temperature = np.exp(x[0])
        scaled = (logits * scale + shift) / temperature
        log_p = scaled - scaled.max(1, keepdims=True)
        log_p -= np.log(np.exp(log_p).sum(1, keepdims=True))
        value = -float(np.average(log_p[rows, truth], weights=weights))
        slope = (np.exp(log_p) - seen) * (weights / weights.sum())[
            :, None
        ]  # gradient with respect to the scaled logits
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
    """Cross-validated weighted loss of a method over groups of cells.

    Returns:
        The summed loss on the held-out folds. If the cells of a fitting fold have one class only, 0 for `TEMPERATURE`
        and infinity for the other methods.
    """
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
    """Select the calibration method with the lowest cross-validated loss."""
    return min(CALIBRATION_METHODS, key=lambda kind: held_out_loss(kind, truth, logits, weights, groups))


def calibrate(
    outputs: NetworkOutputs, net: PmgNet, cells: Sequence[LabelledCell], rows: NDArray[np.int64]
) -> dict[str, float]:
    """Calibrate every stage; `outputs` and `net` are changed in place.

    Args:
        outputs: Predictions of at least `rows`.
        net: Network that made them.
        cells: All cells.
        rows: Rows of the validation cells; all sources have equal weight.

    Returns:
        Stage → temperature; 1 for a stage that fewer than `MIN_VALIDATION_CELLS` cells, or cells of one choice only,
        determine.
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
        method = select_method(truth, logits, weights, groups)
        if method != TEMPERATURE:
            scale, shift = fit_scaling(method, truth, logits, weights)
            outputs.logits[key][:] = outputs.logits[key] * scale + shift
            _rescale(net, key, scale, shift)
        temperature[key] = best_temperature(truth, outputs.logits[key][known], weights)
    return temperature


def _rescale(net: PmgNet, stage: str, scale: FloatArray, shift: FloatArray) -> None:
    """Scale and shift the combined logits of a stage by changing the weights.

    The combined logits are the sum over the four classifiers, so only one of them gets the shift.
    """
    with torch.no_grad():
        for number, head in enumerate(net.branch_for_stage(stage).classifiers[stage].children()):
            if isinstance(head, PmgClassifier):
                factors = torch.from_numpy(scale).to(head.out.bias)
                head.out.weight.mul_(factors[:, None])
                head.out.bias.mul_(factors)
                if number == CONCATENATED_HEAD:
                    head.out.bias.add_(torch.from_numpy(shift).to(head.out.bias))
