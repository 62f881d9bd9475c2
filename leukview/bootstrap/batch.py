"""Analyse the slides of a tree: in this process, in several, or on a cluster. The worker's side is here too."""

from __future__ import annotations

import getpass
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from leukview import __version__
from leukview.bootstrap.composition import Stores, build_workbench, open_stores
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.atomic_files import file_sha256
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, Reporter, null_reporter
from leukview.core.messages import Message
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.slide import FoundSlide, Problem, ProblemKind, SlideDraft
from leukview.services.batch.in_memory_stores import (
    EmptyProfileStore,
    InMemoryReviewLog,
    InMemorySlideStore,
    NullChangeFeed,
    WorkerState,
    new_events,
)
from leukview.services.batch.output import PipelineFingerprint
from leukview.services.batch.runner import BatchRunner, ExecutionEngine, SlideOutcome, SlideResult, SlideTask

if TYPE_CHECKING:
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.services.workbench import Workbench

ENGINE_NAMES = ("local", "dask")


@dataclass(frozen=True, slots=True)
class ExecutionOptions:
    """Where the slides are analysed.

    Attributes:
        workers: Processes on this machine; 1 = this process alone.
        engine: One of `ENGINE_NAMES`.
        cluster: Address of a running cluster's scheduler; "" = a cluster of `workers` processes on this machine.
    """

    workers: int = 1
    engine: str = "local"
    cluster: str = ""

    @property
    def in_process(self) -> bool:
        """This process does the work itself."""
        return self.engine == "local" and self.workers == 1


class SlideWorker:
    """The `BatchWorker` port: what is done to a slide in a process that has neither the database nor the vault.

    It pickles as its choices; model and rooms are loaded once a process. Token and reporter stay where they are.
    """

    def __init__(
        self, options: RuntimeOptions, token: CancelToken | None = None, reporter: Reporter = null_reporter
    ) -> None:
        self._options, self._token, self._reporter = options, token or CancelToken(), reporter

    def __reduce__(self) -> tuple[type[SlideWorker], tuple[RuntimeOptions]]:
        return SlideWorker, (self._options,)

    def fingerprint(self, _: None = None, /) -> PipelineFingerprint:
        """What this process's results depend on. Raises `ModelError`."""
        settings = settings_sha256()
        model = _worker_context(self._options, data_dir(), settings).workbench.model_info()
        return PipelineFingerprint(model.bundle_sha256, model.segmenter, settings, __version__)

    def digest(self, found: FoundSlide, /) -> str:
        """SHA-256 over names and contents. Raises `ExportError`."""
        return _export_reader().slide_digest(found, self._token)

    def read(self, found: FoundSlide, /) -> SlideDraft:
        """The draft. Raises `ExportError`."""
        return _export_reader().read_slide(found, self._token, self._reporter)

    def analyse(self, task: SlideTask, /) -> SlideResult:
        """Analyse, and make tables and report.

        Raises:
            LeukViewError: This process would not give the results that the others give, or the slide cannot be used.
        """
        from leukview.bootstrap.analyse_slide import analyse_slide

        if self.fingerprint() != task.fingerprint:
            raise LeukViewError(
                "A machine of the cluster has another model, other settings or another version than this one.",
                "Install the same there, with the same files in the data folder.",
            )
        room = _worker_context(self._options, data_dir(), task.fingerprint.settings_sha256)
        room.state.load(task.snapshot)
        try:
            with tempfile.TemporaryDirectory(prefix="leukview-slide-") as scratch:
                folder = Path(scratch)
                job, slide_id = (self._token, self._reporter), task.snapshot.slide.id
                result = analyse_slide(
                    room.workbench, task.draft, slide_id, task.reviewer, folder, job, save_masks=task.save_masks
                )
                files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
            predictions, inside = dict(room.state.predictions), dict(room.state.mask_predictions)
            events = new_events(room.state)
        finally:
            room.state.load(None)
        return SlideResult(predictions, inside, events, files, result.text, result.unreadable_count)


@dataclass(frozen=True, slots=True)
class _WorkerContext:
    workbench: Workbench
    state: WorkerState


@lru_cache(maxsize=1)
def _worker_context(options: RuntimeOptions, _data_folder: Path, _settings: str) -> _WorkerContext:
    """The rooms of this process over the slide in hand; made anew when choices, home or settings change."""
    luggage = WorkerState()
    stores = Stores(InMemorySlideStore(luggage), InMemoryReviewLog(luggage), EmptyProfileStore(), NullChangeFeed())
    return _WorkerContext(build_workbench(options, stores), luggage)


def settings_sha256() -> str:
    """Over every text that shapes results: what ships, and the laboratory's own in the data folder."""
    whole = hashlib.sha256()
    for root in (resources_dir(), data_dir()):
        for path in sorted((*root.glob("*.toml"), *root.glob("report/**/*"))):
            if path.is_file():
                whole.update(path.relative_to(root).as_posix().encode() + b"\0")
                whole.update(bytes.fromhex(file_sha256(path)))
        whole.update(b"\1")
    return whole.hexdigest()


def _export_reader() -> AnalyserExportReader:
    from leukview.importers.export_reader import AnalyserExportReader

    return AnalyserExportReader(load_taxonomy())


def find_slides(tree: Path, token: CancelToken) -> tuple[list[FoundSlide], list[SlideOutcome]]:
    """Every slide below a folder, those in ZIP archives too, in the order of their names; and what cannot be looked at.

    Raises:
        ExportError: There is none.
        Cancelled: The token was set.
    """
    reader = _export_reader()
    found, problems = reader.find_slides(tree, token)
    slides, failed = list(found), [_failed_outcome(p) for p in problems if p.kind is ProblemKind.NO_PERMISSION]
    archives = sorted(p for p in tree.rglob("*") if p.suffix.casefold() == ".zip") if tree.is_dir() else []
    for archive in archives:
        name = archive.relative_to(tree).as_posix()
        try:
            inside, _ = reader.find_slides(archive, token)
        except ExportError as error:
            failed.append(SlideOutcome(name, "failed", message=str(error)))
        else:
            slides += inside
    if not slides and not failed:
        reader.read(tree, token, null_reporter)  # says why nothing is there
    return slides, failed


def _failed_outcome(problem: Problem) -> SlideOutcome:
    return SlideOutcome(problem.path, "failed", message=problem.message)


@contextmanager
def open_engine(execution: ExecutionOptions) -> Iterator[ExecutionEngine]:
    """The engine that was asked for; what it started ends with the block.

    Raises:
        LeukViewError: It is not installed, or a cluster does not answer.
    """
    engine = _create_engine(execution)
    try:
        yield engine
    finally:
        engine.close()


def _create_engine(execution: ExecutionOptions) -> ExecutionEngine:
    if execution.engine == "dask":
        from leukview.cluster.dask import DaskEngine

        return DaskEngine(execution.workers, execution.cluster)
    from leukview.cluster.local import InProcess, ProcessPool

    return InProcess() if execution.in_process else ProcessPool(execution.workers)


def analyse_tree(
    options: RuntimeOptions,
    execution: ExecutionOptions,
    tree: Path,
    output: Path,
    job: tuple[CancelToken, Reporter],
    *,
    save_masks: bool = False,
    force: bool = False,
    on_outcome: Callable[[SlideOutcome], None] = lambda _outcome: None,
) -> list[SlideOutcome]:
    """Import and analyse every slide below a folder; see `leukview.services.batch.runner.BatchRunner`.

    Args:
        options: Database, model, device; several workers take one thread each.
        execution: Where the work is done.
        tree: Folder or archive.
        output: One subfolder a slide goes there, named by pseudonym.
        job: Token and reporter.
        save_masks: Write masks too.
        again: Do finished slides again.
        told: Hears of each slide when it has ended.

    Raises:
        LeukViewError: Nothing usable is there, or the surroundings refuse.
        Cancelled: The token was set.
    """
    token, reporter = job
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LeukViewError(
            Message("The output folder {output} cannot be made: {reason}.", output=output, reason=error.strerror)
        ) from error
    found, failed = find_slides(tree, token)
    for outcome in failed:
        on_outcome(outcome)
    away = replace(options, database_url="", threads=1)  # workers need no database; one thread each, as measured
    worker = SlideWorker(options, token, reporter) if execution.in_process else SlideWorker(away)
    with open_stores(options) as stores, open_engine(execution) as engine:
        batch = BatchRunner(
            stores.slides,
            stores.log,
            worker,
            engine,
            output,
            getpass.getuser(),
            save_masks=save_masks,
            force=force,
            on_outcome=on_outcome,
        )
        return [*batch.run(found, token, reporter), *failed]
