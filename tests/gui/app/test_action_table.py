from dataclasses import replace

import pytest

from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.action_table import LABEL_PREFIX, action_table, duplicate_shortcuts
from leukview.gui.help.shortcuts_dialog import shortcuts_html
from leukview.gui.main_window import MainWindow


def test_that_no_two_actions_share_a_key(taxonomy: Taxonomy):
    assert duplicate_shortcuts(action_table(taxonomy)) == []


def test_that_a_taxonomy_that_claims_a_taken_key_is_refused(taxonomy: Taxonomy):
    first, *others = taxonomy.classes
    with pytest.raises(ValueError, match="the key space"):
        action_table(replace(taxonomy, classes=(replace(first, shortcut="space"), *others)))


def test_that_every_class_can_be_given_and_every_key_is_on_the_card(taxonomy: Taxonomy):
    table = action_table(taxonomy)
    assert {s.key.removeprefix(LABEL_PREFIX) for s in table if s.key.startswith(LABEL_PREFIX)} == {
        c.key for c in taxonomy.classes
    }
    page = shortcuts_html(table)
    assert page.count("<b>") == sum(bool(s.shortcut) for s in table)
    assert all(c.name in page for c in taxonomy.classes if c.shortcut)


def test_that_own_keys_replace_the_standard_ones_unless_taken(taxonomy: Taxonomy):
    table = {
        s.key: s.shortcut for s in action_table(taxonomy, {"accept": "A", "map": "7", "outline": "", "nothing": "8"})
    }
    assert (table["accept"], table["map"], table["outline"]) == ("Space", "7", "")


def test_that_a_held_key_writes_once(opened: MainWindow):
    for spec in opened.action_manager.table:
        action = opened.action_manager.by_key[spec.key]
        assert action.autoRepeat() is not spec.writes_event, spec.key
    assert not opened.action_manager.by_key["label:blast"].autoRepeat()
    assert not opened.action_manager.by_key["accept"].autoRepeat()
