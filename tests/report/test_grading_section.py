from pathlib import Path

import pytest

from leukview.bootstrap.site_config import load_grading_form
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.taxonomy import Taxonomy
from leukview.report.grading_section import grading_rows
from leukview.services.report.report_data import ReportData, build_report_data
from tests.support.report_factories import (
    MODEL,
    ReviewedSlide,
    make_reviewed_slide,
    rendered_texts,
    report_texts,
    template_context,
)


@pytest.fixture
def form() -> GradingForm:
    return load_grading_form()


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    return make_reviewed_slide(taxonomy, {"lymphocyte": 60, "neutrophil": 60})


def report_data(slide: ReviewedSlide, form: GradingForm) -> ReportData:
    return build_report_data(
        slide.record(),
        MODEL,
        (),
        report_id="R-20261124-0123ABCD",
        duration_s=None,
        grading=form,
    )


def test_that_nothing_graded_is_said_to_be_not_assessed(slide: ReviewedSlide, form: GradingForm):
    words = template_context(report_data(slide, form))
    assert words["morphology"] == []
    assert words["morphology_note"] == "Red cell and platelet morphology: not assessed."


def test_that_the_report_prints_grades_normals_and_gaps_with_who_graded(
    slide: ReviewedSlide, form: GradingForm, tmp_path: Path
):
    slide.session.grade(
        form, {"target_cells": "2+", "schistocytes": "1+", "spherocytes": "0", "platelet_estimate": "low1"}
    )
    slide.session.grade(form, {"schistocytes": ""})
    rows = dict(grading_rows(report_data(slide, form), report_texts()))
    shape = rows["Red cells: shape"]
    assert shape == "Target cells 2+ moderate; normal or not seen: spherocytes"
    assert rows["Red cells: inclusions and arrangement"] == "not assessed"
    assert rows["Platelets"] == "Platelet estimate decreased"
    first = rendered_texts(report_data(slide, form), tmp_path)[0]
    assert "Red cells and platelets" in first
    assert "Target cells 2+ moderate" in first
    assert "Graded by reviewer, last 2026-01-01" in first
    assert "ICSH, Palmer" in first
    assert "What is not named was not assessed" in first
    assert "Red cell and platelet morphology: not assessed" not in first


def test_that_a_grade_of_a_form_that_is_gone_is_still_printed(slide: ReviewedSlide, form: GradingForm):
    slide.session.grade(form, {"target_cells": "3+"})
    assert grading_rows(report_data(slide, GradingForm("", ())), report_texts()) == [["Other", "target cells 3+"]]
