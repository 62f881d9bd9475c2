"""Expected value of a label for training the next model.

Cells are ordered by it for labelling. Uncertainty sampling (Lewis and Gale 1994) prefers cells of which the model is
uncertain. Cells on which analyser and model disagree are worth more (query by committee, Seung et al. 1992), as are
classes with few labelled cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from leukview.domain.prediction import entropy

DISAGREEMENT_FACTOR = 2.0
"""Factor for cells on which analyser and model contradict each other."""
CLASS_WEIGHT_RANGE = (0.5, 2.0)
"""Smallest and largest class weight, so that no class displaces the others."""


def class_weights(support: Mapping[str, int]) -> dict[str, float]:
    """Weight each class by its need for labels: √(median support / own support).

    Args:
        support: Class key → number of cells that the model was trained on.

    Returns:
        Class key → weight, clipped to `CLASS_WEIGHT_RANGE`; empty when no class has cells.
    """
    known = [n for n in support.values() if n > 0]
    if not known:
        return {}
    middle = median(known)
    low, high = CLASS_WEIGHT_RANGE
    return {key: min(max(math.sqrt(middle / n), low), high) if n > 0 else high for key, n in support.items()}


def expected_information(probabilities: Sequence[float], *, sources_disagree: bool, class_weight: float) -> float:
    """Compute uncertainty × disagreement × class weight; 0 for a certain prediction.

    Args:
        probabilities: Of the classes that the model can predict, summing to one.
        sources_disagree: Whether analyser and model contradict each other.
        class_weight: Weight of the predicted class, see `class_weight`.

    Returns:
        Entropy as a fraction of that of the uniform distribution (0..1), times the factors.
    """
    if len(probabilities) < 2:
        return 0.0
    return (
        entropy(probabilities)
        / math.log(len(probabilities))
        * (DISAGREEMENT_FACTOR if sources_disagree else 1.0)
        * class_weight
    )
