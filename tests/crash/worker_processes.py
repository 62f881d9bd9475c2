"""Processes that the kill tests start and kill.

These are `tests.crash.test_kill` and `tests.crash.kill_test`. Usage: ``python -m tests.crash.worker_processes TASK
ARGUMENT SEED``. Each prints a line for each step after the step is stored.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, JobRunner, null_reporter
from leukview.core.paths import data_dir
from leukview.domain.prediction import Prediction


def _print_line(*values: object) -> None:
    sys.stdout.write(" ".join(str(w) for w in values) + "\n")
    sys.stdout.flush()


def import_folder(folder: Path) -> None:
    """Import a folder into a new home."""
    from leukview.importers.export_reader import AnalyserExportReader

    drafts = AnalyserExportReader(load_taxonomy()).read(folder, CancelToken(), null_reporter).slides
    _print_line("go")
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.import_slides(drafts, CancelToken(), null_reporter)
        _print_line("done")


def analyse_slide(slide_id: str) -> None:
    """Analyse the remaining cells of a slide; print the cell ids of each stored batch."""

    def stored(batch: Mapping[str, Prediction]) -> None:
        _print_line(*batch)

    with open_workbench(RuntimeOptions()) as workbench:
        workbench.model_info()
        _print_line("go")
        workbench.analyse(slide_id, CancelToken(), null_reporter, stored)
        _print_line("done")


def review_forever(slide_id: str, seed: int) -> None:
    """Review the slide in the real window with key events, without end.

    After each action a line ``EVENTS DIGEST`` is printed: the number of events in the slide's log, and a hash of the
    displayed review; see `tests.support.scripted_reviewer`.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from leukview.gui.main_window import MainWindow, build_main_window
    from leukview.services.review.session import SlideView
    from tests.support.scripted_reviewer import ScriptedReviewer, displayed_digest

    def give_up(*error: object) -> None:
        sys.stderr.write(f"{error[1]!r}\n")
        os._exit(1)  # Qt would continue after an error in a slot

    sys.excepthook = give_up
    application = QApplication(["leukview"])

    def look(window: MainWindow, _view: SlideView) -> None:
        session = window.review._session
        assert session is not None
        _print_line(len(session.events), displayed_digest(window))

    with open_workbench(RuntimeOptions()) as workbench:
        window = build_main_window(workbench, JobRunner(), data_dir() / "settings.json", "Dr. Test")
        reviewer = ScriptedReviewer(window, random.Random(seed))
        keys = QTimer(window)
        keys.timeout.connect(reviewer.step)
        window.review.slide_opened.connect(partial(look, window))
        window.review.view_changed.connect(partial(look, window))
        window.review.slide_opened.connect(lambda _view: keys.start(0))
        window.show()
        window.activateWindow()
        window.review.open(slide_id)
        application.exec()


def spawn_reviewers(slide_id: str) -> None:
    """Fork a reviewer process for each seed read from stdin.

    All modules are imported before the fork. The output of a reviewer is a line ``pid NUMBER``, its own lines, and
    ``end`` after it has ended.
    """
    import onnxruntime  # noqa: F401 - this and Qt take most of the start-up time
    import PySide6.QtTest
    import PySide6.QtWidgets  # noqa: F401

    import leukview.gui.main_window  # noqa: F401
    import tests.support.scripted_reviewer  # noqa: F401

    for line in sys.stdin:
        seed = int(line)
        if hasattr(os, "fork"):
            child = os.fork()  # safe: no threads and no window exist yet
            if not child:
                review_forever(slide_id, seed)
                os._exit(0)
            _print_line("pid", child)
            os.waitpid(child, 0)
        else:
            command = [sys.executable, "-m", "tests.crash.worker_processes", "review", slide_id, str(seed)]
            with subprocess.Popen(command) as process:
                _print_line("pid", process.pid)
        _print_line("end")


def main(task: str, argument: str, seed: int) -> None:
    """Run one task."""
    match task:
        case "import":
            import_folder(Path(argument))
        case "analyse":
            analyse_slide(argument)
        case "review":
            review_forever(argument, seed)
        case "nest":
            spawn_reviewers(argument)
        case _:
            raise ValueError(task)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
