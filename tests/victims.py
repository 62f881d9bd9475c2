"""Programs that ``tests/test_kill.py`` starts and kills: ``python -m tests.victims TASK ARGUMENT SEED``.

Each says on its own output what it has done, a line at a time, and only after it is done.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from leukview.app import Choices, load_taxonomy, open_workbench
from leukview.core.jobs import CancelToken, JobRunner, silent
from leukview.core.paths import data_dir
from leukview.domain.prediction import Prediction

KEYS = ("Space", "N", "L", "B", "M", "Z", ".", "Ctrl+Z", "Ctrl+Shift+Z")
WEIGHTS = (6, 3, 3, 2, 1, 1, 1, 3, 2)


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(str(w) for w in words) + "\n")
    sys.stdout.flush()


def import_folder(folder: Path) -> None:
    """Make a new home and import a folder into it."""
    from leukview.exports.reader import FolderReader

    drafts = FolderReader(load_taxonomy()).read(folder, CancelToken(), silent).slides
    _say("go")
    with open_workbench(Choices()) as workbench:
        workbench.import_slides(drafts, CancelToken(), silent)
        _say("done")


def analyse(slide_id: str) -> None:
    """Analyse what is not analysed yet; the cells of each stored batch are a line."""

    def stored(batch: Mapping[str, Prediction]) -> None:
        _say(*batch)

    with open_workbench(Choices()) as workbench:
        workbench.model_info()
        _say("go")
        workbench.analyse(slide_id, CancelToken(), silent, stored)
        _say("done")


def review(slide_id: str, seed: int) -> None:
    """Type keys at random into the real window, for ever; what it shows after each action is a line.

    A line holds how many events the slide's log has by then, and the cells whose reviewer's label is another than in
    the line before: ``EVENTS CELL=LABEL …``, with an empty label where an action was taken back.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QKeySequence
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from leukview.gui.main_window import MainWindow, build_main_window
    from leukview.services.review import SlideView

    def give_up(*error: object) -> None:
        sys.stderr.write(f"{error[1]!r}\n")
        os._exit(1)  # Qt would go on after an error in a slot

    sys.excepthook = give_up
    application = QApplication(["leukview"])
    dice = random.Random(seed)
    shown: dict[str, str] = {}

    def look(window: MainWindow, view: SlideView) -> None:
        labels = {c.cell.id: c.review.label for c in view.cells}
        session = window.desk._session
        assert session is not None
        _say(len(session.events), *(f"{c}={label}" for c, label in labels.items() if shown.get(c, "") != label))
        shown.update(labels)

    def type_a_key(window: MainWindow) -> None:
        if len(window.desk._waiting) > 3:  # a little faster than the disk writes, but not without end
            return
        (name,) = dice.choices(KEYS, WEIGHTS)
        QTest.keySequence(window.gallery.view, QKeySequence(name))

    with open_workbench(Choices()) as workbench:
        window = build_main_window(workbench, JobRunner(), data_dir() / "settings.json", "Dr. Test")
        keys = QTimer(window)
        keys.timeout.connect(partial(type_a_key, window))
        window.desk.opened.connect(partial(look, window))
        window.desk.changed.connect(partial(look, window))
        window.desk.opened.connect(lambda _view: keys.start(0))
        window.show()
        window.activateWindow()
        window.desk.open(slide_id)
        application.exec()


def main(task: str, argument: str, seed: int) -> None:
    """Do one task."""
    match task:
        case "import":
            import_folder(Path(argument))
        case "analyse":
            analyse(argument)
        case "review":
            review(argument, seed)
        case _:
            raise ValueError(task)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
