import numpy as np
import pytest

from training.studies.active_learning import (
    STRATEGIES,
    CurvePoint,
    SiteCells,
    acquisition_scores,
    fit_classifier,
    labels_needed_markdown,
    labels_to_reach,
    mean_curve,
    plot_curves,
    reduce_with_pca,
    simulate_labelling,
)


@pytest.fixture(scope="module")
def site() -> SiteCells:
    """Three classes in a plane of a larger space: two common and apart, one rare and beside the first."""
    rng = np.random.default_rng(0)
    counts, centres = (900, 900, 60), ((0, 0), (8, 0), (0, 3.0))
    places = np.concatenate([rng.normal(c, 1.0, (n, 2)) for n, c in zip(counts, centres, strict=True)])
    features = np.concatenate([places, rng.normal(0, 0.3, (len(places), 6))], 1)
    truth = np.repeat(np.arange(3), counts)
    order = rng.permutation(len(truth))
    names = ("lymphocyte", "neutrophil", "basophil")
    return SiteCells(features[order], truth[order], names, np.arange(1200), np.arange(1200, len(order)))


def test_that_the_instructive_cells_first_reach_a_score_with_fewer_labels_than_chance(site):
    points = [
        p for s in ("random", "information") for r in range(6) for p in simulate_labelling(site, s, r, 30, 15, 120)
    ]
    by_chance, chosen = (dict(mean_curve(points, s)) for s in ("random", "information"))
    assert list(by_chance) == list(chosen) == list(range(30, 121, 15))
    assert np.mean(list(chosen.values())) > np.mean(list(by_chance.values()))
    goal = by_chance[120]
    sooner = labels_to_reach(points, "information", goal)
    assert sooner is not None
    assert sooner <= 120
    assert labels_to_reach(points, "random", 1.01) is None


def test_that_every_strategy_starts_from_the_same_labels_and_none_scores_what_it_may_draw(site):
    first = [simulate_labelling(site, s, 1, 30, 30, 30)[0].f1 for s in STRATEGIES]
    assert len(set(first)) == 1
    assert not set(site.pool.tolist()) & set(site.test.tolist())


def test_that_worth_is_highest_between_the_classes(site):
    labelled = site.pool[:200]
    model = fit_classifier(site, labelled)
    rows = site.pool[200:]
    found = acquisition_scores(site, model, labelled, rows, "uncertainty")
    best, least = rows[found.argmax()], rows[found.argmin()]
    p = model.predict_proba(site.features[[best, least]]).max(1)
    assert p[0] < 0.7 < p[1]
    assert acquisition_scores(site, model, labelled, rows, "information").max() > found.max()


def test_that_reducing_keeps_rows_and_scales_the_pool(site):
    small = reduce_with_pca(site)
    assert small.features.shape == (len(site.truth), 8)
    np.testing.assert_allclose(small.features[site.pool].std(0), 1.0, atol=1e-6)


def test_that_the_table_and_the_picture_tell_the_curve(tmp_path):
    points = [
        CurvePoint(s, r, labels, f1 + 0.01 * r)
        for s, gain in zip(STRATEGIES, (0.0, 0.1, 0.2), strict=True)
        for r in (0, 1)
        for labels, f1 in ((100, 0.5 + gain), (200, 0.7 + gain))
    ]
    text = labels_needed_markdown(points, ("a", "b"), 50)
    assert "| 0.705 | 200 | 200 | 100 |" in text  # the means over both repeats
    assert "| 0.564 | 200 | 100 | 100 |" in text
    plot_curves(points, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
