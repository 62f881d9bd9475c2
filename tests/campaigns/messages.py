"""Campaign: results sent to a receiver that delays, refuses, hangs up and dies, by senders that are killed.

``python -m tests.campaigns.messages --count 10000 --seed 1`` fills the outbox of a workstation with that many messages,
three a slide, and lets two senders in processes of their own send them to a receiver in another process
(`tests.support.mllp_peer`). Senders are killed and started again, and so is the receiver. Time runs fifty times as
fast for the senders, so that their delays are over sooner. At the end every message must have arrived, been taken
exactly once, always with the same bytes, and each slide's messages in their order.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import KEYS_VARIABLE
from leukview.domain.exchange.outbox import DeliveryState, make_control_id
from leukview.domain.exchange.settings import ResultSettings
from leukview.services.exchange.results import ResultService
from leukview.storage.database import open_database, sqlite_url
from leukview.storage.outbox import SqlOutbox
from leukview.storage.vault import IdentityVault
from tests.support.mllp_process import ROOT, mllp_peer

SPEED = 50
"""How much faster time runs for the senders."""
ANSWER_TIMEOUT_S = 1.0
"""50 s in the senders' time, below the 90 s of a lease, as in the program."""
MESSAGES_PER_SLIDE = 3
FAULTS = {
    "delay": 0.01, "delay_s": 0.02, "cut_before": 0.003, "cut_after": 0.004, "error": 0.01, "reject": 0.005,
    "busy": 0.003, "silent": 0.0005, "silence_s": 1.5, "garbage": 0.001,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the campaign found; the last four must be 0."""

    messages: int
    delivered: int
    refused: int
    arrivals: int
    killed_senders: int
    receiver_starts: int
    seconds: float
    lost: int
    doubled: int
    changed: int
    disordered: int

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled, changed or out of order."""
        return not (self.lost or self.doubled or self.changed or self.disordered)


@contextmanager
def open_outbox(folder: Path) -> Iterator[SqlOutbox]:
    """The outbox of the campaign's workstation."""
    with (
        closing(open_database(sqlite_url(folder / "leukview.db"), backup_dir=folder / "backups")) as database,
        closing(IdentityVault(folder)) as vault,
    ):
        yield SqlOutbox(database, vault.records)


def run(folder: Path, count: int, seed: int) -> Outcome:
    """Run the campaign in an empty folder."""
    began, dice = time.monotonic(), random.Random(seed)
    controls = fill(folder, count)
    (folder / "epoch").write_text(datetime.now(UTC).isoformat())
    killed, starts = 0, 0
    record: list[dict[str, object]] = []
    left = count
    while left:
        with mllp_peer(folder, seed=seed + starts, **FAULTS) as peer:
            starts += 1
            ends = time.monotonic() + dice.uniform(10, 40)
            senders = [start_sender(folder, peer.port) for _ in range(2)]
            while left and time.monotonic() < ends:
                time.sleep(0.5)
                if dice.random() < 0.1:
                    killed += 1
                    chosen = dice.choice(senders)
                    chosen.kill()
                    chosen.wait()
                for number, sender in enumerate(senders):
                    if sender.poll() is not None:
                        senders[number] = start_sender(folder, peer.port)
                with open_outbox(folder) as outbox:
                    left = count_left(outbox, count)
            for sender in senders:
                sender.kill()
                sender.wait()
            record = peer.received
    return judge(folder, controls, record, (killed, starts, time.monotonic() - began))


def count_left(outbox: SqlOutbox, count: int) -> int:
    """Number of messages that wait."""
    return sum(entry.state is DeliveryState.WAITING for entry in outbox.entries(count))


def fill(folder: Path, count: int) -> dict[str, list[str]]:
    """Fill the outbox; returns slide → its control ids in order."""
    controls: dict[str, list[str]] = {}
    with open_outbox(folder) as outbox:
        for number in range(count):
            slide = f"S-{number % -(-count // MESSAGES_PER_SLIDE):07d}"
            event = f"event {number}"
            control = make_control_id(event)
            text = (
                f"MSH|^~\\&|LeukView||LIS||20260101||ORU^R01^ORU_R01|{control}|P|2.5.1\r"
                f"PID|1||{number}^^^LeukView^PI||Müller^Anna\r"
                f"OBR|1|{number}|{slide}^LeukView|58410-2^CBC^LN|||||||||||||||||||||F\r"
                f"OBX|1|NM|26446-5^Blasts^LN|1|{number % 100}|%|||||F\r"
            )
            assert outbox.add(slide, event, "F", control, text)
            controls.setdefault(slide, []).append(control)
    return controls


def start_sender(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a sender in a process of its own."""
    command = [sys.executable, "-m", "tests.campaigns.messages", "--send", str(folder), str(port)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def send(folder: Path, port: int) -> None:
    """Send until killed."""
    from leukview.interop.mllp import MllpClient

    epoch = datetime.fromisoformat((folder / "epoch").read_text())

    def clock() -> datetime:
        return epoch + (datetime.now(UTC) - epoch) * SPEED

    settings = ResultSettings(enabled=True, host="127.0.0.1", port=port)
    client = MllpClient("127.0.0.1", port, answer_timeout_s=ANSWER_TIMEOUT_S)
    with open_outbox(folder) as outbox:
        service = ResultService(outbox, None, None, lambda: settings, lambda _s: client.connect, clock)  # type: ignore[arg-type]  # queues nothing
        while True:
            service.send_waiting(CancelToken(), null_reporter)
            time.sleep(timedelta(seconds=5).total_seconds() / SPEED)


def judge(
    folder: Path, controls: dict[str, list[str]], record: list[dict[str, object]], run_facts: tuple[int, int, float]
) -> Outcome:
    """Hold what the receiver took against what was sent."""
    taken = [line for line in record if line["new"]]
    digests: dict[object, set[object]] = {}
    for line in record:
        digests.setdefault(line["control"], set()).add(line["sha256"])
    by_slide: dict[str, list[object]] = {}
    for line in taken:
        by_slide.setdefault(str(line["slide"]).split("^")[0], []).append(line["control"])
    wanted = {control for ids in controls.values() for control in ids}
    codes = {line["control"]: line["code"] for line in taken}
    with open_outbox(folder) as outbox:
        entries = outbox.entries(len(wanted))
    wrong_state = sum((codes.get(e.control_id) == "AA") is not (e.state is DeliveryState.DELIVERED) for e in entries)
    return Outcome(
        messages=len(wanted),
        delivered=sum(e.state is DeliveryState.DELIVERED for e in entries),
        refused=sum(e.state is DeliveryState.REFUSED for e in entries),
        arrivals=len(record),
        killed_senders=run_facts[0],
        receiver_starts=run_facts[1],
        seconds=round(run_facts[2], 1),
        lost=len(wanted - set(codes)) + wrong_state,
        doubled=len(taken) - len(set(codes)),
        changed=sum(len(found) > 1 for found in digests.values()),
        disordered=sum(by_slide.get(slide) != ids for slide, ids in controls.items()),
    )


def main() -> int:
    """Run the campaign, or one of its senders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--send", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.send:
        send(Path(arguments.send[0]), int(arguments.send[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ[KEYS_VARIABLE] = str(Path(folder) / "keys")
        found = run(Path(folder), arguments.count, arguments.seed)
    sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
