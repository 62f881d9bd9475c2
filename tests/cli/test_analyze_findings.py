"""A model with both trees through the command line: a column for every type, findings in all files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from pypdf import PdfReader

from leukview.cli.main import main
from leukview.core.paths import resources_dir
from leukview.domain.findings import FINDINGS, FindingLimits, PatientRates
from leukview.domain.taxonomy import Taxonomy
from tests.manual.batch_trial import write_slides
from tests.support.tiny_bundle import write_tiny_bundle

RATES = PatientRates(found=21, ill=22, false=3, well=60)


@pytest.mark.timeout(600)
def test_that_types_and_findings_reach_every_file_of_an_analysis(
    tmp_path: Path, taxonomy: Taxonomy, capsys: pytest.CaptureFixture[str]
):
    limits = tuple(FindingLimits(key, -9.5, 9.5, RATES, RATES) for key in FINDINGS)  # every score is between them
    bundle = write_tiny_bundle(tmp_path / "tiny", taxonomy, vocabulary="types", findings=limits)
    write_slides(tmp_path / "slides", 1, 6, tmp_path / "drawn")
    output = tmp_path / "out"
    assert main(["analyze", str(tmp_path / "slides"), "--output", str(output), "--bundle", str(bundle)]) == 0
    (folder,) = (p for p in output.iterdir() if p.is_dir())
    with (folder / "cells.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    leaves = [leaf.key for leaf in taxonomy.type_leaves]
    assert [c for c in rows[0] if c.removeprefix("p_") in leaves] == [f"p_{key}" for key in leaves]
    for row in rows:
        p = {key: float(row[f"p_{key}"]) for key in leaves}
        assert sum(p.values()) == pytest.approx(1.0, abs=1e-3)
        assert 0 < float(row["p_lymphoid"]) < 1
        assert p[row["best"]] == max(p.values())
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    schema = json.loads((resources_dir() / "schemas" / "slide.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(summary, schema)
    found = {f["key"]: f for f in summary["findings"]}
    assert set(found) == set(FINDINGS)
    assert found["acute_leukaemia"]["zone"] == "grey"
    shown = capsys.readouterr().out
    assert "Acute leukaemia: not excluded" in shown
    text = " ".join(page.extract_text() for page in PdfReader(folder / "report.pdf").pages).replace("\n", " ")
    assert "Findings of the slide" in text
    assert "sensitivity 95 % (77–100) of 22" in text
