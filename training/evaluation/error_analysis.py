"""Where a run's errors lie: which choices pass for which, on how many films, and how the cells are labelled.

Errors that lie on one film, or in one class, are another matter than errors everywhere: they say that a patient's cells
are strange, or that labels are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data.dataset import LabelledCell

MIN_ERRORS = 10
"""Errors of a kind below which nothing is said of them."""


def most_common_errors(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], choices: Sequence[str], cells: Sequence[LabelledCell]
) -> list[dict[str, Any]]:
    """The kinds of error of a stage, the most frequent first.

    Args:
        truth: N indices of choices.
        predicted: N indices of choices.
        choices: Of the stage.
        cells: N, whose truth and guess they are; of patients.

    Returns:
        Of each kind with at least `MIN_SITE_CELLS` errors: `truth`, `predicted`, `cells` (errors), `of` (cells of that truth),
        `films` (patients with such errors), `most` (errors of the patient with most of them) and `classes` (errors of
        each labelled class, at most three).
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
