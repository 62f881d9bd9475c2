"""The annex of a report as files: each cell with its three opinions, as CSV and JSON, with names that do not change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from leukview import RESEARCH_USE_LINE, __version__
from leukview.domain.differential import Differential
from leukview.domain.statistics import Interval
from leukview.services.slide_view import CellView, SlideView

VERSION = 1
"""Of both files; a new one when a field is renamed, removed or means something else."""
_HEAD = (
    "number",
    "cell_id",
    "sha256",
    "analyser_class",
    "analyser_name",
    "model_class",
    "model_best",
    "model_confidence",
    "model_flags",
    "model_bundle",
    "reviewer_class",
    "reviewer",
    "reviewed_at",
    "consensus_class",
    "final_class",
    "opened",
    "map_shown",
    "comment",
    "research_use",
)


@dataclass(frozen=True, slots=True)
class AnnexFile:
    """A file that goes with a report.

    Attributes:
        name: Without identifiers.
        mime: Media type.
        data: The bytes, UTF-8.
    """

    name: str
    mime: str
    data: bytes


def annex_files(view: SlideView) -> tuple[AnnexFile, ...]:
    """The slide as it stands, as ``cells.csv`` and ``slide.json``; pseudonyms only.

    Args:
        view: The slide, in its first reading.
    """
    return (
        AnnexFile("cells.csv", "text/csv", _csv(view).encode("utf-8", "replace")),
        AnnexFile("slide.json", "application/json", _json(view).encode("utf-8", "replace")),
    )


def _csv(view: SlideView) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_HEAD)
    for v in view.cells:
        row = _cell(v) | {"research_use": RESEARCH_USE_LINE}
        writer.writerow([_plain(row.get(name)) for name in _HEAD])
    return "\ufeff" + stream.getvalue()  # the mark tells spreadsheets that it is UTF-8


def _plain(value: object) -> str:
    """A value as a field; a text that a spreadsheet would take for a formula is quoted."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(map(str, value))
        case float():
            return f"{value:.5f}"
        case str():
            return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
        case _:
            return str(value)


def _cell(v: CellView) -> dict[str, object]:
    p, source, review = v.prediction, v.cell.source, v.review
    return {
        "number": v.cell.number,
        "cell_id": v.cell.id,
        "sha256": v.cell.sha256,
        "analyser_class": source.class_key if source else None,
        "analyser_name": source.name if source else None,
        "model_class": p.label if p else None,
        "model_best": p.best if p else None,
        "model_confidence": round(p.confidence, 5) if p else None,
        "model_flags": list(p.flags) if p else None,
        "model_bundle": p.bundle if p else None,
        "reviewer_class": review.label or None,
        "reviewer": review.reviewer or None,
        "reviewed_at": review.at or None,
        "consensus_class": v.consensus or None,
        "final_class": None if v.pending else v.label,
        "opened": review.opened,
        "map_shown": review.map_shown,
        "comment": review.comment or None,
    }


def _json(view: SlideView) -> str:
    slide, signature = view.slide, view.review.signature
    body = {
        "format": "leukview-report-annex",
        "version": VERSION,
        "program": f"LeukView {__version__}",
        "notice": RESEARCH_USE_LINE,
        "slide": {
            "id": slide.id,
            "patient": slide.patient,
            "synthetic": slide.synthetic,
            "imported_at": slide.imported_at,
            "wbc_per_nl": slide.wbc_per_nl,
            "um_per_px": slide.um_per_px,
            "taxonomy_sha256": view.taxonomy.sha256,
        },
        "state": view.state.value,
        "signature": {"name": signature.name, "at": signature.at, "meaning": signature.meaning} if signature else None,
        "differential": _tally(view.shown),
        "model_differential": _tally(view.model),
        "alerts": [{"key": a.rule.key, "severity": a.rule.severity, "cells": list(a.cells)} for a in view.alerts],
        "cells": [_cell(v) | {"stages": _stages(v)} for v in view.cells],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _stages(v: CellView) -> dict[str, Mapping[str, float]] | None:
    if v.prediction is None:
        return None
    return {
        s.stage: {choice: round(p, 5) for choice, p in zip(s.choices, s.p, strict=True)} for s in v.prediction.stages
    }


def _tally(tally: Differential) -> dict[str, object]:
    return {
        "leukocytes": tally.n,
        "cells": tally.total,
        "classes": {
            r.cell_class.key: {
                "count": r.count,
                "percent": round(100 * r.share, 3),
                "interval_95_percent": _interval(r.interval),
                "absolute_per_nl": r.absolute_per_nl,
            }
            for r in tally.rows
        },
        "outside_denominator": {
            r.cell_class.key: {
                "count": r.count,
                "per_100_wbc": None if r.per_100_wbc is None else round(r.per_100_wbc, 3),
            }
            for r in tally.outside
        },
        "blasts": tally.blasts,
        "blast_equivalents": tally.equivalents,
        "blast_interval_95_percent": _interval(tally.blast_interval),
    }


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [round(100 * interval.low, 3), round(100 * interval.high, 3)]
