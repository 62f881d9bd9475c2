"""Champion against candidate on the same cells: figures with intervals over patients, paired, and what they mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview import __version__
from leukview.core.errors import LeukViewError, ModelError
from leukview.core.jobs import CancelToken, Progress, Reporter
from leukview.domain.guards import Compared, Guard, Judged, judge, objections
from leukview.domain.labelled import TEST, LabelledCell, named_class
from leukview.domain.metrics import (
    Floats,
    Ints,
    accuracy,
    auc,
    confidence_gap,
    group_means,
    macro_f1,
    paired_bootstrap,
)
from leukview.domain.prediction import StageProbabilities, compose
from leukview.domain.taxonomy import Step, Taxonomy
from leukview.services.engines import Classifier, Segmenter

BATCH = 32
DRAWS = 500
MALIGNANT, BENIGN = Step("stage1", "malignant"), Step("stage1", "benign")
APL = Step("apl", "apl")
Value = Callable[[Ints], float]
Pictures = Callable[[Sequence[LabelledCell], Path], Iterator[NDArray[np.uint8]]]
"""Gives the images (RGB, H×W×3) of some cells of a data folder, in order."""


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """Whose cells a model saw.

    Attributes:
        sources: Where its training cells came from.
        kept_aside: Patients of whom it saw nothing: its own test patients.
        seen: Patients whom it was trained or calibrated on; None when it does not say.
    """

    sources: frozenset[str]
    kept_aside: frozenset[str]
    seen: frozenset[str] | None

    def saw(self, cell: LabelledCell) -> bool:
        """Whether it saw, or for all that is known may have seen, the patient of a cell."""
        if self.seen is not None:
            return cell.patient in self.seen
        return cell.source in self.sources and cell.patient not in self.kept_aside


@dataclass(frozen=True, slots=True)
class Contestant:
    """A loaded model, and what must be known of its training to compare it fairly.

    Attributes:
        name: The bundle's.
        classifier: Ready; known by its `bundle_sha256`.
        record: Whom it saw.
        needs_masks: It looks at the masks of the cells.
    """

    name: str
    classifier: Classifier
    record: TrainingRecord
    needs_masks: bool


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """The cells of a data folder that no model may have been trained on.

    Attributes:
        name: As the report calls it.
        folder: The data folder.
        cells: Of its test patients.
    """

    name: str
    folder: Path
    cells: tuple[LabelledCell, ...]

    @property
    def sha256(self) -> str:
        """Of the images and their labels: the same set has the same."""
        rows = sorted((c.sha1, c.cell_class, c.diagnosis, c.patient) for c in self.cells)
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def evaluation_set(name: str, folder: Path, cells: Sequence[LabelledCell]) -> EvaluationSet:
    """The test patients' cells of a data folder.

    Raises:
        LeukViewError: There are none.
    """
    chosen = tuple(c for c in cells if c.split == TEST and c.patient)
    if not chosen:
        raise LeukViewError(f"The cells of {name} hold no patient kept aside.", "Two reviewed patients or more do.")
    return EvaluationSet(name, folder, chosen)


@dataclass(frozen=True, slots=True)
class ModelName:
    """A bundle by its name and its content."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SetResult:
    """Both models on one set of cells; `sha256` identifies the cells and labels."""

    name: str
    sha256: str
    cells: int
    patients: int
    figures: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare_models` found.

    Attributes:
        created_at: ISO 8601 with zone.
        program: Version that made it.
        problems: What makes the comparison unfair; with any, nothing may be installed on its strength.
    """

    created_at: str
    program: str
    champion: ModelName
    candidate: ModelName
    sets: tuple[SetResult, ...]
    problems: tuple[str, ...]

    def judged(self, guards: Sequence[Guard]) -> tuple[Judged, ...]:
        """The guards' verdicts."""
        return judge(guards, [(s.name, s.figures) for s in self.sets])

    def objections(self, guards: Sequence[Guard], taxonomy: Taxonomy) -> tuple[str, ...]:
        """Why the candidate may not be installed; empty when it may."""
        return (*self.problems, *objections(guards, self.judged(guards), taxonomy))


@dataclass(frozen=True)
class _Answers:
    """What one model said: rows as the cells."""

    guess: NDArray[np.str_]
    confidence: Floats
    abstained: NDArray[np.bool_]
    malignant: NDArray[np.bool_]
    apl: Floats
    stages: frozenset[str]


def compare_models(
    champion: Contestant,
    candidate: Contestant,
    sets: Sequence[EvaluationSet],
    taxonomy: Taxonomy,
    pictures: Pictures,
    segmenter: Callable[[], Segmenter],
    created_at: str,
    token: CancelToken,
    reporter: Reporter,
    draws: int = DRAWS,
) -> Comparison:
    """Score two models on the same cells.

    Classes are those that the stages both were trained on can name: a model that knows more stages neither gains nor
    loses by it.

    Args:
        champion: In use now.
        candidate: To take its place.
        sets: Each scored apart.
        taxonomy: Classes and stages.
        pictures: Gives the images.
        segmenter: Loaded only when a model looks at masks.
        created_at: ISO 8601 with zone.
        token: Looked at before each batch.
        reporter: Hears of each batch.
        draws: Resamples of an interval.

    Raises:
        LeukViewError: There is no set, or an image cannot be read.
        ModelError: The two are the same model, or have no stage in common.
        Cancelled: The token was set.
    """
    if champion.classifier.bundle_sha256 == candidate.classifier.bundle_sha256:
        raise ModelError("Champion and candidate are the same model.")
    if not sets:
        raise LeukViewError("Name the cells to compare on.", "leukview models compare A B --data DIR")
    common = frozenset(champion.classifier.trained_stages) & frozenset(candidate.classifier.trained_stages)
    if not common:
        raise ModelError("The two models have no stage in common.")
    total = 2 * sum(len(s.cells) for s in sets)
    engine = segmenter() if champion.needs_masks or candidate.needs_masks else None
    results, done = [], 0
    for chosen in sets:
        both = []
        for contestant in (champion, candidate):

            def told(count: int, before: int = done) -> None:
                token.check()
                reporter(Progress(before + count, total, "Comparing models"))

            both.append(_ask(contestant, chosen, common, taxonomy, pictures, engine, told))
            done += len(chosen.cells)
        scorer = _Scorer([c.patient for c in chosen.cells], token, draws)
        figures = _figures(scorer, chosen.cells, both[0], both[1], common, taxonomy)
        patients = len({c.patient for c in chosen.cells})
        results.append(SetResult(chosen.name, chosen.sha256, len(chosen.cells), patients, figures))
    reporter(Progress(total, total, "Comparing models"))
    return Comparison(
        created_at,
        __version__,
        ModelName(champion.name, champion.classifier.bundle_sha256),
        ModelName(candidate.name, candidate.classifier.bundle_sha256),
        tuple(results),
        tuple(p for c, who in ((champion, "champion"), (candidate, "candidate")) for p in _unfair(c, who, sets)),
    )


def _unfair(contestant: Contestant, who: str, sets: Sequence[EvaluationSet]) -> Iterator[str]:
    for chosen in sets:
        seen = {c.patient for c in chosen.cells if contestant.record.saw(c)}
        if seen:
            yield f"The {who} may have been trained on {len(seen)} of the patients of {chosen.name}."


def _ask(
    contestant: Contestant,
    chosen: EvaluationSet,
    common: frozenset[str],
    taxonomy: Taxonomy,
    pictures: Pictures,
    segmenter: Segmenter | None,
    told: Callable[[int], None],
) -> _Answers:
    guess: list[str] = []
    confidence: list[float] = []
    apl: list[float] = []
    stream = pictures(chosen.cells, chosen.folder)
    while images := list(islice(stream, BATCH)):
        told(len(guess))
        masks = segmenter.segment(images) if segmenter else [np.zeros(i.shape[:2], np.uint8) for i in images]
        for answer in contestant.classifier.classify(images, masks):
            composed = compose(taxonomy, [s for s in answer.stages if s.stage in common])
            best = max(composed, key=composed.__getitem__)
            guess.append(best)
            confidence.append(composed[best])
            apl.append(_p_apl(answer.stages))
    malignant = [MALIGNANT in taxonomy.cell_class(name).path for name in guess]
    sure = np.asarray(confidence, np.float64)
    return _Answers(
        np.asarray(guess),
        sure,
        sure < contestant.classifier.abstain_below,
        np.asarray(malignant, bool),
        np.asarray(apl, np.float64),
        frozenset(contestant.classifier.trained_stages),
    )


def _p_apl(stages: Sequence[StageProbabilities]) -> float:
    return next((s.of(APL.choice) for s in stages if s.stage == APL.stage), float("nan"))


class _Scorer:
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


def _figures(
    score: _Scorer,
    cells: Sequence[LabelledCell],
    one: _Answers,
    other: _Answers,
    common: frozenset[str],
    taxonomy: Taxonomy,
) -> tuple[Compared, ...]:
    steps = [frozenset(taxonomy.steps_of(c.cell_class, c.diagnosis)) for c in cells]
    malignant = np.flatnonzero([MALIGNANT in s for s in steps])
    benign = np.flatnonzero([BENIGN in s for s in steps])
    everything = np.arange(len(cells))
    if MALIGNANT.stage in common:
        score.add("blast_sensitivity", malignant, *(_share(a.malignant) for a in (one, other)))
        score.add("blasts_missed", malignant, *(_share(~a.malignant & ~a.abstained) for a in (one, other)))
        score.add("benign_called_malignant", benign, *(_share(a.malignant) for a in (one, other)))
    _apl_figures(score, steps, [c.patient for c in cells], one, other)
    truth = np.asarray([named_class(taxonomy, c.cell_class, c.diagnosis, common) for c in cells])
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
    score: _Scorer, steps: Sequence[frozenset[Step]], patients: Sequence[str], one: _Answers, other: _Answers
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


def _gap(right: NDArray[np.bool_], answers: _Answers) -> Value:
    return lambda rows: confidence_gap(right[rows], answers.confidence[rows])


def _precision(t: Ints, g: Ints, mine: int) -> Value:
    def value(rows: Ints) -> float:
        called = g[rows] == mine
        return float((t[rows][called] == mine).mean()) if called.any() else float("nan")

    return value
