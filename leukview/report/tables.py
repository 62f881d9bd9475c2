"""The differential and what stands outside it, as rows of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.statistics import Interval, clopper_pearson
from leukview.domain.taxonomy import CellClass
from leukview.report.reference import References
from leukview.services.report import ReportData

NOT_GIVEN = "n/a"


@dataclass(frozen=True, slots=True)
class _Counts:
    """Cells of one row: by the model, by the reviewer, and as shown (the reviewer's class, else the model's)."""

    model: int
    reviewer: int
    shown: int


def reviewer_counts(data: ReportData) -> Mapping[str, int]:
    """Class key → cells to which a person gave that class."""
    return Counter(v.review.label for v in data.slide.cells if v.review.label)


def percent_interval(interval: Interval | None) -> str:
    """``46.8–60.2`` in per cent; ``n/a`` when there is no leukocyte."""
    return f"{100 * interval.low:.1f}–{100 * interval.high:.1f}" if interval else NOT_GIVEN


def differential_rows(data: ReportData, references: References) -> list[list[str]]:
    """Rows of class, model, reviewer, final, %, 95 % interval, 10⁹/l, reference range; sums begin with ``Σ``."""
    by_reviewer = reviewer_counts(data)
    shown = data.shown

    def counts(keys: Sequence[str]) -> _Counts:
        return _Counts(
            sum(data.model_tally.count(k) for k in keys),
            sum(by_reviewer.get(k, 0) for k in keys),
            sum(shown.count(k) for k in keys),
        )

    present = [c for c in data.slide.taxonomy.classes if c.counted and any(_numbers(counts([c.key])))]
    rows = []
    for c in present:
        reference = references.of(c.key)
        siblings = [o for o in present if reference and o.key in reference.classes]
        alone = reference if len(siblings) == 1 else None
        cell_counts = counts([c.key])
        interval = _interval(cell_counts.shown, shown.n)
        rows.append(_row(data, c.plural, cell_counts, interval, alone.beside(interval) if alone else ""))
        if reference and len(siblings) > 1 and c is siblings[-1]:
            together = counts(reference.classes)
            interval = _interval(together.shown, shown.n)
            rows.append(_row(data, f"Σ {reference.name}", together, interval, reference.beside(interval)))
    return [*rows, *_blast_rows(data, counts), _total_row(data, by_reviewer)]


def _blast_rows(data: ReportData, counts: Callable[[Sequence[str]], _Counts]) -> list[list[str]]:
    classes = data.slide.taxonomy.classes
    blasts = [c.key for c in classes if c.blast]
    equivalents = [c.key for c in classes if c.blast_equivalent]
    rows = []
    for name, keys in (
        ("Blasts", blasts),
        ("Blast equivalents", equivalents),
        ("Blasts and equivalents together", [*blasts, *equivalents]),
    ):
        found = counts(keys)
        rows.append(_row(data, f"Σ {name}", found, _interval(found.shown, data.shown.n), ""))
    return rows


def _total_row(data: ReportData, by_reviewer: Mapping[str, int]) -> list[str]:
    counted = {c.key for c in data.slide.taxonomy.classes if c.counted}
    reviewed = sum(n for key, n in by_reviewer.items() if key in counted)
    n, wbc = data.shown.n, data.slide.slide.wbc_per_nl
    total = "100.0" if n else NOT_GIVEN
    absolute = NOT_GIVEN if wbc is None else f"{wbc:.2f}"
    return ["Σ Leukocytes counted", str(data.model_tally.n), str(reviewed), str(n), total, "", absolute, ""]


def _row(data: ReportData, name: str, counts: _Counts, interval: Interval | None, reference: str) -> list[str]:
    n, wbc = data.shown.n, data.slide.slide.wbc_per_nl
    share = counts.shown / n if n else None
    return [
        name,
        *(str(number) for number in _numbers(counts)),
        NOT_GIVEN if share is None else f"{100 * share:.1f}",
        percent_interval(interval),
        NOT_GIVEN if share is None or wbc is None else f"{wbc * share:.2f}",
        reference,
    ]


def _numbers(counts: _Counts) -> tuple[int, int, int]:
    return counts.model, counts.reviewer, counts.shown


def _interval(count: int, n: int) -> Interval | None:
    return clopper_pearson(count, n) if n else None


def outside_rows(data: ReportData, references: References) -> list[list[str]]:
    """Rows of class, model, reviewer, final, per 100 WBC, reference for the classes outside the denominator."""
    by_reviewer, shown = reviewer_counts(data), data.shown
    rows = []
    for c in data.slide.taxonomy.classes:
        counts = _Counts(data.model_tally.count(c.key), by_reviewer.get(c.key, 0), shown.count(c.key))
        if c.counted or not any(_numbers(counts)):
            continue
        per_100 = 100 * counts.shown / shown.n if shown.n else None
        reference = references.of(c.key)
        rows.append(
            [
                c.plural,
                *(str(number) for number in _numbers(counts)),
                NOT_GIVEN if per_100 is None else f"{per_100:.1f}",
                reference.words if reference else "",
            ]
        )
    return rows


def denominator(data: ReportData) -> str:
    """What was counted and what the figures cover, in words."""
    shown, wbc = data.shown, data.slide.slide.wbc_per_nl
    outside = _listed([c for c in data.slide.taxonomy.classes if not c.counted])
    absolute = (
        "10⁹/l: n/a, because no white cell count was given."
        if wbc is None
        else f"10⁹/l: from the white cell count given, {wbc:g} × 10⁹/l."
    )
    return (
        f"n = {shown.n} leukocytes of {shown.total} cells. Not in the denominator: {outside}. "
        f"Model, reviewer: cells to which each gave the class. Final: {_final(data)}. "
        f"Blast equivalents: {_listed([c for c in data.slide.taxonomy.classes if c.blast_equivalent])}. "
        "The intervals are exact (Clopper–Pearson) and cover counting error only. " + absolute
    )


def _final(data: ReportData) -> str:
    """Whose class counts, in words."""
    settled = any(v.consensus for v in data.slide.cells)
    return f"{'the consensus of both readers, else ' if settled else ''}the reviewer's class, else the model's"


def _listed(classes: Sequence[CellClass]) -> str:
    names = [c.plural.replace(" (NRBC)", "").casefold() for c in classes]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def warnings(data: ReportData) -> list[str]:
    """What makes the figures weaker than they look, one sentence each."""
    shown, found = data.shown, []
    if not shown.n:
        found.append("No leukocyte was counted: there are no percentages.")
    elif shown.small:
        noun = "leukocyte was" if shown.n == 1 else "leukocytes were"
        found.append(f"Only {shown.n} {noun} counted (fewer than 200): the intervals are wide.")
    if shown.straddles_threshold:
        low_high = percent_interval(shown.blast_interval)
        found.append(f"The interval of blasts and equivalents ({low_high} %) straddles 20 %.")
    if data.slide.pending:
        noun = "cell was" if data.slide.pending == 1 else "cells were"
        found.append(f"{data.slide.pending} {noun} not analysed and not counted.")
    return found
