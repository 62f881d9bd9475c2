"""Metrics of a comparison of two models, with bootstrap intervals over patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken
from leukview.domain.models.acceptance_criteria import MetricComparison
from leukview.domain.models.labelled_cells import LabelledCell, determined_class
from leukview.domain.models.metrics import (
    FloatArray,
    IntArray,
    accuracy,
    auc,
    calibration_error_of,
    group_means,
    macro_f1,
    paired_bootstrap,
)
from leukview.domain.taxonomy import Step, Taxonomy

MALIGNANT_STEP, BENIGN_STEP = Step("stage1", "malignant"), Step("stage1", "benign")
APL_STEP = Step("apl", "apl")
MetricFunction = Callable[[IntArray], float]


@dataclass(frozen=True)
class ModelPredictions:
    """Predictions of one model, one row per cell (N).

    Attributes:
        predicted: Keys of the most probable classes, N.
        confidence: Their composed probabilities, N, 0..1.
        abstained: Whether the confidence is below the bundle's threshold, N.
        predicted_malignant: Whether the predicted class is on the malignant side of stage 1, N.
        apl_probability: Probability of APL, N; NaN where the model has no such head.
        trained_stages: Keys of all stages that the model was trained on.
    """

    predicted: NDArray[np.str_]
    confidence: FloatArray
    abstained: NDArray[np.bool_]
    predicted_malignant: NDArray[np.bool_]
    apl_probability: FloatArray
    trained_stages: frozenset[str]


class Scorer:
    """Computes metrics of two models on subsets of the rows.

    Args:
        patients: Patient of each cell.
        token: Checked before each metric.
        resamples: Number of bootstrap resamples per interval.
    """

    def __init__(self, patients: Sequence[str], token: CancelToken, resamples: int) -> None:
        self._patients, self._token, self._resamples = np.asarray(patients), token, resamples
        self.comparisons: list[MetricComparison] = []

    def add(
        self,
        key: str,
        rows: NDArray[np.int64],
        champion: Callable[[IntArray], float] | None,
        candidate: Callable[[IntArray], float] | None,
    ) -> None:
        """Add a metric; nothing is added without rows.

        Args:
            key: Of the metric.
            rows: Indices of the cells to use.
            champion: Computes the first model's value from indices of cells; None = the model lacks this metric.
            candidate: The same for the second model.
        """
        self._token.raise_if_cancelled()
        if not len(rows) or (champion is None and candidate is None):
            return
        groups = [str(p) for p in self._patients[rows]]

        def at(value: MetricFunction | None) -> MetricFunction:
            return (lambda part: value(rows[part])) if value else (lambda _part: float("nan"))

        first, second, difference = paired_bootstrap(at(champion), at(candidate), groups, self._resamples)
        both = champion is not None and candidate is not None
        self.comparisons.append(
            MetricComparison(
                key,
                len(rows),
                len(set(groups)),
                first if champion else None,
                second if candidate else None,
                difference if both else None,
            )
        )


def compare_metrics(
    scorer: Scorer,
    cells: Sequence[LabelledCell],
    champion: ModelPredictions,
    candidate: ModelPredictions,
    common_stages: frozenset[str],
    taxonomy: Taxonomy,
) -> tuple[MetricComparison, ...]:
    """Compute all metrics of two models on the same cells.

    Cells whose label does not determine a metric's truth are left out of that metric.

    Args:
        scorer: For these cells.
        cells: The cells, in the order of the predictions' rows.
        champion: Predictions of the champion.
        candidate: Predictions of the candidate.
        common_stages: Keys of the stages that both were trained on.
        taxonomy: Classes and stages.
    """
    steps = [frozenset(taxonomy.determined_steps(c.cell_class, c.diagnosis)) for c in cells]
    malignant = np.flatnonzero([MALIGNANT_STEP in s for s in steps])
    benign = np.flatnonzero([BENIGN_STEP in s for s in steps])
    everything = np.arange(len(cells))
    if MALIGNANT_STEP.stage in common_stages:
        scorer.add("blast_sensitivity", malignant, *(_proportion(a.predicted_malignant) for a in (champion, candidate)))
        scorer.add(
            "blasts_missed",
            malignant,
            *(_proportion(~a.predicted_malignant & ~a.abstained) for a in (champion, candidate)),
        )
        scorer.add(
            "benign_called_malignant", benign, *(_proportion(a.predicted_malignant) for a in (champion, candidate))
        )
    _add_apl_metrics(scorer, steps, [c.patient for c in cells], champion, candidate)
    truth = np.asarray([determined_class(taxonomy, c.cell_class, c.diagnosis, common_stages) for c in cells])
    named = np.flatnonzero(truth != "")
    keys = sorted({*truth[named], *champion.predicted[named], *candidate.predicted[named]}, key=taxonomy.position)
    place = {key: i for i, key in enumerate(keys)}
    t = np.asarray([place.get(key, -1) for key in truth], np.int64)
    guesses = [np.asarray([place.get(key, -1) for key in a.predicted], np.int64) for a in (champion, candidate)]
    size = len(keys)
    scorer.add("accuracy", named, *(_on_rows(accuracy, t, g) for g in guesses))
    scorer.add("macro_f1", named, *(_macro_f1(t, g, size) for g in guesses))
    scorer.add(
        "calibration_error",
        named,
        *(_calibration_error(t == g, a) for g, a in zip(guesses, (champion, candidate), strict=True)),
    )
    scorer.add("abstained", everything, *(_proportion(a.abstained) for a in (champion, candidate)))
    for key in keys:
        mine = place[key]
        scorer.add(f"recall:{key}", np.flatnonzero(t == mine), *(_proportion(g == mine) for g in guesses))
    for key in keys:
        mine = place[key]
        called = np.flatnonzero((t >= 0) & ((guesses[0] == mine) | (guesses[1] == mine)))
        scorer.add(f"precision:{key}", called, *(_precision(t, g, mine) for g in guesses))
    return tuple(scorer.comparisons)


def _add_apl_metrics(
    scorer: Scorer,
    steps: Sequence[frozenset[Step]],
    patients: Sequence[str],
    champion: ModelPredictions,
    candidate: ModelPredictions,
) -> None:
    known = np.flatnonzero([any(s.stage == APL_STEP.stage for s in found) for found in steps])
    ill = np.asarray([APL_STEP in found for found in steps], np.int64)
    asked = [APL_STEP.stage in a.trained_stages for a in (champion, candidate)]
    if not len(known) or len(set(ill[known].tolist())) < 2:
        return
    by_cell = [
        _auc(ill, a.apl_probability) if yes else None for yes, a in zip(asked, (champion, candidate), strict=True)
    ]
    scorer.add("apl_auc", known, *by_cell)
    names = [patients[i] for i in known.tolist()]
    firsts = np.asarray([known[names.index(p)] for p in sorted(set(names))], np.int64)  # one row per patient
    by_patient: list[MetricFunction | None] = []
    for yes, answers in zip(asked, (champion, candidate), strict=True):
        if not yes:
            by_patient.append(None)
            continue
        means = group_means(answers.apl_probability[known], names)
        scores = np.full(len(ill), np.nan)
        scores[firsts] = [means[patients[i]] for i in firsts.tolist()]
        by_patient.append(_auc(ill, scores))
    scorer.add("apl_patient_auc", firsts, *by_patient)


def _proportion(flags: NDArray[np.bool_]) -> MetricFunction:
    return lambda rows: float(flags[rows].mean())


def _on_rows(metric: Callable[[IntArray, IntArray], float], truth: IntArray, predicted: IntArray) -> MetricFunction:
    return lambda rows: metric(truth[rows], predicted[rows])


def _macro_f1(truth: IntArray, predicted: IntArray, class_count: int) -> MetricFunction:
    return lambda rows: macro_f1(truth[rows], predicted[rows], class_count)


def _auc(truth: IntArray, probability: FloatArray) -> MetricFunction:
    return lambda rows: auc(truth[rows], probability[rows])


def _calibration_error(correct: NDArray[np.bool_], predictions: ModelPredictions) -> MetricFunction:
    return lambda rows: calibration_error_of(correct[rows], predictions.confidence[rows])


def _precision(truth: IntArray, predicted: IntArray, class_index: int) -> MetricFunction:
    def value(rows: IntArray) -> float:
        called = predicted[rows] == class_index
        return float((truth[rows][called] == class_index).mean()) if called.any() else float("nan")

    return value
