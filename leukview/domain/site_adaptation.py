"""Fit a model's classes to a new site from a few reviewed cells, without touching the network.

The adapted log probabilities are ``a·log p + b + W·z`` with z the standardised features of the network. The penalised
loss is convex in (a, b, W): there is one answer, found in seconds by L-BFGS. Classes that a site must not unlearn keep
the probability that the model gave them, and the others share the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_CELLS = 20
"""Reviewed cells below which nothing is fitted."""
SMALLEST = 1e-6
"""Least probability before the logarithm."""
PENALTIES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Strengths of the penalty on W to choose among."""
BIAS_PENALTY = 0.003
"""On b and on a − 1: they are few, and a few cells suffice for them."""
PARTS = 4
"""Groups of the cross-validation that chooses the penalty."""


@dataclass(frozen=True, slots=True)
class SiteAdaptation:
    """The fitted map.

    Attributes:
        mean: F, of the features of the site's cells.
        scale: F, their standard deviations, positive.
        gain: a.
        bias: K, b; 0 for protected classes.
        weights: F×K, W; 0 for protected classes.
        protected: K, classes whose probability stays.
        penalty: On W, as chosen.
    """

    mean: Floats
    scale: Floats
    gain: float
    bias: Floats
    weights: Floats
    protected: NDArray[np.bool_]
    penalty: float

    def __call__(self, p: Floats, features: Floats) -> Floats:
        """Adapted probabilities.

        Args:
            p: N×K, the model's, each row summing to one.
            features: N×F.

        Returns:
            N×K, each row summing to one, protected columns as they were.
        """
        free = ~self.protected
        z = (features - self.mean) / self.scale
        logits = self.gain * np.log(np.maximum(p[:, free], SMALLEST)) + self.bias[free] + z @ self.weights[:, free]
        found = p.copy()
        found[:, free] = _softmax(logits) * p[:, free].sum(1, keepdims=True)
        return found


@dataclass(frozen=True, slots=True)
class SiteLayer:
    """A site's map of class probabilities, as a bundle holds it.

    Attributes:
        classes: K class keys, the columns of the map, as the bundle composes them.
        adaptation: The map.
    """

    classes: tuple[str, ...]
    adaptation: SiteAdaptation


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True), np.float64)


def fit_site(
    p: Floats, features: Floats, truth: Ints, groups: Sequence[str], protected: NDArray[np.bool_] | None = None
) -> SiteAdaptation:
    """Fit the map on a site's reviewed cells; the penalty is chosen by cross-validation over patients.

    Args:
        p: N×K, the model's probabilities.
        features: N×F, of the network.
        truth: N, column of the reviewed class.
        groups: N, patient or session: all of one are left out together.
        protected: K, classes to leave alone; cells of these classes are not fitted to. None = none.

    Raises:
        LeukViewError: There are too few cells, or of one class only.
    """
    kept_out = np.zeros(p.shape[1], np.bool_) if protected is None else protected
    rows = ~kept_out[truth]
    if rows.sum() < FEWEST_CELLS or len(np.unique(truth[rows])) < 2:
        raise LeukViewError(
            f"Fitting to a site needs {FEWEST_CELLS} reviewed cells of two classes at least.", "Review more cells."
        )
    p, features, truth = p[rows], features[rows], truth[rows]
    names = [name for name, row in zip(groups, rows, strict=True) if row]
    penalty = _chosen_penalty(p, features, truth, names, kept_out)
    return _fitted(p, features, truth, kept_out, penalty)


def _chosen_penalty(
    p: Floats, features: Floats, truth: Ints, groups: Sequence[str], protected: NDArray[np.bool_]
) -> float:
    _, number = np.unique(np.asarray(groups), return_inverse=True)
    part = number % PARTS
    if len(np.unique(part)) < 2:
        return PENALTIES[-1]  # one patient alone says nothing about others
    losses = []
    for penalty in PENALTIES:
        loss = 0.0
        for own in np.unique(part):
            test = part == own
            if len(np.unique(truth[~test])) < 2:
                continue
            fitted = _fitted(p[~test], features[~test], truth[~test], protected, penalty)
            given = fitted(p[test], features[test])[np.arange(int(test.sum())), truth[test]]
            loss -= float(np.log(np.maximum(given, SMALLEST)).sum())
        losses.append(loss)
    return PENALTIES[int(np.argmin(losses))]


def _fitted(p: Floats, features: Floats, truth: Ints, protected: NDArray[np.bool_], penalty: float) -> SiteAdaptation:
    free = np.flatnonzero(~protected)
    column = {int(c): i for i, c in enumerate(free)}
    own = np.asarray([column[int(t)] for t in truth])
    mean, scale = features.mean(0), features.std(0) + 1e-3
    z = (features - mean) / scale
    logp = np.log(np.maximum(p[:, free], SMALLEST))
    wanted = np.eye(len(free))[own]
    count, size, width = len(own), len(free), z.shape[1]
    root = np.sqrt(width)  # the penalty is of the mean over features, whatever their number

    def loss(x: Floats) -> tuple[float, Floats]:
        gain, bias, weights = x[0], x[1 : 1 + size], x[1 + size :].reshape(width, size)
        logits = gain * logp + bias + z @ weights / root
        top = logits.max(1, keepdims=True)
        log_total = np.log(np.exp(logits - top).sum(1, keepdims=True)) + top
        error = (np.exp(logits - log_total) - wanted) / count
        value = float((log_total[:, 0] - logits[np.arange(count), own]).mean())
        value += penalty / 2 * float((weights**2).sum())
        value += BIAS_PENALTY / 2 * (float((bias**2).sum()) + (gain - 1) ** 2)
        slope_gain = float((error * logp).sum()) + BIAS_PENALTY * (gain - 1)
        slope_bias = error.sum(0) + BIAS_PENALTY * bias
        slope_weights = z.T @ error / root + penalty * weights
        return value, np.concatenate(([slope_gain], slope_bias, slope_weights.ravel()))

    start = np.zeros(1 + size + width * size)
    start[0] = 1.0
    from scipy.optimize import minimize  # imported here because it takes 0.4 s, which would delay the start

    x = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    bias, weights = np.zeros(p.shape[1]), np.zeros((width, p.shape[1]))
    bias[free] = x[1 : 1 + size]
    weights[:, free] = x[1 + size :].reshape(width, size) / root
    return SiteAdaptation(mean, scale, float(x[0]), bias, weights, protected.copy(), penalty)
