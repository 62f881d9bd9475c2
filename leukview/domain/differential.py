"""The differential count.

Leukocyte classes are given with exact intervals, all other classes per 100 WBC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.taxonomy import CellClass, Taxonomy

MIN_LEUKOCYTES = 200
BLAST_THRESHOLD = 0.20


@dataclass(frozen=True, slots=True)
class LeukocyteRow:
    """One leukocyte class.

    Attributes:
        share: Of the leukocytes, 0..1.
        interval: Exact 95 % interval of `share`; None when there is no leukocyte.
        absolute_per_nl: 10⁹/l when the white cell count was given, else None.
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
        blast_equivalent_count: Promyelocytes and promonocytes, counted apart from the blasts.
    """

    leukocyte_count: int
    cell_count: int
    leukocytes: tuple[LeukocyteRow, ...]
    non_leukocytes: tuple[NonLeukocyteRow, ...]
    blast_count: int
    blast_equivalent_count: int

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
    def straddles_threshold(self) -> bool:
        """Whether the interval of blasts and equivalents straddles 20 %."""
        interval = self.blast_interval
        return interval is not None and interval.straddles(BLAST_THRESHOLD)

    def counts_by_class(self) -> dict[str, int]:
        """Class key → number of cells, for the classes present."""
        counted = {r.cell_class.key: r.count for r in self.leukocytes}
        return counted | {r.cell_class.key: r.count for r in self.non_leukocytes}

    def count(self, class_key: str) -> int:
        """Number of cells of a class, inside or outside the denominator."""
        return self.counts_by_class().get(class_key, 0)


def compute_differential(taxonomy: Taxonomy, labels: Iterable[str], wbc_per_nl: float | None = None) -> Differential:
    """Compute the differential count of some labels.

    Args:
        taxonomy: Defines which classes belong to the denominator.
        labels: One class key per cell (the shown label), or a mapping class key → number of cells.
        wbc_per_nl: White cell count in 10⁹/l for absolute counts; None = not given.
    """
    counts = Counter(labels)
    known = [taxonomy.cell_class(key) for key in sorted(counts, key=taxonomy.position)]
    n = sum(counts[c.key] for c in known if c.is_leukocyte)
    rows = tuple(
        LeukocyteRow(
            c,
            counts[c.key],
            counts[c.key] / n,
            clopper_pearson(counts[c.key], n),
            None if wbc_per_nl is None else wbc_per_nl * counts[c.key] / n,
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
