"""A batch killed on the way and resumed: ``python -m tests.manual.batch_trial FOLDER --slides 1000 --workers 2``.

One slide is poisoned. The whole group of processes is killed outright (SIGKILL) once a share of the slides is finished,
and the same command is given again. `tests/test_batch.py` does this with a few slides; by hand it is done with many.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from leukview.bootstrap.composition import open_stores
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE
from leukview.domain.review.events import EventKind
from leukview.services.batch.output import COMPLETION_FILE
from leukview.synthetic import write_demo_export

DRAWN_SLIDES = 8
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Result of a killed and resumed batch.

    Attributes:
        slides: Slides of the batch, one of them corrupt.
        cells: Cells per slide.
        finished: Slides marked as finished at the kill, and at the end.
        stored_slides: Slides in the database.
        stored_cells: Cells in the database.
        predicted_cells: Cells with a prediction.
        reports: Reports in the review log; a slide has two if the kill came between log entry and mark.
        chain_holds: Whether the hash chain of the review log is valid.
        exit_code: Exit code of the second run.
        failures: Error messages that name a slide.
        seconds: Duration of the first run until the kill, and of the second run.
    """

    slides: int
    cells: int
    finished: tuple[int, int]
    stored_slides: int
    stored_cells: int
    predicted_cells: int
    reports: int
    chain_holds: bool
    exit_code: int
    failures: tuple[str, ...]
    seconds: tuple[float, float]

    @property
    def faults(self) -> tuple[str, ...]:
        """Violated expectations, given one corrupt slide; empty if all counts are exact."""
        good = self.slides - 1
        wrong = {
            "the kill came on the way": not 1 <= self.finished[0] <= good,
            "every good slide is finished": self.finished[1] != good,
            "every good slide is stored": self.stored_slides != good,
            "every cell is stored": self.stored_cells != good * self.cells,
            "every cell has a prediction": self.predicted_cells != good * self.cells,
            "no report is missing, and one at most was written twice": not good <= self.reports <= good + 1,
            "the chain of the log holds": not self.chain_holds,
            "the exit code says that a slide failed": self.exit_code != 1,
            "one slide is named": len(self.failures) != 1,
        }
        return tuple(words for words, holds_not in wrong.items() if holds_not)

    @property
    def slides_per_s(self) -> float:
        """Finished slides per second of both runs, start-up included."""
        return self.finished[1] / sum(self.seconds)


def write_slides(tree: Path, slides: int, cells: int, scratch: Path) -> None:
    """Write slides made of shifted and re-encoded cells of a few synthetic slides.

    The slides have no overview. Rendering takes seconds per slide, mostly for the overview; this takes milliseconds.

    Args:
        tree: Folder of the slides.
        slides: Number of slides.
        cells: Cells per slide.
        scratch: Folder of the rendered slides.
    """
    taxonomy = load_taxonomy()
    write_demo_export(
        scratch,
        slides=min(slides, DRAWN_SLIDES),
        cells=12,
        seed=0,
        taxonomy=taxonomy,
        token=CancelToken(),
        reporter=null_reporter,
    )
    drawn = [
        (path.parent.name, path.stem.split("_")[0], np.asarray(Image.open(path)))
        for path in sorted(scratch.glob("Synthetic_*/Signed slides/*/*.jpg"))
    ]
    for number in range(slides):
        dice = np.random.default_rng([7, number])
        for at, pick in enumerate(dice.choice(len(drawn), cells, replace=False)):
            name, code, image = drawn[pick]
            stream = io.BytesIO()
            moved = np.roll(image, dice.integers(-3, 4, 2), (0, 1))
            Image.fromarray(moved).save(stream, "JPEG", quality=int(dice.integers(70, 86)))
            folder = tree / f"Synthetic_{number + 1:04d}" / "Signed slides" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{code}_{10_000_000 + number * 100 + at}.jpg").write_bytes(stream.getvalue())


def corrupt_slide(slide: Path) -> None:
    """Truncate every image file of a slide."""
    for picture in slide.rglob("*.jpg"):
        picture.write_bytes(picture.read_bytes()[:200])


def start(tree: Path, output: Path, stderr_path: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start ``leukview analyze`` in a new process group, with stderr in a file.

    A pipe that is not read would be full after about eighty slides and block the program.
    """
    command = [sys.executable, "-m", "leukview", "analyze", str(tree), "--output", str(output), *options]
    with stderr_path.open("wb") as complaints:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=complaints, cwd=ROOT, start_new_session=True)


def finished_count(output: Path) -> int:
    """Number of slides that are marked as finished."""
    return sum(1 for _ in output.glob(f"*/{COMPLETION_FILE}"))


def run_trial(tree: Path, output: Path, slides: int, cells: int, kill_at: int, options: Sequence[str]) -> TrialResult:
    """Kill a batch when `kill_at` slides are finished, resume it, and count.

    The home is that of the environment.
    """
    begun = time.perf_counter()
    complaints = tree.with_name("complaints.txt")
    with start(tree, output, complaints, *options) as first:
        while finished_count(output) < kill_at:
            if first.poll() is not None:
                raise RuntimeError(complaints.read_text(encoding="utf-8"))
            time.sleep(0.05)  # polling: the other process sends no notification
        os.killpg(first.pid, signal.SIGKILL)
    killed, at_kill = time.perf_counter(), finished_count(output)
    with start(tree, output, complaints, *options) as second:
        second.wait()
    said = complaints.read_text(encoding="utf-8")
    ended = time.perf_counter()
    with open_stores(RuntimeOptions()) as stores:
        stored = stores.slides.slides()
        predicted = sum(len(stores.slides.predictions(s.id)) for s in stored)
        reports = sum(e.kind is EventKind.REPORT for e in stores.log.events())
        chain = stores.log.find_broken_event() is None
    return TrialResult(
        slides,
        cells,
        (at_kill, finished_count(output)),
        len(stored),
        sum(s.cell_count for s in stored),
        predicted,
        reports,
        chain,
        second.returncode,
        tuple(line.strip() for line in said.splitlines() if "Synthetic_" in line),
        (killed - begun, ended - killed),
    )


def main() -> int:
    """Run the command line; return 0 if all counts are exact."""
    parser = argparse.ArgumentParser(prog="python -m tests.manual.batch_trial", description=__doc__)
    parser.add_argument("folder", type=Path, help="a new folder for slides, home and results")
    parser.add_argument("--slides", type=int, default=1000)
    parser.add_argument("--cells", type=int, default=12, help="of each slide")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill-at", type=float, default=0.3, help="share of the slides that is finished then")
    a = parser.parse_args()
    tree, output = a.folder / "tree", a.folder / "results"
    os.environ[HOME_VARIABLE] = str(a.folder / "home")
    if not tree.exists():
        write_slides(tree, a.slides, a.cells, a.folder / "drawn")
        corrupt_slide(tree / f"Synthetic_{a.slides // 2:04d}")
    trial = run_trial(tree, output, a.slides, a.cells, int(a.kill_at * a.slides), ("--workers", str(a.workers)))
    told = asdict(trial) | {"slides_per_s": round(trial.slides_per_s, 3), "faults": trial.faults}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 1 if trial.faults else 0


if __name__ == "__main__":
    sys.exit(main())
