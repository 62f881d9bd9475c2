"""A workstation with signed slides and a receiver of results as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leukview.domain.exchange.settings import ExchangeSettings, ResultSettings
from leukview.domain.slide import Slide
from tests.support.workstation import Workstation, open_workstation, review_slide, write_export


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def reviewed(here: Workstation, tmp_path: Path) -> Slide:
    """A slide that can be signed."""
    slide = here.import_slide(write_export(tmp_path / "scanner"))
    review_slide(here.session(slide))
    return slide


def send_results_to(here: Workstation, port: int, **changes: Any) -> None:
    """Turn the sending of results on, as the site's administrator does."""
    results = replace(ResultSettings(enabled=True, host="127.0.0.1", port=port), **changes)
    here.workbench.exchange.change_settings("Dr. Chen 陈", ExchangeSettings(results=results))
