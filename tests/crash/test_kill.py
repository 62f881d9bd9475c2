"""Killing the program at any moment loses, duplicates or splits no data."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE
from leukview.synthetic import write_demo_export
from tests.crash.kill_test import (
    CELLS,
    ReviewerSpawner,
    assert_databases_intact,
    import_slide,
    kill_process,
    read_line,
    run_kill,
    worker_process,
)

IMPORT_KILLS, ANALYSIS_KILLS, REVIEW_KILLS = 12, 4, 4

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic slide."""
    where = tmp_path_factory.mktemp("demo")
    made = write_demo_export(
        where, slides=1, cells=CELLS, seed=11, taxonomy=load_taxonomy(), token=CancelToken(), reporter=null_reporter
    )
    return made[0]


def test_that_an_import_killed_at_any_moment_leaves_the_slide_whole_or_absent(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Twelve kills spread over the creation of database and vault and the import."""
    dice = random.Random()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "unharmed"))
    with worker_process("import", folder) as process:
        assert read_line(process) == "go"
        start = time.perf_counter()
        assert read_line(process) == "done"
        whole = time.perf_counter() - start
    outcomes = []
    for step in range(IMPORT_KILLS):
        home = tmp_path / f"home{step}"
        monkeypatch.setenv(HOME_VARIABLE, str(home))
        with worker_process("import", folder) as process:
            assert read_line(process) == "go"
            delay = (step + dice.random()) / IMPORT_KILLS * whole
            time.sleep(delay)  # the moment of the kill; nothing waits for it
            done = "done" in kill_process(process)
        with open_workbench(RuntimeOptions()) as workbench:
            slides = workbench.slides()
            outcomes.append((done, len(slides)))
            assert len(slides) == 1 or (not slides and not done)
            for slide in slides:
                view = workbench.open_session(slide.id, "r").view
                assert len(view.cells) == slide.cell_count == CELLS
            assert workbench.review_log.find_broken_event() is None
            slide_id = import_slide(workbench, folder)
            assert [s.id for s in workbench.slides()] == [slide_id]
            cells = workbench.open_session(slide_id, "r").view.cells
            assert len({c.cell.sha256 for c in cells}) == len(cells) == CELLS
            assert all(workbench.load_image(c.cell).size for c in cells)
            assert import_slide(workbench, folder) == slide_id
        assert_databases_intact(home)
    assert (False, 0) in outcomes, f"no kill came before the end of the import: {outcomes}"


def test_that_an_analysis_killed_at_any_moment_goes_on_and_does_nothing_twice(folder: Path, tmp_path: Path):
    dice = random.Random()
    with open_workbench(RuntimeOptions()) as workbench:
        slide_id = import_slide(workbench, folder)
    said: list[str] = []
    for step in range(ANALYSIS_KILLS):
        with worker_process("analyse", slide_id) as process:
            assert read_line(process) == "go"
            if step % 2:
                line = read_line(process)
                said += line.split() if line != "done" else []
            time.sleep(dice.random() * 0.4)  # the moment of the kill; nothing waits for it
            said += [cell for line in kill_process(process) if line != "done" for cell in line.split()]
        with open_workbench(RuntimeOptions()) as workbench:
            view = workbench.open_session(slide_id, "r").view
            stored = {v.cell.id for v in view.cells if v.prediction}
            assert len(set(said)) == len(said), "a cell was analysed twice"
            assert stored >= set(said), "a cell was said to be stored and is not"
            assert all(workbench.cached_analysis(v.cell) for v in view.cells if v.prediction)
    with open_workbench(RuntimeOptions()) as workbench:
        summary = workbench.analyse(slide_id, CancelToken(), null_reporter)
        assert (summary.analysed, summary.skipped, summary.unreadable) == (CELLS - len(stored), len(stored), ())
        assert workbench.open_session(slide_id, "r").view.pending_count == 0
    assert_databases_intact(tmp_path / "home")


def test_that_no_acknowledged_action_is_lost_when_the_window_is_killed(folder: Path, tmp_path: Path):
    """Kill a scripted review in the real window several times on one database.

    ``python -m tests.crash.kill_test`` does the same two hundred times.
    """
    dice = random.Random()
    with open_workbench(RuntimeOptions()) as workbench:
        slide_id = import_slide(workbench, folder)
        workbench.analyse(slide_id, CancelToken(), null_reporter)
    before, rounds = 0, []
    with ReviewerSpawner(slide_id) as nest:
        for _ in range(REVIEW_KILLS):
            rounds.append(run_kill(nest, before, dice))
            before += rounds[-1].events
    assert before > REVIEW_KILLS, f"the review wrote {before} events only: {rounds}"
    with open_workbench(RuntimeOptions()) as workbench:
        assert len(workbench.review_log.events(slide_id)) == before
