"""Writes the figures that ``leukview qualify`` expects; run it when the shipped model or the drawn cells change."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from leukview.bootstrap.qualification import EXPECTED, measured_figures, run_operation
from leukview.core.paths import resources_dir


def main() -> int:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        failed = [result for result in run_operation(Path(folder)) if not result.passed]
        if failed:
            sys.stderr.write(f"{failed[0].subject}: {failed[0].found}\n")
            return 1
        figures = measured_figures(Path(folder) / "out")
    (resources_dir() / EXPECTED).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
