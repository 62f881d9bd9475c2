"""Loads the image, mask and class-activation maps of one cell in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal, SignalInstance

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.slide import Cell
from leukview.gui.app.i18n import translate_error
from leukview.gui.app.tasks import Task, TaskRunner
from leukview.services.review.session import CellView
from leukview.services.workbench import Workbench

_Part: TypeAlias = tuple[SignalInstance, object, object]  # the signal to emit, and its two arguments


class CellLoader(QObject):
    """Loads the image of a cell first, then its cached analysis.

    A new request cancels the previous one.
    """

    image_loaded = Signal(str, object)  # cell id, H×W×3 uint8
    analysis_loaded = Signal(str, object)  # cell id, CachedAnalysis | None
    image_failed = Signal(str, str)  # cell id, error message
    map_computed = Signal(object, object)  # (cell id, method, stage, choice), side×side float32

    def __init__(self, workbench: Workbench, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench, self._tasks = workbench, tasks
        self._task: Task[Any, Any] | None = None

    def load_cell(self, cell: CellView) -> None:
        """Load the image and the cached analysis of a cell."""
        if self._task is not None:
            self._task.cancel()
        workbench = self._workbench

        def work(token: CancelToken, _reporter: Reporter, give: Callable[[_Part], None]) -> None:
            token.raise_if_cancelled()
            try:
                give((self.image_loaded, cell.cell.id, workbench.load_image(cell.cell)))
            except LeukViewError as error:
                give((self.image_failed, cell.cell.id, translate_error(error)))
            token.raise_if_cancelled()
            if cell.prediction is not None or cell.review.mask is not None:
                give((self.analysis_loaded, cell.cell.id, workbench.cached_analysis(cell.cell, cell.review.mask)))

        self._task = self._tasks.run_with_parts(
            self.tr("Loading the cell"), work, part=self._on_part, queue=Queue.IMAGES
        )
        self._task.ended.connect(self._on_ended)

    def compute_map(self, cell: Cell, method: str, stage: str, choice: str) -> None:
        """Compute the class-activation map of a choice by another method."""

        def work(_token: CancelToken, _reporter: Reporter, give: Callable[[_Part], None]) -> None:
            heat = self._workbench.compute_map(cell, method, stage, choice)
            give((self.map_computed, (cell.id, method, stage, choice), heat))

        self._tasks.run_with_parts(
            self.tr("Computing the class-activation map"), work, part=self._on_part, queue=Queue.IMAGES
        )

    def _on_part(self, part: _Part) -> None:
        signal, key, value = part
        signal.emit(key, value)

    def _on_ended(self, task: object) -> None:
        if task is self._task:
            self._task = None
