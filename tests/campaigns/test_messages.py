"""Short form of the campaign of messages."""

from __future__ import annotations

from pathlib import Path

from tests.campaigns import messages


def test_that_no_result_is_lost_doubled_or_out_of_order(tmp_path: Path):
    found = messages.run(tmp_path, 150, seed=3)
    assert found.is_good, found
    assert found.delivered + found.refused == found.messages == 150
    assert found.arrivals > 150  # some came again
