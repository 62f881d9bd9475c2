"""Thumbnails decoded off the GUI thread, what is visible first, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.slide import Cell
from leukview.gui.app.tasks import Jobs, Task
from leukview.gui.imaging.overlays import to_qimage
from leukview.services.review.session import CellView

SIDE = 160  # px: enough for the usual tile at twice the density; larger tiles are drawn up from it
MOST = 900  # thumbnails kept: about 90 MB
BATCH = 32


class Thumbnails(QObject):
    """Keeps thumbnails by cell id and fetches those asked for last, so that scrolling never waits for what is past."""

    arrived = Signal(str)  # cell id

    def __init__(self, image: Callable[[Cell], NDArray[np.uint8]], jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image, self._jobs = image, jobs
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._missing: set[str] = set()
        self._wanted: list[Cell] = []
        self._task: Task[Any, Any] | None = None
        self._fetching: set[str] = set()
        self._stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(15)
        self._timer.timeout.connect(self._fetch)

    def find(self, view: CellView) -> QPixmap | None:
        """The thumbnail of a cell; an empty pixmap when its image cannot be read; None when it is not there yet."""
        found = self._kept.get(view.cell.id)
        if found is not None:
            self._kept.move_to_end(view.cell.id)
            return found
        return QPixmap() if view.cell.id in self._missing else None

    def want(self, cells: Sequence[Cell]) -> None:
        """Fetch these before anything else; earlier wishes not yet fulfilled are dropped."""
        self._wanted = [c for c in cells if c.id not in self._kept and c.id not in self._missing]
        if self._wanted and not self._stopped:
            self._timer.start()

    @property
    def busy(self) -> bool:
        """Thumbnails are wanted, or being fetched."""
        return self._task is not None or self._timer.isActive()

    def stop(self) -> None:
        """Fetch nothing any more."""
        self._stopped = True
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()

    def forget_missing(self) -> None:
        """Try again to read images that could not be read, for instance after their folder came back."""
        self._missing.clear()

    def _fetch(self) -> None:
        if self._task is not None:
            if not self._fetching & {c.id for c in self._wanted}:  # all of it has scrolled past
                self._task.cancel()
            return  # the next round begins when it has ended
        cells = tuple(self._wanted[:BATCH])
        if not cells:
            return
        self._fetching = {c.id for c in cells}

        def work(token: CancelToken, _reporter: Reporter, give: Callable[[object], None]) -> None:
            for cell in cells:
                token.check()
                give((cell.id, self._picture(cell)))

        self._task = self._jobs.run_with_parts(self.tr("Thumbnails"), work, part=self._on_part, queue=Queue.IMAGES)
        self._task.ended.connect(self._on_ended)

    def _picture(self, cell: Cell) -> QImage | None:
        try:
            image = to_qimage(self._image(cell))
        except LeukViewError:
            return None
        return image.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def _on_part(self, part: object) -> None:
        if not isinstance(part, tuple):
            return
        cell_id, image = part
        if image is None:
            self._missing.add(cell_id)
        else:
            self._kept[cell_id] = QPixmap.fromImage(image)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        self._wanted = [c for c in self._wanted if c.id != cell_id]
        self.arrived.emit(cell_id)

    def _on_ended(self, _task: object) -> None:
        self._task = None
        if self._wanted and not self._stopped:
            self._timer.start()
