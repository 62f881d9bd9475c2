"""One chain for three logs: what was hashed years ago must still verify."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leukview.domain.models.model_registry import RegistryChange, RegistryEntry
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import GENESIS_HASH, ChainedRow, first_broken, next_position, row_hash, with_hash
from leukview.domain.review.reviewer_profile import ProfileChange, ProfileEvent

AT = "2026-01-02T03:04:05.000006+00:00"
PAYLOAD = {"label": "blast", "from": {"S-1-b": "neutrophil", "S-1-a": "monocyte"}, "note": "é 王"}


@pytest.mark.parametrize(
    ("row", "digest"),
    [
        (
            ReviewEvent(
                2, "e2", "S-1", EventKind.OVERRIDE, ("S-1-a", "S-1-b"), PAYLOAD, "Dr. Chen 陈", AT, "a" * 64, ""
            ),
            "280230e65bce72dc82bccb7dcc4f8b6ef712c3ade1def2289551fa1d52c77e1b",
        ),
        (
            RegistryEntry(
                1,
                RegistryChange.INSTALL,
                "b" * 64,
                "embedded-3",
                "",
                "Dr. Müller",
                "Approved",
                "",
                '{"a": 1}\n',
                AT,
                GENESIS_HASH,
                "",
            ),
            "56927147fbebbfa75148e0cc8f447a61f497f0bc05c8b9eff272287882dde441",
        ),
        (
            ProfileEvent(1, "f" * 32, ProfileChange.ADDED, "Dr. Müller", "reviewer", "admin", AT, GENESIS_HASH, ""),
            "bac222d13f8dfbd36b26dc61c78a039ca45579b6f88e50c3cb2cc37e6355176e",
        ),
    ],
)
def test_that_rows_have_the_hashes_that_earlier_versions_gave_them(row: ChainedRow, digest: str):
    assert row_hash(row) == digest


def make_chain(*labels: str) -> list[ReviewEvent]:
    rows: list[ReviewEvent] = []
    for label in labels:
        seq, previous = next_position(rows[-1] if rows else None)
        row = ReviewEvent(seq, f"e{seq}", "S", EventKind.OVERRIDE, ("a",), {"label": label}, "r", AT, previous, "")
        rows.append(with_hash(row))
    return rows


def test_that_a_chain_which_nobody_touched_holds():
    assert first_broken(make_chain()) is None
    assert first_broken(make_chain("blast", "monocyte", "basophil")) is None


def test_that_tampering_is_found_at_the_first_broken_row():
    one, two, three = make_chain("blast", "monocyte", "basophil")
    forged = replace(two, payload={"label": "lymphocyte"})
    assert first_broken([one, forged, three]) == forged
    assert first_broken([one, with_hash(forged), three]) == three
    assert first_broken([one, three]) == three
    assert first_broken([two, three]) == two
    assert first_broken([one, two]) is None, "that the last rows were cut off shows in no chain"
