"""What arrives after a signature is not under it: in preview, worklist, report, messages, tables and the log."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from leukview.core.errors import ReviewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import EventKind
from leukview.domain.slide import ProblemKind, Slide, SlideState
from leukview.services.export.exporter import ExportFormat
from leukview.services.export.slide_record import ResultStatus
from leukview.services.review.amendments import compare_signed_versions
from tests.support.workstation import (
    Workstation,
    edit_slide_json,
    jpeg_with_metadata,
    open_workstation,
    write_export,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_export(tmp_path / "exports")


@pytest.fixture
def signed(here: Workstation, folder: Path) -> Slide:
    slide = here.import_slide(folder)
    session = here.session(slide)
    for view in session.view.cells:
        session.record_opened(view.cell.id)
    session.override([v.cell.id for v in session.view.cells[:9]], "lymphocyte")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House")
    session.comment([v.cell.id for v in session.view.cells], "smudged")
    session.accept([v.cell.id for v in session.view.cells[9:]])
    session.sign("Dr. Chen 陈", "Reviewed")
    return slide


def add_blasts(folder: Path, count: int = 3) -> None:
    home = folder / "Signed slides" / "Blast, no lineage spec"
    home.mkdir(exist_ok=True)
    for number in range(count):
        (home / f"BL_{2_000_000 + number}.jpg").write_bytes(jpeg_with_metadata(500 + number))


def problems(here: Workstation, folder: Path) -> dict[ProblemKind, str]:
    (draft,) = here.workbench.preview(folder, CancelToken(), null_reporter).slides
    return {p.kind: p.message for p in draft.problems}


def report_text(here: Workstation, slide: Slide, path: Path) -> str:
    here.workbench.write_report(here.session(slide), path, CancelToken(), null_reporter)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def exported(here: Workstation, slide: Slide, export_format: ExportFormat, folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in here.export(slide, export_format, folder).paths]


def test_that_the_preview_says_that_new_cells_stay_outside_of_the_signature(
    here: Workstation, signed: Slide, folder: Path
):
    assert ProblemKind.SIGNED not in problems(here, folder)
    add_blasts(folder)
    told = problems(here, folder)[ProblemKind.SIGNED]
    assert told.startswith(
        f"Slide {signed.id} is signed. New cells in this folder: 3. They are not part of the signature"
    )


def test_that_cells_exported_again_after_the_signature_count_nowhere(
    here: Workstation, signed: Slide, folder: Path, tmp_path: Path
):
    before = {form: exported(here, signed, form, tmp_path / f"before-{form}") for form in (ExportFormat.CSV,)}
    add_blasts(folder)
    assert here.import_slide(folder).id == signed.id
    (told,) = here.notifications
    assert told.startswith(f"Slide {signed.id} is signed. New cells: 3; they are not part of the signature")
    view = here.session(signed).view
    assert view.state is SlideState.SIGNED
    assert (len(view.cells), len(view.late_cells)) == (12, 3)
    assert view.shown_tally.cell_count == 12
    (row,) = here.workbench.slide_queries.worklist(CancelToken(), null_reporter)
    assert row.late_count == 3
    gap = "Cells imported after the signature, not part of this result: 3."
    assert gap in report_text(here, signed, tmp_path / "report.pdf")
    (message,) = exported(here, signed, ExportFormat.HL7, tmp_path / "hl7")
    assert gap in message
    assert "12 of 12 cells" in message
    (bundle,) = exported(here, signed, ExportFormat.FHIR, tmp_path / "fhir")
    assert gap in bundle
    (body,) = exported(here, signed, ExportFormat.JSON, tmp_path / "json")
    assert json.loads(body)["cells"] == 12
    assert json.loads(body)["status"] == "final"
    assert exported(here, signed, ExportFormat.CSV, tmp_path / "csv") == before[ExportFormat.CSV]


def test_that_a_class_changed_on_the_analyser_changes_no_signed_slide(
    here: Workstation, signed: Slide, folder: Path, tmp_path: Path
):
    before = exported(here, signed, ExportFormat.CSV, tmp_path / "before")
    file = next((folder / "Signed slides" / "Lymphocyte").glob("LY_*"))
    file.rename(folder / "Signed slides" / "Segmented neutrophils" / file.name)
    assert "new class by the analyser: 1" in problems(here, folder)[ProblemKind.SIGNED]
    here.import_slide(folder)
    assert "new class by the analyser: 1; these classes are ignored" in here.notifications[0]
    assert exported(here, signed, ExportFormat.CSV, tmp_path / "after") == before
    here.session(signed).reopen("the analyser's classes")
    here.import_slide(folder)
    assert sum(bool(v.cell.conflicts) for v in here.session(signed).view.cells) == 1


def test_that_an_amendment_takes_the_new_cells_in_and_tells_the_two_versions_apart(
    here: Workstation, signed: Slide, folder: Path, tmp_path: Path
):
    add_blasts(folder)
    here.import_slide(folder)
    session = here.session(signed)
    session.reopen("three more cells")
    assert (len(session.view.cells), session.view.late_cells) == (15, ())
    new = [v.cell.id for v in session.view.cells[12:]]
    session.override(new, "blast")
    for cell in new:
        session.record_opened(cell)
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House")
    session.sign("Dr. Chen 陈", "Reviewed")
    record = here.workbench.slide_exporter.make_record(session)
    assert record.status is ResultStatus.CORRECTED
    assert record.view.shown_tally.cell_count == 15
    (amendment,) = compare_signed_versions(session.view, session.events)
    assert amendment.differential_before.cell_count == 12
    assert amendment.differential_after.cell_count == 15


def test_that_a_signature_of_an_earlier_version_covers_what_was_there(here: Workstation, signed: Slide, folder: Path):
    session = here.session(signed)
    session.reopen("as an earlier version signed")
    here.workbench.review_log.append(
        signed.id, EventKind.SIGN, reviewer="Dr. Chen 陈", payload={"name": "Dr. Chen 陈", "meaning": "Reviewed"}
    )
    assert len(here.session(signed).view.cells) == 12
    add_blasts(folder)
    here.import_slide(folder)
    view = here.session(signed).view
    assert (len(view.cells), len(view.late_cells)) == (12, 3)


def test_that_a_prediction_made_after_the_signature_changes_no_signed_class(here: Workstation, signed: Slide):
    before = here.session(signed).view
    cell = before.cells[-1]
    said = cell.prediction
    assert said is not None
    here.slides.save_predictions({cell.cell.id: replace(said, label="monocyte", best="monocyte", bundle="e" * 64)})
    after = here.session(signed).view
    assert [v.label for v in after.cells] == [v.label for v in before.cells]
    assert here.workbench.analyse(signed.id, CancelToken(), null_reporter).kept


def test_that_cells_added_to_an_open_slide_are_logged_and_shown_to_a_session_that_is_open(
    here: Workstation, folder: Path
):
    slide = here.import_slide(folder)
    session = here.session(slide)
    add_blasts(folder)
    here.import_slide(folder, by="Dr. Import")
    event = here.workbench.review_log.events(slide.id)[-1]
    assert (event.kind, event.reviewer, len(event.cells)) == (EventKind.CELLS_ADDED, "Dr. Import", 3)
    assert len(session.apply_new_events().cells) == 15
    assert here.notifications == []


def test_that_a_signed_slide_that_comes_back_without_some_images_is_not_final(
    here: Workstation, signed: Slide, tmp_path: Path
):
    (path,) = here.export(signed, ExportFormat.CELLS, tmp_path / "out").paths
    gone = sorted((path / "cells").rglob("*.*"))[:2]
    for file in gone:
        file.unlink()
    with open_workstation(tmp_path / "elsewhere") as elsewhere:
        slide = elsewhere.import_slide(path)
        view = elsewhere.session(slide).view
        assert (len(view.cells), len(view.unavailable_signed_cells)) == (10, 2)
        assert elsewhere.workbench.slide_exporter.make_record(elsewhere.session(slide)).status == "preliminary"
        text = report_text(elsewhere, slide, tmp_path / "r.pdf")
        assert "DRAFT" in text
        assert "Signed cells missing from this slide: 2." in text


def test_that_an_image_added_to_a_returned_export_is_outside_of_its_signature(
    here: Workstation, signed: Slide, tmp_path: Path
):
    (path,) = here.export(signed, ExportFormat.CELLS, tmp_path / "out").paths
    home = next(p for p in (path / "cells").iterdir() if p.is_dir())
    (home / "BL_1.jpg").write_bytes(jpeg_with_metadata(900))
    with open_workstation(tmp_path / "elsewhere") as elsewhere:
        view = elsewhere.session(elsewhere.import_slide(path)).view
        assert (len(view.cells), len(view.late_cells)) == (12, 1)


@pytest.mark.parametrize("value", [7, {"cells": {}}, {"event": {}, "cells": [], "labels": {}}])
def test_that_a_signature_without_a_readable_state_is_not_taken_over(
    here: Workstation, signed: Slide, tmp_path: Path, value: object
):
    (path,) = here.export(signed, ExportFormat.CELLS, tmp_path / "out").paths

    def spoil(body: dict[str, object]) -> None:
        log = body["review_log"]["log"]  # type: ignore[index]
        next(row for row in log if row["kind"] == "sign")["payload"]["signed_state"] = value

    edit_slide_json(spoil)(path)
    with open_workstation(tmp_path / "elsewhere") as elsewhere:
        assert elsewhere.session(elsewhere.import_slide(path)).view.review.signature is None


def test_that_images_that_are_gone_are_told_in_the_preview_and_prevent_a_signature(here: Workstation, folder: Path):
    slide = here.import_slide(folder)
    session = here.session(slide)
    places = here.slides.cell_locations(slide.id)
    files = [places[v.cell.id].root / places[v.cell.id].path for v in session.view.cells]
    files[0].unlink()
    files[1].unlink()
    files[2].write_bytes(files[3].read_bytes())
    (draft,) = here.workbench.preview(folder, CancelToken(), null_reporter).slides
    told = [p.message for p in draft.problems if p.kind is ProblemKind.IMAGES_GONE]
    assert told == [
        f"Cells of slide {slide.id} with missing images: 2 of 12. The slide cannot be signed without them.",
        f"Cells of slide {slide.id} whose image was changed since the import: 1 of 12.",
    ]
    for view in session.view.cells:
        session.record_opened(view.cell.id)
    session.comment([v.cell.id for v in session.view.cells], "smudged")
    session.override([v.cell.id for v in session.view.cells], "lymphocyte")
    with pytest.raises(ReviewError) as refused:
        session.sign("Dr. Chen 陈", "Reviewed")
    assert refused.value.hint == (
        "Cells whose image can no longer be read: 2. Cells whose image was changed since the import: 1."
    )


def test_that_a_folder_that_moved_is_found_again(here: Workstation, folder: Path, tmp_path: Path):
    slide = here.import_slide(folder)
    session = here.session(slide)
    cell = session.view.cells[0].cell
    assert here.workbench.load_image(cell).shape == (64, 64, 3)
    moved = Path(shutil.move(folder.parent, tmp_path / "moved" / folder.parent.name)) / folder.name
    assert here.import_slide(moved).id == slide.id
    assert here.workbench.load_image(cell).shape == (64, 64, 3)
    assert here.workbench.check_images([v.cell for v in session.view.cells]).cell_ids == ()
