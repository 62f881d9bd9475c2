"""The whole job without a window: import, analyse, write tables, masks and report."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions, default_bundle, model_inventory
from leukview.bootstrap.site_config import load_rules, load_taxonomy
from leukview.core.atomic_files import atomic_write
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.paths import data_dir
from leukview.domain.slide import SlideDraft
from leukview.services.export.slide_json import ImportCounts, slide_summary_json
from leukview.services.export.slide_tables import cells_csv
from leukview.services.review.session import SlideView
from leukview.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class SlideResult:
    """What was written for one slide: its tally in words, and the cells whose image could not be read."""

    text: str
    unreadable: int


def analyse_slide(
    workbench: Workbench,
    draft: SlideDraft,
    slide_id: str,
    reviewer: str,
    folder: Path,
    job: tuple[CancelToken, Reporter],
    *,
    save_masks: bool = False,
) -> SlideResult:
    """Analyse an imported slide and write ``cells.csv``, ``summary.json``, ``report.pdf`` and, if asked, masks.

    Raises:
        LeukViewError: The surroundings refuse.
        Cancelled: The token was set.
    """
    token, reporter = job
    analysed = workbench.analyse(slide_id, token, reporter)
    session = workbench.open_session(slide_id, reviewer)
    record = workbench.slide_exporter.make_record(session)
    paths = {cell.sha256: cell.path for cell in draft.cells}
    files = {v.cell.id: paths[v.cell.sha256] for v in session.view.cells if v.cell.sha256 in paths}
    atomic_write(folder / "cells.csv", cells_csv(record, files, missing_flag="unreadable"))
    if save_masks:
        _save_masks(folder / "masks", workbench, draft, session.view)
    summary = slide_summary_json(
        record, ImportCounts(draft.undecodable_count, draft.duplicate_count, len(analysed.unreadable))
    )
    atomic_write(folder / "summary.json", json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    text = _text(session.view)
    workbench.write_report(session, folder / "report.pdf", token, reporter)
    return SlideResult(text, len(analysed.unreadable))


def _save_masks(folder: Path, workbench: Workbench, draft: SlideDraft, view: SlideView) -> None:
    from leukview.importers.images import save_mask_png

    folder.mkdir(exist_ok=True)
    files = {c.sha256: c.path for c in draft.cells}
    for v in view.cells:
        cached = workbench.cached_analysis(v.cell, v.review.mask)
        if cached is not None and v.cell.sha256 in files:
            save_mask_png(folder / f"{Path(files[v.cell.sha256]).stem}.png", cached.mask)


def _text(view: SlideView) -> str:
    shown = view.shown_tally
    lines = [f"Slide {view.slide.id}: {len(view.cells)} cells, {shown.leukocyte_count} leukocytes"]
    for r in shown.leukocytes:
        interval = f"{100 * r.interval.low:.1f}–{100 * r.interval.high:.1f}" if r.interval else ""
        lines.append(f"  {r.cell_class.plural:<26}{r.count:>5}  {100 * r.share:5.1f} %  (95 % {interval})")
    for o in shown.non_leukocytes:
        per = "" if o.per_100_wbc is None else f"{o.per_100_wbc:5.1f} per 100 WBC"
        lines.append(f"  {o.cell_class.plural:<26}{o.count:>5}  {per}")
    lines += [f"  ! {a.rule.title}: {a.full_message}" for a in view.alerts]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `leukview doctor` looked at."""

    good: bool
    text: str


def doctor(database_url: str) -> list[Finding]:
    """Look at the installation: models, database, review log, data folder, display."""
    taxonomy = load_taxonomy()
    findings = [Finding(good=True, text=f"Python {sys.version.split()[0]} on {sys.platform}")]
    findings.append(
        Finding(good=True, text=f"{len(taxonomy.classes)} classes, {len(load_rules(taxonomy))} alert rules")
    )
    findings.extend(
        Finding(m.state not in {"damaged", "missing"}, f"model {m.name}: {m.state}")
        for m in model_inventory(check=True)
    )
    findings.append(Finding(os.access(data_dir(), os.W_OK), "the data folder can be written"))
    try:
        with open_workbench(RuntimeOptions(database_url)) as workbench:
            broken = workbench.review_log.find_broken_event()
            findings.append(Finding(good=True, text=f"the database opens and holds {len(workbench.slides())} slides"))
            findings.append(
                Finding(
                    broken is None,
                    "the review log's hash chain holds"
                    if broken is None
                    else f"the review log was tampered with: event {broken.seq} is the first broken one",
                )
            )
            changed = workbench.profiles.find_broken_event()
            findings.append(
                Finding(
                    changed is None,
                    "the record of reviewers holds"
                    if changed is None
                    else f"the record of reviewers was tampered with: line {changed.seq} is the first broken one",
                )
            )
            workbench.model_info()
            findings.append(Finding(good=True, text=f"the model bundle {default_bundle().name} loads"))
    except (LeukViewError, ExportError) as error:
        findings.append(Finding(good=False, text=str(error)))
    return findings
