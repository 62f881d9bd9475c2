"""``analyze`` takes a returned export of cells as the window does: the same slide, review and signature."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.core.paths import HOME_VARIABLE
from leukview.domain.slide import Slide, SlideState
from leukview.services.export.exporter import ExportFormat
from tests.support.workstation import (
    Workstation,
    edit_slide_json,
    jpeg_with_metadata,
    open_workstation,
    review_slide,
    write_export,
)

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(tmp_path / "here") as opened:
        yield opened


@pytest.fixture
def signed(here: Workstation, tmp_path: Path) -> Slide:
    slide = here.import_slide(write_export(tmp_path / "export"))
    review_slide(here.session(slide))
    here.session(slide).sign("Dr. Chen 陈", "Reviewed")
    return slide


@pytest.fixture
def returned(here: Workstation, signed: Slide, tmp_path: Path) -> Path:
    """The folder of cells that another workstation receives."""
    (path,) = here.export(signed, ExportFormat.CELLS, tmp_path / "sent").paths
    return path


def analyse(
    tree: Path, home: Path, output: Path, monkeypatch: pytest.MonkeyPatch, *options: str
) -> tuple[int, dict[str, dict[str, object]]]:
    """Exit code, and the summary of each slide by its pseudonym."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    code = main(["analyze", str(tree), "--output", str(output), *options])
    return code, {p.parent.name: json.loads(p.read_text(encoding="utf-8")) for p in output.glob("*/summary.json")}


@pytest.mark.parametrize("archive", [False, True], ids=["folder", "archive"])
def test_that_review_and_signature_are_kept_and_the_slide_is_the_windows(
    here: Workstation,
    signed: Slide,
    returned: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    archive: bool,
):
    if archive:
        returned = Path(shutil.make_archive(str(tmp_path / "cells"), "zip", returned.parent))
    code, found = analyse(returned, tmp_path / "elsewhere", tmp_path / "out", monkeypatch)
    assert code == 0
    ((slide_id, summary),) = found.items()
    assert (summary["status"], summary["reviewed"]) == ("final", here.session(signed).view.reviewed_count)
    assert [s["name"] for s in summary["signatures"]] == ["Dr. Chen 陈"]  # type: ignore[attr-defined]
    with open_workstation(tmp_path / "elsewhere") as elsewhere:
        view = elsewhere.session(elsewhere.import_slide(returned, analyse=False)).view
        assert view.slide.id == slide_id
        assert view.state is SlideState.SIGNED
        assert [s.id for s in elsewhere.workbench.slides()] == [slide_id]
        assert [v.label for v in view.cells] == [v.label for v in here.session(signed).view.cells]


def test_that_the_own_slide_is_found_again(
    signed: Slide, returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _, found = analyse(returned, tmp_path / "here", tmp_path / "out", monkeypatch)
    assert list(found) == [signed.id]
    assert found[signed.id]["status"] == "final"


def test_that_a_review_that_was_changed_is_left_out_and_told(
    returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def forge(body: dict[str, object]) -> None:
        row = next(r for r in body["review_log"]["log"] if r["kind"] == "override")  # type: ignore[index]
        row["payload"]["label"] = "blast"

    edit_slide_json(forge)(returned)
    code, found = analyse(returned, tmp_path / "elsewhere", tmp_path / "out", monkeypatch)
    assert code == 0
    ((_, summary),) = found.items()
    assert (summary["status"], summary["reviewed"]) == ("preliminary", 0)
    assert "The review in “slide.json” was changed after its export and is left out" in capsys.readouterr().err


def test_that_a_slide_json_that_changed_is_looked_at_again(
    returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home, out = tmp_path / "elsewhere", tmp_path / "out"
    analyse(returned, home, out, monkeypatch)
    analyse(returned, home, out, monkeypatch)
    assert "1 of 1 slides were finished before" in capsys.readouterr().out
    edit_slide_json(lambda body: body.update(created_at="2027-01-01T00:00:00+00:00"))(returned)
    analyse(returned, home, out, monkeypatch)
    assert "finished before" not in capsys.readouterr().out


def test_that_cells_exported_again_after_the_signature_stay_outside_and_are_told(
    signed: Slide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = next((tmp_path / "export").rglob("Lymphocyte"))
    for number in range(3):
        (home / f"LY_{3_000_000 + number}.jpg").write_bytes(jpeg_with_metadata(700 + number))
    answer = ("--class", "Our own class=other")
    _, found = analyse(tmp_path / "export", tmp_path / "here", tmp_path / "out", monkeypatch, *answer)
    assert list(found) == [signed.id]
    assert (found[signed.id]["status"], found[signed.id]["cells"]) == ("final", 12)
    assert "not part of this result: 3" in str(found[signed.id]["method"])
    assert f"Slide {signed.id} is signed. New cells: 3;" in capsys.readouterr().err
