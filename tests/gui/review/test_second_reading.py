"""The second reading in the window: what it hides, how it ends, what the readers settle."""

from __future__ import annotations

from operator import methodcaller
from pathlib import Path

from pypdf import PdfReader
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import FIRST_READING, SECOND_READING
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.slide import SlideState
from leukview.gui.main_window import MainWindow
from leukview.gui.review.agreement_dialog import AgreementDialog
from leukview.gui.worklist.model import SEARCH_ROLE, STATE_ROLE
from leukview.services.review.reading_access import Viewer
from leukview.services.workbench import Workbench
from tests.gui.conftest import CELL_COUNT, current_view, opened_dialog, press_key
from tests.gui.users.test_sign_in import lock_window, sign_in, unlock


def cell_ids(window: MainWindow) -> list[str]:
    return [v.cell.id for v in current_view(window).cells]


def wait_until_idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.review.is_idle and not window.tasks.is_busy, timeout=20_000)


def read_first(qtbot: QtBot, window: MainWindow) -> None:
    """Dr. A calls every cell a lymphocyte."""
    ids = cell_ids(window)
    window.review.submit(lambda session: session.override(ids, "lymphocyte"))
    wait_until_idle(qtbot, window)


def read_second(qtbot: QtBot, window: MainWindow, workbench: Workbench) -> None:
    """Dr. B, whose role it is, calls the first three blasts and signs."""
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.SECOND_READER, "5678")
    lock_window(qtbot, window)
    unlock(qtbot, window, "Dr. B", "5678")
    ids = cell_ids(window)
    window.review.submit(lambda session: session.override(ids[3:], "lymphocyte"))
    window.review.submit(lambda session: session.override(ids[:3], "blast"))
    window.review.submit(lambda session: session.sign("Dr. B", "Second reading"))
    wait_until_idle(qtbot, window)


def test_that_a_second_reader_is_blinded_to_everybody_else(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    read_first(qtbot, opened)
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.SECOND_READER, "5678")
    lock_window(qtbot, opened)
    unlock(qtbot, opened, "Dr. B", "5678")
    wait_until_idle(qtbot, opened)
    view = current_view(opened)
    assert (view.reading, view.reviewed_count, opened.blind) == (SECOND_READING, 0, True)
    assert opened.action_manager.by_key["second"].isChecked()
    assert [g.title for g in opened.gallery.model.groups] == ["Not reviewed yet"]
    told = " ".join(str(opened.gallery.model.index(row).data()) for row in range(CELL_COUNT))
    assert not any(word in told for word in ("model", "analyser", "Lymphocyte"))
    assert opened._last_action_label.text() == ""
    for key in ("accept", "map", "report", "blind", "audit", "agreement", "reopen"):
        assert not opened.action_manager.by_key[key].isEnabled(), key
    listed = str(opened.worklist_model.index(0).data())
    assert f"second reading · 0 of {CELL_COUNT}" in listed, "how far the first reader came is hidden"
    cell = opened.gallery.current_cell_id
    assert view.by_id[cell].cell.number == 1, "the second reader starts in front"
    press_key(qtbot, opened, "b")
    assert current_view(opened).by_id[cell].label == "blast"
    qtbot.waitUntil(lambda: f"second reading · 1 of {CELL_COUNT}" in str(opened.worklist_model.index(0).data()))
    opened.action_manager.by_key["second"].trigger()
    wait_until_idle(qtbot, opened)
    assert current_view(opened).reading == SECOND_READING, (
        "an unsigned second reading is not left for the first reader's labels"
    )
    assert "not signed yet" in opened.notifications.text
    assert opened.action_manager.by_key["second"].isChecked()


def test_that_the_first_reader_cannot_read_the_slide_again_as_second(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    read_first(qtbot, opened)
    opened.activateWindow()
    qtbot.keyClick(opened, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Dr. A is the first reader of this slide" in opened.notifications.text)
    wait_until_idle(qtbot, opened)
    assert current_view(opened).reading == FIRST_READING
    assert not opened.action_manager.by_key["second"].isChecked()


def test_that_the_readers_settle_their_disagreements_with_keys_and_the_report_says_so(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench, tmp_path: Path
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    read_first(qtbot, opened)
    opened.action_manager.by_key["agreement"].trigger()
    qtbot.waitUntil(lambda: "no completed second reading" in opened.notifications.text)
    read_second(qtbot, opened, workbench)
    lock_window(qtbot, opened)
    unlock(qtbot, opened, "Dr. A", "1234")
    wait_until_idle(qtbot, opened)
    assert (current_view(opened).reading, opened.blind) == (FIRST_READING, False)
    assert f"{CELL_COUNT} of {CELL_COUNT}" in str(opened.worklist_model.index(0).data())
    ids = cell_ids(opened)
    assert current_view(opened).shown_tally.count("lymphocyte") == CELL_COUNT, (
        "the second reading leaves the first alone"
    )
    dialog = opened_dialog(qtbot, AgreementDialog, opened.action_manager.by_key["agreement"].trigger)
    assert "3 disagreements, 3 unresolved" in dialog.facts_label.text()
    assert dialog.headline_label.text().startswith("Cohen's κ 0.00")
    headings = [dialog.model.headerData(c, Qt.Orientation.Horizontal) for c in range(4)]
    assert headings == ["Cell", "Dr. A", "Dr. B", "Consensus"]
    for key in ("2", "1"):
        qtbot.keyClick(dialog.view, key)
        wait_until_idle(qtbot, opened)
    qtbot.waitUntil(lambda: "1 unresolved" in dialog.facts_label.text())
    assert [current_view(opened).by_id[cell].label for cell in ids[:3]] == ["blast", "lymphocyte", "lymphocyte"]
    assert current_view(opened).by_id[ids[0]].review.label == "lymphocyte"
    assert any("1 disagreements" in sentence for sentence in opened.review.unmet_requirements)
    dialog.view.selectRow(2)
    dialog.show_button.click()
    qtbot.waitUntil(lambda: opened.gallery.current_cell_id == ids[2])
    output = tmp_path / "report.pdf"
    opened.slide_jobs.write_report(current_view(opened).slide.id, "Dr. A", output)
    qtbot.waitUntil(lambda: "The report is complete" in opened.notifications.text, timeout=30_000)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(output).pages).split())
    assert "Dr. B, blinded to the first reader and the model" in text
    assert "3 disagreements, 2 settled by consensus" in text
    assert f"{CELL_COUNT - 3} of {CELL_COUNT} cells called the same" in text
    assert workbench.review_log.find_broken_event() is None


def test_that_a_refresh_brings_what_another_program_wrote(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    slide, ids = current_view(opened).slide.id, cell_ids(opened)
    workbench.open_session(slide, "Dr. Elsewhere").override(ids[:2], "blast")
    workbench.open_session(slide, "Dr. B", SECOND_READING).override(ids[:1], "monocyte")
    assert current_view(opened).reviewed_count == 0
    opened.activateWindow()
    qtbot.keyClick(opened, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: current_view(opened).reviewed_count == 2)
    assert current_view(opened).by_id[ids[0]].label == "blast"


def worklist_texts(window: MainWindow) -> str:
    """All that the worklist says of its first slide, to eye, ear and search."""
    index = window.worklist_model.index(0)
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole)
    return "\n".join(str(index.data(role)) for role in (*roles, SEARCH_ROLE))


def test_that_the_worklist_tells_a_blinded_second_reader_the_own_progress_alone(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    sign_in(qtbot, opened, workbench, "Dr. A", "1234")
    read_first(qtbot, opened)
    ids = cell_ids(opened)
    for cell in ids:
        opened.review.submit(methodcaller("record_opened", cell))
    opened.review.submit(lambda session: session.sign("Dr. A", "First reading"))
    wait_until_idle(qtbot, opened)
    assert "signed" in worklist_texts(opened)
    workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.SECOND_READER, "5678")
    lock_window(qtbot, opened)
    unlock(qtbot, opened, "Dr. B", "5678")
    wait_until_idle(qtbot, opened)
    assert f"second reading · 0 of {CELL_COUNT}" in worklist_texts(opened)
    assert opened.worklist_model.index(0).data(STATE_ROLE) == SlideState.IN_REVIEW.value, "the filter tells no more"
    opened.review.submit(lambda session: session.override(ids[:2], "monocyte"))
    wait_until_idle(qtbot, opened)
    opened.slide_jobs.load_worklist()  # as after each import, and when another program wrote
    wait_until_idle(qtbot, opened)
    words = worklist_texts(opened)
    assert f"second reading · 2 of {CELL_COUNT}" in words
    assert not any(word in words.casefold() for word in ("signed", "lymphocyte", f"{CELL_COUNT} of {CELL_COUNT}"))
    view = current_view(opened)
    counts = workbench.slide_queries.patient_counts(view.slide.patient, "", CancelToken(), null_reporter)
    assert counts, "asked before the second reading began, answered after"
    opened.tally_controller._on_other_slides_loaded((view.slide.id, counts, True))
    assert opened.tally.all_slides_checkbox.isHidden()
    synthetic = view.slide.synthetic
    assert workbench.slide_queries.reference_atlas(CancelToken(), null_reporter, synthetic=synthetic)
    assert not workbench.slide_queries.reference_atlas(
        CancelToken(), null_reporter, synthetic=synthetic, viewer=opened.review.viewer
    )


def test_that_a_second_reader_who_opened_nothing_yet_sees_no_first_reading(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    slide, ids = current_view(opened).slide.id, cell_ids(opened)
    workbench.open_session(slide, "Dr. A").override(ids, "blast")
    dr_b = Viewer("Dr. B", is_second_reader=True)
    (row,) = workbench.slide_queries.worklist(CancelToken(), null_reporter, viewer=dr_b)
    assert (row.reading, row.reviewed_count, row.unacknowledged_alerts, row.class_keys) == (SECOND_READING, 0, (), ())
    (row,) = workbench.slide_queries.worklist(CancelToken(), null_reporter)
    assert (row.reading, row.reviewed_count) == (FIRST_READING, CELL_COUNT)
    patient = current_view(opened).slide.patient
    assert workbench.slide_queries.patient_counts(patient, "", CancelToken(), null_reporter), (
        "the joined differential knows the slide"
    )
    assert not workbench.slide_queries.patient_counts(patient, "", CancelToken(), null_reporter, dr_b)
    assert workbench.audit.load_trail(CancelToken(), null_reporter).rows
    trail = workbench.audit.load_trail(CancelToken(), null_reporter, dr_b)
    assert (trail.rows, trail.withheld_slide_count, trail.chain.is_intact) == ((), 1, True)
    assert not workbench.quality.weekly_overrides(
        CancelToken(), null_reporter, workbench.slide_queries.withheld_slides(dr_b)
    )
    second = workbench.open_session(slide, "Dr. B", SECOND_READING)
    second.override(ids, "lymphocyte")
    second.sign("Dr. B", "Second reading")
    (row,) = workbench.slide_queries.worklist(CancelToken(), null_reporter, viewer=dr_b)
    assert (row.reading, row.reviewed_count) == (FIRST_READING, CELL_COUNT), (
        "what was withheld is shown once the own reading is signed"
    )
    assert not workbench.audit.load_trail(CancelToken(), null_reporter, dr_b).withheld_slide_count


def test_that_a_worklist_read_for_another_reader_is_not_shown(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    slide = current_view(opened).slide.id
    workbench.open_session(slide, "Dr. A").override(cell_ids(opened), "blast")
    rows = workbench.slide_queries.worklist(CancelToken(), null_reporter)
    opened.review.set_reviewer(workbench.profiles.add("Dr. A", "Dr. B", ReviewerRole.SECOND_READER, "5678"))
    assert not opened.worklist_model.rowCount(), "what the reader before saw is gone at once"
    opened.slide_jobs._on_worklist_loaded(Viewer("Dr. Test"), rows)
    assert not opened.worklist_model.rowCount()
    wait_until_idle(qtbot, opened)
    opened.review.open(slide)
    wait_until_idle(qtbot, opened)
    opened.worklist_model.update_rows(rows)  # however it comes about: the bench knows its slide
    assert "second reading" in worklist_texts(opened)
