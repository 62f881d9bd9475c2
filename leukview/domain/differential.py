"""The differential count.

Leukocyte classes are given with exact intervals, all other classes per 100 WBC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.counting_rules import CountingRules
from leukview.domain.taxonomy import CellClass, Taxonomy

MIN_LEUKOCYTES = 200
ERYTHROBLAST = "erythroblast"
DEFAULT_RULES = CountingRules()


@dataclass(frozen=True, slots=True)
class LeukocyteRow:
    """One leukocyte class.

    Attributes:
        share: Of the leukocytes, 0..1.
        interval: Exact 95 % interval of `share`; None when there is no leukocyte.
        absolute_per_nl: 10⁹/l, of the corrected white cell count where it is corrected; None when none was given.
    """

    cell_class: CellClass
    count: int
    share: float
    interval: Interval | None
    absolute_per_nl: float | None


@dataclass(frozen=True, slots=True)
class NonLeukocyteRow:
    """One class that does not belong to the leukocyte denominator.

    Attributes:
        per_100_wbc: Cells per 100 leukocytes; None when there is no leukocyte.
    """

    cell_class: CellClass
    count: int
    per_100_wbc: float | None


@dataclass(frozen=True, slots=True)
class Differential:
    """The differential count of one or more slides.

    Attributes:
        leukocyte_count: Leukocytes counted (the denominator).
        cell_count: All cells.
        leukocytes: Leukocyte classes with at least one cell, in taxonomy order.
        non_leukocytes: Classes outside the denominator with at least one cell.
        blast_count: Cells counted as blasts.
        blast_equivalent_count: Abnormal promyelocytes and promonocytes, counted apart from the blasts.
        wbc_per_nl: White cell count as given, 10⁹/l; None = not given.
        corrected_wbc_per_nl: The count without erythroblasts, where the one given includes them; None elsewhere.
        rules: Marks on the share of blasts and the validated range of white cell counts.
    """

    leukocyte_count: int
    cell_count: int
    leukocytes: tuple[LeukocyteRow, ...]
    non_leukocytes: tuple[NonLeukocyteRow, ...]
    blast_count: int
    blast_equivalent_count: int
    wbc_per_nl: float | None = None
    corrected_wbc_per_nl: float | None = None
    rules: CountingRules = DEFAULT_RULES

    @property
    def is_small_sample(self) -> bool:
        """Whether there are fewer than 200 leukocytes, which calls for a visible warning."""
        return self.leukocyte_count < MIN_LEUKOCYTES

    @property
    def blast_interval(self) -> Interval | None:
        """Exact 95 % interval of blasts and equivalents; None without leukocytes."""
        return (
            clopper_pearson(self.blast_count + self.blast_equivalent_count, self.leukocyte_count)
            if self.leukocyte_count
            else None
        )

    @property
    def straddled_thresholds(self) -> tuple[float, ...]:
        """The thresholds of the rules that the interval of blasts and equivalents straddles, 0..1.

        None without such a cell: every interval of few cells straddles the lowest of them.
        """
        interval = self.blast_interval
        if interval is None or not self.blast_count + self.blast_equivalent_count:
            return ()
        return tuple(share for share in self.rules.blast_thresholds if interval.straddles(share))

    @property
    def effective_wbc_per_nl(self) -> float | None:
        """The white cell count that absolute counts are made from, 10⁹/l."""
        return self.wbc_per_nl if self.corrected_wbc_per_nl is None else self.corrected_wbc_per_nl

    @property
    def is_outside_validated_wbc(self) -> bool:
        """Whether the white cell count lies outside the validated range."""
        wbc = self.effective_wbc_per_nl
        return wbc is not None and not self.rules.is_validated(wbc)

    def per_100_wbc(self, class_key: str) -> float | None:
        """Cells of a class per 100 leukocytes; None when there is no leukocyte."""
        return 100.0 * self.count(class_key) / self.leukocyte_count if self.leukocyte_count else None

    def counts_by_class(self) -> dict[str, int]:
        """Class key → number of cells, for the classes present."""
        counted = {r.cell_class.key: r.count for r in self.leukocytes}
        return counted | {r.cell_class.key: r.count for r in self.non_leukocytes}

    def count(self, class_key: str) -> int:
        """Number of cells of a class, inside or outside the denominator."""
        return self.counts_by_class().get(class_key, 0)


def percent_list(shares: Iterable[float]) -> str:
    """Shares (0..1) as per cents, as ``2, 5``."""
    return ", ".join(f"{100 * share:g}" for share in shares)


def correct_for_erythroblasts(wbc_per_nl: float, per_100_wbc: float) -> float:
    """White cell count without the erythroblasts that the counter took for white cells: count · 100 / (100 + NRBC).

    Args:
        wbc_per_nl: As counted, 10⁹/l.
        per_100_wbc: Erythroblasts per 100 leukocytes.
    """
    return wbc_per_nl * 100.0 / (100.0 + per_100_wbc)


def compute_differential(
    taxonomy: Taxonomy,
    labels: Iterable[str],
    wbc_per_nl: float | None = None,
    *,
    wbc_includes_nrbc: bool = False,
    rules: CountingRules = DEFAULT_RULES,
) -> Differential:
    """Compute the differential count of some labels.

    Args:
        taxonomy: Defines which classes belong to the denominator.
        labels: One class key per cell (the shown label), or a mapping class key → number of cells.
        wbc_per_nl: White cell count in 10⁹/l for absolute counts; None = not given.
        wbc_includes_nrbc: The counter took erythroblasts for white cells: the count is corrected for them.
        rules: Of the site.
    """
    counts = Counter(labels)
    known = [taxonomy.cell_class(key) for key in sorted(counts, key=taxonomy.position)]
    n = sum(counts[c.key] for c in known if c.is_leukocyte)
    erythroblasts = sum(counts[key] for key in taxonomy.class_and_parts(ERYTHROBLAST))
    corrected = None
    if wbc_per_nl is not None and wbc_includes_nrbc and n:
        corrected = correct_for_erythroblasts(wbc_per_nl, 100.0 * erythroblasts / n)
    effective = wbc_per_nl if corrected is None else corrected
    rows = tuple(
        LeukocyteRow(
            c,
            counts[c.key],
            counts[c.key] / n,
            clopper_pearson(counts[c.key], n),
            None if effective is None else effective * counts[c.key] / n,
        )
        for c in known
        if c.is_leukocyte
    )
    outside = tuple(
        NonLeukocyteRow(c, counts[c.key], 100.0 * counts[c.key] / n if n else None) for c in known if not c.is_leukocyte
    )
    return Differential(
        leukocyte_count=n,
        cell_count=sum(counts.values()),
        leukocytes=rows,
        non_leukocytes=outside,
        blast_count=sum(counts[c.key] for c in known if c.is_blast),
        blast_equivalent_count=sum(counts[c.key] for c in known if c.is_blast_equivalent),
        wbc_per_nl=wbc_per_nl,
        corrected_wbc_per_nl=corrected,
        rules=rules,
    )


def join_tallies(taxonomy: Taxonomy, tallies: Iterable[Mapping[str, int]]) -> Differential:
    """Compute one differential count over several slides.

    Counts are summed; shares and intervals are those of the sum. Absolute counts are left out because each slide may
    have its own white cell count.

    Args:
        taxonomy: Defines which classes belong to the denominator.
        tallies: One mapping class key → number of cells per slide.
    """
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return compute_differential(taxonomy, total)
