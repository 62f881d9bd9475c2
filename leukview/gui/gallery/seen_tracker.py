"""Records which cells were on the screen, for the sign rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.review_controller import Command, CommandTarget, ReviewController

SEEN_AFTER_MS = 300
"""How long a thumbnail must stay visible in the active window to count as seen."""
POLL_INTERVAL_MS = 100
WRITE_INTERVAL_MS = 2000
"""Cells seen within this time are written as one event."""


class SeenTracker(QObject):
    """Follows which thumbnails of the gallery are visible and records them as seen.

    A cell counts when its image was loaded and at least half of its tile was visible for `SEEN_AFTER_MS` without
    interruption, while the window was active. The positions are polled only while a visible cell is not recorded yet.

    Args:
        review: Provides the open slide and writes the events.
        gallery: The gallery that is watched.
        is_covered: Returns whether the gallery is covered, by the lock screen for instance.
        parent: Parent object.
    """

    def __init__(
        self,
        review: ReviewController,
        gallery: GalleryPanel,
        is_covered: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._review, self._gallery, self._is_covered = review, gallery, is_covered
        self._visible_since: dict[str, int] = {}  # cell id → time in ms
        self._seen: list[str] = []  # not queued for writing yet
        self._queued: set[str] = set()  # queued, perhaps written
        self._target: CommandTarget | None = None  # slide and reading of all of these
        self._clock = QElapsedTimer()
        self._clock.start()
        self._poll_timer, self._write_timer = QTimer(self), QTimer(self)
        self._poll_timer.setInterval(POLL_INTERVAL_MS)
        self._poll_timer.timeout.connect(self._poll)
        self._write_timer.setSingleShot(True)
        self._write_timer.setInterval(WRITE_INTERVAL_MS)
        self._write_timer.timeout.connect(self.flush)
        gallery.view.visible_changed.connect(self.watch)
        gallery.thumbnails.thumbnail_loaded.connect(self.watch)
        review.view_changed.connect(self.watch)
        review.slide_opened.connect(self.watch)
        review.opening_requested.connect(self.flush)
        review.became_idle.connect(self._queued.clear)  # what could not be written is recorded anew
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self.watch)

    def watch(self) -> None:
        """Poll until every visible cell is recorded."""
        if not self._poll_timer.isActive():
            self._poll_timer.start()

    def flush(self) -> None:
        """Queue the event for the cells seen since the last one."""
        self._write_timer.stop()
        cells, target = tuple(self._seen), self._target
        self._seen.clear()
        if not cells:
            return
        self._queued.update(cells)

        def prepare() -> Command | None:
            # Unlike an action of the reviewer, nothing is to be repeated when another slide is open by now.
            here = self._review.target
            if here is None or not here.is_same_slide(target):
                return None
            return Command(lambda session: session.record_seen(cells))

        self._review.enqueue(prepare)

    def stop(self) -> None:
        """Stop watching, for good; what was seen must have been flushed."""
        self._poll_timer.stop()
        self._write_timer.stop()

    def _poll(self) -> None:
        view, target = self._review.view, self._review.target
        if target is None or not target.is_same_slide(self._target):
            self._target = target
            self._visible_since.clear()
            self._seen.clear()
            self._queued.clear()
        panel = self._gallery.view
        watching = panel.isVisible() and panel.window().isActiveWindow() and not self._is_covered()
        if view is None or view.review.signature or not watching:
            self._poll_timer.stop()
            self._visible_since.clear()
            return
        recorded = view.review.seen | self._queued | set(self._seen)
        now, before = self._clock.elapsed(), self._visible_since
        self._visible_since = {cell: before.get(cell, now) for cell in self._visible_cells(recorded)}
        seen = [cell for cell, since in self._visible_since.items() if now - since >= SEEN_AFTER_MS]
        if seen:
            self._seen += seen
            if not self._write_timer.isActive():
                self._write_timer.start()
        if len(seen) == len(self._visible_since):
            self._poll_timer.stop()

    def _visible_cells(self, recorded: Collection[str]) -> Iterator[str]:
        """Ids of the cells not recorded yet whose image is loaded and at least half visible."""
        panel, model = self._gallery.view, self._gallery.model
        area = panel.viewport().visibleRegion().boundingRect()
        for row in panel.visible_rows():
            cell = model.cell_at(row)
            if cell is None or cell.cell.id in recorded:
                continue
            tile = panel.visualRect(model.index(row))
            shown = area.intersected(tile)
            if 2 * shown.width() * shown.height() < tile.width() * tile.height():
                continue
            thumbnail = self._gallery.thumbnails.get(cell)
            if thumbnail is not None and not thumbnail.isNull():
                yield cell.cell.id
