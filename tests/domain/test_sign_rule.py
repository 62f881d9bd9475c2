import pytest

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.review.sign_rule import Inspection, SignRule, parse_sign_rule

SHIPPED = (resources_dir() / "sign_rule.toml").read_text(encoding="utf-8")


def test_that_the_shipped_rule_demands_every_cell_on_the_screen_and_a_hundred_leukocytes():
    assert parse_sign_rule(SHIPPED) == SignRule(
        every_cell=Inspection.SEEN,
        blast_like_cells=Inspection.OPENED_OR_LABELLED,
        unidentified_cells=Inspection.OPENED_OR_LABELLED,
        comment_on_unidentified=True,
        min_leukocytes=100,
        fewer_with_reason=True,
    )


def test_that_every_requirement_on_cells_can_be_written():
    for inspection in Inspection:
        text = SHIPPED.replace('every_cell = "seen"', f'every_cell = "{inspection}"')
        assert parse_sign_rule(text).every_cell is inspection


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('every_cell = "seen"', 'every_cel = "seen"', "missing or unknown entries: every_cel, every_cell."),
        ('every_cell = "seen"', "", "missing or unknown entries: every_cell."),
        ('every_cell = "seen"', 'every_cell = "often"', "“every_cell” of the sign rule must be one of: none, seen"),
        ('every_cell = "seen"', "every_cell = true", "“every_cell” of the sign rule must be one of"),
        ('every_cell = "seen"', 'every_cell = ["seen"]', "“every_cell” of the sign rule must be one of"),
        ("min_leukocytes = 100", "min_leukocytes = -1", "“min_leukocytes” of the sign rule must be a whole number"),
        ("min_leukocytes = 100", "min_leukocytes = true", "“min_leukocytes” of the sign rule must be a whole number"),
        ("min_leukocytes = 100", "min_leukocytes = 1e2", "“min_leukocytes” of the sign rule must be a whole number"),
        ("fewer_with_reason = true", "fewer_with_reason = 1", "“fewer_with_reason” of the sign rule must be true or"),
        ("fewer_with_reason = true", 'fewer_with_reason = "no"', "“fewer_with_reason” of the sign rule must be true"),
        ("version = 1", "version = 2", "must have version 1"),
        ("version = 1", "version = true", "must have version 1"),
        ("version = 1", "version = ", "The sign rule cannot be read"),
    ],
)
def test_that_a_wrong_rule_is_one_sentence_that_names_the_key(old: str, new: str, expected: str):
    assert old in SHIPPED
    with pytest.raises(LeukViewError) as raised:
        parse_sign_rule(SHIPPED.replace(old, new))
    assert expected in raised.value.message
    assert "sign_rule.toml" in raised.value.hint


@pytest.mark.parametrize(
    ("inspection", "sufficient"),
    [
        (Inspection.NONE, {"", "seen", "opened", "labelled"}),
        (Inspection.SEEN, {"seen", "opened", "labelled"}),
        (Inspection.OPENED, {"opened"}),
        (Inspection.OPENED_OR_LABELLED, {"opened", "labelled"}),
        (Inspection.LABELLED, {"labelled"}),
    ],
)
def test_that_an_inspection_is_met_by_what_it_names(inspection: Inspection, sufficient: set[str]):
    done = {
        how: inspection.is_met(seen=how == "seen", opened=how == "opened", labelled=how == "labelled")
        for how in ("", "seen", "opened", "labelled")
    }
    assert {how for how, met in done.items() if met} == sufficient
