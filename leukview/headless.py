"""The whole job without a window: import, analyse, write tables, masks and report."""

from __future__ import annotations

import csv
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from leukview.app import Choices, default_bundle, load_rules, load_taxonomy, model_inventory, open_workbench
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.jobs import CancelToken, Reporter
from leukview.core.paths import data_dir
from leukview.domain.differential import Differential
from leukview.domain.prediction import compose
from leukview.domain.slide import SlideDraft
from leukview.services.analysis import AnalysisSummary
from leukview.services.review import SlideView
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
    session = workbench.session(slide_id, reviewer)
    _write_cells(folder / "cells.csv", draft, session.view)
    if save_masks:
        _save_masks(folder / "masks", workbench, draft, session.view)
    summary = _summary(session.view, draft, analysed, workbench.model_info().bundle_sha256)
    (folder / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False), encoding="utf-8")
    text = _text(session.view)
    workbench.report(session, folder / "report.pdf", token, reporter)
    return SlideResult(text, len(analysed.unreadable))


def _write_cells(path: Path, draft: SlideDraft, view: SlideView) -> None:
    files = {c.sha256: c.path for c in draft.cells}
    composed = {v.cell.id: compose(view.taxonomy, v.prediction.stages) for v in view.cells if v.prediction}
    named = sorted({key for p in composed.values() for key in p}, key=view.taxonomy.order)
    head = ["file", "source_class", "class", "confidence", "gate", "p_malignant", "p_apl"]
    head += ["cell_area_px", "nucleus_area_px", "nc_ratio", "flags"]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([*head, *(f"p_{key}" for key in named)])
        for v in view.cells:
            source = v.cell.source
            row: list[object] = [files.get(v.cell.sha256, ""), source.class_key if source else ""]
            p, m = v.prediction, v.measurement
            if p is None or m is None:
                writer.writerow([*row, *[""] * (len(head) - 3), "unreadable", *[""] * len(named)])
                continue
            gate, ratio = p.stage("gate"), m.nc_ratio
            row += [p.label, f"{p.confidence:.4f}", gate.best if gate else "leukocyte"]
            row += [_number(p.p("stage1", "malignant")), _number(p.p("apl", "apl"))]
            row += [m.cell_area_px, m.nucleus_area_px, _number(ratio), " ".join(p.flags)]
            writer.writerow([*row, *(_number(composed[v.cell.id].get(key)) for key in named)])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"


def _save_masks(folder: Path, workbench: Workbench, draft: SlideDraft, view: SlideView) -> None:
    from leukview.exports.images import save_mask_png

    folder.mkdir(exist_ok=True)
    files = {c.sha256: c.path for c in draft.cells}
    for v in view.cells:
        cached = workbench.cached(v.cell, v.review.mask)
        if cached is not None and v.cell.sha256 in files:
            save_mask_png(folder / f"{Path(files[v.cell.sha256]).stem}.png", cached.mask)


def _tally(differential: Differential) -> dict[str, object]:
    rows = {
        r.cell_class.key: {
            "count": r.count,
            "percent": round(100 * r.share, 3),
            "interval_95_percent": [round(100 * r.interval.low, 3), round(100 * r.interval.high, 3)],
        }
        for r in differential.rows
        if r.interval
    }
    outside = {
        r.cell_class.key: {"count": r.count, "per_100_wbc": None if r.per_100_wbc is None else round(r.per_100_wbc, 3)}
        for r in differential.outside
    }
    return {"leukocytes": differential.n, "classes": rows, "outside_denominator": outside}


def _summary(view: SlideView, draft: SlideDraft, analysed: AnalysisSummary, bundle: str) -> dict[str, object]:
    shown = view.shown
    interval = shown.blast_interval
    return {
        "slide_id": view.slide.id,
        "synthetic": view.slide.synthetic,
        "cells": len(view.cells),
        "labelled": draft.labelled,
        "overviews": len(draft.overviews),
        "undecodable": draft.undecodable,
        "conflicts": draft.conflicts,
        "duplicates": draft.duplicates,
        "analysed": len(view.cells) - view.pending,
        "unreadable": len(analysed.unreadable),
        "differential": _tally(shown),
        "blasts": shown.blasts,
        "blast_equivalents": shown.equivalents,
        "blast_interval_95_percent": [round(100 * interval.low, 3), round(100 * interval.high, 3)]
        if interval
        else None,
        "straddles_20_percent": shown.straddles_threshold,
        "alerts": [
            {"key": a.rule.key, "severity": a.rule.severity, "message": a.message, "cells": len(a.cells)}
            for a in view.alerts
        ],
        "bundle_sha256": bundle,
        "research_use_only": True,
    }


def _text(view: SlideView) -> str:
    shown = view.shown
    lines = [f"Slide {view.slide.id}: {len(view.cells)} cells, {shown.n} leukocytes"]
    for r in shown.rows:
        interval = f"{100 * r.interval.low:.1f}–{100 * r.interval.high:.1f}" if r.interval else ""
        lines.append(f"  {r.cell_class.plural:<26}{r.count:>5}  {100 * r.share:5.1f} %  (95 % {interval})")
    for o in shown.outside:
        per = "" if o.per_100_wbc is None else f"{o.per_100_wbc:5.1f} per 100 WBC"
        lines.append(f"  {o.cell_class.plural:<26}{o.count:>5}  {per}")
    lines += [f"  ! {a.rule.title}: {a.message}" for a in view.alerts]
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
        with open_workbench(Choices(database_url)) as workbench:
            broken = workbench.log.verify()
            findings.append(Finding(good=True, text=f"the database opens and holds {len(workbench.slides())} slides"))
            findings.append(
                Finding(
                    broken is None,
                    "the review log's hash chain holds"
                    if broken is None
                    else f"the review log was tampered with: event {broken.seq} is the first broken one",
                )
            )
            workbench.model_info()
            findings.append(Finding(good=True, text=f"the model bundle {default_bundle().name} loads"))
    except (LeukViewError, ExportError) as error:
        findings.append(Finding(good=False, text=str(error)))
    return findings
