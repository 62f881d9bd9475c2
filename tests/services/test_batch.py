"""A batch finishes what can be finished, knows again what is finished, and stores from one place only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from leukview.cluster.local import InProcess
from leukview.core.errors import Cancelled, ConcurrentWriteError, ExportError, ModelError, StoreError, WorkerDiedError
from leukview.core.job_runner import CancelToken, Progress, null_reporter
from leukview.domain.review.events import EventKind
from leukview.domain.slide import FoundSlide, SlideDraft
from leukview.services.batch.in_memory_stores import (
    InMemoryReviewLog,
    InMemorySlideStore,
    NewEvent,
    WorkerState,
    take_snapshot,
)
from leukview.services.batch.output import COMPLETION_FILE, PipelineFingerprint
from leukview.services.batch.runner import BatchRunner, ExecutionEngine, SlideOutcome, SlideResult, SlideTask
from leukview.storage.database import open_database
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.storage_examples import make_draft, make_prediction

BUNDLE = "b" * 64


@dataclass
class FakeWorker:
    """Reads and analyses at once; `troubles` says for which slides, by step and key, it raises what."""

    troubles: dict[tuple[str, str], Exception] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    version: str = "1"
    calls: list[tuple[str, str]] = field(default_factory=list)

    def _step(self, name: str, key: str) -> None:
        self.calls.append((name, key))
        if error := self.troubles.get((name, key)):
            raise error

    def fingerprint(self, _: None = None, /) -> PipelineFingerprint:
        self._step("maker", "")
        return PipelineFingerprint(BUNDLE, "fake:0", "s" * 64, self.version)

    def digest(self, found: FoundSlide, /) -> str:
        self._step("digest", found.relative_folder)
        return f"digest of {found.relative_folder} {self.content.get(found.relative_folder, '')}"

    def read(self, found: FoundSlide, /) -> SlideDraft:
        self._step("read", found.relative_folder)
        return make_draft(
            [f"{found.relative_folder}/{n}" for n in range(3)],
            patient=found.relative_folder,
            root=f"/exports/{found.relative_folder}",
        )

    def analyse(self, task: SlideTask, /) -> SlideResult:
        key = task.draft.patient
        self._step("analyse", key)
        event = NewEvent(EventKind.REPORT, task.reviewer, (), {"report_id": f"R {key}"})
        predictions = {cell.id: make_prediction(bundle=BUNDLE) for cell in task.snapshot.cells}
        files = {"cells.csv": key.encode(), "report.pdf": b"%PDF", "masks/one.png": b"mask"}
        inside = {(cell.id, "m" * 64): make_prediction("monocyte", BUNDLE) for cell in task.snapshot.cells[:1]}
        return SlideResult(predictions, inside, (event,), files, f"tally of {key}", 1 if key == "dim" else 0)


@dataclass
class BatchFixture:
    """A database, an output folder and a worker."""

    store: SqlSlideStore
    log: SqlReviewLog
    output: Path
    worker: FakeWorker
    told: list[SlideOutcome] = field(default_factory=list)

    def run(
        self,
        *keys: str,
        engine: ExecutionEngine | None = None,
        token: CancelToken | None = None,
        again: bool = False,
        reporter: Callable[[Progress], None] = null_reporter,
    ) -> list[tuple[str, str]]:
        """What became of the slides of these keys."""
        self.worker.calls.clear()
        self.told.clear()
        batch = BatchRunner(
            self.store,
            self.log,
            self.worker,
            engine or InProcess(),
            self.output,
            "Dr. A",
            force=again,
            on_outcome=self.told.append,
        )
        found = [FoundSlide("/exports", key, ()) for key in keys]
        outcomes = batch.run(found, token or CancelToken(), reporter)
        assert sorted(outcomes, key=str) == sorted(self.told, key=str)
        return [(o.name, o.status) for o in outcomes]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BatchFixture]:
    with (
        closing(open_database(f"sqlite:///{tmp_path / 'leukview.db'}", backup_dir=tmp_path)) as database,
        closing(IdentityVault(tmp_path)) as vault,
    ):
        yield BatchFixture(SqlSlideStore(database, vault), SqlReviewLog(database), tmp_path / "out", FakeWorker())


def test_that_each_slide_is_stored_logged_published_and_marked(bench: BatchFixture):
    progress: list[Progress] = []
    assert bench.run("one", "two", reporter=progress.append) == [("one", "done"), ("two", "done")]
    assert (progress[0].done, progress[-1].done, progress[-1].total) == (0, 2, 2)
    slides = {s.id: s for s in bench.store.slides()}
    assert {o.slide_id for o in bench.told} == set(slides) == {p.name for p in bench.output.iterdir()}
    for outcome in bench.told:
        folder = bench.output / outcome.slide_id
        assert (folder / "cells.csv").read_text() == outcome.name
        assert {p.name for p in folder.rglob("*")} == {"cells.csv", "report.pdf", "masks", "one.png", COMPLETION_FILE}
        assert set(bench.store.predictions(outcome.slide_id, BUNDLE)) == {
            c.id for c in bench.store.cells(outcome.slide_id)
        }
        inside = bench.store.mask_predictions(outcome.slide_id, BUNDLE)
        assert {key: p.label for key, p in inside.items()} == {
            (bench.store.cells(outcome.slide_id)[0].id, "m" * 64): "monocyte"
        }
        assert [e.kind for e in bench.log.events(outcome.slide_id)] == [EventKind.REPORT]
        mark = json.loads((folder / COMPLETION_FILE).read_text())
        assert mark["research_use_only"] is True
        assert set(mark["files"]) == {"cells.csv", "masks/one.png", "report.pdf"}
        assert mark["slide_id"] == folder.name, "a pseudonym, and no name"
    assert bench.log.find_broken_event() is None


def test_that_finished_slides_are_known_again_and_only_looked_at(bench: BatchFixture):
    bench.run("one", "dim")
    assert bench.run("one", "dim", "new") == [
        ("one", "finished before"), ("dim", "finished before"), ("new", "done"),
    ]  # fmt: skip
    assert [c for c in bench.worker.calls if c[0] != "digest"] == [("maker", ""), ("read", "new"), ("analyse", "new")]
    assert {o.name: o.unreadable for o in bench.told} == {"one": 0, "dim": 1, "new": 0}, (
        "what was unreadable stays told"
    )
    assert len(bench.log.events()) == 3


@pytest.mark.parametrize("change", ["content", "version", "file", "mark", "review", "database"])
def test_that_what_is_not_up_to_date_any_more_is_done_again(bench: BatchFixture, change: str, tmp_path: Path):
    bench.run("one", "two")
    slide_id = next(o.slide_id for o in bench.told if o.name == "one")
    expected = [("one", "done"), ("two", "finished before")]
    match change:
        case "content":
            bench.worker.content["one"] = "another picture"
        case "version":
            bench.worker.version, expected = "2", [("one", "done"), ("two", "done")]
        case "file":
            (bench.output / slide_id / "report.pdf").unlink()
        case "mark":
            (bench.output / slide_id / COMPLETION_FILE).write_text("{")
        case "review":
            cell = bench.store.cells(slide_id)[0].id
            bench.log.append(slide_id, EventKind.OVERRIDE, reviewer="Dr. A", cells=[cell], payload={"label": "blast"})
        case "database":
            with closing(open_database(f"sqlite:///{tmp_path / 'other.db'}", backup_dir=tmp_path)) as other:
                vault = IdentityVault(tmp_path)
                fresh = replace(bench, store=SqlSlideStore(other, vault), log=SqlReviewLog(other))
                assert fresh.run("one", "two") == [("one", "done"), ("two", "done")]
                vault.close()
            return
    assert bench.run("one", "two") == expected
    assert bench.run("one", "two", again=True) == [("one", "done"), ("two", "done")]


def test_that_a_bad_slide_stops_no_other_and_is_named_with_its_sentence(bench: BatchFixture):
    bench.worker.troubles = {
        ("digest", "gone"): ExportError("The folder is gone."),
        ("read", "torn"): ExportError("None of its 3 images can be used."),
        ("analyse", "odd"): ZeroDivisionError("a path /exports/odd"),
    }
    assert bench.run("gone", "a", "torn", "b", "odd", "c") == [
        ("gone", "failed"), ("a", "done"), ("torn", "failed"), ("b", "done"), ("odd", "failed"), ("c", "done"),
    ]  # fmt: skip
    sentences = {o.name: o.message for o in bench.told if o.message}
    assert sentences["gone"] == "The folder is gone."
    assert sentences["torn"] == "None of its 3 images can be used."
    assert "ZeroDivisionError" in sentences["odd"]
    assert "/exports" not in sentences["odd"]
    assert {p.name for p in bench.output.iterdir()} == {o.slide_id for o in bench.told if o.status == "done"}
    bench.worker.troubles = {}
    assert [e for _, e in bench.run("gone", "a", "torn", "b", "odd", "c")].count("done") == 3


def test_that_an_output_folder_which_refuses_is_a_sentence_and_no_finished_slide(bench: BatchFixture):
    bench.run("one")
    (slide_id,) = (o.slide_id for o in bench.told)
    target = bench.output / slide_id / "cells.csv"
    target.unlink()
    target.mkdir()
    assert bench.run("one", "two") == [("one", "failed"), ("two", "done")]
    assert "cannot be saved" in next(o.message for o in bench.told if o.name == "one")
    assert not (bench.output / slide_id / COMPLETION_FILE).exists()
    assert not list(bench.output.rglob("*.part"))


def test_that_a_model_which_cannot_be_used_ends_the_batch_before_it_begins(bench: BatchFixture):
    bench.worker.troubles = {("maker", ""): ModelError("The model is damaged.")}
    with pytest.raises(ModelError, match="damaged"):
        bench.run("one")
    assert bench.store.slides() == []


def test_that_a_cancelled_batch_keeps_what_is_finished_and_leaves_no_half_slide(bench: BatchFixture):
    token = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.done == 1:
            token.cancel()

    with pytest.raises(Cancelled):
        bench.run("one", "two", "three", token=token, reporter=stop)
    (done,) = bench.told
    assert [p.name for p in bench.output.iterdir()] == [done.slide_id]
    assert sorted(e for _, e in bench.run("one", "two", "three")) == ["done", "done", "finished before"]


class LastInFirstOutEngine:
    """An engine whose calls end the last first."""

    capacity = 4

    def __init__(self) -> None:
        self._open: list[tuple[Future[Any], Callable[[Any], Any], Any]] = []

    def submit(self, function: Callable[[Any], Any], argument: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._open.append((future, function, argument))
        if argument is None or len(self._open) == self.capacity or not argument_is_found(argument):
            while self._open:
                ended, call, value = self._open.pop()
                ended.set_result(call(value))
        return future

    def restart(self) -> None:
        raise AssertionError("nothing broke")

    def close(self) -> None: ...


def argument_is_found(argument: object) -> bool:
    return isinstance(argument, FoundSlide)


def test_that_slides_are_imported_in_the_order_of_the_tree_whatever_ends_first(bench: BatchFixture):
    keys = [f"slide {n}" for n in range(8)]
    assert [e for _, e in bench.run(*keys, engine=LastInFirstOutEngine())] == ["done"] * 8
    by_id = {o.slide_id: o.name for o in bench.told}
    assert [by_id[s.id] for s in sorted(bench.store.slides(), key=lambda s: s.imported_at)] == keys
    reads = [key for step, key in bench.worker.calls if step == "digest"]
    assert reads != keys, "the test's engine did turn the order"


class CrashingPoolEngine:
    """An engine like a pool of processes: one of its calls kills a process, and all that are under way end with it."""

    capacity = 3

    def __init__(self, deadly: str) -> None:
        self._deadly, self._open, self.restarts = deadly, list[tuple[Future[Any], Any, Any]](), 0

    def submit(self, function: Callable[[Any], Any], argument: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if isinstance(argument, SlideTask):
            self._open.append((future, function, argument))
            if len(self._open) == self.capacity or self.restarts:
                self._settle()
        else:
            future.set_result(function(argument))
        return future

    def _settle(self) -> None:
        dies = any(a.draft.patient == self._deadly for _, _, a in self._open)
        for future, work, argument in self._open:
            if dies:
                future.set_exception(BrokenExecutor("a process died"))
            else:
                future.set_result(work(argument))
        self._open.clear()

    def restart(self) -> None:
        self.restarts += 1

    def close(self) -> None: ...


def test_that_a_slide_which_kills_its_process_is_found_out_and_the_others_are_done(bench: BatchFixture):
    engine = CrashingPoolEngine("poison")
    assert bench.run("a", "poison", "b", "c", "d", "e", engine=engine) == [
        ("a", "done"), ("poison", "failed"), ("b", "done"), ("c", "done"), ("d", "done"), ("e", "done"),
    ]  # fmt: skip
    assert "died" in next(o.message for o in bench.told if o.name == "poison")
    assert engine.restarts == 2, "once for all three, once for it alone"


class CrashingClusterEngine:
    """An engine like a cluster: a death takes the calls along that waited on the same worker, and no others.

    `deadly` says for which slides the worker dies, and how often.
    """

    capacity = 4

    def __init__(self, deadly: dict[str, int]) -> None:
        self._deadly, self._worker = deadly, list[tuple[Future[Any], Any, Any]]()
        self._lost: set[str] = set()

    def submit(self, function: Callable[[Any], Any], argument: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not isinstance(argument, SlideTask):
            future.set_result(function(argument))
            return future
        self._worker.append((future, function, argument))
        keys = [a.draft.patient for _, _, a in self._worker]
        if len(keys) == 2 or self._lost.intersection(keys):  # a slide that was lost comes again, alone
            self._settle(keys)
        return future

    def _settle(self, keys: list[str]) -> None:
        killer = next((key for key in keys if self._deadly.get(key, 0) > 0), "")
        if killer:
            self._deadly[killer] -= 1
            self._lost.update(keys)
        for future, work, argument in self._worker:
            if killer:
                future.set_exception(WorkerDiedError("The process that worked on it died."))
            else:
                future.set_result(work(argument))
        self._worker.clear()

    def restart(self) -> None:
        raise AssertionError("a cluster mends itself")

    def close(self) -> None: ...


def test_that_of_two_slides_on_a_worker_that_died_only_the_one_that_kills_it_alone_is_to_blame(bench: BatchFixture):
    engine = CrashingClusterEngine({"poison": 99})
    assert bench.run("a", "poison", "b", "c", engine=engine) == [
        ("a", "done"), ("poison", "failed"), ("b", "done"), ("c", "done"),
    ]  # fmt: skip
    assert "died" in next(o.message for o in bench.told if o.name == "poison")


def test_that_a_slide_whose_worker_died_once_is_tried_again(bench: BatchFixture):
    engine = CrashingClusterEngine({"unlucky": 1})
    assert {e for _, e in bench.run("a", "unlucky", "b", "c", engine=engine)} == {"done"}


def test_that_a_slide_in_hand_answers_as_the_database_does(bench: BatchFixture):
    slide_id = bench.store.add_slide(make_draft(range(2)), synthetic=True).slide.id
    one, two = (c.id for c in bench.store.cells(slide_id))
    bench.store.save_predictions({one: make_prediction("blast", "a" * 64), two: make_prediction("blast", BUNDLE)})
    bench.store.save_mask_prediction(one, "m" * 64, make_prediction("monocyte", "a" * 64))
    bench.log.append(slide_id, EventKind.COMMENT, reviewer="Dr. A", payload={"text": "seen"})
    luggage = WorkerState()
    luggage.load(take_snapshot(bench.store, bench.log, slide_id))
    slides, log = InMemorySlideStore(luggage), InMemoryReviewLog(luggage)
    assert slides.slide(slide_id) == bench.store.slide(slide_id)
    assert slides.cells(slide_id) == bench.store.cells(slide_id)
    assert slides.cell_locations(slide_id) == bench.store.cell_locations(slide_id)
    assert log.events(slide_id) == bench.log.events(slide_id)
    for store in (slides, bench.store):
        store.save_predictions({one: make_prediction("lymphocyte", BUNDLE)})
        store.save_mask_prediction(one, "n" * 64, make_prediction("eosinophil", BUNDLE))
    for bundle in (None, BUNDLE):
        assert slides.predictions(slide_id, bundle) == bench.store.predictions(slide_id, bundle)
        assert slides.mask_predictions(slide_id, bundle) == bench.store.mask_predictions(slide_id, bundle)
    with pytest.raises(StoreError):
        slides.slide("S-11111111")
    with pytest.raises(ConcurrentWriteError):
        log.append(slide_id, EventKind.COMMENT, reviewer="Dr. A", expected_seq=0)
