"""A report's values as the words that the template sets."""

from __future__ import annotations

from leukview import RESEARCH_USE_LINE, __version__
from leukview.domain.differential import Differential
from leukview.domain.statistics import Interval, clopper_pearson
from leukview.services.report import KeyCell, ReportData
from leukview.services.review import CellView

_FLAGS = {
    "uncertain": "model uncertain",
    "no_cell": "no cell found",
    "cut": "cut by the frame",
    "unlike_training": "unlike the training set",
}


def _percent(interval: Interval | None) -> str:
    return f"{100 * interval.low:.1f}–{100 * interval.high:.1f}" if interval else "n/a"


def _rows(data: ReportData) -> list[list[str]]:
    shown, model = data.shown, data.model_tally
    counted = [c for c in data.slide.taxonomy.classes if c.counted and (shown.count(c.key) or model.count(c.key))]
    by_key = {r.cell_class.key: r for r in shown.rows}
    rows = []
    for c in counted:
        row, count = by_key.get(c.key), shown.count(c.key)
        interval = row.interval if row else (clopper_pearson(0, shown.n) if shown.n else None)
        share = f"{100 * row.share:.1f}" if row else ("0.0" if shown.n else "n/a")
        absolute = f"{row.absolute_per_nl:.2f}" if row and row.absolute_per_nl is not None else "n/a"
        rows.append([c.plural, str(model.count(c.key)), str(count), share, _percent(interval), absolute])
    rows.append(_sum_row("Blasts", shown.blasts, model.blasts, shown))
    rows.append(
        _sum_row("Blast equivalents (promyelocytes, promonocytes)", shown.equivalents, model.equivalents, shown)
    )
    both, both_model = shown.blasts + shown.equivalents, model.blasts + model.equivalents
    rows.append(_sum_row("Blasts and equivalents together", both, both_model, shown))
    return rows


def _sum_row(name: str, count: int, by_model: int, shown: Differential) -> list[str]:
    interval = clopper_pearson(count, shown.n) if shown.n else None
    share = f"{100 * count / shown.n:.1f}" if shown.n else "n/a"
    return [f"Σ {name}", str(by_model), str(count), share, _percent(interval), ""]


def _warnings(data: ReportData) -> list[str]:
    shown, found = data.shown, []
    if shown.small:
        found.append(f"Only {shown.n} leukocytes were counted (fewer than 200): the intervals are wide.")
    if shown.straddles_threshold:
        found.append("The interval of blasts and equivalents straddles 20 %.")
    if data.slide.pending:
        found.append(f"{data.slide.pending} cells were not analysed and are not counted.")
    return found


def _denominator(shown: Differential) -> str:
    return (
        f"n = {shown.n} leukocytes of {shown.total} cells; erythroblasts, platelets, smudge cells, artefacts and "
        "unidentified cells are not in the denominator. "
        "Intervals are exact (Clopper–Pearson) and cover counting error only."
    )


def _acknowledged(data: ReportData, key: str) -> str:
    event = data.slide.review.acknowledged.get(key)
    if event is None:
        return "Not acknowledged."
    called = str(event.payload.get("called", ""))
    return f"Acknowledged by {event.reviewer}, {event.at[:16]} UTC" + (f"; called: {called}." if called else ".")


def _review(data: ReportData) -> list[list[str]]:
    total = len(data.slide.cells)
    rate = "n/a" if data.override_rate is None else f"{100 * data.override_rate:.1f} % of the cells reviewed"
    names = data.slide.taxonomy.cell_class
    confusions = "; ".join(f"{names(a).name} → {names(b).name} {n}" for a, b, n in data.confusions) or "none"
    duration = "n/a" if data.duration_s is None else f"{data.duration_s / 60:.0f} min between first and last action"
    return [
        ["Cells opened", f"{data.opened} of {total}"],
        ["Cells reviewed", f"{data.reviewed} of {total}"],
        ["Overridden", rate],
        ["Main corrections (model → reviewer)", confusions],
        ["Duration", duration],
        ["Second reader", "none"],
    ]


def _model(data: ReportData) -> list[list[str]]:
    m = data.model
    return [
        ["Model", f"{m.name}, SHA-256 {m.bundle_sha256[:16]}…; LeukView {__version__}"],
        ["Segmenter", m.segmenter],
        ["Trained on", m.trained_on or "not stated"],
        ["Stages", "; ".join(m.trained_stages) or "none"],
        ["Not assessed by this model", "; ".join(m.untrained_stages) or "—"],
    ]


def _key_cell(data: ReportData, index: int, cell: KeyCell) -> dict[str, str]:
    v, names = cell.view, data.slide.taxonomy.cell_class
    model = f"model: {names(v.prediction.best).name} {v.prediction.confidence:.2f}" if v.prediction else "model: none"
    return {
        "number": f"#{v.cell.number}",
        "shown": names(v.label).name,
        "model": model,
        "picture": f"cell{index}.png",
        "map": f"map{index}.png" if cell.map_png else "",
        "caption": cell.map_caption,
        "alt": f"Cell {v.cell.number}: {names(v.label).name}",
    }


def _annex(data: ReportData, v: CellView) -> list[str]:
    names = data.slide.taxonomy.cell_class
    p = v.prediction
    flags = [_FLAGS.get(f, f) for f in p.flags] if p else ["not analysed"]
    return [
        str(v.cell.number),
        v.cell.source.name if v.cell.source else "—",
        names(p.label).name if p else "—",
        f"{p.confidence:.2f}" if p else "—",
        names(v.review.label).name if v.review.label else "—",
        "; ".join([*flags, *([v.review.comment] if v.review.comment else [])]),
    ]


def report_words(data: ReportData) -> dict[str, object]:
    """Everything the template needs, as JSON-able words."""
    view = data.slide
    signature = view.review.signature
    slide = view.slide
    return {
        "title": f"LeukView report {data.report_id}",
        "status": data.status,
        "report_id": data.report_id,
        "research_use": RESEARCH_USE_LINE,
        "header": [
            *data.site,
            f"Slide {slide.id}",
            f"patient {slide.patient}",
            "peripheral blood, stain as exported",
            f"imported {slide.imported_at[:16]} UTC",
            f"report {data.created_at}",
        ],
        "synthetic": slide.synthetic,
        "synthetic_line": "SYNTHETIC cells from the demo renderer: not a patient.",
        "alerts": [
            {"title": a.rule.title, "message": a.message, "acknowledged": _acknowledged(data, a.rule.key)}
            for a in data.alerts
        ],
        "rows": _rows(data),
        "denominator": _denominator(data.shown),
        "warnings": _warnings(data),
        "outside": [
            [r.cell_class.plural, str(r.count), "n/a" if r.per_100_wbc is None else f"{r.per_100_wbc:.1f}"]
            for r in data.shown.outside
        ],
        "comment": view.review.comment,
        "review": _review(data),
        "signature": [signature.name, f"{signature.meaning}, {signature.at[:19]} UTC"] if signature else [],
        "model": _model(data),
        "limits": [*data.model.limits, *data.model.measured],
        "key_cells": [_key_cell(data, i, c) for i, c in enumerate(data.key_cells)],
        "annex": [_annex(data, v) for v in view.cells],
    }
