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

MIN_RUNS_FOR_LIMITS = 5
BASELINE_RUNS = 20
"""The first runs, at most so many, set the limits; later ones are judged by them."""


@dataclass(frozen=True, slots=True)
class QcMeasure:
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
    depends_on_model: bool = False


QC_MEASURES = (
    QcMeasure("cells_found", "Cells segmented", "%", 1),
    QcMeasure("cell_area", "Cell area, median", "px", 0),
    QcMeasure("nc_ratio", "N:C ratio, median", "", 3),
    QcMeasure("confidence", "Confidence of the model, mean", "%", 1, depends_on_model=True),
    QcMeasure("unidentified", "Unidentified cells", "%", 1, depends_on_model=True),
    QcMeasure("neutrophils", "Neutrophils of the leukocytes", "%", 1, depends_on_model=True),
    QcMeasure("lymphocytes", "Lymphocytes of the leukocytes", "%", 1, depends_on_model=True),
    QcMeasure("background", "Brightness of the background, median", "", 1),
    QcMeasure("nucleus_red", "Red of the nuclei, median", "", 1),
    QcMeasure("nucleus_blue", "Blue of the nuclei, median", "", 1),
    QcMeasure("focus", "Sharpness (variance of the Laplacian), median", "", 1),
)


@dataclass(frozen=True, slots=True)
class QcRun:
    """The reference slide as it was measured once; `values` by `QcMeasure.key`, a figure that has none is absent."""

    at: str
    slide_id: str
    reviewer: str
    bundle: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """Mean and standard deviation of the baseline runs, in the measure's unit."""

    mean: float
    sd: float
    runs: int

    def z_score(self, value: float) -> float:
        """Distance from the mean in standard deviations; 0 when the baseline never varied and the value equals it."""
        if self.sd == 0.0:
            return 0.0 if value == self.mean else float("inf") if value > self.mean else float("-inf")
        return (value - self.mean) / self.sd


def comparable_runs(measure: QcMeasure, runs: Sequence[QcRun]) -> list[QcRun]:
    """The runs that a measure's last one is judged among: those that have it, made with the same model where it counts.

    Args:
        measure: The figure.
        runs: All runs, the oldest first.
    """
    having = [run for run in runs if measure.key in run.values]
    return [run for run in having if not measure.depends_on_model or run.bundle == having[-1].bundle]


def control_limits(values: Sequence[float]) -> ControlLimits | None:
    """Limits from the first `BASELINE_RUNS` values, the last one left out: no run sets the limits it is judged by.

    Returns:
        None while there are fewer than `MIN_RUNS_FOR_LIMITS` before the last.
    """
    baseline = values[:-1][:BASELINE_RUNS]
    if len(baseline) < MIN_RUNS_FOR_LIMITS:
        return None
    return ControlLimits(statistics.fmean(baseline), statistics.stdev(baseline), len(baseline))


def westgard_violations(values: Sequence[float], limits: ControlLimits) -> tuple[str, ...]:
    """The rule that each value breaks, "" when none: the multirule of Westgard et al., Clinical Chemistry 1981.

    ``1-3s`` one value beyond 3 SD; ``2-2s`` two in a row beyond 2 SD on one side; ``R-4s`` two in a row more than 4 SD
    apart, beyond 2 SD on either side; ``4-1s`` four in a row beyond 1 SD on one side; ``10-x`` ten in a row on one
    side of the mean.
    """
    z = [limits.z_score(v) for v in values]
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


def qc_runs(events: Iterable[ReviewEvent]) -> list[QcRun]:
    """The runs that the log holds, the oldest first."""
    runs = []
    for event in events:
        values = event.payload.get("values")
        if event.kind is EventKind.QC and isinstance(values, Mapping):
            figures = {str(k): float(v) for k, v in values.items()}
            runs.append(QcRun(event.at, event.slide_id, event.reviewer, str(event.payload.get("bundle", "")), figures))
    return runs


def is_override(taxonomy: Taxonomy, model_label: str, reader_label: str) -> bool:
    """Whether a reader overruled the model on a cell. Everything that counts overrulings asks this.

    The sign dialog, the report, the drift by week and the exported corrections mean the same by it: the model as it
    runs by itself, on the outline that the segmenter drew, gave a class in which the reader's does not lie. An opinion
    made inside an outline that a reader repaired is the reader's work as well, and does not count. A closer class
    (band neutrophil, where the model knows neutrophils) overrules nobody.

    Args:
        taxonomy: Knows which classes go together.
        model_label: Class key of the model's opinion on its own outline.
        reader_label: Class key that stands for the cell: settled by two readers, else the first reader's.
    """
    return not taxonomy.is_within(reader_label, model_label)


@dataclass(frozen=True, slots=True)
class WeeklyOverrides:
    """One class of the model in one week: how many of its cells reviewers judged, and on how many they overruled it.

    Attributes:
        week: ISO year and week, e.g. ``2026-W48``.
        label: Class key that the model had given.
    """

    week: str
    label: str
    reviewed_count: int
    override_count: int

    @property
    def override_rate(self) -> float:
        """0..1."""
        return self.override_count / self.reviewed_count


def overrides_by_week(taxonomy: Taxonomy, judgements: Iterable[tuple[str, str, str]]) -> list[WeeklyOverrides]:
    """Count judgements by week and class of the model; see `overruled`.

    Args:
        taxonomy: Knows which classes go together.
        judgements: (time, ISO 8601; the model's class; the reviewer's class), one a reviewed cell.

    Returns:
        Sorted by week, then class in the order of the taxonomy.
    """
    reviewed: Counter[tuple[str, str]] = Counter()
    against: Counter[tuple[str, str]] = Counter()
    for at, model, reviewer in judgements:
        year, week, _ = datetime.fromisoformat(at).isocalendar()
        key = f"{year}-W{week:02d}", model
        reviewed[key] += 1
        against[key] += is_override(taxonomy, model, reviewer)
    keys = sorted(reviewed, key=lambda key: (key[0], taxonomy.position(key[1])))
    return [WeeklyOverrides(week, label, reviewed[week, label], against[week, label]) for week, label in keys]


def is_rate_rising(rows: Sequence[WeeklyOverrides]) -> tuple[bool, ...]:
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
        week = clopper_pearson(row.override_count, row.reviewed_count)
        found.append(bool(reviewed) and week is not None and week.low > against / reviewed)
        seen[row.label] = reviewed + row.reviewed_count, against + row.override_count
    return tuple(found)
