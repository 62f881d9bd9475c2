"""The annex as files: the forms of the exchange, valid by the published schemas, read by other programs' ways."""

from __future__ import annotations

import csv
import io
import json

import pytest

from leukview import RESEARCH_USE_LINE
from leukview.domain.taxonomy import Taxonomy
from leukview.services.export.report_attachments import make_attachments
from tests.services.test_slide_files import schema_errors, validator
from tests.support.report_factories import ReviewedSlide, cell_ids, make_reviewed_slide


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    slide = make_reviewed_slide(taxonomy, {"blast": 3, "neutrophil": 7, "smudge_cell": 2}, wbc=8.0)
    first = list(cell_ids(slide, "blast"))[:1]
    slide.session.override(first, "promyelocyte")
    slide.session.comment(first, '=HYPERLINK("x"), “Auer”\nsecond line')
    return slide


def read_attachments(slide: ReviewedSlide) -> tuple[list[dict[str, str]], dict[str, object]]:
    files = {f.name: f.data for f in make_attachments(slide.record())}
    rows = list(csv.DictReader(io.StringIO(files["cells.csv"].decode("utf-8-sig"), newline="")))
    body = json.loads(files["slide.json"])
    assert isinstance(body, dict)
    return rows, body


def test_that_the_annex_is_valid_by_the_schemas_of_the_exchange(slide: ReviewedSlide):
    rows, body = read_attachments(slide)
    assert schema_errors(validator("slide.schema.json"), body) == []
    assert [f for row in rows for f in schema_errors(validator("tables.schema.json", "cell"), row)] == []


def test_that_each_cell_has_a_row_with_its_three_opinions(slide: ReviewedSlide):
    rows, body = read_attachments(slide)
    cells = body["cell_records"]
    assert isinstance(cells, list)
    assert len(rows) == len(cells) == 12
    for row, cell, view in zip(rows, cells, slide.session.view.cells, strict=True):
        assert view.prediction
        assert row["cell_id"] == cell["id"] == view.cell.id
        assert row["class"] == cell["model"]["class"] == view.prediction.label
        assert row["shown_class"] == cell["class"] == view.label
        assert row["review_class"] == (cell["review"] or {"class": ""})["class"] == view.review.label
        assert row["notice"] == RESEARCH_USE_LINE
    assert cells[0]["comment"] == '=HYPERLINK("x"), “Auer”\nsecond line'
    assert rows[0]["comment"] == '\'=HYPERLINK("x"), “Auer”\nsecond line'  # a spreadsheet must not run it


def test_that_the_tally_of_the_json_is_that_of_the_slide(slide: ReviewedSlide):
    _, body = read_attachments(slide)
    shown, tally = slide.session.view.shown_tally, body["differential"]
    assert body["notice"] == RESEARCH_USE_LINE
    assert isinstance(tally, dict)
    assert tally["leukocytes"] == shown.leukocyte_count == 10
    counts = {k: v["count"] for k, v in tally["classes"].items() if v["count"]}
    assert counts == {r.cell_class.key: r.count for r in shown.leukocytes if r.count}
    blast = tally["classes"]["blast"]
    assert (blast["percent"], blast["model_count"]) == (20.0, 3)
    assert blast["absolute_per_nl"] == pytest.approx(1.6)
    low, high = blast["interval_95_percent"]
    assert (round(low, 1), round(high, 1)) == (2.5, 55.6)
    smudged = tally["outside_denominator"]["smudge_cell"]
    assert (smudged["count"], smudged["per_100_wbc"]) == (2, 20.0)


def test_that_no_name_of_a_patient_or_place_is_in_it(slide: ReviewedSlide):
    text = b"".join(f.data for f in make_attachments(slide.record())).decode()
    assert "nowhere" not in text
    assert "P-TEST" in text
