"""Print the out-of-fold table: ``python -m training.crossfit.report --run DIR [--run DIR] [--output FILE.md]``."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.domain.binomial import Interval
from leukview.domain.findings import FINDINGS, FindingKey, PatientRates
from training.crossfit.figures import (
    class_table,
    five_figures,
    gate_figures,
    head_figures,
    negative_figures,
    patient_figures,
    type_figures,
)
from training.crossfit.findings import film_scores
from training.crossfit.negatives import LABEL, negatives_of
from training.crossfit.operating import finding_limits
from training.crossfit.pool import group_of, read_pool
from training.crossfit.scores import OutOfFold, mean_scores, read_scores
from training.crossfit.vocabulary import Vocabulary, read_vocabulary, targets_of
from training.data.dataset import data_folder
from training.evaluation.metrics import Estimate, auc

logger = logging.getLogger(__name__)

LEUKAEMIC = ("AML", "APL")
FINDING_COLUMNS = (
    *("finding", "films with / without", "assessable", "AUC"),
    *("limit", "value", "found", "sensitivity", "false", "specificity"),
)


def films_of(found: OutOfFold) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Rows of every named patient or session, by source and name."""
    films: dict[tuple[str, str], list[int]] = {}
    for row, cell in enumerate(found.cells):
        if cell.patient and cell.source != "cnmc" and cell.cell_class != LABEL:  # its cells come without a film
            films.setdefault((cell.source, cell.patient), []).append(row)
    return {key: np.asarray(rows) for key, rows in films.items()}


def finding_cases(found: OutOfFold, key: FindingKey) -> tuple[list[tuple[str, str]], NDArray[np.bool_]]:
    """The films among which a finding is judged, and which of them have the disease.

    APL is judged among leukaemias. Acute leukaemia is judged against all other sites' films (reactive,
    lymphoproliferative, healthy): no site here has both, and the table says so. Lymphoid neoplasm is judged among all.
    """
    films = films_of(found)
    diagnosis = {f: found.cells[int(rows[0])].diagnosis for f, rows in films.items()}
    if key == "apl":
        kept = [f for f in films if f[0] == "hopkins"]
        return kept, np.asarray([diagnosis[f] == "APL" for f in kept])
    kept = list(films)
    if key == "acute_leukaemia":
        return kept, np.asarray([diagnosis[f] in LEUKAEMIC for f in kept])
    return kept, np.asarray([diagnosis[f] == "lymphoproliferative" for f in kept])


def finding_lines(found: OutOfFold, vocabulary: Vocabulary) -> list[str]:
    """A table of the findings: limits, and what they do among patients of other folds."""
    lines = [
        "| " + " | ".join(FINDING_COLUMNS) + " |",
        "|" + "---|" * len(FINDING_COLUMNS),
    ]
    films = films_of(found)
    scores = {film: film_scores(found, rows, vocabulary) for film, rows in films.items()}
    for key in FINDINGS:
        kept, ill = finding_cases(found, key)
        able = np.asarray([scores[film][key].assessable for film in kept])
        values = np.asarray([scores[film][key].score for film in kept])
        folds = np.asarray([int(found.fold[films[film][0]]) for film in kept])
        if min(ill[able].sum(), (~ill[able]).sum()) < 2 or len(np.unique(folds)) < 2:
            continue
        limits = finding_limits(key, values[able], ill[able], folds[able])
        area = auc(ill[able].astype(np.int64), values[able])
        for name, limit, rates in (
            ("grey", limits.grey, limits.at_grey),
            ("suspicious", limits.suspicious, limits.at_suspicious),
        ):
            head = (
                f"| {key} | {ill.sum()} / {(~ill).sum()} | {able.sum()} | {area:.3f}" if name == "grey" else "| | | |"
            )
            lines.append(f"{head} | {name} | {limit:.2f} | {_rates(rates)} |")
    return lines


def _rates(rates: PatientRates) -> str:
    return (
        f"{rates.found} of {rates.ill} | {_share(rates.found, rates.ill, rates.sensitivity)} | "
        f"{rates.false} of {rates.well} | {_share(rates.well - rates.false, rates.well, rates.specificity)}"
    )


def _share(part: int, whole: int, interval: Interval) -> str:
    return f"{part / whole:.2f} ({interval.low:.2f}–{interval.high:.2f})"


def figure_lines(figures: Mapping[str, Estimate]) -> list[str]:
    """A table of figures with their intervals over patients."""
    rows = [f"| {name} | {f.value:.3f} | {f.low:.3f}–{f.high:.3f} |" for name, f in figures.items()]
    return ["| figure | value | 95 % interval over patients |", "|---|---|---|", *rows]


def report(found: OutOfFold, vocabulary: Vocabulary) -> str:
    """The whole table in Markdown."""
    targets = targets_of(found.cells, vocabulary)
    figures = {**head_figures(found, targets), **patient_figures(found), **type_figures(found, vocabulary)}
    for source in ("barcelona", "hopkins", "raabin"):
        figures |= five_figures(found, vocabulary, source)
    figures |= gate_figures(found, vocabulary) | negative_figures(found, vocabulary)
    patients = len({(c.source, group_of(c)) for c in found.cells if c.patient})
    lines = [
        f"Folds {', '.join(map(str, np.unique(found.fold)))}: {len(found.cells):,} cells, {patients} named patients",
        "and sessions, each scored by a network that never saw them.",
        "",
        *figure_lines(figures),
        "",
        *finding_lines(found, vocabulary),
    ]
    for source in ("hopkins", "barcelona"):
        rows = class_table(found, vocabulary, source)
        lines += ["", f"| {source} | cells | precision | recall | F1 |", "|---|---|---|---|---|"]
        lines += [f"| {n} | {c} | {p:.3f} | {r:.3f} | {f:.3f} |" for n, c, p, r, f in rows]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table of one run, or of the mean of several."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, action="append", required=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--negatives", type=int, default=12, help="as the runs were trained with")
    args = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    vocabulary = read_vocabulary()
    cells = read_pool(data_folder())
    cells += negatives_of(cells, args.negatives) if args.negatives else ()
    text = report(mean_scores([read_scores(run, cells, vocabulary) for run in args.run]), vocabulary)
    if args.output:
        args.output.write_text(text, encoding="utf-8")
    logger.info(text)


if __name__ == "__main__":
    main()
