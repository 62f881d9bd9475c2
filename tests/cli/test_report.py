"""``leukview report``: from the database to the PDF, every figure compared with what the database holds."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.cli import report
from leukview.cli.main import main
from leukview.core.errors import ReportError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import EventKind
from leukview.services.review.session import SlideView
from leukview.synthetic import write_demo_export


@pytest.fixture
def slide(tmp_path: Path) -> str:
    """A synthetic slide, imported and labelled by a person; no model runs."""
    folder = write_demo_export(
        tmp_path / "demo",
        slides=1,
        cells=40,
        seed=4,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=null_reporter,
    )[0]
    labels = ("blast", "neutrophil", "neutrophil", "lymphocyte", "monocyte", "smudge_cell", "neutrophil")
    with open_workbench(RuntimeOptions()) as workbench:
        (stored,) = workbench.import_slides(
            workbench.preview(folder, CancelToken(), null_reporter).slides, CancelToken(), null_reporter
        )
        session = workbench.open_session(stored.id, "reviewer")
        for at, view in enumerate(session.view.cells):
            session.override([view.cell.id], labels[at % len(labels)])
        session.set_slide_details(wbc_per_nl=7.3, um_per_px=None)
    return stored.id


def slide_view(slide: str) -> SlideView:
    with open_workbench(RuntimeOptions()) as workbench:
        return workbench.open_session(slide, "").view


def pdf_text(path: Path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(path).pages)


def test_that_every_count_percent_interval_and_cell_of_the_database_stands_in_the_report(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    output = tmp_path / "out.pdf"
    assert main(["report", slide, "--output", str(output), "--paper", "us-letter"]) == 0
    assert f"Report: {output}" in capsys.readouterr().out
    view, text = slide_view(slide), pdf_text(output)
    for row in view.shown_tally.leukocytes:
        assert row.interval is not None
        low, high = 100 * row.interval.low, 100 * row.interval.high
        figures = f"{row.count} {100 * row.share:.1f} {low:.1f}–{high:.1f} {row.absolute_per_nl:.2f}"
        assert f"{row.cell_class.plural} 0 {row.count} {figures}" in text
    for outside in view.shown_tally.non_leukocytes:
        assert f"{outside.cell_class.plural} 0 {outside.count} {outside.count} {outside.per_100_wbc:.1f}" in text
    annex = text[text.index("Annex: each cell") :]
    for cell in view.cells:
        source = cell.cell.source.name if cell.cell.source else "–"
        name = re.escape(view.taxonomy.cell_class(cell.label).name)
        assert re.search(rf" {cell.cell.number} {re.escape(source)} – – {name} {name} ", annex)
    with pikepdf.open(output) as pdf:
        body = json.loads(pdf.attachments["slide.json"].get_file().read_bytes())
    assert {k: v["count"] for k, v in body["differential"]["classes"].items()} == {
        r.cell_class.key: r.count for r in view.shown_tally.leukocytes
    }
    assert [c["class"] for c in body["cell_records"]] == [c.label for c in view.cells]
    with open_workbench(RuntimeOptions()) as workbench:
        written = [e for e in workbench.review_log.events(slide) if e.kind is EventKind.REPORT]
    assert written[-1].payload["sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()


def test_that_an_unknown_slide_language_or_certificate_is_one_sentence(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    output = str(tmp_path / "out.pdf")
    for words, sentence in (
        (["S-UNKNOWN"], f"There is no slide “S-UNKNOWN” in this database. Available: {slide}."),
        ([slide, "--language", "xx"], "There are no report texts for the language “xx”. Available: en, zh_CN."),
        ([slide, "--certificate", str(tmp_path / "away.p12")], "The certificate's password is not given."),
    ):
        assert main(["report", *words, "--output", output]) == 1
        assert sentence in capsys.readouterr().err
    assert not Path(output).exists()


def test_that_the_password_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "password"
    file.write_text("pass word\r\nsecond line\n", encoding="utf-8")
    monkeypatch.setenv(report.CERTIFICATE_PASSWORD_VARIABLE, "from the environment")
    assert report._certificate_password(file) == "pass word"
    assert report._certificate_password(None) == "from the environment"
    with pytest.raises(ReportError, match="“none” cannot be read"):
        report._certificate_password(tmp_path / "none")
