"""Batch on a cluster with a killed worker, run by `tests.cli.test_analyze`."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import leukview.bootstrap.batch
from leukview.bootstrap.batch import ExecutionOptions, SlideWorker, analyse_tree
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.services.batch.runner import SlideOutcome, SlideResult, SlideTask


class CrashingWorker(SlideWorker):
    """Worker that exits on every attempt at the slide of a given patient.

    The environment variable LEUKVIEW_TEST_DEADLY names the patient.
    """

    def __reduce__(self) -> tuple[type[SlideWorker], tuple[RuntimeOptions]]:
        return CrashingWorker, (self._options,)

    def analyse(self, task: SlideTask, /) -> SlideResult:
        if task.draft.patient == os.environ["LEUKVIEW_TEST_DEADLY"]:
            os._exit(9)
        return super().analyse(task)


def worker_processes() -> list[Any]:
    """Worker processes of this process's cluster, sorted by process id."""
    psutil: Any = importlib.import_module("psutil")  # comes with Dask
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # the process has ended
            words = " ".join(child.cmdline())
            if "spawn_main" in words:
                found.append((child.pid, child))
    return [child for _, child in sorted(found, key=lambda entry: entry[0])]


@dataclass
class WorkerKiller:
    """Kills a worker when the first slide is finished."""

    killed_pids: list[int] = field(default_factory=list)

    def __call__(self, outcome: SlideOutcome) -> None:
        if outcome.status == "done" and not self.killed_pids:
            victim = worker_processes()[0]
            victim.kill()
            self.killed_pids.append(victim.pid)


def main() -> None:
    """Run ``ENGINE kill|deadly TREE OUTPUT``; print outcomes and killed process ids."""
    engine, how, tree, output = sys.argv[1:]
    killer = WorkerKiller()
    if how == "deadly":
        leukview.bootstrap.batch.SlideWorker = CrashingWorker  # type: ignore[misc]  # in this process only
    outcomes = analyse_tree(
        RuntimeOptions(),
        ExecutionOptions(2, engine),
        Path(tree),
        Path(output),
        (CancelToken(), null_reporter),
        reviewer="Dr. Batch",
        save_masks=True,
        on_outcome=killer if how == "kill" else lambda _outcome: None,
    )
    sys.stdout.write(json.dumps({"outcomes": [asdict(o) for o in outcomes], "killed": killer.killed_pids}) + "\n")
