"""What differs between the signed versions of a slide."""

from __future__ import annotations

import pytest

from leukview.domain.review.events import EventKind
from leukview.domain.taxonomy import Taxonomy
from leukview.services.review.amendments import ValueChange, compare_signed_versions
from tests.support.report_factories import ReviewedSlide, cell_ids, clear_blockers, make_reviewed_slide


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    return make_reviewed_slide(taxonomy, {"blast": 4, "neutrophil": 10, "lymphocyte": 6}, wbc=None)


def sign_slide(slide: ReviewedSlide, name: str = "Dr. A") -> None:
    clear_blockers(slide)
    slide.session.sign(name, "reviewed")


def test_that_a_slide_that_was_never_reopened_has_no_amendment(slide: ReviewedSlide):
    assert compare_signed_versions(slide.session.view, slide.session.events) == ()
    sign_slide(slide)
    assert compare_signed_versions(slide.session.view, slide.session.events) == ()


def test_that_cells_comments_grades_and_reasons_are_told_apart(slide: ReviewedSlide):
    first, second = list(cell_ids(slide, "neutrophil"))[:2]
    slide.session.comment([second], "toxic granules")
    sign_slide(slide)
    slide.session.reopen("the marrow came back")
    slide.session.override([first], "blast")
    slide.session.override([second], "blast")
    slide.session.undo()
    slide.session.comment([second], "")
    slide.session.comment((), "seen again")
    slide.log.append("S-TEST", EventKind.GRADE, reviewer="reviewer", payload={"grades": {"target_cells": "2+"}})
    slide.session.reload()
    sign_slide(slide, "Dr. B")
    (found,) = compare_signed_versions(slide.session.view, slide.session.events)
    assert (found.earlier_signature.name, found.later_signature.name if found.later_signature else "") == (
        "Dr. A",
        "Dr. B",
    )
    assert found.reasons == ("the marrow came back",)
    assert found.class_changes == (ValueChange(first, "neutrophil", "blast"),)
    assert found.comment_changes == (ValueChange(second, "toxic granules", ""),)
    assert found.slide_comment_change == ValueChange("", "", "seen again")
    assert found.grade_changes == (ValueChange("target_cells", "", "2+"),)
    assert (found.differential_before.count("blast"), found.differential_after.count("blast")) == (4, 5)
    assert found.differential_before.leukocyte_count == found.differential_after.leukocyte_count == 20
    assert not found.is_empty


def test_that_a_white_cell_count_given_later_is_an_amendment(slide: ReviewedSlide):
    sign_slide(slide)
    slide.session.reopen("the count came")
    slide.session.set_slide_details(wbc_per_nl=7.5, um_per_px=None)
    (found,) = compare_signed_versions(slide.session.view, slide.session.events)
    assert found.wbc_change == (None, 7.5)
    assert found.later_signature is None
    assert found.differential_after.leukocytes[0].absolute_per_nl == pytest.approx(7.5 * 4 / 20)


def test_that_each_signed_version_is_compared_with_the_one_before_it(slide: ReviewedSlide):
    cells = list(cell_ids(slide, "neutrophil"))
    sign_slide(slide)
    for turn, label in enumerate(("monocyte", "eosinophil")):
        slide.session.reopen(f"reason {turn}")
        slide.session.override([cells[0]], label)
        sign_slide(slide)
    one, two = compare_signed_versions(slide.session.view, slide.session.events)
    assert one.class_changes == (ValueChange(cells[0], "neutrophil", "monocyte"),)
    assert two.class_changes == (ValueChange(cells[0], "monocyte", "eosinophil"),)
    assert (one.reasons, two.reasons) == (("reason 0",), ("reason 1",))


def test_that_signing_again_without_a_change_differs_in_nothing(slide: ReviewedSlide):
    sign_slide(slide)
    slide.session.reopen("by mistake")
    slide.session.sign("Dr. A", "reviewed")
    (found,) = compare_signed_versions(slide.session.view, slide.session.events)
    assert found.is_empty
