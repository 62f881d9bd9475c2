"""What a label is expected to teach the next model: the order for a reviewer who labels for training.

Uncertainty sampling (Lewis and Gale 1994) picks what the model does not know; two opinions that differ are worth more
(query by committee, Seung et al. 1992), and so is a class of which few cells were ever labelled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from leukview.domain.prediction import entropy

DISAGREEMENT_FACTOR = 2.0
"""Factor where analyser and model contradict each other."""
CLASS_WEIGHT_RANGE = (0.5, 2.0)
"""Least and greatest factor of a class's need: no class shall crowd out the others."""


def class_weights(support: Mapping[str, int]) -> dict[str, float]:
    """How much each class needs labels: √(median support / its own), within `CLASS_WEIGHT_RANGE`.

    Args:
        support: Class key → cells that the model was trained on.
    """
    known = [n for n in support.values() if n > 0]
    if not known:
        return {}
    middle = median(known)
    low, high = CLASS_WEIGHT_RANGE
    return {key: min(max(math.sqrt(middle / n), low), high) if n > 0 else high for key, n in support.items()}


def expected_information(probabilities: Sequence[float], *, sources_disagree: bool, class_weight: float) -> float:
    """Uncertainty × disagreement × class need; 0 for a certain answer.

    Args:
        probabilities: Of the classes that the model can name, summing to one.
        sources_disagree: Analyser and model contradict each other.
        class_weight: Of the class that the model names, see `class_need`.

    Returns:
        Entropy as a part of that of an even guess (0..1), times the factors.
    """
    if len(probabilities) < 2:
        return 0.0
    return (
        entropy(probabilities)
        / math.log(len(probabilities))
        * (DISAGREEMENT_FACTOR if sources_disagree else 1.0)
        * class_weight
    )
