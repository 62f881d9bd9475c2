"""Quality control: a reference slide measured again and again, and how often reviewers overrule the model."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leukview.domain.binomial import clopper_pearson
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.taxonomy import Taxonomy

FEWEST_FOR_LIMITS = 5
BASELINE = 20
"""The first runs, at most so many, set the limits; later ones are judged by them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a run.

    Attributes:
        key: In the event.
        unit: "" = none.
        decimals: As shown.
        of_model: The figure is the model's opinion: runs made with another model are not judged beside it.
    """

    key: str
    name: str
    unit: str
    decimals: int
    of_model: bool = False


MEASURES = (
    Measure("cells_found", "Cells segmented", "%", 1),
    Measure("cell_area", "Cell area, median", "px", 0),
    Measure("nc_ratio", "N:C ratio, median", "", 3),
    Measure("confidence", "Confidence of the model, mean", "%", 1, of_model=True),
    Measure("unidentified", "Unidentified cells", "%", 1, of_model=True),
    Measure("neutrophils", "Neutrophils of the leukocytes", "%", 1, of_model=True),
    Measure("lymphocytes", "Lymphocytes of the leukocytes", "%", 1, of_model=True),
    Measure("background", "Brightness of the background, median", "", 1),
    Measure("nucleus_red", "Red of the nuclei, median", "", 1),
    Measure("nucleus_blue", "Blue of the nuclei, median", "", 1),
    Measure("focus", "Sharpness (variance of the Laplacian), median", "", 1),
)


@dataclass(frozen=True, slots=True)
class QcRun:
    """The reference slide as it was measured once; `values` by `Measure.key`, a figure that has none is absent."""

    at: str
    slide_id: str
    reviewer: str
    bundle: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Limits:
    """Mean and standard deviation of the baseline runs, in the measure's unit."""

    mean: float
    sd: float
    runs: int

    def z(self, value: float) -> float:
        """Distance from the mean in standard deviations; 0 when the baseline never varied and the value equals it."""
        if self.sd == 0.0:
            return 0.0 if value == self.mean else float("inf") if value > self.mean else float("-inf")
        return (value - self.mean) / self.sd


def series_of(measure: Measure, runs: Sequence[QcRun]) -> list[QcRun]:
    """The runs that a measure's last one is judged among: those that have it, made with the same model where it counts.

    Args:
        measure: The figure.
        runs: All runs, the oldest first.
    """
    having = [run for run in runs if measure.key in run.values]
    return [run for run in having if not measure.of_model or run.bundle == having[-1].bundle]


def limits_of(values: Sequence[float]) -> Limits | None:
    """Limits from the first `BASELINE` values, the last one left out: no run sets the limits it is judged by.

    Returns:
        None while there are fewer than `FEWEST_FOR_LIMITS` before the last.
    """
    baseline = values[:-1][:BASELINE]
    if len(baseline) < FEWEST_FOR_LIMITS:
        return None
    return Limits(statistics.fmean(baseline), statistics.stdev(baseline), len(baseline))


def westgard(values: Sequence[float], limits: Limits) -> tuple[str, ...]:
    """The rule that each value breaks, "" when none: the multirule of Westgard et al., Clinical Chemistry 1981.

    ``1-3s`` one value beyond 3 SD; ``2-2s`` two in a row beyond 2 SD on one side; ``R-4s`` two in a row more than 4 SD
    apart, beyond 2 SD on either side; ``4-1s`` four in a row beyond 1 SD on one side; ``10-x`` ten in a row on one
    side of the mean.
    """
    z = [limits.z(v) for v in values]
    broken = []
    for i, here in enumerate(z):

        def run(length: int, beyond: float, i: int = i) -> bool:
            last = z[i - length + 1 : i + 1] if i + 1 >= length else []
            return bool(last) and (all(v > beyond for v in last) or all(v < -beyond for v in last))

        if abs(here) > 3:
            broken.append("1-3s")
        elif run(2, 2):
            broken.append("2-2s")
        elif i and max(here, z[i - 1]) > 2 and min(here, z[i - 1]) < -2:
            broken.append("R-4s")
        elif run(4, 1):
            broken.append("4-1s")
        elif run(10, 0):
            broken.append("10-x")
        else:
            broken.append("")
    return tuple(broken)


def runs_of(events: Iterable[ReviewEvent]) -> list[QcRun]:
    """The runs that the log holds, the oldest first."""
    runs = []
    for event in events:
        values = event.payload.get("values")
        if event.kind is EventKind.QC and isinstance(values, Mapping):
            figures = {str(k): float(v) for k, v in values.items()}
            runs.append(QcRun(event.at, event.slide_id, event.reviewer, str(event.payload.get("bundle", "")), figures))
    return runs


def is_override(taxonomy: Taxonomy, model: str, reader: str) -> bool:
    """Whether a reader overruled the model on a cell. Everything that counts overrulings asks this.

    The sign dialog, the report, the drift by week and the exported corrections mean the same by it: the model as it
    runs by itself, on the outline that the segmenter drew, gave a class in which the reader's does not lie. An opinion
    made inside an outline that a reader repaired is the reader's work as well, and does not count. A closer class
    (band neutrophil, where the model knows neutrophils) overrules nobody.

    Args:
        taxonomy: Knows which classes go together.
        model: Class key of the model's opinion on its own outline.
        reader: Class key that stands for the cell: settled by two readers, else the first reader's.
    """
    return not taxonomy.within(reader, model)


@dataclass(frozen=True, slots=True)
class Overruled:
    """One class of the model in one week: how many of its cells reviewers judged, and on how many they overruled it.

    Attributes:
        week: ISO year and week, e.g. ``2026-W48``.
        label: Class key that the model had given.
    """

    week: str
    label: str
    reviewed: int
    is_override: int

    @property
    def rate(self) -> float:
        """0..1."""
        return self.is_override / self.reviewed


def overruled_by_week(taxonomy: Taxonomy, judged: Iterable[tuple[str, str, str]]) -> list[Overruled]:
    """Count judgements by week and class of the model; see `overruled`.

    Args:
        taxonomy: Knows which classes go together.
        judged: (time, ISO 8601; the model's class; the reviewer's class), one a reviewed cell.

    Returns:
        Sorted by week, then class in the order of the taxonomy.
    """
    reviewed: Counter[tuple[str, str]] = Counter()
    against: Counter[tuple[str, str]] = Counter()
    for at, model, reviewer in judged:
        year, week, _ = datetime.fromisoformat(at).isocalendar()
        key = f"{year}-W{week:02d}", model
        reviewed[key] += 1
        against[key] += is_override(taxonomy, model, reviewer)
    keys = sorted(reviewed, key=lambda key: (key[0], taxonomy.order(key[1])))
    return [Overruled(week, label, reviewed[week, label], against[week, label]) for week, label in keys]


def rising(rows: Sequence[Overruled]) -> tuple[bool, ...]:
    """Whether the model was overruled more often in a week than in all weeks before it, class by class.

    True where the week's exact 95 % interval lies above the rate of the earlier weeks: one such week in forty comes
    by chance. False for the first week of a class.

    Args:
        rows: Sorted by week, as `overruled_by_week` gives them.
    """
    seen: dict[str, tuple[int, int]] = {}
    found = []
    for row in rows:
        reviewed, against = seen.get(row.label, (0, 0))
        week = clopper_pearson(row.is_override, row.reviewed)
        found.append(bool(reviewed) and week is not None and week.low > against / reviewed)
        seen[row.label] = reviewed + row.reviewed, against + row.is_override
    return tuple(found)
