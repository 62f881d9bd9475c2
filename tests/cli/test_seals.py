"""What protects a database against its owner, through the command line."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.main import main
from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE, data_dir, keys_dir
from leukview.domain.review.events import EventKind
from leukview.storage.database import open_database
from leukview.storage.migrations import MIGRATIONS
from leukview.storage.review_log import SqlReviewLog
from tests.campaigns.tampering import CHIEF, CHIEF_PIN, SIGNER, Prepared, prepare


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """A workstation with two reviewers, two slides and one signature."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "live" / "home"))
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "live" / "keys"))
    made = prepare(tmp_path, models=0)
    made.restore()
    return made


def signed_slide() -> str:
    with open_workbench(RuntimeOptions()) as workbench:
        return next(e.slide_id for e in workbench.review_log.events() if e.kind is EventKind.SIGN)


def pin_file(folder: Path, pin: str) -> list[str]:
    path = folder / "pin.txt"
    path.write_text(f"{pin}\r\nnot this line\n", encoding="utf-8")
    return ["--pin-file", str(path)]


@contextlib.contextmanager
def raw_database() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        yield raw
        raw.commit()


def test_that_reports_exports_and_anchors_are_compared_with_the_database(
    prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    slide, out = signed_slide(), tmp_path / "out"
    me = ["--reviewer", SIGNER, *pin_file(tmp_path, "4711")]
    assert main(["report", slide, "--output", str(out / "report.pdf"), *me]) == 0
    for kind in ("json", "fhir", "hl7"):
        assert main(["export", slide, "--format", kind, "--output", str(out / kind), *me]) == 0
    assert main(["audit", "anchor", str(out / "anchor.json")]) == 0
    assert main(["audit", "export", str(out / "trail.json")]) == 0
    files = sorted(str(path) for path in out.rglob("*") if path.is_file())
    assert len(files) == 6
    anchor = json.loads((out / "anchor.json").read_text(encoding="utf-8"))
    assert set(anchor["heads"]) == {"review_events", "profile_events"}
    printed = capsys.readouterr().out
    assert anchor["statement"] in printed
    assert anchor["sha256"] in printed
    assert main(["audit", "verify", "--against", *files]) == 0
    assert capsys.readouterr().out.count("The database still contains what the file lists") == 6
    prepared.restore("base")  # an older copy of everything, kept heads and keys included
    assert main(["audit", "verify"]) == 0
    capsys.readouterr()
    for file in files:
        expected = 0 if file.endswith("report.pdf") else 1  # written first: its head is the copy's own
        assert main(["audit", "verify", "--against", file]) == expected, file
    assert "is missing in the database" in capsys.readouterr().err


def test_that_a_file_without_a_head_is_told_and_fails(
    prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name, content in (
        ("a.pdf", b"%PDF-1.7 nothing"),
        ("b.json", b'{"review_log": {"head": {"seq": 1e999}}}'),
        ("c.txt", b"\xff\xfe"),
        ("d.json", b"[" * 100_000),
        ("e.json", b'{"schema": "leukview-anchor"}'),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        assert main(["audit", "verify", "--against", str(file), str(tmp_path / "missing.pdf")]) == 1
        error = capsys.readouterr().err
        assert f"{file}: The file contains no head of the review log." in error
        assert "There is no such file." in error


def test_that_a_changed_slide_is_named_with_what_changed(prepared: Prepared, capsys: pytest.CaptureFixture[str]):
    slide = signed_slide()
    with raw_database() as raw:
        raw.execute("UPDATE slides SET wbc_per_nl = 72.0 WHERE id = ?", [slide])
        raw.execute("UPDATE predictions SET label = 'blast' WHERE cell_id IN (SELECT id FROM cells WHERE number = 3)")
    assert main(["audit", "verify"]) == 1
    error = capsys.readouterr().err
    assert f"Slide {slide}, signed by {SIGNER} on " in error
    assert "the predictions of cells 3; the white cell count (7.5 → 72.0)." in error
    assert main(["doctor"]) == 1
    assert "BAD  Slide " in capsys.readouterr().out


def test_that_an_administrator_accepts_a_restored_copy_and_that_it_stays_told(
    prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shutil.copy2(prepared.root / "older-2" / "leukview.db", data_dir() / "leukview.db")
    assert main(["audit", "verify"]) == 1
    accept = ["audit", "reseal", "--reason", "backup of Monday put back", "--reviewer"]
    assert main([*accept, SIGNER, *pin_file(tmp_path, "4711")]) == 1
    assert "may not administer reviewers" in capsys.readouterr().err
    assert main([*accept, CHIEF, *pin_file(tmp_path, "0000")]) == 1
    assert main(["audit", "reseal", "--reviewer", CHIEF, *pin_file(tmp_path, CHIEF_PIN)]) == 1
    assert "needs a reason" in capsys.readouterr().err
    assert main([*accept, CHIEF, *pin_file(tmp_path, CHIEF_PIN)]) == 0
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    told = capsys.readouterr().out
    assert f"{CHIEF} accepted the state of the database: “backup of Monday put back”" in told
    assert "are missing: the end was cut off" in told
    with raw_database() as raw:
        raw.execute("UPDATE seal_statements SET reason = 'nothing happened' WHERE kind = 'anew'")
    assert main(["audit", "verify"]) == 1
    assert "about the seals was changed" in capsys.readouterr().err


def test_that_an_old_database_opens_and_says_from_where_on_it_is_sealed(capsys: pytest.CaptureFixture[str]):
    data_dir()
    url = f"sqlite:///{data_dir() / 'leukview.db'}"
    open_database(url, backup_dir=data_dir() / "backups", migrations=MIGRATIONS[:5]).close()
    with raw_database() as raw:
        raw.execute("INSERT INTO slides VALUES ('S-00000000', 'P-00000000', 'flat', '2024', 0, NULL, NULL)")
    with contextlib.closing(open_database(url, backup_dir=data_dir() / "backups")) as unsealed:
        log = SqlReviewLog(unsealed)
        for _ in range(3):
            log.append("S-00000000", EventKind.OPEN, reviewer="Dr. A")
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.review_log.append("S-00000000", EventKind.OPEN, reviewer="Dr. A")
    assert main(["audit", "verify"]) == 0
    assert "In the review log, entries are sealed from no. 4 on" in capsys.readouterr().out
    with raw_database() as raw:
        raw.execute("DROP TRIGGER review_events_no_update")
        raw.execute("UPDATE review_events SET hash = 'x' WHERE seq = 3")
    assert main(["audit", "verify"]) == 1
    assert "entry 3 or one before it was changed" in capsys.readouterr().err


def test_that_an_empty_start_after_a_deleted_database_is_told(prepared: Prepared, capsys: pytest.CaptureFixture[str]):
    for file in data_dir().glob("leukview.db*"):
        file.unlink()
    assert main(["audit", "verify"]) == 1
    assert "leukview restore" in capsys.readouterr().err
    assert not (data_dir() / "leukview.db").exists() or main(["audit", "verify"]) == 1, "never an empty start"


def test_that_another_database_in_its_place_is_found(prepared: Prepared, capsys: pytest.CaptureFixture[str]):
    for file in data_dir().glob("leukview.db*"):
        file.unlink()
    with (
        contextlib.closing(
            open_database(f"sqlite:///{data_dir() / 'leukview.db'}", backup_dir=data_dir() / "backups")
        ) as forged,
        raw_database() as raw,
    ):
        raw.execute("INSERT INTO slides VALUES ('S-00000000', 'P-00000000', 'flat', '2024', 0, NULL, NULL)")
        raw.commit()
        SqlReviewLog(forged).append("S-00000000", EventKind.OPEN, reviewer=SIGNER)
    assert main(["audit", "verify"]) == 1
    assert "replaced the one that was sealed here" in capsys.readouterr().err


def test_that_a_lost_key_is_told_and_nothing_is_written_without_it(
    prepared: Prepared, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    (keys_dir() / "seal.key").write_bytes(b"short")
    assert main(["audit", "verify"]) == 1
    assert "The seals cannot be verified: The key “seal” of this user account is damaged." in capsys.readouterr().err
    me = ["--reviewer", SIGNER, *pin_file(tmp_path, "4711")]
    assert main(["export", signed_slide(), "--format", "csv", "--output", str(tmp_path / "csv"), *me]) == 1
    assert "The key “seal” of this user account is damaged" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission bits")
def test_that_the_key_lies_outside_the_data_folder_and_only_its_owner_may_read_it(prepared: Prepared):
    assert not keys_dir().is_relative_to(data_dir())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys_dir().iterdir()}
    assert set(modes.values()) == {0o600}
    assert "seal.key" in modes


def test_that_a_missing_vault_is_told_and_gives_nobody_a_new_pseudonym(
    prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name in ("identity.db", "identity.key"):
        (data_dir() / name).unlink()
    assert main(["doctor"]) == 1
    assert "BAD  The identity vault is missing although the database holds slides." in capsys.readouterr().out
    assert main(["demo", str(tmp_path / "demo"), "--cells", "4"]) == 0
    assert main(["analyze", str(tmp_path / "demo"), "--output", str(tmp_path / "out")]) == 1
    assert "Nothing can be imported" in capsys.readouterr().err
    assert not (data_dir() / "identity.key").exists()
    assert main(["doctor", "--new-vault"]) in {0, 1}
    printed = capsys.readouterr().out
    assert "A new identity vault was begun." in printed
    assert "ok   identity vault and its key fit each other" in printed


def test_that_another_identity_key_is_told_by_doctor(prepared: Prepared, capsys: pytest.CaptureFixture[str]):
    (data_dir() / "identity.key").write_bytes(b"k" * 32)
    assert main(["doctor"]) == 1
    assert "BAD  identity.key is not the key of this identity vault" in capsys.readouterr().out
