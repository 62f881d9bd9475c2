"""The command line on a log that holds, and on one that somebody changed with a database tool."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir, keys_dir
from leukview.synthetic import write_demo_export


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    taxonomy = load_taxonomy()
    return write_demo_export(
        folder, slides=1, cells=8, seed=4, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )[0]


@pytest.fixture
def slide(export: Path) -> str:
    """A slide with a few events in the user's own database."""
    with open_workbench(RuntimeOptions()) as workbench:
        preview = workbench.preview(export, CancelToken(), null_reporter)
        (slide,) = workbench.import_slides(preview.slides, CancelToken(), null_reporter)
        session = workbench.open_session(slide.id, "Dr. A")
        session.override([v.cell.id for v in session.view.cells[:2]], "blast")
        session.comment([], "thick film")
        session.undo()
        workbench.open_session(slide.id, "Dr. B").grade(workbench.grading_form, {"target_cells": "1+"})
    return slide.id


def tamper(statement: str) -> None:
    """Change the log as someone with a database tool would."""
    with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        for trigger in ("no_update", "no_delete", "in_order"):
            raw.execute(f"DROP TRIGGER review_events_{trigger}")
        raw.execute(statement)
        raw.commit()


def test_that_a_sound_log_verifies_and_lists(slide: str, capsys: pytest.CaptureFixture[str]):
    assert main(["audit", "verify"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "The hash chain of 4 events is intact.",
        "In the review log, all entries are sealed.",
        "In the record of reviewers, all entries are sealed.",
        f"Keys are stored in files of this user ({keys_dir()}) because the system offers no key store. "  # noqa: ISC004
        "Whoever can read this user's files can read the keys.",
    ]
    assert main(["audit", "list", "--reviewer", "Dr. A", "--since", "2020-01-01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert "Dr. A: Labelled cells 1 and 2 as Blast (previously shown: Unidentified)." in lines[0]
    assert lines[1].endswith("Commented on the slide: “thick film” (undone)")
    assert slide in lines[0]
    assert main(["audit", "list", "--until", "2020-01-01"]) == 0
    assert capsys.readouterr().out == "The hash chain of 4 events is intact.\n"


def test_that_the_log_is_exported_with_its_hashes(slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["audit", "export", str(tmp_path / "a.json"), "--kind", "grade"]) == 0
    assert "1 events written" in capsys.readouterr().out
    (event,) = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["events"]
    assert (event["seq"], event["reviewer"], event["slide_id"]) == (4, "Dr. B", slide)
    assert len(event["hash"]) == 64
    assert main(["audit", "export"]) == 1
    assert main(["audit", "export", str(tmp_path / "a.doc")]) == 1
    assert "CSV or JSON" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("statement", "seq", "reason"),
    [
        ("UPDATE review_events SET reviewer = 'Dr. Z' WHERE seq = 2", 2, "The content of this event was changed"),
        (
            'UPDATE review_events SET payload = \'{"text": "thin"}\' WHERE seq = 2',
            2,
            "The content of this event was changed",
        ),
        ("DELETE FROM review_events WHERE seq = 1", 2, "A previous event was removed"),
        ("UPDATE review_events SET payload = 'no json' WHERE seq = 3", 3, "This event can no longer be read"),
        ("UPDATE review_events SET hash = '' WHERE seq = 4", 4, "The content of this event was changed"),
    ],
)
def test_that_a_changed_log_is_told_by_its_first_broken_event(
    slide: str, capsys: pytest.CaptureFixture[str], statement: str, seq: int, reason: str
):
    tamper(statement)
    assert main(["audit", "verify"]) == 1
    error = capsys.readouterr().err
    assert f"event {seq} (slide {slide}, " in error
    assert reason in error
    assert main(["audit", "list"]) == 1
    assert f"event {seq} " in capsys.readouterr().err
    assert main(["doctor"]) == 1


def test_that_the_calls_about_alerts_are_listed_and_written(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.open_session(slide, "Dr. A").acknowledge_alert("apl", called_person="Dr. Weiss", note="fresh sample")
    assert main(["audit", "calls"]) == 0
    (line, chain) = capsys.readouterr().out.splitlines()
    assert slide in line
    assert line.endswith("; called Dr. Weiss; fresh sample")
    assert chain == "The hash chain of 5 events is intact."
    output = tmp_path / "calls.json"
    assert main(["audit", "calls", str(output), "--reviewer", "Dr. A"]) == 0
    assert json.loads(output.read_text(encoding="utf-8"))["calls"][0]["called"] == "Dr. Weiss"
