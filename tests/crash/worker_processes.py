"""Programs that ``tests/test_kill.py`` and ``tests/kill_review.py`` start and kill.

``python -m tests.crash.worker_processes TASK ARGUMENT SEED``. Each prints what it has done, line by line, and only
after it is done.
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
    """Make a new home and import a folder into it."""
    from leukview.importers.export_reader import AnalyserExportReader

    drafts = AnalyserExportReader(load_taxonomy()).read(folder, CancelToken(), null_reporter).slides
    _print_line("go")
    with open_workbench(RuntimeOptions()) as workbench:
        workbench.import_slides(drafts, CancelToken(), null_reporter)
        _print_line("done")


def analyse_slide(slide_id: str) -> None:
    """Analyse what is not analysed yet; the cells of each stored batch are a line."""

    def stored(batch: Mapping[str, Prediction]) -> None:
        _print_line(*batch)

    with open_workbench(RuntimeOptions()) as workbench:
        workbench.model_info()
        _print_line("go")
        workbench.analyse(slide_id, CancelToken(), null_reporter, stored)
        _print_line("done")


def review_forever(slide_id: str, seed: int) -> None:
    """Review the slide in the real window, under real keys, for ever.

    After each action, what the window shows by then is a line: ``EVENTS DIGEST``, the events that the slide's log has
    and a hash over everything that is seen of the review; see `tests.support.scripted_reviewer`.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from leukview.gui.main_window import MainWindow, build_main_window
    from leukview.services.review.session import SlideView
    from tests.support.scripted_reviewer import ScriptedReviewer, displayed_digest

    def give_up(*error: object) -> None:
        sys.stderr.write(f"{error[1]!r}\n")
        os._exit(1)  # Qt would go on after an error in a slot

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
    """Bear one reviewer after the other, everything imported already, for each number that comes on the input.

    A line names the process; then its own lines follow; ``end`` says that it is dead.
    """
    import onnxruntime  # noqa: F401 - what a start costs is mostly this and Qt
    import PySide6.QtTest
    import PySide6.QtWidgets  # noqa: F401

    import leukview.gui.main_window  # noqa: F401
    import tests.support.scripted_reviewer  # noqa: F401

    for line in sys.stdin:
        seed = int(line)
        if hasattr(os, "fork"):
            child = os.fork()  # no thread and no window here yet
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
    """Do one task."""
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
