"""Data folders that earlier versions wrote open, verify, and show what they showed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import FIRST_READING
from leukview.services.workbench import Workbench

FOLDER = Path(__file__).parent


@pytest.fixture(params=[1])
def version(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A copy of the data folder of that form is the data folder of the test."""
    number: int = request.param
    with zipfile.ZipFile(FOLDER / f"data_folder_{number}.zip") as archive:
        archive.extractall(tmp_path / "home")
    monkeypatch.setenv("LEUKVIEW_HOME", str(tmp_path / "home"))
    return number


def displayed(workbench: Workbench, slide_id: str) -> dict[str, object]:
    """What the expected file says of a slide, computed by this version."""
    session = workbench.open_session(slide_id, "Berger", FIRST_READING)
    view = session.view
    return {
        "patient": view.slide.patient,
        "cells": {v.cell.id: [v.label, v.review.label, v.review.opened, v.review.comment] for v in view.cells},
        "events": len(session.events),
        "kinds": [event.kind.value for event in session.events],
        "signed": view.review.signature.name if view.review.signature else "",
        "reviewed": view.reviewed_count,
        "wbc": view.slide.wbc_per_nl,
        "grades": {key: graded.grade for key, graded in view.review.grades.items()},
    }


def test_that_every_slide_shows_what_it_showed(version: int):
    expected = json.loads((FOLDER / f"data_folder_{version}.json").read_text())
    with open_workbench(RuntimeOptions()) as workbench:
        assert {slide.id for slide in workbench.slides()} == set(expected["slides"])
        for slide_id, said in expected["slides"].items():
            assert displayed(workbench, slide_id) == said
        profiles = [[p.name, p.role.value, p.has_pin] for p in workbench.profiles.all_profiles()]
        assert sorted(profiles) == sorted(expected["profiles"])


def test_that_the_review_log_verifies_and_every_slide_is_exported(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["audit", "verify"]) == 0
    expected = json.loads((FOLDER / f"data_folder_{version}.json").read_text())
    for slide_id in expected["slides"]:
        for kind in ("json", "csv", "hl7", "fhir"):
            assert main(["export", slide_id, "--format", kind, "--output", str(tmp_path / "out" / slide_id)]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_that_the_review_goes_on(version: int):
    expected = json.loads((FOLDER / f"data_folder_{version}.json").read_text())
    slide_id = next(key for key, said in expected["slides"].items() if not said["signed"] and said["reviewed"])
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(slide_id, "Berger", FIRST_READING)
        cell = session.view.cells[0].cell.id
        assert session.override([cell], "lymphocyte").by_id[cell].review.label == "lymphocyte"
        assert session.events[-1].cells == (cell,)
        broken = workbench.audit.verify(CancelToken(), null_reporter).first_broken
    assert broken is None
