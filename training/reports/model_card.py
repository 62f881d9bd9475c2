"""Model card of a bundle, written from its manifest only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leukview.inference.bundles.bundle import BundleManifest

SUBSET_TITLES = {
    "test_patients": "Held-out patients (none of their cells was trained on)",
    "barcelona_validation": "Barcelona, validation cells (no patients named; temperatures were fitted on them)",
    "both_sites": "The gate on both together",
}

STAGE_TABLE_HEADER = """\
| stage | cells | accuracy (95 %) | majority guess | macro F1 (95 %) | majority F1 | AUC (95 %) | calibration error |
|---|---|---|---|---|---|---|---|"""

SETS_TABLE_HEADER = """\
| stage | the set holds the truth (95 %) | if sets could be empty | choices a set | sets of one choice |
|---|---|---|---|---|"""

LIMITATIONS = """\
## What it cannot see

- Diseases: untrained stages (above) give no number. It knows malignant cells of AML and APL only; ALL, MDS, CML, CMML,
  CLL, PCL and HCL were never shown to it, nor was the Philadelphia chromosome.
- A patient's diagnosis labels blasts, promyelocytes and promonocytes; lymphocytes and neutrophils of ill patients count
  as benign. The benign cells of one source are healthy people's, so part of “benign” may be the site: read the held-out
  Hopkins figures, where both sorts come from one site.
- Two sites, two analysers, one kind of stain. Other scanners, stains and thick areas of the film are unknown to it; the
  checks of likeness and of stain warn, they do not correct.
- Patients differ more than cells do: read the range over patients above. The films it does worst on stain otherwise
  than most, or hold many broken cells; there blasts and smudge cells pass for one another.
- Neither training nor these figures can be better than the labels. Looked at by eye: of the 72 cells labelled as smudge
  cells that it is surest are leukocytes, about 60 are intact (neutrophils, small lymphocytes, blasts), the others torn,
  stain deposits or two cells in one frame. The cells that it calls malignant against their label are mostly monocytes
  and myelocytes of films whose promonocytes and promyelocytes look the same.
- What was tried on the held-out patients beyond it: other seeds and a wider trunk, weaker and stronger stain and size
  augmentation, the mean of several networks' answers and of their weights, learning from such a mean with and without
  the labels, other normalisation statistics, matching each film's stain. All lie within half a point of it, and so
  short of 97 % at stage 1, of 90 % macro F1 for the five types at Hopkins (a basophil in 227 cells, an eosinophil in
  124) and of 90 % F1 for smudge cells; what bounds them is the labels above and the number of patients.
  `training/README.md` tells each.
- It never saw an artefact: it will name one by a class that it knows.
"""

SITE_LIMITATIONS = """\
## What it cannot see

- Diseases: untrained stages and choices (above) give no number.
- A patient's diagnosis labels blasts, promyelocytes and promonocytes, and whatever cells the site named as the
  disease's; other cells of ill patients count as benign. Where healthy and ill people come from different places or
  times, part of “benign” may be the place.
- Its sites, analysers and stains (above) are all that it knows: the unlikeness percentile warns of others, it does not
  correct.
"""
REFERENCE_SOURCES = {"barcelona", "hopkins"}
"""Sources to which `LIMITATIONS` applies."""


def _limitations(manifest: BundleManifest) -> str:
    return LIMITATIONS if set(manifest.licences) <= REFERENCE_SOURCES else SITE_LIMITATIONS


def _interval(figure: Mapping[str, float | None]) -> str:
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None:
        return "–"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} ({low:.3f}–{high:.3f})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _stage_table(stages: Mapping[str, Any]) -> list[str]:
    lines = [STAGE_TABLE_HEADER]
    for key, entry in stages.items():
        cells = (
            key,
            str(entry["cells"]),
            _interval(entry["accuracy"]),
            _number(entry["majority_accuracy"]),
            _interval(entry["macro_f1"]),
            _number(entry["majority_macro_f1"]),
            _interval(entry["auc"]) if entry.get("auc") else "–",
            _number(entry["calibration_error"]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _prediction_set_table(stages: Mapping[str, Any]) -> list[str]:
    """Table of the prediction sets; empty if no stage has any."""
    rows = [
        f"| {key} | {_interval(sets['coverage'])} | {sets['coverage_before']:.3f} | {sets['size']:.2f} "
        f"| {sets['single']:.1%} |"
        for key, entry in stages.items()
        if (sets := entry.get("sets"))
    ]
    return ["95 % prediction sets:", "", SETS_TABLE_HEADER, *rows, ""] if rows else []


def _error_table(stages: Mapping[str, Any]) -> list[str]:
    """Table of the most frequent errors, with the number of films of each."""
    rows = [
        f"| {key} | {e['truth']} | {e['guess']} | {e['cells']} of {e['of']} | {e['films']} | {e['most']} | "
        f"{', '.join(f'{name} {count}' for name, count in e['classes'].items())} |"
        for key, entry in stages.items()
        for e in entry.get("errors", ())
    ]
    head = "| stage | label | called | cells | films | on the film with most | labelled classes |"
    words = "Errors that lie on one film or two say that its cells, its stain or its labels are strange."
    return [words, "", head, "|---|---|---|---|---|---|---|", *rows, ""] if rows else []


def _ood_section(metrics: Mapping[str, Any]) -> list[str]:
    """Section on the out-of-distribution detector."""

    def warned(entry: Mapping[str, Any]) -> str:
        return f"{entry['flagged']:.1%} | {entry['patients_warned']} of {entry['patients']} |"

    lines = [
        "### Cells unlike the training set",
        "",
        (
            f"{metrics['cells']} cells of held-out patients, asked again with their colours changed. A cell is flagged "
            "when it lies farther from the training cells than all but 0.5 % of the validation cells; a film is warned "
            f"of when {metrics['warned_from']:.0%} of its cells are. The area under the curve (AUC) is that of the "
            "distance, changed cells against the same cells as they are."
        ),
        "",
        "| cells | AUC (95 %) | flagged | patients warned of |",
        "|---|---|---|---|",
        f"| as they are | – | {warned(metrics['as_they_are'])}",
    ]
    lines += [f"| {name} | {_interval(e['auc'])} | {warned(e)}" for name, e in metrics["strange"].items()]
    lines += [
        f"\nDistance to {name}'s own training cells: AUC {_interval(e['auc'])} for cells of other sites ({e['other']}) "
        f"against its own kept aside ({e['own']}); the network had seen all of these sites."
        for name, e in metrics["other_sites"].items()
    ]
    return [*lines, "", *(_stain_section(metrics["stain"]) if metrics.get("stain") else [])]


def _stain_section(metrics: Mapping[str, Any]) -> list[str]:
    """What the check of the stain sees."""

    def warned(entry: Mapping[str, Any]) -> str:
        return f"{_number(entry['median'])} | {entry['patients_warned']} of {entry['patients']} |"

    lines = [
        "### Films of a strange stain",
        "",
        (
            "The network is trained to see through stains, so its features hardly feel them; the colours themselves "
            "do: of each cell the median optical densities of nucleus and cytoplasm, and their distance to those of "
            "the training cells. A film is warned of when the median of its cells lies farther than "
            f"{metrics['warned_from']:.0%} of the validation cells do."
        ),
        "",
        "| cells | AUC by cell (95 %) | median percentile | patients warned of |",
        "|---|---|---|---|",
        f"| as they are | – | {warned(metrics['as_they_are'])}",
    ]
    lines += [f"| {name} | {_interval(e['auc'])} | {warned(e)}" for name, e in metrics["strange"].items()]
    return [*lines, ""]


def _class_table(metrics: Mapping[str, Any]) -> list[str]:
    lines = [
        (
            f"All {metrics['cells']} cells whose class the trained stages can name: accuracy "
            f"{_interval(metrics['accuracy'])}, macro F1 {_interval(metrics['macro_f1'])}. "
            f"{metrics['abstained']:.1%} would be shown as unidentified; accuracy on the rest "
            f"{_number(metrics['accuracy_where_named'])}.\n\n"
            "| class | cells | precision | recall | F1 |\n|---|---|---|---|---|"
        )
    ]
    if metrics.get("by_group"):
        people = metrics["by_group"]
        lines[:0] = [
            (
                f"Accuracy of single patients ({people['groups']}): median {_number(people['median'])}, "
                f"from {_number(people['least'])} to {_number(people['greatest'])}.\n"
            )
        ]
    blasts = metrics.get("blasts") or {"cells": 0}
    if blasts["cells"]:
        lines[-1:] = [
            (
                f"Of {blasts['cells']} blasts {blasts['named']} are shown as blasts, {blasts['unidentified']} as "
                f"unidentified and {blasts['missed']} ({blasts['missed'] / blasts['cells']:.1%}) as something else.\n"
            ),
            lines[-1],
        ]
    for key, entry in metrics["classes"].items():
        numbers = " | ".join(_number(entry[k]) for k in ("precision", "recall", "f1"))
        lines.append(f"| {key} | {entry['cells']} | {numbers} |")
    return lines


def _cam_section(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Section on the localisation of the Grad-CAM maps, with and without background."""
    by = {(row["cell_class"], row["background"]): row for row in rows}
    total = by["", "suppress"]
    lines = [
        "### Where it looks",
        "",
        (
            f"Share of the Grad-CAM map's mass, mean over {total['cells']} cells kept aside, in per cent: inside the "
            "cell (nucleus / cytoplasm). Chance is the share of the picture that the cell takes up. The network sees "
            "the cell without its background; beside it stands what it would look at with it."
        ),
        "",
        "| class | cells | chance | without background | background as it is |",
        "|---|---|---|---|---|",
    ]
    for key in dict.fromkeys(row["cell_class"] for row in rows):
        parts = [
            f"{100 * r['cell']:.0f} ({100 * r['nucleus']:.0f} / {100 * r['cytoplasm']:.0f})"
            for r in (by[key, "suppress"], by[key, "keep"])
        ]
        own = by[key, "suppress"]
        lines.append(f"| {key or 'all'} | {own['cells']} | {100 * own['area']:.0f} | {' | '.join(parts)} |")
    return [*lines, ""]


def _speed_section(metrics: Mapping[str, Any]) -> list[str]:
    """Section on the lowest time per cell of each engine."""
    threads = sorted({number for e in metrics["engines"].values() for number in e["ms"]}, key=int)
    heads = [f"{number} thread{'s' * (number != '1')}, ms a cell" for number in threads]
    lines = [
        "### Speed",
        "",
        f"{metrics['where']}. Classification and maps alone, decoded and cut beforehand; least time, best batch size.",
        "",
        f"| engine | {' | '.join(heads)} | largest logit difference | decisions changed |",
        "|---" * (3 + len(heads)) + "|",
    ]
    for name, entry in metrics["engines"].items():
        times = [f"{entry['ms'][n]:.1f}" if n in entry["ms"] else "–" for n in threads]
        checks = [f"{entry['difference']:.2g}", f"{entry['changed']:.2%}"] if "difference" in entry else ["–", "–"]
        lines.append(f"| {' | '.join((name, *times, *checks))} |")
    return [*lines, ""]


def _stage_notes(subset: Mapping[str, Any]) -> list[str]:
    stages, lines = subset["stages"], []
    gate, first, apl = (stages.get(key, {}) for key in ("gate", "stage1", "apl"))
    if gate:
        scores = ", ".join(f"{choice} {_number(f1)}" for choice, f1 in gate["f1"].items())
        lines += [f"Gate, F1: {scores}."]
    if gate.get("blasts_lost") is not None:
        lines += [f"Blasts, promyelocytes and promonocytes lost at the gate: {gate['blasts_lost']:.2%}."]
    if first.get("benign_called_malignant") is not None:
        lines += [f"Benign cells called malignant: {first['benign_called_malignant']:.2%}."]
    if "by_patient" in apl:
        people = apl["by_patient"]
        lines += [
            f"APL by patient (mean over malignant cells; {people['patients']} patients, {people['positive']} of them",
            f"with APL, one with only {people['fewest_cells']} such cell): AUC {_interval(people['auc'])}.",
            "So few patients prove little, whatever the figure.",
        ]
    if subset.get("controls"):
        lines += ["", "Could the APL head read the film instead of the cell? Controls on the same patients:", ""]
        lines += ["| score | AUC by cell | AUC by patient |", "|---|---|---|"]
        for name, areas in subset["controls"].items():
            lines += [f"| {name} | {_number(areas['cell_auc'])} | {_number(areas['patient_auc'])} |"]
    return [*lines, ""] if lines else []


def _training_section(manifest: BundleManifest) -> list[str]:
    lines = ["| stage | trained choices (training cells) | not trained |", "|---|---|---|"]
    for stage in manifest.stages:
        yes = ", ".join(f"{c} ({stage.support[c]})" for c in stage.trained) or "none: this stage gives no number"
        no = ", ".join(c for c in stage.choices if c not in stage.trained) or "–"
        lines.append(f"| {stage.key} | {yes} | {no} |")
    classes = ", ".join(f"{key} {count}" for key, count in manifest.classes.items())
    return [*lines, "", f"Training cells by class: {classes}."]


def model_card(manifest: BundleManifest) -> str:
    """Model card in Markdown."""
    how = manifest.preprocessing
    story = manifest.provenance.get("training", {})
    sources = "\n".join(f"- {source}: {terms}" for source, terms in manifest.licences.items())
    counts = ", ".join(f"{split} {n}" for split, n in manifest.provenance.get("cells", {}).items())
    lines = [
        f"# {manifest.name}",
        "",
        (
            "Multistage classifier of single cells of a peripheral blood film: progressive multi-granularity on a\n"
            f"ResNeXt trunk, architecture “{manifest.net.architecture}”.\n\n"
            "**For research use only; not a medical device.**"
        ),
        "",
        "## What it was trained on",
        "",
        sources,
        "",
        (
            f"Cells by source and split: {counts}. Training: {story.get('seconds', 0):.0f} s, "
            f"{story.get('images', 0)} images drawn, seed {story.get('seed')}, configuration `{story.get('config')}`."
        ),
        "",
        *_training_section(manifest),
        "",
        (
            f"Input: a square of {how.side} px that shows {how.field:.0%} of the frame's shorter side; background: "
            f"{how.background}. Below a composed confidence of {manifest.abstain_below} a cell is shown as "
            "unidentified; threshold and temperatures were chosen on validation cells."
        ),
        "",
        "## How well it does",
        "",
        (
            "Intervals: percentile bootstrap over patients (over cells where the source names none). A stage is\n"
            "scored on the cells whose label determines it. The majority guess names the choice most frequent in\n"
            "training.\n\n"
            "A 95 % prediction set names the choices that a cell may be (split conformal, thresholds from validation\n"
            "cells, sites weighing alike; the best choice is always in it). Patients differ, and there are too few of\n"
            "them to promise 95 % for a new one: what the sets held on held-out patients is measured below."
        ),
        "",
    ]
    for key, title in SUBSET_TITLES.items():
        part = manifest.metrics.get(key)
        if not part:
            continue
        lines += [f"### {title}", "", *_stage_table(part["stages"]), "", *_prediction_set_table(part["stages"])]
        lines += [*_error_table(part["stages"]), *_stage_notes(part)]
        if "classes" in part:
            lines += [*_class_table(part["classes"]), ""]
    if manifest.metrics.get("unlikeness"):
        lines += _ood_section(manifest.metrics["unlikeness"])
    if manifest.metrics.get("evidence"):
        lines += _cam_section(manifest.metrics["evidence"])
    if manifest.metrics.get("speed"):
        lines += _speed_section(manifest.metrics["speed"])
    return "\n".join(lines) + "\n" + _limitations(manifest)
