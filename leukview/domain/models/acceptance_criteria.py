"""Acceptance criteria of new models (``resources/guards.toml``) and verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml
from leukview.domain.models.metrics import Estimate
from leukview.domain.taxonomy import Taxonomy

METRICS = {
    "blast_sensitivity": ("Malignant cells called malignant (blast sensitivity)", True),
    "blasts_missed": ("Malignant cells shown as another class", False),
    "benign_called_malignant": ("Benign cells called malignant", False),
    "accuracy": ("Accuracy over classes", True),
    "macro_f1": ("Macro F1 over classes", True),
    "calibration_error": ("Expected calibration error", False),
    "abstained": ("Cells shown as unidentified", False),
    "apl_auc": ("APL against other AML, AUC of the malignant cells", True),
    "apl_patient_auc": ("APL against other AML, AUC of the patients", True),
}
"""Figure → its name, and whether a higher value is better."""
CLASS_METRICS = {"recall": "Recall", "precision": "Precision"}
WILDCARD = "*"


def metric_name(key: str, taxonomy: Taxonomy) -> str:
    """The name of a figure.

    Raises:
        KeyError: There is no figure with this key.
    """
    kind, colon, class_key = key.partition(":")
    return f"{CLASS_METRICS[kind]}: {taxonomy.cell_class(class_key).name}" if colon else METRICS[key][0]


def higher_is_better(key: str) -> bool:
    """Whether a higher value of the figure is better."""
    return True if ":" in key else METRICS[key][1]


@dataclass(frozen=True, slots=True)
class AcceptanceCriterion:
    """The criterion for one figure; see ``resources/guards.toml``.

    Attributes:
        figure: Key of a figure; ``recall:*`` and ``precision:*`` mean all classes.
        margin: Largest accepted loss of the value.
        least_cells: With fewer cells there is no verdict.
        least_patients: With fewer patients there is no verdict.
        required: At least one set of cells must be large enough for a verdict.
        bound: How far the 95 % interval of the difference may reach to the worse side; None = no limit.
    """

    figure: str
    margin: float
    least_cells: int
    least_patients: int
    required: bool
    bound: float | None = None

    def applies_to(self, key: str) -> bool:
        """Whether the criterion applies to a figure."""
        return self.figure == key or (self.figure.endswith(WILDCARD) and key.startswith(self.figure[:-1]))


def parse_criteria(text: str, taxonomy: Taxonomy) -> tuple[AcceptanceCriterion, ...]:
    """Read ``guards.toml``.

    Raises:
        LeukViewError: The text is not TOML or has no criteria, or a criterion is incomplete, names an unknown figure
            or has an invalid value.
    """
    try:
        raw = parse_toml(text)
    except ValueError as error:
        raise LeukViewError(Message("The acceptance criteria cannot be read: {reason}.", reason=error)) from error
    entries = raw.get("guards")
    if set(raw) != {"version", "guards"} or raw["version"] != 1 or not isinstance(entries, list) or not entries:
        raise LeukViewError(
            "The acceptance criteria cannot be read: they need version = 1 and at least one entry [[guards]]."
        )
    return tuple(_parse_criterion(entry, taxonomy) for entry in entries)


def _parse_criterion(entry: object, taxonomy: Taxonomy) -> AcceptanceCriterion:
    names = {f.name for f in fields(AcceptanceCriterion)}
    if not isinstance(entry, dict) or not names - {"bound"} <= set(entry) <= names:
        raise LeukViewError(
            Message(
                "An acceptance criterion needs {names}, and may have bound.", names=", ".join(sorted(names - {"bound"}))
            )
        )
    figure = entry["figure"]
    kind, _, class_key = str(figure).partition(":")
    known = {WILDCARD, *(c.key for c in taxonomy.classes)}
    if not (figure in METRICS or (kind in CLASS_METRICS and class_key in known)):
        raise LeukViewError(
            Message("There is no figure “{figure}” for an acceptance criterion.", figure=figure),
            Message("Available: {names}.", names=", ".join(METRICS)),
        )
    sizes = [entry["margin"], entry.get("bound", 0.0), entry["least_cells"], entry["least_patients"]]
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v < math.inf for v in sizes)
    if not numbers or not all(isinstance(v, int) for v in sizes[2:]) or not isinstance(entry["required"], bool):
        raise LeukViewError(
            Message("The acceptance criterion for “{figure}” contains an invalid value.", figure=figure)
        )
    return AcceptanceCriterion(**entry)


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """One figure of two models on the same cells.

    Attributes:
        cells: Number of cells that the figure is computed on.
        patients: Number of their patients.
        champion: None when the champion does not give this figure.
        candidate: None when the candidate does not give this figure.
        difference: Candidate − champion, with the same resamples for both; None unless both give the figure.
    """

    key: str
    cells: int
    patients: int
    champion: Estimate | None
    candidate: Estimate | None
    difference: Estimate | None


class Verdict(StrEnum):
    """Result of a criterion for one figure."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    NOT_SHOWN = "not shown to be no worse"  # the value is acceptable, but the interval reaches beyond the bound
    NEW = "new"  # the champion does not give this figure
    LOST = "lost"  # the champion gives this figure, the candidate does not
    TOO_FEW = "too few cells or patients"


REJECTING_VERDICTS = frozenset({Verdict.WORSE, Verdict.NOT_SHOWN, Verdict.LOST})


def judge_metric(criterion: AcceptanceCriterion, comparison: MetricComparison) -> Verdict:
    """Evaluate a criterion on a figure that it applies to."""
    if comparison.champion is not None and comparison.candidate is None:
        return Verdict.LOST
    if comparison.cells < criterion.least_cells or comparison.patients < criterion.least_patients:
        return Verdict.TOO_FEW
    if comparison.champion is None or comparison.difference is None:
        return Verdict.NEW
    sign = 1.0 if higher_is_better(comparison.key) else -1.0
    gain = sign * comparison.difference.value
    ends = sorted((sign * comparison.difference.low, sign * comparison.difference.high))
    if not math.isfinite(gain):
        return Verdict.TOO_FEW
    if gain < -criterion.margin:
        return Verdict.WORSE
    if criterion.bound is not None and not ends[0] >= -criterion.bound:  # also when the interval is NaN
        return Verdict.NOT_SHOWN
    return Verdict.BETTER if ends[0] > 0 else Verdict.NOT_WORSE


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """The verdict of a criterion on one figure of one set of cells.

    Attributes:
        set_name: Name of the set of cells.
    """

    criterion: AcceptanceCriterion
    set_name: str
    comparison: MetricComparison
    verdict: Verdict


def evaluate_criteria(
    criteria: Sequence[AcceptanceCriterion], sets: Iterable[tuple[str, Sequence[MetricComparison]]]
) -> tuple[CriterionResult, ...]:
    """Evaluate every criterion on every figure that it applies to.

    Args:
        criteria: The criteria.
        sets: Name of each set of cells, and its figures.

    Returns:
        In the order of criteria, then sets.
    """
    named = list(sets)
    return tuple(
        CriterionResult(guard, name, figure, judge_metric(guard, figure))
        for guard in criteria
        for name, figures in named
        for figure in figures
        if guard.applies_to(figure.key)
    )


def violations(
    criteria: Sequence[AcceptanceCriterion], results: Sequence[CriterionResult], taxonomy: Taxonomy
) -> tuple[str, ...]:
    """List why a candidate may not be installed, one sentence per violated criterion.

    Returns:
        Empty when all criteria are met.
    """
    found = [
        f"{metric_name(j.comparison.key, taxonomy)} on {j.set_name}: {j.verdict}."
        for j in results
        if j.verdict in REJECTING_VERDICTS
    ]
    for guard in criteria:
        own = [j.verdict for j in results if j.criterion == guard]
        if guard.required and all(v is Verdict.TOO_FEW for v in own):
            name = METRICS[guard.figure][0] if guard.figure in METRICS else guard.figure
            found.append(f"{name}: no set of cells is large enough to say.")
    return tuple(found)
