"""A database file that is deleted, renamed, replaced or cut while it is open: no later action is acknowledged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leukview.core.errors import StoreError
from leukview.domain.review.events import EventKind
from leukview.storage.database import Database, open_database
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.storage_examples import make_draft


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "leukview.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{file}", backup_dir=file.parent / "backups")
    yield opened
    opened.close()


def _delete(file: Path) -> None:
    file.unlink()


def _rename(file: Path) -> None:
    file.rename(file.with_name("moved.db"))


def _replace(file: Path) -> None:
    copy = file.with_name("copy.db")
    shutil.copy(file, copy)
    copy.replace(file)


def _cut(file: Path) -> None:
    os.truncate(file, 4096)


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _delete_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


@pytest.mark.parametrize("accident", [_delete, _rename, _replace, _cut, _empty, _delete_log])
def test_that_no_action_is_acknowledged_after_an_accident(
    file: Path, database: Database, tmp_path: Path, accident: Callable[[Path], None]
):
    vault = IdentityVault(tmp_path / "private")
    slide = SqlSlideStore(database, vault).add_slide(make_draft(), synthetic=False).slide
    log = SqlReviewLog(database)
    log.append(slide.id, EventKind.COMMENT, reviewer="Dr. A", payload={"text": "before"})
    database.scrub()  # all is in the file itself, as after some hours
    accident(file)
    for _ in range(3):
        with pytest.raises(StoreError):
            log.append(slide.id, EventKind.COMMENT, reviewer="Dr. A", payload={"text": "lost"})
    vault.close()


def test_that_another_database_copied_over_the_file_is_refused(file: Path, database: Database, tmp_path: Path):
    other = tmp_path / "other.db"
    open_database(f"sqlite:///{other}", backup_dir=tmp_path / "backups").close()
    with database.read_transaction() as connection:
        assert database.database_id()
        connection.exec_driver_sql("SELECT 1")
    database.scrub()
    file.write_bytes(other.read_bytes())
    with pytest.raises(StoreError), database.write_transaction() as connection:
        connection.exec_driver_sql("DELETE FROM slides")


def test_that_other_programs_and_a_scrub_raise_no_false_alarm(file: Path, database: Database, tmp_path: Path):
    vault = IdentityVault(tmp_path / "private")
    slide = SqlSlideStore(database, vault).add_slide(make_draft(range(300)), synthetic=False).slide
    second = open_database(f"sqlite:///{file}", backup_dir=tmp_path / "backups")
    for number in range(20):
        for opened in (database, second):
            SqlReviewLog(opened).append(
                slide.id, EventKind.COMMENT, reviewer="Dr. A", payload={"text": f"{number}" * 2000}
            )
        if number % 5 == 0:
            second.scrub()
    second.close()
    assert len(SqlReviewLog(database).events(slide.id)) == 40
    vault.close()


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_that_another_program_never_takes_itself_for_the_last_one(file: Path, database: Database, tmp_path: Path):
    vault = IdentityVault(tmp_path / "private")
    slide = SqlSlideStore(database, vault).add_slide(make_draft(), synthetic=False).slide
    log, write_ahead = SqlReviewLog(database), file.with_name(f"{file.name}-wal")
    program = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT COUNT(*) FROM slides').fetchall()"
    for number in range(3):
        log.append(slide.id, EventKind.COMMENT, reviewer="Dr. A", payload={"text": f"{number}"})
        subprocess.run([sys.executable, "-c", program, str(file)], check=True)
        assert write_ahead.exists(), "only the last program deletes it"
    assert len(log.events(slide.id)) == 3
    vault.close()
