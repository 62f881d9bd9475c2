"""CSV and JSON: valid by the published schema, and the same numbers as the database."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from leukview.core.csv_escaping import escape_formula
from leukview.core.errors import LeukViewError, ReviewError
from leukview.core.paths import resources_dir
from leukview.domain.review.events import SECOND_READING
from leukview.domain.slide import Slide
from leukview.services.export.exporter import ExportFormat
from leukview.services.export.slide_json import ImportCounts, full_slide_json, json_text, slide_summary_json
from leukview.services.export.slide_record import SlideRecord
from leukview.services.export.slide_tables import cells_csv, differential_csv
from tests.interop.conftest import here, record, reviewed  # noqa: F401 - fixtures
from tests.support.workstation import ORDER, PATIENT, Workstation

SCHEMAS = resources_dir() / "schemas"


def validator(name: str, part: str = "") -> Validator:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema["$defs"][part] if part else schema)


def schema_errors(check: Validator, value: object) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message}" for e in check.iter_errors(value)]


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_that_the_json_is_valid_and_says_the_numbers_of_the_database(record: SlideRecord):  # noqa: F811
    body = json.loads(json_text(full_slide_json(record)))
    assert schema_errors(validator("slide.schema.json"), body) == []
    shown = record.view.shown_tally
    assert body["differential"]["leukocytes"] == shown.leukocyte_count
    for row in shown.leukocytes:
        said = body["differential"]["classes"][row.cell_class.key]
        assert said["count"] == row.count
        assert said["percent"] == pytest.approx(100 * row.share, abs=5e-4)
        assert row.interval
        ends = [100 * row.interval.low, 100 * row.interval.high]
        assert said["interval_95_percent"] == pytest.approx(ends, abs=5e-4)
        assert said["absolute_per_nl"] == row.absolute_per_nl
    for other in shown.non_leukocytes:
        said = body["differential"]["outside_denominator"][other.cell_class.key]
        assert (said["count"], said["per_100_wbc"]) == (other.count, pytest.approx(other.per_100_wbc, abs=5e-4))
    assert [c["class"] for c in body["cell_records"]] == [v.label for v in record.view.cells]
    assert body["review_log"]["head"]["hash"] == record.log_head[1]


def test_that_three_opinions_stand_side_by_side(record: SlideRecord):  # noqa: F811
    for said, v in zip(json.loads(json_text(full_slide_json(record)))["cell_records"], record.view.cells, strict=True):
        assert (said["source"] or {}).get("class") == (v.cell.source.class_key if v.cell.source else None)
        assert v.prediction
        assert said["model"]["class"] == v.prediction.label
        assert said["model"]["stages"]["stage1"] == pytest.approx({"benign": 0.4, "malignant": 0.6})
        assert (said["review"] or {}).get("class", "") == v.review.label


def test_that_the_summary_is_the_same_without_the_cells(record: SlideRecord):  # noqa: F811
    body = slide_summary_json(record, ImportCounts(1, 2, 3))
    assert schema_errors(validator("slide.schema.json"), json.loads(json.dumps(body))) == []
    assert (body["undecodable"], body["duplicates"], body["unreadable"]) == (1, 2, 3)
    assert "cell_records" not in body


def test_that_the_tables_are_valid_and_say_the_same(record: SlideRecord):  # noqa: F811
    cells, classes = csv_rows(cells_csv(record, {})), csv_rows(differential_csv(record))
    assert [f for row in cells for f in schema_errors(validator("tables.schema.json", "cell"), row)] == []
    assert [f for row in classes for f in schema_errors(validator("tables.schema.json", "class"), row)] == []
    assert [row["shown_class"] for row in cells] == [v.label for v in record.view.cells]
    assert [row["review_class"] for row in cells] == [v.review.label for v in record.view.cells]
    for row, line in zip(classes, (*record.differential_lines, record.blast_line), strict=True):
        assert (row["class"], int(row["count"]), int(row["model_count"])) == (line.key, line.count, line.model_count)
        for key, value in (("percent", line.percent), ("low_95_percent", line.low), ("per_100_wbc", line.per_100_wbc)):
            assert (float(row[key]) if row[key] else None) == value
    for row, v in zip(cells, record.view.cells, strict=True):
        assert v.prediction
        assert float(row["confidence"]) == pytest.approx(v.prediction.confidence, abs=5e-5)


def test_that_a_final_table_holds_sums_and_nothing_of_the_model_alone(here: Workstation, reviewed: Slide):  # noqa: F811
    session = here.session(reviewed)
    cells = [v.cell.id for v in session.view.cells]
    session.override(cells[:4], "segmented_neutrophil")
    session.override(cells[4:], "lymphocyte")
    preliminary = csv_rows(differential_csv(here.workbench.slide_exporter.make_record(session)))
    assert all(row["model_count"] for row in preliminary)
    session.sign("Chen", "Reviewed")
    rows = csv_rows(differential_csv(here.workbench.slide_exporter.make_record(session)))
    assert [f for row in rows for f in schema_errors(validator("tables.schema.json", "class"), row)] == []
    by_class = {row["class"]: row for row in rows}
    assert set(by_class) == {"neutrophil", "segmented_neutrophil", "lymphocyte", "blasts_and_equivalents"}
    assert by_class["neutrophil"]["count"] == by_class["segmented_neutrophil"]["count"] == "4"
    assert by_class["segmented_neutrophil"]["part_of"] == "neutrophil"
    assert {row["status"] for row in rows} == {"final"}
    assert {row["model_count"] for row in rows} == {""}
    assert {row["counted_by"] for row in rows} == {"manual"}


def test_that_a_class_that_a_person_took_away_stays_with_nought_and_its_interval(record: SlideRecord):  # noqa: F811
    labelled = tuple(replace(v, label="lymphocyte") for v in record.view.cells)
    emptied = replace(record, view=replace(record.view, cells=labelled))
    line = next(line for line in emptied.class_lines if line.count == 0)
    assert line.key not in {sent.key for sent in emptied.differential_lines}  # a row that nobody has is not sent
    assert line.model_count > 0
    assert line.percent == 0.0
    assert line.low == 0.0
    assert line.high is not None
    assert line.high > 0
    assert line.absolute_per_nl == 0.0
    smudge = next(replace(v.prediction, label="smudge_cell") for v in record.view.cells if v.prediction)
    cells = tuple(replace(v, prediction=smudge) for v in labelled)
    outside = next(
        line for line in replace(record, view=replace(record.view, cells=cells)).class_lines if not line.counted
    )
    assert (outside.key, outside.count, outside.per_100_wbc) == ("smudge_cell", 0, 0.0)
    unknown = replace(emptied.view, slide=replace(emptied.view.slide, wbc_per_nl=None))
    assert next(line for line in replace(record, view=unknown).class_lines if line.count == 0).absolute_per_nl is None


def test_that_names_come_only_when_asked_for(here: Workstation, reviewed: Slide, tmp_path: Path):  # noqa: F811
    plain = here.export(reviewed, ExportFormat.CSV, tmp_path / "plain")
    text = "".join(p.read_text(encoding="utf-8") for p in plain.paths)
    text += here.export(reviewed, ExportFormat.JSON, tmp_path / "plain").paths[0].read_text(encoding="utf-8")
    for secret in (PATIENT, ORDER, "Anna", "House"):
        assert secret not in text
    named = here.export(reviewed, ExportFormat.JSON, tmp_path / "named", names=True, comments=True)
    body = json.loads(named.paths[0].read_text(encoding="utf-8"))
    assert schema_errors(validator("slide.schema.json"), body) == []
    assert body["identity"] == {"patient": PATIENT, "order": ORDER}
    assert "second line" in body["comment"]
    table = here.export(reviewed, ExportFormat.CSV, tmp_path / "named", names=True, comments=True).paths[0]
    first = csv_rows(table.read_text(encoding="utf-8-sig"))[0]
    assert first["file"].startswith("Signed slides/")
    assert first["comment"] == "nice =cell| for Anna"


def test_that_no_spreadsheet_takes_a_text_for_a_formula():
    assert escape_formula("=1+1") == "'=1+1"
    assert escape_formula("Chen") == "Chen"


def test_that_a_second_reading_is_not_exported(here: Workstation, reviewed: Slide):  # noqa: F811
    session = here.workbench.open_session(reviewed.id, "Dr. Other", SECOND_READING)
    with pytest.raises(ReviewError):
        here.workbench.slide_exporter.make_record(session)


def test_that_a_folder_that_cannot_be_made_is_told(here: Workstation, reviewed: Slide, tmp_path: Path):  # noqa: F811
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LeukViewError, match="cannot be saved"):
        here.export(reviewed, ExportFormat.JSON, tmp_path / "file" / "out")
