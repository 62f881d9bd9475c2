import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.prediction import conformal_set
from training.data.dataset import LabelledCell
from training.evaluation.conformal import conformal_threshold, set_members, set_metrics, source_balanced_weights


def draw_probabilities(count: int, seed: int, sharpness: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Truth, and the right probabilities of it, of three choices."""
    rng = np.random.default_rng(seed)
    logits = sharpness * rng.normal(size=(count, 3))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return np.asarray([rng.choice(3, p=row) for row in p]), p


def test_that_sets_cover_what_was_promised_on_cells_that_were_not_seen():
    seen, unseen = draw_probabilities(4000, 0), draw_probabilities(4000, 1)
    least = conformal_threshold(*seen, np.ones(4000))
    found = set_metrics(*unseen, least, [str(i) for i in range(4000)])
    assert found["coverage"].value == pytest.approx(0.95, abs=0.012)
    assert found["coverage_before"] <= found["coverage"].value
    assert 1.0 <= found["size"] < 3.0


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=60), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_that_with_equal_weights_the_threshold_is_the_usual_order_statistic(scores, coverage):
    p = np.asarray([[s, 1 - s] for s in scores])
    found = conformal_threshold(np.zeros(len(scores), np.int64), p, np.ones(len(scores)), coverage)
    k = int((1 - coverage) * (len(scores) + 1) + 1e-9)
    assert found == (sorted(scores)[k - 1] if k else 0.0)


def test_that_few_cells_promise_nothing_but_all_choices():
    truth, p = draw_probabilities(18, 0)
    assert conformal_threshold(truth, p, np.ones(18)) == 0.0
    assert set_members(p, 0.0).all()


def test_that_a_site_of_many_cells_does_not_outvote_one_of_few():
    cells = [LabelledCell("", "", "many" if i < 900 else "few", "", "", "", "val", "") for i in range(1000)]
    weights = source_balanced_weights(cells, np.arange(1000))
    assert weights.sum() == pytest.approx(1000)
    assert weights[:900].sum() == pytest.approx(weights[900:].sum())
    p = np.asarray([[0.9, 0.1]] * 900 + [[0.4, 0.6]] * 100)  # the few cells' truth has a low probability
    truth = np.zeros(1000, np.int64)
    assert conformal_threshold(truth, p, np.ones(1000), 0.85) == pytest.approx(0.9)
    assert conformal_threshold(truth, p, weights, 0.85) == pytest.approx(0.4)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=6), st.floats(0.0, 1.0))
def test_that_the_application_makes_the_same_sets_as_the_evaluation(values, least):
    choices = tuple(f"c{i}" for i in range(len(values)))
    found = conformal_set(choices, values, least)
    [row] = set_members(np.asarray([values]), least)
    assert set(found) == {c for c, inside in zip(choices, row, strict=True) if inside}
    assert values[choices.index(found[0])] == max(values)
    assert conformal_set(choices, values, None) == ()
