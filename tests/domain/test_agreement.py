"""Cohen's κ against sklearn, a worked example and the delta method; disagreements from the log of two readings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from leukview.domain.review.agreement import cohen_kappa, compare_readings
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.review.hash_chain import first_broken
from leukview.domain.review.reducer import replay, undone_event_ids
from tests.domain.test_review_events import EventLog

CLASSES = ("blast", "lymphocyte", "monocyte", "smudge_cell")
PAIRS = st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1, max_size=80)


def label_pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    return [(CLASSES[i], CLASSES[j]) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


def test_that_the_worked_example_of_fleiss_comes_out():
    """J. L. Fleiss, Statistical Methods for Rates and Proportions, table 13.1: three diagnoses, 100 subjects."""
    kappa = cohen_kappa(label_pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert kappa.n == 100
    assert kappa.observed == pytest.approx(0.89)
    assert kappa.expected == pytest.approx(0.66)
    assert kappa.value == pytest.approx(0.68, abs=0.005)
    assert kappa.interval is not None
    assert (kappa.interval.high - kappa.interval.low) / (2 * 1.96) == pytest.approx(0.087, abs=0.001)


@given(PAIRS)
def test_that_kappa_is_what_sklearn_computes(pairs: list[tuple[str, str]]):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    kappa = cohen_kappa(pairs)
    if kappa.value is None:
        assert len(set(first) | set(second)) == 1
    else:
        assert kappa.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
        assert kappa.interval is None or kappa.interval.low <= kappa.value <= kappa.interval.high


def kappa_of(shares: NDArray[np.float64]) -> float:
    expected = float(shares.sum(1) @ shares.sum(0))
    return float((np.trace(shares) - expected) / (1 - expected))


@given(st.lists(st.integers(1, 30), min_size=9, max_size=9))
def test_that_the_interval_is_that_of_the_delta_method(counts: list[int]):
    table = np.array(counts, dtype=float).reshape(3, 3)
    n = table.sum()
    shares, step = table / n, 1e-6
    slopes = np.zeros_like(shares)
    for at in np.ndindex(3, 3):
        nudge = np.zeros_like(shares)
        nudge[at] = step
        slopes[at] = (kappa_of(shares + nudge) - kappa_of(shares - nudge)) / (2 * step)
    # κ is computed from shares that need not sum to one here, so the mean slope is taken off.
    error = np.sqrt(((shares * slopes**2).sum() - (shares * slopes).sum() ** 2) / n)
    kappa = cohen_kappa(label_pairs(table.astype(int).tolist()))
    assert kappa.interval is not None
    assert kappa.value is not None
    if kappa.interval.low > -1 and kappa.interval.high < 1:
        assert kappa.interval.high - kappa.value == pytest.approx(1.959964 * error, rel=1e-3)


def test_that_no_interval_is_claimed_where_there_is_nothing_to_estimate_it_from():
    assert cohen_kappa([]).value is None
    assert cohen_kappa([("blast", "blast")] * 9).value is None
    perfect = cohen_kappa([("blast", "blast"), ("monocyte", "monocyte")])
    assert (perfect.value, perfect.interval) == (1.0, None)


def two_readings() -> EventLog:
    log = EventLog()
    log.add(EventKind.OVERRIDE, ["a", "b", "c"], label="lymphocyte")
    log.add(EventKind.OVERRIDE, ["a"], label="lymphocyte", reading=2)
    log.add(EventKind.OVERRIDE, ["b", "c"], label="blast", reading=2)
    log.add(EventKind.SIGN, name="B", meaning="read", reading=2)
    return log


def test_that_readings_do_not_touch_each_other():
    log = two_readings()
    first, second = replay(log.events), replay(log.events, SECOND_READING)
    assert [first.cell_review(c).label for c in "abc"] == ["lymphocyte"] * 3
    assert [second.cell_review(c).label for c in "abc"] == ["lymphocyte", "blast", "blast"]
    assert first.signature is None
    assert second.signature is not None
    assert first.undo_stack == ("e1",), "the second reader's signature ends the second reading alone"
    assert first_broken(log.events) is None


def test_that_undo_in_one_reading_leaves_the_other_its_redo():
    log = EventLog()
    log.add(EventKind.OVERRIDE, ["a"], label="blast")
    log.undo()
    log.add(EventKind.OVERRIDE, ["a"], label="monocyte", reading=2)
    log.add(EventKind.SIGN, name="B", meaning="read", reading=2)
    assert replay(log.events).redo_stack == ("e2",)
    log.redo()
    assert replay(log.events).cell_review("a").label == "blast"
    assert undone_event_ids(log.events) == frozenset()


def test_that_disagreements_are_listed_and_a_consensus_binds_until_a_label_changes():
    log = two_readings()
    found = compare_readings(log.events, "abc")
    assert found is not None
    assert [(d.cell_id, d.first_label, d.second_label) for d in found.disagreements] == [
        ("b", "lymphocyte", "blast"),
        ("c", "lymphocyte", "blast"),
    ]
    assert (found.agreed_count, found.kappa.n, found.open_count) == (1, 3, 2)
    log.add(EventKind.CONSENSUS, ["b"], label="blast", first="lymphocyte", second="blast", reading=3)
    settled = compare_readings(log.events, "abc")
    assert settled is not None
    assert (settled.disagreements[0].consensus, settled.open_count) == ("blast", 1)
    assert replay(log.events).cell_review("b").label == "lymphocyte", "the first reader's own opinion stays"
    log.add(EventKind.OVERRIDE, ["b"], label="monocyte")
    changed = compare_readings(log.events, "abc")
    assert changed is not None
    assert (changed.disagreements[0].first_label, changed.disagreements[0].consensus) == ("monocyte", "")


def test_that_there_is_nothing_to_compare_before_a_second_reading():
    log = EventLog()
    log.add(EventKind.OVERRIDE, ["a"], label="blast")
    assert compare_readings(log.events, "a") is None
