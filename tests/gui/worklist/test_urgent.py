"""The worklist as a drawer of cards, and emergencies found in the background."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukview.domain.slide import SlideState
from leukview.gui.main_window import MainWindow
from leukview.gui.worklist.model import CARD_ROLE, WorklistCard
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.ports.worklist import Headline
from leukview.services.review.worklist import WorklistRow
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, open_slide


def card(window: MainWindow, slide: str) -> WorklistCard:
    row = window.worklist_model.row_of(slide)
    assert row is not None
    found = window.worklist_model.index(row).data(CARD_ROLE)
    assert isinstance(found, WorklistCard)
    return found


def test_that_a_card_says_finding_waiting_time_state_and_reviewer(qtbot: QtBot, opened: MainWindow):
    slide = current_view(opened).slide.id
    found = card(opened, slide)
    assert found.severity in {"emergency", "high"}
    assert found.finding
    assert found.waiting == "0 min"
    assert found.needs_answer
    opened.review.submit(lambda session: session.accept([session.view.cells[0].cell.id]))
    qtbot.waitUntil(lambda: "Dr. Test" in card(opened, slide).state, timeout=10_000)
    opened.action_manager.by_key["blind"].trigger()
    qtbot.waitUntil(lambda: card(opened, slide).finding == "", timeout=10_000)
    assert card(opened, slide).severity == ""


def test_that_the_drawer_gives_way_in_a_narrow_window_and_comes_with_its_key(
    qtbot: QtBot, window: MainWindow, slide_folder: Path
):
    window.resize(1366, 768)
    assert window._worklist_panel.isVisible(), "nothing is open: the worklist is the start"
    open_slide(qtbot, window, slide_folder)
    qtbot.waitUntil(lambda: not window._worklist_panel.isVisible(), timeout=20_000)
    window.action_manager.by_key["worklist"].trigger()
    assert window._worklist_panel.isVisible()
    window.action_manager.by_key["worklist"].trigger()
    assert not window._worklist_panel.isVisible()


def test_that_an_emergency_found_in_the_background_is_announced(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    slide = current_view(opened).slide
    other = "S-OTHER"
    row = WorklistRow(
        replace(slide, id=other),
        SlideState.IN_REVIEW, 0, ("Features raising suspicion of APL",),
        headline=Headline("APL: suspicious", "", "emergency"), urgency="1",
    )  # fmt: skip
    monkeypatch.setattr(type(workbench.slide_queries), "worklist", lambda *_args: [row])
    opened.notifications.dismiss_all()
    opened.slide_jobs.analysed.emit(other, AnalysisSummary(1, 0, ()))
    qtbot.waitUntil(lambda: "APL: suspicious" in opened.notifications.text, timeout=10_000)
    assert other in opened.notifications.text


def test_that_the_header_says_what_is_left_and_who_reviews(qtbot: QtBot, opened: MainWindow):
    opened.resize(1480, 900)
    header = opened.slide_header
    qtbot.waitUntil(lambda: header.left_label.text().endswith("cells left"), timeout=10_000)
    assert header.reviewer_label.text() == "Dr. Test"
    assert current_view(opened).slide.id in header.title_label.text()
