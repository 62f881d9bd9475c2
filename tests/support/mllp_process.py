"""Starts the receiver of `mllp_peer` as a process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class MllpPeer:
    """A running receiver."""

    port: int
    record_file: Path
    process: subprocess.Popen[bytes]

    @property
    def received(self) -> list[dict[str, Any]]:
        """What it received, in order."""
        return [json.loads(line) for line in self.record_file.read_text(encoding="utf-8").splitlines()]


@contextmanager
def mllp_peer(folder: Path, **faults: float) -> Iterator[MllpPeer]:
    """A receiver with these shares of faults; see `tests.support.mllp_peer`."""
    port_file, record_file = folder / "port", folder / "received.jsonl"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.support.mllp_peer", str(port_file), str(record_file), json.dumps(faults)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while not port_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the receiver does not start")
            time.sleep(0.02)
        yield MllpPeer(int(port_file.read_text()), record_file, process)
    finally:
        process.kill()
        process.wait()
