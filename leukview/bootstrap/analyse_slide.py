"""Headless analysis of one slide, and the installation check ``doctor``."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from leukview.bootstrap.composition import build_workbench, open_stores
from leukview.bootstrap.model_loading import RuntimeOptions, active_bundle_path, list_installed_models
from leukview.bootstrap.site_config import (
    load_acceptance_criteria,
    load_alert_rules,
    load_comment_phrases,
    load_grading_form,
    load_label_weights,
    load_loinc_terms,
    load_report_header_lines,
    load_taxonomy,
)
from leukview.core.atomic_files import atomic_write
from leukview.core.csv_escaping import BYTE_ORDER_MARK
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter, null_reporter
from leukview.core.paths import cache_dir, data_dir
from leukview.core.system_text import operating_system_user
from leukview.domain.findings import FINDING_NAMES, ZONE_NAMES, Finding
from leukview.domain.slide import SlideDraft
from leukview.services.export.slide_json import ImportCounts, slide_summary_json
from leukview.services.export.slide_record import PatientIdentity
from leukview.services.export.slide_tables import cells_csv
from leukview.services.review.session import SlideView
from leukview.services.workbench import Workbench
from leukview.storage.key_store import KeyStore

MASK_FOLDER = "masks"


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
    with_names: bool = False,
) -> SlideTally:
    """Analyse an imported slide and write its result files.

    These are ``cells.csv``, ``summary.json``, ``report.pdf`` and, with `save_masks`, a folder ``masks`` with one file
    per cell, named by the cell's id. Names of patient, order and source files are left out unless `with_names`.

    Raises:
        LeukViewError: The model, the database or a file fails.
        Cancelled: The token was set.
    """
    token, reporter = job
    analysed = workbench.analyse(slide_id, token, reporter)
    session = workbench.open_session(slide_id, reviewer)
    record = workbench.slide_exporter.make_record(session)
    if with_names:
        paths = {cell.sha256: cell.path for cell in draft.cells}
        files = {v.cell.id: paths[v.cell.sha256] for v in session.view.cells if v.cell.sha256 in paths}
        record = replace(record, identity=PatientIdentity(draft.patient, draft.order, files))
    masks = _save_masks(folder, workbench, session.view) if save_masks else {}
    named = record.identity.files if record.identity else {}
    table = cells_csv(record, named, mask_files=masks, missing_flag="unreadable")
    atomic_write(folder / "cells.csv", BYTE_ORDER_MARK + table)
    summary = slide_summary_json(
        record, ImportCounts(draft.undecodable_count, draft.duplicate_count, len(analysed.unreadable))
    )
    atomic_write(folder / "summary.json", json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    text = _tally_text(session.view)
    workbench.write_report(session, folder / "report.pdf", token, reporter)
    return SlideTally(text, len(analysed.unreadable))


def _save_masks(folder: Path, workbench: Workbench, view: SlideView) -> dict[str, str]:
    """Write the masks of all analysed cells and return cell id → path in the folder."""
    from leukview.importers.images import save_mask_png

    (folder / MASK_FOLDER).mkdir(exist_ok=True)
    files = {}
    for v in view.cells:
        cached = workbench.cached_analysis(v.cell, v.review.mask)
        if cached is not None:
            files[v.cell.id] = f"{MASK_FOLDER}/{v.cell.id}.png"
            save_mask_png(folder / files[v.cell.id], cached.mask)
    return files


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


def begin_new_vault() -> None:
    """Create an identity vault in place of one that is lost; from then on patients get other pseudonyms.

    Raises:
        LeukViewError: There is a vault, or it cannot be created.
    """
    from leukview.storage.vault import VAULT_FILE, IdentityVault

    if (data_dir() / VAULT_FILE).exists():
        raise LeukViewError("There is an identity vault already.", "No changes were made.")
    IdentityVault(data_dir()).close()


def check_installation(database_url: str) -> list[CheckResult]:
    """Check the installation: models, data folder, database, vault, review log, seals, profiles.

    A check that fails does not stop the others.
    """
    findings = [CheckResult(passed=True, text=f"Python {sys.version.split()[0]} on {sys.platform}")]
    for check in (_check_site_files, _check_models, _check_folder, partial(_check_database, database_url)):
        try:
            findings += check()
        except LeukViewError as error:
            findings.append(CheckResult(passed=False, text=str(error)))
        except OSError as error:
            findings.append(
                CheckResult(
                    passed=False, text=f"the operating system refuses: {error.strerror or type(error).__name__}"
                )
            )
    return findings


def _check_site_files() -> list[CheckResult]:
    taxonomy = load_taxonomy()
    rules = load_alert_rules(taxonomy)
    for load in (load_grading_form, load_comment_phrases, load_label_weights, load_report_header_lines):
        load()
    load_acceptance_criteria(taxonomy)
    load_loinc_terms(taxonomy)
    return [CheckResult(passed=True, text=f"{len(taxonomy.classes)} classes, {len(rules)} alert rules")]


def _check_models() -> list[CheckResult]:
    return [
        CheckResult(m.state not in {"damaged", "missing"}, f"model {m.name}: {m.state}")
        for m in list_installed_models(verify=True)
    ]


def _check_folder() -> list[CheckResult]:
    cache_dir()
    operating_system_user()
    return [CheckResult(os.access(data_dir(), os.W_OK), "the data folder can be written")]


def _check_database(database_url: str) -> list[CheckResult]:
    options = RuntimeOptions(database_url)
    with open_stores(options) as stores:
        workbench = build_workbench(options, stores)
        vault_text = stores.vault_problem or "identity vault and its key fit each other"
        chain = workbench.audit.verify(CancelToken(), null_reporter)
        broken = chain.first_broken
        findings = [
            CheckResult(not stores.vault_problem, vault_text),
            CheckResult(passed=True, text=f"the key of the patients' names: {KeyStore().where}"),
            CheckResult(passed=True, text=f"the database opens and holds {len(workbench.slides())} slides"),
            CheckResult(
                broken is None,
                "the review log's hash chain holds"
                if broken is None
                else f"the review log was tampered with: event {broken.seq} is the first broken one",
            ),
            *(CheckResult(passed=False, text=finding) for finding in chain.findings),
        ]
        if not chain.findings:
            findings.append(CheckResult(passed=True, text="seals, record of reviewers and signed slides hold"))
        findings += [CheckResult(passed=True, text=note) for note in chain.notes]
        workbench.model_info()
        findings.append(CheckResult(passed=True, text=f"the model bundle {active_bundle_path().name} loads"))
    return findings
