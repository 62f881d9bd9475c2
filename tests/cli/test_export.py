from __future__ import annotations

import json
from pathlib import Path

import hl7
import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.synthetic import write_demo_export


@pytest.fixture
def slide(tmp_path: Path) -> str:
    """A synthetic slide, taken in and not analysed."""
    taxonomy = load_taxonomy()
    (folder,) = write_demo_export(
        tmp_path / "demo", slides=1, cells=6, seed=3, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )
    with open_workbench(RuntimeOptions()) as workbench:
        preview = workbench.preview(folder, CancelToken(), null_reporter)
        return workbench.import_slides(preview.slides, CancelToken(), null_reporter)[0].id


def test_that_every_form_is_written_and_logged(slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    output = tmp_path / "out"
    for form in ("json", "csv", "hl7", "fhir", "cells"):
        assert main(["export", slide, "--format", form, "--output", str(output)]) == 0
    told = capsys.readouterr().out.split("\n")
    assert all(Path(line).exists() for line in told if line)
    assert json.loads((output / f"{slide}.json").read_text(encoding="utf-8"))["slide_id"] == slide
    text = (output / f"{slide}.hl7").read_bytes().decode()
    assert str(hl7.parse(text).segment("MSH")[9]) == "ORU^R01^ORU_R01"
    assert json.loads((output / f"{slide}.fhir.json").read_text(encoding="utf-8"))["resourceType"] == "Bundle"
    assert len(list((output / f"{slide}_cells").rglob("*.jpg"))) == 6
    assert main(["audit", "list", "--kind", "export"]) == 0
    assert "Exported as cells, without names and comments" in capsys.readouterr().out


def test_that_names_go_only_with_the_word(slide: str, tmp_path: Path):
    assert main(["export", slide, "--format", "json", "--output", str(tmp_path / "a")]) == 0
    assert main(["export", slide, "--format", "json", "--output", str(tmp_path / "b"), "--with-names"]) == 0
    plain, named = (json.loads((tmp_path / d / f"{slide}.json").read_text(encoding="utf-8")) for d in "ab")
    assert plain["identity"] is None
    assert named["identity"]["patient"].startswith("Synthetic")


def test_that_a_slide_that_is_not_there_gets_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["export", "S-NOBODY00", "--format", "json", "--output", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert list(tmp_path.glob("*.json")) == []


LONG_COMMENT = "Kernhaltige | rote ^ Vorstufen & mehr ~ \\ davon. " * 1_450  # 71,000 characters


def test_that_a_comment_longer_than_a_note_may_be_is_split(slide: str, tmp_path: Path):
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(slide, "Dr. A")
        session.comment((), LONG_COMMENT)
    for form in ("hl7", "fhir", "json"):
        assert main(["export", slide, "--format", form, "--output", str(tmp_path), "--with-comments"]) == 0
    message = hl7.parse((tmp_path / f"{slide}.hl7").read_bytes().decode())
    notes = [note for note in message.segments("NTE") if "Vorstufen" in str(note[3])]
    assert len(notes) >= 3
    assert all(len(str(note[3])) <= 65_536 for note in notes)
    assert " ".join(message.unescape(str(note[3])) for note in notes).split() == LONG_COMMENT.split()


def test_that_the_tables_begin_with_a_byte_order_mark(slide: str, tmp_path: Path):
    assert main(["export", slide, "--format", "csv", "--output", str(tmp_path)]) == 0
    tables = sorted(tmp_path.glob("*.csv"))
    assert len(tables) == 2
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in tables)
