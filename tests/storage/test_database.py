"""Opening: migrations with a backup, refusals as sentences, durability settings."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from leukview.core.errors import StoreError
from leukview.domain.review.events import EventKind
from leukview.storage.database import Database, open_database
from leukview.storage.migrations import MIGRATIONS, Migration
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.schema import MAIN_METADATA
from leukview.storage.slide_store import SqlSlideStore
from tests.support.databases import SqliteTarget, TargetDatabase
from tests.support.storage_examples import make_draft


def _add_column(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE slides ADD COLUMN stain TEXT")


def _fail(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM cells")
    connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")


NEXT = len(MIGRATIONS) + 1
SECOND = (*MIGRATIONS, Migration(NEXT, "stain", _add_column))
FAILING = (*SECOND, Migration(NEXT + 1, "fails", _fail))


sqlite_only = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("place", ["postgresql"], indirect=True)


@pytest.fixture
def url(place: TargetDatabase) -> str:
    return place.url


@sqlite_only
def test_that_every_connection_is_durable_and_strict(database: Database) -> None:
    with database.read_transaction() as one, database.read_transaction() as two:
        for connection in (one, two):
            values = {
                p: connection.exec_driver_sql(f"PRAGMA {p}").scalar()
                for p in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert database.check_integrity()


def test_that_the_migrations_make_the_tables_the_program_uses(database: Database) -> None:
    with database.read_transaction() as connection:
        inspector = inspect(connection)
        found = {t: {c["name"] for c in inspector.get_columns(t)} for t in inspector.get_table_names()}
    assert found.pop("schema_version") == {"version", "name", "applied_at"}
    assert found == {name: {c.name for c in table.columns} for name, table in MAIN_METADATA.tables.items()}


def test_that_migrations_are_numbered_without_gaps() -> None:
    assert [m.version for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


@sqlite_only
def test_that_an_old_database_is_backed_up_and_brought_up_to_date(
    tmp_path: Path, place: TargetDatabase, url: str, database: Database, store: SqlSlideStore
) -> None:
    slide = store.add_slide(make_draft(), synthetic=False).slide
    before = place.content()  # with the first connection still open: its log holds the rows
    migrated = open_database(url, backup_dir=tmp_path / "backups", migrations=SECOND)
    with migrated.read_transaction() as connection:
        assert connection.exec_driver_sql("SELECT id, stain FROM slides").all() == [(slide.id, None)]
    migrated.close()
    (backup,) = (tmp_path / "backups").iterdir()
    assert SqliteTarget(backup).content() == before
    open_database(url, backup_dir=tmp_path / "backups", migrations=SECOND).close()
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_that_a_failing_migration_leaves_everything_as_it_was(
    tmp_path: Path, place: TargetDatabase, url: str, store: SqlSlideStore
) -> None:
    store.add_slide(make_draft(), synthetic=False)
    before = place.content()
    with pytest.raises(StoreError, match="left unchanged") as caught:
        open_database(url, backup_dir=tmp_path / "backups", migrations=FAILING)
    assert place.content() == before
    assert len(store.slides()) == 1
    if place.name == "sqlite":  # a server is backed up by its administrator
        (backup,) = (tmp_path / "backups").iterdir()
        assert str(backup) in caught.value.hint
        assert SqliteTarget(backup).content() == before


@sqlite_only
def test_that_without_a_backup_nothing_is_migrated(tmp_path: Path, url: str, database: Database) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="no copy of it could be made"):
        open_database(url, backup_dir=tmp_path / "backups", migrations=SECOND)
    with database.read_transaction() as connection:
        assert connection.exec_driver_sql("SELECT MAX(version) FROM schema_version").scalar() == len(MIGRATIONS)


def test_that_a_database_of_a_newer_program_is_refused(tmp_path: Path, url: str) -> None:
    open_database(url, backup_dir=tmp_path, migrations=SECOND).close()
    with pytest.raises(StoreError, match="newer version"):
        open_database(url, backup_dir=tmp_path)


def test_that_a_foreign_database_is_refused_and_not_touched(tmp_path: Path, place: TargetDatabase) -> None:
    place.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="not made by LeukView"):
        open_database(place.url, backup_dir=tmp_path)
    assert place.content() == {"recipes": []}


@sqlite_only
def test_that_a_file_which_is_no_database_is_a_sentence(tmp_path: Path, url: str) -> None:
    (tmp_path / "leukview.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreError, match="damaged") as caught:
        open_database(url, backup_dir=tmp_path)
    assert caught.value.hint
    assert (tmp_path / "leukview.db").read_bytes() == b"no database at all" * 500


@sqlite_only
def test_that_a_damaged_page_is_a_sentence(tmp_path: Path, url: str, database: Database, store: SqlSlideStore) -> None:
    store.add_slide(make_draft(range(400)), synthetic=False)
    database.close()
    path = tmp_path / "leukview.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_database(url, backup_dir=tmp_path)


@sqlite_only
def test_that_a_locked_database_is_a_sentence_and_works_afterwards(
    tmp_path: Path, url: str, database: Database
) -> None:
    slide = "S-00000000"
    with contextlib.closing(sqlite3.connect(tmp_path / "leukview.db", isolation_level=None)) as raw:
        raw.execute("INSERT INTO slides VALUES (?, 'P-00000000', 'flat', '2024', 0, NULL, NULL)", (slide,))
        raw.execute("BEGIN IMMEDIATE")
        hasty = open_database(url, backup_dir=tmp_path, busy_timeout_s=0.05)
        with pytest.raises(StoreError, match="in use by another program"):
            SqlReviewLog(hasty).append(slide, EventKind.OPEN, reviewer="Dr. A")
        raw.execute("ROLLBACK")
        assert SqlReviewLog(hasty).append(slide, EventKind.OPEN, reviewer="Dr. A").seq == 1
        hasty.close()


@sqlite_only
def test_that_a_read_only_database_is_a_sentence(tmp_path: Path, database: Database) -> None:
    database.close()
    read_only = f"sqlite:///file:{tmp_path / 'leukview.db'}?mode=ro&uri=true"
    opened = open_database(read_only, backup_dir=tmp_path)
    with pytest.raises(StoreError, match="read-only"):
        SqlReviewLog(opened).append("S-00000000", EventKind.OPEN, reviewer="Dr. A")
    opened.close()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "no url", "nosuch://host/db"])
def test_that_an_address_without_a_file_or_sense_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_database(address, backup_dir=tmp_path)
    assert caught.value.hint


@sqlite_only
def test_that_a_folder_in_the_place_of_the_file_is_a_sentence(tmp_path: Path, url: str) -> None:
    (tmp_path / "leukview.db").mkdir()
    with pytest.raises(StoreError, match="does not name a file"):
        open_database(url, backup_dir=tmp_path)


def _setting(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"SHOW {name}").scalar()


@postgresql_only
def test_that_a_server_is_asked_for_durability_and_for_snapshots_that_fit(
    place: TargetDatabase, database: Database
) -> None:
    with database.read_transaction() as connection:
        assert _setting(connection, "transaction_isolation") == "repeatable read"
        assert _setting(connection, "synchronous_commit") == "on"
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM slides").scalar() == 0
        place.insert_slide()
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM slides").scalar() == 0, "one consistent state"
    with database.write_transaction() as connection:
        assert _setting(connection, "transaction_isolation") == "read committed"
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM slides").scalar() == 1


@postgresql_only
def test_that_a_writer_who_waits_too_long_on_a_server_is_told_and_works_afterwards(
    tmp_path: Path, place: TargetDatabase, database: Database
) -> None:
    place.insert_slide()
    hasty = open_database(place.url, backup_dir=tmp_path, busy_timeout_s=0.05)
    with database.write_transaction(), pytest.raises(StoreError, match="in use by another program"):
        SqlReviewLog(hasty).append("S-00000000", EventKind.OPEN, reviewer="Dr. A")
    assert SqlReviewLog(hasty).append("S-00000000", EventKind.OPEN, reviewer="Dr. A").seq == 1
    hasty.close()


@postgresql_only
def test_that_a_connection_which_the_server_ended_is_a_sentence_and_the_next_one_works(
    place: TargetDatabase, database: Database
) -> None:
    def asked_on_a_dead_connection() -> None:
        with database.read_transaction() as connection:
            place.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'leukview'")
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreError, match=r"database server ends or starts|connection with the database server broke"):
        asked_on_a_dead_connection()
    with database.read_transaction() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


@postgresql_only
def test_that_a_database_the_server_lacks_is_a_sentence(tmp_path: Path, place: TargetDatabase) -> None:
    with pytest.raises(StoreError, match="does not know this database") as caught:
        open_database(place.url.replace("leukview_", "nowhere_"), backup_dir=tmp_path)
    assert "LEUKVIEW_DATABASE_URL" in caught.value.hint


def test_that_a_server_which_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed (leukview[postgres])")
    with pytest.raises(StoreError, match="cannot be reached"):
        open_database(f"postgresql://leukview@/nowhere?host={tmp_path}", backup_dir=tmp_path)


def test_that_a_missing_driver_is_named_with_what_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"psycopg.*not installed.*leukview\[postgres\]"):
        open_database("postgresql://leukview@/nowhere", backup_dir=tmp_path)
