"""``make bench``: speed, start-up and memory on this machine, printed as one table. Nothing here is asserted."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import archive
from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions, active_bundle_path, load_segmenter
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE
from leukview.services.analysis.pipeline import BATCH_SIZE
from tests.support.normal_slide import real_data_folder

ROUNDS = 3


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _print_row(label: str, value: str, target: str = "") -> None:
    sys.stdout.write(f"{label:<52}{value:>22}   {target}\n")
    sys.stdout.flush()


def _pipeline(folder: Path) -> None:
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.inference.classification.classifier_factory import load_classifier

    taxonomy = load_taxonomy()
    reader = AnalyserExportReader(taxonomy)
    draft = reader.read(folder, CancelToken(), null_reporter).slides[0]
    files = [reader.read_bytes(Path(draft.root), draft.archive_folder, c.path) for c in draft.cells]
    images = [reader.decode(data) for data in files]
    count = len(images)
    decode = statistics.median(_time(lambda: [reader.decode(d) for d in files]) for _ in range(ROUNDS))
    _print_row(f"decode ({count} cells)", f"{count / decode:.0f} cells/s")
    segmenter = load_segmenter("embedded", "cpu")
    masks = segmenter.segment(images)
    batches = [(images[i : i + 16], masks[i : i + 16]) for i in range(0, count, 16)]
    segment = statistics.median(_time(lambda: [segmenter.segment(b) for b, _ in batches]) for _ in range(ROUNDS))
    _print_row("segment", f"{count / segment:.0f} cells/s")
    classifier = load_classifier(active_bundle_path())
    classifier.classify(*batches[0])
    classify = statistics.median(_time(lambda: [classifier.classify(b, m) for b, m in batches]) for _ in range(ROUNDS))
    _print_row("classify with maps", f"{count / classify:.0f} cells/s")


def _whole_job(folder: Path, home: Path) -> float:
    """Time import, analysis and report in a new home; return cells per second."""
    first: list[float] = []
    os.environ[HOME_VARIABLE] = str(home)
    start = time.perf_counter()
    with open_workbench(RuntimeOptions()) as workbench:
        drafts = workbench.preview(folder, CancelToken(), null_reporter).slides
        slide = workbench.import_slides(drafts, CancelToken(), null_reporter)[0]
        workbench.analyse(slide.id, CancelToken(), null_reporter, lambda _batch: first.append(time.perf_counter()))
        end = time.perf_counter()
        cells = slide.cell_count
        _print_row(f"whole job, {cells} cells, from folder to tally", f"{cells / (end - start):.0f} cells/s", "≥ 60")
        steady = (cells - BATCH_SIZE) / (end - first[0])
        _print_row("  the same after the first batch", f"{steady:.0f} cells/s")
        session = workbench.open_session(slide.id, "bench")
        report = home / "report.pdf"
        seconds = _time(lambda: workbench.write_report(session, report, CancelToken(), null_reporter))
        _print_row("report", f"{seconds:.2f} s")
        cell = session.view.cells[0].cell.id
        actions = statistics.median(_time(lambda: session.override([cell], "blast")) for _ in range(20))
        _print_row("one review action, written and folded", f"{1000 * actions:.1f} ms")
    return cells / (end - start)


def _record_end(ends: list[float], _outcome: object) -> None:
    ends.append(time.perf_counter())


def _published_pipeline(cells_per_s: float) -> None:
    """Time the published pipeline for one cell in a separate process.

    Args:
        cells_per_s: Cells per second of `_whole_job`, for the ratio.
    """
    command = [sys.executable, "-m", "benchmarks.published_pipeline"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = json.loads(run.stdout)
    parts = " + ".join(f"{seconds[key]:.0f}" for key in ("encode_s", "points_s", "classify_s"))
    _print_row(
        "published pipeline: encode + 1,024 points + networks", f"{seconds['whole_s']:.0f} s a cell", f"{parts} s"
    )
    _print_row("  64 points asked, the rest extrapolated; ratio", f"{seconds['whole_s'] * cells_per_s:,.0f}×")


def _batch(scratch: Path) -> None:
    """Time a batch of small slides on one and on two processes, without start-up.

    Each run starts with an empty home.
    """
    from leukview.bootstrap.batch import ExecutionOptions, analyse_tree
    from tests.manual.batch_trial import write_slides

    slides, cells = 16, 12
    write_slides(scratch / "tree", slides, cells, scratch / "drawn")
    for workers in (1, 2):
        ends: list[float] = []
        os.environ[HOME_VARIABLE] = str(scratch / f"home{workers}")
        analyse_tree(
            RuntimeOptions(),
            ExecutionOptions(workers),
            scratch / "tree",
            scratch / f"results{workers}",
            (CancelToken(), null_reporter),
            reviewer="Dr. Batch",
            on_outcome=partial(_record_end, ends),
        )
        seconds = (ends[-1] - ends[0]) / (slides - 1)
        who = "1 process" if workers == 1 else f"{workers} worker processes"
        _print_row(f"batch of {slides} slides of {cells} cells, {who}", f"{1 / seconds:.2f} slides/s")
        _print_row("  with tables and report", f"{cells / seconds:.0f} cells/s")


def _killed_batch(scratch: Path) -> None:
    """Run `tests.manual.batch_trial` with few slides, one of them corrupt.

    The batch has two workers and is killed and resumed.
    """
    from tests.manual.batch_trial import corrupt_slide, run_trial, write_slides

    slides, cells = 40, 12
    write_slides(scratch / "tree", slides, cells, scratch / "drawn")
    corrupt_slide(scratch / "tree" / f"Synthetic_{slides // 2:04d}")
    os.environ[HOME_VARIABLE] = str(scratch / "home")
    trial = run_trial(scratch / "tree", scratch / "results", slides, cells, slides // 3, ("--workers", "2"))
    _print_row(
        f"batch of {slides} slides, killed at {trial.finished[0]} and resumed", f"{trial.slides_per_s:.2f} slides/s"
    )
    _print_row("  start of program and workers twice; counts", "; ".join(trial.faults) or "exact", "exact")


def _run_window(home: Path, *arguments: object) -> dict[str, Any]:
    environment = os.environ | {HOME_VARIABLE: str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "benchmarks.window", str(time.monotonic()), *map(str, arguments)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(run.stderr)
    figures: dict[str, Any] = json.loads(run.stdout)
    return figures


def _megabytes(figure: float | None) -> str:
    return "not known here" if figure is None else f"{figure:.0f} MB"


def _window(folder: Path, home: Path) -> None:
    """Measure the real window on the offscreen platform, in separate processes."""
    starts = [_run_window(home / "start")["start_s"] for _ in range(ROUNDS + 1)][1:]
    _print_row("process start → window shown (median)", f"{statistics.median(starts):.2f} s", "≤ 1 s")
    f = _run_window(home / "slide", folder)
    _print_row("folder opened → preview", f"{f['preview_s']:.2f} s")
    _print_row("folder opened → first classified cells on screen", f"{f['first_s']:.2f} s", "≤ 2 s")
    _print_row("analysis in the window, with import", f"{f['cells_per_s']:.0f} cells/s", "≥ 15")
    for name, key in (("analysis", "stalls"), ("review", "stalls_review")):
        stalls = f[key]
        _print_row(f"event loop during {name}, longest stall", f"{stalls['longest_ms']:.0f} ms", "≤ 100 ms")
        _print_row("  stalls over 50 ms, over 100 ms", f"{stalls['over_50_ms']}, {stalls['over_100_ms']}", "few, 0")
    _print_row("key press → action written and shown (median)", f"{f['action_ms']:.0f} ms", "≤ 100 ms")
    _print_row("  the slowest of them", f"{f['action_worst_ms']:.0f} ms")
    _print_row("memory of the window after its start", _megabytes(f["start_mb"]))
    _print_row("  peak with the slide analysed and reviewed", _megabytes(f["peak_mb"]), "< 800 MB")
    _print_row("torch in the window's process", "yes" if f["torch"] else "no", "no")


def _other_benchmarks(folder: Path) -> None:
    """Run the review and gallery benchmarks; each prints its own line."""
    normal = ("normal:100", "normal:200") if (real_data_folder() / "cells").is_dir() else ()
    benches = (("benchmarks.review", str(folder), *normal), ("benchmarks.gallery", str(folder)))
    for name, *arguments in benches:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        run = subprocess.run(
            [sys.executable, "-m", name, *arguments], env=environment, capture_output=True, text=True, check=True
        )
        sys.stdout.write(f"{name}: {run.stdout}")


def _archive(folder: Path) -> None:
    """Measure a small archive; the full size is measured by ``python -m benchmarks.archive``."""
    slides, cells = archive.SHORT
    seconds = archive.build_archive(folder, slides, cells)
    sys.stdout.write(f"archive of {slides} slides of {cells} cells, made in {seconds:.0f} s\n")
    archive.print_figures(archive.measure_archive(folder))


def _install(scratch: Path) -> None:
    """Measure the disk space and the time of a base install in a new environment."""
    root = Path(__file__).resolve().parents[1]
    before = _folder_size(root / "leukview")
    environment = scratch / "environment"
    start = time.perf_counter()
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command = [
        str(python),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "-q",
        "-c",
        "constraints.txt",
        "-e",
        ".",
    ]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if run.returncode:
        _print_row("base install", "not measured", "pip could not install")
        return
    size = _folder_size(environment) + before
    _print_row("base install: environment, program and models", f"{size / 1e6:.0f} MB", "< 1000 MB")
    _print_row("  time to install", f"{time.perf_counter() - start:.0f} s")


def _folder_size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def _load_average() -> str:
    if not hasattr(os, "getloadavg"):
        return "load not known"
    return "load " + ", ".join(f"{x:.1f}" for x in os.getloadavg())


def main() -> None:
    """Run the benchmarks and print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="an export; default: the real Patient_60, else a demo")
    parser.add_argument("--no-install", action="store_true", help="leave out the size of the base install")
    parser.add_argument("--batch", action="store_true", help="measure many slides on one process and two, no more")
    arguments = parser.parse_args()
    folder: Path | None = arguments.folder
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        if arguments.batch:
            sys.stdout.write(f"LeukView on {os.cpu_count()} cores; {_load_average()}\n")
            _batch(here / "batch")
            _killed_batch(here / "killed")
            return
        if folder is None:
            folder = real_data_folder() / "exports" / "Patient_60"
        if not folder.is_dir():
            from leukview.synthetic import write_demo_export

            made = write_demo_export(
                here / "demo",
                slides=1,
                cells=240,
                seed=0,
                taxonomy=load_taxonomy(),
                token=CancelToken(),
                reporter=null_reporter,
            )
            folder = made[0]
        sys.stdout.write(
            f"LeukView on {os.cpu_count()} cores, {platform.machine()}, {sys.platform}; {_load_average()}\n"
        )
        _print_row(f"export: {folder.name}", "measured", "target")
        _window(folder, here / "window")
        speed = _whole_job(folder, here / "home")
        _pipeline(folder)
        _published_pipeline(speed)
        _batch(here / "batch")
        _killed_batch(here / "killed")
        _other_benchmarks(folder)
        _archive(here / "archive")
        if not arguments.no_install:
            _install(here)
        sys.stdout.write(f"At the end: {_load_average()}. Other programs on this machine slow each figure down.\n")


if __name__ == "__main__":
    main()
