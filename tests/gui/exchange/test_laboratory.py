"""Results, orders and blood counts through the window, with the laboratory's systems as processes and sockets."""

from __future__ import annotations

import shutil
import socket
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from leukview.domain.exchange.outbox import DeliveryState
from leukview.domain.review.events import EventKind
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.gui.exchange.dialog import LaboratoryDialog
from leukview.gui.exchange.plots_dialog import PlotsDialog
from leukview.gui.main_window import MainWindow
from tests.gui.conftest import current_view, opened_dialog
from tests.support.lab_messages import order_message, xn_message
from tests.support.mllp_process import mllp_peer
from tests.support.workstation import ORDER


@pytest.fixture(scope="session")
def slide_folder(slide_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic slide in a folder named after its order, as the analyser exports it."""
    return Path(shutil.copytree(slide_folder, tmp_path_factory.mktemp("ordered") / "Patient" / ORDER))


def open_laboratory(qtbot: QtBot, window: MainWindow) -> LaboratoryDialog:
    dialog: LaboratoryDialog = opened_dialog(
        qtbot, LaboratoryDialog, window.action_manager.by_key["laboratory"].trigger
    )
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=10_000)
    return dialog


def finish_round(qtbot: QtBot, window: MainWindow) -> None:
    """One whole round of sending and looking, and what it shows."""
    qtbot.waitUntil(lambda: window.laboratory._round is None, timeout=20_000)
    window.laboratory.check()
    qtbot.waitUntil(lambda: window.laboratory._round is None, timeout=20_000)
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=10_000)


def turn_sending_on(qtbot: QtBot, window: MainWindow, port: int) -> LaboratoryDialog:
    dialog = open_laboratory(qtbot, window)
    dialog.settings.results_box.setChecked(True)
    dialog.settings.host_edit.setText("127.0.0.1")
    dialog.settings.port_spin.setValue(port)
    dialog.settings.save_button.click()
    qtbot.waitUntil(lambda: dialog.settings.problem_label.text() == "Saved.", timeout=10_000)
    return dialog


def sign(qtbot: QtBot, window: MainWindow) -> None:
    """Sign the open slide, all its cells labelled."""
    session = window._workbench.open_session(current_view(window).slide.id, "Dr. Test")
    session.override([v.cell.id for v in session.view.cells], "lymphocyte")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House", note="called")
    session.sign("Dr. Test", "Reviewed", reason="few cells")


def test_that_a_signed_result_is_sent_and_a_refused_one_is_listed_and_sent_again(
    qtbot: QtBot, opened: MainWindow, tmp_path: Path
):
    with mllp_peer(tmp_path, error=1.0) as peer:
        dialog = turn_sending_on(qtbot, opened, peer.port)
        assert dialog.outbox.model.rowCount() == 0
        sign(qtbot, opened)
        finish_round(qtbot, opened)
        qtbot.waitUntil(lambda: dialog.outbox.model.rowCount() == 1, timeout=10_000)
    texts = [dialog.outbox.model.data(dialog.outbox.model.index(0, column)) for column in range(7)]
    assert texts[0] == "⚠ refused"
    assert texts[2] == "final"
    assert "unknown order" in str(texts[6])
    assert any("refused 1 results" in n for n in notification_texts(opened))
    (tmp_path / "received.jsonl").unlink()
    with mllp_peer(tmp_path) as peer:
        dialog.settings.port_spin.setValue(peer.port)
        dialog.settings.save_button.click()
        qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=10_000)
        dialog.outbox.table.selectRow(0)
        dialog.outbox.again_button.click()
        entries = opened._workbench.exchange.results.entries
        qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=10_000)
        finish_round(qtbot, opened)
        qtbot.waitUntil(lambda: entries()[0].state is DeliveryState.DELIVERED, timeout=20_000)
        assert len(peer.received) == 1
    dialog.reject()


def notification_texts(window: MainWindow) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in window.notifications.findChildren(QLabel)]


def test_that_a_dead_receiver_is_told_once_and_the_result_waits(qtbot: QtBot, opened: MainWindow):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    dialog = turn_sending_on(qtbot, opened, port)
    sign(qtbot, opened)
    finish_round(qtbot, opened)
    finish_round(qtbot, opened)
    opened.laboratory.reload()
    qtbot.waitUntil(lambda: dialog.outbox.model.rowCount() == 1, timeout=10_000)
    assert "cannot be reached" in dialog.outbox.state_label.text()
    assert "Next attempt" in dialog.outbox.state_label.text()
    assert len([t for t in notification_texts(opened) if "cannot be reached" in t]) == 1
    dialog.reject()


def test_that_orders_arrive_in_the_window_and_a_contradiction_is_decided_there(qtbot: QtBot, opened: MainWindow):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    dialog = open_laboratory(qtbot, opened)
    dialog.settings.orders_box.setChecked(True)
    dialog.settings.listen_port_spin.setValue(port)
    dialog.settings.save_button.click()
    qtbot.waitUntil(lambda: opened.laboratory.listening_port == port, timeout=20_000)
    with socket.create_connection(("127.0.0.1", port)) as sender:
        for number, name in ((1, "Müller^Anna"), (2, "Meier^Otto")):
            sender.sendall(b"\x0b" + order_message(f"M{number}", name=name) + b"\x1c\x0d")
            assert b"MSA|AA" in sender.recv(4096)
    finish_round(qtbot, opened)
    page = dialog.orders
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=10_000)
    assert page.model.data(page.model.index(0, 0)) == "⚠ to be decided"
    assert "family name" in str(page.model.data(page.model.index(0, 6)))
    assert any("contradict" in text for text in notification_texts(opened))
    page.table.selectRow(0)
    shown = [label.text() for labels in page._cells for label in labels]
    assert {"Müller", "Meier"} <= set(shown)
    page.reject_button.click()
    qtbot.waitUntil(lambda: page.model.data(page.model.index(0, 0)) == "not used, by Dr. Test", timeout=10_000)
    dialog.settings.orders_box.setChecked(False)
    dialog.settings.save_button.click()
    qtbot.waitUntil(lambda: opened.laboratory.listening_port == 0, timeout=20_000)
    dialog.reject()


def test_that_an_address_open_to_every_network_is_refused(qtbot: QtBot, opened: MainWindow):
    dialog = open_laboratory(qtbot, opened)
    dialog.settings.orders_box.setChecked(True)
    dialog.settings.address_edit.setText("0.0.0.0")  # noqa: S104 - refused
    dialog.settings.save_button.click()
    assert "open to every network" in dialog.settings.problem_label.text()
    assert not opened._workbench.exchange.settings().orders.listening
    dialog.reject()


def test_that_only_an_administrator_changes_the_settings(qtbot: QtBot, opened: MainWindow):
    profiles = opened._workbench.profiles
    profiles.add("Dr. Test", "Admin", ReviewerRole.ADMINISTRATOR, "123456")
    profiles.add("Admin", "Dr. Test", ReviewerRole.REVIEWER, "123456")
    dialog = open_laboratory(qtbot, opened)
    dialog.settings.folder_edit.setText("/somewhere")
    dialog.settings.save_button.click()
    qtbot.waitUntil(lambda: "may not administer" in dialog.settings.problem_label.text(), timeout=10_000)
    assert opened._workbench.exchange.settings().orders.folder == ""
    dialog.reject()


def test_that_the_blood_count_stands_beside_the_tally_and_its_white_cells_are_taken_over(
    qtbot: QtBot, opened: MainWindow
):
    view = opened.tally.blood_count
    assert view.isHidden()
    inbox = opened._workbench.exchange.inbox
    plot = BytesIO()
    Image.new("RGB", (200, 150), "navy").save(plot, "PNG")
    inbox.receive_plot(f"2026_12_01_07_42_{ORDER}_WDF.PNG", plot.getvalue())
    inbox.receive_astm(xn_message(ORDER).encode())
    opened.laboratory._load_count()
    qtbot.waitUntil(lambda: current_view(opened).slide.wbc_per_nl == 6.8, timeout=10_000)
    assert "WBC 6.8 10³/µl" in view.values_label.text()
    assert "HGB 11.4 g/dl ↓" in view.values_label.text()
    assert "Blasts/Abn Lympho? 190" in view.flags_label.text()
    assert "Left Shift" not in view.flags_label.text()
    dialog = opened_dialog(qtbot, PlotsDialog, view.plots_button.click)
    assert [image.pixmap().width() for image in dialog.images] == [200]
    dialog.reject()
    events = opened._workbench.review_log.events(current_view(opened).slide.id)
    (event,) = [e for e in events if e.kind is EventKind.SET_SLIDE]
    assert event.payload["measured_at"] == "2026-12-01T07:42:00"


def test_that_a_white_cell_count_that_a_person_set_is_kept(qtbot: QtBot, opened: MainWindow):
    opened.review.submit(lambda session: session.set_slide_details(wbc_per_nl=3.0, um_per_px=None))
    qtbot.waitUntil(lambda: current_view(opened).slide.wbc_per_nl == 3.0, timeout=10_000)
    opened.review.submit(lambda session: session.set_slide_details(wbc_per_nl=None, um_per_px=None))
    qtbot.waitUntil(lambda: current_view(opened).slide.wbc_per_nl is None, timeout=10_000)
    opened._workbench.exchange.inbox.receive_astm(xn_message(ORDER).encode())
    opened.laboratory._load_count()
    qtbot.waitUntil(lambda: not opened.tally.blood_count.isHidden(), timeout=10_000)
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=10_000)
    assert current_view(opened).slide.wbc_per_nl is None


@pytest.mark.parametrize("wbc", ["----", "6.80*"])
def test_that_an_unreliable_count_is_shown_and_not_taken_over(qtbot: QtBot, opened: MainWindow, wbc: str):
    opened._workbench.exchange.inbox.receive_astm(xn_message(ORDER, wbc=wbc).encode())
    opened.laboratory._load_count()
    qtbot.waitUntil(lambda: not opened.tally.blood_count.isHidden(), timeout=10_000)
    qtbot.waitUntil(lambda: opened.review.is_idle, timeout=10_000)
    assert current_view(opened).slide.wbc_per_nl is None
