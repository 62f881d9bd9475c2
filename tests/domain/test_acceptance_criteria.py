from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.models.acceptance_criteria import (
    REJECTING_VERDICTS,
    AcceptanceCriterion,
    MetricComparison,
    Verdict,
    evaluate_criteria,
    judge_metric,
    parse_criteria,
    violations,
)
from leukview.domain.models.metrics import Estimate
from leukview.domain.taxonomy import Taxonomy

GUARD = AcceptanceCriterion("blast_sensitivity", 0.01, 50, 5, required=True, bound=0.08)


def make_comparison(
    key: str = "blast_sensitivity", gain: float = 0.0, low: float = -0.02, high: float = 0.02
) -> MetricComparison:
    return MetricComparison(
        key, 100, 8, Estimate(0.8, 0.7, 0.9), Estimate(0.8 + gain, 0.7, 0.9), Estimate(gain, low, high)
    )


def test_that_the_shipped_guards_read_and_put_blast_sensitivity_first(taxonomy: Taxonomy):
    guards = parse_criteria((resources_dir() / "guards.toml").read_text(encoding="utf-8"), taxonomy)
    assert guards[0].figure == "blast_sensitivity"
    assert guards[0].required
    assert {"benign_called_malignant", "apl_auc", "calibration_error", "recall:*"} <= {g.figure for g in guards}


@pytest.mark.parametrize(
    ("gain", "low", "high", "said"),
    [
        (0.05, 0.01, 0.09, Verdict.BETTER),
        (0.05, -0.01, 0.09, Verdict.NOT_WORSE),
        (-0.005, -0.05, 0.04, Verdict.NOT_WORSE),
        (-0.02, -0.05, 0.01, Verdict.WORSE),
        (0.02, -0.09, 0.13, Verdict.NOT_SHOWN),
        (0.02, math.nan, math.nan, Verdict.NOT_SHOWN),
        (math.nan, math.nan, math.nan, Verdict.TOO_FEW),
    ],
)
def test_that_a_verdict_weighs_value_margin_and_interval(gain: float, low: float, high: float, said: Verdict):
    assert judge_metric(GUARD, make_comparison(gain=gain, low=low, high=high)) is said


def test_that_less_is_better_for_errors():
    guard = AcceptanceCriterion("benign_called_malignant", 0.03, 50, 5, required=True)
    assert judge_metric(guard, make_comparison("benign_called_malignant", 0.04, 0.01, 0.07)) is Verdict.WORSE
    assert judge_metric(guard, make_comparison("benign_called_malignant", -0.04, -0.07, -0.01)) is Verdict.BETTER


def test_that_a_figure_can_be_new_lost_or_of_too_few():
    old, new = Estimate(0.8, 0.7, 0.9), Estimate(0.9, 0.8, 1.0)
    assert judge_metric(GUARD, MetricComparison("blast_sensitivity", 100, 8, None, new, None)) is Verdict.NEW
    assert judge_metric(GUARD, MetricComparison("blast_sensitivity", 100, 8, old, None, None)) is Verdict.LOST
    assert (
        judge_metric(GUARD, MetricComparison("blast_sensitivity", 100, 4, old, new, Estimate(0.1, 0, 0.2)))
        is Verdict.TOO_FEW
    )


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_that_what_is_called_no_worse_is_never_worse_than_the_margin(gain: float, down: float, up: float):
    said = judge_metric(GUARD, make_comparison(gain=gain, low=gain - down, high=gain + up))
    if said not in REJECTING_VERDICTS:
        assert gain >= -GUARD.margin
        assert gain - down >= -GUARD.bound  # type: ignore[operator]  # this guard has one


def test_that_a_guard_of_every_class_asks_each_of_them(taxonomy: Taxonomy):
    guard = AcceptanceCriterion("recall:*", 0.1, 40, 3, required=False)
    figures = (
        make_comparison("recall:blast", -0.2),
        make_comparison("recall:lymphocyte", 0.1),
        make_comparison("accuracy", -0.5),
    )
    judged = evaluate_criteria([guard], [("site", figures)])
    assert [(j.comparison.key, j.verdict) for j in judged] == [
        ("recall:blast", Verdict.WORSE),
        ("recall:lymphocyte", Verdict.NOT_WORSE),
    ]
    assert violations([guard], judged, taxonomy) == ("Recall: Blast on site: worse.",)


def test_that_a_required_guard_needs_one_set_that_is_large_enough(taxonomy: Taxonomy):
    few = MetricComparison("blast_sensitivity", 10, 2, Estimate(1, 1, 1), Estimate(1, 1, 1), Estimate(0, 0, 0))
    assert violations([GUARD], evaluate_criteria([GUARD], [("a", (few,))]), taxonomy) == (
        "Malignant cells called malignant (blast sensitivity): no set of cells is large enough to say.",
    )
    assert violations([GUARD], evaluate_criteria([GUARD], [("a", (few,)), ("b", (make_comparison(),))]), taxonomy) == ()
    assert violations([GUARD], evaluate_criteria([GUARD], [("a", ())]), taxonomy) != ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 2\n", "version = 1"),
        ("version = 1\n", "at least one entry"),
        ("[", "cannot be read"),
        (
            (
                'version = 1\n[[guards]]\nfigure = "beauty"\nmargin = 0\nleast_cells = 1\nleast_patients = 1\n'
                "required = true"
            ),
            "no figure",
        ),
        ('version = 1\n[[guards]]\nfigure = "accuracy"\n', "An acceptance criterion needs"),
        (
            (
                'version = 1\n[[guards]]\nfigure = "accuracy"\nmargin = -1\nleast_cells = 1\nleast_patients = 1\n'
                "required = true"
            ),
            "invalid value",
        ),
    ],
)
def test_that_a_file_of_guards_that_is_not_sound_is_refused(taxonomy: Taxonomy, text: str, words: str):
    with pytest.raises(LeukViewError, match=words):
        parse_criteria(text, taxonomy)
