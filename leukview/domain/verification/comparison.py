"""Results of a verification: one laboratory's counts beside the microscope's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.verification.bland_altman import BlandAltman, bland_altman
from leukview.domain.verification.counting_error import differ_beyond_counting_error
from leukview.domain.verification.passing_bablok import PassingBablok, passing_bablok


@dataclass(frozen=True, slots=True)
class CountedFilm:
    """Counts of one film by one method.

    Attributes:
        total: Leukocytes counted.
        counts: Class key → cells.
    """

    total: int
    counts: Mapping[str, int]

    def percent(self, key: str) -> float:
        """Percentage of a class; for a class outside the leukocytes, cells per 100 of them."""
        return 100 * self.counts.get(key, 0) / self.total


@dataclass(frozen=True, slots=True)
class ClassComparison:
    """A class by both methods, over all films.

    Attributes:
        key: Class key.
        points: (microscope, LeukView) of each film, %.
        line: None when it is not determined.
        agreement: None with fewer than three films.
        within_error: Films whose two counts differ by no more than counting error.
        is_leukocyte: Whether the class belongs to the denominator.
    """

    key: str
    points: tuple[tuple[float, float], ...]
    line: PassingBablok | None
    agreement: BlandAltman | None
    within_error: int
    is_leukocyte: bool

    @property
    def film_count(self) -> int:
        """Number of films."""
        return len(self.points)

    @property
    def within_interval(self) -> Interval:
        """Exact 95 % interval of the share within counting error."""
        return clopper_pearson(self.within_error, self.film_count)


@dataclass(frozen=True, slots=True)
class BlastDetection:
    """Films with blasts by the microscope, and what LeukView found on them.

    Attributes:
        limit_percent: A film counts as positive from this share of blasts on.
        positive: Films positive by the microscope.
        found: Of these, positive by LeukView.
        negative: The other films.
        clear: Of these, negative by LeukView.
    """

    limit_percent: float
    positive: int
    found: int
    negative: int
    clear: int

    @property
    def sensitivity_interval(self) -> Interval:
        """Exact 95 % interval."""
        return clopper_pearson(self.found, self.positive)

    @property
    def specificity_interval(self) -> Interval:
        """Exact 95 % interval."""
        return clopper_pearson(self.clear, self.negative)


def compare_class(
    key: str, microscope: Sequence[CountedFilm], leukview: Sequence[CountedFilm], *, is_leukocyte: bool
) -> ClassComparison:
    """Compare a class over films that both methods counted.

    Args:
        key: Class key.
        microscope: Films by the reference.
        leukview: The same films in the same order.
        is_leukocyte: Whether the class belongs to the denominator; else it is not held against counting error.
    """
    points = tuple((m.percent(key), v.percent(key)) for m, v in zip(microscope, leukview, strict=True))
    x, y = [point[0] for point in points], [point[1] for point in points]
    within = 0
    if is_leukocyte:
        within = sum(
            not differ_beyond_counting_error(m.counts.get(key, 0), m.total, v.counts.get(key, 0), v.total)
            for m, v in zip(microscope, leukview, strict=True)
        )
    return ClassComparison(key, points, passing_bablok(x, y), bland_altman(x, y), within, is_leukocyte)


def detect_blasts(
    limit_percent: float, keys: Sequence[str], microscope: Sequence[CountedFilm], leukview: Sequence[CountedFilm]
) -> BlastDetection:
    """Count the films with at least this share of blasts by both methods.

    Args:
        limit_percent: Share of blasts, %.
        keys: Classes that are added up as blasts.
        microscope: Films by the reference.
        leukview: The same films in the same order.
    """
    positive = found = clear = 0
    for m, v in zip(microscope, leukview, strict=True):
        reference, own = (sum(film.percent(key) for key in keys) >= limit_percent - 1e-9 for film in (m, v))
        positive += reference
        found += reference and own
        clear += not reference and not own
    return BlastDetection(limit_percent, positive, found, len(microscope) - positive, clear)
