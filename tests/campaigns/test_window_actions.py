"""The short form of the campaign of window actions."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.campaigns.window_actions import run


def test_that_every_event_is_on_the_slide_it_was_meant_for(qtbot: QtBot, tmp_path: Path):
    campaign = run(tmp_path, 150, 2)
    assert campaign.faults == []
    assert campaign.counts["commands written"] > 10
    assert campaign.counts["comments of dialogs"] > 0
