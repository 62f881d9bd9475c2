"""Quality control by repeated runs of a reference slide and by override rates."""

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
"""Largest number of first runs that set the limits for the later ones."""


@dataclass(frozen=True, slots=True)
class QcMeasure:
    """One measured quantity of a run.

    Attributes:
        key: In the event's payload.
        name: As shown.
        unit: "" = none.
        decimals: As shown.
        depends_on_model: The quantity depends on the model, so only runs with the same model are compared.
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
    QcMeasure("neutrophils", "Neutrophils, share of leukocytes", "%", 1, depends_on_model=True),
    QcMeasure("lymphocytes", "Lymphocytes, share of leukocytes", "%", 1, depends_on_model=True),
    QcMeasure("background", "Brightness of the background, median", "", 1),
    QcMeasure("nucleus_red", "Red of the nuclei, median", "", 1),
    QcMeasure("nucleus_blue", "Blue of the nuclei, median", "", 1),
    QcMeasure("focus", "Sharpness (variance of the Laplacian), median", "", 1),
)


@dataclass(frozen=True, slots=True)
class QcRun:
    """One run, in which the reference slide was measured.

    Attributes:
        at: UTC, ISO 8601.
        bundle: SHA-256 of the model's bundle.
        values: `QcMeasure.key` → value; quantities that could not be measured are absent.
    """

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
        """Compute the distance from the mean in standard deviations.

        With a standard deviation of 0 it is 0 for the mean itself and ±infinity for other values.
        """
        if self.sd == 0.0:
            return 0.0 if value == self.mean else float("inf") if value > self.mean else float("-inf")
        return (value - self.mean) / self.sd


def comparable_runs(measure: QcMeasure, runs: Sequence[QcRun]) -> list[QcRun]:
    """Select the runs with which a measure's last value can be compared.

    These are the runs with a value; if the measure depends on the model, only those with the last one's model.

    Args:
        measure: The measured quantity.
        runs: All runs, the oldest first.
    """
    having = [run for run in runs if measure.key in run.values]
    return [run for run in having if not measure.depends_on_model or run.bundle == having[-1].bundle]


def control_limits(values: Sequence[float]) -> ControlLimits | None:
    """Compute limits from the first `BASELINE_RUNS` values.

    The last value is left out, so that no run sets the limits that are applied to it.

    Returns:
        None while there are fewer than `MIN_RUNS_FOR_LIMITS` values before the last.
    """
    baseline = values[:-1][:BASELINE_RUNS]
    if len(baseline) < MIN_RUNS_FOR_LIMITS:
        return None
    return ControlLimits(statistics.fmean(baseline), statistics.stdev(baseline), len(baseline))


def westgard_violations(values: Sequence[float], limits: ControlLimits) -> tuple[str, ...]:
    """Apply the multirule of Westgard et al., Clinical Chemistry 1981.

    - ``1-3s``: one value beyond 3 SD.
    - ``2-2s``: two in a row beyond 2 SD on the same side.
    - ``R-4s``: two in a row more than 4 SD apart, one above +2 SD and one below −2 SD.
    - ``4-1s``: four in a row beyond 1 SD on the same side.
    - ``10-x``: ten in a row on the same side of the mean.

    Returns:
        The first of these rules that each value breaks; "" when none.
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
    """Read the runs from events of the review log, the oldest first."""
    runs = []
    for event in events:
        values = event.payload.get("values")
        if event.kind is EventKind.QC and isinstance(values, Mapping):
            figures = {str(k): float(v) for k, v in values.items()}
            runs.append(QcRun(event.at, event.slide_id, event.reviewer, str(event.payload.get("bundle", "")), figures))
    return runs


def is_override(taxonomy: Taxonomy, model_label: str, reader_label: str) -> bool:
    """Whether a reader overrode the model on a cell.

    This is the one definition used by the sign dialog, the report, the override rates by week and the exported
    corrections: the reader's class is not within the class that the model predicted with the segmenter's mask. A
    prediction made with a mask that a reader repaired is partly the reader's work and must not be passed. A more
    specific class (band neutrophil, where the model predicts neutrophil) is no override.

    Args:
        taxonomy: Defines which classes are within which.
        model_label: Class key predicted with the segmenter's mask.
        reader_label: Final class key of the cell: the consensus of two readers, otherwise the first reader's label.
    """
    return not taxonomy.is_within(reader_label, model_label)


@dataclass(frozen=True, slots=True)
class WeeklyOverrides:
    """Override count of one predicted class in one week.

    Attributes:
        week: ISO year and week, e.g. ``2026-W48``.
        label: Class key predicted by the model.
        reviewed_count: Number of its cells that reviewers labelled.
        override_count: Number of those on which they overrode the model.
    """

    week: str
    label: str
    reviewed_count: int
    override_count: int

    @property
    def override_rate(self) -> float:
        """Override rate, 0..1."""
        return self.override_count / self.reviewed_count


def overrides_by_week(taxonomy: Taxonomy, judgements: Iterable[tuple[str, str, str]]) -> list[WeeklyOverrides]:
    """Count overrides by week and predicted class; see `is_override`.

    Args:
        taxonomy: Defines which classes are within which.
        judgements: (time as ISO 8601, the model's class, the reviewer's class), one per reviewed cell.

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
    """Find weeks in which a class was overridden more often than in all earlier weeks.

    Args:
        rows: Sorted by week, as returned by `overrides_by_week`.

    Returns:
        One value per row: True where the week's exact 95 % interval is above the rate of the earlier weeks, which
        happens by chance in one week in forty. False for the first week of a class.
    """
    seen: dict[str, tuple[int, int]] = {}
    found = []
    for row in rows:
        reviewed, against = seen.get(row.label, (0, 0))
        week = clopper_pearson(row.override_count, row.reviewed_count)
        found.append(bool(reviewed) and week is not None and week.low > against / reviewed)
        seen[row.label] = reviewed + row.reviewed_count, against + row.override_count
    return tuple(found)
