"""Thumbnails decoded in a worker thread, visible cells first, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from leukview.core.errors import ImageChangedError, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.slide import Cell
from leukview.gui.app.tasks import Task, TaskRunner
from leukview.gui.imaging.overlays import to_qimage
from leukview.services.review.cell_crop import central_square
from leukview.services.review.session import CellView

THUMBNAIL_PX = 160  # side: enough for the default tile at device pixel ratio 2; upscaled for larger
MAX_THUMBNAILS = 900  # about 90 MB
BATCH_SIZE = 32

_Thumbnail = tuple[str, QImage | None, bool]  # cell id, thumbnail or None = unreadable, changed since the import


class ThumbnailCache(QObject):
    """Loads requested thumbnails and caches them by cell id.

    The least recently used are evicted first. Only the last request is loaded, so that scrolling does not wait for
    cells that are out of view.
    """

    thumbnail_loaded = Signal(str)  # cell id

    def __init__(
        self, load_image: Callable[[Cell], NDArray[np.uint8]], tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._load_image, self._tasks = load_image, tasks
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._unreadable: set[str] = set()
        self._changed: set[str] = set()  # those of the unreadable whose file holds another image
        self._requested: list[Cell] = []
        self._task: Task[None, _Thumbnail] | None = None
        self._loading: set[str] = set()
        self._stopped = False
        self._crop_px: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(15)
        self._timer.timeout.connect(self._load_next)

    @property
    def crop_px(self) -> int | None:
        """Side of the central square that a thumbnail shows, in pixels of the image; None = the whole image."""
        return self._crop_px

    def set_crop(self, side_px: int | None) -> None:
        """Set `crop_px`; thumbnails of another size have to be requested again."""
        if side_px != self._crop_px:
            self._crop_px = side_px
            self._pixmaps.clear()
            if self._task is not None:
                self._task.cancel()

    def get(self, view: CellView) -> QPixmap | None:
        """The thumbnail of a cell; null pixmap = image unreadable, None = not loaded yet."""
        found = self._pixmaps.get(view.cell.id)
        if found is not None:
            self._pixmaps.move_to_end(view.cell.id)
            return found
        return QPixmap() if view.cell.id in self._unreadable else None

    def problem(self, cell_id: str) -> str:
        """Why the image of a cell cannot be shown; "" when it can, or is not loaded yet."""
        if cell_id in self._changed:
            return self.tr("changed since the import")
        return self.tr("image cannot be read") if cell_id in self._unreadable else ""

    def request(self, cells: Sequence[Cell]) -> None:
        """Load the thumbnails of these cells; pending earlier requests are dropped."""
        self._requested = [c for c in cells if c.id not in self._pixmaps and c.id not in self._unreadable]
        if self._requested and not self._stopped:
            self._timer.start()

    @property
    def is_loading(self) -> bool:
        """Whether thumbnails are requested or being loaded."""
        return self._task is not None or self._timer.isActive()

    def stop(self) -> None:
        """Cancel loading and ignore further requests."""
        self._stopped = True
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()

    def retry_unreadable(self) -> None:
        """Allow unreadable images to be requested again, e.g. when their drive is back."""
        self._unreadable.clear()
        self._changed.clear()

    def _load_next(self) -> None:
        if self._task is not None:
            if not self._loading & {c.id for c in self._requested}:  # all of the batch has scrolled out of view
                self._task.cancel()
            return  # `_on_ended` starts the next batch
        cells = tuple(self._requested[:BATCH_SIZE])
        if not cells:
            return
        self._loading = {c.id for c in cells}

        crop = self._crop_px

        def work(token: CancelToken, _reporter: Reporter, give: Callable[[_Thumbnail], None]) -> None:
            for cell in cells:
                token.raise_if_cancelled()
                give((cell.id, *self._make_thumbnail(cell, crop)))

        self._task = self._tasks.run_with_parts(
            self.tr("Thumbnails"), work, part=partial(self._on_thumbnail, crop), queue=Queue.IMAGES
        )
        self._task.ended.connect(self._on_ended)

    def _make_thumbnail(self, cell: Cell, crop: int | None) -> tuple[QImage | None, bool]:
        try:
            pixels = self._load_image(cell)
        except LeukViewError as error:
            return None, isinstance(error, ImageChangedError)
        image = to_qimage(pixels if crop is None else central_square(pixels, crop))
        size, mode = (THUMBNAIL_PX, THUMBNAIL_PX), Qt.AspectRatioMode.KeepAspectRatio
        return image.scaled(*size, mode, Qt.TransformationMode.SmoothTransformation), False

    def _on_thumbnail(self, crop: int | None, thumbnail: _Thumbnail) -> None:
        if crop != self._crop_px:  # made before `set_crop`
            return
        cell_id, image, changed = thumbnail
        if image is None:
            self._unreadable.add(cell_id)
            if changed:
                self._changed.add(cell_id)
        else:
            self._pixmaps[cell_id] = QPixmap.fromImage(image)
            while len(self._pixmaps) > MAX_THUMBNAILS:
                self._pixmaps.popitem(last=False)
        self._requested = [c for c in self._requested if c.id != cell_id]
        self.thumbnail_loaded.emit(cell_id)

    def _on_ended(self, _task: Task[None, _Thumbnail]) -> None:
        self._task = None
        if self._requested and not self._stopped:
            self._timer.start()
