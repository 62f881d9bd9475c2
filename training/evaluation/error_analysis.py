"""Most frequent confusions of a stage, by patient and labelled class.

Errors clustered on one patient or class point to unusual cells or wrong labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data.dataset import LabelledCell

MIN_ERRORS = 10
"""Errors below which a kind of error is not reported."""


def most_common_errors(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], choices: Sequence[str], cells: Sequence[LabelledCell]
) -> list[dict[str, Any]]:
    """Kinds of error of a stage, the most frequent first.

    Args:
        truth: Indices of the true choices, N.
        predicted: Indices of the predicted choices, N.
        choices: Names of the choices.
        cells: The N cells; each must name its patient.

    Returns:
        For each kind with at least `MIN_ERRORS` errors: ``truth``, ``guess`` (the predicted choice), ``cells``
        (errors), ``of`` (cells of that true choice), ``films`` (patients with such errors), ``most`` (errors of the
        patient with most of them) and ``classes`` (errors per labelled class, the three most frequent).
    """
    found: list[dict[str, Any]] = []
    for (t, g), count in Counter(zip(truth.tolist(), predicted.tolist(), strict=True)).most_common():
        if t == g or count < MIN_ERRORS:
            continue
        those = [cells[i] for i in np.flatnonzero((truth == t) & (predicted == g)).tolist()]
        films = Counter(c.patient for c in those)
        found.append(
            {
                "truth": choices[t],
                "guess": choices[g],
                "cells": count,
                "of": int((truth == t).sum()),
                "films": len(films),
                "most": films.most_common(1)[0][1],
                "classes": dict(Counter(c.cell_class for c in those).most_common(3)),
            }
        )
    return found
