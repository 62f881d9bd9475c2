"""``make bench``: speed, start-up and memory on this machine, printed as one table. Nothing here is asserted."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from leukview.app import Choices, default_bundle, load_segmenter, load_taxonomy, open_workbench
from leukview.core.jobs import CancelToken, silent
from leukview.core.paths import HOME_VARIABLE

ROUNDS = 3

_WINDOW = """
import sys, time
start = time.perf_counter()
from leukview.app import Choices, open_workbench
from leukview.core.jobs import JobRunner
from leukview.core.paths import data_dir
from PySide6.QtWidgets import QApplication
from leukview.gui.main_window import build_main_window
application = QApplication(["leukview"])
with open_workbench(Choices()) as workbench:
    window = build_main_window(workbench, JobRunner(), data_dir() / "settings.json", "bench")
    window.show()
    while not window.isVisible():
        application.processEvents()
    application.processEvents()
    print(time.perf_counter() - start, "torch" in sys.modules)
"""


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(what: str, value: str, target: str = "") -> None:
    sys.stdout.write(f"{what:<52}{value:>22}   {target}\n")
    sys.stdout.flush()


def _pipeline(folder: Path) -> None:
    from leukview.exports.reader import FolderReader
    from leukview.inference.loading import load_classifier

    taxonomy = load_taxonomy()
    reader = FolderReader(taxonomy)
    draft = reader.read(folder, CancelToken(), silent).slides[0]
    _row("preview of the folder", f"{_timed(lambda: reader.read(folder, CancelToken(), silent)):.2f} s")
    files = [reader.read_bytes(Path(draft.root), draft.inner, c.path) for c in draft.cells]
    images = [reader.decode(data) for data in files]
    count = len(images)
    decode = statistics.median(_timed(lambda: [reader.decode(d) for d in files]) for _ in range(ROUNDS))
    _row(f"decode ({count} cells)", f"{count / decode:.0f} cells/s")
    segmenter = load_segmenter("embedded", "cpu")
    masks = segmenter.segment(images)
    batches = [(images[i : i + 16], masks[i : i + 16]) for i in range(0, count, 16)]
    segment = statistics.median(_timed(lambda: [segmenter.segment(b) for b, _ in batches]) for _ in range(ROUNDS))
    _row("segment", f"{count / segment:.0f} cells/s")
    classifier = load_classifier(default_bundle())
    classifier.classify(*batches[0])
    classify = statistics.median(_timed(lambda: [classifier.classify(b, m) for b, m in batches]) for _ in range(ROUNDS))
    _row("classify with maps", f"{count / classify:.0f} cells/s")


def _whole(folder: Path, home: Path) -> None:
    first: list[float] = []
    os.environ[HOME_VARIABLE] = str(home)
    start = time.perf_counter()
    with open_workbench(Choices()) as workbench:
        drafts = workbench.preview(folder, CancelToken(), silent).slides
        slide = workbench.import_slides(drafts, CancelToken(), silent)[0]
        workbench.analyse(slide.id, CancelToken(), silent, lambda _batch: first.append(time.perf_counter()))
        _row("folder opened → first classified cells", f"{first[0] - start:.2f} s", "≤ 2 s")
        elapsed = time.perf_counter() - start
        cells = slide.cell_count
        _row(f"whole pipeline, {cells} cells with preview and import", f"{cells / elapsed:.0f} cells/s", "≥ 15")
        steady = cells / (time.perf_counter() - first[0])
        _row("whole pipeline after the first batch", f"{steady:.0f} cells/s")
        session = workbench.session(slide.id, "bench")
        report = _timed(lambda: workbench.report(session, home / "report.pdf", CancelToken(), silent))
        _row("report", f"{report:.2f} s")
        cell = session.view.cells[0].cell.id
        actions = statistics.median(_timed(lambda: session.override([cell], "blast")) for _ in range(20))
        _row("one review action, written and folded", f"{1000 * actions:.1f} ms")
    _row(
        "peak memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", "< 800 MB"
    )
    _row("torch loaded", str("torch" in sys.modules), "False")


def _window(home: Path) -> None:
    environment = os.environ | {HOME_VARIABLE: str(home), "QT_QPA_PLATFORM": "offscreen"}
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-c", _WINDOW], env=environment, capture_output=True, text=True, check=True
        )
        times.append((float(run.stdout.split()[0]), time.perf_counter() - start))
    inside = statistics.median(t for t, _ in times[1:])
    _row("start → window shown (process already started)", f"{inside:.2f} s", "≤ 1 s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="an export; default: the real Patient_60, else a demo")
    folder: Path | None = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        if folder is None:
            data = Path(os.environ.get("LEUKVIEW_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
            folder = data / "exports" / "Patient_60"
        if not folder.is_dir():
            from leukview.exports.synthetic import write_demo

            (folder,) = write_demo(
                here / "demo",
                slides=1,
                cells=240,
                seed=0,
                taxonomy=load_taxonomy(),
                token=CancelToken(),
                reporter=silent,
            )
        _row(f"LeukView bench on {os.cpu_count()} cores", folder.name, "target")
        _whole(folder, here / "home")
        _pipeline(folder)
        _window(here / "home2")


if __name__ == "__main__":
    main()
