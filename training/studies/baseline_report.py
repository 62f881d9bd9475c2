"""Metrics and tables of the comparison of methods in `training.studies.baselines`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Step, Taxonomy
from training.data.dataset import TEST, TRAIN, LabelledCell
from training.data.importers import SYNTHETIC
from training.evaluation.metrics import Estimate, IntArray, accuracy, bootstrap, confusion_matrix, f1_scores, macro_f1

Probabilities = Mapping[str, NDArray[np.float64]]
Stages = Sequence[tuple[str, tuple[str, ...]]]

METHOD_LABELS: Mapping[str, str] = {
    "vit": "Vision transformer",
    "resnext": "ResNeXt",
    "resnext-pmg": "ResNeXt + PMG, one stage",
    "paper": "PMG in stages, a network each",
    "shared": "PMG in stages, one trunk",
}
"""Name of each method in the tables."""

PUBLISHED_SCORES: Mapping[str, str] = {
    "vit": "76.25 / 53.69",
    "resnext": "72.45 / 55.15",
    "resnext-pmg": "82.43 / 65.91",
    "paper": "– / 90.28",
}
"""Published accuracy / F1 in per cent (Cancer Science 2025, doi 10.1111/cas.16374).

They were measured on cells that are not public, so they cannot be compared with the rows of the table directly.
"""

TABLE_HEADER = (
    "| method | accuracy | macro precision | macro recall | macro F1 | published accuracy / F1 | parameters | "
    "training, s | ms a cell |"
)


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Number of cells, precision, recall and F1 of one class; NaN where undefined."""

    cells: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class MethodResult:
    """Metrics of a method on the scored cells, as fractions of 1.

    Attributes:
        method: Key of `METHOD_LABELS`.
        cells: Scored cells whose label determines the class.
        classes: Scores by class key.
        stages: Accuracy of each stage that the method can predict, on the cells whose label determines it.
        stage_f1: Macro F1 of each of these stages.
        stage_cells: Scored cells of each of these stages.
        parameters: Number of network parameters.
        seconds: Training time.
        ms: Inference time per cell in milliseconds, with images already decoded.
    """

    method: str
    cells: int
    accuracy: Estimate
    macro_precision: Estimate
    macro_recall: Estimate
    macro_f1: Estimate
    classes: Mapping[str, ClassScores]
    stages: Mapping[str, Estimate]
    stage_f1: Mapping[str, Estimate]
    stage_cells: Mapping[str, int]
    parameters: int
    seconds: float
    ms: float

    def as_json(self) -> dict[str, Any]:
        """Convert to a dictionary for ``baselines.json``."""
        return asdict(self)


def joint_probabilities(
    outputs: Probabilities, stages: Stages, keys: Sequence[str], taxonomy: Taxonomy
) -> list[dict[str, float]]:
    """Probability of each class for every cell, for methods with or without stages."""
    if "classes" in outputs:
        return [dict(zip(keys, row.tolist(), strict=True)) for row in outputs["classes"]]
    count = len(next(iter(outputs.values())))
    return [
        class_probabilities(
            taxonomy, [StageProbabilities(k, choices, tuple(outputs[k][i].tolist())) for k, choices in stages]
        )
        for i in range(count)
    ]


def predict_stage(
    outputs: Probabilities, stage: str, choices: Sequence[str], keys: Sequence[str], taxonomy: Taxonomy
) -> NDArray[np.int64] | None:
    """Most probable choice of a stage for every cell, or None if it is undefined.

    For a method without stages, the probability of a choice is the sum over the classes whose path contains it. It is
    undefined for heads, and for stages with a choice that no class contains.
    """
    if stage in outputs:
        return np.asarray(outputs[stage].argmax(1), np.int64)
    if taxonomy.stage(stage).is_head:
        return None
    beyond = [[Step(stage, choice) in taxonomy.cell_class(k).path for k in keys] for choice in choices]
    if not all(any(row) for row in beyond):
        return None
    return np.asarray((outputs["classes"] @ np.asarray(beyond, np.float64).T).argmax(1), np.int64)


def _accuracy(truth: IntArray, predicted: IntArray, rows: IntArray) -> float:
    return accuracy(truth[rows], predicted[rows])


def _macro_f1(truth: IntArray, predicted: IntArray, size: int, rows: IntArray) -> float:
    return macro_f1(truth[rows], predicted[rows], size)


def _macro(truth: IntArray, predicted: IntArray, size: int, axis: int, rows: IntArray) -> float:
    """Mean precision (axis 0) or recall (axis 1) over the classes that occur.

    A class that is never predicted has precision 0.
    """
    table = confusion_matrix(truth[rows], predicted[rows], size)
    occurs = table.sum(1) > 0
    return float((np.diag(table) / np.maximum(table.sum(axis), 1))[occurs].mean()) if occurs.any() else float("nan")


def score_method(
    method: str,
    outputs: Probabilities,
    stages: Stages,
    keys: Sequence[str],
    targets: NDArray[np.int64],
    truth: Sequence[str],
    cells: Sequence[LabelledCell],
    taxonomy: Taxonomy,
    cost: tuple[int, float, float],
) -> MethodResult:
    """Compute the metrics of a method.

    Args:
        method: Key of `METHOD_LABELS`.
        outputs: Probabilities of each stage, or of ``classes``, one row per scored cell.
        stages: All trained stages with their choices.
        keys: Choices of ``classes``.
        targets: Index of the true choice of each stage, N×S; −1 where the label does not determine it.
        truth: True class key of each cell; "" where the label does not determine it.
        cells: The N scored cells.
        taxonomy: Taxonomy of the classes.
        cost: Number of parameters, training seconds, milliseconds per cell.
    """
    named = [i for i, key in enumerate(truth) if key]
    guesses = [max(p, key=p.__getitem__) for p in joint_probabilities(outputs, stages, keys, taxonomy)]
    order = sorted({truth[i] for i in named} | {guesses[i] for i in named}, key=taxonomy.position)
    t = np.asarray([order.index(truth[i]) for i in named], np.int64)
    g = np.asarray([order.index(guesses[i]) for i in named], np.int64)
    groups = [cells[i].patient or cells[i].sha1 for i in named]
    size = len(order)
    table = confusion_matrix(t, g, size)
    scores = f1_scores(table)
    classes = {
        key: ClassScores(
            int(table[i].sum()),
            float(table[i, i] / table[:, i].sum()) if table[:, i].sum() else float("nan"),
            float(table[i, i] / table[i].sum()) if table[i].sum() else float("nan"),
            float(scores[i]),
        )
        for i, key in enumerate(order)
    }
    by_stage: dict[str, Estimate] = {}
    f1_by_stage: dict[str, Estimate] = {}
    counts: dict[str, int] = {}
    for column, (key, choices) in enumerate(stages):
        guess = predict_stage(outputs, key, choices, keys, taxonomy)
        known = [i for i in range(len(cells)) if targets[i, column] >= 0]
        if guess is None or not known:
            continue
        a, b, n = targets[known, column], guess[known], len(choices)
        people = [cells[i].patient or cells[i].sha1 for i in known]
        by_stage[key] = bootstrap(partial(_accuracy, a, b), people)
        f1_by_stage[key] = bootstrap(partial(_macro_f1, a, b, n), people)
        counts[key] = len(known)
    return MethodResult(
        method,
        len(named),
        bootstrap(partial(_accuracy, t, g), groups),
        bootstrap(partial(_macro, t, g, size, 0), groups),
        bootstrap(partial(_macro, t, g, size, 1), groups),
        bootstrap(partial(_macro_f1, t, g, size), groups),
        classes,
        by_stage,
        f1_by_stage,
        counts,
        *cost,
    )


def _percent(figure: Estimate) -> str:
    interval = f" ({100 * figure.low:.1f}–{100 * figure.high:.1f})" if np.isfinite(figure.low) else ""
    return f"{100 * figure.value:.1f}{interval}" if np.isfinite(figure.value) else "–"


def comparison_markdown(
    results: Sequence[MethodResult],
    cells: Sequence[LabelledCell],
    rows: Mapping[str, NDArray[np.int64]],
    description: str,
) -> str:
    """Markdown tables of a comparison, in per cent.

    Args:
        results: Results in the order of the rows.
        cells: All cells.
        rows: Rows of each split; those of TEST were scored.
        description: Description of image size and training.
    """
    scored = [cells[i] for i in rows[TEST]]
    sources = Counter(c.source for c in scored)
    patients = len({c.patient for c in scored if c.patient})
    lines = ["# Comparison of methods", ""]
    if SYNTHETIC in {c.source for c in cells}:
        lines += ["**Synthetic cells are among these: the figures say how the methods learn, nothing of blood.**", ""]
    lines += [
        f"Trained on {len(rows[TRAIN])} cells ({description}). Scored on {len(scored)} cells kept aside: "
        + ", ".join(f"{source} {count}" for source, count in sorted(sources.items()))
        + f"; {patients} patients. In brackets 95 % intervals, by resampling patients (cells where none is named). "
        "Macro figures are means over the classes that occur among the scored cells. “Published” is another data set "
        "and another amount of training: it stands beside a row, not against it.",
        "",
        TABLE_HEADER,
        "|---" * 9 + "|",
    ]
    for r in results:
        macro = " | ".join(_percent(f) for f in (r.accuracy, r.macro_precision, r.macro_recall, r.macro_f1))
        lines.append(
            f"| {METHOD_LABELS[r.method]} | {macro} | {PUBLISHED_SCORES.get(r.method, '–')} | "
            f"{r.parameters / 1e6:.2f} M | {r.seconds:.0f} | {r.ms:.1f} |"
        )
    stages = list(dict.fromkeys(key for r in results for key in r.stages))
    counts = {key: next(r.stage_cells[key] for r in results if key in r.stages) for key in stages}
    lines += ["", "Accuracy / macro F1 of each stage, on the cells whose label determines it:", ""]
    lines += ["| method | " + " | ".join(f"{key} ({counts[key]} cells)" for key in stages) + " |"]
    lines += ["|---" * (len(stages) + 1) + "|"]
    for r in results:
        parts = [f"{_percent(r.stages[k])} / {_percent(r.stage_f1[k])}" if k in r.stages else "–" for k in stages]
        lines.append(f"| {METHOD_LABELS[r.method]} | " + " | ".join(parts) + " |")
    keys = list(dict.fromkeys(key for r in results for key in r.classes))
    lines += ["", "Precision / recall / F1 of each class:", ""]
    lines += ["| class | cells | " + " | ".join(METHOD_LABELS[r.method] for r in results) + " |"]
    lines += ["|---" * (len(results) + 2) + "|"]
    for key in keys:
        count = max(r.classes[key].cells for r in results if key in r.classes)
        parts = [_format_scores(r.classes.get(key)) for r in results]
        lines.append(f"| {key} | {count} | " + " | ".join(parts) + " |")
    return "\n".join(lines) + "\n"


def _format_scores(scores: ClassScores | None) -> str:
    if scores is None:
        return "–"
    return " / ".join(f"{100 * x:.1f}" if np.isfinite(x) else "–" for x in (scores.precision, scores.recall, scores.f1))
