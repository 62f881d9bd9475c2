"""Findings of a film: acute leukaemia, acute promyelocytic leukaemia (APL), mature lymphoid neoplasm.

A finding pools what a model gives for each cell into one score and compares it with two limits that were chosen on
patients whom the model never saw. Training and application compute scores with the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from leukview.domain.binomial import Interval, clopper_pearson

FindingKey = Literal["acute_leukaemia", "apl", "lymphoid_neoplasm"]
FINDINGS: tuple[FindingKey, ...] = get_args(FindingKey)
Zone = Literal["not_assessable", "none", "grey", "suspicious"]
ZONES: tuple[Zone, ...] = get_args(Zone)
"""From the least to the most suspicious."""
FINDING_NAMES: dict[FindingKey, str] = {
    "acute_leukaemia": "Acute leukaemia",
    "apl": "APL",
    "lymphoid_neoplasm": "Mature lymphoid neoplasm",
}
ZONE_NAMES: dict[Zone, str] = {
    "not_assessable": "not assessable",
    "none": "no suspicion",
    "grey": "not excluded",
    "suspicious": "suspicious",
}
LEAST_CELLS = 1.0
"""Weight of the cells, about their number, below which nothing can be judged."""
PRIOR_CELLS = 2.0
"""Weight of even odds in a pooled score, in cells: one typical cell counts, and counts less than twenty."""
TYPICAL_CELLS = 5
"""Cells that look most leukaemic whose mean is the score of acute leukaemia: a lean film may hold no more."""
SMALLEST = 1e-4
"""Added to a probability and its complement before the logarithm."""
BLAST_TYPES = frozenset({"blast", "promonocyte", "promyelocyte", "abnormal_promyelocyte"})
LYMPHOID_TYPES = frozenset({"lymphocyte", "variant_lymphocyte", "plasma_cell", "prolymphocyte"})
RAISED_BY: dict[FindingKey, frozenset[str]] = {
    "acute_leukaemia": frozenset({"blast", "promonocyte", "abnormal_promyelocyte"}),
    "apl": frozenset({"abnormal_promyelocyte"}),
    "lymphoid_neoplasm": frozenset({"prolymphocyte"}),
}
"""Classes that raise a finding to the grey zone at least when a reviewer names one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FilmEvidence:
    """What a model gives for the N cells of a film, or of all films of a specimen.

    Attributes:
        blast: N probabilities of `BLAST_TYPES` together.
        lymphoid: N probabilities of `LYMPHOID_TYPES` together.
        malignant: N probabilities of being malignant.
        apl_odds: N log odds of APL against another acute myeloid leukaemia, were the cell malignant.
        lymphoid_odds: N log odds of the cell being one of a mature lymphoid neoplasm.
    """

    blast: Floats
    lymphoid: Floats
    malignant: Floats
    apl_odds: Floats
    lymphoid_odds: Floats

    def weights(self, key: FindingKey) -> Floats:
        """How much each cell counts for a finding, N of 0..1."""
        if key == "lymphoid_neoplasm":
            return self.lymphoid
        return self.blast * self.malignant if key == "apl" else np.ones_like(self.blast)


@dataclass(frozen=True, slots=True)
class FilmScore:
    """Score of a finding.

    Attributes:
        score: Log odds; 0 where no cell counts.
        cells: Weight of the cells that count, about their number.
    """

    score: float
    cells: float

    @property
    def assessable(self) -> bool:
        """Whether enough cells count for a judgement."""
        return self.cells >= LEAST_CELLS


def film_score(key: FindingKey, evidence: FilmEvidence) -> FilmScore:
    """Pool the cells of a film.

    APL and lymphoid neoplasm: the weighted mean of the cells' log odds, drawn towards even odds by `PRIOR_CELLS`. Acute
    leukaemia: the mean log odds of the `TYPICAL_CELLS` cells that look most like malignant blasts or their equivalents.
    """
    weights = evidence.weights(key)
    cells = float(weights.sum())
    if key != "acute_leukaemia":
        odds = evidence.apl_odds if key == "apl" else evidence.lymphoid_odds
        return FilmScore(pooled_odds(odds, weights), cells)
    p = evidence.blast * evidence.malignant
    odds = np.sort(np.log((p + SMALLEST) / (1 - p + SMALLEST)))
    return FilmScore(float(odds[-TYPICAL_CELLS:].mean()) if len(odds) else 0.0, cells)


def pooled_odds(odds: Floats, weights: Floats, prior: float = PRIOR_CELLS) -> float:
    """Weighted mean of log odds, drawn towards even odds where little weighs.

    Args:
        odds: N log odds of the cells.
        weights: N of 0..1.
        prior: Weight of the even odds, in cells.
    """
    return float((odds * weights).sum() / (weights.sum() + prior))


@dataclass(frozen=True, slots=True)
class PatientRates:
    """What a limit did among patients whom the model had not seen.

    Attributes:
        found: Patients with the disease at or above the limit, of `ill`.
        false: Patients without it at or above the limit, of `well`.
    """

    found: int
    ill: int
    false: int
    well: int

    @property
    def sensitivity(self) -> Interval:
        """95 % interval over patients (Clopper–Pearson)."""
        return clopper_pearson(self.found, self.ill)

    @property
    def specificity(self) -> Interval:
        """95 % interval over patients (Clopper–Pearson)."""
        return clopper_pearson(self.well - self.false, self.well)


@dataclass(frozen=True, slots=True)
class FindingLimits:
    """The limits of a finding, and how often they are right.

    Attributes:
        grey: Score from which on the film is in the grey zone.
        suspicious: Score from which on it is suspicious; not below `grey`.
        at_grey: What the grey limit did among patients of other folds.
        at_suspicious: The same of the upper limit.

    Raises:
        ValueError: The limits are in the wrong order.
    """

    key: FindingKey
    grey: float
    suspicious: float
    at_grey: PatientRates
    at_suspicious: PatientRates

    def __post_init__(self) -> None:
        if not self.grey <= self.suspicious:
            raise ValueError(f"The limits of {self.key} are in the wrong order.")


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of a film.

    Attributes:
        raised_by_review: The zone is due to what a reviewer named, and the model's own was lower.
    """

    key: FindingKey
    score: FilmScore
    zone: Zone
    limits: FindingLimits
    raised_by_review: bool = False


def find(limits: FindingLimits, evidence: FilmEvidence) -> Finding:
    """Score a film and tell the zone."""
    score = film_score(limits.key, evidence)
    zone: Zone = "none"
    if not score.assessable:
        zone = "not_assessable"
    elif score.score >= limits.suspicious:
        zone = "suspicious"
    elif score.score >= limits.grey:
        zone = "grey"
    return Finding(limits.key, score, zone, limits)


def after_review(finding: Finding, reviewed: Sequence[str]) -> Finding:
    """The finding once a person has named cells: raised or kept, never lowered.

    Args:
        finding: The model's.
        reviewed: Class keys that reviewers gave to cells of the film.
    """
    named = any(label in RAISED_BY[finding.key] for label in reviewed)
    if not named or ZONES.index(finding.zone) >= ZONES.index("grey"):
        return finding
    return replace(finding, zone="grey", raised_by_review=True)
