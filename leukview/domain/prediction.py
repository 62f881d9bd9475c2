"""A model's prediction for a cell, and how stage outputs compose into classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.taxonomy import UNIDENTIFIED, CellClass, Step, Taxonomy, Tree


@dataclass(frozen=True, slots=True)
class StageProbabilities:
    """Calibrated conditional probabilities of one trained stage.

    They are conditional on the step before the stage.

    Attributes:
        choices: The trained choices only, in taxonomy order.
        probabilities: One probability per choice, summing to one.
        prediction_set_95: Choices of the 95 % prediction set, the most probable first; empty = no sets.
    """

    stage: str
    choices: tuple[str, ...]
    probabilities: tuple[float, ...]
    prediction_set_95: tuple[str, ...] = ()

    def probability_of(self, choice: str) -> float:
        """Probability of a choice; 0.0 for one that was not trained."""
        return self.probabilities[self.choices.index(choice)] if choice in self.choices else 0.0

    @property
    def best(self) -> str:
        """The most probable choice."""
        return self.choices[self.probabilities.index(max(self.probabilities))]


def conformal_set(choices: Sequence[str], probabilities: Sequence[float], threshold: float | None) -> tuple[str, ...]:
    """Select the choices whose probability reaches a threshold.

    This is the least ambiguous set-valued classifier (Sadinle, Lei and Wasserman, Journal of the American Statistical
    Association 2019) with the threshold of split conformal prediction. A set that would be empty contains the most
    probable choice.

    Args:
        choices: Of a stage.
        probabilities: Their calibrated probabilities.
        threshold: The threshold; None = the model has no sets.

    Returns:
        The selected choices, the most probable first; empty when `threshold` is None.
    """
    if threshold is None:
        return ()
    ordered = sorted(zip(probabilities, choices, strict=True), key=lambda item: -item[0])
    return tuple(choice for i, (value, choice) in enumerate(ordered) if not i or value >= threshold)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Areas measured in the mask, in pixels of the original image.

    Attributes:
        cell_area_px: Area of cytoplasm and nucleus; 0 when no cell was found.
        nucleus_area_px: Area of the nucleus.
        touches_border: The cell is cut by the edge of the image.
    """

    cell_area_px: int
    nucleus_area_px: int
    touches_border: bool = False

    @property
    def nc_ratio(self) -> float | None:
        """Nucleus area divided by cell area (0..1); None when no cell was found."""
        return self.nucleus_area_px / self.cell_area_px if self.cell_area_px else None


@dataclass(frozen=True, slots=True)
class Prediction:
    """One model's prediction for one cell.

    Attributes:
        bundle: SHA-256 of the bundle that made it.
        segmenter: Identity of the segmenter that made the mask, e.g. ``embedded:1a2b3c4d``.
        stages: Trained stages only; an untrained stage is absent.
        label: Class key; ``unidentified`` below the bundle's abstention threshold.
        best: Class key of the most probable class, also when the model abstained.
        confidence: Composed probability of `best` (0..1).
        ood_score: Distance to the training features as a percentile of the validation cells (0..1);
            None when the bundle has no such check.
        measurement: From the mask.
        flags: Sorted keys such as ``uncertain``, ``no_cell``, ``cut``, ``unlike_training``.
        stain_ood_score: Distance of the cell's colours to those of the training cells, as a percentile like
            `ood_score`; None also when nucleus or cytoplasm is missing.
    """

    bundle: str
    segmenter: str
    stages: tuple[StageProbabilities, ...]
    label: str
    best: str
    confidence: float
    ood_score: float | None
    measurement: Measurement
    flags: tuple[str, ...] = ()
    stain_ood_score: float | None = None

    def find_stage(self, key: str) -> StageProbabilities | None:
        """The stage's probabilities; None when this model was not trained on the stage."""
        return next((s for s in self.stages if s.stage == key), None)

    @property
    def trained(self) -> tuple[str, ...]:
        """Keys of the stages that this model was trained on."""
        return tuple(s.stage for s in self.stages)

    def probability(self, stage: str, choice: str) -> float | None:
        """Conditional probability of a choice; None when the stage was not trained."""
        answer = self.find_stage(stage)
        return answer.probability_of(choice) if answer else None

    @property
    def uncertainty(self) -> float:
        """1 − confidence."""
        return 1.0 - self.confidence


@dataclass(frozen=True, slots=True)
class StoredPrediction:
    """A prediction as stored.

    Attributes:
        saved_at: When it was stored, UTC, ISO 8601.
        mask_sha256: SHA-256 of the reviewer's mask it was made with; "" = made with the segmenter's mask.
    """

    prediction: Prediction
    saved_at: str
    mask_sha256: str = ""


def class_probabilities(
    taxonomy: Taxonomy, stages: Sequence[StageProbabilities], tree: Tree | None = None
) -> dict[str, float]:
    """Compute the probability of each class that the trained stages can predict.

    Walks a tree from the root. A trained stage multiplies by its conditional probabilities. An untrained stage ends
    the walk, or is passed through when it declares `assume`.

    Args:
        taxonomy: Stages and classes.
        stages: Of the model.
        tree: The tree to walk; None = the one from which this model composes its classes.

    Returns:
        Class key → probability, for the deepest class on each branch, in taxonomy order; they sum to one.
    """
    answers = {s.stage: s for s in stages}
    walked = tree or taxonomy.composing_tree(answers)
    children = {s.parent_step: s for s in taxonomy.stages if s.is_in(walked)}
    found: dict[str, float] = {}

    def walk(path: tuple[Step, ...], named: CellClass | None, probability: float) -> None:
        below = children.get(path[-1] if path else None)
        if below is not None and below.key in answers:
            answer = answers[below.key]
            for choice, p in zip(answer.choices, answer.probabilities, strict=True):
                step = (*path, Step(below.key, choice))
                walk(step, taxonomy.model_class(step, walked) or named, probability * p)
        elif below is not None and below.assumed_choice:
            step = (*path, Step(below.key, below.assumed_choice))
            walk(step, taxonomy.model_class(step, walked) or named, probability)
        else:
            key = named.key if named else UNIDENTIFIED
            found[key] = found.get(key, 0.0) + probability

    walk((), None, 1.0)
    return dict(sorted(found.items(), key=lambda item: taxonomy.position(item[0])))


def with_class_probabilities(
    taxonomy: Taxonomy, stages: Sequence[StageProbabilities], classes: Mapping[str, float]
) -> tuple[StageProbabilities, ...]:
    """Give the stages of the composing tree the probabilities that compose to those of some classes.

    The inverse of `class_probabilities`. Prediction sets of changed stages are dropped: they were calibrated for other
    probabilities. Stages outside the tree, and below a step of probability zero, stay as they are.

    Args:
        taxonomy: Stages and classes.
        stages: Of the model.
        classes: Class key → probability, for the same classes as `class_probabilities` gives.
    """
    answers = {s.stage: s for s in stages}
    tree = taxonomy.composing_tree(answers)
    children = {s.parent_step: s for s in taxonomy.stages if s.is_in(tree)}
    changed: dict[str, StageProbabilities] = {}

    def mass(path: tuple[Step, ...], named: CellClass | None) -> float:
        below = children.get(path[-1] if path else None)
        if below is None or (below.key not in answers and not below.assumed_choice):
            return classes.get(named.key if named else UNIDENTIFIED, 0.0)
        choices = answers[below.key].choices if below.key in answers else (below.assumed_choice,)
        parts = []
        for choice in choices:
            step = (*path, Step(below.key, choice))
            parts.append(mass(step, taxonomy.model_class(step, tree) or named))
        total = sum(parts)
        if below.key in answers and total > 0.0:
            changed[below.key] = StageProbabilities(below.key, choices, tuple(p / total for p in parts))
        return total

    mass((), None)
    return tuple(changed.get(s.stage, s) for s in stages)


def predicted_path(taxonomy: Taxonomy, prediction: Prediction) -> tuple[Step, ...]:
    """The steps that lead to a prediction's class.

    Those of the tree from which it was composed. A model that composes types also takes the more probable side in each
    stage of the tree of disease, from the root down.
    """
    tree = taxonomy.composing_tree(prediction.trained)
    path = taxonomy.cell_class(prediction.best).path_in(tree)
    if tree == "disease":
        return path
    steps = list(path)
    for stage in taxonomy.stages:
        answer = prediction.find_stage(stage.key)
        if answer and stage.is_in("disease") and stage.tree != "both" and stage.parent_step in steps:
            steps.append(Step(stage.key, answer.best))
    return tuple(steps)


def entropy(probabilities: Sequence[float]) -> float:
    """Shannon entropy in nats; 0 for a certain prediction."""
    return -sum(p * math.log(p) for p in probabilities if p > 0.0)
