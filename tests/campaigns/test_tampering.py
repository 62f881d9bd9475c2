"""Short form of the campaign of tampering."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE
from tests.campaigns.tampering import ATTACKS, run_campaign


def test_that_every_change_by_the_owner_of_the_database_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "live" / "home"))
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "live" / "keys"))
    assert run_campaign(tmp_path, trials=3, seed=7) == {name: [] for name in ATTACKS}
