"""End-to-end check of real exports.

Usage: ``python -m tests.manual.end_to_end_exports EXPORTS OUTPUT``.

Each export below EXPORTS is imported, analysed, and reviewed and signed by a scripted reviewer, who also repairs a
mask. Its reports are written and checked as PDF/A. Its data are exported in every format, read by other libraries and
compared with the database, and its cells are imported by a second workstation. `tests.end_to_end.test_real_exports`
does this with one export; the manual run covers all of them, and its pages are inspected by eye.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pikepdf

from leukview.bootstrap.composition import build_workbench, open_stores
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.events import ReviewEvent, flatten_imports
from leukview.services.export.exporter import ExportFormat, ExportRequest
from leukview.services.export.slide_record import SlideRecord
from leukview.services.ports.storage import SlideStore
from leukview.services.report.report_data import ReportOptions
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.interop import test_fhir, test_hl7v2
from tests.report.test_archive import unexpected_findings
from tests.services.test_slide_files import schema_errors, validator

REVIEWER = "Test Reviewer"
REPORTS = {"english-a4.pdf": ReportOptions("en", "a4"), "chinese-letter.pdf": ReportOptions("zh_CN", "us-letter")}


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Result of one export.

    Attributes:
        patient: Folder name of the export.
        cells: Number of cells.
        leukocytes: Cells in the differential.
        overridden: Cells whose predicted class the reviewer changed.
        alerts: Number of alerts.
        predictions: Predictions imported by the second workstation.
        events: Events of the review log imported by the second workstation.
        pages: Number of pages by report.
    """

    patient: str
    cells: int
    leukocytes: int
    overridden: int
    alerts: int
    predictions: int
    events: int
    pages: dict[str, int]


@contextmanager
def workstation(home: Path) -> Iterator[tuple[Workbench, SlideStore]]:
    """Open a workbench and its slide store in the given home."""
    with patch.dict(os.environ, {HOME_VARIABLE: str(home)}), open_stores(RuntimeOptions()) as stores:
        yield build_workbench(RuntimeOptions(), stores), stores.slides


def review_and_sign(workbench: Workbench, slide_id: str) -> ReviewSession:
    """Label each cell as the laboratory or else the model did, repair a mask, sign."""
    session = workbench.open_session(slide_id, REVIEWER)
    first = next(v.cell for v in session.view.cells if v.prediction and v.prediction.measurement.nucleus_area_px)
    cached = workbench.cached_analysis(first)
    if cached is None:
        raise RuntimeError("the analysis left no mask")
    mask = cached.mask.copy()
    mask[:, : int(np.flatnonzero(mask.any(axis=0)).mean())] = 0  # removes the left half of the cell from the mask
    session.repair_mask(first.id, mask, methods=("brush",))
    workbench.analyse(slide_id, CancelToken(), null_reporter)
    session = workbench.open_session(slide_id, REVIEWER)
    session.set_slide_details(wbc_per_nl=9.1, um_per_px=None)
    by_label: dict[str, list[str]] = {}
    for v in session.view.cells:
        by_label.setdefault(v.cell.source.class_key if v.cell.source else v.label, []).append(v.cell.id)
    for label, cells in by_label.items():
        session.override(cells, label)
    for cell in session.view.unopened_blasts:
        session.record_opened(cell)
    session.comment((), "Reviewed for a test; 仅供测试.")
    if session.view.unidentified_without_comment:
        session.comment(session.view.unidentified_without_comment, "stands as the model left it")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="nobody: a test", note="")
    session.record_seen([v.cell.id for v in session.view.cells])
    session.sign(REVIEWER, "Reviewed in a test", "a test")
    return session


def process_export(export: Path, output: Path) -> ExportResult:
    """Process one export completely; raise AssertionError at any mismatch."""
    token = CancelToken()
    with workstation(output / "here") as (workbench, slides):
        drafts = workbench.preview(export, token, null_reporter).slides
        (slide,) = workbench.import_slides(drafts, token, null_reporter, imported_by=REVIEWER)
        workbench.analyse(slide.id, token, null_reporter)
        session = review_and_sign(workbench, slide.id)
        record = workbench.slide_exporter.make_record(session)
        pages = {}
        for name, options in REPORTS.items():
            path = workbench.write_report(session, output / name, token, null_reporter, options)
            findings = unexpected_findings(path)
            assert findings == [], (name, findings)
            pages[name] = check_attachments(record, path)
        for wanted in ExportFormat:
            workbench.slide_exporter.export(session, ExportRequest(wanted, output / "out"), token, null_reporter)
        check_exports(record, output / "out")
        said, events = slides.prediction_history(slide.id), workbench.review_log.events(slide.id)
        words = [(v.cell.number, v.cell.source, v.review.label, v.review.at, v.prediction) for v in record.view.cells]
        masks = [v.review.mask for v in record.view.cells]
    with workstation(output / "elsewhere") as (workbench, slides):
        drafts = workbench.preview(output / "out" / f"{slide.id}_cells", token, null_reporter).slides
        assert [p.message for p in drafts[0].problems] == []
        (taken,) = workbench.import_slides(drafts, token, null_reporter, imported_by="Somebody Else")
        view = workbench.open_session(taken.id, "").view
        assert [(v.cell.number, v.cell.source, v.review.label, v.review.at, v.prediction) for v in view.cells] == words
        assert [mask_digest(v.review.mask) for v in view.cells] == [mask_digest(mask) for mask in masks]
        theirs = slides.prediction_history(taken.id)
        assert [theirs.get(v.cell.id) for v in view.cells] == [said.get(v.cell.id) for v in record.view.cells]
        carried = list(flatten_imports(workbench.review_log.events(taken.id)))[1:]
        assert [event_identity(e) for e in carried] == [event_identity(e) for e in events[: len(carried)]]
        signature = record.view.review.signature
        assert signature is not None
        assert view.review.signature == replace(signature, reason=""), "free text leaves with the comments alone"
        assert workbench.review_log.find_broken_event() is None
    view = record.view
    return ExportResult(
        export.name,
        len(view.cells),
        view.shown_tally.leukocyte_count,
        len(view.overridden_cells),
        len(view.alerts),
        sum(len(rows) for rows in theirs.values()),
        len(carried),
        pages,
    )


def mask_digest(mask: RepairedMask | None) -> str:
    """SHA-256 of a mask, or "" without one."""
    return mask.sha256 if mask else ""


def event_identity(event: ReviewEvent) -> tuple[str, str, str, str]:
    """Fields of an event that stay the same after import."""
    return event.id, event.reviewer, event.at, event.hash


def check_attachments(record: SlideRecord, path: Path) -> int:
    """Check the attachments of a report; return its number of pages.

    They are validated against the schemas and compared with the database.
    """
    with pikepdf.open(path) as pdf:
        files = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
        pages = len(pdf.pages)
    body = json.loads(files["slide.json"])
    assert schema_errors(validator("slide.schema.json"), body) == []
    check_table(record, files["cells.csv"].decode("utf-8-sig"))
    check_body(record, body)
    return pages


def check_table(record: SlideRecord, text: str) -> None:
    """Compare ``cells.csv`` with its schema and the database."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [f for row in rows for f in schema_errors(validator("tables.schema.json", "cell"), row)] == []
    told = [(row["cell_id"], row["shown_class"], row["review_class"], row["bundle_sha256"]) for row in rows]
    known = [
        (v.cell.id, v.label, v.review.label, v.prediction.bundle if v.prediction else "") for v in record.view.cells
    ]
    assert told == known


def check_body(record: SlideRecord, body: dict[str, Any]) -> None:
    """Compare the differential in a slide's JSON with the database."""
    classes = body["differential"]["classes"]
    for line in record.class_lines:
        said = classes[line.key] if line.counted else body["differential"]["outside_denominator"][line.key]
        assert (said["count"], said["model_count"]) == (line.count, line.model_count)
        if line.counted:
            assert (said["percent"], said["interval_95_percent"]) == (line.percent, [line.low, line.high])
    assert [row["class"] for row in body["cell_records"]] == [v.label for v in record.view.cells]


def check_exports(record: SlideRecord, folder: Path) -> None:
    """Read each exported format with another library and compare with the database."""
    slide = record.view.slide.id
    test_fhir.check_against_record(record, json.loads((folder / f"{slide}.fhir.json").read_text(encoding="utf-8")))
    test_hl7v2.check_against_record(record, (folder / f"{slide}.hl7").read_bytes().decode())
    check_table(record, (folder / f"{slide}.cells.csv").read_bytes().decode("utf-8-sig"))
    body = json.loads((folder / f"{slide}.json").read_text(encoding="utf-8"))
    assert schema_errors(validator("slide.schema.json"), body) == []
    check_body(record, body)
    coco = json.loads((folder / f"{slide}_coco" / "annotations" / "instances_default.json").read_text(encoding="utf-8"))
    assert len(coco["images"]) == len(record.view.cells)


def main() -> None:
    """Process all exports of a folder."""
    exports, output = Path(sys.argv[1]), Path(sys.argv[2])
    for export in sorted(p for p in exports.iterdir() if p.is_dir()):
        sys.stdout.write(json.dumps(asdict(process_export(export, output / export.name))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
