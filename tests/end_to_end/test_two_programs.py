"""Real programs on one database at once: nothing lost, nothing mixed, no lock shown to anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import FIRST_READING, SECOND_READING
from leukview.domain.review.reducer import replay
from leukview.synthetic import write_demo_export

CELLS = 40
ROOT = Path(__file__).resolve().parents[2]


def start_reader(slide_id: str, reviewer: str, reading: int, cells: range, *labels: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.manual.concurrent_reviewers", slide_id, reviewer, str(reading)]
    command += [str(cells.start), str(cells.stop), *labels]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)


def run_together(programs: list[subprocess.Popen[str]]) -> list[dict[str, str]]:
    """Let all begin at once; what each said that it labelled."""
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    ends = [program.communicate() for program in programs]
    assert [(program.returncode, end[1]) for program, end in zip(programs, ends, strict=True)] == [(0, "")] * len(ends)
    return [dict(line.split("=") for line in said.split()) for said, _ in ends]


@pytest.mark.timeout(120)
def test_that_first_and_second_reader_at_once_lose_and_mix_nothing(tmp_path: Path):
    """Two windows of the first reading and one of the second, each in a process of its own, and this one looking on."""
    taxonomy = load_taxonomy()
    (folder,) = write_demo_export(
        tmp_path, slides=1, cells=CELLS, seed=3, taxonomy=taxonomy, token=CancelToken(), reporter=null_reporter
    )
    with open_workbench(RuntimeOptions()) as workbench:
        (slide,) = workbench.import_slides(
            workbench.preview(folder, CancelToken(), null_reporter).slides, CancelToken(), null_reporter
        )
        onlooker = workbench.open_session(slide.id, "Dr. A")
        half = CELLS // 2
        here, there, second = run_together(
            [
                start_reader(slide.id, "Dr. A", FIRST_READING, range(half), "lymphocyte", "monocyte"),
                start_reader(slide.id, "Dr. A", FIRST_READING, range(half, CELLS), "lymphocyte", "eosinophil"),
                start_reader(slide.id, "Dr. B", SECOND_READING, range(CELLS), "blast", "lymphocyte"),
            ]
        )
        assert (len(here), len(there), len(second)) == (half, CELLS - half, CELLS)
        assert workbench.review_log.find_broken_event() is None
        events = workbench.review_log.events(slide.id)
        assert len(events) == 2 * CELLS
        labels = {
            reading: {c: r.label for c, r in replay(events, reading).cells.items()}
            for reading in (FIRST_READING, SECOND_READING)
        }
        assert labels == {FIRST_READING: here | there, SECOND_READING: second}
        assert onlooker.view.reviewed_count == 0
        view = onlooker.reload()
        assert {v.cell.id: v.label for v in view.cells} == here | there
        assert onlooker.agreement() is None, "the second reading is not signed yet"
        reader = workbench.open_session(slide.id, "Dr. B", SECOND_READING)
        assert {v.cell.id: v.label for v in reader.view.cells} == second
        reader.sign("Dr. B", "Second reading")
        onlooker.reload()
        found = onlooker.agreement()
        assert found is not None
        assert found.kappa.n == CELLS
        assert {d.cell_id for d in found.disagreements} == {c for c in second if second[c] != (here | there)[c]}
