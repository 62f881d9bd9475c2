"""Card of a cross-fitted bundle: one page that a clinician reads, the tables behind it."""

from __future__ import annotations

from leukview.domain.binomial import Interval
from leukview.domain.findings import FINDING_NAMES, FindingLimits, PatientRates
from leukview.inference.bundles.bundle import BundleManifest
from training.crossfit.findings import film_scores
from training.crossfit.report import films_of, finding_cases, report
from training.crossfit.scores import OutOfFold
from training.crossfit.vocabulary import Vocabulary

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
MADE = """\
One network, progressive multi-granularity (PMG) on EfficientNet-Lite0 with weights from ImageNet, answers both
questions: what the cell is, and whether it is malignant and of which line. It was trained six times: five times without
one fifth of the patients (Barcelona's cells, which name no patient, by the number of the picture), and once on all.
The sixth ships. **Every figure below is of a cell scored by the network that never saw its patient**; temperatures,
prediction sets, abstention and the findings' limits are set on the same scores, and the printed rates at a limit are of
limits chosen without the patient's fifth. What the shipped network reaches on a new laboratory is not known.
"""
ABSTENTION = "A cell whose likeliest type has a probability below {limit:.2f} is shown as unidentified.\n"
TERMS = """\
Barcelona's images were published under CC BY 4.0 as far as is known. Hopkins (DeepAPL), Lyon, Raabin and C-NMC:
research use, the images are not redistributed.
"""


def crossfit_card(manifest: BundleManifest, found: OutOfFold, vocabulary: Vocabulary) -> str:
    """Write the card.

    Args:
        manifest: Of the bundle.
        found: Out-of-fold scores of all cells.
        vocabulary: What each label determines.
    """
    return "\n".join(
        [
            f"# {manifest.name}",
            "",
            "**For research use only; not a medical device.**",
            "",
            KNOWN,
            "## How often each finding is right",
            "",
            *limit_lines(manifest.findings),
            "",
            *site_lines(manifest.findings, found, vocabulary),
            "",
            UNKNOWN,
            "## How it was made",
            "",
            MADE,
            ABSTENTION.format(limit=manifest.abstain_below),
            "",
            TERMS,
            "## All cells, out of fold",
            "",
            report(found, vocabulary),
        ]
    )


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


def site_lines(findings: tuple[FindingLimits, ...], found: OutOfFold, vocabulary: Vocabulary) -> list[str]:
    """What the limits do at each site, the limits being those of all patients."""
    films = films_of(found)
    scores = {film: film_scores(found, rows, vocabulary) for film, rows in films.items()}
    lines = ["By site, at the limits above:", ""]
    for limits in findings:
        kept, ill = finding_cases(found, limits.key)
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
