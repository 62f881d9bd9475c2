"""A real export the whole way: reviewed, signed, reported, exported in every form, taken in elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukview.core.paths import resources_dir
from tests.importers.test_real_exports import COUNTS
from tests.manual.end_to_end_exports import process_export
from tests.support.report_fonts import write_font

pytestmark = [pytest.mark.data, pytest.mark.timeout(300)]


def test_that_a_real_slide_comes_back_with_labels_predictions_and_hash_chain(data_dir: Path, tmp_path: Path):
    # The workstation of the test has a font for Chinese even where the machine has none.
    sources = (resources_dir() / "report" / "texts.zh_CN.toml", *(resources_dir() / "i18n").glob("*.ts"))
    characters = {c for source in sources for c in source.read_text(encoding="utf-8") if ord(c) > 0x2E7F}
    fonts = tmp_path / "here" / "report" / "fonts"
    fonts.mkdir(parents=True)
    write_font(fonts / "boxes.ttf", characters, "Noto Sans CJK SC")
    journey = process_export(data_dir / "exports" / "Patient_00", tmp_path)
    assert journey.cells == COUNTS["Patient_00"][0]
    assert journey.predictions == journey.cells + 1, "one outline was repaired, and the cell classified inside it too"
    assert journey.events > journey.alerts
    assert min(journey.pages.values()) >= 4
