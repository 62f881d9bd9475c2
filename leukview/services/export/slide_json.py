"""A slide as JSON in the format of ``resources/schemas/slide.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from leukview import RESEARCH_USE_LINE, __version__
from leukview.domain.alerts import Alert
from leukview.domain.binomial import Interval
from leukview.domain.film_evidence import FilmFinding
from leukview.domain.findings import PatientRates
from leukview.domain.prediction import StoredPrediction
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import ReviewEvent
from leukview.domain.slide import SourceLabel
from leukview.services.audit.trail import HOW_TO_VERIFY
from leukview.services.export.prediction_codec import prediction_to_json, predictions_sha256
from leukview.services.export.slide_record import DifferentialLine, SlideRecord, rounded_percent
from leukview.services.review.slide_view import CellView

SCHEMA, SCHEMA_VERSION = "leukview-slide", "1.2"


@dataclass(frozen=True, slots=True)
class CellFile:
    """An exported image of a cell.

    Attributes:
        path: Path in the export.
        sha256: Of the file.
        reencoded: Whether the image was re-encoded.
    """

    path: str
    sha256: str
    reencoded: bool


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Counts known only after reading the source folder; None = not read now."""

    undecodable_count: int | None = None
    duplicate_count: int | None = None
    unreadable_count: int | None = None


_NOT_COUNTED = ImportCounts()


def slide_summary_json(record: SlideRecord, counts: ImportCounts = _NOT_COUNTED) -> dict[str, object]:
    """Convert a slide without its individual cells."""
    view, shown, slide = record.view, record.view.shown_tally, record.view.slide
    bundles = record.bundle_counts
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "program": f"LeukView {__version__}",
        "notice": RESEARCH_USE_LINE,
        "research_use_only": True,
        "created_at": record.created_at,
        "status": record.status.value,
        "method": record.method_text,
        "slide_id": slide.id,
        "patient": slide.patient,
        "taxonomy_sha256": view.taxonomy.sha256,
        "identity": {"patient": record.identity.patient, "order": record.identity.order} if record.identity else None,
        "comments_included": record.include_comments,
        "synthetic": slide.synthetic,
        "layout": slide.layout,
        "imported_at": slide.imported_at,
        "um_per_px": slide.um_per_px,
        "wbc_per_nl": slide.wbc_per_nl,
        "corrected_wbc_per_nl": shown.corrected_wbc_per_nl,
        "cells": len(view.cells),
        "labelled": sum(v.cell.source is not None for v in view.cells),
        "overviews": slide.overview_count,
        "undecodable": counts.undecodable_count,
        "conflicts": sum(bool(v.cell.conflicts) for v in view.cells),
        "duplicates": counts.duplicate_count,
        "analysed": sum(v.prediction is not None for v in view.cells),
        "unreadable": counts.unreadable_count,
        "reviewed": view.reviewed_count,
        "differential": {
            "leukocytes": shown.leukocyte_count,
            "classes": {line.key: _leukocyte_line(line) for line in record.class_lines if line.counted},
            "outside_denominator": {
                line.key: _non_leukocyte_line(line) for line in record.class_lines if not line.counted
            },
        },
        "blasts": shown.blast_count,
        "blast_equivalents": shown.blast_equivalent_count,
        "blast_interval_95_percent": _interval(record.blast_line),
        "straddles_20_percent": 0.2 in shown.straddled_thresholds,
        "straddled_blast_thresholds": list(shown.straddled_thresholds),
        "under_200_leukocytes": shown.is_small_sample,
        "alerts": [_alert(a, record) for a in view.alerts],
        "findings": [finding_to_json(found) for found in view.findings],
        "comment": record.slide_comment,
        "grades": {
            key: {"grade": g.grade, "reviewer": g.reviewer, "at": g.at} for key, g in view.review.grades.items()
        },
        "signatures": [
            {
                "name": s.name,
                "reviewer": s.reviewer,
                "at": s.at,
                "meaning": s.meaning,
                "reading": s.reading,
                "valid": s.valid,
            }
            for s in record.signatures
        ],
        "amendments": [{"at": at, "reviewer": who, "reason": why} for at, who, why in record.reopenings],
        "second_reading": _agreement(record.agreement) if record.agreement else None,
        "bundle_sha256": bundles[0][0] if bundles else None,
        "models": [{"bundle_sha256": bundle, "cells": cells} for bundle, cells in bundles],
        "review_log": {
            "events": len(record.events),
            "head": _event_reference(*record.log_head),
            "slide_head": _event_reference(*(_event_position(record.last_event))),
            "how_to_verify": HOW_TO_VERIFY,
        },
    }


def full_slide_json(record: SlideRecord, files: Mapping[str, CellFile] | None = None) -> dict[str, object]:
    """Convert a slide with all cells; `files` as in `cell_records`."""
    rows = cell_records(record, files)
    return {**slide_summary_json(record), "predictions_sha256": predictions_sha256(rows), "cell_records": rows}


def json_text(body: Mapping[str, object]) -> str:
    """Format JSON for a file."""
    return json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def cell_records(record: SlideRecord, files: Mapping[str, CellFile] | None = None) -> list[dict[str, object]]:
    """Convert all cells with the labels of analyser, model and reviewers.

    Args:
        record: The slide.
        files: Cell id → exported image; None when no images are exported.
    """
    known = files or {}
    return [_cell(v, record, known.get(v.cell.id)) for v in record.view.cells]


def _leukocyte_line(line: DifferentialLine) -> dict[str, object]:
    return {
        "name": line.name,
        "count": line.count,
        "model_count": line.model_count,
        "percent": line.percent,
        "interval_95_percent": _interval(line),
        "absolute_per_nl": line.absolute_per_nl,
    }


def _non_leukocyte_line(line: DifferentialLine) -> dict[str, object]:
    return {
        "name": line.name,
        "count": line.count,
        "model_count": line.model_count,
        "per_100_wbc": line.per_100_wbc,
    }


def _interval(line: DifferentialLine) -> list[float] | None:
    return None if line.low is None or line.high is None else [line.low, line.high]


def _event_reference(seq: int, digest: str) -> dict[str, object] | None:
    return {"seq": seq, "hash": digest} if seq else None


def _event_position(event: ReviewEvent | None) -> tuple[int, str]:
    return (event.seq, event.hash) if event else (0, "")


def _alert(alert: Alert, record: SlideRecord) -> dict[str, object]:
    event = record.view.review.acknowledged.get(alert.rule.key)
    acknowledged: dict[str, object] | None = None
    if event is not None:
        acknowledged = {"by": event.reviewer, "at": event.at}
        for key in ("called", "note"):
            acknowledged[key] = str(event.payload.get(key, "")) if record.include_comments else ""
    return {
        "key": alert.rule.key,
        "severity": alert.rule.severity,
        "title": alert.rule.title,
        "message": alert.full_message,
        "cells": len(alert.cell_ids),
        "cell_ids": list(alert.cell_ids),
        "must_be_acknowledged": alert.rule.must_acknowledge,
        "acknowledged": acknowledged,
    }


def finding_to_json(found: FilmFinding) -> dict[str, object]:
    """Convert a finding with its limits, and what they did among patients whom the model had not seen."""
    finding, limits = found.finding, found.finding.limits
    zones = {"grey": (limits.grey, limits.at_grey), "suspicious": (limits.suspicious, limits.at_suspicious)}
    return {
        "key": finding.key,
        "score": round(finding.score.score, 4),
        "zone": finding.zone,
        "cells": round(finding.score.cells, 1),
        "raised_by_review": finding.raised_by_review,
        "limits": {zone: limit for zone, (limit, _) in zones.items()},
        "sensitivity": {zone: _sensitivity(rates) for zone, (_, rates) in zones.items()},
        "specificity": {zone: _specificity(rates) for zone, (_, rates) in zones.items()},
        "cell_ids": list(found.cell_ids),
    }


def _sensitivity(rates: PatientRates) -> dict[str, object]:
    return _rate(rates.found, rates.ill, rates.sensitivity)


def _specificity(rates: PatientRates) -> dict[str, object]:
    return _rate(rates.well - rates.false, rates.well, rates.specificity)


def _rate(part: int, patients: int, interval: Interval) -> dict[str, object]:
    ends = [round(interval.low, 4), round(interval.high, 4)]
    return {"value": round(part / patients, 4), "interval_95": ends, "patients": patients}


def _agreement(agreement: Agreement) -> dict[str, object]:
    kappa = agreement.kappa
    return {
        "first_reader": agreement.first_reader,
        "second_reader": agreement.second_reader,
        "compared": kappa.n,
        "agreed": agreement.agreed_count,
        "kappa": kappa.value,
        "kappa_interval_95": [kappa.interval.low, kappa.interval.high] if kappa.interval else None,
        "observed_percent": rounded_percent(kappa.observed),
        "open": agreement.open_count,
    }


def _cell(cell_view: CellView, record: SlideRecord, file: CellFile | None) -> dict[str, object]:
    said = record.prediction_history.get(cell_view.cell.id, ())
    shown = next((s for s in reversed(said) if s.prediction == cell_view.prediction), None)
    if shown is None and cell_view.prediction:
        shown = StoredPrediction(cell_view.prediction, "")
    return {
        "id": cell_view.cell.id,
        "number": cell_view.cell.number,
        "sha256": cell_view.cell.sha256,
        "width_px": cell_view.cell.width_px,
        "height_px": cell_view.cell.height_px,
        "source": _source(cell_view.cell.source) if cell_view.cell.source else None,
        "conflicts": [_source(label) for label in cell_view.cell.conflicts],
        "model": prediction_to_json(shown) if shown else None,
        "other_predictions": [prediction_to_json(s) for s in said if s is not shown],
        "review": {"class": cell_view.review.label, "reviewer": cell_view.review.reviewer, "at": cell_view.review.at}
        if cell_view.review.label
        else None,
        "consensus": cell_view.consensus or None,
        "class": None if cell_view.pending else cell_view.label,
        "opened": cell_view.review.opened,
        "map_shown": cell_view.review.map_shown,
        "comment": cell_view.review.comment if record.include_comments else "",
        "file": {"path": file.path, "sha256": file.sha256, "encoded_anew": file.reencoded} if file else None,
    }


def _source(label: SourceLabel) -> dict[str, object]:
    return {"class": label.class_key, "name": label.name, "code": label.code}
