"""Nothing is lost, doubled or half done when the program is killed outright, whenever that happens."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from leukview.app import Choices, load_taxonomy, open_workbench
from leukview.core.jobs import CancelToken, silent
from leukview.core.paths import HOME_VARIABLE
from leukview.domain.review import fold
from leukview.exports.synthetic import write_demo
from leukview.services.workbench import Workbench
from tests.victims import KEYS

CELLS = 48
IMPORTS, ANALYSES, REVIEWS = 12, 4, 4
ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic slide."""
    where = tmp_path_factory.mktemp("demo")
    made = write_demo(
        where, slides=1, cells=CELLS, seed=11, taxonomy=load_taxonomy(), token=CancelToken(), reporter=silent
    )
    return made[0]


@contextmanager
def victim(task: str, argument: object, seed: int = 0) -> Iterator[subprocess.Popen[str]]:
    """A process at its task; dead when the block ends."""
    command = [sys.executable, "-m", "tests.victims", task, str(argument), str(seed)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "PASSIVE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that the process says; it must not have ended."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.endswith("\n"), "the process ended by itself"
    return line.strip()


def kill(process: subprocess.Popen[str]) -> list[str]:
    """SIGKILL, or what Windows has for it; the whole lines that were not read yet."""
    process.kill()
    assert process.stdout is not None
    rest = process.stdout.read()
    process.wait()
    return rest.splitlines()[: rest.count("\n")]


def import_into_this_home(workbench: Workbench, folder: Path) -> str:
    drafts = workbench.preview(folder, CancelToken(), silent).slides
    (slide,) = workbench.import_slides(drafts, CancelToken(), silent)
    return slide.id


def assert_sound(home: Path) -> None:
    """SQLite itself finds no damage and no reference into nothing."""
    for name in ("leukview.db", "identity.db"):
        with closing(sqlite3.connect(home / name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_that_an_import_killed_at_any_moment_leaves_the_slide_whole_or_absent(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Twelve kills spread over the making of database and vault and the import, each on a new home."""
    dice = random.Random()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "unharmed"))
    with victim("import", folder) as process:
        assert line_of(process) == "go"
        start = time.perf_counter()
        assert line_of(process) == "done"
        whole = time.perf_counter() - start
    outcomes = []
    for step in range(IMPORTS):
        home = tmp_path / f"home{step}"
        monkeypatch.setenv(HOME_VARIABLE, str(home))
        with victim("import", folder) as process:
            assert line_of(process) == "go"
            delay = (step + dice.random()) / IMPORTS * whole
            time.sleep(delay)  # the moment of the kill; nothing waits for it
            done = "done" in kill(process)
        with open_workbench(Choices()) as workbench:
            slides = workbench.slides()
            outcomes.append((done, len(slides)))
            assert len(slides) == 1 or (not slides and not done)
            for slide in slides:
                view = workbench.session(slide.id, "r").view
                assert len(view.cells) == slide.cell_count == CELLS
            assert workbench.log.verify() is None
            slide_id = import_into_this_home(workbench, folder)
            assert [s.id for s in workbench.slides()] == [slide_id]
            cells = workbench.session(slide_id, "r").view.cells
            assert len({c.cell.sha256 for c in cells}) == len(cells) == CELLS
            assert all(workbench.image(c.cell).size for c in cells)
            assert import_into_this_home(workbench, folder) == slide_id
        assert_sound(home)
    assert (False, 0) in outcomes, f"no kill came before the end of the import: {outcomes}"


def test_that_an_analysis_killed_at_any_moment_goes_on_and_does_nothing_twice(folder: Path, tmp_path: Path):
    dice = random.Random()
    with open_workbench(Choices()) as workbench:
        slide_id = import_into_this_home(workbench, folder)
    said: list[str] = []
    for step in range(ANALYSES):
        with victim("analyse", slide_id) as process:
            assert line_of(process) == "go"
            if step % 2:
                line = line_of(process)
                said += line.split() if line != "done" else []
            time.sleep(dice.random() * 0.4)  # the moment of the kill; nothing waits for it
            said += [cell for line in kill(process) if line != "done" for cell in line.split()]
        with open_workbench(Choices()) as workbench:
            view = workbench.session(slide_id, "r").view
            stored = {v.cell.id for v in view.cells if v.prediction}
            assert len(set(said)) == len(said), "a cell was analysed twice"
            assert stored >= set(said), "a cell was said to be stored and is not"
            assert all(workbench.cached(v.cell) for v in view.cells if v.prediction)
    with open_workbench(Choices()) as workbench:
        summary = workbench.analyse(slide_id, CancelToken(), silent)
        assert (summary.analysed, summary.skipped, summary.unreadable) == (CELLS - len(stored), len(stored), ())
        assert workbench.session(slide_id, "r").view.pending == 0
    assert_sound(tmp_path / "home")


def labels_after(workbench: Workbench, slide_id: str, events: int) -> dict[str, str]:
    """What a fold over the first events of the slide's log says."""
    state = fold(workbench.log.events(slide_id)[:events])
    return {cell: review.label for cell, review in state.cells.items() if review.label}


def test_that_no_acknowledged_action_is_lost_when_the_window_is_killed(folder: Path, tmp_path: Path):
    """Random keys into the real window and SIGKILL at a random moment, several times on one database.

    Whatever the window has shown is in the log, in order; at most the one action that was being written is there too.
    """
    dice = random.Random()
    with open_workbench(Choices()) as workbench:
        slide_id = import_into_this_home(workbench, folder)
        workbench.analyse(slide_id, CancelToken(), silent)
    actions = 0
    before = 0
    for _ in range(REVIEWS):
        with victim("review", slide_id, seed=dice.randrange(2**32)) as process:
            lines = [line_of(process) for _ in range(dice.randint(2, 30))]
            time.sleep(dice.random() * 0.05)  # the moment of the kill; nothing waits for it
            lines += kill(process)
        with open_workbench(Choices()) as workbench:
            log = workbench.log.events(slide_id)
            assert workbench.log.verify() is None
            shown: dict[str, str] = {}
            for number, line in enumerate(lines):
                count, *changes = line.split()
                shown |= dict(change.split("=") for change in changes)
                if number in {0, len(lines) - 1} or changes:
                    labels = {cell: label for cell, label in shown.items() if label}
                    assert labels == labels_after(workbench, slide_id, int(count)), line
            assert int(lines[0].split()[0]) == before, "the window did not begin where the log ended"
            assert 0 <= len(log) - int(lines[-1].split()[0]) <= 1
            session = workbench.session(slide_id, "r")
            reviewed = {v.cell.id: v.review.label for v in session.view.cells if v.review.label}
            assert reviewed == labels_after(workbench, slide_id, len(log))
            actions += len(log) - before
            before = len(log)
        assert_sound(tmp_path / "home")
    assert actions > REVIEWS, f"the keys {KEYS} wrote {actions} events only"
