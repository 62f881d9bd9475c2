"""Many slides: read and analysed by workers, stored by one writer; resumable, and one bad slide stops no other.

The workers compute and hand back values; only the process that started them writes to database, identity vault and
output folder. So there is one writer whatever the number of workers: nobody waits for a lock, slides are numbered in
the order of the tree as one process would, and neither the vault nor the database's address leaves the workstation.
"""

from __future__ import annotations

import concurrent.futures
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from leukview.core.errors import Cancelled, LeukViewError, WorkerDiedError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.prediction import Prediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.slide import FoundSlide, SlideDraft
from leukview.services.batch.in_memory_stores import CarriedEvent, CarriedSlide, snapshot
from leukview.services.batch.output import CompletionRecord, Maker, marks, publish
from leukview.services.importing.import_slide import import_slide
from leukview.services.ports.storage import ReviewLog, SlideStore

_log = logging.getLogger(__name__)

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_POLL_S = 0.2  # how soon a cancelled token is noticed
_AHEAD = 4  # slides read ahead of the import, for each worker


class Engine(Protocol):
    """Runs functions elsewhere. What it is given and gives back must pickle."""

    @property
    def slots(self) -> int:
        """How many calls it can have under way at once."""

    def submit(self, work: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Begin a call."""

    def restart(self) -> None:
        """Go on after a call ended in `BrokenExecutor`; what was under way is lost.

        An engine that loses no other call with a worker raises `WorkerDiedError` instead, and is not started anew.
        """

    def close(self) -> None:
        """End what it started; what is under way is thrown away."""


@dataclass(frozen=True, slots=True)
class SlideTask:
    """A slide to analyse.

    Attributes:
        maker: What must analyse it; a worker that would give other results refuses.
        reviewer: Under whose name the report is logged.
    """

    draft: SlideDraft
    carried: CarriedSlide
    maker: Maker
    reviewer: str
    save_masks: bool


@dataclass(frozen=True, slots=True)
class SlideWork:
    """What a worker made of a slide.

    Attributes:
        predictions: Cell id → prediction, those made now.
        inside: (Cell id, SHA-256 of a reviewer's mask) → prediction inside it, those made now.
        files: Posix path within the slide's folder → content.
        text: The tally in words.
        unreadable: Cells whose image could not be read.
    """

    predictions: Mapping[str, Prediction]
    inside: Mapping[tuple[str, str], Prediction]
    events: tuple[CarriedEvent, ...]
    files: Mapping[str, bytes]
    text: str
    unreadable: int


class Worker(Protocol):
    """What is done to a slide away from the database. Its methods are sent to an `InferenceBackend`."""

    def maker(self, _: None = None, /) -> Maker:
        """What the worker's results depend on. Raises `ModelError`."""

    def digest(self, found: FoundSlide, /) -> str:
        """SHA-256 over names and contents. Raises `ExportError`."""

    def read(self, found: FoundSlide, /) -> SlideDraft:
        """The draft. Raises `ExportError`."""

    def analyse(self, task: SlideTask, /) -> SlideWork:
        """Analyse, and make tables and report. Raises `LeukViewError`."""


Ending = Literal["done", "finished before", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one slide.

    Attributes:
        name: Its folder as opened, for the user's eyes only; never logged.
        slide_id: Its pseudonym; "" when it was not imported.
        sentence: Why it failed; "" otherwise.
        text: The tally in words; "" when it was not analysed now.
        unreadable: Cells whose image could not be read.
    """

    name: str
    ending: Ending
    slide_id: str = ""
    sentence: str = ""
    text: str = ""
    unreadable: int = 0


@dataclass
class _Entry:
    """One slide on its way: its steps are digest, read, analyse."""

    found: FoundSlide
    input_sha256: str = ""
    draft: SlideDraft | None = None
    task: SlideTask | None = None
    outcome: Outcome | None = None
    suspect: bool = False  # a worker died while this was under way; it is tried once more, alone

    @property
    def name(self) -> str:
        return self.found.key or Path(self.found.opened).name

    @property
    def slide_id(self) -> str:
        return self.task.carried.slide.id if self.task else ""


@dataclass
class Batch:
    """Analyses the slides of a tree, once.

    Attributes:
        slides: Where slides and predictions are stored; called by this process only.
        log: Where reports are logged; likewise.
        worker: What is done to a slide.
        engine: Where it is done.
        output: Folder for the results, one subfolder a slide, named by pseudonym.
        reviewer: Under whose name reports are logged.
        save_masks: Write masks too.
        again: Do finished slides again.
        told: Hears of each slide when it has ended.
    """

    slides: SlideStore
    log: ReviewLog
    worker: Worker
    engine: Engine
    output: Path
    reviewer: str
    save_masks: bool = False
    force: bool = False
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None
    _maker: Maker = field(init=False)
    _finished: Mapping[str, CompletionRecord] = field(init=False)
    _running: dict[Future[Any], _Entry] = field(default_factory=dict, init=False)
    _to_read: deque[_Entry] = field(default_factory=deque, init=False)
    _to_analyse: deque[_Entry] = field(default_factory=deque, init=False)
    _suspects: deque[_Entry] = field(default_factory=deque, init=False)

    def run(self, found: Sequence[FoundSlide], token: CancelToken, reporter: Reporter) -> list[Outcome]:
        """Analyse the slides; those finished before are passed over.

        Raises:
            Cancelled: The token was set. Finished slides are stored and marked; no other has left anything in the
                output folder.
            ModelError: The model cannot be used; nothing was done.
            LeukViewError: The workers cannot be started.
        """
        reporter(Progress(0, len(found), "Loading the model"))
        self._maker = self._ask_maker(token)
        known = {slide.id for slide in self.slides.slides()}
        self._finished = {} if self.force else {k: m for k, m in marks(self.output).items() if self._holds(m, known)}
        entries = [_Entry(f) for f in found]
        unread, waiting = deque(entries), deque(entries)  # not begun; not imported, in the order of the tree
        try:
            while waiting or self._running or self._to_analyse or self._suspects:
                token.check()
                while waiting and (waiting[0].draft or waiting[0].outcome):
                    self._import(waiting.popleft())
                self._give_out(unread, len(waiting))
                self._take_in()
                ended = sum(e.outcome is not None for e in entries)
                reporter(Progress(ended, len(entries), "Analysing slides"))
        finally:
            for future in self._running:
                future.cancel()
        return [e.outcome for e in entries if e.outcome]

    def _ask_maker(self, token: CancelToken) -> Maker:
        try:
            future = self.engine.submit(self.worker.maker, None)
            while not concurrent.futures.wait([future], timeout=_POLL_S).done:
                token.check()
            return future.result()
        except BrokenExecutor as error:
            raise LeukViewError("The worker processes cannot be started.", "Try again with --workers 1.") from error

    def _holds(self, mark: CompletionRecord, known: set[str]) -> bool:
        """A finished slide is up to date: same model, settings and reviews, and the database has it."""
        same = mark.maker == self._maker and (mark.masks or not self.save_masks) and mark.slide_id in known
        return same and mark.reviewed == _reviewed(self.log.events(mark.slide_id))

    def _give_out(self, unread: deque[_Entry], waiting: int) -> None:
        """Give the engine what it has room for: what brings a slide to its end first."""
        if self._suspects:  # one of them ended a worker process: one at a time, to see which
            if not self._running:
                self._submit(self._suspects.popleft())
            return
        while len(self._running) < self.engine.slots:
            if self._to_analyse:
                self._submit(self._to_analyse.popleft())
            elif self._to_read:
                self._submit(self._to_read.popleft())
            elif unread and waiting - len(unread) < _AHEAD * self.engine.slots:
                self._submit(unread.popleft())
            else:
                return

    def _submit(self, entry: _Entry) -> None:
        future: Future[Any]
        try:
            if entry.task:
                future = self.engine.submit(self.worker.analyse, entry.task)
            elif entry.input_sha256:
                future = self.engine.submit(self.worker.read, entry.found)
            else:
                future = self.engine.submit(self.worker.digest, entry.found)
        except BrokenExecutor as error:
            future = Future()
            future.set_exception(error)
        self._running[future] = entry

    def _take_in(self) -> None:
        """Wait a little for what ends, and take the next step with it."""
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
                self._suspect(entry)
            except LeukViewError as error:
                self._fail(entry, str(error))
            except Exception as error:  # noqa: BLE001 - a slide that meets an error of ours must not stop the others
                _log.error("slide %s met %s", entry.slide_id, type(error).__name__)
                self._fail(entry, f"An error of the program ({type(error).__name__}) stopped it. Please report this.")
            else:
                self._go_on(entry, result)
            del self._running[future]
        if broken:
            self._isolate(alone=alone)

    def _isolate(self, *, alone: bool) -> None:
        """The pool of processes broke, and with it all that was under way; who was under way alone is to blame."""
        lost = list(self._running.values())
        self._running.clear()
        self.engine.restart()
        for entry in lost:
            entry.suspect = alone
            self._suspect(entry)

    def _suspect(self, entry: _Entry) -> None:
        """A worker died while this was under way: try it once more, alone; then it is to blame."""
        if entry.suspect:
            words = "The process that worked on it died, perhaps for want of memory."
            self._fail(entry, f"{words} The other slides are not concerned.")
        else:
            entry.suspect = True
            self._suspects.append(entry)

    def _go_on(self, entry: _Entry, result: object) -> None:
        entry.suspect = False
        if isinstance(result, SlideWork) and entry.task:
            self._store(entry, entry.task.carried.events, result)
        elif isinstance(result, SlideDraft):
            entry.draft = result
        elif mark := self._finished.get(str(result)):
            self._end(entry, Outcome(entry.name, "finished before", mark.slide_id, unreadable=mark.unreadable))
        else:
            entry.input_sha256 = str(result)
            self._to_read.append(entry)

    def _import(self, entry: _Entry) -> None:
        if entry.draft is None or entry.outcome:
            return
        try:
            slide, _ = import_slide(self.slides, self.log, entry.draft, self.reviewer)
            carried = snapshot(self.slides, self.log, slide.id)
        except LeukViewError as error:
            self._fail(entry, str(error))
        else:
            entry.task = SlideTask(entry.draft, carried, self._maker, self.reviewer, self.save_masks)
            self._to_analyse.append(entry)

    def _store(self, entry: _Entry, events: Sequence[ReviewEvent], work: SlideWork) -> None:
        """Database, log, folder, mark: a kill in between leaves a slide without a mark, which is then done again."""
        slide_id = entry.slide_id
        files = tuple(sorted(work.files))
        mark = CompletionRecord(
            slide_id,
            entry.input_sha256,
            self._maker,
            self.save_masks,
            _reviewed(events),
            work.unreadable,
            files,
        )
        try:
            self.slides.save_predictions(work.predictions)
            for (cell_id, mask_sha256), inside in work.inside.items():
                self.slides.save_mask_prediction(cell_id, mask_sha256, inside)
            for event in work.events:
                self.log.append(slide_id, event.kind, reviewer=event.reviewer, cells=event.cells, payload=event.payload)
            publish(self.output, work.files, mark)
        except LeukViewError as error:
            self._fail(entry, str(error))
        else:
            self._end(entry, Outcome(entry.name, "done", slide_id, text=work.text, unreadable=work.unreadable))

    def _fail(self, entry: _Entry, sentence: str) -> None:
        self._end(entry, Outcome(entry.name, "failed", entry.slide_id, sentence))

    def _end(self, entry: _Entry, outcome: Outcome) -> None:
        entry.outcome = outcome
        entry.draft = entry.task = None  # a thousand slides need not stay in memory
        self.on_outcome(outcome)


def _reviewed(events: Sequence[ReviewEvent]) -> int:
    return sum(e.kind is not EventKind.REPORT for e in events)
