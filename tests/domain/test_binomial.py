import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from leukview.domain.binomial import clopper_pearson
from leukview.domain.differential import compute_differential
from leukview.domain.taxonomy import Taxonomy


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(5, 100, 1.6, 11.3), (10, 200, 2.4, 9.0), (20, 100, 12.7, 29.2), (40, 200, 14.7, 26.2)]
)
def test_that_the_intervals_are_those_of_rumkes_table(k: int, n: int, low: float, high: float):
    interval = clopper_pearson(k, n)
    assert (round(100 * interval.low, 1), round(100 * interval.high, 1)) == (low, high)


@given(st.integers(1, 600).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_that_the_intervals_equal_scipys(kn: tuple[int, int]):
    k, n = kn
    expected = binomtest(k, n).proportion_ci(0.95, method="exact")
    interval = clopper_pearson(k, n)
    assert interval.low == pytest.approx(expected.low, abs=1e-9)
    assert interval.high == pytest.approx(expected.high, abs=1e-9)


def test_that_nothing_counted_tells_nothing():
    assert (clopper_pearson(0, 0).low, clopper_pearson(0, 0).high) == (0.0, 1.0)
    with pytest.raises(ValueError, match="No interval"):
        clopper_pearson(3, 2)


def test_that_cells_outside_the_denominator_are_reported_per_100_wbc(taxonomy: Taxonomy):
    labels = ["lymphocyte"] * 40 + ["blast"] * 10 + ["erythroblast"] * 5 + ["smudge_cell"] * 25 + ["unidentified"] * 2
    tally = compute_differential(taxonomy, labels, wbc_per_nl=8.0)
    assert (tally.leukocyte_count, tally.cell_count) == (50, 82)
    assert [r.cell_class.key for r in tally.leukocytes] == ["blast", "lymphocyte"]
    assert tally.leukocytes[0].share == pytest.approx(0.2)
    assert tally.leukocytes[0].absolute_per_nl == pytest.approx(1.6)
    assert {r.cell_class.key: r.per_100_wbc for r in tally.non_leukocytes} == {
        "erythroblast": 10.0,
        "smudge_cell": 50.0,
        "unidentified": 4.0,
    }
    assert tally.is_small_sample
    assert tally.straddled_thresholds == (0.20,)


def test_that_equivalents_are_counted_beside_the_blasts(taxonomy: Taxonomy):
    tally = compute_differential(
        taxonomy, ["blast"] * 3 + ["abnormal_promyelocyte"] * 4 + ["promonocyte"] + ["monocyte"] * 300
    )
    assert (tally.blast_count, tally.blast_equivalent_count) == (3, 5)
    assert not tally.is_small_sample
    assert 0.20 not in tally.straddled_thresholds
    assert tally.count("abnormal_promyelocyte") == 4


def test_that_a_slide_without_leukocytes_has_no_percentages(taxonomy: Taxonomy):
    tally = compute_differential(taxonomy, ["platelet"] * 3)
    assert (tally.leukocyte_count, tally.leukocytes, tally.blast_interval) == (0, (), None)
    assert tally.non_leukocytes[0].per_100_wbc is None


@pytest.mark.parametrize(("k", "n"), [(1, 10_000), (1430, 10_000), (9_999, 10_000), (5_000, 10_000)])
def test_that_the_intervals_of_ten_thousand_cells_equal_scipys(k: int, n: int):
    expected = binomtest(k, n).proportion_ci(0.95, method="exact")
    interval = clopper_pearson(k, n)
    assert interval.low == pytest.approx(expected.low, abs=1e-9)
    assert interval.high == pytest.approx(expected.high, abs=1e-9)
