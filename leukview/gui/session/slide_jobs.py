"""From a folder to analysed slides: preview, import, analysis and report, as jobs one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.slide import ExportPreview, Slide, SlideDraft
from leukview.gui.app.tasks import Task, TaskRunner
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.export.exporter import ExportRequest, ExportResult
from leukview.services.report.report_data import ReportOptions
from leukview.services.review.reading_access import Viewer
from leukview.services.review.worklist import WorklistRow
from leukview.services.workbench import Workbench


class SlideJobs(QObject):
    """The long jobs of the window. Slides wait for their analysis in a queue; the one on the bench goes first."""

    previewed = Signal(object)  # ExportPreview
    imported = Signal(object)  # list[Slide]
    batch_analysed = Signal(str, object)  # slide id, Mapping[cell id, Prediction]
    analysed = Signal(str, object)  # slide id, AnalysisSummary
    analysis_stopped = Signal(str)  # slide id; cancelled or failed
    worklist_loaded = Signal(object)  # list[WorklistRow]
    report_written = Signal(object)  # Path
    exported = Signal(object)  # Exported
    notification_requested = Signal(str, str)  # a sentence, and a hint

    def __init__(
        self,
        workbench: Workbench,
        tasks: TaskRunner,
        parent: QObject | None = None,
        reader: Callable[[], Viewer] = Viewer,
    ) -> None:
        """Begin.

        Args:
            workbench: Does the work.
            jobs: Runs it.
            parent: The window.
            reader: Who is at the window: stands in the log where a slide brought its review along, and decides on
                what the worklist withholds.
        """
        super().__init__(parent)
        self._workbench, self._tasks, self._reader = workbench, tasks, reader
        self._analysis_queue: list[str] = []
        self._current_analysis: tuple[str, Task[Any, Any]] | None = None
        self._tracked_tasks: list[Task[Any, Any]] = []

    def preview(self, path: Path) -> None:
        """Preview a folder or archive."""

        def work(token: CancelToken, reporter: Reporter) -> ExportPreview:
            return self._workbench.preview(path, token, reporter)

        self._run_tracked(self.tr("Looking through the folder"), work, self._on_preview)

    def open_demo(self, *, ask: bool = True) -> None:
        """Write the demo slides if they are not there yet, then preview them; import them at once if not to `ask`."""

        def work(token: CancelToken, reporter: Reporter) -> ExportPreview:
            return self._workbench.preview(self._workbench.write_demo(token, reporter), token, reporter)

        self._run_tracked(self.tr("Writing the demo slides"), work, self._on_preview if ask else self._on_demo_preview)

    def _on_demo_preview(self, result: object) -> None:
        if isinstance(result, ExportPreview):
            self.import_slides(result.slides)

    def _on_preview(self, result: object) -> None:
        if isinstance(result, ExportPreview):
            self._load_model()
            self.previewed.emit(result)

    def _load_model(self) -> None:
        """While the preview is looked at, so that cells come soon after it; the analysis tells of errors."""

        def work(_token: CancelToken, _reporter: Reporter) -> object:
            return self._workbench.model_info()

        self._tasks.run(self.tr("Loading the model"), work, failed=lambda _error: None, queue=Queue.MODEL)

    def import_unattended(self, path: Path) -> None:
        """Import everything a folder or archive holds without asking, as for a watched folder."""
        by = self._reader().name

        def work(token: CancelToken, reporter: Reporter) -> list[Slide]:
            return self._import_drafts(self._workbench.preview(path, token, reporter).slides, by, token, reporter)

        self._run_tracked(self.tr("Importing slides"), work, self._on_imported_unattended)

    def _on_imported_unattended(self, result: object) -> None:
        if isinstance(result, list):
            self.load_worklist()
            for slide in result:
                self.analyse(slide.id)

    def import_slides(self, drafts: tuple[SlideDraft, ...]) -> None:
        """Store drafts, then analyse them in order."""
        by = self._reader().name

        def work(token: CancelToken, reporter: Reporter) -> list[Slide]:
            return self._import_drafts(drafts, by, token, reporter)

        self._run_tracked(self.tr("Importing slides"), work, self._on_imported)

    def _import_drafts(
        self, drafts: Sequence[SlideDraft], by: str, token: CancelToken, reporter: Reporter
    ) -> list[Slide]:
        """In the worker's thread; the signal reaches the window through its queue."""
        return self._workbench.import_slides(drafts, token, reporter, imported_by=by, on_review_skipped=self._notify)

    def _notify(self, message: str) -> None:
        self.notification_requested.emit(message, "")

    def _on_imported(self, result: object) -> None:
        if isinstance(result, list):
            self.imported.emit(result)
            for slide in result:
                self.analyse(slide.id)

    def analyse(self, slide_id: str, *, first: bool = False) -> None:
        """Queue a slide's analysis; what is analysed already is not done again."""
        if self._current_analysis and self._current_analysis[0] == slide_id:
            return
        if slide_id in self._analysis_queue:
            self._analysis_queue.remove(slide_id)
        self._analysis_queue.insert(0 if first else len(self._analysis_queue), slide_id)
        self._start_next_analysis()

    @property
    def analysing_slide_id(self) -> str:
        """Id of the slide in analysis; "" when none is."""
        return self._current_analysis[0] if self._current_analysis else ""

    def _start_next_analysis(self) -> None:
        if self._current_analysis or not self._analysis_queue:
            return
        slide_id = self._analysis_queue.pop(0)

        def work(token: CancelToken, reporter: Reporter, give: Callable[[object], None]) -> AnalysisSummary:
            def on_batch(predictions: Mapping[str, Prediction]) -> None:
                give((slide_id, predictions))

            return self._workbench.analyse(slide_id, token, reporter, on_batch)

        task = self._tasks.run_with_parts(
            self.tr("Analysing"), work, part=self._on_batch, done=self._on_analysed, failed=self._on_analysis_stopped
        )
        self._current_analysis = (slide_id, task)
        self._track(task)

    def _on_batch(self, part: object) -> None:
        if isinstance(part, tuple):
            self.batch_analysed.emit(*part)

    def _on_analysed(self, result: object) -> None:
        slide_id = self.analysing_slide_id
        self._current_analysis = None
        self.analysed.emit(slide_id, result)
        self._start_next_analysis()

    def _on_analysis_stopped(self, error: Exception) -> None:
        slide_id = self.analysing_slide_id
        self._current_analysis = None
        if isinstance(error, Cancelled):
            self._analysis_queue.clear()
        else:
            self._tasks.report_error(error)
        self.analysis_stopped.emit(slide_id)
        self._start_next_analysis()

    def load_worklist(self) -> None:
        """Read all slides with their states, as who sits here may see them."""
        reader = self._reader()

        def work(token: CancelToken, reporter: Reporter) -> list[WorklistRow]:
            return self._workbench.worklist(token, reporter, viewer=reader)

        self._tasks.run(
            self.tr("Reading the worklist"), work, done=partial(self._on_worklist_loaded, reader), queue=Queue.REVIEW
        )

    def _on_worklist_loaded(self, reader: Viewer, rows: object) -> None:
        if reader == self._reader():  # else another reader sat down meanwhile, and it is read anew
            self.worklist_loaded.emit(rows)

    def write_report(
        self,
        slide_id: str,
        reviewer: str,
        output: Path,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
    ) -> None:
        """Write a slide's report."""

        def work(token: CancelToken, reporter: Reporter) -> Path:
            session = self._workbench.open_session(slide_id, reviewer)
            return self._workbench.write_report(session, output, token, reporter, options)

        self._run_tracked(self.tr("Writing the report"), work, self.report_written.emit)

    def export_slide(self, slide_id: str, reviewer: str, request: ExportRequest) -> None:
        """Export a slide."""

        def work(token: CancelToken, reporter: Reporter) -> ExportResult:
            session = self._workbench.open_session(slide_id, reviewer)
            return self._workbench.slide_exporter.export(session, request, token, reporter)

        self._run_tracked(self.tr("Exporting the slide"), work, self.exported.emit)

    def cancel_all(self) -> None:
        """Cancel every long job, running or waiting."""
        self._analysis_queue.clear()
        for task in self._tracked_tasks:
            task.cancel()

    def _run_tracked(
        self, name: str, work: Callable[[CancelToken, Reporter], object], done: Callable[[object], None]
    ) -> None:
        self._track(self._tasks.run(name, work, done=done))

    # Progress of long jobs, the oldest first.
    progress = Signal(object)  # Progress | None

    def _track(self, task: Task[Any, Any]) -> None:
        self._tracked_tasks.append(task)
        task.progress_changed.connect(self._on_progress)
        task.ended.connect(self._on_ended)
        self._on_progress(None)

    def _on_progress(self, _progress: object) -> None:
        self.progress.emit(self._tracked_tasks[0].progress if self._tracked_tasks else None)

    def _on_ended(self, task: object) -> None:
        self._tracked_tasks = [t for t in self._tracked_tasks if t is not task]
        self._on_progress(None)
