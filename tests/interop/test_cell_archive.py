"""Cells leave without names and come back with every label: the source's and the reviewers', with who and when."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Progress, null_reporter
from leukview.domain.review.events import EventKind, flatten_imports
from leukview.domain.review.hash_chain import row_hash
from leukview.domain.slide import ProblemKind, Slide, SlideState
from leukview.importers.images import decode_rgb
from leukview.services.export.exporter import ExportFormat, ExportRequest
from leukview.services.review.slide_view import SlideView
from tests.support.workstation import (
    ORDER,
    PATIENT_MARKER,
    Workstation,
    edit_slide_json,
    file_sha256,
    open_workstation,
    review_slide,
    write_export,
)


@pytest.fixture
def elsewhere(tmp_path: Path):
    with open_workstation(tmp_path / "elsewhere") as opened:
        yield opened


@pytest.fixture
def signed(here: Workstation, reviewed: Slide) -> Slide:
    here.session(reviewed).sign("Dr. Chen 陈", "Reviewed")
    return reviewed


def export_cells(here: Workstation, slide: Slide, folder: Path, *, comments: bool = False) -> Path:
    (path,) = here.export(slide, ExportFormat.CELLS, folder, comments=comments).paths
    return path


def labels_and_predictions(view: SlideView) -> list[tuple[object, ...]]:
    """What analyser and reviewer say of each cell, by its number."""
    return [
        (
            v.cell.number,
            v.cell.source,
            v.cell.conflicts,
            v.review.label,
            v.review.reviewer,
            v.review.at,
            v.review.opened,
        )
        for v in view.cells
    ]


def all_bytes(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_that_nothing_in_the_folder_tells_who_it_is(here: Workstation, signed: Slide, tmp_path: Path):
    path = export_cells(here, signed, tmp_path / "out")
    whole = all_bytes(path) + "\n".join(str(p) for p in path.rglob("*")).encode()
    for secret in (PATIENT_MARKER, "Anna", "Müller", ORDER, "1000003", "House", "Thumbs", "thumbs"):
        assert secret.encode() not in whole, secret
    assert RESEARCH_USE_LINE.encode() in (path / "readme.txt").read_bytes()


def test_that_pixels_stay_and_every_hash_in_the_manifest_fits(here: Workstation, signed: Slide, tmp_path: Path):
    path = export_cells(here, signed, tmp_path / "out")
    lines = (path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: value for value, name in (line.split("  ", 1) for line in lines)}
    files = {p.relative_to(path).as_posix(): p for p in path.rglob("*") if p.is_file() and p.name != "SHA256SUMS"}
    assert {name: file_sha256(file) for name, file in files.items()} == sums
    body = json.loads((path / "slide.json").read_text(encoding="utf-8"))
    by_id = {v.cell.id: v.cell for v in here.session(signed).view.cells}
    for row in body["cell_records"]:
        pixels = here.workbench.load_image(by_id[row["id"]])
        assert np.array_equal(decode_rgb((path / row["file"]["path"]).read_bytes()), pixels)
    assert sum(row["file"]["encoded_anew"] for row in body["cell_records"]) == 3  # the TIFFs


def test_that_another_workstation_gets_every_label_back(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path
):
    before = here.session(signed).view
    path = export_cells(here, signed, tmp_path / "out")
    slide = elsewhere.import_slide(path)
    after = elsewhere.session(slide).view
    assert elsewhere.notifications == []
    assert labels_and_predictions(after) == labels_and_predictions(before)
    assert after.state is SlideState.SIGNED
    assert after.review.signature == before.review.signature
    assert after.shown_tally == before.shown_tally
    assert after.review.acknowledged.keys() == before.review.acknowledged.keys()
    assert slide.wbc_per_nl == 7.5
    assert slide.id != signed.id


def test_that_both_chains_hold_and_the_first_ones_hashes_are_carried(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path
):
    original = here.workbench.review_log.events(signed.id)
    path = export_cells(here, signed, tmp_path / "out", comments=True)
    slide = elsewhere.import_slide(path, by="Dr. Import")
    (row,) = elsewhere.workbench.review_log.events(slide.id)
    assert (row.kind, row.reviewer) == (EventKind.IMPORT, "Dr. Import")
    assert elsewhere.workbench.review_log.find_broken_event() is None
    carried = list(flatten_imports([row]))[1:]
    assert [(e.id, e.hash, e.reviewer, e.at) for e in carried] == [(e.id, e.hash, e.reviewer, e.at) for e in original]
    origin = row.payload["origin"]
    assert isinstance(origin, dict)
    assert origin["head"] == {"seq": original[-1].seq, "hash": original[-1].hash}
    trail = elsewhere.workbench.audit.load_trail(CancelToken(), null_reporter)
    assert f"Imported the review of slide {signed.id}" in trail.rows[0].text


def test_that_comments_stay_behind_unless_asked_for(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path
):
    plain = json.loads((export_cells(here, signed, tmp_path / "plain") / "slide.json").read_text(encoding="utf-8"))
    withheld = [row["kind"] for row in plain["review_log"]["log"] if row.get("withheld")]
    assert {"comment", "acknowledge"} <= set(withheld)
    full = elsewhere.import_slide(export_cells(here, signed, tmp_path / "full", comments=True))
    view = elsewhere.session(full).view
    assert "患者" in view.review.comment
    assert view.cells[0].review.comment == "nice =cell| for Anna"


def test_that_a_history_tells_who_said_it_there(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path
):
    slide = elsewhere.import_slide(export_cells(here, signed, tmp_path / "out"))
    cell = elsewhere.session(slide).view.cells[0].cell
    lines = elsewhere.workbench.audit.cell_history(slide.id, cell.id, blind=False)
    assert any(line.author == "Dr. Chen 陈" and "Segmented neutrophil" in line.text for line in lines)


def change_label(body: dict[str, Any]) -> None:
    row = next(row for row in body["review_log"]["log"] if row["kind"] == "override")
    row["payload"]["label"] = "blast"


def change_reviewer(body: dict[str, Any]) -> None:
    body["review_log"]["log"][-1]["reviewer"] = "Dr. Nobody"


def duplicate_sequence_number(body: dict[str, Any]) -> None:
    log = body["review_log"]["log"]
    log[3]["seq"] = log[2]["seq"]


def truncate_log(body: dict[str, Any]) -> None:
    body["review_log"]["log"].pop()
    body["review_log"]["head"] = {"seq": body["review_log"]["log"][-1]["seq"], "hash": "0" * 64}


@pytest.mark.parametrize("change", [change_label, change_reviewer, duplicate_sequence_number, truncate_log])
def test_that_a_changed_log_is_not_taken_over_and_the_folders_labels_are(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path, change: Callable[[dict[str, Any]], None]
):
    path = export_cells(here, signed, tmp_path / "out")
    edit_slide_json(change)(path)
    preview = elsewhere.workbench.preview(path, CancelToken(), null_reporter)
    problems = [p.message for p in preview.slides[0].problems if p.kind is ProblemKind.CHANGED]
    assert len(problems) == 1
    assert "changed after its export" in problems[0]
    slide = elsewhere.import_slide(path)
    view = elsewhere.session(slide).view
    assert [v.cell.source for v in view.cells] == [v.cell.source for v in here.session(signed).view.cells]
    assert not any(v.review.label for v in view.cells)


OURS = '"schema": "leukview-slide"'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"schema": "leukview-slide"}',
        '{"schema": "leukview-slide", "schema_version": "2.0"}',
        '{"version": 1}',
    ],
)
def test_that_a_strange_slide_json_costs_no_source_label(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path, text: str
):
    path = export_cells(here, signed, tmp_path / "out")
    (path / "slide.json").write_text(text, encoding="utf-8")
    slide = elsewhere.import_slide(path)
    keys = [v.cell.source.class_key for v in elsewhere.session(slide).view.cells if v.cell.source]
    assert sorted(keys) == sorted(v.cell.source.class_key for v in here.session(signed).view.cells if v.cell.source)


def test_that_an_image_that_was_exchanged_is_told(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path
):
    path = export_cells(here, signed, tmp_path / "out")
    victim = next(path.glob("cells/SNE/*"))
    victim.unlink()
    Image.new("RGB", (64, 64), "red").save(victim.with_name("other.png"))
    (draft,) = elsewhere.workbench.preview(path, CancelToken(), null_reporter).slides
    words = " ".join(p.message for p in draft.problems)
    assert "1 images were changed or added" in words
    assert "1 images that “slide.json” names are not there" in words


def test_that_the_own_slide_is_found_again_and_not_doubled(here: Workstation, signed: Slide, tmp_path: Path):
    path = export_cells(here, signed, tmp_path / "out")
    assert here.import_slide(path).id == signed.id
    assert [s.id for s in here.workbench.slides()] == [signed.id]


def test_that_a_second_import_adds_only_what_is_new(
    here: Workstation, reviewed: Slide, elsewhere: Workstation, tmp_path: Path
):
    first = elsewhere.import_slide(export_cells(here, reviewed, tmp_path / "one"))
    assert elsewhere.import_slide(export_cells(here, reviewed, tmp_path / "one_again")).id == first.id
    session = here.session(reviewed)
    session.override([session.view.cells[0].cell.id], "basophil")
    again = elsewhere.import_slide(export_cells(here, reviewed, tmp_path / "two"))
    assert again.id == first.id
    assert labels_and_predictions(elsewhere.session(again).view) == labels_and_predictions(here.session(reviewed).view)
    ids = [e.id for e in flatten_imports(elsewhere.workbench.review_log.events(first.id))]
    assert len(ids) == len(set(ids))


def test_that_a_review_made_here_is_never_covered(
    here: Workstation, reviewed: Slide, elsewhere: Workstation, tmp_path: Path
):
    path = export_cells(here, reviewed, tmp_path / "one")
    slide = elsewhere.import_slide(path)
    session = elsewhere.session(slide, "Dr. Second")
    session.override([session.view.cells[0].cell.id], "monocyte")
    here_session = here.session(reviewed)
    here_session.override([here_session.view.cells[0].cell.id], "basophil")
    elsewhere.import_slide(export_cells(here, reviewed, tmp_path / "two"))
    assert "reviewed here as well" in elsewhere.notifications[0]
    assert elsewhere.session(slide).view.cells[0].review.label == "monocyte"


def test_that_what_was_imported_can_be_exported_again(
    here: Workstation, signed: Slide, elsewhere: Workstation, tmp_path: Path
):
    slide = elsewhere.import_slide(export_cells(here, signed, tmp_path / "one", comments=True))
    with open_workstation(tmp_path / "third") as third:
        last = third.import_slide(export_cells(elsewhere, slide, tmp_path / "two", comments=True))
        assert labels_and_predictions(third.session(last).view) == labels_and_predictions(here.session(signed).view)
        assert all(row_hash(e) == e.hash for e in third.workbench.review_log.events(last.id))
        assert third.session(last).view.review.signature == here.session(signed).view.review.signature


def test_that_undo_reaches_over_the_import(here: Workstation, reviewed: Slide, elsewhere: Workstation, tmp_path: Path):
    slide = elsewhere.import_slide(export_cells(here, reviewed, tmp_path / "out"))
    session, before = elsewhere.session(slide), here.session(reviewed)
    before.undo()
    assert len(session.view.review.undo_stack) == len(before.view.review.undo_stack) + 1
    session.undo()
    assert session.view.review.undo_stack == before.view.review.undo_stack


def test_that_a_cancelled_export_leaves_nothing(here: Workstation, signed: Slide, tmp_path: Path):
    token = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.done == 5:
            token.cancel()

    session = here.session(signed)
    with pytest.raises(Cancelled):
        here.workbench.slide_exporter.export(session, ExportRequest(ExportFormat.CELLS, tmp_path / "out"), token, stop)
    assert list((tmp_path / "out").iterdir()) == []
    assert EventKind.EXPORT not in {e.kind for e in here.workbench.review_log.events()}


def test_that_an_image_that_is_gone_is_told_and_the_others_leave(here: Workstation, signed: Slide, tmp_path: Path):
    next((tmp_path / "export").rglob("*.tif")).unlink()
    done = here.export(signed, ExportFormat.CELLS, tmp_path / "out")
    assert len(done.missing_numbers) == 1
    shutil.rmtree(tmp_path / "export")
    with pytest.raises(LeukViewError, match="None of the slide's images"):
        here.export(signed, ExportFormat.CELLS, tmp_path / "none")


def test_that_an_export_overwrites_no_other_and_is_logged(here: Workstation, signed: Slide, tmp_path: Path):
    one, two = (here.export(signed, ExportFormat.CELLS, tmp_path / "out") for _ in range(2))
    assert (one.paths[0].name, two.paths[0].name) == (f"{signed.id}_cells", f"{signed.id}_cells_2")
    event = here.workbench.review_log.events(signed.id)[-1]
    assert (event.kind, event.reviewer) == (EventKind.EXPORT, "Dr. Out")
    assert event.payload == {"format": "cells", "sha256": two.sha256, "names": False, "comments": False}


def test_that_names_never_go_with_cells(here: Workstation, signed: Slide, tmp_path: Path):
    with pytest.raises(LeukViewError, match="without names only"):
        here.export(signed, ExportFormat.CELLS, tmp_path / "out", names=True)


def test_that_a_log_that_was_changed_lets_nothing_out(
    here: Workstation, signed: Slide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    session = here.session(signed)
    monkeypatch.setattr("leukview.services.export.slide_record.row_hash", lambda _event: "0" * 64)
    request = ExportRequest(ExportFormat.JSON, tmp_path / "out")
    with pytest.raises(LeukViewError, match="changed outside LeukView"):
        here.workbench.slide_exporter.export(session, request, CancelToken(), null_reporter)
    assert not (tmp_path / "out").exists()


def test_that_two_slides_of_a_patient_stay_one_patients(here: Workstation, elsewhere: Workstation, tmp_path: Path):
    slides = []
    for order in ("20230417", "20230502"):
        source = write_export(tmp_path / f"export{order}")
        target = source.with_name(order)
        if target != source:
            source.rename(target)
        for number, file in enumerate(sorted(target.rglob("*.*g"))):
            Image.new("RGB", (64, 64), (number, int(order[-2:]), 7)).save(file)
        slides.append(here.import_slide(target))
        review_slide(here.session(slides[-1]))
    assert slides[0].patient == slides[1].patient
    taken = [elsewhere.import_slide(export_cells(here, slide, tmp_path / f"out{slide.id}")) for slide in slides]
    assert taken[0].patient == taken[1].patient
    assert taken[0].id != taken[1].id
    assert not re.search("Müller", taken[0].patient)
