"""What a model gives for the cells of a film, as evidence for findings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leukview.domain.findings import (
    BLAST_TYPES,
    FINDINGS,
    LYMPHOID_TYPES,
    ZONES,
    FilmEvidence,
    Finding,
    FindingKey,
    FindingLimits,
    after_review,
    find,
)
from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Taxonomy

LEAST_PROBABILITY = 1e-4
"""Probabilities are kept this far from 0 and 1 before the logarithm: one cell must not outweigh a film."""
COUNTING_WEIGHT = 0.5
"""Weight from which on a cell is named as one that a finding rests on."""


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """The contribution of one cell; see `FilmEvidence`."""

    blast: float
    lymphoid: float
    malignant: float
    apl_odds: float
    lymphoid_odds: float


def cell_evidence(taxonomy: Taxonomy, stages: Sequence[StageProbabilities]) -> CellEvidence:
    """What one prediction contributes to the findings of its film.

    Args:
        taxonomy: Trees of the classes.
        stages: Of the prediction. A head that the model lacks gives even odds; a model without stage 1 no malignancy.
    """
    classes = class_probabilities(taxonomy, stages)
    by_key = {s.stage: s for s in stages}

    def p(stage: str, choice: str, default: float) -> float:
        return by_key[stage].probability_of(choice) if stage in by_key else default

    return CellEvidence(
        sum(value for key, value in classes.items() if key in BLAST_TYPES),
        sum(value for key, value in classes.items() if key in LYMPHOID_TYPES),
        p("stage1", "malignant", 0.0),
        log_odds(p("apl", "apl", 0.5)),
        log_odds(p("lymphoid_neoplasm", "lymphoid_neoplasm", 0.5)),
    )


def log_odds(probability: float) -> float:
    """Logarithm of the odds, of a probability kept `LEAST_PROBABILITY` away from 0 and 1."""
    p = min(max(probability, LEAST_PROBABILITY), 1.0 - LEAST_PROBABILITY)
    return math.log(p / (1.0 - p))


@dataclass(frozen=True, slots=True)
class FindingsBasis:
    """What the findings of a film rest on.

    Attributes:
        limits: Of the bundle that made the predictions; empty = it has no findings.
        cells: Cell id → contribution, for the cells that this bundle predicted with the segmenter's mask. Nothing that
            a reviewer does changes them.
        reviewed: Class keys that reviewers gave to cells of the film.
    """

    limits: tuple[FindingLimits, ...] = ()
    cells: Mapping[str, CellEvidence] | None = None
    reviewed: tuple[str, ...] = ()


NO_BASIS = FindingsBasis()
"""Of a film without findings."""


@dataclass(frozen=True, slots=True)
class FilmFinding:
    """A finding with the cells that it rests on, the most suspicious first."""

    finding: Finding
    cell_ids: tuple[str, ...]


def film_findings(bases: Sequence[FindingsBasis]) -> tuple[FilmFinding, ...]:
    """Findings of a film, or of all films of a patient together.

    Cells of several films count as those of one. A zone that one film reached alone is kept.

    Args:
        bases: One for each film.

    Returns:
        One for each limit of the first film that has any; films of other limits, which another model made, are left
        out.
    """
    first = next((basis.limits for basis in bases if basis.limits), ())
    joined = [basis for basis in bases if basis.limits == first]
    if not first:
        return ()
    cells = {f"{i}/{key}": value for i, basis in enumerate(joined) for key, value in (basis.cells or {}).items()}
    reviewed = [label for basis in joined for label in basis.reviewed]
    evidence = _joined_evidence(list(cells.values()))
    names = [key.partition("/")[2] for key in cells]
    found = []
    for limits in sorted(first, key=lambda item: FINDINGS.index(item.key)):
        alone = [find(limits, _joined_evidence(list((basis.cells or {}).values()))) for basis in joined]
        worst = max([find(limits, evidence), *alone], key=lambda item: ZONES.index(item.zone))
        finding = after_review(replace(find(limits, evidence), zone=worst.zone), reviewed)
        found.append(FilmFinding(finding, _counting_cells(limits.key, evidence, names)))
    return tuple(found)


def _joined_evidence(cells: Sequence[CellEvidence]) -> FilmEvidence:
    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray([getattr(cell, name) for cell in cells], np.float64)

    return FilmEvidence(
        column("blast"), column("lymphoid"), column("malignant"), column("apl_odds"), column("lymphoid_odds")
    )


def _counting_cells(key: FindingKey, evidence: FilmEvidence, names: Sequence[str]) -> tuple[str, ...]:
    weights = evidence.blast * evidence.malignant if key == "acute_leukaemia" else evidence.weights(key)
    odds = {"apl": evidence.apl_odds, "lymphoid_neoplasm": evidence.lymphoid_odds}.get(key, weights)
    order = np.argsort(-odds, kind="stable")
    return tuple(names[i] for i in order if weights[i] >= COUNTING_WEIGHT)
