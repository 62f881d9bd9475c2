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
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.models.acceptance_criteria import AcceptanceCriterion, Compared, Judged, judge, violations
from leukview.domain.models.labelled_cells import TEST, LabelledCell
from leukview.domain.prediction import StageProbabilities, compose
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison_metrics import APL, MALIGNANT, Answers, Scorer, compared_figures
from leukview.services.ports.inference import Classifier, Segmenter

BATCH = 32
DRAWS = 500
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
class Candidate:
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
        raise LeukViewError(
            Message("The cells of {name} hold no patient kept aside.", name=name), "Two reviewed patients or more do."
        )
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

    def judged(self, guards: Sequence[AcceptanceCriterion]) -> tuple[Judged, ...]:
        """The guards' verdicts."""
        return judge(guards, [(s.name, s.figures) for s in self.sets])

    def objections(self, guards: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> tuple[str, ...]:
        """Why the candidate may not be installed; empty when it may."""
        return (*self.problems, *violations(guards, self.judged(guards), taxonomy))


def compare_models(
    champion: Candidate,
    candidate: Candidate,
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
        scorer = Scorer([c.patient for c in chosen.cells], token, draws)
        figures = compared_figures(scorer, chosen.cells, both[0], both[1], common, taxonomy)
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


def _unfair(contestant: Candidate, who: str, sets: Sequence[EvaluationSet]) -> Iterator[str]:
    for chosen in sets:
        seen = {c.patient for c in chosen.cells if contestant.record.saw(c)}
        if seen:
            yield f"The {who} may have been trained on {len(seen)} of the patients of {chosen.name}."


def _ask(
    contestant: Candidate,
    chosen: EvaluationSet,
    common: frozenset[str],
    taxonomy: Taxonomy,
    pictures: Pictures,
    segmenter: Segmenter | None,
    told: Callable[[int], None],
) -> Answers:
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
    return Answers(
        np.asarray(guess),
        sure,
        sure < contestant.classifier.abstain_below,
        np.asarray(malignant, bool),
        np.asarray(apl, np.float64),
        frozenset(contestant.classifier.trained_stages),
    )


def _p_apl(stages: Sequence[StageProbabilities]) -> float:
    return next((s.of(APL.choice) for s in stages if s.stage == APL.stage), float("nan"))
