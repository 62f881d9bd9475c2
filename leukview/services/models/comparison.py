"""Paired comparison of champion and candidate model on the same cells."""

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
from leukview.domain.models.acceptance_criteria import (
    AcceptanceCriterion,
    CriterionResult,
    MetricComparison,
    evaluate_criteria,
    violations,
)
from leukview.domain.models.labelled_cells import TEST, LabelledCell
from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison_metrics import (
    APL_STEP,
    MALIGNANT_STEP,
    ModelPredictions,
    Scorer,
    compare_metrics,
)
from leukview.services.ports.inference import Classifier, Segmenter

COMPARISON_BATCH_SIZE = 32
BOOTSTRAP_RESAMPLES = 500
ImageLoader = Callable[[Sequence[LabelledCell], Path], Iterator[NDArray[np.uint8]]]
"""Yields the images (RGB, H×W×3) of some cells of a data folder, in order."""


@dataclass(frozen=True, slots=True)
class TrainingProvenance:
    """The training data of a model.

    Attributes:
        sources: Sources of its training cells.
        held_out: Its test patients, on whom it was not trained.
        trained_on: Patients it was trained or calibrated on; None when the bundle does not list them.
    """

    sources: frozenset[str]
    held_out: frozenset[str]
    trained_on: frozenset[str] | None

    def may_have_seen(self, cell: LabelledCell) -> bool:
        """Whether the model was, or may have been, trained on the patient of a cell."""
        if self.trained_on is not None:
            return cell.patient in self.trained_on
        return cell.source in self.sources and cell.patient not in self.held_out


@dataclass(frozen=True, slots=True)
class ComparedModel:
    """A loaded model with the record of its training data, for a fair comparison.

    Attributes:
        name: The bundle's name.
        classifier: The loaded model.
        provenance: Its training data.
        needs_masks: Whether its predictions depend on the cells' masks.
    """

    name: str
    classifier: Classifier
    provenance: TrainingProvenance
    needs_masks: bool


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """The test cells of a data folder; compared models must not be trained on them.

    Attributes:
        name: As shown in the report.
        folder: The data folder.
        cells: Of its test patients.
    """

    name: str
    folder: Path
    cells: tuple[LabelledCell, ...]

    @property
    def sha256(self) -> str:
        """SHA-256 over images, labels and patients, which identifies the set."""
        rows = sorted((c.sha1, c.cell_class, c.diagnosis, c.patient) for c in self.cells)
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def make_evaluation_set(name: str, folder: Path, cells: Sequence[LabelledCell]) -> EvaluationSet:
    """Select the test patients' cells of a data folder.

    Raises:
        LeukViewError: There are none.
    """
    chosen = tuple(c for c in cells if c.split == TEST and c.patient)
    if not chosen:
        raise LeukViewError(
            Message("The cells of {name} include no patient kept for comparison.", name=name),
            "At least two reviewed patients are needed.",
        )
    return EvaluationSet(name, folder, chosen)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Name and SHA-256 of a bundle."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SetResult:
    """Figures of both models on one set of cells.

    Attributes:
        sha256: See `EvaluationSet.sha256`.
    """

    name: str
    sha256: str
    cells: int
    patients: int
    figures: tuple[MetricComparison, ...]


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """Result of `compare_models`.

    Attributes:
        created_at: ISO 8601 with zone.
        program: Version of the program that made it.
        problems: Reasons why the comparison is unfair; with any, the candidate may not be installed.
    """

    created_at: str
    program: str
    champion: ModelIdentity
    candidate: ModelIdentity
    sets: tuple[SetResult, ...]
    problems: tuple[str, ...]

    def evaluate(self, criteria: Sequence[AcceptanceCriterion]) -> tuple[CriterionResult, ...]:
        """Evaluate the acceptance criteria."""
        return evaluate_criteria(criteria, [(s.name, s.figures) for s in self.sets])

    def violations(self, criteria: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> tuple[str, ...]:
        """List why the candidate may not be installed; empty when it may."""
        return (*self.problems, *violations(criteria, self.evaluate(criteria), taxonomy))


def compare_models(
    champion: ComparedModel,
    candidate: ComparedModel,
    sets: Sequence[EvaluationSet],
    taxonomy: Taxonomy,
    load_images: ImageLoader,
    segmenter: Callable[[], Segmenter],
    created_at: str,
    token: CancelToken,
    reporter: Reporter,
    resamples: int = BOOTSTRAP_RESAMPLES,
) -> ModelComparison:
    """Compare two models on the same cells.

    Only stages on which both models were trained are used, so that additional stages are neither an advantage nor a
    disadvantage.

    Args:
        champion: The model in use.
        candidate: The model to replace it.
        sets: Each is evaluated separately.
        taxonomy: Classes and stages.
        load_images: Reads the images.
        segmenter: Loads the segmenter; called only when a model needs masks.
        created_at: ISO 8601 with zone.
        token: Checked before each batch.
        reporter: Called before each batch.
        resamples: Number of bootstrap resamples per interval.

    Raises:
        LeukViewError: There is no set, or an image cannot be read.
        ModelError: The two are the same model, or have no stage in common.
        Cancelled: The token was set.
    """
    if champion.classifier.bundle_sha256 == candidate.classifier.bundle_sha256:
        raise ModelError("The candidate is the same model as the one in use.")
    if not sets:
        raise LeukViewError(
            "Give the folder with the cells for the comparison.", "leukview models compare A B --data DIR"
        )
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
                token.raise_if_cancelled()
                reporter(Progress(before + count, total, "Comparing models"))

            both.append(_predict_set(contestant, chosen, common, taxonomy, load_images, engine, told))
            done += len(chosen.cells)
        scorer = Scorer([c.patient for c in chosen.cells], token, resamples)
        figures = compare_metrics(scorer, chosen.cells, both[0], both[1], common, taxonomy)
        patients = len({c.patient for c in chosen.cells})
        results.append(SetResult(chosen.name, chosen.sha256, len(chosen.cells), patients, figures))
    reporter(Progress(total, total, "Comparing models"))
    return ModelComparison(
        created_at,
        __version__,
        ModelIdentity(champion.name, champion.classifier.bundle_sha256),
        ModelIdentity(candidate.name, candidate.classifier.bundle_sha256),
        tuple(results),
        tuple(
            p for c, who in ((champion, "champion"), (candidate, "candidate")) for p in _fairness_problems(c, who, sets)
        ),
    )


def _fairness_problems(model: ComparedModel, role: str, sets: Sequence[EvaluationSet]) -> Iterator[str]:
    for chosen in sets:
        seen = {c.patient for c in chosen.cells if model.provenance.may_have_seen(c)}
        if seen:
            yield f"The {role} may have been trained on {len(seen)} of the patients of {chosen.name}."


def _predict_set(
    model: ComparedModel,
    cell_set: EvaluationSet,
    common_stages: frozenset[str],
    taxonomy: Taxonomy,
    load_images: ImageLoader,
    segmenter: Segmenter | None,
    on_progress: Callable[[int], None],
) -> ModelPredictions:
    guess: list[str] = []
    confidence: list[float] = []
    apl: list[float] = []
    malignant: list[bool] = []
    stream = load_images(cell_set.cells, cell_set.folder)
    while images := list(islice(stream, COMPARISON_BATCH_SIZE)):
        on_progress(len(guess))
        masks = segmenter.segment(images) if segmenter else [np.zeros(i.shape[:2], np.uint8) for i in images]
        for answer in model.classifier.classify(images, masks):
            composed = class_probabilities(taxonomy, [s for s in answer.stages if s.stage in common_stages])
            best = max(composed, key=composed.__getitem__)
            guess.append(best)
            confidence.append(composed[best])
            apl.append(_apl_probability(answer.stages))
            by_type = taxonomy.composing_tree(common_stages) == "type"
            alarms = by_type and _is_malignant_by_stage(answer.stages, common_stages)
            malignant.append(alarms or _is_malignant_class(taxonomy, best))
    sure = np.asarray(confidence, np.float64)
    return ModelPredictions(
        np.asarray(guess),
        sure,
        sure < model.classifier.abstain_below,
        np.asarray(malignant, bool),
        np.asarray(apl, np.float64),
        frozenset(model.classifier.trained_stages),
    )


def _is_malignant_by_stage(stages: Sequence[StageProbabilities], common_stages: frozenset[str]) -> bool:
    """Whether stage 1 calls a cell malignant, whatever its type is: the two are questions of their own."""
    found = next((s for s in stages if s.stage == MALIGNANT_STEP.stage and s.stage in common_stages), None)
    return found is not None and found.probability_of(MALIGNANT_STEP.choice) >= 0.5


def _is_malignant_class(taxonomy: Taxonomy, class_key: str) -> bool:
    """Whether a predicted class alarms: one on the malignant side of stage 1, or a blast or equivalent by its type."""
    cell_class = taxonomy.cell_class(class_key)
    return MALIGNANT_STEP in cell_class.path or cell_class.is_blast_like


def _apl_probability(stages: Sequence[StageProbabilities]) -> float:
    return next((s.probability_of(APL_STEP.choice) for s in stages if s.stage == APL_STEP.stage), float("nan"))
