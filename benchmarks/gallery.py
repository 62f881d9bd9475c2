"""Load of the GUI thread with 10,000 cells on one slide.

``python -m benchmarks.gallery [EXPORT]`` opens and scrolls the slide and relabels 500 cells at a time. It prints one
JSON
object: for each phase the most processor time (ms) of the GUI thread between two iterations of its event loop, and the
peak memory of the process. Predictions are made up; the images are those of the export, repeated, and the export itself
is analysed at the same time. Without an export a synthetic one is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.window import peak_mb
from leukview.core.job_runner import CancelToken, JobRunner, null_reporter
from leukview.core.paths import HOME_VARIABLE, data_dir
from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
from leukview.domain.slide import CellDraft, Slide, SlideDraft, SourceLabel
from leukview.gui.gallery.model import CellFilter, SortKey
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.services.analysis.feature_similarity import ClassDistances
from leukview.services.workbench import Workbench
from tests.support.message_boxes import answer_many_cells

CELLS = 10_000
RELABEL_BATCH = 500
BACKGROUND_SLIDE_CELLS = 240
"""Cells of the slide that is analysed at the same time."""
TIMEOUT_S = 120.0
LABELS = ("segmented_neutrophil", "lymphocyte", "blast", "monocyte", "eosinophil", "smudge_cell", "promyelocyte")


def make_draft(count: int, image_draft: SlideDraft | None) -> SlideDraft:
    """Build a slide whose cells repeat the images of a draft.

    Args:
        count: Number of cells.
        image_draft: Draft with the images; None = image files that do not exist.
    """
    source = SourceLabel("lymphocyte", "Lymphocyte", "LY")
    paths = [cell.path for cell in image_draft.cells] if image_draft else ["gone.jpg"]
    cells = tuple(
        CellDraft(
            hashlib.sha256(str(n).encode()).hexdigest(), paths[n % len(paths)], (), 360, 360, source if n % 3 else None
        )
        for n in range(count)
    )
    root, inner = (image_draft.root, image_draft.archive_folder) if image_draft else ("/nowhere/many", "")
    return SlideDraft(root, inner, "many", "1", "flat unlabelled", cells, (), ())


def made_up_prediction(number: int) -> Prediction:
    """Made-up prediction, determined by the cell number."""
    malignant = number * 7919 % 1000 / 1000
    stages = (
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.98, 0.02)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
    )
    label = LABELS[number % len(LABELS)]
    sure = number * 104729 % 1000 / 1000
    return Prediction("e" * 64, "none:0", stages, label, label, sure, None, Measurement(9000, 4000 + number % 3000))


def store_slide(workbench: Workbench, count: int, image_draft: SlideDraft | None = None) -> Slide:
    """Store the slide with a prediction for each cell."""
    store = workbench._dependencies.slide_store
    slide = store.add_slide(make_draft(count, image_draft), synthetic=True).slide
    store.save_predictions({cell.id: made_up_prediction(cell.number) for cell in store.cells(slide.id)})
    return slide


def made_up_typicality(cells: Sequence[str]) -> ClassDistances:
    """Made-up distances of cells to the centre of each class."""
    table = np.random.default_rng(1).random((len(cells), len(LABELS)), np.float32)
    return ClassDistances({cell: row for row, cell in enumerate(cells)}, {k: at for at, k in enumerate(LABELS)}, table)


class LoopTurnTimer(QObject):
    """Measures this thread's processor time per event-loop iteration.

    The time of other threads and programs is not included.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Restart the measurement."""
        self.seconds, self._last = [], time.thread_time()
        self._timer.start(0)

    def longest(self) -> float:
        """Stop, and return the longest iteration in seconds."""
        self._tick()
        self._timer.stop()
        return max(self.seconds)

    def _tick(self) -> None:
        now = time.thread_time()
        self.seconds.append(now - self._last)
        self._last = now


def wait_until(condition: Callable[[], object]) -> None:
    """Process events until the condition holds."""
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        QApplication.processEvents()
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")


def exercise_window(
    window: MainWindow, slide_id: str, wait: Callable[[Callable[[], object]], object]
) -> dict[str, float]:
    """Open, scroll, relabel, undo, sort and filter.

    Args:
        window: Visible window whose archive has the slide.
        slide_id: Id of the large slide.
        wait: Processes events until a condition holds.

    Returns:
        Phase → seconds of the longest event-loop iteration.
    """
    longest: dict[str, float] = {}
    turns = LoopTurnTimer()

    def phase(name: str, act: Callable[[], object], done: Callable[[], object]) -> None:
        turns.start()
        act()
        wait(done)
        wait(lambda: len(turns.seconds) > 3)
        longest[name] = max(longest.get(name, 0.0), turns.longest())

    def idle() -> bool:
        return window.review.is_idle

    gallery = window.gallery

    def pictured() -> bool:
        return not gallery.thumbnails.is_loading

    phase(
        "open", lambda: window.review.open(slide_id), lambda: window.review.view is not None and window.review.is_idle
    )
    bar = gallery.view.verticalScrollBar()
    for step in range(1, 11):
        phase("scroll", lambda step=step: bar.setValue(bar.maximum() * step // 10), pictured)  # type: ignore[misc]
    for turn in range(4):
        rows = gallery.model.rows()[turn * RELABEL_BATCH : (turn + 1) * RELABEL_BATCH]
        chosen = [v.cell.id for v in rows]
        phase("select", lambda chosen=chosen: gallery.view.select_cells(chosen, chosen[0]), lambda: True)  # type: ignore[misc]
        relabel = partial(window.label_actions.label_selected, ("basophil", "myelocyte")[turn % 2])
        phase("ask", relabel, lambda: True)
        phase("relabel", partial(answer_many_cells, window), idle)
    phase("undo", window.action_manager.by_key["undo"].trigger, idle)

    def choose(sort: SortKey) -> None:
        gallery.sort_combo.setCurrentIndex(gallery.sort_combo.findData(sort.value))
        gallery.sort_combo.activated.emit(gallery.sort_combo.currentIndex())

    for sort in (SortKey.MALIGNANT, SortKey.NC_RATIO, SortKey.NUMBER):
        phase("order", lambda sort=sort: choose(sort), lambda: True)  # type: ignore[misc]
    count = len(gallery.model.slide_view.cells) if gallery.model.slide_view else 0
    phase("weigh", lambda: choose(SortKey.INFORMATION), lambda: len(gallery.model.label_values) == count)
    gallery.model.typicality = made_up_typicality([v.cell.id for v in gallery.model.rows()])
    typical = gallery.sort_combo.findData(SortKey.TYPICAL.value)
    phase("order", lambda: gallery.sort_combo.setCurrentIndex(typical), lambda: True)
    phase("order", lambda: choose(SortKey.UNCERTAIN), lambda: True)
    for choice in (CellFilter.DISAGREEMENT, CellFilter.UNREVIEWED, CellFilter.ALL):
        at = gallery.filter_combo.findData(choice.value)
        phase("filter", lambda at=at: gallery.filter_combo.setCurrentIndex(at), lambda: True)  # type: ignore[misc]
    phase("select all", gallery.view.selectAll, lambda: True)
    phase("blind", window.action_manager.by_key["blind"].trigger, idle)
    return longest


def measure_gallery(export: Path | None = None) -> dict[str, object]:
    """Run the benchmark in a temporary home with the real components."""
    from leukview.bootstrap.composition import open_workbench
    from leukview.bootstrap.model_loading import RuntimeOptions
    from leukview.bootstrap.site_config import load_taxonomy
    from leukview.synthetic import write_demo_export

    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME_VARIABLE] = home
        if export is None:
            names, token, demo = load_taxonomy(), CancelToken(), Path(home) / "demo"
            (export,) = write_demo_export(
                demo,
                slides=1,
                cells=BACKGROUND_SLIDE_CELLS,
                seed=1,
                taxonomy=names,
                token=token,
                reporter=null_reporter,
            )
        if QApplication.instance() is None:
            QApplication(["leukview"])
        runner = JobRunner()
        with open_workbench(RuntimeOptions()) as workbench:
            drafts = workbench.preview(export, CancelToken(), null_reporter).slides
            slide = store_slide(workbench, CELLS, drafts[0])
            window = build_main_window(workbench, runner, data_dir() / "settings.json", "bench")
            window.show()
            wait_until(lambda: not window.tasks.is_busy)
            beside = workbench.import_slides(drafts, CancelToken(), null_reporter)[0]
            workbench.model_info()
            window.slide_jobs.analyse(beside.id)
            longest = exercise_window(window, slide.id, wait_until)
            walked = len(workbench._dependencies.slide_store.predictions(beside.id))
            wait_until(lambda: window.review.is_idle)
            window.slide_jobs.cancel_all()
            window.close()
            runner.shutdown()
        found = {name: round(1000 * seconds, 1) for name, seconds in longest.items()}
        return {
            "cells": CELLS,
            "pictures": len(drafts[0].cells),
            "longest_turn_ms": found,
            "over_50_ms": sum(v > 50 for v in found.values()),
            "analysed_beside": walked,
            "peak_memory_mb": round(peak_mb() or 0),
            "torch": "torch" in sys.modules,
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure_gallery(Path(sys.argv[1]) if len(sys.argv) > 1 else None)) + "\n")
