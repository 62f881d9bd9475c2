"""Batch analysis of a folder tree, with the code that runs in worker processes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.composition import Stores, build_workbench, open_stores
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import SITE_CLASSES_FILE, load_taxonomy
from leukview.core.atomic_files import file_sha256
from leukview.core.code_version import code_version
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, Reporter, null_reporter
from leukview.core.messages import Message
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.slide import ExportPreview, FoundSlide, Problem, ProblemKind, SlideDraft
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
from leukview.services.importing.import_slide import open_questions_error
from leukview.services.importing.preview_checks import check_preview

if TYPE_CHECKING:
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.services.workbench import Workbench

ENGINE_NAMES = ("local", "dask")


@dataclass(frozen=True, slots=True)
class ExecutionOptions:
    """Where slides are analysed.

    Attributes:
        workers: Processes on this machine; 1 = this process only.
        engine: One of `ENGINE_NAMES`.
        cluster: Address of a running Dask scheduler; "" = start `workers` processes on this machine.
    """

    workers: int = 1
    engine: str = "local"
    cluster: str = ""

    @property
    def in_process(self) -> bool:
        """Whether this process does all the work."""
        return self.engine == "local" and self.workers == 1


class SlideWorker:
    """Implements the `BatchWorker` port for processes without database and vault.

    It pickles as its runtime options, without token and reporter; model and adapters are loaded once per process.
    """

    def __init__(
        self, options: RuntimeOptions, token: CancelToken | None = None, reporter: Reporter = null_reporter
    ) -> None:
        self._options, self._token, self._reporter = options, token or CancelToken(), reporter

    def __reduce__(self) -> tuple[type[SlideWorker], tuple[RuntimeOptions]]:
        return SlideWorker, (self._options,)

    def fingerprint(self, _: None = None, /) -> PipelineFingerprint:
        """See `BatchWorker.fingerprint`. Raises `ModelError`."""
        settings = settings_sha256()
        model = _worker_context(self._options, data_dir(), settings).workbench.model_info()
        return PipelineFingerprint(model.bundle_sha256, model.segmenter, settings, code_version())

    def digest(self, found: FoundSlide, /) -> str:
        """See `BatchWorker.digest`. Raises `ExportError`."""
        return _export_reader().slide_digest(found, self._token)

    def read(self, found: FoundSlide, /) -> SlideDraft:
        """See `BatchWorker.read`. Raises `ExportError`."""
        return _export_reader().read_slide(found, self._token, self._reporter)

    def analyse(self, task: SlideTask, /) -> SlideResult:
        """See `BatchWorker.analyse`.

        Raises:
            LeukViewError: Model, version or settings differ from the caller's, or the slide is unusable.
        """
        from leukview.bootstrap.analyse_slide import analyse_slide

        if self.fingerprint() != task.fingerprint:
            raise LeukViewError(
                "A machine of the cluster has another model, other settings or another version than this one.",
                "Install the same there, with the same files in the data folder.",
            )
        context = _worker_context(self._options, data_dir(), task.fingerprint.settings_sha256)
        context.state.load(task.snapshot)
        try:
            with tempfile.TemporaryDirectory(prefix="leukview-slide-") as scratch:
                folder = Path(scratch)
                job, slide_id = (self._token, self._reporter), task.snapshot.slide.id
                result = analyse_slide(
                    context.workbench,
                    task.draft,
                    slide_id,
                    task.reviewer,
                    folder,
                    job,
                    save_masks=task.save_masks,
                    with_names=task.with_names,
                )
                files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
            predictions, inside = dict(context.state.predictions), dict(context.state.mask_predictions)
            events = new_events(context.state)
        finally:
            context.state.load(None)
        return SlideResult(predictions, inside, events, files, result.text, result.unreadable_count)


@dataclass(frozen=True, slots=True)
class _WorkerContext:
    workbench: Workbench
    state: WorkerState


@lru_cache(maxsize=1)
def _worker_context(options: RuntimeOptions, _data_folder: Path, _settings: str) -> _WorkerContext:
    """Workbench of this process over in-memory stores.

    Rebuilt when the options, the data folder or the settings change.
    """
    luggage = WorkerState()
    stores = Stores(InMemorySlideStore(luggage), InMemoryReviewLog(luggage), EmptyProfileStore(), NullChangeFeed())
    return _WorkerContext(build_workbench(options, stores), luggage)


def settings_sha256() -> str:
    """SHA-256 over all settings files, shipped and in the data folder.

    Of ``classes.toml`` only the site's classes count: an answer about a folder concerns the slides with that folder,
    and is part of their own digest.
    """
    digest = hashlib.sha256(load_taxonomy().sha256.encode())
    for root in (resources_dir(), data_dir()):
        for path in sorted((*root.glob("*.toml"), *root.glob("report/**/*"))):
            if path.is_file() and path.name != SITE_CLASSES_FILE:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(bytes.fromhex(file_sha256(path)))
        digest.update(b"\1")
    return digest.hexdigest()


def _export_reader(name_mark: Callable[[str], str] | None = None) -> AnalyserExportReader:
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.storage.site_class_file import SiteClassFile

    taxonomy = load_taxonomy()
    return AnalyserExportReader(taxonomy, SiteClassFile(data_dir() / SITE_CLASSES_FILE, taxonomy, name_mark).answers)


def find_slides(
    tree: Path,
    token: CancelToken,
    answers: Mapping[str, str] | None = None,
    name_mark: Callable[[str], str] | None = None,
    name_encoding: str = "",
) -> tuple[list[FoundSlide], list[SlideOutcome], list[Problem]]:
    """Find the slides below a folder by name, then those in its ZIP archives.

    Args:
        tree: Folder or archive.
        token: Cancels the search.
        answers: Folder name → class key, ``patient`` or ``leave out``, beside those of the site.
        name_mark: Keyed hash of a folder's name, for the site's answers.
        name_encoding: Encoding of names in archives that state none and are not UTF-8.

    Returns:
        The slides, a failed outcome for each folder or archive that cannot be read and for each slide with a folder
        that may be a class or a patient, and what was passed over.

    Raises:
        ExportError: There is no slide.
        Cancelled: The token was set.
    """
    from leukview.importers.file_sources import find_archives

    reader = _export_reader(name_mark)
    found, told = reader.find_slides(tree, token, answers, name_encoding)
    slides, failed = list(found), [_failed_outcome(p) for p in told if p.kind is ProblemKind.NO_PERMISSION]
    archives = find_archives(tree) if tree.is_dir() else []
    names = {archive.relative_to(tree).as_posix() for archive in archives}
    problems = [p for p in told if p.kind is not ProblemKind.NO_PERMISSION and p.path not in names]
    for archive in archives:
        name = archive.relative_to(tree).as_posix()
        try:
            inside, told = reader.find_slides(archive, token, answers, name_encoding)
        except ExportError as error:
            failed.append(SlideOutcome(name, "failed", message=str(error)))
        else:
            slides += inside
            problems += told
    waiting = [found for found in slides if found.open_questions]
    failed += [_waiting_outcome(tree, found) for found in waiting]
    slides = [found for found in slides if not found.open_questions]
    if not slides and not failed:
        reader.read(tree, token, null_reporter, answers, name_encoding)  # raises the reason
    return slides, failed, problems


def _compare_with_stored(stores: Stores, draft: SlideDraft) -> tuple[str, ...]:
    """What the stored slides tell about a draft: known cells, a changed class, a similar name."""
    if stores.known_content is None:
        return ()
    preview = check_preview(ExportPreview(draft.root, (draft,), ()), stores.known_content, stores.log)
    return tuple(p.message for p in preview.slides[0].problems[len(draft.problems) :])


def _waiting_outcome(tree: Path, found: FoundSlide) -> SlideOutcome:
    name = found.relative_folder or Path(found.opened_path).name or tree.name
    return SlideOutcome(name, "failed", message=str(open_questions_error(found.open_questions)))


def _failed_outcome(problem: Problem) -> SlideOutcome:
    return SlideOutcome(problem.path, "failed", message=problem.message)


@contextmanager
def open_engine(execution: ExecutionOptions) -> Iterator[ExecutionEngine]:
    """Start the chosen engine; it is closed at the end of the block.

    Raises:
        LeukViewError: It is not installed, or the cluster does not answer.
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
    reviewer: str,
    save_masks: bool = False,
    with_names: bool = False,
    force: bool = False,
    on_outcome: Callable[[SlideOutcome], None] = lambda _outcome: None,
    name_encoding: str = "",
    on_problems: Callable[[Sequence[Problem]], None] = lambda _problems: None,
    answers: Mapping[str, str] | None = None,
) -> list[SlideOutcome]:
    """Import and analyse every slide below a folder; see `BatchRunner`.

    Args:
        options: Database, model and device; with several workers each uses one thread.
        execution: Where the slides are analysed.
        tree: Folder or archive.
        output: Folder for the results, one subfolder per slide, named by its pseudonym.
        answers: What folders of unknown names hold (name → class key, ``patient`` or ``leave out``), for this call.
        job: Token and reporter.
        reviewer: Proven name under which the reports are logged.
        save_masks: Write the masks too.
        with_names: Tell names of patient, order and source files in tables and summaries.
        force: Analyse finished slides again.
        on_outcome: Called with the outcome of each slide, as soon as it is known.
        name_encoding: Encoding of names in archives that state none and are not UTF-8.
        on_problems: Called with what was passed over in the tree, before the first slide.

    Raises:
        LeukViewError: There is no usable slide, or the database, the engine or a file fails.
        Cancelled: The token was set.
    """
    token, reporter = job
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LeukViewError(
            Message("The output folder {output} cannot be made: {reason}.", output=output, reason=error.strerror)
        ) from error
    remote = replace(options, database_url="", threads=1)  # workers need no database; one thread each was fastest
    worker = SlideWorker(options, token, reporter) if execution.in_process else SlideWorker(remote)
    with open_stores(options) as stores, open_engine(execution) as engine:
        found, failed, problems = find_slides(tree, token, answers, stores.name_mark, name_encoding)
        on_problems(problems)
        for outcome in failed:
            on_outcome(outcome)
        batch = BatchRunner(
            stores.slides,
            stores.log,
            worker,
            engine,
            output,
            reviewer,
            save_masks=save_masks,
            with_names=with_names,
            force=force,
            on_outcome=on_outcome,
            compare=partial(_compare_with_stored, stores),
        )
        return [*batch.run(found, token, reporter), *failed]
