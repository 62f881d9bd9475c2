"""Killing the program loses no mask repair that was reported as stored."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import EventKind
from leukview.domain.review.reducer import replay
from leukview.synthetic import write_demo_export

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3

pytestmark = pytest.mark.timeout(150)


def test_that_no_acknowledged_outline_is_lost_when_the_program_is_killed(tmp_path: Path):
    """Several kills on one database; at most one unreported action is stored."""
    made = write_demo_export(
        tmp_path / "demo",
        slides=1,
        cells=6,
        seed=3,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=null_reporter,
    )
    with open_workbench(RuntimeOptions()) as workbench:
        drafts = workbench.preview(made[0], CancelToken(), null_reporter).slides
        (slide,) = workbench.import_slides(drafts, CancelToken(), null_reporter)
    dice, before = random.Random(), 0
    for _ in range(ROUNDS):
        command = [sys.executable, "-m", "tests.crash.repair_process", slide.id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ, cwd=ROOT) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(dice.randint(3, 20))]
            process.kill()
            rest = process.stdout.read()
        assert all(line.endswith("\n") for line in lines), "the process ended by itself"
        lines += rest.splitlines(keepends=True)[: rest.count("\n")]
        with open_workbench(RuntimeOptions()) as workbench:
            assert workbench.review_log.find_broken_event() is None
            log = workbench.review_log.events(slide.id)
            written = log[before:]
            assert len(lines) <= len(written) <= len(lines) + 1
            for line, event in zip(lines, written, strict=False):
                cell, mask = line.split()
                assert event.kind is (EventKind.UNDO if mask == "undone" else EventKind.REPAIR_MASK)
                assert mask == "undone" or (event.cells, event.payload["sha256"]) == ((cell,), mask)
            reviews = workbench.open_session(slide.id, "Ada").view.review.cells
            assert reviews == replay(log).cells
            assert all(review.mask is None or review.mask.decode().any() for review in reviews.values())
            before = len(log)
