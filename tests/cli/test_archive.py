"""Backup, restoration, erasure, withdrawal and the patient's own data, through the command line."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE, data_dir, resources_dir, temporary_dir
from leukview.domain.review.events import EventKind, is_erased
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.review.signed_binding import BINDING_KEY
from leukview.services.ports.worklist import WorklistQuery
from leukview.services.review.signed_binding import current_binding
from leukview.synthetic import write_demo_export

NAME = "Zwetschgenbaum Ottilie"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two patients with one slide each; one has an odd name."""
    folder = tmp_path_factory.mktemp("exports")
    made = write_demo_export(
        folder, slides=2, cells=6, seed=4, taxonomy=load_taxonomy(), token=CancelToken(), reporter=null_reporter
    )
    first = made[0]
    while first.parent != folder:
        first = first.parent
    first.rename(folder / NAME)
    return folder


@pytest.fixture
def slides(export: Path) -> list[tuple[str, str]]:
    """Slide and patient of both, the odd one first; each has a comment."""
    with open_workbench(RuntimeOptions()) as workbench:
        preview = workbench.preview(export, CancelToken(), null_reporter)
        found = workbench.import_slides(preview.slides, CancelToken(), null_reporter)
        for slide in found:
            session = workbench.open_session(slide.id, "Dr. A")
            session.comment([], "a quincunx of blasts")
            session.override([session.view.cells[0].cell.id], "blast")
            session.undo()
    odd = [(s.id, s.patient) for s, d in zip(found, preview.slides, strict=True) if d.patient == NAME]
    return odd + [(s.id, s.patient) for s, d in zip(found, preview.slides, strict=True) if d.patient != NAME]


def listed(*, withdrawn: bool = False) -> set[str]:
    with open_workbench(RuntimeOptions()) as workbench:
        page = workbench.slide_queries.worklist_page(WorklistQuery(is_withdrawn=withdrawn))
    return {row.slide.id for row in page.rows}


def written_bytes(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_that_a_backup_made_while_in_use_is_restored_under_another_account(
    slides: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (data_dir() / "report.toml").write_text("", encoding="utf-8")
    with open_workbench(RuntimeOptions()) as workbench:  # a window is open
        session = workbench.open_session(slides[0][0], "Dr. A")
        assert main(["backup", str(tmp_path / "copies")]) == 0
        session.comment([], "written afterwards")
    (file,) = (tmp_path / "copies").iterdir()
    assert str(file.resolve()) in capsys.readouterr().out
    with zipfile.ZipFile(file) as archive:
        assert {"leukview.db", "identity.db", "identity.key", "report.toml"} <= set(archive.namelist())
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "another account"))
    assert main(["restore", str(file)]) == 0
    assert listed() == {slide for slide, _ in slides}
    with open_workbench(RuntimeOptions()) as workbench:
        assert len(workbench.review_log.events(slides[0][0])) == 3
        assert workbench.review_log.find_broken_event() is None
        assert workbench.slide_exporter  # the vault is read below
        folder, _ = workbench.data_management.export_patient(
            slides[0][1], tmp_path / "held", "Dr. A", CancelToken(), null_reporter
        )
    assert NAME in (folder / "patient.json").read_text(encoding="utf-8")


def test_that_a_backup_overwrites_nothing_and_a_restoration_keeps_what_was_there(
    slides: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "one.leukbackup"
    assert main(["backup", str(file)]) == 0
    before = file.read_bytes()
    assert main(["backup", str(file)]) == 1
    assert file.read_bytes() == before
    assert main(["restore", str(file)]) == 1
    assert "already contains data" in capsys.readouterr().err
    assert main(["withdraw", slides[0][0], "--reason", "after the backup"]) == 0
    with open_workbench(RuntimeOptions()):
        assert main(["restore", str(file), "--replace"]) == 1
        assert "Close its windows" in capsys.readouterr().err
    assert main(["restore", str(file), "--replace"]) == 0
    assert listed() == {slide for slide, _ in slides}
    (kept,) = data_dir().glob("before-restore-*")
    with contextlib.closing(sqlite3.connect(kept / "leukview.db")) as raw:
        assert raw.execute("SELECT COUNT(*) FROM review_events WHERE kind = 'withdraw'").fetchone() == (1,)


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "empty"])
def test_that_a_damaged_backup_changes_nothing(
    slides: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
):
    file = tmp_path / "one.leukbackup"
    assert main(["backup", str(file)]) == 0
    data = bytearray(file.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 3] ^= 0x40
    elif damage == "other":
        data = bytearray(b"PK\x03\x04 no backup at all" * 50)
    else:
        data = bytearray()
    file.write_bytes(data)
    before = {p.name for p in data_dir().iterdir()}
    assert main(["restore", str(file), "--replace"]) == 1
    assert "damaged" in capsys.readouterr().err
    assert {p.name for p in data_dir().iterdir()} == before
    assert listed() == {slide for slide, _ in slides}


def test_that_an_erased_patient_is_gone_and_the_chain_holds(
    slides: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
):
    slide, patient = slides[0]
    assert main(["erase", "--patient", patient, "--reason", "asked for"]) == 1, "it has to be confirmed"
    assert "not confirmed" in capsys.readouterr().err
    assert main(["erase", "--patient", "", "--reason", "x", "--yes"]) == 1
    with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        digests = [d for (d,) in raw.execute("SELECT sha256 FROM cells WHERE slide_id = ?", (slide,))]
    assert main(["erase", "--patient", patient, "--reason", "asked for", "--yes"]) == 0
    assert listed() == {slides[1][0]}
    assert main(["audit", "verify"]) == 0
    with open_workbench(RuntimeOptions()) as workbench:
        events = [e for e in workbench.review_log.events() if e.slide_id == slide]
        assert all(is_erased(e) for e in events[:-1])
        assert events[-1].kind is EventKind.ERASE
        texts = [row.text for row in workbench.audit.load_trail(CancelToken(), null_reporter).rows]
    assert "Erased the slide and the content of 3 events: asked for." in texts
    assert "The content of this event was erased." in texts
    for path in data_dir().glob("*.db*"):
        data = path.read_bytes()
        assert NAME.encode() not in data
        assert not any(digest.encode() in data for digest in digests), path.name
    assert main(["erase", "--patient", patient, "--reason", "again", "--yes"]) == 1, "it is not known any more"


def test_that_an_erased_patient_can_be_imported_again(slides: list[tuple[str, str]], export: Path):
    slide, patient = slides[0]
    assert main(["erase", "--patient", patient, "--reason", "asked for", "--yes"]) == 0
    with open_workbench(RuntimeOptions()) as workbench:
        drafts = workbench.preview(export, CancelToken(), null_reporter).slides
        workbench.import_slides(drafts, CancelToken(), null_reporter)
        session = workbench.open_session(slide, "Dr. A")
        assert session.view.review.comment == "", "the review stays erased"
        assert session.view.slide.patient == patient
        session.override([session.view.cells[0].cell.id], "blast")
        assert workbench.review_log.find_broken_event() is None
    assert main(["erase", "--patient", patient, "--reason", "again", "--yes"]) == 0
    assert main(["audit", "verify"]) == 0


def test_that_content_taken_out_without_an_erasure_is_found(
    slides: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
):
    with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute("""UPDATE review_events SET payload = '{"erased": false}', cells = '[]' WHERE seq = 1""")
        raw.execute("""UPDATE review_events SET payload = '{"erased": true}', cells = '[]' WHERE seq = 1""")
        raw.commit()
    assert main(["audit", "verify"]) == 1
    assert "event 1 " in capsys.readouterr().err
    assert main(["erase", "--patient", slides[1][1], "--reason", "another one", "--yes"]) == 0
    assert main(["audit", "verify"]) == 1, "the erasure of another slide does not cover it"


def test_that_old_slides_are_erased_by_age(slides: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]):
    assert main(["erase", "--older-than", "1d", "--reason", "retention", "--yes"]) == 0
    assert "No slide is that old." in capsys.readouterr().out
    with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        raw.execute("UPDATE slides SET imported_at = '2001-01-01T00:00:00+00:00'")
        raw.commit()
    assert main(["erase", "--older-than", "10y", "--reason", "retention", "--yes"]) == 0
    assert listed() == {slide for slide, _ in slides}, "somebody worked on them yesterday"
    with pytest.raises(SystemExit):
        main(["erase", "--older-than", "soon", "--reason", "retention", "--yes"])


def test_that_a_wrong_import_is_withdrawn_and_taken_back(
    slides: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
):
    slide = slides[0][0]
    assert main(["withdraw", slide, "--reason", " "]) == 1
    assert main(["withdraw", slide, "--reason", "another patient's film"]) == 0
    assert listed() == {slides[1][0]}
    assert listed(withdrawn=True) == {slide}
    assert main(["withdraw", slide, "--reason", "again"]) == 1
    assert main(["withdraw", slide, "--reason", "it was right", "--take-back"]) == 0
    assert listed() == {slide for slide, _ in slides}
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(slide, "Dr. A")
        workbench.review_log.append(
            slide, EventKind.SIGN, reviewer="Dr. A", payload={"name": "Dr. A", "meaning": "Reviewed"}
        )
        assert session.reload().review.signature
    assert main(["withdraw", slide, "--reason", "signed"]) == 1
    assert "may amend" in capsys.readouterr().err
    assert main(["withdraw", slide, "--reason", "signed", "--amend"]) == 0


def test_that_everything_about_a_patient_is_exported(slides: list[tuple[str, str]], tmp_path: Path):
    slide, patient = slides[0]
    assert main(["export", "--patient", patient, "--output", str(tmp_path / "held")]) == 0
    folder = tmp_path / "held" / patient
    held = json.loads((folder / "patient.json").read_text(encoding="utf-8"))
    (record,) = held["slides"]
    assert record["patient_name"] == NAME
    assert [event["kind"] for event in record["events"]][:3] == ["comment", "override", "undo"]
    images = sorted((folder / "images" / slide).glob("cell-*"))
    assert len(images) == len(record["cells"]) == 6
    source = Path(record["cells"][0]["file"]["root"]) / record["cells"][0]["file"]["path"]
    assert next(p for p in images if p.stem == "cell-1").read_bytes() == source.read_bytes()
    assert main(["export", "--patient", "P-NOBODY", "--output", str(tmp_path / "held")]) == 1
    assert main(["export", "--output", str(tmp_path / "held")]) == 1
    with open_workbench(RuntimeOptions()) as workbench:
        assert workbench.review_log.events(slide)[-1].kind is EventKind.EXPORT


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")
def test_that_what_is_written_is_readable_by_its_owner_only(slides: list[tuple[str, str]], tmp_path: Path):
    output = tmp_path / "out"
    assert main(["audit", "export", str(output / "log.csv")]) == 0
    assert main(["backup", str(output / "copies")]) == 0
    assert main(["export", slides[0][0], "--format", "csv", "--output", str(output / "tables")]) == 0
    for path in [*output.rglob("*"), *data_dir().rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o077 == 0, f"{path.name}: {mode:o}"


def test_that_what_a_killed_program_left_in_the_temporary_folder_is_deleted(slides: list[tuple[str, str]]):
    left = temporary_dir() / "slide-999999999-abc"
    left.mkdir()
    (left / "cells.csv").write_text("names", encoding="utf-8")
    assert listed() == {slide for slide, _ in slides}
    assert not left.exists()


@pytest.mark.parametrize("accident", ["deleted", "emptied", "replaced"])
def test_that_there_is_no_empty_start_beside_a_vault_that_knows_slides(
    slides: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, accident: str,
):  # fmt: skip
    assert main(["backup", str(tmp_path / "one.leukbackup")]) == 0
    database = data_dir() / "leukview.db"
    for path in data_dir().glob("leukview.db*"):
        path.unlink()
    if accident == "emptied":
        database.touch()
    elif accident == "replaced":
        with monkeypatch.context() as context:
            context.setenv(HOME_VARIABLE, str(tmp_path / "new"))
            with open_workbench(RuntimeOptions()):
                other = data_dir() / "leukview.db"
        shutil.copy(other, database)
    for _ in range(2):
        assert main(["audit", "verify"]) == 1
        assert "2 slides were imported on this workstation" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "one.leukbackup"), "--replace"]) == 0
    assert listed() == {slide for slide, _ in slides}


def test_that_a_restored_older_log_is_accepted_and_told(
    slides: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "one.leukbackup"
    assert main(["backup", str(file)]) == 0
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.open_session(slides[0][0], "Dr. A").comment([], "written after the backup")
    assert main(["restore", str(file), "--replace", "--reason", "the disk failed"]) == 0
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    out = capsys.readouterr().out
    assert "“the disk failed”" in out
    assert "are missing" in out, "what was found until then is told"


@pytest.fixture
def reviewers(slides: list[tuple[str, str]]) -> None:
    """An administrator with a PIN, a reviewer and a second reader without, who has no special rights."""
    roles = (resources_dir() / "roles.toml").read_text(encoding="utf-8")
    head, tail = roles.split("[second_reader]\nrights = [", 1)
    (data_dir() / "roles.toml").write_text(
        f'{head}[second_reader]\nrights = ["sign"]{tail.split("]", 1)[1]}', encoding="utf-8"
    )
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "chief-pin")
        workbench.profiles.add("Chief", "Dr. A", ReviewerRole.REVIEWER, "")
        workbench.profiles.add("Chief", "Dr. Second", ReviewerRole.SECOND_READER, "")


@pytest.mark.usefixtures("reviewers")
def test_that_rights_protect_erasure_names_withdrawal_and_restoration(
    slides: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    slide, patient = slides[0]
    pin, wrong = tmp_path / "pin.txt", tmp_path / "wrong.txt"
    pin.write_text("chief-pin\n", encoding="utf-8")
    wrong.write_text("another\n", encoding="utf-8")
    chief = ["--reviewer", "Chief", "--pin-file", str(pin)]
    second = ["--reviewer", "Dr. Second"]
    held, file = ["export", "--patient", patient, "--output", str(tmp_path / "held")], tmp_path / "one.leukbackup"
    erase = ["erase", "--patient", patient, "--reason", "asked for", "--yes"]
    restore = ["restore", str(file), "--replace"]
    assert main(["backup", str(file)]) == 0
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.review_log.append(
            slide, EventKind.SIGN, reviewer="Dr. A", payload={"name": "Dr. A", "meaning": "Reviewed"}
        )
    withdraw = ["withdraw", slide, "--reason", "wrong", "--amend"]
    for command in (held, erase, restore, withdraw):
        assert main([*command, *second]) == 1, command[0]
        assert "may not" in capsys.readouterr().err, command[0]
    assert main([*erase, "--reviewer", "Chief", "--pin-file", str(wrong)]) == 1
    assert listed() == {slide for slide, _ in slides}
    assert not (tmp_path / "held").exists()
    assert main([*restore, "--reviewer", "Dr. A"]) == 1, "a reviewer administers nothing"
    with open_workbench(RuntimeOptions()) as workbench:
        assert workbench.review_log.events(slide)[-1].kind is not EventKind.WITHDRAW
    for path in data_dir().glob("leukview.db*"):
        path.unlink()
    assert main(["restore", str(file), "--replace", *second]) == 1, "the reviewers of the backup decide"
    assert main(["restore", str(file), "--replace", *chief]) == 0
    assert main([*held, *chief]) == 0
    assert main([*erase, *chief]) == 0
    assert main(["audit", "verify"]) == 0
    assert listed() == {slides[1][0]}


def test_that_no_erased_signature_is_taken_for_a_changed_slide(slides: list[tuple[str, str]]):
    slide, patient = slides[0]
    with open_workbench(RuntimeOptions()) as workbench:
        events = workbench.review_log.events(slide)
        binding = current_binding(workbench._dependencies.slide_store, slide, events, 1)
        payload = {"name": "Dr. A", "meaning": "Reviewed", BINDING_KEY: binding.to_payload()}
        workbench.review_log.append(slide, EventKind.SIGN, reviewer="Dr. A", payload=payload)
    assert main(["audit", "verify"]) == 0
    assert main(["erase", "--patient", patient, "--reason", "asked for", "--yes"]) == 0
    assert main(["audit", "verify"]) == 0
