import numpy as np
import pytest

from leukview.core.job_runner import Cancelled, CancelToken, Progress, null_reporter
from leukview.domain.prediction import Prediction
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.pipeline import AnalysisPipeline, analysis_cache_key
from tests.support.fakes import (
    FakeClassifier,
    FakeExportReader,
    FakeSegmenter,
    MemoryAnalysisCache,
    MemorySlideStore,
    make_cells,
)


def make_analyser(
    taxonomy: Taxonomy, slides: MemorySlideStore, classifier: FakeClassifier, reader: FakeExportReader | None = None
):
    cache = MemoryAnalysisCache()
    return AnalysisPipeline(taxonomy, reader or FakeExportReader(), slides, cache, FakeSegmenter(), classifier), cache


def test_that_each_cell_is_analysed_once_and_reported_in_batches(taxonomy: Taxonomy):
    slides, classifier = MemorySlideStore(make_cells(50)), FakeClassifier()
    analyser, cache = make_analyser(taxonomy, slides, classifier)
    progress: list[Progress] = []
    batches: list[dict[str, Prediction]] = []
    summary = analyser.analyse("S-TEST", CancelToken(), progress.append, lambda b: batches.append(dict(b)))
    assert (summary.analysed, summary.skipped, summary.unreadable) == (50, 0, ())
    assert slides.batch_sizes == [len(b) for b in batches]
    assert sum(slides.batch_sizes) == classifier.classified_count == 50
    assert (progress[0].done, progress[-1].done, progress[-1].total) == (0, 50, 50)
    assert len(cache.entries) == 50
    assert next(iter(cache.entries))[1] == analysis_cache_key("fake:0", "b" * 64)


def test_that_the_prediction_carries_label_measurement_and_flags(taxonomy: Taxonomy):
    slides = MemorySlideStore(make_cells(1))
    analyser, _ = make_analyser(taxonomy, slides, FakeClassifier())
    analyser.analyse("S-TEST", CancelToken(), null_reporter)
    (prediction,) = slides.saved_predictions.values()
    assert prediction.label == "blast"
    assert prediction.confidence == pytest.approx(0.95 * 0.6)
    assert (prediction.measurement.cell_area_px, prediction.measurement.nucleus_area_px) == (1024, 256)
    assert prediction.measurement.nc_ratio == pytest.approx(0.25)
    assert prediction.flags == ("unlike_training",)


def test_that_the_model_abstains_below_its_threshold(taxonomy: Taxonomy):
    slides = MemorySlideStore(make_cells(1))
    analyser, _ = make_analyser(taxonomy, slides, FakeClassifier(abstain_below=0.9))
    analyser.analyse("S-TEST", CancelToken(), null_reporter)
    (prediction,) = slides.saved_predictions.values()
    assert (prediction.label, prediction.best) == ("unidentified", "blast")
    assert "uncertain" in prediction.flags


def test_that_an_image_without_a_cell_is_never_counted_as_a_leukocyte(
    taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    slides = MemorySlideStore(make_cells(1))
    analyser, _ = make_analyser(taxonomy, slides, FakeClassifier())
    monkeypatch.setattr(analyser.segmenter, "segment", lambda images: [np.zeros(i.shape[:2], np.uint8) for i in images])
    analyser.analyse("S-TEST", CancelToken(), null_reporter)
    (prediction,) = slides.saved_predictions.values()
    assert (prediction.label, prediction.best) == ("unidentified", "blast")
    assert "no_cell" in prediction.flags


def test_that_a_cancelled_analysis_keeps_what_was_done_and_resumes_without_doing_it_again(taxonomy: Taxonomy):
    slides, classifier, token = MemorySlideStore(make_cells(60)), FakeClassifier(), CancelToken()
    analyser, _ = make_analyser(taxonomy, slides, classifier)
    with pytest.raises(Cancelled):
        analyser.analyse("S-TEST", token, null_reporter, lambda _batch: token.cancel())
    stored = len(slides.saved_predictions)
    assert 0 < stored < 60
    before = classifier.classified_count  # more than are stored: batches that were being analysed are dropped
    summary = analyser.analyse("S-TEST", CancelToken(), null_reporter)
    assert (summary.analysed, summary.skipped) == (60 - stored, stored)
    assert classifier.classified_count - before == 60 - stored


def test_that_an_unreadable_image_is_named_and_the_rest_is_analysed(taxonomy: Taxonomy):
    cells = make_cells(20)
    slides = MemorySlideStore(cells)
    analyser, _ = make_analyser(taxonomy, slides, FakeClassifier(), FakeExportReader(frozenset({"3", "17"})))
    summary = analyser.analyse("S-TEST", CancelToken(), null_reporter)
    assert summary.unreadable == (cells[2].id, cells[16].id)
    assert summary.analysed == len(slides.saved_predictions) == 18


def test_that_what_the_cache_lost_is_made_again_and_nothing_else(taxonomy: Taxonomy):
    slides, classifier = MemorySlideStore(make_cells(20)), FakeClassifier()
    analyser, cache = make_analyser(taxonomy, slides, classifier)
    analyser.analyse("S-TEST", CancelToken(), null_reporter)
    for lost in list(cache.entries)[:3]:
        del cache.entries[lost]
    summary = analyser.analyse("S-TEST", CancelToken(), null_reporter)
    assert (summary.analysed, summary.skipped) == (3, 17)
    assert len(cache.entries) == 20
