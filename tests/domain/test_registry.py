from __future__ import annotations

from dataclasses import replace

from leukview.domain.registry import Change, RegistryEntry, champions, first_broken_entry, recomputed
from leukview.domain.review import GENESIS


def entry(seq: int, change: Change, bundle: str, previous: str = GENESIS) -> RegistryEntry:
    made = RegistryEntry(
        seq, change, bundle, f"model {bundle}", "", "Dr. A", "released", "", "{}", "2026-01-01", previous, ""
    )
    return replace(made, hash=recomputed(made))


def test_that_a_rollback_reaches_back_step_by_step_to_what_ships():
    a, b = entry(1, Change.INSTALL, "a"), entry(2, Change.INSTALL, "b")
    back_to_a, back_to_shipped = entry(3, Change.ROLLBACK, "a"), entry(4, Change.ROLLBACK, "")
    assert champions([]) == ()
    assert champions([a, b]) == ("a", "b")
    assert champions([a, b, back_to_a]) == ("a",)
    assert champions([a, b, back_to_a, back_to_shipped]) == ()
    assert champions([a, b, back_to_a, entry(4, Change.INSTALL, "c")]) == ("a", "c")


def test_that_a_changed_or_missing_entry_breaks_the_chain():
    a = entry(1, Change.INSTALL, "a")
    b = entry(2, Change.INSTALL, "b", a.hash)
    assert first_broken_entry([a, b]) is None
    assert first_broken_entry([replace(a, signer="Dr. B"), b]) is not None
    assert first_broken_entry([b]) == b
    assert first_broken_entry([a, entry(2, Change.INSTALL, "b")]) is not None
