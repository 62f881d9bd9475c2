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
from leukview.gui.app.tasks import Jobs, Task
from leukview.services.analysis.pipeline import AnalysisSummary
from leukview.services.export.exporter import Exported, ExportRequest
from leukview.services.report.report_data import ReportOptions
from leukview.services.review.reading_access import Reader
from leukview.services.review.worklist import WorklistRow
from leukview.services.workbench import Workbench


class SlideFlow(QObject):
    """The long jobs of the window. Slides wait for their analysis in a queue; the one on the bench goes first."""

    previewed = Signal(object)  # ExportPreview
    imported = Signal(object)  # list[Slide]
    batch = Signal(str, object)  # slide id, Mapping[cell id, Prediction]
    analysed = Signal(str, object)  # slide id, AnalysisSummary
    analysis_stopped = Signal(str)  # slide id; cancelled or failed
    worklist = Signal(object)  # list[WorklistRow]
    reported = Signal(object)  # Path
    exported = Signal(object)  # Exported
    told = Signal(str, str)  # a sentence, and a hint

    def __init__(
        self, workbench: Workbench, jobs: Jobs, parent: QObject | None = None, reader: Callable[[], Reader] = Reader
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
        self._workbench, self._jobs, self._reader = workbench, jobs, reader
        self._queue: list[str] = []
        self._current: tuple[str, Task[Any, Any]] | None = None
        self._long: list[Task[Any, Any]] = []

    def look_at(self, path: Path) -> None:
        """Preview a folder or archive."""

        def work(token: CancelToken, reporter: Reporter) -> ExportPreview:
            return self._workbench.preview(path, token, reporter)

        self._start(self.tr("Looking through the folder"), work, self._on_preview)

    def demo(self, *, ask: bool = True) -> None:
        """Write the demo slides if they are not there yet, then preview them; import them at once if not to `ask`."""

        def work(token: CancelToken, reporter: Reporter) -> ExportPreview:
            return self._workbench.preview(self._workbench.demo(token, reporter), token, reporter)

        self._start(self.tr("Writing the demo slides"), work, self._on_preview if ask else self._on_demo)

    def _on_demo(self, result: object) -> None:
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

        self._jobs.run(self.tr("Loading the model"), work, failed=lambda _error: None, queue=Queue.MODEL)

    def take_in(self, path: Path) -> None:
        """Import everything a folder or archive holds without asking, as for a watched folder."""
        by = self._reader().name

        def work(token: CancelToken, reporter: Reporter) -> list[Slide]:
            return self._store(self._workbench.preview(path, token, reporter).slides, by, token, reporter)

        self._start(self.tr("Importing slides"), work, self._on_taken_in)

    def _on_taken_in(self, result: object) -> None:
        if isinstance(result, list):
            self.read_worklist()
            for slide in result:
                self.analyse(slide.id)

    def import_slides(self, drafts: tuple[SlideDraft, ...]) -> None:
        """Store drafts, then analyse them in order."""
        by = self._reader().name

        def work(token: CancelToken, reporter: Reporter) -> list[Slide]:
            return self._store(drafts, by, token, reporter)

        self._start(self.tr("Importing slides"), work, self._on_imported)

    def _store(self, drafts: Sequence[SlideDraft], by: str, token: CancelToken, reporter: Reporter) -> list[Slide]:
        """In the worker's thread; the signal reaches the window through its queue."""
        return self._workbench.import_slides(drafts, token, reporter, by=by, tell=self._tell)

    def _tell(self, sentence: str) -> None:
        self.told.emit(sentence, "")

    def _on_imported(self, result: object) -> None:
        if isinstance(result, list):
            self.imported.emit(result)
            for slide in result:
                self.analyse(slide.id)

    def analyse(self, slide_id: str, *, first: bool = False) -> None:
        """Queue a slide's analysis; what is analysed already is not done again."""
        if self._current and self._current[0] == slide_id:
            return
        if slide_id in self._queue:
            self._queue.remove(slide_id)
        self._queue.insert(0 if first else len(self._queue), slide_id)
        self._advance()

    @property
    def analysing(self) -> str:
        """Id of the slide in analysis; "" when none is."""
        return self._current[0] if self._current else ""

    def _advance(self) -> None:
        if self._current or not self._queue:
            return
        slide_id = self._queue.pop(0)

        def work(token: CancelToken, reporter: Reporter, give: Callable[[object], None]) -> AnalysisSummary:
            def on_batch(predictions: Mapping[str, Prediction]) -> None:
                give((slide_id, predictions))

            return self._workbench.analyse(slide_id, token, reporter, on_batch)

        task = self._jobs.run_with_parts(
            self.tr("Analysing"), work, part=self._on_batch, done=self._on_analysed, failed=self._on_stopped
        )
        self._current = (slide_id, task)
        self._track(task)

    def _on_batch(self, part: object) -> None:
        if isinstance(part, tuple):
            self.batch.emit(*part)

    def _on_analysed(self, result: object) -> None:
        slide_id = self.analysing
        self._current = None
        self.analysed.emit(slide_id, result)
        self._advance()

    def _on_stopped(self, error: Exception) -> None:
        slide_id = self.analysing
        self._current = None
        if isinstance(error, Cancelled):
            self._queue.clear()
        else:
            self._jobs.tell(error)
        self.analysis_stopped.emit(slide_id)
        self._advance()

    def read_worklist(self) -> None:
        """Read all slides with their states, as who sits here may see them."""
        reader = self._reader()

        def work(token: CancelToken, reporter: Reporter) -> list[WorklistRow]:
            return self._workbench.worklist(token, reporter, reader=reader)

        self._jobs.run(
            self.tr("Reading the worklist"), work, done=partial(self._on_worklist, reader), queue=Queue.REVIEW
        )

    def _on_worklist(self, reader: Reader, rows: object) -> None:
        if reader == self._reader():  # else another reader sat down meanwhile, and it is read anew
            self.worklist.emit(rows)

    def report(
        self,
        slide_id: str,
        reviewer: str,
        output: Path,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
    ) -> None:
        """Write a slide's report."""

        def work(token: CancelToken, reporter: Reporter) -> Path:
            session = self._workbench.session(slide_id, reviewer)
            return self._workbench.report(session, output, token, reporter, options)

        self._start(self.tr("Writing the report"), work, self.reported.emit)

    def export(self, slide_id: str, reviewer: str, request: ExportRequest) -> None:
        """Export a slide."""

        def work(token: CancelToken, reporter: Reporter) -> Exported:
            session = self._workbench.session(slide_id, reviewer)
            return self._workbench.exchange.export(session, request, token, reporter)

        self._start(self.tr("Exporting the slide"), work, self.exported.emit)

    def cancel(self) -> None:
        """Cancel every long job, running or waiting."""
        self._queue.clear()
        for task in self._long:
            task.cancel()

    def _start(
        self, name: str, work: Callable[[CancelToken, Reporter], object], done: Callable[[object], None]
    ) -> None:
        self._track(self._jobs.run(name, work, done=done))

    # Progress of long jobs, the oldest first.
    progress = Signal(object)  # Progress | None

    def _track(self, task: Task[Any, Any]) -> None:
        self._long.append(task)
        task.moved.connect(self._on_moved)
        task.ended.connect(self._on_ended)
        self._on_moved(None)

    def _on_moved(self, _progress: object) -> None:
        self.progress.emit(self._long[0].progress if self._long else None)

    def _on_ended(self, task: object) -> None:
        self._long = [t for t in self._long if t is not task]
        self._on_moved(None)
