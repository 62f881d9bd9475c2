"""Speed of a large archive: ``python -m benchmarks.archive [SLIDES] [CELLS]``.

The storage layer itself makes the archive: drafts are imported, predictions saved and reviews written through the same
methods that the window uses. Each figure is the time of one call of the service that the window calls.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SHORT = (200, 100)
FULL = (10_000, 100)
_CLASSES = ("neutrophil_segmented", "lymphocyte", "monocyte", "eosinophil", "basophil", "blast")
_LIMIT_S = 0.5


def build_archive(folder: Path, slide_count: int, cell_count: int, seed: int = 0) -> float:
    """Fill the data folder `folder`; returns the seconds it took."""
    from leukview.core.paths import HOME_VARIABLE

    os.environ[HOME_VARIABLE] = str(folder)
    from sqlalchemy import event

    from leukview.bootstrap.composition import open_stores
    from leukview.bootstrap.model_loading import RuntimeOptions
    from leukview.bootstrap.site_config import load_taxonomy
    from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
    from leukview.domain.review.events import EventKind
    from leukview.domain.slide import CellDraft, SlideDraft, SourceLabel

    dice, start = random.Random(seed), time.perf_counter()
    known = {c.key for c in load_taxonomy().classes}
    classes = [key for key in _CLASSES if key in known]
    bundle = "b" * 64

    def prediction(label: str) -> Prediction:
        sure = 0.5 + dice.random() / 2
        stages = (
            StageProbabilities("stage1", ("benign", "malignant"), (1 - sure / 10, sure / 10)),
            StageProbabilities("apl", ("apl", "other_aml"), (0.1, 0.9)),
        )
        measured = Measurement(4000, 2000)
        return Prediction(bundle, "embedded:1", stages, label, label, sure, 0.1, measured)

    with open_stores(RuntimeOptions()) as stores:
        slides: Any = stores.slides
        for engine in (slides._database._engine, slides._vault._database._engine):
            # The archive is made faster without waiting for the disk; it is measured with the usual settings.
            event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
            engine.dispose()
        for number in range(slide_count):
            labels = [dice.choice(classes) for _ in range(cell_count)]
            digests = [hashlib.sha256(f"{seed}/{number}/{n}".encode()).hexdigest() for n in range(cell_count)]
            cells = tuple(
                CellDraft(digest, f"cells/{n}.jpg", (), 360, 363, SourceLabel(label, label, "BL"))
                for n, (digest, label) in enumerate(zip(digests, labels, strict=True))
            )
            patient = f"Archive^{number // 2}"  # two slides of each patient
            draft = SlideDraft(f"/archive/{number}", "", patient, f"order {number}", "signed tree", cells, (), ())
            slide = stores.slides.add_slide(draft, synthetic=False).slide
            stored = stores.slides.cells(slide.id)
            stores.slides.save_predictions({c.id: prediction(labels[c.number - 1]) for c in stored})
            ids = [c.id for c in stored]
            writer = f"Reader {number % 7}"
            for start_at in range(0, cell_count, 10):
                part = ids[start_at : start_at + 10]
                body = {"labels": {c: labels[start_at + n] for n, c in enumerate(part)}}
                stores.log.append(slide.id, EventKind.ACCEPT, reviewer=writer, cells=part, payload=body)
            stores.log.append(
                slide.id, EventKind.OVERRIDE, reviewer=writer, cells=ids[:1],
                payload={"label": "blast", "from": {ids[0]: labels[0]}},
            )  # fmt: skip
            if number % 5 == 0:
                stores.log.append(
                    slide.id, EventKind.ACKNOWLEDGE, reviewer=writer, payload={"alert": "blasts", "called": "Dr. X"}
                )
            if number % 2 == 0:
                stores.log.append(
                    slide.id, EventKind.SIGN, reviewer=writer, payload={"name": writer, "meaning": "Reviewed"}
                )
    return time.perf_counter() - start


def measure_archive(folder: Path) -> dict[str, float]:
    """Seconds of each step in the archive of `folder`; ``memory_mb`` = growth of the process."""
    from leukview.core.paths import HOME_VARIABLE

    os.environ[HOME_VARIABLE] = str(folder)
    from leukview.bootstrap.composition import open_workbench
    from leukview.bootstrap.model_loading import RuntimeOptions
    from leukview.domain.slide import SlideState
    from leukview.services.audit.trail import AuditFilter
    from leukview.services.ports.worklist import SearchTerm, WorklistOrder, WorklistQuery
    from leukview.services.review.reading_access import Viewer

    found: dict[str, float] = {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def timed(name: str, work: Callable[[], Any], repeats: int = 5) -> Any:
        seconds, result = [], None
        for _ in range(repeats):
            start = time.perf_counter()
            result = work()
            seconds.append(time.perf_counter() - start)
        found[name] = statistics.median(seconds)
        found[f"{name} (slowest)"] = max(seconds)
        return result

    with open_workbench(RuntimeOptions()) as workbench:
        timed("first page, nothing summarised yet", lambda: workbench.slide_queries.worklist_page(WorklistQuery()), 1)
        start = time.perf_counter()
        while workbench.slide_queries.update_worklist_index(100):
            pass
        found["summaries of all slides, once"] = time.perf_counter() - start
        page = timed("first page", lambda: workbench.slide_queries.worklist_page(WorklistQuery()))
        assert page.rows
        assert page.next_key
        timed("next page", lambda: workbench.slide_queries.worklist_page(WorklistQuery(), after=page.next_key))
        reader = Viewer("Reader 1", is_second_reader=True)
        timed("first page of a second reader", lambda: workbench.slide_queries.worklist_page(WorklistQuery(), reader))
        by_patient = WorklistQuery(order=WorklistOrder.PATIENT)
        timed("first page by patient", lambda: workbench.slide_queries.worklist_page(by_patient))
        target = page.rows[-1].slide
        one = WorklistQuery((SearchTerm((target.id.casefold(),)),))
        assert len(timed("search of a slide", lambda: workbench.slide_queries.worklist_page(one)).rows) == 1
        nothing = WorklistQuery((SearchTerm(("nothing of this kind",)),))
        assert not timed("search without a result", lambda: workbench.slide_queries.worklist_page(nothing)).rows
        timed(
            "search of a class",
            lambda: workbench.slide_queries.worklist_page(WorklistQuery((SearchTerm(("basophil",)),))),
        )
        signed = WorklistQuery(states=frozenset({SlideState.SIGNED}))
        assert timed("filter", lambda: workbench.slide_queries.worklist_page(signed)).rows
        amended = WorklistQuery(states=frozenset({SlideState.AMENDED}))
        assert not timed("filter without a result", lambda: workbench.slide_queries.worklist_page(amended)).rows
        session = timed("open slide", lambda: workbench.open_session(target.id, "Reader 1"))
        from leukview.core.job_runner import CancelToken, null_reporter

        timed(
            "tally of the patient",
            lambda: workbench.slide_queries.patient_counts(target.patient, "", CancelToken(), null_reporter),
        )
        unsigned = WorklistQuery(states=frozenset({SlideState.IN_REVIEW}))
        session = workbench.open_session(workbench.slide_queries.worklist_page(unsigned).rows[0].slide.id, "Reader 1")
        timed("action", lambda: session.override([session.view.cells[1].cell.id], "blast"))
        trail = timed("first page of the audit trail", lambda: workbench.audit.load_page(AuditFilter()))
        assert trail.rows
        assert trail.next_seq
        timed("next page of the trail", lambda: workbench.audit.load_page(AuditFilter(), before_seq=trail.next_seq))
        slide_only = AuditFilter(slide_id=target.id)
        assert timed("trail of a slide", lambda: workbench.audit.load_page(slide_only)).rows
        calls = AuditFilter(kind="acknowledge")
        assert timed("trail of one kind", lambda: workbench.audit.load_page(calls)).rows
        timed("options of the trail's filters", workbench.audit.filter_options)
        cursor = workbench.change_feed.poll(None).cursor
        timed("poll for changes", lambda: workbench.change_feed.poll(cursor))
    found["memory_mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return found


def print_figures(figures: Mapping[str, float]) -> None:
    """Print one line per figure."""
    unlimited = {"summaries of all slides, once", "memory_mb"}
    for name, value in figures.items():
        mark = "" if name in unlimited or value < _LIMIT_S else "   over 0.5 s"
        sys.stdout.write(f"  {name:<48} {value:9.3f}{mark}\n")


def main() -> None:
    """Make an archive, measure it, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive", description=__doc__)
    parser.add_argument("slides", nargs="?", type=int, default=FULL[0])
    parser.add_argument("cells", nargs="?", type=int, default=FULL[1], help="cells of each slide")
    parser.add_argument("--folder", type=Path, help="keep the archive there; measured only, if it is there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch) / "archive"
        if not (folder / "leukview.db").exists():
            seconds = build_archive(folder, arguments.slides, arguments.cells)
            sys.stdout.write(f"{arguments.slides} slides of {arguments.cells} cells made in {seconds:.0f} s\n")
        print_figures(measure_archive(folder))


if __name__ == "__main__":
    main()
