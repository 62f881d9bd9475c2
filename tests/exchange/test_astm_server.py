"""An analyser that speaks ASTM E1381 over TCP with ``leukview exchange listen``."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.exchange import ExchangeSettingsFile
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.core.errors import LeukViewError
from leukview.core.paths import data_dir
from leukview.domain.exchange.blood_count import BloodCount
from leukview.domain.exchange.settings import ExchangeSettings, OrderSettings
from leukview.interop.astm import decode_frames, encode_frames
from tests.support.interruptible import interruptible_command
from tests.support.lab_messages import order_message, xn_message
from tests.support.mllp_process import ROOT

ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def analyser_port() -> Iterator[int]:
    """``leukview exchange listen`` as a process; yields its port for analysers."""
    hl7, astm = free_ports(2)
    orders = OrderSettings(listening=True, port=hl7, astm_port=astm)
    ExchangeSettingsFile(data_dir()).write(ExchangeSettings(orders=orders))
    command = interruptible_command("exchange", "listen")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Listening")
        yield astm
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def read_byte(line: socket.socket) -> bytes:
    data = line.recv(1)
    assert data, "hung up"
    return data


def send_frames(line: socket.socket, frames: list[bytes]) -> list[bytes]:
    """Send a transmission; returns the answer to each frame."""
    line.sendall(ENQ)
    assert read_byte(line) == ACK
    answers = []
    for frame in frames:
        line.sendall(frame)
        answers.append(read_byte(line))
    line.sendall(EOT)
    return answers


def stored_count(sample: str) -> tuple[BloodCount, ...]:
    with open_workbench(RuntimeOptions()) as workbench:
        return workbench.exchange.inbox._book.counts(sample)


def test_that_a_blood_count_arrives_frame_by_frame_and_a_damaged_frame_comes_again():
    frames = list(encode_frames(xn_message("S-1")))
    damaged = frames[2][:5] + b"#" + frames[2][6:]
    with analyser_port() as port, socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        answers = send_frames(line, [*frames[:2], damaged, frames[2], frames[2], *frames[3:]])
        assert answers == [ACK, ACK, NAK, ACK, ACK, *[ACK] * (len(frames) - 3)]
        assert send_frames(line, list(encode_frames(xn_message("S-2")))) == [ACK] * len(frames)  # the same connection
    (count,) = stored_count("S-1")
    assert count.wbc_per_nl == 6.8
    assert len(stored_count("S-2")) == 1


def test_that_an_interrupted_transmission_leaves_nothing_and_can_begin_anew():
    frames = list(encode_frames(xn_message("S-1")))
    with analyser_port() as port:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(ENQ + b"".join(frames[:4]))
            assert read_byte(line) == ACK
        assert stored_count("S-1") == ()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            assert send_frames(line, frames) == [ACK] * len(frames)
    assert len(stored_count("S-1")) == 1


def test_that_a_query_is_answered_with_the_order_on_the_connection():
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.exchange.inbox.receive_hl7(order_message())
    query = "H|\\^&|||XN\rQ|1|1^2^      T-1^B||ALL||||||||N\rL|1|N\r"
    with analyser_port() as port, socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        send_frames(line, list(encode_frames(query)))
        assert read_byte(line) == ENQ
        line.sendall(ACK)
        received, refused = b"", False
        while (first := read_byte(line)) != EOT:
            frame = first
            while not frame.endswith(b"\r\n"):
                frame += read_byte(line)
            if not refused:  # once: it must come again
                refused = True
                line.sendall(NAK)
                continue
            received += frame
            line.sendall(ACK)
    text = decode_frames(received).decode()
    assert "|Müller^Anna|" in text
    assert "|T-1|" in text


def test_that_an_unreadable_message_is_acknowledged_and_listed():
    with analyser_port() as port, socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        frames = list(encode_frames("H|\\^&|||XN\rR|1|^^^^WBC^1|1\rL|1|N\r"))
        assert send_frames(line, frames) == [ACK] * 3
    with open_workbench(RuntimeOptions()) as workbench:
        (item,) = workbench.exchange.inbox.items()
    assert "belongs to no order" in item.reason


def test_that_both_listeners_need_ports_of_their_own():
    with pytest.raises(LeukViewError, match="different ports"):
        ExchangeSettings(orders=OrderSettings(port=2576, astm_port=2576))


def test_that_the_last_frame_is_refused_until_the_message_is_stored():
    from leukview.core.errors import StoreError
    from leukview.interop.astm_server import AstmConversation

    taken: list[bytes] = []

    def handle(data: bytes) -> bytes:
        taken.append(data)
        if len(taken) == 1:
            raise StoreError("The disk is full.")
        return b""

    async def converse() -> list[bytes]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await AstmConversation(reader, writer, handle).run()
            writer.close()
            await writer.wait_closed()
            finished.set()

        finished = asyncio.Event()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(ENQ)
        answers = [await reader.readexactly(1)]
        frames = encode_frames(xn_message())
        for frame in (*frames, frames[-1]):
            writer.write(frame)
            answers.append(await reader.readexactly(1))
        writer.write(EOT)
        writer.close()
        await writer.wait_closed()
        await finished.wait()
        server.close()
        await server.wait_closed()
        return answers

    answers = asyncio.run(converse())
    assert answers == [*[ACK] * (len(answers) - 2), NAK, ACK]
    assert taken[0] == taken[1] == xn_message().encode()
