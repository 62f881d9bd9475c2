"""What the report says of a second reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leukview.domain.review.agreement import compare_readings
from leukview.domain.review.events import EventKind
from leukview.domain.taxonomy import Taxonomy
from leukview.report.glyph_fallback import TemplateContext
from tests.support import report_factories
from tests.support.report_factories import ReviewedSlide, make_reviewed_slide


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    """Ten cells that the first reader accepts as the model has them."""
    made = make_reviewed_slide(taxonomy, {"blast": 4, "lymphocyte": 6})
    made.session.accept([v.cell.id for v in made.session.view.cells])
    return made


def add_second_reading(slide: ReviewedSlide, differing: int, *, signed: bool = True) -> None:
    """Dr. B calls so many cells, the blasts first, monocytes."""
    cells = slide.session.view.cells
    for at, view in enumerate(cells):
        label = "monocyte" if at < differing else view.label
        payload = {"label": label, "reading": 2}
        slide.log.append("S-TEST", EventKind.OVERRIDE, reviewer="Dr. B", cells=[view.cell.id], payload=payload)
    if signed:
        payload = {"name": "Dr. B", "meaning": "Second reading", "reading": 2}
        slide.log.append("S-TEST", EventKind.SIGN, reviewer="Dr. B", payload=payload)
    slide.session.reload()


def template_context(slide: ReviewedSlide) -> TemplateContext:
    cells = [v.cell.id for v in slide.session.view.cells]
    data = replace(slide.report(images=False), agreement=compare_readings(slide.log.events("S-TEST"), cells))
    return report_factories.template_context(data)


def second_reader_line(slide: ReviewedSlide) -> str:
    review = template_context(slide)["review"]
    assert isinstance(review, list)
    return str(dict(review)["Second reader"])


def test_that_without_a_second_reader_it_says_none(slide: ReviewedSlide):
    assert second_reader_line(slide) == "none"


def test_that_an_unfinished_second_reading_gives_no_figure(slide: ReviewedSlide):
    add_second_reading(slide, 2, signed=False)
    assert second_reader_line(slide) == "Dr. B; the second reading is not finished"


def test_that_name_kappa_interval_and_disagreements_are_told(slide: ReviewedSlide):
    add_second_reading(slide, 2)
    line = second_reader_line(slide)
    # By hand: p_o 0.8, p_e 0.4·0.2 + 0.6·0.6 = 0.44, κ 0.36/0.56; variance (0.2·0.44² + 0.6·0.32² + 0.2²·0.2·0.2²
    # − 0.272²) / (10·0.56⁴) = 0.02694, so 0.643 ± 1.96·0.164.
    assert line.startswith(
        "Dr. B, blinded to the first reader and the model; Cohen's κ 0.64 (95 % interval 0.32 to 0.96)"
    )
    assert line.endswith("8 of 10 cells called the same (80.0 %); 2 disagreements, 0 settled by consensus")


def test_that_perfect_agreement_claims_no_interval(slide: ReviewedSlide):
    add_second_reading(slide, 0)
    assert second_reader_line(slide).endswith("Cohen's κ 1.00; 10 of 10 cells called the same (100.0 %)")


def test_that_a_consensus_counts_and_the_report_says_whose_class_is_final(slide: ReviewedSlide):
    add_second_reading(slide, 1)
    assert "Final: the reviewer's class, else the model's." in str(template_context(slide)["denominator"])
    slide.session.record_consensus(slide.session.view.cells[0].cell.id, "monocyte")
    words = template_context(slide)
    assert "Final: the consensus of both readers, else the reviewer's class" in str(words["denominator"])
    assert slide.session.view.shown_tally.count("monocyte") == 1
    assert second_reader_line(slide).endswith("1 disagreement, 1 settled by consensus")


def test_that_the_second_readers_signature_is_not_the_slides(slide: ReviewedSlide):
    add_second_reading(slide, 0)
    words = template_context(slide)
    assert words["status"] == "DRAFT"
    history = words["history"]
    assert isinstance(history, list)
    assert history[0][1] == "Second reading: Signed by Dr. B (account Dr. B): Second reading."
