"""A real export the whole way: reviewed, signed, reported, exported in every form, taken in elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.test_real_exports import COUNTS
from tests.manual.end_to_end_exports import process_export

pytestmark = [pytest.mark.data, pytest.mark.timeout(300)]


def test_that_a_real_slide_comes_back_with_labels_predictions_and_hash_chain(data_dir: Path, tmp_path: Path):
    journey = process_export(data_dir / "exports" / "Patient_00", tmp_path)
    assert journey.cells == COUNTS["Patient_00"][0]
    assert journey.predictions == journey.cells + 1, "one outline was repaired, and the cell classified inside it too"
    assert journey.events > journey.alerts
    assert min(journey.pages.values()) >= 4
