from dataclasses import replace

import pytest

from leukview.domain.taxonomy import Taxonomy
from leukview.gui.actions import LABEL_PREFIX, action_table, clashes, help_rows
from leukview.gui.dialogs.keys import keys_page


def test_that_no_two_actions_share_a_key(taxonomy: Taxonomy):
    assert clashes(action_table(taxonomy)) == []


def test_that_a_taxonomy_that_claims_a_taken_key_is_refused(taxonomy: Taxonomy):
    first, *others = taxonomy.classes
    with pytest.raises(ValueError, match="the key space"):
        action_table(replace(taxonomy, classes=(replace(first, shortcut="space"), *others)))


def test_that_every_class_can_be_given_and_every_key_is_on_the_help_page(taxonomy: Taxonomy):
    table = action_table(taxonomy)
    assert {s.key.removeprefix(LABEL_PREFIX) for s in table if s.key.startswith(LABEL_PREFIX)} == {
        c.key for c in taxonomy.classes
    }
    page = keys_page(table)
    assert len(help_rows(table)) == page.count("<tr>") == sum(bool(s.shortcut) for s in table)
    assert all(c.name in page for c in taxonomy.classes if c.shortcut)
