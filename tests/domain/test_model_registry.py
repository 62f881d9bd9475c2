from __future__ import annotations

from leukview.domain.models.model_registry import Change, RegistryEntry, champions
from leukview.domain.review.hash_chain import GENESIS, with_hash


def make_entry(seq: int, change: Change, bundle: str, previous: str = GENESIS) -> RegistryEntry:
    return with_hash(
        RegistryEntry(
            seq, change, bundle, f"model {bundle}", "", "Dr. A", "released", "", "{}", "2026-01-01", previous, ""
        )
    )


def test_that_a_rollback_reaches_back_step_by_step_to_what_ships():
    a, b = make_entry(1, Change.INSTALL, "a"), make_entry(2, Change.INSTALL, "b")
    back_to_a, back_to_shipped = make_entry(3, Change.ROLLBACK, "a"), make_entry(4, Change.ROLLBACK, "")
    assert champions([]) == ()
    assert champions([a, b]) == ("a", "b")
    assert champions([a, b, back_to_a]) == ("a",)
    assert champions([a, b, back_to_a, back_to_shipped]) == ()
    assert champions([a, b, back_to_a, make_entry(4, Change.INSTALL, "c")]) == ("a", "c")
