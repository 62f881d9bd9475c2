from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.domain.slide import Slide
from leukview.services.export.slide_record import SlideRecord
from tests.support.workstation import Workstation, open_workstation, review_slide, write_export


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(tmp_path / "here") as opened:
        yield opened


@pytest.fixture
def reviewed(here: Workstation, tmp_path: Path) -> Slide:
    """A slide taken in, analysed and reviewed, not signed."""
    slide = here.import_slide(write_export(tmp_path / "export"))
    review_slide(here.session(slide))
    return slide


@pytest.fixture
def record(here: Workstation, reviewed: Slide) -> SlideRecord:
    """Without names and comments."""
    return here.workbench.slide_exporter.make_record(here.session(reviewed))
