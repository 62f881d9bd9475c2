"""Outlines that reviewers repair: kept beside the segmenter's, measured and classified anew, taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from leukview.bootstrap.site_config import load_grading_form
from leukview.core.errors import ModelError, ReviewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.mask_repair import MaskRepairService
from leukview.services.analysis.pipeline import AnalysisPipeline
from leukview.services.analysis.quality_control import QualityControl
from leukview.services.audit.cell_history import cell_history
from leukview.services.corrections.exporter import CorrectionExporter
from leukview.services.corrections.tables import LabelWeights
from leukview.services.export.slide_record import SlideRecord
from leukview.services.ports.inference import Click
from leukview.services.report.report_data import ModelInfo, build_report_data
from leukview.services.review.event_text import EventNames, event_text
from leukview.services.review.session import ReviewSession
from tests.support.fakes import (
    FakeClassifier,
    FakeExportReader,
    FakeSegmenter,
    MemoryAnalysisCache,
    MemoryReviewLog,
    MemorySlideStore,
    make_cells,
)


class RepairFixture:
    """A slide of three cells on stand-ins, and all that a repair needs."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.slides, self.log, self.cache = MemorySlideStore(make_cells(3)), MemoryReviewLog(), MemoryAnalysisCache()
        self.classifier = FakeClassifier()
        self.analyser = AnalysisPipeline(
            taxonomy, FakeExportReader(), self.slides, self.cache, FakeSegmenter(), self.classifier
        )
        self.repairs = MaskRepairService(self.cache, self.log, lambda: self.analyser, None, lambda _cell: self.image())
        self.analyse()
        self.cells = self.slides.cells("S-TEST")
        self.cell = self.cells[0]
        self.session = self.open("Ada")

    @staticmethod
    def image() -> NDArray[np.uint8]:
        return np.full((64, 64, 3), 128, np.uint8)

    def analyse(self) -> None:
        self.analyser.analyse(
            "S-TEST",
            CancelToken(),
            null_reporter,
            repaired_masks=self.repairs.repaired_masks("S-TEST") if self.log.rows else None,
        )

    def open(self, reviewer: str, reading: int = 1) -> ReviewSession:
        return ReviewSession(self.slides, self.log, self.taxonomy, (), "S-TEST", reviewer, reading)

    def draw(self, side: int = 20) -> RepairedMask:
        self.session.repair_mask(self.cell.id, square_mask(side), methods=["brush"])
        mask = self.session.view.by_id[self.cell.id].review.mask
        assert mask is not None
        return mask

    def submit_reclassification(self, mask: RepairedMask) -> None:
        self.session.apply_predictions({self.cell.id: self.repairs.reclassify(self.cell, mask)})

    def names(self) -> EventNames:
        return EventNames(self.taxonomy, (), load_grading_form(), {c.id: c.number for c in self.cells})


def square_mask(side: int) -> NDArray[np.uint8]:
    mask = np.zeros((64, 64), np.uint8)
    mask[10 : 10 + side, 10 : 10 + side] = 1
    mask[12 : 10 + side // 2, 12 : 10 + side // 2] = 2
    return mask


@pytest.fixture
def bench(taxonomy: Taxonomy) -> RepairFixture:
    return RepairFixture(taxonomy)


def test_that_an_outline_is_measured_at_once_and_classified_apart_from_the_segmenters(bench: RepairFixture):
    mask = bench.draw()
    view = bench.session.view.by_id[bench.cell.id]
    assert view.measurement is not None
    assert view.measurement.cell_area_px == 400
    assert not view.is_mask_classified
    before = bench.slides.saved_predictions[bench.cell.id]
    bench.submit_reclassification(mask)
    view = bench.session.view.by_id[bench.cell.id]
    assert view.is_mask_classified
    assert view.prediction is not None
    assert (view.prediction.segmenter, view.prediction.bundle) == (mask.identity, bench.classifier.bundle_sha256)
    assert view.prediction.measurement.cell_area_px == 400
    assert view.segmenter_prediction == before == bench.slides.saved_predictions[bench.cell.id]
    assert bench.open("Ada").view.by_id[bench.cell.id].prediction == view.prediction, "a restart changes nothing"


def test_that_undo_brings_the_segmenters_outline_and_its_prediction_back_and_redo_the_repair(bench: RepairFixture):
    before = bench.session.view.by_id[bench.cell.id].prediction
    bench.submit_reclassification(bench.draw())
    repaired = bench.session.view.by_id[bench.cell.id].prediction
    again = bench.open("Ada")
    assert again.undo().by_id[bench.cell.id].prediction == before
    assert again.view.by_id[bench.cell.id].repaired_measurement is None
    assert again.redo().by_id[bench.cell.id].prediction == repaired


def test_that_the_segmenters_outline_can_be_taken_again(bench: RepairFixture):
    assert bench.session.discard_repaired_mask(bench.cell.id) is bench.session.view
    assert not bench.log.rows
    bench.submit_reclassification(bench.draw())
    view = bench.session.discard_repaired_mask(bench.cell.id).by_id[bench.cell.id]
    assert view.review.mask is None
    assert view.prediction == bench.slides.saved_predictions[bench.cell.id]


def test_that_what_the_model_says_of_an_outline_drawn_over_since_is_left_out(bench: RepairFixture):
    old = bench.draw(20)
    new = bench.draw(30)
    bench.submit_reclassification(old)
    assert not bench.session.view.by_id[bench.cell.id].is_mask_classified
    bench.submit_reclassification(new)
    assert bench.session.view.by_id[bench.cell.id].is_mask_classified


def test_that_nothing_is_signed_before_the_model_saw_the_outline_and_nothing_repaired_afterwards(bench: RepairFixture):
    for cell in bench.cells:
        bench.session.record_opened(cell.id)
    mask = bench.draw()
    assert "1 cells with a repaired outline are not yet classified again." in bench.session.unmet_requirements()
    with pytest.raises(ReviewError, match="cannot be signed"):
        bench.session.sign("Ada", "Reviewed")
    bench.submit_reclassification(mask)
    bench.session.sign("Ada", "Reviewed")
    written = len(bench.log.rows)
    with pytest.raises(ReviewError, match="signed and read-only"):
        bench.draw(30)
    with pytest.raises(ReviewError, match="signed and read-only"):
        bench.session.discard_repaired_mask(bench.cell.id)
    assert len(bench.log.rows) == written


def test_that_a_second_reader_neither_sees_nor_repairs_outlines(bench: RepairFixture):
    bench.session.override([bench.cell.id], "monocyte")
    bench.submit_reclassification(bench.draw())
    second = bench.open("Bo", SECOND_READING)
    view = second.view.by_id[bench.cell.id]
    assert (
        view.review.mask,
        view.repaired_measurement,
        view.segmenter_prediction,
        view.prediction,
        view.measurement,
    ) == (None,) * 5
    with pytest.raises(ReviewError, match="first reading"):
        second.repair_mask(bench.cell.id, square_mask(20), methods=["brush"])
    lines = cell_history(
        bench.cell,
        bench.slides.slide("S-TEST"),
        bench.slides.cell_prediction_history(bench.cell.id),
        bench.log.rows,
        bench.names(),
        reading=SECOND_READING,
    )
    assert [line.text for line in lines] == ["Imported."]


def test_that_an_outline_of_another_size_is_refused(bench: RepairFixture):
    with pytest.raises(ReviewError, match="size of the image"):
        bench.session.repair_mask(bench.cell.id, np.zeros((64, 63), np.uint8), methods=["brush"])
    assert not bench.log.rows


def test_that_a_later_analysis_classifies_inside_the_outline_as_well(bench: RepairFixture):
    mask = bench.draw()
    bench.analyse()
    assert (bench.cell.id, mask.sha256) in bench.slides.mask_predictions("S-TEST")
    seen = bench.classifier.classified_count
    bench.analyse()
    assert bench.classifier.classified_count == seen, "nothing is done twice"
    bench.cache.entries.clear()
    bench.analyse()
    assert bench.classifier.classified_count == seen + len(bench.cells) + 1


def test_that_the_outline_outlives_the_cache(bench: RepairFixture):
    mask = bench.draw()
    bench.submit_reclassification(mask)
    kept = bench.repairs.cached_analysis(bench.cell, mask)
    assert kept is not None
    assert kept.maps
    bench.cache.entries.clear()
    left = bench.repairs.cached_analysis(bench.cell, mask)
    assert left is not None
    assert np.array_equal(left.mask, square_mask(20))
    assert left.maps == ()
    assert bench.repairs.cached_analysis(bench.cell, None) is None
    assert np.array_equal(bench.repairs.segmenter_mask(bench.cell), FakeSegmenter().segment([bench.image()])[0])


def test_that_an_installation_without_a_refiner_says_so(bench: RepairFixture):
    with pytest.raises(ModelError, match="does not support repair by clicks"):
        bench.repairs.open_click_session(bench.cell)


def test_that_the_log_and_the_history_tell_of_the_outline_in_words(bench: RepairFixture):
    first = bench.draw()
    bench.submit_reclassification(first)
    bench.session.repair_mask(
        bench.cell.id, square_mask(30), methods=["brush", "clicks"], refiner="embedded:1a2b", clicks=[Click(3, 4, 2)]
    )
    bench.session.discard_repaired_mask(bench.cell.id)
    bench.session.undo()
    by_id = {e.id: e for e in bench.log.rows}
    words = [event_text(e, bench.names(), by_id) for e in bench.log.rows]
    second = next(e for e in bench.log.rows if "clicks" in e.payload)
    mask = str(second.payload["sha256"])[:8]
    assert words == [
        f"Repaired the outline of cell 1 by brush; mask {first.sha256[:8]}.",
        f"Repaired the outline of cell 1 by brush and clicks (embedded:1a2b); mask {mask}.",
        "Restored the segmenter's outline of cell 1.",
        "Undid no. 3: Restored the segmenter's outline of cell 1.",
    ]
    assert second.kind is EventKind.REPAIR_MASK
    assert second.payload["clicks"] == [[3, 4, "n"]]
    assert bench.log.find_broken_event() is None


def test_that_dialog_report_drift_and_corrections_count_the_same_overrulings(bench: RepairFixture):
    own = bench.session.view.by_id[bench.cell.id].prediction
    assert own is not None
    others = [c.id for c in bench.cells[1:]]
    bench.session.override(others[:1], own.label)
    bench.session.override(others[1:], "plasma_cell")
    mask = bench.draw()
    inside = replace(bench.repairs.reclassify(bench.cell, mask), label="monocyte", best="monocyte")
    bench.slides.save_mask_prediction(bench.cell.id, mask.sha256, inside)
    bench.session.apply_predictions({bench.cell.id: inside})
    bench.session.override([bench.cell.id], own.label)
    for cell in bench.cells:
        bench.session.record_opened(cell.id)
    bench.session.sign("Ada", "Review")
    view = bench.session.view
    assert view.by_id[bench.cell.id].prediction == inside
    assert view.by_id[bench.cell.id].unassisted_prediction == own
    assert view.model_tally.counts_by_class() == {own.label: 3}, "the model's column is what the model said by itself"
    assert [v.cell.id for v in view.overridden_cells] == others[1:]
    info = ModelInfo("m", "b" * 64, "fake:0", (), (), "", (), ())
    record = SlideRecord(view, bench.session.events, (0, ""), "2026-01-01T00:00:00+00:00")
    data = build_report_data(record, info, (), report_id="R-1", duration_s=3.0)
    assert data.override_rate == pytest.approx(1 / 3)
    assert data.confusions == ((own.label, "plasma_cell", 1),)
    quality = QualityControl(bench.taxonomy, bench.slides, bench.log, lambda _: bench.image(), lambda _: None)
    assert [(r.reviewed_count, r.override_count) for r in quality.weekly_overrides(CancelToken(), null_reporter)] == [
        (3, 1)
    ]
    corrections = CorrectionExporter(
        bench.taxonomy,
        bench.slides,
        bench.log,
        FakeExportReader(),
        LabelWeights(1.0, 1.0, 1.0),
        lambda b: (b, ".png"),
        lambda _: b"",
    )
    assert corrections.collect(CancelToken(), null_reporter).override_counts(bench.taxonomy) == (1, 3)
