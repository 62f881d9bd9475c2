"""The window follows what another program writes: real storage, a second session on the same database."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.slide import SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.main_window import MainWindow
from leukview.gui.worklist.database_watcher import POLL_INTERVAL_MS, RETRY_INTERVAL_MS
from leukview.gui.worklist.model import SLIDE_ROLE, STATE_ROLE
from leukview.services.workbench import Workbench
from leukview.synthetic import write_demo_export
from tests.gui.conftest import close_window, current_view


def poll_once(qtbot: QtBot, window: MainWindow) -> None:
    """The timer's turn, once, to its end."""
    window.database_watcher.poll()
    qtbot.waitUntil(lambda: window.database_watcher._task is None and window.review.is_idle, timeout=20_000)


@pytest.fixture
def calm(qtbot: QtBot, opened: MainWindow) -> MainWindow:
    """A window that looks only when a test says so, and knows what there is."""
    opened.database_watcher.timer.stop()
    qtbot.waitUntil(lambda: opened.database_watcher._task is None, timeout=20_000)
    poll_once(qtbot, opened)
    return opened


def cell_ids(window: MainWindow) -> list[str]:
    return [v.cell.id for v in current_view(window).cells]


def worklist_states(window: MainWindow) -> dict[str, str]:
    model = window.worklist_model
    return {model.index(r).data(SLIDE_ROLE): model.index(r).data(STATE_ROLE) for r in range(model.rowCount())}


def test_that_what_another_program_wrote_comes_by_itself_within_two_seconds(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    assert POLL_INTERVAL_MS <= 1000
    there = workbench.open_session(current_view(opened).slide.id, "Dr. Elsewhere")
    there.override(cell_ids(opened)[:2], "basophil")
    qtbot.waitUntil(lambda: current_view(opened).reviewed_count == 2, timeout=20_000)
    table = opened.tally.model
    counts = {table.index(row, 0).data(): table.index(row, 2).data() for row in range(table.rowCount())}
    assert int(counts["Basophils"]) >= 2
    qtbot.waitUntil(lambda: "Dr. Elsewhere" in opened._last_action_label.text())


def test_that_selection_and_place_stay_when_something_comes(qtbot: QtBot, calm: MainWindow, workbench: Workbench):
    view = calm.gallery.view
    shown = [v.cell.id for v in calm.gallery.model.rows()]
    view.select_cells(shown[-3:], current=shown[-2])
    view.scrollTo(view.currentIndex())
    place = view.visualRect(view.currentIndex()).top()
    workbench.open_session(current_view(calm).slide.id, "Dr. Elsewhere").override(shown[:2], "plasma_cell")
    poll_once(qtbot, calm)
    assert current_view(calm).reviewed_count == 2
    assert set(view.selected_ids()) == set(shown[-3:])
    assert calm.gallery.current_cell_id == shown[-2]
    assert view.visualRect(view.currentIndex()).top() == place


def test_that_a_key_in_flight_is_written_first_and_means_what_was_seen(
    qtbot: QtBot, calm: MainWindow, workbench: Workbench
):
    cell = calm.gallery.current_cell_id
    other = next(c for c in cell_ids(calm) if c != cell)
    workbench.open_session(current_view(calm).slide.id, "Dr. Elsewhere").override([other], "monocyte")
    calm.database_watcher.poll()
    qtbot.keyClick(calm.gallery.view, Qt.Key.Key_B)
    qtbot.keyClick(calm.gallery.view, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: calm.review.is_idle and calm.database_watcher._task is None, timeout=20_000)
    poll_once(qtbot, calm)
    kinds = [e for e in workbench.review_log.events(current_view(calm).slide.id) if e.kind is EventKind.OVERRIDE]
    assert [e.payload["label"] for e in kinds] == ["monocyte", "blast", "lymphocyte"]
    assert kinds[1].cells == (cell,)
    assert current_view(calm).by_id[other].label == "monocyte"
    assert current_view(calm).by_id[cell].label == "blast"


def test_that_what_the_window_wrote_itself_is_no_news(qtbot: QtBot, calm: MainWindow):
    calm.review.submit(lambda session: session.override(cell_ids(calm)[:1], "blast"))
    qtbot.waitUntil(lambda: calm.review.is_idle)
    told: list[object] = []
    calm.review.view_changed.connect(told.append)
    poll_once(qtbot, calm)
    assert not told


def test_that_a_signature_elsewhere_makes_the_slide_read_only_here(
    qtbot: QtBot, calm: MainWindow, workbench: Workbench
):
    there = workbench.open_session(current_view(calm).slide.id, "Dr. Elsewhere")
    there.override(cell_ids(calm), "segmented_neutrophil")
    for alert in there.view.unacknowledged_alerts:
        there.acknowledge_alert(alert.rule.key, called_person="Dr. Weiss")
    there.sign("Dr. Elsewhere", "Reviewed")
    poll_once(qtbot, calm)
    assert current_view(calm).review.signature is not None
    assert not calm.action_manager.by_key["accept"].isEnabled()
    assert set(worklist_states(calm).values()) == {SlideState.SIGNED.value}


def test_that_a_second_reading_elsewhere_stays_unseen(qtbot: QtBot, calm: MainWindow, workbench: Workbench):
    before = current_view(calm).shown_tally.counts_by_class()
    workbench.open_session(current_view(calm).slide.id, "Dr. B", SECOND_READING).override(cell_ids(calm), "blast")
    poll_once(qtbot, calm)
    assert current_view(calm).shown_tally.counts_by_class() == before
    assert current_view(calm).reviewed_count == 0


def test_that_slides_imported_and_analysed_elsewhere_join_the_worklist(
    qtbot: QtBot, calm: MainWindow, workbench: Workbench, taxonomy: Taxonomy, tmp_path: Path
):
    (folder,) = write_demo_export(
        tmp_path, slides=1, cells=6, seed=77, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )
    drafts = workbench.preview(folder, CancelToken(), null_reporter).slides
    (slide,) = workbench.import_slides(drafts, CancelToken(), null_reporter)
    poll_once(qtbot, calm)
    assert worklist_states(calm)[slide.id] == SlideState.IMPORTED.value
    calm._worklist_panel.view.setCurrentIndex(calm._worklist_panel.view.model().index(1, 0))
    chosen = calm._worklist_panel.view.currentIndex().data(SLIDE_ROLE)
    workbench.analyse(slide.id, CancelToken(), null_reporter)
    poll_once(qtbot, calm)
    assert worklist_states(calm)[slide.id] == SlideState.IN_REVIEW.value
    assert calm._worklist_panel.view.currentIndex().data(SLIDE_ROLE) == chosen


def test_that_opinions_made_elsewhere_reach_the_slide_on_the_bench(
    qtbot: QtBot, calm: MainWindow, workbench: Workbench
):
    cell = current_view(calm).cells[0]
    assert cell.prediction is not None
    changed = type(cell.prediction)(
        **{
            field: getattr(cell.prediction, field)
            for field in cell.prediction.__dataclass_fields__
            if field not in {"label", "best"}
        },
        label="basophil",
        best="basophil",
    )
    workbench._dependencies.slide_store.save_predictions({cell.cell.id: changed})
    poll_once(qtbot, calm)
    assert current_view(calm).by_id[cell.cell.id].label == "basophil"


def test_that_a_silent_database_is_told_once_and_asked_less_often(
    qtbot: QtBot, calm: MainWindow, monkeypatch: pytest.MonkeyPatch
):
    def refuse(_known: object) -> None:
        raise StoreError("The database is in use by another program.", "Try again in a moment.")

    pulse = type(calm._workbench.change_feed)
    monkeypatch.setattr(pulse, "poll", lambda _self, known: refuse(known))
    told: list[str] = []
    calm.tasks.error_reported.connect(lambda words, _hint: told.append(words))
    poll_once(qtbot, calm)
    poll_once(qtbot, calm)
    assert told == ["The database is in use by another program."]
    assert calm.database_watcher.timer.interval() == RETRY_INTERVAL_MS
    monkeypatch.undo()
    poll_once(qtbot, calm)
    assert calm.database_watcher.timer.interval() == POLL_INTERVAL_MS


def test_that_nothing_is_asked_once_the_window_is_closed(qtbot: QtBot, window: MainWindow):
    close_window(qtbot, window)
    assert not window.database_watcher.timer.isActive()
    assert isinstance(window.database_watcher, QObject)
    QApplication.processEvents()
