"""Calibration on the validation cells: a temperature a stage and, where it holds up, a shift of each choice's logit.

Training draws rare classes more often than they occur, so that its logits overstate them; a shift undoes this ("bias-
corrected temperature scaling", Alexandari et al., ICML 2020). It is kept only if it lowers the likelihood's loss on
validation patients that it was not fitted on, and lands in the network's own weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from leukview.inference.nets.pmg import CONCATENATED, PmgClassifier, PmgNet
from training.answers import Answers
from training.data import LabelledCell
from training.metrics import Floats, Ints, best_temperature, negative_log_likelihood

FEWEST = 30
"""Validation cells below which a stage is left as it is."""
FOLDS = 8
HOLD = 0.005
"""Weight of the squared shifts in the loss: what few cells say is not believed far."""


def fitted_shift(truth: Ints, logits: Floats, weights: Floats) -> Floats:
    """Shifts of the choices (sum zero) of the least weighted negative log-likelihood, with a free temperature.

    Args:
        truth: N.
        logits: N×C.
        weights: N.
    """
    count = logits.shape[1]

    def loss(x: Floats) -> float:
        shift = x[1:] - x[1:].mean()
        value = negative_log_likelihood(truth, logits + shift, float(np.exp(x[0])), weights)
        return value + HOLD * float((shift**2).mean())

    start = np.concatenate([[np.log(best_temperature(truth, logits, weights))], np.zeros(count)])
    found = np.asarray(minimize(loss, start, method="L-BFGS-B").x)
    return np.asarray(found[1:] - found[1:].mean(), np.float64)


def held_up(truth: Ints, logits: Floats, weights: Floats, groups: Sequence[str]) -> bool:
    """Whether the shift lowers the loss on groups that it was not fitted on."""
    names = sorted(set(groups))
    fold = np.asarray([names.index(g) % FOLDS for g in groups])
    plain = shifted = 0.0
    for k in np.unique(fold):
        fit, held = fold != k, fold == k
        if len(np.unique(truth[fit])) < 2:
            return False
        shift = fitted_shift(truth[fit], logits[fit], weights[fit])
        for with_shift in (False, True):
            moved = logits + shift if with_shift else logits
            temperature = best_temperature(truth[fit], moved[fit], weights[fit])
            loss = weights[held].sum() * negative_log_likelihood(truth[held], moved[held], temperature, weights[held])
            plain, shifted = (plain, shifted + loss) if with_shift else (plain + loss, shifted)
    return shifted < plain


def calibrate(found: Answers, net: PmgNet, cells: Sequence[LabelledCell], rows: NDArray[np.int64]) -> dict[str, float]:
    """Shift the logits of `found` and of `net` in place where that holds up, and find each stage's temperature.

    Args:
        found: Answers on at least `rows`.
        net: That gave them.
        cells: All.
        rows: The validation cells; each source weighs alike.

    Returns:
        Stage → temperature; 1 where fewer than `FEWEST` cells determine it.
    """
    temperature = {}
    for column, (key, _) in enumerate(net.config.stages):
        known = rows[found.targets[rows, column] >= 0]
        truth, logits = found.targets[known, column], found.logits[key][known]
        if len(known) < FEWEST or len(np.unique(truth)) < 2:
            temperature[key] = 1.0
            continue
        sources = Counter(cells[i].source for i in known)
        weights = np.asarray([1.0 / sources[cells[i].source] for i in known])
        groups = [cells[i].patient or f"{cells[i].source} {number % FOLDS}" for number, i in enumerate(known)]
        if held_up(truth, logits, weights, groups):
            shift = fitted_shift(truth, logits, weights)
            found.logits[key][:] += shift
            _shift(net, key, shift)
        temperature[key] = best_temperature(truth, found.logits[key][known], weights)
    return temperature


def _shift(net: PmgNet, stage: str, shift: Floats) -> None:
    head = list(net.branch(stage).classifiers[stage].children())[CONCATENATED]
    if isinstance(head, PmgClassifier):
        with torch.no_grad():
            head.out.bias.add_(torch.from_numpy(shift).to(head.out.bias))
