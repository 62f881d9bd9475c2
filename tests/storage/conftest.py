"""A database and a vault in a temporary folder; each test that asks for a database runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.storage.database import Database, open_database
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.databases import PostgresTarget, SqliteTarget, TargetDatabase
from tests.support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TargetDatabase]:
    if request.param == "sqlite":
        yield SqliteTarget(tmp_path / "leukview.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as name:
        yield PostgresTarget(server, name)


@pytest.fixture
def database(tmp_path: Path, place: TargetDatabase) -> Iterator[Database]:
    opened = open_database(place.url, backup_dir=tmp_path / "backups")
    yield opened
    opened.close()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[IdentityVault]:
    opened = IdentityVault(tmp_path / "private")
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database, vault: IdentityVault) -> SqlSlideStore:
    return SqlSlideStore(database, vault)


@pytest.fixture
def log(database: Database) -> SqlReviewLog:
    return SqlReviewLog(database)
