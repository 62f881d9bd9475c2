"""A few hundred random actions on the real window; `tests.manual.monkey` by itself plays as long as one likes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_that_random_actions_break_nothing():
    command = [sys.executable, "-m", "tests.manual.monkey", "--seconds", "8", "--seed", "3"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("0 kinds of trouble\n")
    assert int(run.stdout.split()[0]) > 30
