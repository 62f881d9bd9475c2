from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from leukview.domain.repaired_mask import decode_runs, encode_runs, mask_from_payload, mask_payload, mask_sha256
from leukview.domain.review.events import EventKind, ReviewState
from leukview.domain.review.reducer import apply_event, replay
from tests.domain.test_review_events import EventLog

MASKS = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=24), elements=st.integers(0, 2))


def disc(radius: float, side: int = 60) -> np.ndarray:
    rows, columns = np.mgrid[0:side, 0:side]
    away = np.hypot(rows - side / 2, columns - side / 2)
    return np.asarray((away < radius).astype(np.uint8) + (away < radius / 2), np.uint8)


@given(MASKS)
def test_that_a_mask_survives_the_log(mask: np.ndarray):
    payload = mask_payload(mask, methods=["clicks", "brush", "brush"], refiner="embedded:1", clicks=[(3, 4, 2)])
    read = mask_from_payload(payload, "Ada", "2026-01-01T00:00:00+00:00")
    assert read is not None
    assert np.array_equal(read.decode(), mask)
    assert (read.methods, read.refiner, read.reviewer) == (("clicks", "brush"), "embedded:1", "Ada")
    assert payload["clicks"] == [[3, 4, "n"]]
    assert read.identity == f"reviewer:{mask_sha256(mask)[:8]}"


def test_that_a_cells_mask_takes_a_few_kilobytes():
    assert len(encode_runs(disc(120, 360))) < 6_000


def test_that_size_and_pixels_both_make_the_hash():
    wide, high = np.zeros((2, 8), np.uint8), np.zeros((8, 2), np.uint8)
    assert mask_sha256(wide) != mask_sha256(high)


@pytest.mark.parametrize("runs", ["", "8b", "9b2c", "10x", "10b ", "-10b", "0c10b", "5b5", "10b\n"])
def test_that_what_is_no_mask_of_this_size_is_refused(runs: str):
    with pytest.raises(ValueError, match="not a mask"):
        decode_runs(runs, 2, 5)


def test_that_only_a_mask_is_encoded():
    bad: tuple[Any, ...] = (
        np.full((2, 2), 3, np.uint8),
        np.zeros((2, 2)),
        np.zeros((0, 2), np.uint8),
        np.zeros(4, np.uint8),
    )
    for wrong in bad:
        with pytest.raises(ValueError, match="Not a mask"):
            encode_runs(wrong)


def test_that_a_mask_changed_in_the_log_is_not_taken_for_the_one_that_was_drawn():
    payload = mask_payload(disc(20), methods=["brush"])
    payload["mask"] = {"height": 60, "width": 60, "runs": encode_runs(disc(10))}
    read = mask_from_payload(payload, "Ada", "")
    assert read is not None
    with pytest.raises(ValueError, match="not the one that was written"):
        read.decode()


def repaired_sha256(log: EventLog, cell: str = "a") -> str:
    mask = replay(log.events).cell_review(cell).mask
    return mask.sha256 if mask else ""


def test_that_the_last_outline_stands_and_undo_and_redo_walk_through_them():
    log, small, large = EventLog(), disc(10), disc(20)
    log.add(EventKind.OVERRIDE, ["a"], label="blast")
    log.add(EventKind.REPAIR_MASK, ["a"], **mask_payload(small, methods=["brush"]))
    log.add(EventKind.REPAIR_MASK, ["a"], **mask_payload(large, methods=["clicks"]))
    assert repaired_sha256(log) == mask_sha256(large)
    log.undo()
    assert repaired_sha256(log) == mask_sha256(small)
    log.undo()
    assert repaired_sha256(log) == ""
    assert log.label("a") == "blast"
    log.redo()
    log.redo()
    assert repaired_sha256(log) == mask_sha256(large)
    assert repaired_sha256(log, "b") == ""


def test_that_the_segmenters_outline_stands_again_when_the_reviewer_says_so():
    log = EventLog()
    log.add(EventKind.REPAIR_MASK, ["a"], **mask_payload(disc(10), methods=["brush"]))
    log.add(EventKind.REPAIR_MASK, ["a"], mask=None)
    assert repaired_sha256(log) == ""
    log.undo()
    assert repaired_sha256(log) == mask_sha256(disc(10))


def test_that_an_outline_is_taken_in_without_reading_the_whole_log_again():
    log, state = EventLog(), ReviewState()
    log.add(EventKind.OPEN, ["a"])
    log.add(EventKind.REPAIR_MASK, ["a"], **mask_payload(disc(10), methods=["brush"]))
    for event in log.events:
        after = apply_event(state, event)
        assert after is not None
        state = after
    assert state == replay(log.events)


def test_that_an_outline_of_another_reading_is_not_seen():
    log = EventLog()
    log.add(EventKind.REPAIR_MASK, ["a"], reading=2, **mask_payload(disc(10), methods=["brush"]))
    assert repaired_sha256(log) == ""
