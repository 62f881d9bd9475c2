"""The tables of a slide: ``cells.csv`` and ``differential.csv``, see ``resources/schemas/tables.schema.json``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from leukview import RESEARCH_USE_LINE
from leukview.core.csv_escaping import escape_formula
from leukview.domain.prediction import compose
from leukview.services.export.slide_record import SlideRecord
from leukview.services.review.slide_view import CellView

_MODEL = ("class", "confidence", "gate", "p_malignant", "p_apl", "cell_area_px", "nucleus_area_px", "nc_ratio")
_REVIEW = (
    "cell_id",
    "number",
    "sha256",
    "source_name",
    "source_code",
    "source_conflicts",
    "review_class",
    "reviewer",
    "reviewed_at",
    "consensus_class",
    "shown_class",
    "opened",
    "comment",
    "bundle_sha256",
    "best",
    "unlikeness",
    "stain_unlikeness",
    "touches_border",
    "segmenter",
    "map_shown",
    "notice",
)
CELL_COLUMNS = ("file", "source_class", *_MODEL, "flags", *_REVIEW)
"""Columns of ``cells.csv``; a ``p_<class>`` follows for each class that the model can name."""
DIFFERENTIAL_COLUMNS = (
    "slide_id",
    "status",
    "class",
    "name",
    "in_denominator",
    "count",
    "model_count",
    "percent",
    "low_95_percent",
    "high_95_percent",
    "absolute_per_nl",
    "per_100_wbc",
    "leukocytes",
    "notice",
)


def cells_csv(record: SlideRecord, files: Mapping[str, str], missing: str = "not_analysed") -> str:
    """One row a cell: the model's opinion, then the laboratory's and the reviewers'.

    Args:
        record: The slide.
        files: Cell id → file name to tell; empty for output without names.
        missing: The flag of a cell without prediction.
    """
    view = record.view
    composed = {v.cell.id: compose(view.taxonomy, v.prediction.stages) for v in view.cells if v.prediction}
    named = sorted({key for p in composed.values() for key in p}, key=view.taxonomy.order)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([*CELL_COLUMNS, *(f"p_{key}" for key in named)])
    for v in view.cells:
        source = v.cell.source
        row: list[object] = [escape_formula(files.get(v.cell.id, "")), source.class_key if source else ""]
        row += _model(v, missing) + _review(v, comments=record.comments)
        shares = composed.get(v.cell.id, {})
        writer.writerow([*row, *(_number(shares.get(key)) for key in named)])
    return stream.getvalue()


def _model(v: CellView, missing: str) -> list[object]:
    p, m = v.prediction, v.measurement
    if p is None or m is None:
        return [*[""] * len(_MODEL), missing]
    gate = p.stage("gate")
    return [
        p.label,
        f"{p.confidence:.4f}",
        gate.best if gate else "leukocyte",
        _number(p.p("stage1", "malignant")),
        _number(p.p("apl", "apl")),
        m.cell_area_px,
        m.nucleus_area_px,
        _number(m.nc_ratio),
        " ".join(p.flags),
    ]


def _review(v: CellView, *, comments: bool) -> list[object]:
    source, p = v.cell.source, v.prediction
    return [
        v.cell.id,
        v.cell.number,
        v.cell.sha256,
        escape_formula(source.name) if source else "",
        escape_formula(source.code) if source else "",
        " ".join(label.class_key for label in v.cell.conflicts),
        v.review.label,
        escape_formula(v.review.reviewer),
        v.review.at,
        v.consensus,
        "" if v.pending else v.label,
        int(v.review.opened),
        escape_formula(v.review.comment) if comments else "",
        *((p.bundle, p.best) if p else ("", "")),
        *((_number(p.unlikeness), _number(p.stain_unlikeness)) if p else ("", "")),
        *((int(p.measurement.touches_border), p.segmenter) if p else ("", "")),
        int(v.review.map_shown),
        RESEARCH_USE_LINE,
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"


def differential_csv(record: SlideRecord) -> str:
    """One row a class, then one for blasts and equivalents together."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, DIFFERENTIAL_COLUMNS)
    writer.writeheader()
    slide, leukocytes = record.view.slide.id, record.view.shown.n
    for line in (*record.lines, record.blast_line):
        values = (line.percent, line.low, line.high, line.absolute_per_nl, line.per_100_wbc)
        numbers = ["" if value is None else repr(round(value, 6)) for value in values]
        row = (slide, record.status, line.key, line.name, int(line.counted), line.count, line.model_count)
        whole = (*row, *numbers, leukocytes, RESEARCH_USE_LINE)
        writer.writerow(dict(zip(DIFFERENTIAL_COLUMNS, whole, strict=True)))
    return stream.getvalue()
