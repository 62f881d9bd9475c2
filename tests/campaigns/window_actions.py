"""Random actions on the window; every event must be on the slide it was meant for.

Beside the window, another program comments on the same slides, slides are imported, and the folder of the images goes
away and comes back. Full size: ``python -m tests.campaigns.window_actions --count 200000 --seed 1``.

Each comment names the slide that was shown when it was decided on. After the last action, no event may name another
slide or hold another slide's cells, each command is either written once or refused, and the chain of hashes holds.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, JobRunner, null_reporter
from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE, data_dir
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.services.review.session import ReviewSession, SlideView
from leukview.services.workbench import Workbench
from leukview.synthetic import write_demo_export
from tests.support.scripted_reviewer import ScriptedReviewer
from tests.support.storage_examples import make_prediction

WINDOW, OTHER = "Dr. Window", "Dr. Other"
_SLIDES, _CELLS, _MOST_SLIDES = 4, 8, 40
_PATIENCE_S = 120.0
_QUEUED = 8


class _Reviewer(ScriptedReviewer):
    """Writes into each comment which slide was shown when its dialog opened."""

    def __init__(self, window: MainWindow, rng: random.Random) -> None:
        super().__init__(window, rng)
        self._meant = ""

    def step(self) -> None:
        view, before = self._window.review.view, QApplication.activeModalWidget()
        if before is None and self._rng.random() < 0.15:
            self._window.activateWindow()
            self._window.action_manager.by_key[self._rng.choice(("comment", "slide_comment"))].trigger()
        else:
            super().step()
        if before is None and view is not None:
            self._meant = view.slide.id

    def _answer_dialog(self, dialog: QWidget) -> None:
        if isinstance(dialog, CommentDialog):
            dialog.text_edit.setPlainText(f"meant {self._meant} dialog")
            dialog.save_button.click()
            return
        super()._answer_dialog(dialog)


class Campaign:
    """Window, second program and share of one campaign.

    Args:
        folder: Folder for the data folder and the images.
        seed: Seed of all choices.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._share, self._away = folder / "share", folder / "share-away"
        self._rng, self._seed, self._taxonomy = random.Random(seed), seed, load_taxonomy()
        self._number, self._imports, self._refusals = 0, 0, 0
        self._submitted: set[str] = set()
        self.faults: list[str] = []
        self.counts: collections.Counter[str] = collections.Counter()

    def run(self, count: int) -> None:
        """Do `count` actions, then compare the log with what was meant; fills `faults` and `counts`."""
        hook, sys.excepthook = sys.excepthook, lambda *error: self.faults.append(f"traceback: {error[1]!r}")
        try:
            with open_workbench(RuntimeOptions()) as workbench, open_workbench(RuntimeOptions()) as second:
                for _ in range(_SLIDES):
                    self._import_slide(second)
                self._run_window(workbench, second, count)
                self._compare(second)
        finally:
            sys.excepthook = hook

    def _run_window(self, workbench: Workbench, second: Workbench, count: int) -> None:
        runner = JobRunner()
        window = build_main_window(workbench, runner, data_dir() / "settings.json", WINDOW)
        window.review.command_refused.connect(self._note_refusal)
        window.show()
        reviewer = _Reviewer(window, self._rng)
        self._open_slide(window, second)
        self._wait(lambda: window.review.view is not None)
        for _ in range(count):
            self._act(window, second, reviewer)
            QApplication.processEvents()
        if self._away.exists():
            self._away.rename(self._share)
        for _ in range(20):
            if (dialog := QApplication.activeModalWidget()) is not None:
                dialog.close()
            QApplication.processEvents()
        self._wait(lambda: window.review.is_idle and not window.tasks.is_busy)
        window.close()
        self._wait(lambda: not window.isVisible())
        if not runner.shutdown():
            self.faults.append("a task did not end")
        window.deleteLater()
        QApplication.processEvents()

    def _act(self, window: MainWindow, second: Workbench, reviewer: _Reviewer) -> None:
        chance = self._rng.random()
        if chance < 0.55:
            self._count("keys and dialogs", reviewer.step)
        elif chance < 0.80:
            self._count("command", lambda: self._submit_comment(window))
        elif chance < 0.92:
            self._count("another slide", lambda: self._open_slide(window, second))
        elif chance < 0.97:
            self._count("second program", lambda: self._comment_beside(second))
        elif chance < 0.995 or self._imports >= _MOST_SLIDES:
            self._count("share", self._move_share)
        elif not self._away.exists():
            self._count("import", lambda: self._import_slide(second))

    def _count(self, name: str, action: Callable[[], None]) -> None:
        self.counts[name] += 1
        action()

    def _submit_comment(self, window: MainWindow) -> None:
        """Queue a comment on what is shown, decided before the commands in the queue are done."""
        view, target = window.review.view, window.review.target
        if view is None or target is None:
            return
        if self._rng.random() < 0.5:
            self._wait(lambda: window.review.is_idle)
            target = window.review.target or target
            view = window.review.view or view
        self._wait(lambda: len(window.review._queue) < _QUEUED)
        self._number += 1
        text, cell = f"meant {target.slide_id} command {self._number}", self._rng.choice(view.cells).cell.id
        chosen = self._rng.choice(([], [cell]))  # a comment on the slide fits every slide
        self._submitted.add(text)

        def act(session: ReviewSession) -> SlideView:
            try:
                return session.comment(chosen, text)
            except LeukViewError:  # the window shows the sentence
                self._refusals += 1
                raise

        window.review.submit(act, target, self._note_refusal)

    def _note_refusal(self) -> None:
        self._refusals += 1

    def _open_slide(self, window: MainWindow, second: Workbench) -> None:
        window.review.open(self._rng.choice(sorted(slide.id for slide in second.slides())))

    def _comment_beside(self, second: Workbench) -> None:
        slide = self._rng.choice(sorted(slide.id for slide in second.slides()))
        session: ReviewSession = second.open_session(slide, OTHER)
        cell = self._rng.choice(session.view.cells).cell.id
        try:
            session.comment([cell], f"meant {slide} beside")
        except LeukViewError as error:  # signed, or changed meanwhile: a sentence is a right answer
            self.counts[f"refused beside: {type(error).__name__}"] += 1

    def _move_share(self) -> None:
        if self._away.exists():
            self._away.rename(self._share)
        else:
            self._share.rename(self._away)

    def _import_slide(self, second: Workbench) -> None:
        self._imports += 1
        folder = self._share / f"export-{self._imports}"
        made = write_demo_export(
            folder, slides=1, cells=_CELLS, seed=1000 * self._seed + self._imports, taxonomy=self._taxonomy,
            token=CancelToken(), reporter=null_reporter,
        )[0]  # fmt: skip
        preview = second.preview(made, CancelToken(), null_reporter)
        for slide in second.import_slides(preview.slides, CancelToken(), null_reporter, imported_by=OTHER):
            cells = second.open_session(slide.id, OTHER).view.cells
            labels = ("neutrophil", "lymphocyte", "monocyte")
            store = second._dependencies.slide_store
            store.save_predictions({v.cell.id: make_prediction(self._rng.choice(labels)) for v in cells})

    def _wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window does not become idle")
            QTest.qWait(1)

    def _compare(self, second: Workbench) -> None:
        cells = {slide.id: {v.cell.id for v in second.open_session(slide.id, OTHER).view.cells}
                 for slide in second.slides()}  # fmt: skip
        written: collections.Counter[str] = collections.Counter()
        for event in second.review_log.events():
            text = str(event.payload.get("text", ""))
            if text.startswith("meant "):
                written[text] += 1
                if text.split()[1] != event.slide_id:
                    self.faults.append(f"event {event.seq} is on slide {event.slide_id}: {text}")
            if strangers := set(event.cells) - cells[event.slide_id]:
                self.faults.append(f"event {event.seq} holds cells of another slide: {sorted(strangers)}")
            self.counts[f"events of {event.reviewer}"] += 1
        self.faults += [f"written {written[t]} times: {t}" for t in self._submitted if written[t] > 1]
        self.counts["commands written"] = sum(1 for text in self._submitted if written[text])
        self.counts["commands refused"] = len(self._submitted) - self.counts["commands written"]
        if self.counts["commands refused"] > self._refusals:
            self.faults.append(f"{self.counts['commands refused']} commands not written, {self._refusals} refused")
        self.counts["comments of dialogs"] = sum(n for text, n in written.items() if text.endswith(" dialog"))
        state = second.audit.verify(CancelToken(), null_reporter)
        if not state.is_intact:
            self.faults.append(state.message)


def run(folder: Path, count: int, seed: int) -> Campaign:
    """Run a campaign in a folder; the data folder and the keys are set in the environment."""
    campaign = Campaign(folder, seed)
    campaign.run(count)
    return campaign


def main() -> int:
    """Run the campaign; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.window_actions", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    application = QApplication(["leukview"])
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="leukview-campaign-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch).resolve()
        os.environ[HOME_VARIABLE], os.environ[KEYS_VARIABLE] = str(folder / "home"), str(folder / "keys")
        campaign = run(folder, options.count, options.seed)
    application.quit()
    for line in (*campaign.faults, *(f"{name}: {n}" for name, n in sorted(campaign.counts.items()))):
        print(line)  # noqa: T201
    seconds = time.monotonic() - began
    print(f"{options.count} actions, seed {options.seed}: {len(campaign.faults)} faults, {seconds:.0f} s")  # noqa: T201
    return 1 if campaign.faults else 0


if __name__ == "__main__":
    sys.exit(main())
