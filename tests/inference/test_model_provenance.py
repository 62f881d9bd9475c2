import re
from pathlib import Path

from leukview.bootstrap.model_loading import active_bundle_path
from leukview.core.messages import DATA, MessageTranslator, read_linguist
from leukview.core.paths import resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import load_bundle
from leukview.inference.bundles.model_provenance import metric_sentences, model_provenance

METRICS = {
    "test_patients": {
        "classes": {"classes": {"blast": {"cells": 200, "recall": 0.9, "precision": 0.8, "f1": 0.85}}},
        "stages": {
            "stage1": {"confusion": [[90, 10], [5, 95]], "auc": {"value": 0.98, "low": 0.95, "high": 0.99}},
            "apl": {"confusion": [[8, 2], [0, 0]], "auc": {"value": None, "low": None, "high": None}, "patients": 3},
        },
    }
}


def test_that_measured_figures_become_sentences_with_their_counts(taxonomy: Taxonomy):
    blasts, stage1, apl = metric_sentences(METRICS, taxonomy)
    assert blasts == (
        "Blasts, in patients not used for training: sensitivity 90.0 % (180 of 200 cells, 95 % interval 85.0–93.8)."
    )
    assert "sensitivity 95.0 % (95 of 100 cells" in stage1
    assert "specificity 90.0 % (90 of 100 cells" in stage1
    assert "0.980 (0.950–0.990 over patients)" in stage1
    assert apl.endswith(
        "in patients not used for training: specificity 80.0 % (8 of 10 cells, 95 % interval 44.4–97.5)."
    )


def test_that_the_figure_over_patients_names_how_few_they_are(taxonomy: Taxonomy):
    people = {"auc": {"value": 0.977, "low": 0.86, "high": 1.0}, "patients": 15, "positive": 4}
    figures = {"test_patients": {"stages": {"apl": {"confusion": [[8, 2], [1, 9]], "by_patient": people}}}}
    assert (
        metric_sentences(figures, taxonomy)[-1]
        == "APL against other AML: AUC 0.977 over 15 patients, too few for a firm figure."
    )


def test_that_a_bundle_without_figures_claims_none(taxonomy: Taxonomy):
    assert metric_sentences({}, taxonomy) == ()
    assert metric_sentences({"test_patients": {"stages": {"stage1": {"confusion": []}}}}, taxonomy) == ()


def test_that_the_shipped_model_says_what_it_was_not_trained_for(taxonomy: Taxonomy):
    info = model_provenance(load_bundle(Path(active_bundle_path()), taxonomy), taxonomy, "embedded:0")
    untrained = {s.name for s in taxonomy.stages if s.key in {"stage3m", "stage3l", "ph"}}
    assert untrained <= set(info.untrained_stages)
    assert any("prolymphocyte" in limit for limit in info.limitations)
    assert "Acevedo" in info.trained_on
    assert info.performance


def test_that_what_was_measured_is_told_in_chinese_too(taxonomy: Taxonomy):
    folder = resources_dir() / "i18n"
    known = {s: t for (context, s), t in read_linguist(folder / "leukview_zh_CN.ts").items() if context == DATA}
    words = MessageTranslator(lambda text: known.get(text) or text, "zh_CN")
    info = model_provenance(load_bundle(Path(active_bundle_path()), taxonomy), taxonomy, "embedded:0")
    told = [
        words.text(sentence)
        for sentence in (*metric_sentences(METRICS, taxonomy), *info.performance, *info.limitations)
    ]
    for sentence in told:
        assert set(re.findall(r"[A-Za-z]+", sentence)) <= {"AML", "APL", "AUC", "ALL", "Ph", "T", "M", "L", "B"}, (
            sentence
        )
