"""The annex as files: the same values as the slide, read by other programs' ways."""

from __future__ import annotations

import csv
import io
import json

import pytest

from leukview import RESEARCH_USE_LINE
from leukview.domain.taxonomy import Taxonomy
from leukview.services.annex import annex_files
from tests.report.factories import Bench, bench, cell_ids


@pytest.fixture
def slide(taxonomy: Taxonomy) -> Bench:
    slide = bench(taxonomy, {"blast": 3, "neutrophil": 7, "smudge_cell": 2}, wbc=8.0)
    first = list(cell_ids(slide, "blast"))[:1]
    slide.session.override(first, "promyelocyte")
    slide.session.comment(first, '=HYPERLINK("x"), “Auer”\nsecond line')
    return slide


def read(slide: Bench) -> tuple[list[dict[str, str]], dict[str, object]]:
    files = {f.name: f.data for f in annex_files(slide.session.view)}
    rows = list(csv.DictReader(io.StringIO(files["cells.csv"].decode("utf-8-sig"), newline="")))
    body = json.loads(files["slide.json"])
    assert isinstance(body, dict)
    return rows, body


def test_that_each_cell_has_a_row_with_its_three_opinions(slide: Bench):
    rows, body = read(slide)
    cells = body["cells"]
    assert isinstance(cells, list)
    assert len(rows) == len(cells) == 12
    for row, cell, view in zip(rows, cells, slide.session.view.cells, strict=True):
        assert row["cell_id"] == cell["cell_id"] == view.cell.id
        assert row["model_class"] == cell["model_class"] == (view.prediction.label if view.prediction else "")
        assert row["final_class"] == cell["final_class"] == view.label
        assert (row["reviewer_class"] or None) == cell["reviewer_class"] == (view.review.label or None)
        assert row["research_use"] == RESEARCH_USE_LINE
    assert cells[0]["comment"] == '=HYPERLINK("x"), “Auer”\nsecond line'
    assert rows[0]["comment"] == '\'=HYPERLINK("x"), “Auer”\nsecond line'  # a spreadsheet must not run it


def test_that_the_tally_of_the_json_is_that_of_the_slide(slide: Bench):
    _, body = read(slide)
    shown, tally = slide.session.view.shown, body["differential"]
    assert body["notice"] == RESEARCH_USE_LINE
    assert body["version"] == 1
    assert isinstance(tally, dict)
    assert tally["leukocytes"] == shown.n == 10
    assert {k: v["count"] for k, v in tally["classes"].items()} == {r.cell_class.key: r.count for r in shown.rows}
    blast = tally["classes"]["blast"]
    assert blast["percent"] == 20.0
    assert blast["absolute_per_nl"] == pytest.approx(1.6)
    low, high = blast["interval_95_percent"]
    assert (round(low, 1), round(high, 1)) == (2.5, 55.6)
    assert tally["outside_denominator"] == {"smudge_cell": {"count": 2, "per_100_wbc": 20.0}}


def test_that_no_name_of_a_patient_or_place_is_in_it(slide: Bench):
    text = b"".join(f.data for f in annex_files(slide.session.view)).decode()
    assert "nowhere" not in text
    assert "P-TEST" in text
