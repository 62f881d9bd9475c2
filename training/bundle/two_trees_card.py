"""Card of a bundle with two trees: one page that a clinician reads, the tables behind it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from leukview.domain.binomial import Interval
from leukview.domain.findings import FINDING_NAMES, FindingLimits, PatientRates
from leukview.inference.bundles.bundle import BundleManifest
from training.crossfit.figures import (
    five_figures,
    gate_figures,
    head_figures,
    negative_figures,
    patient_figures,
    type_figures,
)
from training.crossfit.findings import film_scores
from training.crossfit.report import films_of, finding_cases, report
from training.crossfit.scores import OutOfFold
from training.crossfit.vocabulary import Vocabulary, targets_of
from training.evaluation.metrics import Estimate

KNOWN = """\
## What it knows

The types of the analyser: blast, promonocyte, promyelocyte, abnormal promyelocyte, myelocyte, metamyelocyte, band and
segmented neutrophil, eosinophil, basophil, monocyte, lymphocyte, variant lymphocyte, plasma cell, erythroblast,
platelet, giant platelet, platelet clump, smudge cell, and pictures without a white cell (artefact). Beside the type it
gives the probability that a cell is malignant, that a malignant cell is one of APL, and that a cell is one of a mature
lymphoid neoplasm.
"""
UNKNOWN = """\
## What it does not know

- MDS, CML, CMML, CLL, PCL, HCL as such, Ph, prolymphocytes (one cell), Sézary cells. ALL: 336 cells of one laboratory.
- Plasma cells (30), promonocytes (47), giant platelets (30) and platelet clumps (17) are few: read their rows.
- “Mature lymphoid neoplasm” was learned from patients' diagnoses at one laboratory (Lyon) without subtype.
- Acute leukaemia has no controls at its own site: its rates compare sites, and a network can learn a site.
- Artefacts were made from corners of real frames and drawn stain and fibres, not collected.
"""
TRUNK = """\
The trunk and its blocks are those of {trunk}, frozen. The stages above them were trained on the trunk's features. For
the figures each cell was scored by stages that never saw its patient (five folds); the shipped stages learned from all
patients. **The trunk itself learned from, or was chosen on, all but the test patients of Hopkins, and all of
Barcelona**: figures of those sites flatter it. The second table is of what the trunk never saw: {patients} patients of
Hopkins, all of Lyon, Raabin and C-NMC. Limits and temperatures were set on all out-of-fold scores, those of patients
seen by the trunk included.
"""
TERMS = """\
Barcelona's images were published under CC BY 4.0 as far as is known. Hopkins (DeepAPL), Lyon, Raabin and C-NMC:
research use, the images are not redistributed.
"""


def two_trees_card(
    manifest: BundleManifest, found: OutOfFold, seen: NDArray[np.bool_], before: OutOfFold, vocabulary: Vocabulary
) -> str:
    """Write the card.

    Args:
        manifest: Of the bundle.
        found: Out-of-fold scores of all cells.
        seen: Which of the cells the trunk learned from or was chosen on.
        before: Scores of the bundle that gave the trunk, on the same cells, its outputs mapped to the types.
        vocabulary: What each label determines.
    """
    unseen, old = rows_of(found, ~seen), rows_of(before, ~seen)
    patients = len({c.patient for c in unseen.cells if c.source == "hopkins"})
    return "\n".join(
        [
            f"# {manifest.name}",
            "",
            "For Research Use Only. Not for use in diagnostic procedures.",
            "",
            KNOWN,
            "## How often each finding is right",
            "",
            *limit_lines(manifest.findings),
            "",
            *unseen_finding_lines(manifest.findings, unseen, vocabulary),
            "",
            UNKNOWN,
            "## How it was made, and what that does to the figures",
            "",
            TRUNK.format(trunk=manifest.provenance["from_bundle"]["name"], patients=patients),
            TERMS,
            "## Patients that the trunk never saw",
            "",
            *comparison_lines(figures_of(unseen, vocabulary), figures_of(old, vocabulary)),
            "",
            "## All cells, out of fold (the trunk saw most of Hopkins and Barcelona)",
            "",
            report(found, vocabulary),
        ]
    )


def rows_of(found: OutOfFold, kept: NDArray[np.bool_]) -> OutOfFold:
    """The scores of some of the cells."""
    own = np.flatnonzero(kept)
    odds = {head: values[own] for head, values in found.odds.items()}
    return OutOfFold(tuple(found.cells[i] for i in own), found.fold[own], found.types[own], odds)


def figures_of(found: OutOfFold, vocabulary: Vocabulary) -> dict[str, Estimate]:
    """The figures that need no limits."""
    figures = {**head_figures(found, targets_of(found.cells, vocabulary)), **patient_figures(found)}
    figures |= type_figures(found, vocabulary)
    for source in ("hopkins", "raabin"):
        figures |= five_figures(found, vocabulary, source)
    return figures | gate_figures(found, vocabulary) | negative_figures(found, vocabulary)


def comparison_lines(new: Mapping[str, Estimate], old: Mapping[str, Estimate]) -> list[str]:
    """A table of two models' figures on the same cells."""
    lines = ["| figure | this bundle | the bundle before it |", "|---|---|---|"]
    for name, figure in new.items():
        if np.isfinite(figure.value):
            other = old.get(name)
            lines.append(f"| {name} | {_estimate(figure)} | {_estimate(other) if other else ''} |")
    return lines


def _estimate(figure: Estimate) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})" if np.isfinite(figure.value) else "n/a"


def limit_lines(findings: tuple[FindingLimits, ...]) -> list[str]:
    """The limits, and what they did among patients of other folds."""
    lines = ["| finding | limit | score | found | not alarmed |", "|---|---|---|---|---|"]
    for limits in findings:
        for name, score, rates in (
            ("not excluded from", limits.grey, limits.at_grey),
            ("suspicious from", limits.suspicious, limits.at_suspicious),
        ):
            lines.append(f"| {FINDING_NAMES[limits.key]} | {name} | {score:.2f} | {_both(rates)} |")
    return lines


def _both(rates: PatientRates) -> str:
    quiet = rates.well - rates.false
    return (
        f"{rates.found} of {rates.ill}, {_share(rates.found, rates.ill, rates.sensitivity)} | "
        f"{quiet} of {rates.well}, {_share(quiet, rates.well, rates.specificity)}"
    )


def _share(part: int, whole: int, interval: Interval) -> str:
    return f"{100 * part / whole:.0f} % ({100 * interval.low:.0f}–{100 * interval.high:.0f})"


def unseen_finding_lines(findings: tuple[FindingLimits, ...], unseen: OutOfFold, vocabulary: Vocabulary) -> list[str]:
    """What the limits do among the patients that the trunk never saw, by site."""
    films = films_of(unseen)
    scores = {film: film_scores(unseen, rows, vocabulary) for film, rows in films.items()}
    lines = ["Among patients that the trunk never saw:", ""]
    for limits in findings:
        kept, ill = finding_cases(unseen, limits.key)
        for source in sorted({film[0] for film in kept}):
            own = [(f, bool(i)) for f, i in zip(kept, ill, strict=True) if f[0] == source]
            able = [(scores[f][limits.key].score, i) for f, i in own if scores[f][limits.key].assessable]
            with_it, without = [s for s, i in able if i], [s for s, i in able if not i]
            counts = [
                f"{sum(s >= limit for s in with_it)} of {len(with_it)} found, "
                f"{sum(s >= limit for s in without)} of {len(without)} false"
                for limit in (limits.grey, limits.suspicious)
            ]
            lines.append(
                f"- {FINDING_NAMES[limits.key]}, {source}: lower limit {counts[0]}; upper limit {counts[1]}; "
                f"{len(own) - len(able)} not assessable."
            )
    return lines
