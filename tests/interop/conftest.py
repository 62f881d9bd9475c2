from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.domain.slide import Slide
from leukview.services.export.slide_record import SlideRecord
from tests.support.workstation import Station, review, station, write_export


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Station]:
    with station(tmp_path / "here") as opened:
        yield opened


@pytest.fixture
def reviewed(here: Station, tmp_path: Path) -> Slide:
    """A slide taken in, analysed and reviewed, not signed."""
    slide = here.take_in(write_export(tmp_path / "export"))
    review(here.session(slide))
    return slide


@pytest.fixture
def record(here: Station, reviewed: Slide) -> SlideRecord:
    """Without names and comments."""
    return here.workbench.exchange.record(here.session(reviewed))
