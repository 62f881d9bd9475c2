"""Long jobs on slides: preview, import, analysis, report and export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Progress, Queue, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.slide import ExportPreview, Slide, SlideDraft
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.notification_bus import NotificationBus
from leukview.gui.app.tasks import Task, TaskRunner, Work
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.export.exporter import ExportRequest, ExportResult
from leukview.services.importing.watch_folder import ArrivedEntry, is_incomplete, require_certain_names
from leukview.services.ports.worklist import PageKey, WorklistQuery
from leukview.services.report.report_data import ModelInfo, ReportOptions
from leukview.services.review.reading_access import Viewer
from leukview.services.review.worklist import WorklistPage, WorklistRow
from leukview.services.workbench import Workbench

_INDEX_STEP = 20  # slides summarised at a time, so that changes by other programs are looked for in between
_Result = TypeVar("_Result")
_Batch = tuple[str, Mapping[str, Prediction]]  # slide id, predictions by cell id


@dataclass(frozen=True, slots=True)
class UnattendedImport:
    """Slides of the watched folder that were stored.

    Attributes:
        is_incomplete: Some of their files were locked or went away meanwhile.
    """

    slides: tuple[Slide, ...]
    is_incomplete: bool


class SlideJobs(QObject):
    """Runs the long jobs of the window; slides are analysed one at a time.

    Slides to analyse wait in a queue, the open slide first. Results are emitted in the GUI thread.
    """

    previewed = Signal(object)  # ExportPreview
    imported = Signal(object)  # list[Slide]
    batch_analysed = Signal(str, object)  # slide id, Mapping[cell id, Prediction]
    analysed = Signal(str, object)  # slide id, AnalysisSummary
    analysis_stopped = Signal(str)  # slide id; cancelled or failed
    worklist_loaded = Signal(object)  # list[WorklistRow] of the first page
    worklist_found = Signal(object)  # word of the search → slides that it found as a number or name
    worklist_extended = Signal(object)  # list[WorklistRow] of the next page
    worklist_has_more = Signal(bool)  # there is a page after the last one read
    worklist_outdated = Signal(int)  # number of slides that the search does not know yet
    report_written = Signal(object)  # Path
    exported = Signal(object)  # Exported
    progress = Signal(object)  # Progress of the oldest long job, None when none runs

    def __init__(
        self,
        workbench: Workbench,
        tasks: TaskRunner,
        notifications: NotificationBus,
        reader: Callable[[], Viewer] = Viewer,
        parent: QObject | None = None,
    ) -> None:
        """Create the jobs without starting any.

        Args:
            workbench: Facade of the services.
            tasks: Runs the jobs.
            notifications: Carries what the user has to know.
            reader: Returns the current reviewer. Their name goes into the review log when a slide is imported with its
                review; the worklist withholds what they may not see.
            parent: The window.
        """
        super().__init__(parent)
        self._workbench, self._tasks, self._reader, self._notifications = workbench, tasks, reader, notifications
        self._analysis_queue: list[str] = []
        self._current_analysis: tuple[str, Task[Any, Any]] | None = None
        self._tracked_tasks: list[Task[Any, Any]] = []
        self._by_name = False
        self._query = WorklistQuery()
        self._next_page: PageKey | None = None
        self._index_task: Task[Any, Any] | None = None

    def preview(self, path: Path, answers: Mapping[str, str] | None = None, name_encoding: str = "") -> None:
        """Read what a folder or archive holds; the result is emitted as `previewed`.

        Args:
            path: Folder or archive.
            answers: What the person answered about folders; see `Workbench.preview`.
            name_encoding: Encoding of an archive's names; see `Workbench.preview`.
        """

        def work(token: CancelToken, reporter: Reporter) -> ExportPreview:
            return self._workbench.preview(path, token, reporter, answers, name_encoding)

        self._run_tracked(self.tr("Reading the folder"), work, self._on_preview)

    @handles("demo")
    def open_demo(self, *, ask: bool = True) -> None:
        """Write the demo slides if they are missing, then preview them.

        Args:
            ask: Let the user choose what to import; else import all of them at once.
        """

        def work(token: CancelToken, reporter: Reporter) -> ExportPreview:
            return self._workbench.preview(self._workbench.write_demo(token, reporter), token, reporter)

        self._run_tracked(self.tr("Writing the demo slides"), work, self._on_preview if ask else self._on_demo_preview)

    def _on_demo_preview(self, preview: ExportPreview) -> None:
        self.import_slides(preview.slides)

    def _on_preview(self, preview: ExportPreview) -> None:
        self._load_model()
        self.previewed.emit(preview)

    def _load_model(self) -> None:
        """Load the model while the user reads the preview, so that analysis starts sooner.

        Errors are ignored here: the analysis meets and reports them again.
        """

        def work(_token: CancelToken, _reporter: Reporter) -> ModelInfo:
            return self._workbench.model_info()

        self._tasks.run(self.tr("Loading the model"), work, failed=lambda _error: None, queue=Queue.MODEL)

    def import_unattended(
        self, entry: ArrivedEntry, done: Callable[[UnattendedImport], None], failed: Callable[[Exception], None]
    ) -> None:
        """Import the new and changed slides of an entry of the watched folder without asking.

        Args:
            entry: Folder or archive.
            done: Called with the slides once they are stored.
            failed: Called when they are not, also when the job was cancelled.
        """
        by = self._reader().name

        def work(token: CancelToken, reporter: Reporter) -> UnattendedImport:
            preview = self._workbench.preview(entry.path, token, reporter)
            require_certain_names(preview)
            if preview.questions:
                self._notify_question(entry.path)
            ready = [draft for draft in preview.slides if entry.concerns(draft) and not draft.open_questions]
            slides = self._import_drafts(ready, by, token, reporter)
            return UnattendedImport(tuple(slides), is_incomplete=is_incomplete(preview))

        def finish(result: UnattendedImport) -> None:
            self.load_worklist()
            for slide in result.slides:
                self.analyse(slide.id)
            done(result)

        self._track(self._tasks.run(self.tr("Importing slides"), work, done=finish, failed=failed))

    def _notify_question(self, path: Path) -> None:
        """Runs in the worker thread; Qt queues the notification signal to the GUI thread."""
        self._notifications.notify(
            self.tr("A folder in “{0}” may be a class or a patient, so its slide was not imported.").format(path.name),
            self.tr("Open “{0}” with Slide › Open folder and answer the question.").format(path.name),
        )

    def import_slides(self, drafts: tuple[SlideDraft, ...]) -> None:
        """Store drafts, then queue their analyses in order."""
        by = self._reader().name

        def work(token: CancelToken, reporter: Reporter) -> list[Slide]:
            return self._import_drafts(drafts, by, token, reporter)

        self._run_tracked(self.tr("Importing slides"), work, self._on_imported)

    def _import_drafts(
        self, drafts: Sequence[SlideDraft], by: str, token: CancelToken, reporter: Reporter
    ) -> list[Slide]:
        """Runs in the worker thread; Qt queues the notification signal to the GUI thread."""
        return self._workbench.import_slides(drafts, token, reporter, imported_by=by, on_review_skipped=self._notify)

    def _notify(self, message: str) -> None:
        self._notifications.notify(message)

    def _on_imported(self, slides: list[Slide]) -> None:
        self.imported.emit(slides)
        for slide in slides:
            self.analyse(slide.id)

    def analyse(self, slide_id: str, *, first: bool = False) -> None:
        """Queue a slide's analysis; cells analysed already are skipped.

        Args:
            slide_id: The slide; nothing happens while its analysis runs.
            first: Put it at the front of the queue, for the open slide.
        """
        if self._current_analysis and self._current_analysis[0] == slide_id:
            return
        if slide_id in self._analysis_queue:
            self._analysis_queue.remove(slide_id)
        self._analysis_queue.insert(0 if first else len(self._analysis_queue), slide_id)
        self._start_next_analysis()

    @property
    def analysing_slide_id(self) -> str:
        """Id of the slide being analysed; "" when none is."""
        return self._current_analysis[0] if self._current_analysis else ""

    def _start_next_analysis(self) -> None:
        if self._current_analysis or not self._analysis_queue:
            return
        slide_id = self._analysis_queue.pop(0)

        def work(token: CancelToken, reporter: Reporter, give: Callable[[_Batch], None]) -> AnalysisSummary:
            def on_batch(predictions: Mapping[str, Prediction]) -> None:
                give((slide_id, predictions))

            return self._workbench.analyse(slide_id, token, reporter, on_batch)

        task = self._tasks.run_with_parts(
            self.tr("Analysing"), work, part=self._on_batch, done=self._on_analysed, failed=self._on_analysis_stopped
        )
        self._current_analysis = (slide_id, task)
        self._track(task)

    def _on_batch(self, batch: _Batch) -> None:
        slide_id, predictions = batch
        self.batch_analysed.emit(slide_id, predictions)

    def _on_analysed(self, summary: AnalysisSummary) -> None:
        slide_id = self.analysing_slide_id
        self._current_analysis = None
        self.analysed.emit(slide_id, summary)
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

    def set_worklist_query(self, query: WorklistQuery) -> None:
        """Set the selection and order of the worklist, and read its first page."""
        self._query = query
        self.load_worklist()

    def set_search_by_name(self, *, by_name: bool) -> None:
        """Also search for names of patients, while they are shown."""
        if by_name is not self._by_name:
            self._by_name = by_name
            if self._query.terms:
                self.load_worklist()

    def load_worklist(self) -> None:
        """Read the first page of the worklist as the current reviewer may see it."""
        self._load_page(None, self.show_first_page)

    def load_more_worklist(self) -> None:
        """Read the next page of the worklist; emits `worklist_extended`."""
        if self._next_page is not None:
            self._load_page(self._next_page, self._on_next_page)

    def _load_page(self, after: PageKey | None, done: Callable[[Viewer, WorklistQuery, WorklistPage], None]) -> None:
        reader, query, by_name = self._reader(), self._query, self._by_name

        def work(_token: CancelToken, _reporter: Reporter) -> WorklistPage:
            return self._workbench.slide_queries.worklist_page(query, reader, after, by_name=by_name)

        self._tasks.run(self.tr("Reading the worklist"), work, done=partial(done, reader, query), queue=Queue.REVIEW)

    @property
    def worklist_query(self) -> WorklistQuery:
        """Selection and order of the worklist."""
        return self._query

    def show_first_page(self, reader: Viewer, query: WorklistQuery, page: WorklistPage) -> None:
        """Emit a first page as `worklist_loaded`, unless reviewer or query changed since it was read."""
        if query != self._query:  # the reviewer searches for something else now
            return
        self._next_page = page.next_key
        self.worklist_has_more.emit(page.next_key is not None)
        self.worklist_found.emit(page.found_by_number)
        self._on_worklist_loaded(reader, list(page.rows))
        self._on_index_updated(page.outdated_count)

    def _on_next_page(self, reader: Viewer, query: WorklistQuery, page: WorklistPage) -> None:
        if query == self._query and reader == self._reader():
            self._next_page = page.next_key
            self.worklist_has_more.emit(page.next_key is not None)
            self.worklist_extended.emit(list(page.rows))

    def _on_index_updated(self, left: int) -> None:
        """Summarise the other slides in the background, some at a time."""
        self.worklist_outdated.emit(left)
        if left == 0 or self._index_task is not None:
            return

        def work(_token: CancelToken, _reporter: Reporter) -> int:
            return self._workbench.slide_queries.update_worklist_index(_INDEX_STEP)

        self._index_task = self._tasks.run(
            self.tr("Reading the worklist"),
            work,
            done=self._on_index_step,
            failed=self._on_index_failed,
            queue=Queue.CHANGES,
        )

    def _on_index_step(self, left: int) -> None:
        self._index_task = None
        if left:
            self._on_index_updated(left)
        else:  # search and filter know all slides now
            self.load_worklist()

    def _on_index_failed(self, error: Exception) -> None:
        self._index_task = None  # the next reading of the worklist tries again
        self._tasks.report_error(error)

    def _on_worklist_loaded(self, reader: Viewer, rows: list[WorklistRow]) -> None:
        if reader == self._reader():  # else another reviewer signed in meanwhile, which reloads the worklist
            self.worklist_loaded.emit(rows)

    def write_report(
        self,
        slide_id: str,
        reviewer: str,
        output: Path,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
    ) -> None:
        """Write a slide's report to `output`; emits `report_written`."""

        def work(token: CancelToken, reporter: Reporter) -> Path:
            session = self._workbench.open_session(slide_id, reviewer)
            return self._workbench.write_report(session, output, token, reporter, options)

        self._run_tracked(self.tr("Creating the report"), work, self.report_written.emit)

    def export_slide(self, slide_id: str, reviewer: str, request: ExportRequest) -> None:
        """Export a slide as requested; emits `exported`."""

        def work(token: CancelToken, reporter: Reporter) -> ExportResult:
            session = self._workbench.open_session(slide_id, reviewer)
            return self._workbench.slide_exporter.export(session, request, token, reporter)

        self._run_tracked(self.tr("Exporting the slide"), work, self.exported.emit)

    def cancel_all(self) -> None:
        """Cancel every long job, running or queued."""
        self._analysis_queue.clear()
        for task in self._tracked_tasks:
            task.cancel()

    def _run_tracked(self, name: str, work: Work[_Result], done: Callable[[_Result], None]) -> None:
        self._track(self._tasks.run(name, work, done=done))

    def _track(self, task: Task[Any, Any]) -> None:
        self._tracked_tasks.append(task)
        task.progress_changed.connect(self._on_progress)
        task.ended.connect(self._on_ended)
        self._on_progress(None)

    def _on_progress(self, _progress: Progress | None) -> None:
        self.progress.emit(self._tracked_tasks[0].progress if self._tracked_tasks else None)

    def _on_ended(self, task: Task[Any, Any]) -> None:
        self._tracked_tasks = [t for t in self._tracked_tasks if t is not task]
        self._on_progress(None)
