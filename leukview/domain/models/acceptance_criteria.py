"""What a new model must not worsen, and the verdict on each figure (``resources/guards.toml``)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.models.metrics import Figure
from leukview.domain.taxonomy import Taxonomy

FIGURES = {
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
"""Figure → its name, and whether more is better."""
BY_CLASS = {"recall": "Recall", "precision": "Precision"}
EVERY = "*"


def figure_name(key: str, taxonomy: Taxonomy) -> str:
    """A figure in words (KeyError if there is none of that key)."""
    kind, colon, class_key = key.partition(":")
    return f"{BY_CLASS[kind]}: {taxonomy.cell_class(class_key).name}" if colon else FIGURES[key][0]


def higher_is_better(key: str) -> bool:
    """Whether a larger figure is the better one."""
    return True if ":" in key else FIGURES[key][1]


@dataclass(frozen=True, slots=True)
class AcceptanceCriterion:
    """One guarded figure; see ``resources/guards.toml``.

    Attributes:
        margin: Largest loss of the value that is accepted.
        bound: How far the 95 % interval of the difference may reach to the bad side; None = as far as it likes.
    """

    figure: str
    margin: float
    least_cells: int
    least_patients: int
    required: bool
    bound: float | None = None

    def means(self, key: str) -> bool:
        """Whether a figure is the guarded one."""
        return self.figure == key or (self.figure.endswith(EVERY) and key.startswith(self.figure[:-1]))


def parse_guards(text: str, taxonomy: Taxonomy) -> tuple[AcceptanceCriterion, ...]:
    """Read ``guards.toml``.

    Raises:
        LeukViewError: It is no TOML, guards nothing, or a guard is incomplete, unknown or unsound.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LeukViewError(Message("The guards cannot be read: {reason}.", reason=error)) from error
    entries = raw.get("guards")
    if raw.get("version") != 1 or not isinstance(entries, list) or not entries:
        raise LeukViewError("The guards cannot be read: they need version = 1 and at least one guard.")
    return tuple(_guard(entry, taxonomy) for entry in entries)


def _guard(entry: object, taxonomy: Taxonomy) -> AcceptanceCriterion:
    names = {f.name for f in fields(AcceptanceCriterion)}
    if not isinstance(entry, dict) or not names - {"bound"} <= set(entry) <= names:
        raise LeukViewError(
            Message("A guard needs {names}, and may have bound.", names=", ".join(sorted(names - {"bound"})))
        )
    figure = entry["figure"]
    kind, _, class_key = str(figure).partition(":")
    known = {EVERY, *(c.key for c in taxonomy.classes)}
    if not (figure in FIGURES or (kind in BY_CLASS and class_key in known)):
        raise LeukViewError(
            Message("There is no figure “{figure}” to guard.", figure=figure),
            Message("Known are {names}.", names=", ".join(FIGURES)),
        )
    sizes = [entry["margin"], entry.get("bound", 0.0), entry["least_cells"], entry["least_patients"]]
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v < math.inf for v in sizes)
    if not numbers or not isinstance(entry["required"], bool):
        raise LeukViewError(Message("The guard of “{figure}” holds a value that is not sound.", figure=figure))
    return AcceptanceCriterion(**entry)


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of two models on the same cells.

    Attributes:
        cells: That the figure is of.
        patients: Theirs.
        champion: None when the model gives no such figure.
        difference: Candidate − champion, each resample taken for both.
    """

    key: str
    cells: int
    patients: int
    champion: Figure | None
    candidate: Figure | None
    difference: Figure | None


class Verdict(StrEnum):
    """What a guard says of a figure."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    NOT_SHOWN = "not shown to be no worse"  # the value would do; the interval reaches beyond the bound
    NEW = "new"  # the champion gives no such figure
    LOST = "lost"  # the candidate gives none any more
    TOO_FEW = "too few cells or patients"


REFUSED = frozenset({Verdict.WORSE, Verdict.NOT_SHOWN, Verdict.LOST})


def verdict(guard: AcceptanceCriterion, compared: Compared) -> Verdict:
    """What a guard says of a figure that it means."""
    if compared.champion is not None and compared.candidate is None:
        return Verdict.LOST
    if compared.cells < guard.least_cells or compared.patients < guard.least_patients:
        return Verdict.TOO_FEW
    if compared.champion is None or compared.difference is None:
        return Verdict.NEW
    sign = 1.0 if higher_is_better(compared.key) else -1.0
    gain = sign * compared.difference.value
    ends = sorted((sign * compared.difference.low, sign * compared.difference.high))
    if not math.isfinite(gain):
        return Verdict.TOO_FEW
    if gain < -guard.margin:
        return Verdict.WORSE
    if guard.bound is not None and not ends[0] >= -guard.bound:  # an interval that does not exist shows nothing
        return Verdict.NOT_SHOWN
    return Verdict.BETTER if ends[0] > 0 else Verdict.NOT_WORSE


@dataclass(frozen=True, slots=True)
class Judged:
    """A guard's verdict on one figure of one set of cells."""

    guard: AcceptanceCriterion
    cells_of: str
    compared: Compared
    verdict: Verdict


def judge(guards: Sequence[AcceptanceCriterion], sets: Iterable[tuple[str, Sequence[Compared]]]) -> tuple[Judged, ...]:
    """Every guard's verdict on every figure that it means, in the order of guards, then sets.

    Args:
        guards: To be asked.
        sets: Name of each set of cells, and its figures.
    """
    named = list(sets)
    return tuple(
        Judged(guard, name, figure, verdict(guard, figure))
        for guard in guards
        for name, figures in named
        for figure in figures
        if guard.means(figure.key)
    )


def violations(guards: Sequence[AcceptanceCriterion], judged: Sequence[Judged], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Why a candidate may not be installed, one sentence each; empty when every guard is content."""
    found = [
        f"{figure_name(j.compared.key, taxonomy)} on {j.cells_of}: {j.verdict}." for j in judged if j.verdict in REFUSED
    ]
    for guard in guards:
        own = [j.verdict for j in judged if j.guard == guard]
        if guard.required and all(v is Verdict.TOO_FEW for v in own):
            name = FIGURES[guard.figure][0] if guard.figure in FIGURES else guard.figure
            found.append(f"{name}: no set of cells is large enough to say.")
    return tuple(found)
