"""A pool of worker processes: it works, it survives the death of one, and it leaves none behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import closing
from pathlib import Path

import pytest

from leukview.cluster.local import InProcess, ProcessPool
from leukview.core.errors import ExportError

pytestmark = pytest.mark.timeout(120)


def worker_pid(_: None) -> int:
    return os.getpid()


def end_process(_: None) -> None:
    os._exit(3)


def raise_export_error(word: str) -> None:
    raise ExportError(f"This is {word}.", "A hint.")


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    with closing(ProcessPool(1)) as opened:
        yield opened


def test_that_work_is_done_in_another_process_and_errors_come_back_with_their_hint(pool: ProcessPool):
    assert pool.submit(worker_pid, None).result() != os.getpid()
    with pytest.raises(ExportError, match=r"This is bad\. A hint\.") as caught:
        pool.submit(raise_export_error, "bad").result()
    assert (caught.value.message, caught.value.hint) == ("This is bad.", "A hint.")


def test_that_after_a_death_the_pool_goes_on_with_new_processes(pool: ProcessPool):
    before = pool.submit(worker_pid, None).result()
    with pytest.raises(BrokenExecutor):
        pool.submit(end_process, None).result()
    pool.restart()
    assert pool.submit(worker_pid, None).result() != before


def test_that_closing_ends_the_processes(pool: ProcessPool):
    with closing(ProcessPool(1)) as other:
        other.submit(worker_pid, None).result()
        mine = {p.pid for p in multiprocessing.active_children()}
    assert len(mine - {p.pid for p in multiprocessing.active_children()}) == 1


def test_that_this_process_itself_keeps_errors_in_the_future():
    engine = InProcess()
    assert engine.submit(worker_pid, None).result() == os.getpid()
    assert isinstance(engine.submit(raise_export_error, "bad").exception(), ExportError)


PARENT = """
import sys
from leukview.cluster.local import ProcessPool
from tests.cluster.test_local import worker_pid
if __name__ == "__main__":
    pool = ProcessPool(1)
    print(pool.submit(worker_pid, None).result(), flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at a process as Linux shows it")
def test_that_workers_do_not_outlive_a_parent_that_was_killed(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        pipe = os.pidfd_open(worker)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    from multiprocessing.connection import wait

    try:
        assert wait([pipe], timeout=60), "the worker lives on"
    finally:
        os.close(pipe)
