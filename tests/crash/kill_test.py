"""SIGKILL at random moments of a scripted review, in a real process, again and again on one database.

``python -m tests.crash.kill_test --kills 200 --folder build/kill-review`` prints a line every ten kills and figures at
the end; called again on the same folder it goes on where it was.

After each kill the log's chain is verified, SQLite checks its own files, and each state that the window had shown is
compared with the log as it then was. After each start the window must show what the log holds: every acknowledged
action, and no half of one. What was in the hands of the program at the kill may be there whole or not at all.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE, data_dir
from leukview.domain.review.events import FIRST_READING, EventKind, ReviewEvent
from leukview.domain.review.reducer import replay
from leukview.services.workbench import Workbench

CELLS = 48
ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 900.0


@contextmanager
def worker_process(task: str, argument: object, seed: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Start a process on a task; it is killed when the block ends."""
    command = [sys.executable, "-m", "tests.crash.worker_processes", task, str(argument), str(seed)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "PASSIVE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        watch = threading.Timer(TIMEOUT_S, process.kill)  # a hanging process fails the test instead of blocking it
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    """Read the next line of the process, which must not have ended."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.endswith("\n"), "the process ended by itself"
    return line.strip()


def kill_process(process: subprocess.Popen[str]) -> list[str]:
    """Kill a process with SIGKILL or its equivalent on Windows.

    It may have ended already, but without an error.

    Returns:
        The complete lines that were not read yet.
    """
    assert process.poll() in (None, 0), "the process ended by itself"
    process.kill()
    assert process.stdout is not None
    rest = process.stdout.read()
    process.wait()
    return rest.splitlines()[: rest.count("\n")]


def import_slide(workbench: Workbench, folder: Path) -> str:
    """Import the only slide of a folder and return its id."""
    drafts = workbench.preview(folder, CancelToken(), null_reporter).slides
    (slide,) = workbench.import_slides(drafts, CancelToken(), null_reporter)
    return slide.id


def assert_databases_intact(home: Path) -> None:
    """Check both databases with the integrity and foreign-key checks of SQLite."""
    for name in ("leukview.db", "identity.db"):
        with closing(sqlite3.connect(home / name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


class ReviewerSpawner:
    """Starts and kills reviewers of one slide, each in a separate process.

    They are forked from a process that has imported all modules, so that two hundred starts do not take hours.
    """

    def __init__(self, slide_id: str) -> None:
        self.slide_id = slide_id

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.crash.worker_processes", "nest", self.slide_id, "0"]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "PASSIVE"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=ROOT)
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def start(self, seed: int) -> None:
        """Start a reviewer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seed}\n")
        self._process.stdin.flush()
        word, number = read_line(self._process).split()
        assert word == "pid"
        self._pid = int(number)
        self._watchdog = threading.Timer(
            TIMEOUT_S, self._send_kill
        )  # a hanging reviewer fails instead of blocking everything
        self._watchdog.start()

    def read_state(self) -> str:
        """Read the next state shown by the reviewer's window."""
        line = read_line(self._process)
        assert line != "end", "the process ended by itself"
        return line

    def kill(self) -> list[str]:
        """Kill the reviewer and return the shown states that were not read yet."""
        self._watchdog.cancel()
        self._send_kill()
        rest = []
        while (line := read_line(self._process)) != "end":
            rest.append(line)
        return rest

    def _send_kill(self) -> None:
        os.kill(self._pid, getattr(signal, "SIGKILL", signal.SIGTERM))


@dataclass(frozen=True, slots=True)
class KillRound:
    """Result of one start and kill.

    Attributes:
        at_start: Whether the kill came before the window showed the slide.
        shown: Number of states that the window showed.
        events: Number of events added to the log.
        unseen: Number of these events that the window had not shown before the kill, at most one.
    """

    at_start: bool
    shown: int
    events: int
    unseen: int


def run_kill(spawner: ReviewerSpawner, before: int, rng: random.Random) -> KillRound:
    """Start a review, kill it, and compare the states it showed with the log.

    Args:
        spawner: Starts reviewers of the slide in this home.
        before: Number of events in its log before the start.
        rng: Determines the moment of the kill and the seed of the review.
    """
    from tests.support.scripted_reviewer import stored_digest

    lines: list[str] = []
    slide_id = spawner.slide_id
    spawner.start(rng.randrange(2**32))
    if rng.random() < 0.15:
        time.sleep(rng.random() * 2.0)  # random moment of the kill, during or just after the start
    else:
        lines = [spawner.read_state() for _ in range(rng.randint(1, 24))]
        time.sleep(rng.random() * 0.05)  # random moment of the kill
    lines += spawner.kill()
    with open_workbench(RuntimeOptions()) as workbench:
        assert workbench.review_log.find_broken_event() is None, "the chain is broken"
        log = workbench.review_log.events(slide_id)
        for line in lines:
            count, seen = line.split()
            assert seen == stored_digest(replay(log[: int(count)])), "the window showed what the log does not hold"
        known = int(lines[-1].split()[0]) if lines else before
        assert not lines or int(lines[0].split()[0]) == before, "the window did not begin where the log ended"
        assert 0 <= len(log) - known <= 1, "more is written than was asked for"
        view = workbench.open_session(slide_id, "Dr. Test", FIRST_READING).view
        assert stored_digest(view.review) == stored_digest(replay(log)), "the restart shows another state"
        assert view.pending_count == 0
    assert_databases_intact(data_dir())
    return KillRound(not lines, len(lines), len(log) - before, len(log) - known)


def prepare_slide(folder: Path, seed: int) -> str:
    """Import and analyse a synthetic slide in this home and return its id.

    An existing slide is used again.
    """
    from leukview.synthetic import write_demo_export

    export = folder / "export"
    if not export.exists():
        write_demo_export(
            export,
            slides=1,
            cells=CELLS,
            seed=seed,
            taxonomy=load_taxonomy(),
            token=CancelToken(),
            reporter=null_reporter,
        )
    with open_workbench(RuntimeOptions()) as workbench:
        slide_id = import_slide(workbench, next(p for p in export.iterdir() if p.is_dir()))
        workbench.analyse(slide_id, CancelToken(), null_reporter)
    return slide_id


def summarise_rounds(rounds: list[KillRound], log: list[ReviewEvent]) -> dict[str, object]:
    """Summarise the rounds and the events of the log."""
    kinds = [event.kind for event in log]
    return {
        "kills": len(rounds),
        "kills while starting": sum(r.at_start for r in rounds),
        "kills with an action in flight that was written whole": sum(r.unseen for r in rounds),
        "states shown and found in the log": sum(r.shown for r in rounds),
        "events": len(log),
        "by kind": {kind.value: kinds.count(kind) for kind in EventKind if kind in kinds},
    }


def main() -> None:
    """Run the kills that are still missing; stop with an error at any data loss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills in all, those of earlier calls included")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "kill-review", help="where it all lies")
    parser.add_argument("--seed", type=int, default=11)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    os.environ[HOME_VARIABLE] = str(arguments.folder.resolve() / "home")
    slide_id = prepare_slide(arguments.folder, arguments.seed)
    record = arguments.folder / "rounds.jsonl"
    known = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    rounds = [KillRound(**json.loads(line)) for line in known]
    with ReviewerSpawner(slide_id) as nest:
        while len(rounds) < arguments.kills:
            with open_workbench(RuntimeOptions()) as workbench:
                before = len(workbench.review_log.events(slide_id))
            rounds.append(run_kill(nest, before, random.Random(f"{arguments.seed} {len(rounds)}")))
            with record.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(rounds[-1])) + "\n")
            if len(rounds) % 10 == 0:
                shown = sum(r.shown for r in rounds)
                sys.stdout.write(f"{len(rounds)} kills, {shown} states shown, nothing lost\n")
                sys.stdout.flush()
    with open_workbench(RuntimeOptions()) as workbench:
        found = summarise_rounds(rounds, workbench.review_log.events(slide_id))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
