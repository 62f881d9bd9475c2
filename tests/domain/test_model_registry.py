from __future__ import annotations

from leukview.domain.models.model_registry import RegistryChange, RegistryEntry, champion_stack
from leukview.domain.review.hash_chain import GENESIS_HASH, with_hash


def make_entry(seq: int, change: RegistryChange, bundle: str, previous: str = GENESIS_HASH) -> RegistryEntry:
    return with_hash(
        RegistryEntry(
            seq, change, bundle, f"model {bundle}", "", "Dr. A", "released", "", "{}", "2026-01-01", previous, ""
        )
    )


def test_that_a_rollback_reaches_back_step_by_step_to_what_ships():
    a, b = make_entry(1, RegistryChange.INSTALL, "a"), make_entry(2, RegistryChange.INSTALL, "b")
    back_to_a, back_to_shipped = make_entry(3, RegistryChange.ROLLBACK, "a"), make_entry(4, RegistryChange.ROLLBACK, "")
    assert champion_stack([]) == ()
    assert champion_stack([a, b]) == ("a", "b")
    assert champion_stack([a, b, back_to_a]) == ("a",)
    assert champion_stack([a, b, back_to_a, back_to_shipped]) == ()
    assert champion_stack([a, b, back_to_a, make_entry(4, RegistryChange.INSTALL, "c")]) == ("a", "c")
