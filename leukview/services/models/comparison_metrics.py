"""The figures that a comparison of two models tells, on the rows that each concerns, with intervals over patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken
from leukview.domain.models.acceptance_criteria import Compared
from leukview.domain.models.labelled_cells import LabelledCell, determined_class
from leukview.domain.models.metrics import (
    Floats,
    Ints,
    accuracy,
    auc,
    confidence_gap,
    group_means,
    macro_f1,
    paired_bootstrap,
)
from leukview.domain.taxonomy import Step, Taxonomy

MALIGNANT, BENIGN = Step("stage1", "malignant"), Step("stage1", "benign")
APL = Step("apl", "apl")
Value = Callable[[Ints], float]


@dataclass(frozen=True)
class Answers:
    """What one model said; rows as the cells.

    Attributes:
        guess: Keys of the most probable classes, N.
        confidence: Their composed probabilities, N, 0..1.
        abstained: Below the bundle's threshold, N.
        malignant: The guess lies on the malignant side of stage 1, N.
        apl: Probability of APL, N; NaN where the model has no such head.
        stages: Keys of all the stages it was trained on.
    """

    guess: NDArray[np.str_]
    confidence: Floats
    abstained: NDArray[np.bool_]
    malignant: NDArray[np.bool_]
    apl: Floats
    stages: frozenset[str]


class Scorer:
    """Scores figures of two models on some of the rows, with intervals over patients."""

    def __init__(self, patients: Sequence[str], token: CancelToken, draws: int) -> None:
        self._patients, self._token, self._draws = np.asarray(patients), token, draws
        self.found: list[Compared] = []

    def add(
        self,
        key: str,
        rows: NDArray[np.int64],
        one: Callable[[Ints], float] | None,
        other: Callable[[Ints], float] | None,
    ) -> None:
        """A figure of `rows`; the functions take indices of all cells. None = the model gives no such figure."""
        self._token.check()
        if not len(rows) or (one is None and other is None):
            return
        groups = [str(p) for p in self._patients[rows]]

        def at(value: Value | None) -> Value:
            return (lambda part: value(rows[part])) if value else (lambda _part: float("nan"))

        first, second, difference = paired_bootstrap(at(one), at(other), groups, self._draws)
        both = one is not None and other is not None
        self.found.append(
            Compared(
                key,
                len(rows),
                len(set(groups)),
                first if one else None,
                second if other else None,
                difference if both else None,
            )
        )


def compared_figures(
    score: Scorer,
    cells: Sequence[LabelledCell],
    one: Answers,
    other: Answers,
    common: frozenset[str],
    taxonomy: Taxonomy,
) -> tuple[Compared, ...]:
    """Every figure of two models on the same cells that the labels determine.

    Args:
        score: Of these cells.
        cells: Rows of the answers.
        one: What the champion said.
        other: What the candidate said.
        common: Keys of the stages that both were trained on.
        taxonomy: Classes and stages.
    """
    steps = [frozenset(taxonomy.steps_of(c.cell_class, c.diagnosis)) for c in cells]
    malignant = np.flatnonzero([MALIGNANT in s for s in steps])
    benign = np.flatnonzero([BENIGN in s for s in steps])
    everything = np.arange(len(cells))
    if MALIGNANT.stage in common:
        score.add("blast_sensitivity", malignant, *(_share(a.malignant) for a in (one, other)))
        score.add("blasts_missed", malignant, *(_share(~a.malignant & ~a.abstained) for a in (one, other)))
        score.add("benign_called_malignant", benign, *(_share(a.malignant) for a in (one, other)))
    _apl_figures(score, steps, [c.patient for c in cells], one, other)
    truth = np.asarray([determined_class(taxonomy, c.cell_class, c.diagnosis, common) for c in cells])
    named = np.flatnonzero(truth != "")
    keys = sorted({*truth[named], *one.guess[named], *other.guess[named]}, key=taxonomy.order)
    place = {key: i for i, key in enumerate(keys)}
    t = np.asarray([place.get(key, -1) for key in truth], np.int64)
    guesses = [np.asarray([place.get(key, -1) for key in a.guess], np.int64) for a in (one, other)]
    size = len(keys)
    score.add("accuracy", named, *(_on(accuracy, t, g) for g in guesses))
    score.add("macro_f1", named, *(_macro(t, g, size) for g in guesses))
    score.add("calibration_error", named, *(_gap(t == g, a) for g, a in zip(guesses, (one, other), strict=True)))
    score.add("abstained", everything, *(_share(a.abstained) for a in (one, other)))
    for key in keys:
        mine = place[key]
        score.add(f"recall:{key}", np.flatnonzero(t == mine), *(_share(g == mine) for g in guesses))
    for key in keys:
        mine = place[key]
        called = np.flatnonzero((t >= 0) & ((guesses[0] == mine) | (guesses[1] == mine)))
        score.add(f"precision:{key}", called, *(_precision(t, g, mine) for g in guesses))
    return tuple(score.found)


def _apl_figures(
    score: Scorer, steps: Sequence[frozenset[Step]], patients: Sequence[str], one: Answers, other: Answers
) -> None:
    known = np.flatnonzero([any(s.stage == APL.stage for s in found) for found in steps])
    ill = np.asarray([APL in found for found in steps], np.int64)
    asked = [APL.stage in a.stages for a in (one, other)]
    if not len(known) or len(set(ill[known].tolist())) < 2:
        return
    by_cell = [_area(ill, a.apl) if yes else None for yes, a in zip(asked, (one, other), strict=True)]
    score.add("apl_auc", known, *by_cell)
    names = [patients[i] for i in known.tolist()]
    firsts = np.asarray([known[names.index(p)] for p in sorted(set(names))], np.int64)  # a row that stands for each
    by_patient: list[Value | None] = []
    for yes, answers in zip(asked, (one, other), strict=True):
        if not yes:
            by_patient.append(None)
            continue
        means = group_means(answers.apl[known], names)
        scores = np.full(len(ill), np.nan)
        scores[firsts] = [means[patients[i]] for i in firsts.tolist()]
        by_patient.append(_area(ill, scores))
    score.add("apl_patient_auc", firsts, *by_patient)


def _share(holds: NDArray[np.bool_]) -> Value:
    return lambda rows: float(holds[rows].mean())


def _on(figure: Callable[[Ints, Ints], float], t: Ints, g: Ints) -> Value:
    return lambda rows: figure(t[rows], g[rows])


def _macro(t: Ints, g: Ints, size: int) -> Value:
    return lambda rows: macro_f1(t[rows], g[rows], size)


def _area(truth: Ints, p: Floats) -> Value:
    return lambda rows: auc(truth[rows], p[rows])


def _gap(right: NDArray[np.bool_], answers: Answers) -> Value:
    return lambda rows: confidence_gap(right[rows], answers.confidence[rows])


def _precision(t: Ints, g: Ints, mine: int) -> Value:
    def value(rows: Ints) -> float:
        called = g[rows] == mine
        return float((t[rows][called] == mine).mean()) if called.any() else float("nan")

    return value
