"""Fitting a model's classes to a site from a few reviewed cells."""

from __future__ import annotations

import numpy as np
import pytest

from leukview.core.errors import LeukViewError
from leukview.domain.site_adaptation import PENALTIES, fit_site

CLASSES, WIDTH = 4, 12


def site(count: int, seed: int = 0, patients: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Cells whose features part the classes while the model takes class 2 for class 0, as on a strange camera."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, CLASSES, count)
    centres = 3 * np.eye(CLASSES, WIDTH)
    features = centres[truth] + rng.normal(size=(count, WIDTH))
    p = np.full((count, CLASSES), 0.05)
    p[np.arange(count), np.where(truth == 2, 0, truth)] = 0.85
    return p, features, truth, [f"patient {i % patients}" for i in range(count)]


def test_that_a_hundred_cells_teach_what_the_model_confuses_at_the_site() -> None:
    p, features, truth, groups = site(100)
    fresh, other, wanted, _ = site(400, seed=1)
    adapted = fit_site(p, features, truth, groups)(fresh, other)
    assert (fresh.argmax(1) == wanted).mean() < 0.8
    assert (adapted.argmax(1) == wanted).mean() > 0.93
    np.testing.assert_allclose(adapted.sum(1), 1.0)


def test_that_protected_classes_keep_their_probability() -> None:
    p, features, truth, groups = site(120)
    protected = np.asarray([False, False, False, True])
    adaptation = fit_site(p, features, truth, groups, protected)
    adapted = adaptation(p, features)
    np.testing.assert_allclose(adapted[:, 3], p[:, 3])
    np.testing.assert_allclose(adapted.sum(1), 1.0)
    assert not adaptation.weights[:, 3].any()
    assert adaptation.bias[3] == 0.0


def test_that_a_model_that_is_right_already_is_hardly_changed() -> None:
    p, features, truth, groups = site(60)
    p = np.full_like(p, 0.01)
    p[np.arange(60), truth] = 0.97
    adapted = fit_site(p, features, truth, groups)(p, features)
    assert (adapted.argmax(1) == truth).all()


def test_that_the_answer_does_not_depend_on_the_order_of_cells() -> None:
    p, features, truth, groups = site(80)
    order = np.random.default_rng(3).permutation(80)
    one = fit_site(p, features, truth, groups)
    other = fit_site(p[order], features[order], truth[order], [groups[i] for i in order])
    assert one.penalty == other.penalty
    np.testing.assert_allclose(one(p, features), other(p, features), atol=2e-3)


def test_that_one_patient_alone_gets_the_strongest_penalty() -> None:
    p, features, truth, _ = site(60)
    assert fit_site(p, features, truth, ["one"] * 60).penalty == PENALTIES[-1]


def test_that_too_few_cells_or_one_class_are_refused() -> None:
    p, features, truth, groups = site(60)
    with pytest.raises(LeukViewError, match="reviewed cells"):
        fit_site(p[:10], features[:10], truth[:10], groups[:10])
    with pytest.raises(LeukViewError, match="reviewed cells"):
        fit_site(p, features, np.zeros(60, np.int64), groups)
