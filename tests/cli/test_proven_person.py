"""The command line proves who acts, as the window does, and rights are those of the role."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main
from leukview.core.errors import LeukViewError, ReviewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.review.events import EventKind
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.review.rights import Right, parse_role_rights
from leukview.services.workbench import Workbench
from tests.support.storage_examples import images_taken_as_present, make_draft, make_prediction
from tests.support.workstation import review_slide

SHIPPED = (resources_dir() / "roles.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _operating_system_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ward7")


@pytest.fixture(autouse=True)
def _images_are_present() -> Iterator[None]:
    with images_taken_as_present():
        yield


def add_slide(workbench: Workbench) -> str:
    (slide,) = workbench.import_slides([make_draft(range(12))], CancelToken(), null_reporter)
    store = workbench._dependencies.slide_store
    store.save_predictions({cell.id: make_prediction("lymphocyte") for cell in store.cells(slide.id)})
    return slide.id


@pytest.fixture
def slide() -> str:
    with open_workbench(RuntimeOptions()) as workbench:
        profiles = workbench.profiles
        profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "chief-pin")
        made = profiles.add("Chief", "Dr. Ada Klee", ReviewerRole.REVIEWER, "4711")
        profiles.rename("Chief", made.id, "Dr. Ada Weiss")
        profiles.add("Chief", "Dr. Second", ReviewerRole.SECOND_READER, "")
        return add_slide(workbench)


def exported_by(slide: str) -> list[str]:
    with open_workbench(RuntimeOptions()) as workbench:
        return [e.reviewer for e in workbench.review_log.events(slide) if e.kind is EventKind.EXPORT]


def export(slide: str, folder: Path, *options: str) -> int:
    return main(["export", slide, "--format", "csv", "--output", str(folder), *options])


def test_that_a_name_needs_its_pin_and_a_wrong_one_is_recorded(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    pin = tmp_path / "pin"
    pin.write_text("0000\n", encoding="utf-8")
    assert export(slide, tmp_path / "out", "--reviewer", "Dr. Ada Weiss", "--pin-file", str(pin)) == 1
    assert "The PIN is wrong." in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert export(slide, tmp_path / "out", "--reviewer", "dr. ada weiss") == 1
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("4711\nrest"))
    assert export(slide, tmp_path / "out", "--reviewer", "dr. ada weiss", "--pin-file", "-") == 0
    assert exported_by(slide) == ["Dr. Ada Weiss"]
    with open_workbench(RuntimeOptions()) as workbench:
        kinds = [e.kind for e in workbench.review_log.events(slide)]
    assert kinds.count(EventKind.UNLOCK_FAILED) == 2


def test_that_the_operating_systems_user_is_nobody_else(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    for name, why in (
        ("Dr. Ada Weiss", "The PIN is wrong."),
        ("Dr. Ada Klee", "Dr. Ada Klee is a reviewer of this site"),
    ):
        monkeypatch.setenv("LOGNAME", name)
        assert export(slide, tmp_path / "out") == 1
        assert why in capsys.readouterr().err
    for name in ("Dr. Ada Klee", "Dr. Nobody"):
        assert export(slide, tmp_path / "out", "--reviewer", name) == 1
        assert "is not a reviewer of this workstation" in capsys.readouterr().err
    assert exported_by(slide) == []


def test_that_reports_corrections_and_analyses_prove_the_person_too(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    commands = (
        ["report", slide, "--output", str(tmp_path / "r.pdf")],
        ["corrections", "export", str(tmp_path / "c")],
        ["analyze", str(tmp_path), "--output", str(tmp_path / "a")],
        ["models", "rollback", "--reason", "trial"],
        ["audit", "reseal", "--reason", "trial"],
    )
    for command in commands:
        monkeypatch.setattr("sys.stdin", io.StringIO("0000\n"))
        with open_workbench(RuntimeOptions()) as workbench:
            chief = workbench.profiles.find_by_name("Chief")
            assert chief is not None
            workbench.profiles.set_pin("Chief", chief.id, "chief-pin", "chief-pin")  # ends the wait
        assert main([*command, "--reviewer", "Chief"]) == 1, command
        error = capsys.readouterr().err
        assert "PIN is wrong" in error or "there is no earlier one" in error, (command, error)


def test_that_a_pin_is_no_argument(slide: str, tmp_path: Path):
    with pytest.raises(SystemExit):
        export(slide, tmp_path, "--reviewer", "Chief", "--pin", "chief-pin")


def test_that_names_of_patients_need_the_right(
    slide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert export(slide, tmp_path / "out", "--with-names") == 1
    assert "ward7 is not a reviewer and may not export names of patients." in capsys.readouterr().err
    (data_dir() / "roles.toml").write_text(
        SHIPPED.replace('"amend", "show_names", "export_names"]', '"amend"]'), "utf-8"
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("4711\n"))
    assert export(slide, tmp_path / "out", "--with-names", "--reviewer", "Dr. Ada Weiss") == 1
    assert "Dr. Ada Weiss may not export names of patients." in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("chief-pin\n"))
    assert export(slide, tmp_path / "out", "--with-names", "--reviewer", "Chief") == 0


def test_that_signing_and_amending_need_the_right_and_the_own_name(slide: str):
    (data_dir() / "roles.toml").write_text(
        SHIPPED.replace('[reviewer]\nrights = ["sign", "amend", ', '[reviewer]\nrights = ["sign", ').replace(
            '[second_reader]\nrights = ["sign", ', "[second_reader]\nrights = ["
        ),
        encoding="utf-8",
    )
    with open_workbench(RuntimeOptions()) as workbench:
        review_slide(workbench.open_session(slide, "Dr. Ada Weiss"))
        with pytest.raises(ReviewError, match=r"Dr\. Second may not sign a slide"):
            workbench.open_session(slide, "Dr. Second").sign("Dr. Second", "Reviewed", "few cells")
        with pytest.raises(ReviewError, match="ward7 is not a reviewer"):
            workbench.open_session(slide, "ward7").sign("ward7", "Reviewed", "few cells")
        session = workbench.open_session(slide, "Dr. Ada Weiss")
        for name in ("Chief", " dr.  second "):
            with pytest.raises(ReviewError, match="is not the same reviewer as"):
                session.sign(name, "Reviewed")
        session.sign("Dr. Ada Weiss", "Reviewed", "few cells")
        (signed,) = [e for e in session.events if e.kind is EventKind.SIGN]
        binding = signed.payload["binding"]
        assert isinstance(binding, dict)
        assert binding["role"] == "reviewer"
        assert binding["event"] == [session.events[-2].seq, session.events[-2].hash]
        with pytest.raises(ReviewError, match=r"Dr\. Ada Weiss may not reopen a signed slide"):
            session.reopen("late result")
        workbench.open_session(slide, "Chief").reopen("late result")


def test_that_without_reviewers_everything_is_as_it_was_and_without_administrator_reviewers_do_it(tmp_path: Path):
    with open_workbench(RuntimeOptions()) as workbench:
        slide = add_slide(workbench)
        for right in Right:
            workbench.profiles.require_right("ward7", right)
    assert export(slide, tmp_path / "out", "--with-names", "--reviewer", "Dr. Typed") == 0
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.profiles.add("ward7", "Dr. A", ReviewerRole.REVIEWER, "4711")
        workbench.profiles.require_right("Dr. A", Right.INSTALL_MODEL)
        workbench.profiles.add("ward7", "Chief", ReviewerRole.ADMINISTRATOR, "chief-pin")
        with pytest.raises(ReviewError, match=r"Dr\. A may not change the model in use"):
            workbench.profiles.require_right("Dr. A", Right.INSTALL_MODEL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sign"', '"sing"'),
        ('"sign", "amend"', '"sign", "sign"'),
        ('["sign", "amend", "show_names", "export_names"]', '"sign"'),
        ('["sign", "amend", "show_names", "export_names"]', "[1]"),
        ("[second_reader]", "[third_reader]"),
        ("[second_reader]", "[second_reader]\nnote = 1"),
        (', "administer"]', "]"),
        ("[reviewer]", "[reviewer"),
        ("[reviewer]", "x = 1\n[reviewer]"),
    ],
)
def test_that_roles_are_read_strictly(old: str, new: str, capsys: pytest.CaptureFixture[str]):
    assert parse_role_rights(SHIPPED).allows(ReviewerRole.ADMINISTRATOR, Right.ERASE)
    text = SHIPPED.replace(old, new)
    assert text != SHIPPED
    with pytest.raises(LeukViewError, match=r"roles\.toml"):
        parse_role_rights(text)
    (data_dir() / "roles.toml").write_text(text, encoding="utf-8")
    assert main(["audit", "verify"]) == 1
    assert "roles.toml" in capsys.readouterr().err
