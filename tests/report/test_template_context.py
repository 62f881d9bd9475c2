import re
from dataclasses import replace

import numpy as np
import pytest

from leukview.domain.taxonomy import Taxonomy
from leukview.report.time_format import TimeFormat
from tests.support.report_factories import (
    MODEL,
    ReviewedSlide,
    cell_ids,
    clear_blockers,
    make_reviewed_slide,
    report_texts,
    template_context,
)


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    return make_reviewed_slide(taxonomy, {"blast": 12, "neutrophil": 20, "lymphocyte": 30}, apl=0.8)


def test_that_times_carry_their_zone():
    clock = TimeFormat(report_texts())
    when, span = clock.format_time, clock.format_time_span
    assert when("2026-11-24T02:48:21+01:00") == "2026-11-24 02:48 UTC+01:00"
    assert when("2026-11-24T02:48:21.123456+00:00") == "2026-11-24 02:48 UTC"
    assert when("2026-11-24T02:48:21-03:30") == "2026-11-24 02:48 UTC−03:30"
    assert when("2026-11-24T02:48:21") == "2026-11-24 02:48 UTC"
    assert span("2026-11-24T02:48:21+00:00", "2026-11-24T03:01:00+00:00") == "2026-11-24 02:48 to 03:01 UTC"
    assert span("2026-11-23T02:48:21+00:00", "2026-11-24T03:01:00+00:00").count("UTC") == 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "0 s"), (59.6, "1 min 0 s"), (272.0, "4 min 32 s"), (3600.0, "1 h 0 min 0 s")]
)
def test_that_a_duration_reads_as_one_would_say_it(seconds: float, words: str):
    assert TimeFormat(report_texts()).format_duration(seconds) == words


def test_that_the_header_states_what_the_site_says_and_admits_what_it_does_not(slide: ReviewedSlide):
    facts = dict(template_context(slide.report())["facts"])
    assert facts["Stain"] == facts["Scanner"] == "not stated in the export"
    words = template_context(
        slide.report(site=("Institute of Haematology", "Stain: May-Grünwald-Giemsa", "scanner: DI-60"))
    )
    facts = dict(words["facts"])
    assert (facts["Stain"], facts["Scanner"]) == ("May-Grünwald-Giemsa", "DI-60")
    assert words["site"] == ["Institute of Haematology"]
    assert facts["Report"] == "2026-11-24 02:48 UTC+01:00"


def test_that_an_alert_tells_who_acknowledged_it_and_whom_they_called(slide: ReviewedSlide):
    before = {a["title"]: a["acknowledged"] for a in template_context(slide.report())["alerts"]}
    assert before["Features raising suspicion of APL"] == "Not acknowledged."
    assert before["Too few cells"] == ""
    slide.session.acknowledge_alert("apl", called_person="Dr. Weiss", note="film sent by taxi")
    after = {a["title"]: a["acknowledged"] for a in template_context(slide.report())["alerts"]}
    assert after["Features raising suspicion of APL"].startswith("Acknowledged by reviewer, 2026-01-01 01:00 UTC+01:00")
    assert after["Features raising suspicion of APL"].endswith("; called: Dr. Weiss; film sent by taxi.")


def test_that_overrides_are_told_apart_from_finer_names(slide: ReviewedSlide):
    neutrophils = list(cell_ids(slide, "neutrophil"))
    slide.session.override(neutrophils[:6], "segmented_neutrophil")
    slide.session.override(neutrophils[6:8], "blast")
    slide.session.accept(neutrophils[8:10])
    review = dict(template_context(slide.report())["review"])
    assert review["Cells reviewed"] == "10 of 62"
    assert review["Overridden"] == (
        "2 (20.0 % of the cells that both assessed), 6 others got a closer class within the model's"
    )
    assert review["Model → reviewer"] == "Neutrophil → Blast\u00a02"
    assert review["Duration"].startswith("4 min 32 s ")


def test_that_only_the_main_corrections_are_told(slide: ReviewedSlide):
    neutrophils = list(cell_ids(slide, "neutrophil"))
    others = ("monocyte", "eosinophil", "basophil", "blast", "lymphocyte", "artefact")
    for place, label in enumerate(others):
        slide.session.override(neutrophils[place * 2 : place * 2 + (2 if place < 5 else 1)], label)
    corrections = dict(template_context(slide.report())["review"])["Model → reviewer"].split("; ")
    assert len(corrections) == 6
    assert all(c.startswith("Neutrophil → ") and c.endswith("\u00a02") for c in corrections[:5])
    assert corrections[5] == "1 other pair"


def test_that_a_slide_nobody_touched_claims_no_review(slide: ReviewedSlide):
    words = template_context(slide.report())
    review = dict(words["review"])
    assert review["Overridden"] == review["Duration"] == "n/a"
    assert "Review log" not in review
    assert words["band"] == "Not signed; 0 of 62 cells were reviewed by a person."
    assert dict(words["facts"])["Reviewed"] == "not reviewed yet"


def test_that_the_history_lists_signatures_reopenings_and_the_reports_they_stood_under(slide: ReviewedSlide):
    slide.session.record_report("R-DRAFT", "a" * 64)
    clear_blockers(slide)
    slide.session.sign("Prof. Weiss", "reviewed and approved")
    slide.session.record_report("R-SIGNED", "c" * 64)
    slide.session.reopen("marrow result")
    slide.session.override(list(cell_ids(slide, "neutrophil"))[:1], "eosinophil")
    data = slide.report()
    assert data.status == "DRAFT"
    words = template_context(data)
    assert "The slide was signed, then reopened." in words["band"]
    assert [text for _, text in words["history"]] == [
        "Signed by Prof. Weiss (account reviewer): reviewed and approved.",
        "Report R-SIGNED written by reviewer, SHA-256 cccccccccccccccc…",
        "Reopened by reviewer: marrow result.",
    ]
    slide.session.sign("Prof. Weiss", "amended")
    amended = slide.report()
    assert amended.status == "AMENDED"
    assert "This report replaces the one signed before." in template_context(amended)["band"]
    assert dict(template_context(amended)["review"])["Review log"] == (
        f"last entry no. {amended.events[-1].seq}, SHA-256 {amended.events[-1].hash[:16]}…"
    )


def test_that_the_model_is_named_by_its_whole_hash_with_what_it_cannot_see(slide: ReviewedSlide):
    rows = dict(template_context(slide.report())["model"])
    assert rows["SHA-256"] == MODEL.bundle_sha256
    assert MODEL.segmenter in rows["Model"]
    assert rows["Not assessed"].startswith("3M · Myeloid disease: the model was not trained")
    assert rows["Limits"] == "It never saw an artefact."
    assert rows["Measured"] == MODEL.performance[0]
    silent = replace(MODEL, performance=(), limitations=(), untrained_stages=(), trained_on="")
    rows = dict(template_context(slide.report(model=silent))["model"])
    assert rows["Measured"] == "The model states no measured sensitivity."
    assert rows["Trained on"] == "not stated"
    assert not {"Not assessed", "Limits"} & set(rows)


def test_that_the_annex_keeps_the_three_opinions_apart(slide: ReviewedSlide):
    cell = slide.session.view.cells[0].cell.id
    slide.session.record_opened(cell)
    slide.session.override([cell], "promyelocyte")
    slide.session.comment([cell], "bundle of Auer rods")
    annex = template_context(slide.report())["annex"]
    assert len(annex) == 62
    assert annex[0] == [
        "1",
        "Lymphocyte",
        "Blast",
        "0.90",
        "Promyelocyte",
        "Promyelocyte",
        "yes",
        "bundle of Auer rods",
    ]
    assert annex[1] == ["2", "Lymphocyte", "Blast", "0.90", "–", "Blast", "–", ""]


def test_that_a_cell_that_was_not_analysed_has_no_class(taxonomy: Taxonomy, slide: ReviewedSlide):
    view = slide.session.view
    pending = replace(view.cells[3], prediction=None, label="unidentified", pending=True)
    cells = (*view.cells[:3], pending, *view.cells[4:])
    data = replace(slide.report(), slide_view=replace(view, cells=cells))
    words = template_context(data)
    assert words["annex"][3] == ["4", "Lymphocyte", "–", "–", "–", "–", "–", "not analysed"]
    assert "1 cell was not analysed and not counted." in words["warnings"]


def test_that_certainty_is_never_printed_as_one(slide: ReviewedSlide):
    view = slide.session.view
    prediction = view.cells[0].prediction
    assert prediction is not None
    sure = replace(view.cells[0], prediction=replace(prediction, confidence=0.9996))
    data = replace(slide.report(), slide_view=replace(view, cells=(sure, *view.cells[1:])))
    assert template_context(data)["annex"][0][3] == "> 0.99"


def test_that_key_cells_without_a_picture_are_named(slide: ReviewedSlide):
    report = slide.report()
    missing = replace(report, key_cells=report.key_cells[2:])
    numbers = [f"#{c.cell_view.cell.number}" for c in report.key_cells[:2]]
    assert template_context(report)["not_pictured"] == ""
    assert template_context(missing)["not_pictured"] == (
        f"Not pictured, because the image could not be read: {', '.join(numbers)}."
    )


def test_that_no_word_of_the_report_is_a_diagnosis(slide: ReviewedSlide):
    clear_blockers(slide)
    text = str({key: value for key, value in template_context(slide.report()).items() if key != "model"})
    assert not re.search(
        r"\b(diagnos|leukaemia is|acute promyelocytic|consistent with)", text.replace("diagnostic", "")
    )


def test_that_the_annex_says_whose_outline_was_measured(slide: ReviewedSlide):
    view = slide.session.view.cells[0]
    slide.session.repair_mask(view.cell.id, np.ones((64, 64), np.uint8), methods=["brush"])
    rows = template_context(slide.report())["annex"]
    assert "outline repaired by reviewer" in rows[0][-1]
    assert "outline repaired" not in rows[1][-1]
