"""Check of the images of a slide that was opened."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot

from leukview.core.job_runner import Queue
from leukview.gui.app.tasks import Task
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.images import ImageCheck
from leukview.services.review.session import SlideView


class ImageCheckController(WindowController):
    """Reads the images of a slide after it was opened and tells how many are missing or changed.

    It runs in a thread of its own beside the loading of thumbnails, which check only what is in view.
    """

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self._task: Task[ImageCheck, None] | None = None
        self._review.slide_opened.connect(self._on_slide_opened)

    @Slot(object)
    def _on_slide_opened(self, view: SlideView) -> None:
        if self._task is not None:
            self._task.cancel()
        cells = [v.cell for v in view.cells]
        self._task = self._tasks.run(
            self.tr("Checking the images"),
            lambda token, _reporter: self._workbench.check_images(cells, token),
            done=partial(self._on_checked, view.slide.id),
            queue=Queue.AUDIT,
        )
        self._task.ended.connect(self._on_ended)

    def _on_checked(self, slide_id: str, check: ImageCheck) -> None:
        if check.cell_ids:
            self._notify(
                self.tr("Images of {0} that cannot be shown: {1} missing, {2} changed since the import.").format(
                    slide_id, len(check.missing_cells), len(check.changed_cells)
                ),
                self.tr("The slide cannot be signed until the files are restored or its folder is opened again."),
            )

    def _on_ended(self, task: object) -> None:
        if task is self._task:
            self._task = None
