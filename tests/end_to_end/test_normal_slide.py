"""A scripted reviewer takes a slide of real normal cells from the folder to the signed report."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader

from benchmarks.review import review_export
from leukview.domain.taxonomy import Taxonomy
from tests.support.normal_slide import DIFFERENTIAL, write_normal_slide

MAX_HANDS_ON_S = 120.0
"""Hands-on time that a normal slide may take: keys and looks are counted, not timed."""


def test_that_a_normal_slide_is_signed_within_two_minutes_of_a_persons_time(
    data_dir: Path, tmp_path: Path, taxonomy: Taxonomy
):
    export = write_normal_slide(data_dir / "cells", tmp_path / "export", taxonomy, 100)
    report = tmp_path / "report.pdf"
    keys, mouse, view = review_export(export, report)
    assert keys.seconds <= MAX_HANDS_ON_S
    assert mouse.seconds > keys.seconds
    assert view.review.signature is not None
    assert (view.reviewed_count, view.unopened_blasts) == (100, ())
    for cell in view.cells:
        assert cell.cell.source is not None
        assert taxonomy.is_compatible(cell.cell.source.class_key, cell.label), "signed as the laboratory named it"
    assert view.shown_tally.leukocyte_count == round(100 * sum(DIFFERENTIAL.values()))
    assert "SIGNED" in PdfReader(report).pages[0].extract_text()
