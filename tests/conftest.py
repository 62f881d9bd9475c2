"""Fixtures for every room: no screen, a home of its own, the real data where they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE, resources_dir
from leukview.domain.class_names import parse_class_aliases
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from tests.support.normal_slide import real_data_folder
from tests.support.postgres import PostgresServer, running_server

# A test that takes long on a busy machine is not wrong.
hypothesis.settings.register_profile("leukview", deadline=None)
hypothesis.settings.load_profile("leukview")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test ever touches the user's database, vault, settings or keys."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "keys"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("LEUKVIEW_DATABASE_URL", raising=False)


@pytest.fixture(scope="session")
def taxonomy_text() -> str:
    return (resources_dir() / "taxonomy.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def taxonomy(taxonomy_text: str) -> Taxonomy:
    """The shipped classes with their names in all languages."""
    aliases = (resources_dir() / "class_aliases.toml").read_text(encoding="utf-8")
    return parse_taxonomy(taxonomy_text, parse_class_aliases(aliases))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real cells; tests that ask for them are skipped, visibly, where they are absent."""
    folder = real_data_folder()
    if not folder.is_dir():
        pytest.skip("the real cells are not here (LEUKVIEW_DATA or ../shared/data)")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; tests that ask for it are skipped, visibly, where it is not installed."""
    with running_server() as server:
        yield server
