"""A site's own class in the tally, the exports and the report: counted in the sum of its parent."""

from __future__ import annotations

import csv
import io

import pytest

from leukview.core.paths import resources_dir
from leukview.domain.alerts import parse_alert_rules
from leukview.domain.differential import compute_differential
from leukview.domain.site_classes import add_site_classes
from leukview.domain.taxonomy import Taxonomy, UnknownClassError
from leukview.gui.app.action_table import LABEL_PREFIX, action_table
from leukview.gui.tally.model import tally_rows
from leukview.services.export.slide_record import SlideRecord
from leukview.services.export.slide_tables import differential_csv
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction

OWN = """
[[classes]]
key = "sezary_cell"
name = "Sézary cell"
plural = "Sézary cells"
parent = "lymphocyte"
shortcut = "Ctrl+Z"

[[classes]]
key = "small_sezary_cell"
parent = "sezary_cell"
shortcut = "Alt+4"

[[classes]]
key = "old_class"
counted = true
shortcut = "Alt+5"
retired = true

[[classes]]
key = "parasite"
counted = false
"""


@pytest.fixture
def extended(taxonomy: Taxonomy) -> Taxonomy:
    return add_site_classes(taxonomy, OWN)


@pytest.fixture
def session(extended: Taxonomy) -> ReviewSession:
    """Ten cells: four lymphocytes, three Sézary cells, one small one, one parasite, one monocyte."""
    cells = make_cells(10)
    slides = MemorySlideStore(cells)
    for cell in cells:
        slides.saved_predictions[cell.id] = make_prediction("lymphocyte")
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), extended)
    session = ReviewSession(slides, MemoryReviewLog(), extended, rules, "S-TEST", "Dr Miller")
    labels = 4 * [""] + 3 * ["sezary_cell"] + ["small_sezary_cell", "parasite", "monocyte"]
    for cell, key in zip(cells, labels, strict=True):
        if key:
            session.override([cell.id], key)
    return session


def test_that_the_tally_shows_the_class_under_the_sum_of_its_parent(session: ReviewSession):
    rows = {row.key: row for row in tally_rows(session.view) if row.key}
    assert [(key, row.count) for key, row in rows.items()] == [
        ("lymphocyte", 8),
        ("sezary_cell", 4),
        ("small_sezary_cell", 1),
        ("monocyte", 1),
        ("parasite", 1),
    ]
    assert rows["sezary_cell"].name == "of which Sézary cells"
    assert rows["lymphocyte"].share == pytest.approx(8 / 9)
    assert session.view.shown_tally.leukocyte_count == 9


def test_that_exports_give_the_sum_and_its_part(session: ReviewSession):
    record = SlideRecord(session.view, (), (0, ""), "2026-01-01T00:00:00+00:00")
    lines = {line.key: line for line in record.differential_lines}
    assert (lines["lymphocyte"].count, lines["lymphocyte"].percent) == (8, 88.889)
    assert lines["lymphocyte"].low is not None
    assert (lines["sezary_cell"].count, lines["small_sezary_cell"].count, lines["monocyte"].count) == (4, 1, 1)
    assert lines["parasite"].per_100_wbc == pytest.approx(11.111)
    table = {row["class"]: row["count"] for row in csv.DictReader(io.StringIO(differential_csv(record)))}
    assert (table["lymphocyte"], table["sezary_cell"]) == ("8", "4")


def test_that_a_site_class_has_a_key_unless_the_program_needs_it(extended: Taxonomy):
    keys = {spec.key: spec.shortcut for spec in action_table(extended)}
    assert keys[LABEL_PREFIX + "small_sezary_cell"] == "Alt+4"
    assert keys[LABEL_PREFIX + "sezary_cell"] == "", "Ctrl+Z undoes"
    assert LABEL_PREFIX + "old_class" not in keys, "a retired class is not given any more"
    assert extended.cell_class("old_class").name == "Old class"


def test_that_a_class_that_was_taken_out_is_told_with_the_remedy(taxonomy: Taxonomy):
    with pytest.raises(UnknownClassError, match="“sezary_cell” is not defined here") as caught:
        compute_differential(taxonomy, ["sezary_cell"])
    assert "retired = true" in caught.value.hint
