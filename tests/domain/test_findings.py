"""Findings of a film: scores, zones, and what a review may do to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.findings import (
    FINDINGS,
    ZONES,
    FilmEvidence,
    FindingLimits,
    PatientRates,
    after_review,
    film_score,
    find,
    pooled_odds,
)

RATES = PatientRates(found=21, ill=22, false=3, well=60)


def film(blasts: int, benign: int, apl_odds: float = 3.0, lymphoid_odds: float = -3.0) -> FilmEvidence:
    """Blasts that are surely malignant beside lymphocytes that are surely not."""
    is_blast = np.asarray([1.0] * blasts + [0.0] * benign)
    ones = np.ones(len(is_blast))
    return FilmEvidence(is_blast, 1 - is_blast, is_blast, apl_odds * ones, lymphoid_odds * ones)


def limits(grey: float = 0.5, suspicious: float = 1.5) -> FindingLimits:
    return FindingLimits("apl", grey, suspicious, RATES, RATES)


def test_that_few_cells_weigh_less_than_many_of_the_same_kind() -> None:
    scores = [film_score("apl", film(n, 50)).score for n in (0, 1, 3, 30)]
    assert scores[0] == 0.0
    assert scores == sorted(scores)
    assert scores[-1] < 3.0


def test_that_benign_cells_do_not_dilute_apl() -> None:
    assert film_score("apl", film(4, 0)) == film_score("apl", film(4, 200))


def test_that_acute_leukaemia_rests_on_the_most_typical_cells_of_a_lean_film() -> None:
    lean, rich, none = (film_score("acute_leukaemia", film(n, 60)).score for n in (5, 50, 0))
    assert lean == pytest.approx(rich)
    assert none < 0 < lean


def test_that_a_film_without_cells_that_count_is_not_assessable() -> None:
    assert find(limits(), film(0, 80)).zone == "not_assessable"
    assert find(limits(), film(0, 0)).zone == "not_assessable"
    assert film_score("acute_leukaemia", film(0, 0)).score == 0.0


@pytest.mark.parametrize(("odds", "zone"), [(-3.0, "none"), (1.2, "grey"), (3.0, "suspicious")])
def test_that_zones_follow_the_limits(odds: float, zone: str) -> None:
    assert find(limits(), film(20, 30, apl_odds=odds)).zone == zone


def test_that_a_score_at_a_limit_belongs_to_the_zone_above() -> None:
    evidence = film(2, 0, apl_odds=2.0)  # 2·2 / (2 + 2) = 1
    assert find(limits(grey=1.0, suspicious=2.0), evidence).zone == "grey"
    assert find(limits(grey=0.0, suspicious=1.0), evidence).zone == "suspicious"


def test_that_limits_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="wrong order"):
        limits(grey=2.0, suspicious=1.0)
    with pytest.raises(ValueError, match="wrong order"):
        limits(grey=float("nan"))


def test_that_an_abnormal_promyelocyte_named_by_a_reviewer_raises_suspicion() -> None:
    calm = find(limits(), film(20, 30, apl_odds=-3.0))
    raised = after_review(calm, ["lymphocyte", "abnormal_promyelocyte"])
    assert (raised.zone, raised.raised_by_review) == ("grey", True)
    assert after_review(find(limits(), film(0, 5)), ["abnormal_promyelocyte"]).zone == "grey"


@given(st.floats(-5, 5), st.integers(0, 9), st.lists(st.sampled_from(["blast", "lymphocyte", "promyelocyte"])))
def test_that_a_review_never_lowers_a_zone(odds: float, blasts: int, reviewed: list[str]) -> None:
    for key in FINDINGS:
        own = FindingLimits(key, -0.5, 0.5, RATES, RATES)
        before = find(own, film(blasts, 5, odds, odds))
        after = after_review(before, reviewed)
        assert ZONES.index(after.zone) >= ZONES.index(before.zone)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0, 1)), max_size=40))
def test_that_pooled_odds_lie_between_the_cells_and_even_odds(cells: list[tuple[float, float]]) -> None:
    odds, weights = np.asarray([o for o, _ in cells]), np.asarray([w for _, w in cells])
    pooled = pooled_odds(odds, weights)
    assert min([0.0, *odds]) - 1e-9 <= pooled <= max([0.0, *odds]) + 1e-9


def test_that_rates_carry_exact_intervals_over_patients() -> None:
    assert (round(RATES.sensitivity.low, 3), round(RATES.sensitivity.high, 3)) == (0.772, 0.999)
    assert RATES.specificity.low < 57 / 60 < RATES.specificity.high
