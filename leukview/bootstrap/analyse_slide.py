"""Headless analysis of one slide, and the installation check ``doctor``."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions, active_bundle_path, list_installed_models
from leukview.bootstrap.site_config import load_alert_rules, load_taxonomy
from leukview.core.atomic_files import atomic_write
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.paths import data_dir
from leukview.domain.findings import FINDING_NAMES, ZONE_NAMES, Finding
from leukview.domain.slide import SlideDraft
from leukview.services.export.slide_json import ImportCounts, slide_summary_json
from leukview.services.export.slide_tables import cells_csv
from leukview.services.review.session import SlideView
from leukview.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class SlideTally:
    """Result of one slide.

    Attributes:
        text: The differential, formatted for a terminal.
        unreadable_count: Number of cells whose image could not be read.
    """

    text: str
    unreadable_count: int


def analyse_slide(
    workbench: Workbench,
    draft: SlideDraft,
    slide_id: str,
    reviewer: str,
    folder: Path,
    job: tuple[CancelToken, Reporter],
    *,
    save_masks: bool = False,
) -> SlideTally:
    """Analyse an imported slide and write its result files.

    These are ``cells.csv``, ``summary.json``, ``report.pdf`` and, with `save_masks`, a folder ``masks``.

    Raises:
        LeukViewError: The model, the database or a file fails.
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
    text = _tally_text(session.view)
    workbench.write_report(session, folder / "report.pdf", token, reporter)
    return SlideTally(text, len(analysed.unreadable))


def _save_masks(folder: Path, workbench: Workbench, draft: SlideDraft, view: SlideView) -> None:
    from leukview.importers.images import save_mask_png

    folder.mkdir(exist_ok=True)
    files = {c.sha256: c.path for c in draft.cells}
    for v in view.cells:
        cached = workbench.cached_analysis(v.cell, v.review.mask)
        if cached is not None and v.cell.sha256 in files:
            save_mask_png(folder / f"{Path(files[v.cell.sha256]).stem}.png", cached.mask)


def _tally_text(view: SlideView) -> str:
    shown = view.shown_tally
    lines = [f"Slide {view.slide.id}: {len(view.cells)} cells, {shown.leukocyte_count} leukocytes"]
    for r in shown.leukocytes:
        interval = f"{100 * r.interval.low:.1f}–{100 * r.interval.high:.1f}" if r.interval else ""
        lines.append(f"  {r.cell_class.plural:<26}{r.count:>5}  {100 * r.share:5.1f} %  (95 % {interval})")
    for o in shown.non_leukocytes:
        per = "" if o.per_100_wbc is None else f"{o.per_100_wbc:5.1f} per 100 WBC"
        lines.append(f"  {o.cell_class.plural:<26}{o.count:>5}  {per}")
    lines += [finding_line(found.finding) for found in view.findings]
    lines += [f"  ! {a.rule.title}: {a.full_message}" for a in view.alerts]
    return "\n".join(lines)


def finding_line(finding: Finding) -> str:
    """One line of a finding for a terminal."""
    limits = finding.limits
    scale = f"score {finding.score.score:.2f}, limits {limits.grey:.2f} and {limits.suspicious:.2f}"
    name = FINDING_NAMES[finding.key]
    return f"  ? {name}: {ZONE_NAMES[finding.zone]} ({scale}, cells {finding.score.cells:.1f})"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of one check of `leukview doctor`."""

    passed: bool
    text: str


def check_installation(database_url: str) -> list[CheckResult]:
    """Check the installation: models, data folder, database, review log, profiles."""
    taxonomy = load_taxonomy()
    findings = [CheckResult(passed=True, text=f"Python {sys.version.split()[0]} on {sys.platform}")]
    findings.append(
        CheckResult(passed=True, text=f"{len(taxonomy.classes)} classes, {len(load_alert_rules(taxonomy))} alert rules")
    )
    findings.extend(
        CheckResult(m.state not in {"damaged", "missing"}, f"model {m.name}: {m.state}")
        for m in list_installed_models(verify=True)
    )
    findings.append(CheckResult(os.access(data_dir(), os.W_OK), "the data folder can be written"))
    try:
        with open_workbench(RuntimeOptions(database_url)) as workbench:
            broken = workbench.review_log.find_broken_event()
            findings.append(
                CheckResult(passed=True, text=f"the database opens and holds {len(workbench.slides())} slides")
            )
            findings.append(
                CheckResult(
                    broken is None,
                    "the review log's hash chain holds"
                    if broken is None
                    else f"the review log was tampered with: event {broken.seq} is the first broken one",
                )
            )
            changed = workbench.profiles.find_broken_event()
            findings.append(
                CheckResult(
                    changed is None,
                    "the record of reviewers holds"
                    if changed is None
                    else f"the record of reviewers was tampered with: line {changed.seq} is the first broken one",
                )
            )
            workbench.model_info()
            findings.append(CheckResult(passed=True, text=f"the model bundle {active_bundle_path().name} loads"))
    except (LeukViewError, ExportError) as error:
        findings.append(CheckResult(passed=False, text=str(error)))
    return findings
