"""Resumable batch analysis of many slides by several workers.

A slide that fails does not stop the others. The workers only compute and return values; the process that started them
is the only one that writes to database, identity vault and output folder. With a single writer nobody waits for locks,
slides are imported in the order of the tree for any number of workers, and neither the vault nor the database URL
leaves the workstation.
"""

from __future__ import annotations

import concurrent.futures
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from leukview.core.errors import Cancelled, LeukViewError, WorkerDiedError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.slide import FoundSlide, Problem, ProblemKind, SlideDraft
from leukview.services.batch.in_memory_stores import NewEvent, SlideSnapshot, take_snapshot
from leukview.services.batch.output import (
    CompletionRecord,
    PipelineFingerprint,
    read_completion_records,
    write_slide_folder,
)
from leukview.services.importing.import_slide import import_slide
from leukview.services.ports.storage import ReviewLog, SlideStore

_log = logging.getLogger(__name__)

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_POLL_S = 0.2  # how soon a cancelled token is noticed
_READ_AHEAD = 4  # slides read ahead of the import, for each worker


class ExecutionEngine(Protocol):
    """Runs functions, usually in other processes.

    Functions, arguments and results must pickle.
    """

    @property
    def capacity(self) -> int:
        """Number of calls that can run at the same time."""

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Start a call.

        Raises:
            BrokenExecutor: The pool of processes is broken; call `restart`.
        """

    def restart(self) -> None:
        """Start new processes after a call ended in `BrokenExecutor`.

        All running calls are lost. An engine that loses only the call of the worker that died raises `WorkerDiedError`
        instead and needs no restart.
        """

    def close(self) -> None:
        """Stop all processes; results of running calls are discarded."""


@dataclass(frozen=True, slots=True)
class SlideTask:
    """A slide to analyse.

    Attributes:
        draft: The slide as found, with its files.
        snapshot: The slide as stored.
        fingerprint: The required model and settings; a worker with others raises an error.
        reviewer: Name under which the report is logged.
        save_masks: Write masks too.
        with_names: Tell names of patient, order and source files in the tables.
    """

    draft: SlideDraft
    snapshot: SlideSnapshot
    fingerprint: PipelineFingerprint
    reviewer: str
    save_masks: bool
    with_names: bool


@dataclass(frozen=True, slots=True)
class SlideResult:
    """Results of a worker for one slide.

    Attributes:
        predictions: Cell id → new prediction.
        mask_predictions: (cell id, SHA-256 of a reviewer's mask) → new prediction with it.
        events: New events.
        files: Posix path within the slide's folder → content.
        tally_text: The differential as text.
        unreadable_count: Number of cells whose image could not be read.
    """

    predictions: Mapping[str, Prediction]
    mask_predictions: Mapping[tuple[str, str], Prediction]
    events: tuple[NewEvent, ...]
    files: Mapping[str, bytes]
    tally_text: str
    unreadable_count: int


class BatchWorker(Protocol):
    """The steps of processing a slide without database, run by an `ExecutionEngine`."""

    def fingerprint(self, _: None = None, /) -> PipelineFingerprint:
        """Model and settings of the worker.

        Raises:
            ModelError: The model cannot be loaded.
        """

    def digest(self, found: FoundSlide, /) -> str:
        """Compute the SHA-256 over names and contents of a slide's files.

        Raises:
            ExportError: A file cannot be read.
        """

    def read(self, found: FoundSlide, /) -> SlideDraft:
        """Read a slide's files.

        Raises:
            ExportError: The slide cannot be read.
        """

    def analyse(self, task: SlideTask, /) -> SlideResult:
        """Analyse a slide, and create its tables and report.

        Raises:
            LeukViewError: The slide cannot be analysed.
        """


OutcomeStatus = Literal["done", "finished before", "failed"]


@dataclass(frozen=True, slots=True)
class SlideOutcome:
    """Result of a batch for one slide.

    Attributes:
        name: Its folder's name, shown to the user only; never logged.
        status: Whether it was analysed now, was finished before, or failed.
        slide_id: Its pseudonym; "" when it was not imported.
        message: Why it failed; of a slide that was analysed, what of its folder was not taken over. May be empty.
        tally_text: The differential as text; "" when it was not analysed now.
        unreadable: Number of cells whose image could not be read.
        problems: Files that were not used and what else has to be told of its folder; never logged.
        notes: What the stored slides tell about it, such as cells known under another name.
    """

    name: str
    status: OutcomeStatus
    slide_id: str = ""
    message: str = ""
    tally_text: str = ""
    unreadable: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _SlideJob:
    """Progress of one slide through the steps digest, read and analyse."""

    found_slide: FoundSlide
    input_sha256: str = ""
    draft: SlideDraft | None = None
    problems: tuple[Problem, ...] = ()
    task: SlideTask | None = None
    outcome: SlideOutcome | None = None
    remark: str = ""  # what of the folder was not taken over
    notes: tuple[str, ...] = ()
    is_suspect: bool = False  # a worker died while this was running; it is tried once more, alone

    @property
    def name(self) -> str:
        return self.found_slide.relative_folder or Path(self.found_slide.opened_path).name

    @property
    def slide_id(self) -> str:
        return self.task.snapshot.slide.id if self.task else ""


@dataclass
class BatchRunner:
    """Analyses the slides of a folder tree, once.

    Attributes:
        slides: Store of slides and predictions; used by this process only.
        log: Log of reports and imported reviews; used by this process only.
        worker: The steps of processing a slide.
        engine: Runs the steps.
        output: Folder for the results, with one subfolder per slide, named by its pseudonym.
        reviewer: Name under which reports are logged.
        save_masks: Write masks too.
        with_names: Tell names of patient, order and source files in the tables.
        force: Analyse finished slides again.
        on_outcome: Called with the result of each slide.
        compare: Notes on a draft beside the stored slides, before it is imported.
    """

    slides: SlideStore
    log: ReviewLog
    worker: BatchWorker
    engine: ExecutionEngine
    output: Path
    reviewer: str
    save_masks: bool = False
    with_names: bool = False
    force: bool = False
    on_outcome: Callable[[SlideOutcome], None] = lambda _outcome: None
    compare: Callable[[SlideDraft], tuple[str, ...]] = lambda _draft: ()
    _fingerprint: PipelineFingerprint = field(init=False)
    _completed: Mapping[str, CompletionRecord] = field(init=False)
    _running: dict[Future[Any], _SlideJob] = field(default_factory=dict, init=False)
    _to_read: deque[_SlideJob] = field(default_factory=deque, init=False)
    _to_analyse: deque[_SlideJob] = field(default_factory=deque, init=False)
    _suspect_jobs: deque[_SlideJob] = field(default_factory=deque, init=False)

    def run(self, found_slides: Sequence[FoundSlide], token: CancelToken, reporter: Reporter) -> list[SlideOutcome]:
        """Analyse the slides; those finished before are skipped.

        Raises:
            Cancelled: The token was set. Finished slides are stored and marked; others have no files in the output
                folder.
            ModelError: The model cannot be used; nothing was done.
            LeukViewError: The workers cannot be started.
        """
        reporter(Progress(0, len(found_slides), "Loading the model"))
        self._fingerprint = self._get_fingerprint(token)
        known = {slide.id for slide in self.slides.slides()}
        self._completed = (
            {}
            if self.force
            else {k: m for k, m in read_completion_records(self.output).items() if self._is_up_to_date(m, known)}
        )
        entries = [_SlideJob(f) for f in found_slides]
        unread, waiting = deque(entries), deque(entries)  # not started; not imported, in the order of the tree
        try:
            while waiting or self._running or self._to_analyse or self._suspect_jobs:
                token.raise_if_cancelled()
                while waiting and (waiting[0].draft or waiting[0].outcome):
                    self._import_slide(waiting.popleft())
                self._submit_pending(unread, len(waiting))
                self._collect_finished()
                ended = sum(e.outcome is not None for e in entries)
                reporter(Progress(ended, len(entries), "Analysing slides"))
        finally:
            for future in self._running:
                future.cancel()
        return [e.outcome for e in entries if e.outcome]

    def _get_fingerprint(self, token: CancelToken) -> PipelineFingerprint:
        try:
            future = self.engine.submit(self.worker.fingerprint, None)
            while not concurrent.futures.wait([future], timeout=_POLL_S).done:
                token.raise_if_cancelled()
            return future.result()
        except BrokenExecutor as error:
            raise LeukViewError("The worker processes cannot be started.", "Try again with --workers 1.") from error

    def _is_up_to_date(self, record: CompletionRecord, known_slide_ids: set[str]) -> bool:
        """Whether a finished slide is stored with unchanged model, settings and events."""
        same = (
            record.maker == self._fingerprint
            and (record.masks or not self.save_masks)
            and record.named == self.with_names
            and record.slide_id in known_slide_ids
        )
        return same and record.reviewed == _count_review_events(self.log.events(record.slide_id))

    def _submit_pending(self, unread: deque[_SlideJob], waiting: int) -> None:
        """Submit steps while the engine has free slots, those nearest to completion first."""
        if self._suspect_jobs:  # one of them killed a worker process; run them one at a time to find out which
            if not self._running:
                self._submit(self._suspect_jobs.popleft())
            return
        while len(self._running) < self.engine.capacity:
            if self._to_analyse:
                self._submit(self._to_analyse.popleft())
            elif self._to_read:
                self._submit(self._to_read.popleft())
            elif unread and waiting - len(unread) < _READ_AHEAD * self.engine.capacity:
                self._submit(unread.popleft())
            else:
                return

    def _submit(self, entry: _SlideJob) -> None:
        future: Future[Any]
        try:
            if entry.task:
                future = self.engine.submit(self.worker.analyse, entry.task)
            elif entry.input_sha256:
                future = self.engine.submit(self.worker.read, entry.found_slide)
            else:
                future = self.engine.submit(self.worker.digest, entry.found_slide)
        except BrokenExecutor as error:
            future = Future()
            future.set_exception(error)
        self._running[future] = entry

    def _collect_finished(self) -> None:
        """Wait up to `_POLL_S` for running steps and process those that ended."""
        alone, broken = len(self._running) == 1, False
        for future in concurrent.futures.wait(self._running, _POLL_S, concurrent.futures.FIRST_COMPLETED).done:
            entry = self._running[future]
            try:
                result = future.result()
            except BrokenExecutor:
                broken = True
                continue
            except Cancelled:
                raise
            except WorkerDiedError:
                self._retry_alone(entry)
            except LeukViewError as error:
                self._finish_failed(entry, str(error))
            except Exception as error:  # noqa: BLE001 - a bug that affects one slide must not stop the others
                _log.error("slide %s met %s", entry.slide_id, type(error).__name__, exc_info=error)
                self._finish_failed(
                    entry, f"An error of the program ({type(error).__name__}) stopped it. Please report this."
                )
            else:
                self._advance(entry, result)
            del self._running[future]
        if broken:
            self._handle_broken_pool(was_alone=alone)

    def _handle_broken_pool(self, *, was_alone: bool) -> None:
        """Restart a broken pool of processes, in which all running steps were lost.

        A step that ran alone is the cause and fails; others are run again one at a time.
        """
        lost = list(self._running.values())
        self._running.clear()
        self.engine.restart()
        for entry in lost:
            entry.is_suspect = was_alone
            self._retry_alone(entry)

    def _retry_alone(self, entry: _SlideJob) -> None:
        """Run a step again, alone, after a worker died; the second time, the slide fails."""
        if entry.is_suspect:
            words = "The process that worked on it died, perhaps for want of memory."
            self._finish_failed(entry, f"{words} The other slides are not concerned.")
        else:
            entry.is_suspect = True
            self._suspect_jobs.append(entry)

    def _advance(self, entry: _SlideJob, result: object) -> None:
        entry.is_suspect = False
        if isinstance(result, SlideResult) and entry.task:
            self._store_result(entry, entry.task.snapshot.events, result)
        elif isinstance(result, SlideDraft):
            entry.draft, entry.problems = result, result.problems
        elif mark := self._completed.get(str(result)):
            self._finish(entry, SlideOutcome(entry.name, "finished before", mark.slide_id, unreadable=mark.unreadable))
        else:
            entry.input_sha256 = str(result)
            self._to_read.append(entry)

    def _import_slide(self, entry: _SlideJob) -> None:
        if entry.draft is None or entry.outcome:
            return
        try:
            entry.notes = self.compare(entry.draft)
            slide, left_out = import_slide(self.slides, self.log, entry.draft, self.reviewer)
            changed = [p.message for p in entry.draft.problems if p.kind is ProblemKind.CHANGED]
            entry.remark = " ".join((*changed, *([left_out] if left_out else [])))
            carried = take_snapshot(self.slides, self.log, slide.id)
        except LeukViewError as error:
            self._finish_failed(entry, str(error))
        else:
            entry.task = SlideTask(
                entry.draft, carried, self._fingerprint, self.reviewer, self.save_masks, self.with_names
            )
            self._to_analyse.append(entry)

    def _store_result(self, entry: _SlideJob, events: Sequence[ReviewEvent], result: SlideResult) -> None:
        """Store results in database, log and output folder, the completion record last.

        If the process is killed in between, the slide has no completion record and is analysed again.
        """
        slide_id = entry.slide_id
        files = tuple(sorted(result.files))
        mark = CompletionRecord(
            slide_id,
            entry.input_sha256,
            self._fingerprint,
            self.save_masks,
            self.with_names,
            _count_review_events(events),
            result.unreadable_count,
            files,
        )
        try:
            self.slides.save_predictions(result.predictions)
            for (cell_id, mask_sha256), inside in result.mask_predictions.items():
                self.slides.save_mask_prediction(cell_id, mask_sha256, inside)
            for event in result.events:
                self.log.append(slide_id, event.kind, reviewer=event.reviewer, cells=event.cells, payload=event.payload)
            write_slide_folder(self.output, result.files, mark)
        except LeukViewError as error:
            self._finish_failed(entry, str(error))
        else:
            self._finish(
                entry,
                SlideOutcome(
                    entry.name,
                    "done",
                    slide_id,
                    entry.remark,
                    tally_text=result.tally_text,
                    unreadable=result.unreadable_count,
                ),
            )

    def _finish_failed(self, entry: _SlideJob, message: str) -> None:
        self._finish(entry, SlideOutcome(entry.name, "failed", entry.slide_id, message))

    def _finish(self, entry: _SlideJob, outcome: SlideOutcome) -> None:
        entry.outcome = outcome = replace(outcome, problems=entry.problems, notes=entry.notes)
        entry.draft = entry.task = None  # frees memory, as there may be a thousand slides
        self.on_outcome(outcome)


def _count_review_events(events: Sequence[ReviewEvent]) -> int:
    return sum(e.kind is not EventKind.REPORT for e in events)
