"""Thresholds of blasts, the validated range of white cell counts, and their correction for erythroblasts."""

from __future__ import annotations

import pytest

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.counting_rules import CountingRules, parse_counting_rules
from leukview.domain.differential import compute_differential
from leukview.domain.taxonomy import Taxonomy

SHIPPED = (resources_dir() / "counting.toml").read_text(encoding="utf-8")


def labels(**counts: int) -> list[str]:
    return [key for key, count in counts.items() for _ in range(count)]


def test_that_the_shipped_rules_are_the_published_thresholds():
    assert parse_counting_rules(SHIPPED) == CountingRules((0.02, 0.05, 0.10, 0.20), (1.5, 30.0))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[0.02, 0.05, 0.10, 0.20]", "[0.05, 0.02]"),
        ("[0.02, 0.05, 0.10, 0.20]", "[2, 5, 10, 20]"),
        ("[0.02, 0.05, 0.10, 0.20]", "true"),
        ("[1.5, 30.0]", "[30.0, 1.5]"),
        ("[1.5, 30.0]", "[1.5]"),
        ("version = 1", "version = 2"),
        ("validated_wbc", "validated"),
    ],
)
def test_that_rules_out_of_range_are_refused_with_the_remedy(old: str, new: str):
    with pytest.raises(LeukViewError) as raised:
        parse_counting_rules(SHIPPED.replace(old, new))
    assert "counting.toml" in raised.value.hint


@pytest.mark.parametrize(
    ("blasts", "straddled"), [(0, ()), (1, (0.02,)), (4, (0.02, 0.05)), (10, (0.05,)), (20, (0.10,)), (40, (0.20,))]
)
def test_that_each_threshold_is_marked_where_the_interval_straddles_it(
    taxonomy: Taxonomy, blasts: int, straddled: tuple[float, ...]
):
    tally = compute_differential(taxonomy, labels(blast=blasts, lymphocyte=200 - blasts))
    assert tally.straddled_thresholds == straddled


def test_that_promyelocytes_are_no_blast_equivalents_until_a_person_calls_them_abnormal(taxonomy: Taxonomy):
    reactive = compute_differential(taxonomy, labels(promyelocyte=40, segmented_neutrophil=160))
    assert reactive.blast_equivalent_count == 0
    assert reactive.straddled_thresholds == ()
    abnormal = compute_differential(taxonomy, labels(abnormal_promyelocyte=40, segmented_neutrophil=160))
    assert abnormal.blast_equivalent_count == 40
    assert abnormal.straddled_thresholds == (0.20,)


def test_that_absolute_counts_are_of_the_corrected_white_cell_count(taxonomy: Taxonomy):
    cells = labels(lymphocyte=100, erythroblast=60)
    as_given = compute_differential(taxonomy, cells, 10.0)
    assert as_given.leukocytes[0].absolute_per_nl == pytest.approx(10.0)
    assert as_given.corrected_wbc_per_nl is None
    corrected = compute_differential(taxonomy, cells, 10.0, wbc_includes_nrbc=True)
    assert corrected.corrected_wbc_per_nl == pytest.approx(6.25)
    assert corrected.leukocytes[0].absolute_per_nl == pytest.approx(6.25)
    assert corrected.wbc_per_nl == 10.0
    assert corrected.effective_wbc_per_nl == pytest.approx(6.25)


@pytest.mark.parametrize(("wbc", "outside"), [(1.4, True), (1.5, False), (30.0, False), (30.1, True), (None, False)])
def test_that_a_white_cell_count_outside_the_validated_range_is_marked(
    taxonomy: Taxonomy, wbc: float | None, *, outside: bool
):
    assert compute_differential(taxonomy, labels(lymphocyte=100), wbc).is_outside_validated_wbc is outside
