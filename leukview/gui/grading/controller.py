"""Controller of the grading form of red cells and platelets."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translate_error, translated_grading_form
from leukview.gui.app.tasks import Task
from leukview.gui.grading.dialog import GradingDialog
from leukview.gui.session.review_controller import CommandTarget
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.tally.grading_summary import GradingSummary
from leukview.services.ports.storage import CellLocation


class GradingController(WindowController):
    """Opens the grading form, loads its overview images and submits the grades."""

    def __init__(self, context: WindowContext, summary: GradingSummary) -> None:
        super().__init__(context)
        self._overviews: tuple[CellLocation, ...] = ()
        self._task: Task[Any, Any] | None = None
        self.dialog: GradingDialog | None = None
        summary.form = translated_grading_form(self._workbench.grading_form)
        summary.form_requested.connect(self.open_dialog)

    @handles("grade")
    def open_dialog(self) -> None:
        """Look up the locations of the slide's overview images, then open the form."""
        view = self._review.view
        if view is None or view.review.signature or self.dialog is not None:
            return
        slide_id, workbench = view.slide.id, self._workbench
        self._tasks.run(
            self.tr("Searching for overviews"),
            lambda _token, _reporter: workbench.overview_locations(slide_id),
            done=partial(self._show_dialog, slide_id),
            queue=Queue.IMAGES,
        )

    def _show_dialog(self, slide_id: str, overviews: tuple[CellLocation, ...]) -> None:
        view = self._review.view
        if view is None or view.slide.id != slide_id or self.dialog is not None:
            return
        self._overviews = overviews
        grades = {key: graded.grade for key, graded in view.review.grades.items()}
        dialog = GradingDialog(
            translated_grading_form(self._workbench.grading_form),
            grades,
            overview_count=len(overviews),
            missing_overviews=view.slide.overview_count - len(overviews),
            um_per_px=view.slide.um_per_px,
            parent=self._window,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self._save_grades, self._review.target))
        dialog.finished.connect(self._on_closed)
        dialog.overview_pane.image_requested.connect(self._load_overview)
        self.dialog = dialog
        if overviews:
            dialog.overview_pane.request_image(0)
        dialog.open()

    def _save_grades(self, target: CommandTarget | None) -> None:
        if self.dialog is not None:
            form, grades = self._workbench.grading_form, self._drop_outdated_grades(self.dialog.grades())
            self._review.submit(lambda session: session.grade(form, grades), target)

    def _drop_outdated_grades(self, grades: dict[str, str]) -> dict[str, str]:
        """Drop grades that the current form does not define; stored ones stay unchanged."""
        form = self._workbench.grading_form
        steps = {item.key: {step.key for step in item.grades} for item in form.items}
        return {key: grade for key, grade in grades.items() if not grade or grade in steps[key]}

    def _on_closed(self) -> None:
        self.dialog, self._overviews = None, ()
        if self._task is not None:
            self._task.cancel()

    def _load_overview(self, index: int) -> None:
        if self._task is not None:
            self._task.cancel()
        workbench, location = self._workbench, self._overviews[index]

        def work(token: CancelToken, _reporter: Reporter) -> NDArray[np.uint8]:
            token.raise_if_cancelled()
            return workbench.load_image_at(location)

        self._task = self._tasks.run(
            self.tr("Loading the overview"),
            work,
            done=partial(self._on_overview_loaded, index),
            failed=partial(self._on_overview_failed, index),
            queue=Queue.IMAGES,
        )
        self._task.ended.connect(self._on_ended)

    def _on_overview_loaded(self, index: int, image: NDArray[np.uint8]) -> None:
        if self.dialog is not None:
            self.dialog.overview_pane.show_image(index, image)

    def _on_overview_failed(self, index: int, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if self.dialog is not None and isinstance(error, LeukViewError):
            self.dialog.overview_pane.show_image(index, None, translate_error(error))
        else:
            self._tasks.report_error(error)

    def _on_ended(self, task: object) -> None:
        if task is self._task:
            self._task = None
