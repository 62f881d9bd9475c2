"""The differential: a tally of leukocytes with exact intervals, and everything else per 100 WBC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.taxonomy import CellClass, Taxonomy

SMALL_COUNT = 200
BLAST_THRESHOLD = 0.20


@dataclass(frozen=True, slots=True)
class CountedRow:
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
class OutsideRow:
    """One class outside the denominator; `per_100_wbc` is None when there is no leukocyte."""

    cell_class: CellClass
    count: int
    per_100_wbc: float | None


@dataclass(frozen=True, slots=True)
class Differential:
    """A whole tally.

    Attributes:
        n: Leukocytes counted (the denominator).
        total: All cells.
        rows: Leukocyte classes with at least one cell, in taxonomy order.
        outside: Classes outside the denominator with at least one cell.
        blasts: Cells counted as blasts.
        equivalents: Promyelocytes and promonocytes, counted beside the blasts.
    """

    n: int
    total: int
    rows: tuple[CountedRow, ...]
    non_leukocytes: tuple[OutsideRow, ...]
    blasts: int
    equivalents: int

    @property
    def small(self) -> bool:
        """Fewer than 200 leukocytes: a visible warning is due."""
        return self.n < SMALL_COUNT

    @property
    def blast_interval(self) -> Interval | None:
        """Exact 95 % interval of blasts and equivalents; None when there is no leukocyte."""
        return clopper_pearson(self.blasts + self.equivalents, self.n) if self.n else None

    @property
    def straddles_threshold(self) -> bool:
        """The interval of blasts and equivalents straddles 20 %."""
        interval = self.blast_interval
        return interval is not None and interval.straddles(BLAST_THRESHOLD)

    def counts(self) -> dict[str, int]:
        """Class key → cells, for the classes present."""
        counted = {r.cell_class.key: r.count for r in self.rows}
        return counted | {r.cell_class.key: r.count for r in self.non_leukocytes}

    def count(self, class_key: str) -> int:
        """Cells of a class, counted or not."""
        return self.counts().get(class_key, 0)


def differential(taxonomy: Taxonomy, labels: Iterable[str], wbc_per_nl: float | None = None) -> Differential:
    """Tally class keys.

    Args:
        taxonomy: Says which classes count.
        labels: One class key a cell (the shown label), or a mapping class key → cells.
        wbc_per_nl: White cell count in 10⁹/l for absolute counts; None = not given.
    """
    counts = Counter(labels)
    known = [taxonomy.cell_class(key) for key in sorted(counts, key=taxonomy.order)]
    n = sum(counts[c.key] for c in known if c.counted)
    rows = tuple(
        CountedRow(
            c,
            counts[c.key],
            counts[c.key] / n,
            clopper_pearson(counts[c.key], n),
            None if wbc_per_nl is None else wbc_per_nl * counts[c.key] / n,
        )
        for c in known
        if c.counted
    )
    outside = tuple(
        OutsideRow(c, counts[c.key], 100.0 * counts[c.key] / n if n else None) for c in known if not c.counted
    )
    return Differential(
        n=n,
        total=sum(counts.values()),
        rows=rows,
        non_leukocytes=outside,
        blasts=sum(counts[c.key] for c in known if c.blast),
        equivalents=sum(counts[c.key] for c in known if c.blast_equivalent),
    )


def joined(taxonomy: Taxonomy, tallies: Iterable[Mapping[str, int]]) -> Differential:
    """One tally over several: counts are summed and shares and intervals are those of the sum.

    Absolute counts are left out: each slide may have a white cell count of its own.

    Args:
        taxonomy: Says which classes count.
        tallies: Class key → cells, one mapping a slide.
    """
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return differential(taxonomy, total)
