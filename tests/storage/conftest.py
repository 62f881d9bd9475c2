"""A database and a vault in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.storage.database import Database, open_database
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slides import SqlSlideStore
from leukview.storage.vault import IdentityVault


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'leukview.db'}", backup_dir=tmp_path / "backups")
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
