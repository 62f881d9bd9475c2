from pathlib import Path

import pytest

from leukview.core.errors import ReportError
from leukview.core.paths import resources_dir
from leukview.domain.binomial import clopper_pearson
from leukview.domain.taxonomy import Taxonomy
from leukview.report.differential_section import (
    denominator_text,
    differential_rows,
    non_leukocyte_rows,
    warning_sentences,
)
from leukview.report.reference_ranges import ReferenceRanges, read_reference_ranges
from tests.support.report_factories import cell_ids, make_reviewed_slide, report_texts


@pytest.fixture(scope="module")
def references() -> ReferenceRanges:
    return read_reference_ranges(resources_dir() / "report" / "reference.toml")


def test_that_a_row_tells_model_reviewer_final_share_interval_absolute_and_reference(
    taxonomy: Taxonomy, references: ReferenceRanges
):
    slide = make_reviewed_slide(taxonomy, {"blast": 20, "neutrophil": 60, "lymphocyte": 20}, wbc=12.5)
    blasts = list(cell_ids(slide, "blast"))
    slide.session.override(blasts[:5], "monocyte")
    slide.session.accept(blasts[5:8])
    rows = {row[0]: row[1:] for row in differential_rows(slide.report(), references, report_texts())}
    assert rows["Blasts"] == ["20", "3", "15", "15.0", "8.6–23.5", "1.88", "0 ↑"]
    assert rows["Monocytes"] == ["0", "5", "5", "5.0", "1.6–11.3", "0.62", "2–10"]
    assert rows["Neutrophils"] == ["60", "0", "60", "60.0", "49.7–69.7", "7.50", "40–80"]
    assert rows["Σ Leukocytes counted"] == ["100", "8", "100", "100.0", "", "12.50", ""]


def test_that_the_intervals_printed_are_the_exact_ones(taxonomy: Taxonomy, references: ReferenceRanges):
    slide = make_reviewed_slide(taxonomy, {"neutrophil": 120, "eosinophil": 10, "blast": 40, "lymphocyte": 30})
    for row in differential_rows(slide.report(), references, report_texts())[:-1]:
        exact = clopper_pearson(int(row[3]), 200)
        assert row[5] == f"{100 * exact.low:.1f}–{100 * exact.high:.1f}"
    by_name = {row[0]: row[5] for row in differential_rows(slide.report(), references, report_texts())}
    assert by_name["Eosinophils"] == "2.4–9.0"
    assert by_name["Blasts"] == "14.7–26.2"


def test_that_blasts_and_equivalents_are_separate_sums_and_one(taxonomy: Taxonomy, references: ReferenceRanges):
    slide = make_reviewed_slide(
        taxonomy, {"blast": 30, "abnormal_promyelocyte": 12, "promonocyte": 3, "lymphocyte": 155}
    )
    rows = {row[0]: row[3:6] for row in differential_rows(slide.report(), references, report_texts())}
    assert rows["Σ Blasts"][0] == "30"
    assert rows["Σ Blast equivalents"][0] == "15"
    assert rows["Σ Blasts and equivalents together"] == ["45", "22.5", "16.9–28.9"]
    assert "The interval of blasts and equivalents (16.9–28.9 %) includes 20 %." in warning_sentences(
        slide.report(), report_texts()
    )


def test_that_a_range_over_several_classes_stands_beside_their_sum(taxonomy: Taxonomy, references: ReferenceRanges):
    slide = make_reviewed_slide(taxonomy, {"segmented_neutrophil": 50, "band_neutrophil": 10, "lymphocyte": 40})
    rows = {row[0]: row for row in differential_rows(slide.report(), references, report_texts())}
    assert rows["Segmented neutrophils"][7] == rows["Band neutrophils"][7] == ""
    assert rows["Σ Neutrophils together"][1:5] == ["60", "0", "60", "60.0"]
    assert rows["Σ Neutrophils together"][7] == "40–80"


def test_that_a_slide_without_leukocytes_has_no_percentages(taxonomy: Taxonomy, references: ReferenceRanges):
    slide = make_reviewed_slide(taxonomy, {"smudge_cell": 7, "artefact": 2}, wbc=3.0)
    report = slide.report()
    for row in differential_rows(report, references, report_texts())[:-1]:
        assert row[3:] == ["0", "n/a", "n/a", "n/a", ""]
    assert non_leukocyte_rows(report, references, report_texts()) == [
        ["Smudge cells", "7", "0", "7", "n/a", ""],
        ["Artefacts", "2", "0", "2", "n/a", ""],
    ]
    assert warning_sentences(report, report_texts()) == ["No leukocyte was counted: there are no percentages."]


def test_that_cells_outside_the_count_are_told_per_100_leukocytes(taxonomy: Taxonomy, references: ReferenceRanges):
    slide = make_reviewed_slide(taxonomy, {"lymphocyte": 80, "erythroblast": 6, "giant_platelet": 2})
    slide.session.override(list(cell_ids(slide, "giant_platelet"))[:1], "platelet_clump")
    assert non_leukocyte_rows(slide.report(), references, report_texts()) == [
        ["Erythroblasts (NRBC)", "6", "0", "6", "7.5", "0 ↑"],
        ["Giant platelets", "2", "0", "1", "1.2", ""],
        ["Platelet clumps", "0", "1", "1", "1.2", ""],
    ]


def test_that_the_denominator_is_told_in_words(taxonomy: Taxonomy):
    words = denominator_text(
        make_reviewed_slide(taxonomy, {"lymphocyte": 80, "smudge_cell": 20}).report(), report_texts()
    )
    assert words.startswith("n = 80 leukocytes of 100 cells. Not in the denominator: erythroblasts, platelets,")
    assert "no white cell count was given" in words
    assert "counting error only" in words
    assert "12.5 × 10⁹/l" in denominator_text(
        make_reviewed_slide(taxonomy, {"lymphocyte": 80}, wbc=12.5).report(), report_texts()
    )


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "Only 1 leukocyte was counted (fewer than 200): the intervals are wide."),
        (199, "Only 199 leukocytes were counted (fewer than 200): the intervals are wide."),
        (200, ""),
    ],
)
def test_that_few_leukocytes_are_warned_of(taxonomy: Taxonomy, count: int, sentence: str):
    found = warning_sentences(make_reviewed_slide(taxonomy, {"lymphocyte": count}).report(), report_texts())
    assert found[:1] == ([sentence] if sentence else [])


def test_that_an_arrow_marks_a_value_outside_the_range_whatever_its_interval(references: ReferenceRanges):
    neutrophils = references.range_for("band_neutrophil")
    assert neutrophils is not None
    assert neutrophils.text_with_flag(40, 100) == "40–80"
    assert neutrophils.text_with_flag(39, 100) == "40–80 ↓"
    assert neutrophils.text_with_flag(81, 100) == "40–80 ↑"
    assert neutrophils.text_with_flag(0, 0) == "40–80"
    lymphocytes = references.range_for("lymphocyte")
    assert lymphocytes is not None
    assert lymphocytes.text_with_flag(15, 29) == "20–40 ↑", "51.7 %, though its interval reaches 33 %"
    blasts = references.range_for("blast")
    assert blasts is not None
    assert blasts.text_with_flag(0, 200) == "0"
    assert blasts.text_with_flag(1, 200) == "0 ↑"


def test_that_every_reference_names_classes_of_the_taxonomy(taxonomy: Taxonomy, references: ReferenceRanges):
    known = {c.key: c for c in taxonomy.classes}
    for entry in references.ranges:
        assert set(entry.classes) <= set(known)
        assert all(known[key].is_leukocyte == (entry.unit == "percent") for key in entry.classes)


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        'source = "x"',
        'source = "x"\n[[ranges]]\nname = "N"\nclasses = ["neutrophil"]\nunit = "percent"\nhigh = "much"',
        'source = "x"\n[[ranges]]\nname = "N"\nclasses = ["neutrophil"]\nunit = "per mille"\nhigh = 1',
    ],
)
def test_that_unreadable_ranges_are_one_sentence(tmp_path: Path, text: str):
    path = tmp_path / "reference.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"reference ranges") as caught:
        read_reference_ranges(path)
    assert caught.value.hint
