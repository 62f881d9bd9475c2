"""Reviewer processes that share one database, for the two-programs test.

``python -m tests.manual.concurrent_reviewers SLIDE REVIEWER READING FIRST_CELL LAST_CELL LABEL…`` waits for a line on
its input, then labels each cell in a separate action, cycling through the labels, and prints ``CELL=LABEL`` after each.
"""

from __future__ import annotations

import sys

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions


def main(slide_id: str, reviewer: str, reading: int, first_cell: int, last_cell: int, labels: list[str]) -> None:
    """Open the slide as the window does, wait for the start signal, label the cells."""
    with open_workbench(RuntimeOptions()) as workbench:
        session = workbench.open_session(slide_id, reviewer, reading)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        cells = [v.cell.id for v in session.view.cells][first_cell:last_cell]
        for at, cell in enumerate(cells):
            label = labels[at % len(labels)]
            view = session.override([cell], label)
            assert view.by_id[cell].review.label == label
            sys.stdout.write(f"{cell}={label}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:])
