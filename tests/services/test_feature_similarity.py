import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.services.analysis.feature_similarity import ClassDistances, SlideFeatures, rank_by_distance


def feature_cloud(seed: int = 0) -> dict[str, np.ndarray]:
    """Ten cells about one direction, ten about another, and one that lies with the second."""
    rng = np.random.default_rng(seed)
    one, other = np.eye(8)[0] * 5, np.eye(8)[1] * 5
    cells = {f"a{i}": one + rng.normal(0, 0.3, 8) for i in range(10)}
    return cells | {f"b{i}": other + rng.normal(0, 0.3, 8) for i in range(10)} | {"odd": other}


def class_distance(typical: ClassDistances, cell: str, label: str) -> float:
    """How far a cell lies from the centre of a class."""
    (found,) = typical.lookup([(cell, label)])
    return float(found)


def test_that_many_cells_are_looked_up_at_once():
    features = SlideFeatures.from_features(feature_cloud())
    typical = features.class_distances({key: "blast" if key[0] in "ao" else "monocyte" for key in features.ids})
    asked = [("a3", "blast"), ("nobody", "blast"), ("b2", "monocyte"), ("a3", "basophil"), ("a3", "monocyte")]
    found = typical.lookup(asked)
    assert [np.isnan(d) for d in found] == [False, True, False, True, False]
    assert found[0] < 0.1 < found[4]
    assert typical.lookup([]).shape == (0,)


def test_that_an_odd_cell_is_the_least_typical_of_its_class():
    features = SlideFeatures.from_features(feature_cloud())
    labels = {key: "blast" if key[0] in "ao" else "monocyte" for key in features.ids}
    typical = features.class_distances(labels)
    distances = {key: class_distance(typical, key, "blast") for key in labels if labels[key] == "blast"}
    assert not any(np.isnan(d) for d in distances.values())
    assert max(distances, key=distances.__getitem__) == "odd"
    assert class_distance(typical, "odd", "monocyte") < 0.05, "and it would be typical of the other class"


def test_that_a_cell_alone_in_its_class_is_compared_with_nothing():
    features = SlideFeatures.from_features(feature_cloud())
    typical = features.class_distances({"a0": "blast", "b0": "monocyte", "b1": "monocyte"})
    assert np.isnan(class_distance(typical, "a0", "blast"))
    assert not np.isnan(class_distance(typical, "a1", "blast"))
    assert np.isnan(class_distance(typical, "a0", "basophil"))
    assert np.isnan(class_distance(typical, "nobody", "blast"))


def test_that_the_cells_most_like_one_come_first():
    features = SlideFeatures.from_features(feature_cloud())
    like = features.distances_to("b0")
    assert like["b0"] == pytest.approx(0, abs=1e-3)
    assert sorted(like, key=like.__getitem__)[10][0] in "bo"
    assert all(key[0] in "bo" for key in sorted(like, key=like.__getitem__)[:11])
    assert features.distances_to("nobody") == {}


def test_that_another_models_features_are_left_out():
    features = SlideFeatures.from_features(feature_cloud() | {"old": np.ones(3)})
    assert "old" not in features.ids
    assert len(features.ids) == 21
    assert np.isnan(class_distance(SlideFeatures.from_features({}).class_distances({"a": "blast"}), "a", "blast"))


def test_that_references_without_features_come_last_in_their_order():
    here = np.array([1.0, 0.0])
    assert rank_by_distance(here, [None, np.array([0.0, 1.0]), np.array([1.0, 0.1]), None]) == [2, 1, 0, 3]
    assert rank_by_distance(here, []) == []


@given(st.integers(0, 20), st.integers(2, 6))
def test_that_distances_to_a_centre_are_those_to_the_mean_of_the_others(seed: int, count: int):
    rng = np.random.default_rng(seed)
    cells = {str(i): rng.normal(size=5) for i in range(count)}
    features = SlideFeatures.from_features(cells)
    typical = features.class_distances(dict.fromkeys(cells, "blast"))
    rows = features.vectors.astype(np.float64)
    for at, key in enumerate(features.ids):
        centre = np.delete(rows, at, axis=0).sum(axis=0)
        expected = 1 - rows[at] @ centre / np.linalg.norm(centre)
        assert class_distance(typical, key, "blast") == pytest.approx(expected, abs=2e-3)
