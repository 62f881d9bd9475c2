"""The atlas of confirmed cells, on archives held in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import EventKind
from leukview.domain.slide import Cell, Slide
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.review.reference_atlas import (
    MAX_REFERENCES,
    AtlasCell,
    confirmed_cells,
    find_reference_cells,
    memoised_features,
)
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells


class MemoryArchive(MemorySlideStore):
    """Several slides; those in `drawn` are synthetic."""

    def __init__(self, names: Sequence[str], drawn: Sequence[str] = ()) -> None:
        super().__init__([])
        self.names, self.drawn = names, drawn

    def slides(self) -> list[Slide]:
        return [self.slide(name) for name in self.names]

    def slide(self, slide_id: str) -> Slide:
        return replace(super().slide(slide_id), synthetic=slide_id in self.drawn)

    def cells(self, slide_id: str) -> list[Cell]:
        kind = self.names.index(slide_id) + 1
        return [replace(c, sha256=f"{kind}{c.sha256[1:]}") for c in make_cells(20, slide_id)]


def sign_slide(log: MemoryReviewLog, slide: str) -> None:
    log.append(slide, EventKind.SIGN, reviewer="Dr. A", payload={"name": "A", "meaning": "Reviewed"})


def label_cells(log: MemoryReviewLog, slide: str, numbers: Sequence[int], key: str) -> None:
    cells = [f"{slide}-{n:012x}" for n in numbers]
    log.append(slide, EventKind.OVERRIDE, reviewer="Dr. A", cells=cells, payload={"label": key, "from": {}})


def confirmed(archive: MemoryArchive, log: MemoryReviewLog, *, synthetic: bool = False) -> tuple[AtlasCell, ...]:
    return confirmed_cells(archive, log, CancelToken(), null_reporter, synthetic=synthetic)


def test_that_only_signed_slides_fill_the_atlas_and_a_reopened_one_leaves_it():
    archive, log = MemoryArchive(["S-1", "S-2"]), MemoryReviewLog()
    label_cells(log, "S-1", [0, 1], "blast")
    label_cells(log, "S-2", [0], "monocyte")
    assert confirmed(archive, log) == ()
    sign_slide(log, "S-1")
    found = confirmed(archive, log)
    assert [(a.cell.slide_id, a.class_key, a.reviewer) for a in found] == [("S-1", "blast", "Dr. A")] * 2
    assert all(a.labelled_at < a.signed_at for a in found)
    log.append("S-1", EventKind.REOPEN, reviewer="Dr. A", payload={"reason": "one was missed"})
    assert confirmed(archive, log) == ()


def test_that_the_slides_signed_last_come_first_and_drawn_cells_stay_apart():
    archive, log = MemoryArchive(["S-1", "S-2", "S-3"], drawn=["S-3"]), MemoryReviewLog()
    for slide in ("S-2", "S-3", "S-1"):
        label_cells(log, slide, [3], "blast")
        sign_slide(log, slide)
    assert [a.cell.slide_id for a in confirmed(archive, log)] == ["S-1", "S-2"]
    assert [a.cell.slide_id for a in confirmed(archive, log, synthetic=True)] == ["S-3"]


def test_that_the_nearest_of_a_class_are_laid_beside_a_cell_and_never_itself():
    archive, log = MemoryArchive(["S-1"]), MemoryReviewLog()
    label_cells(log, "S-1", range(16), "blast")
    label_cells(log, "S-1", range(16, 20), "monocyte")
    sign_slide(log, "S-1")
    twin = archive.cells("S-1")[5]
    atlas, cell = confirmed(archive, log), replace(twin, id="S-2-a", slide_id="S-2")

    def features(one: Cell) -> NDArray[np.float32]:
        angle = one.number / 20
        return np.array([np.cos(angle), np.sin(angle)], np.float32)

    shown, ordered = find_reference_cells(atlas, "blast", cell, features, CancelToken(), by_similarity=True)
    assert ordered
    assert len(shown) == MAX_REFERENCES
    numbers = [a.cell.number for a in shown]
    assert cell.number not in numbers
    apart = [abs(n - cell.number) for n in numbers]
    assert apart == sorted(apart)
    blind, ordered = find_reference_cells(atlas, "blast", cell, features, CancelToken(), by_similarity=False)
    assert not ordered
    assert [a.cell.number for a in blind] == [n for n in range(1, 17) if n != cell.number][:MAX_REFERENCES]
    assert find_reference_cells(atlas, "basophil", cell, features, CancelToken(), by_similarity=True) == ((), False)
    assert find_reference_cells(atlas, "blast", twin, features, CancelToken(), by_similarity=True) == ((), False), (
        "its own slide"
    )


def test_that_features_are_read_once_and_may_be_gone():
    asked: list[str] = []
    kept = CachedAnalysis(np.zeros((4, 4), np.uint8), (), (0, 0, 4, 4), np.ones(3, np.float32))

    def cached(cell: Cell) -> CachedAnalysis | None:
        asked.append(cell.id)
        return kept if cell.number == 1 else None

    one, other = make_cells(2)
    features = memoised_features(cached)
    assert features(one) is kept.features
    assert features(one) is kept.features
    assert features(other) is None
    assert asked == [one.id, other.id]


def test_that_reading_the_atlas_can_be_stopped():
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        confirmed_cells(MemoryArchive(["S-1"]), MemoryReviewLog(), token, null_reporter, synthetic=False)


def test_that_a_consensus_of_two_readers_is_what_the_atlas_shows():
    archive, log = MemoryArchive(["S-1"]), MemoryReviewLog()
    label_cells(log, "S-1", [0, 1], "blast")
    one, other = (f"S-1-{n:012x}" for n in (0, 1))
    log.append(
        "S-1",
        EventKind.OVERRIDE,
        reviewer="Dr. B",
        cells=[one, other],
        payload={"label": "monocyte", "from": {}, "reading": 2},
    )
    settled = {"label": "promonocyte", "first": "blast", "second": "monocyte", "reading": 3}
    log.append("S-1", EventKind.CONSENSUS, reviewer="Dr. A", cells=[one], payload=settled)
    sign_slide(log, "S-1")
    assert {a.cell.id: a.class_key for a in confirmed(archive, log)} == {one: "promonocyte", other: "blast"}
