import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.models.quality_control import (
    BASELINE_RUNS,
    QC_MEASURES,
    ControlLimits,
    QcRun,
    WeeklyOverrides,
    comparable_runs,
    control_limits,
    is_override,
    is_rate_rising,
    overrides_by_week,
    westgard_violations,
)
from leukview.domain.taxonomy import Taxonomy

STANDARD = ControlLimits(0.0, 1.0, 20)


def test_that_limits_come_from_the_first_runs_alone():
    assert control_limits([]) is None
    assert control_limits([1.0, 2.0, 3.0, 4.0, 5.0]) is None
    limits = control_limits([1.0, 2.0, 3.0, 4.0, 5.0, 99.0])
    assert limits is not None
    assert limits.mean == 3.0
    assert round(limits.sd, 4) == 1.5811
    baseline = [1.0, 2.0] * (BASELINE_RUNS // 2)
    assert control_limits([*baseline, 7.0]) == control_limits([*baseline, 7.0, 1000.0, 0.0])


def test_that_each_westgard_rule_fires_where_it_should():
    assert westgard_violations([0.5, 3.1], STANDARD) == ("", "1-3s")
    assert westgard_violations([2.1, 2.2], STANDARD) == ("", "2-2s")
    assert westgard_violations([2.1, -2.2], STANDARD) == ("", "R-4s")
    assert westgard_violations([1.1, 1.2, 1.3, 1.4], STANDARD) == ("", "", "", "4-1s")
    assert westgard_violations([0.1] * 10, STANDARD) == ("",) * 9 + ("10-x",)
    assert westgard_violations([1.1, -1.2, 1.3, -0.2], STANDARD) == ("",) * 4


@given(st.lists(st.floats(-2.0, 2.0), max_size=9))
def test_that_runs_within_two_deviations_break_no_rule_of_the_far_limits(values: list[float]):
    assert not {"1-3s", "2-2s", "R-4s"} & set(westgard_violations(values, STANDARD))


def test_that_a_baseline_that_never_varied_flags_any_change():
    limits = control_limits([7.0] * 6)
    assert limits is not None
    assert westgard_violations([7.0] * 5 + [7.1], limits)[-1] == "1-3s"


@pytest.mark.parametrize(
    ("model", "reader", "against"),
    [
        ("neutrophil", "neutrophil", False),
        ("neutrophil", "band_neutrophil", False),
        ("neutrophil", "lymphocyte", True),
        ("blast", "promyelocyte", True),
        ("lymphocyte", "plasma_cell", True),
        ("unidentified", "blast", True),
        ("blast", "unidentified", True),
    ],
)
def test_that_a_closer_class_overrules_nobody(taxonomy: Taxonomy, model: str, reader: str, against: bool):
    assert is_override(taxonomy, model, reader) is against


def test_that_overrulings_are_counted_by_iso_week_and_class(taxonomy: Taxonomy):
    rows = overrides_by_week(
        taxonomy,
        [
            ("2026-01-01T10:00:00+00:00", "blast", "blast"),
            ("2026-01-02T10:00:00+00:00", "blast", "monocyte"),
            ("2026-01-05T10:00:00+00:00", "blast", "blast"),
            ("2026-01-02T10:00:00+00:00", "lymphocyte", "lymphocyte"),
            ("2026-01-02T10:00:00+00:00", "segmented_neutrophil", "segmented_neutrophil"),
        ],
    )
    assert [(r.week, r.label, r.reviewed_count, r.override_count) for r in rows] == [
        ("2026-W01", "blast", 2, 1),
        ("2026-W01", "segmented_neutrophil", 1, 0),
        ("2026-W01", "lymphocyte", 1, 0),
        ("2026-W02", "blast", 1, 0),
    ]
    assert rows[0].override_rate == 0.5


def test_that_a_figure_of_the_model_is_judged_among_runs_of_the_same_model():
    runs = [QcRun(f"2026-01-0{i}", "S", "r", b, {"confidence": 90.0, "focus": 7.0}) for i, b in enumerate("aab", 1)]
    measures = {m.key: m for m in QC_MEASURES}
    assert comparable_runs(measures["confidence"], runs) == runs[2:]
    assert comparable_runs(measures["focus"], runs) == runs
    assert comparable_runs(measures["neutrophils"], runs) == []


def test_that_a_week_with_more_overrulings_than_all_before_is_marked():
    weeks = [(50, 2), (50, 3), (50, 15), (4, 1)]
    rows = [WeeklyOverrides(f"2026-W{i:02d}", "blast", n, k) for i, (n, k) in enumerate(weeks, 1)]
    assert is_rate_rising(rows) == (False, False, True, False)
    assert is_rate_rising([WeeklyOverrides("2026-W01", "blast", 5, 5)]) == (False,)
