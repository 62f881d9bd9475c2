"""Storage processes that tests start and kill.

Usage: ``python -m tests.crash.storage_process TASK URL FOLDER ARGUMENT``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from leukview.domain.review.events import EventKind
from leukview.storage.database import open_database
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.storage_examples import numbered_draft


def _print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(task: str, url: str, folder: Path, argument: str) -> None:
    """Import slides without end, or append a number of events.

    The id of each slide or event is printed after it is stored.

    Args:
        task: ``import``, or anything else to append events.
        url: URL of the database.
        folder: Folder of vault and backups.
        argument: Number of the first slide, or number of events.
    """
    database = open_database(url, backup_dir=folder, busy_timeout_s=60.0)
    if task == "import":
        store = SqlSlideStore(database, IdentityVault(folder))
        _print_line("ready")
        number = int(argument)
        while True:
            _print_line(store.add_slide(numbered_draft(number), synthetic=True).slide.id)
            number += 1
    log = SqlReviewLog(database)
    _print_line("ready")
    for _ in range(int(argument)):
        _print_line(log.append("S-00000000", EventKind.OPEN, reviewer="Dr. A", cells=("S-00000000-0",)).id)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4])
