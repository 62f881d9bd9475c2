"""Window measurements of ``make bench``, in a separate process.

``python -m benchmarks.window STARTED [FOLDER]`` prints one JSON object. STARTED is the value of `time.monotonic` when
the process was started.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.core.job_runner import JobRunner
from leukview.core.paths import data_dir
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.review.session import SlideView

TIMEOUT_S = 300.0
ACTIONS = 40


def _wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        QApplication.processEvents()
        time.sleep(0.0005)
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")


class EventLoopStalls(QObject):
    """Measures the gaps in seconds between the timeouts of a timer of 1 ms."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self.gaps: list[float] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Restart the measurement."""
        self.gaps, self._last = [], time.perf_counter()
        self._timer.start(1)

    def stop(self) -> list[float]:
        """Stop, and return the gaps since the start, the longest first."""
        self._timer.stop()
        return sorted(self.gaps, reverse=True)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now


class FirstPainted(QObject):
    """Records when the gallery first paints a classified cell with its image."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.painted_at: float | None = None
        window.gallery.view.viewport().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.painted_at is None and event.type() == QEvent.Type.Paint and self._classified_cell_visible():
            QTimer.singleShot(0, self._record_time)
        return False

    def _classified_cell_visible(self) -> bool:
        gallery = self._window.gallery
        for row in gallery.view.visible_rows():
            cell = gallery.model.cell_at(row)
            if cell and cell.prediction and gallery.thumbnails.get(cell) is not None:
                return True
        return False

    def _record_time(self) -> None:
        if self.painted_at is None:
            self.painted_at = time.monotonic()


class FirstReviewed(QObject):
    """Records when the window shows a changed number of reviewed cells."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._reviewed_before = window.review.view.reviewed_count if window.review.view else 0
        self.shown_at = 0.0
        window.review.view_changed.connect(self._on_view_changed)

    def is_shown(self) -> bool:
        """Whether the change was shown."""
        return self.shown_at > 0

    def _on_view_changed(self, view: SlideView) -> None:
        if not self.shown_at and view.reviewed_count != self._reviewed_before:
            self.shown_at = time.perf_counter()


def peak_mb() -> float | None:
    """Peak resident memory of this process in MB; None without /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(x for x in status.read_text(encoding="ascii").splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _stall_figures(gaps: list[float]) -> dict[str, float]:
    return {
        "longest_ms": 1000 * gaps[0],
        "over_50_ms": sum(g > 0.05 for g in gaps),
        "over_100_ms": sum(g > 0.1 for g in gaps),
    }


def _measure_actions(window: MainWindow) -> list[float]:
    """Seconds from each key press until its written action is shown."""
    window.activateWindow()
    window.gallery.view.setFocus()
    _wait_until(window.gallery.view.hasFocus)
    times = []
    for number in range(ACTIONS):
        shown = FirstReviewed(window)
        start = time.perf_counter()
        QTest.keyClick(window.gallery.view, Qt.Key.Key_Space if number % 2 else Qt.Key.Key_N)
        _wait_until(shown.is_shown)
        times.append(shown.shown_at - start)
        _wait_until(lambda: window.review.is_idle)
    return times


def measure_window(started: float, folder: Path | None) -> dict[str, object]:
    """Start the window and open, analyse and review a slide.

    Args:
        started: `time.monotonic` at the start of the process.
        folder: Export to open; None = measure the start only.

    Returns:
        The measurements by name.
    """
    application = QApplication(["leukview"])
    figures: dict[str, object] = {}
    runner = JobRunner()
    with open_workbench(RuntimeOptions(has_window=True)) as workbench:
        window = build_main_window(workbench, runner, data_dir() / "settings.json", "bench")
        window.show()
        _wait_until(lambda: window.windowHandle() is not None and window.windowHandle().isExposed())
        application.processEvents()
        figures["start_s"] = time.monotonic() - started
        figures["start_mb"] = peak_mb()
        if folder is not None:
            _measure_slide(window, folder, figures)
        figures["torch"] = "torch" in sys.modules
        figures["peak_mb"] = peak_mb()
        _wait_until(lambda: not window.tasks.is_busy)
        window.close()
        runner.shutdown()
    return figures


def _measure_slide(window: MainWindow, folder: Path, figures: dict[str, object]) -> None:
    stalls, painted = EventLoopStalls(), FirstPainted(window)
    stalls.start()
    opened = time.monotonic()
    window.open_path(folder)
    _wait_until(lambda: isinstance(QApplication.activeModalWidget(), ImportDialog))
    figures["preview_s"] = time.monotonic() - opened
    dialog = QApplication.activeModalWidget()
    if not isinstance(dialog, ImportDialog):
        raise TypeError("no preview")
    accepted = time.monotonic()
    dialog.accept()
    _wait_until(lambda: painted.painted_at is not None)
    figures["first_s"] = (painted.painted_at or 0.0) - opened
    _wait_until(lambda: window.review.view and window.review.view.pending_count == 0 and window.review.is_idle)
    view = window.review.view
    figures["cells_per_s"] = len(view.cells) / (time.monotonic() - accepted) if view else 0.0
    figures["stalls"] = _stall_figures(stalls.stop())
    figures["peak_mb_analysing"] = peak_mb()
    _wait_until(lambda: not window.tasks.is_busy)
    stalls.start()
    times = _measure_actions(window)
    figures["stalls_review"] = _stall_figures(stalls.stop())
    figures["action_ms"] = 1000 * statistics.median(times)
    figures["action_worst_ms"] = 1000 * max(times)


if __name__ == "__main__":
    chosen = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    sys.stdout.write(json.dumps(measure_window(float(sys.argv[1]), chosen)) + "\n")
