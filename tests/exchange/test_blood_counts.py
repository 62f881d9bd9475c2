"""Blood counts and orders from the watched folder and the listener, as they are found for a slide."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from leukview.bootstrap.exchange import ExchangeSettingsFile
from leukview.cli.main import main
from leukview.core.paths import data_dir
from leukview.domain.exchange.incoming import ItemState
from leukview.domain.exchange.settings import ExchangeSettings, OrderSettings
from leukview.domain.slide import Slide
from leukview.storage.erasure import SqlEraser
from tests.support.interruptible import interruptible_command
from tests.support.lab_messages import order_message, xn_message, xn_table
from tests.support.mllp_process import ROOT
from tests.support.workstation import ORDER, PATIENT, Workstation


@pytest.fixture
def folder(here: Workstation, tmp_path: Path) -> Path:
    """The site's watched folder."""
    place = tmp_path / "from the laboratory"
    place.mkdir()
    here.workbench.exchange.change_settings("Dr. Chen", ExchangeSettings(orders=OrderSettings(folder=str(place))))
    return place


def look(here: Workstation) -> int:
    """Look twice: a file is taken once it no longer changes."""
    here.workbench.exchange.look_into_folder()
    return here.workbench.exchange.look_into_folder()


def test_that_the_folder_is_read_and_never_changed(here: Workstation, reviewed: Slide, folder: Path):
    plot = BytesIO()
    Image.new("RGB", (8, 8)).save(plot, "PNG")
    (folder / "order.hl7").write_bytes(order_message())
    (folder / "count.astm").write_text(xn_message())
    (folder / f"2026_12_01_07_42_{ORDER}_WDF.PNG").write_bytes(plot.getvalue())
    (folder / "XN_SAMPLE.csv").write_bytes(xn_table(("other", "1.0")))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert here.workbench.exchange.look_into_folder() == 0  # perhaps still being written
    assert here.workbench.exchange.look_into_folder() == 4
    assert look(here) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    inbox = here.workbench.exchange.inbox
    count = inbox.count_of_slide(reviewed.id)
    assert count is not None
    assert count.wbc_per_nl == 6.8
    assert inbox.plots_of(count) == ((f"2026_12_01_07_42_{ORDER}_WDF.PNG", plot.getvalue()),)


def test_that_a_table_that_grows_adds_its_new_rows_only(here: Workstation, folder: Path):
    table = folder / "XN_SAMPLE.csv"
    table.write_bytes(xn_table(("A", "1.0")))
    look(here)
    table.write_bytes(xn_table(("A", "1.0"), ("B", "2.0")))
    look(here)
    samples = [item.count.sample_number for item in here.workbench.exchange.inbox.items() if item.count]
    assert samples == ["B", "A"]


def test_that_a_count_is_found_by_the_number_of_the_tube(here: Workstation, reviewed: Slide, folder: Path):
    (folder / "order.hl7").write_bytes(order_message())
    (folder / "count.astm").write_text(xn_message("T-1"))
    look(here)
    count = here.workbench.exchange.inbox.count_of_slide(reviewed.id)
    assert count is not None
    assert count.sample_number == "T-1"


def test_that_a_count_of_another_patient_waits_for_a_person(here: Workstation, reviewed: Slide, folder: Path):
    inbox = here.workbench.exchange.inbox
    inbox.receive_hl7(order_message())
    (folder / "count.astm").write_text(xn_message(patient="4712"))
    look(here)
    assert inbox.count_of_slide(reviewed.id) is None
    (item,) = inbox.items(only_undecided=True)
    inbox.receive_astm(xn_message(patient="4712").replace("C|1||", "C|1|I|again").encode())
    assert len(inbox.items(only_undecided=True)) == 1
    inbox.decide(item.key, "Dr. Chen", accept=True)
    assert inbox.count_of_slide(reviewed.id) is not None


def test_that_queries_in_the_folder_are_answered_beside_it(here: Workstation, folder: Path):
    here.workbench.exchange.inbox.receive_hl7(order_message())
    (folder / "query.astm").write_text("H|\\^&|||XN\rQ|1|1^2^   T-1^B||ALL||||||||N\rL|1|N\r")
    look(here)
    answer = (folder / "answers" / "query.astm").read_text(encoding="utf-8")
    assert "|T-1|" in answer
    assert "Müller^Anna" in answer


def test_that_unreadable_files_are_listed_once_and_the_others_taken(here: Workstation, folder: Path):
    (folder / "a.hl7").write_bytes(b"nonsense")
    (folder / "b.astm").write_text(xn_message()[:200])
    (folder / "c.csv").write_text("1,2\n")
    (folder / "d.hl7").write_bytes(order_message())
    look(here)
    look(here)
    states = [item.state for item in here.workbench.exchange.inbox.items()]
    assert sorted(states) == [ItemState.RECORDED] + [ItemState.REFUSED] * 3


def test_that_names_and_numbers_are_not_in_plain_text_and_go_with_the_slide(
    here: Workstation, reviewed: Slide, folder: Path, tmp_path: Path
):
    inbox = here.workbench.exchange.inbox
    inbox.receive_hl7(order_message(patient="HN-471147"))
    inbox.receive_astm(xn_message().encode())
    for file in (tmp_path / "home").rglob("*.db*"):
        data = file.read_bytes()
        assert not [w for w in ("HN-471147", "Gregory", "XN-1000", PATIENT) if w.encode() in data], file
    store = here.slides
    SqlEraser(store._database, store._vault).erase([reviewed.id], reason="asked", reviewer="Dr. Chen")
    assert inbox.items() == ()
    assert inbox._book.order(ORDER) is None
    assert inbox._book.patient("HN-471147") is None
    assert inbox._book.counts(ORDER) == ()


@contextmanager
def listener() -> Iterator[int]:
    """``leukview exchange listen`` as a process; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    ExchangeSettingsFile(data_dir()).write(ExchangeSettings(orders=OrderSettings(listening=True, port=port)))
    command = interruptible_command("exchange", "listen")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Listening at 127.0.0.1:{port}.\n"
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def exchange_block(connection: socket.socket, data: bytes) -> bytes:
    connection.sendall(b"\x0b" + data + b"\x1c\x0d")
    answer = b""
    while not answer.endswith(b"\x1c\x0d"):
        part = connection.recv(4096)
        assert part, "hung up"
        answer += part
    return answer[1:-2]


def test_that_orders_arrive_over_mllp_in_pieces_and_after_cut_connections(capsys: pytest.CaptureFixture[str]):
    with listener() as port:
        with socket.create_connection(("127.0.0.1", port)) as cut:
            cut.sendall(b"\x0b" + order_message("M0", order="cut")[:100])
        with socket.create_connection(("127.0.0.1", port)) as wrong:
            wrong.sendall(b"GET / HTTP/1.1\r\n\r\n\x1c\x0d")
            assert wrong.recv(100) == b""
        with (
            socket.create_connection(("127.0.0.1", port)) as first,
            socket.create_connection(("127.0.0.1", port)) as second,
        ):
            message = b"\x0b" + order_message("M1") + b"\x1c\x0d"
            for at in range(0, len(message), 50):
                first.sendall(message[at : at + 50])
            assert b"MSA|AA|M1|" in first.recv(4096)
            for number in range(2, 30):
                answer = exchange_block(second, order_message(f"M{number}", order=f"A{number}", specimen=f"T{number}"))
                assert f"MSA|AA|M{number}|".encode() in answer
            assert b"person decides" in exchange_block(second, order_message("M99", name="Meier^Otto"))
    assert main(["exchange", "orders"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 30
    assert not [line for line in lines if "Müller" in line or "4711" in line]
    assert main(["exchange", "orders", "--undecided", "--with-names"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "Meier, Otto" in line
    assert "Müller, Anna" in line
    assert main(["exchange", "decide", line.split("\t")[0], "--reject"]) == 0
    assert main(["exchange", "orders", "--undecided"]) == 0
    assert capsys.readouterr().out == ""


def test_that_nothing_listens_unless_the_site_turns_it_on(capsys: pytest.CaptureFixture[str]):
    assert main(["exchange", "listen"]) == 1
    assert "takes no orders" in capsys.readouterr().err


def test_that_files_are_taken_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.hl7").write_bytes(order_message())
    (tmp_path / "b.csv").write_text("1,2\n")
    assert main(["exchange", "take", str(tmp_path / "a.hl7"), str(tmp_path / "b.csv")]) == 1
    assert "b.csv was refused: it has no column Sample No." in capsys.readouterr().err
