from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leukview.core.errors import ModelError
from leukview.domain.models.model_registry import RegistryChange, champion_stack
from leukview.domain.review.hash_chain import first_broken
from leukview.storage.model_registry import REGISTRY_FILE, SqlModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SqlModelRegistry]:
    opened = SqlModelRegistry(tmp_path)
    yield opened
    opened.close()


def append_install(
    registry: SqlModelRegistry, bundle: str, before: str = "", change: RegistryChange = RegistryChange.INSTALL
) -> None:
    registry.append(
        change,
        bundle=bundle,
        name=f"model {bundle}",
        before=before,
        signer="Dr. Ä",
        meaning="released",
        reason="",
        comparison='{"figures": "µ"}',
    )


def test_that_nothing_is_made_before_something_is_written(registry: SqlModelRegistry, tmp_path: Path):
    assert registry.entries() == []
    assert not (tmp_path / REGISTRY_FILE).exists()


def test_that_entries_come_back_chained_after_a_restart(registry: SqlModelRegistry, tmp_path: Path):
    append_install(registry, "a")
    append_install(registry, "b", "a")
    append_install(registry, "a", "b", RegistryChange.ROLLBACK)
    registry.close()
    with closing(SqlModelRegistry(tmp_path)) as again:
        entries = again.entries()
    assert [e.seq for e in entries] == [1, 2, 3]
    assert first_broken(entries) is None
    assert champion_stack(entries) == ("a",)
    assert entries[0].comparison == '{"figures": "µ"}'


def test_that_two_programs_cannot_both_change_the_model(registry: SqlModelRegistry, tmp_path: Path):
    with closing(SqlModelRegistry(tmp_path)) as other:
        append_install(registry, "a")
        with pytest.raises(ModelError, match="Another program"):
            append_install(other, "b")
        assert champion_stack(other.entries()) == ("a",)


def test_that_the_registry_cannot_be_rewritten_unseen(registry: SqlModelRegistry, tmp_path: Path):
    append_install(registry, "a")
    registry.close()
    with closing(sqlite3.connect(tmp_path / REGISTRY_FILE)) as raw:
        for statement in ("UPDATE model_entries SET signer = 'x'", "DELETE FROM model_entries"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)
        raw.execute("DROP TRIGGER model_entries_no_update")
        raw.execute("UPDATE model_entries SET signer = 'x'")
        raw.commit()
    with closing(SqlModelRegistry(tmp_path)) as again:
        assert first_broken(again.entries()) is not None
