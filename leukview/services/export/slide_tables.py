"""The tables ``cells.csv`` and ``differential.csv`` of a slide.

See ``resources/schemas/tables.schema.json``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from leukview import RESEARCH_USE_LINE
from leukview.core.csv_escaping import escape_formula
from leukview.domain.prediction import class_probabilities
from leukview.services.export.slide_record import SlideRecord
from leukview.services.review.slide_view import CellView

_MODEL_COLUMNS = (
    "class",
    "confidence",
    "gate",
    "p_malignant",
    "p_apl",
    "p_lymphoid",
    "cell_area_px",
    "nucleus_area_px",
    "nc_ratio",
)
_REVIEW_COLUMNS = (
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
)
CELL_COLUMNS = ("file", "source_class", *_MODEL_COLUMNS, "flags", *_REVIEW_COLUMNS, "mask", "notice")
"""Columns of ``cells.csv``, followed by ``p_<class>``.

There is one for each class that the model can predict. Where it composes classes from the tree of types, one for every
leaf of that tree.
"""
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
    "part_of",
    "counted_by",
    "notice",
)


def cells_csv(
    record: SlideRecord,
    file_names: Mapping[str, str],
    missing_flag: str = "not_analysed",
    *,
    mask_files: Mapping[str, str] | None = None,
) -> str:
    """Write one row per cell with prediction, laboratory's label and review.

    Args:
        record: The slide.
        file_names: Cell id → file name; empty for output without names.
        missing_flag: Flag of a cell without prediction.
        mask_files: Cell id → path of the mask that was written beside the table.
    """
    view, masks = record.view, mask_files or {}
    composed = {v.cell.id: class_probabilities(view.taxonomy, v.prediction.stages) for v in view.cells if v.prediction}
    named = {key for p in composed.values() for key in p}
    if any(v.prediction and view.taxonomy.composing_tree(v.prediction.trained) == "type" for v in view.cells):
        named |= {leaf.key for leaf in view.taxonomy.type_leaves}
    columns = sorted(named, key=view.taxonomy.position)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([*CELL_COLUMNS, *(f"p_{key}" for key in columns)])
    for v in view.cells:
        source = v.cell.source
        row: list[object] = [escape_formula(file_names.get(v.cell.id, "")), source.class_key if source else ""]
        row += _model_values(v, missing_flag) + _review_values(v, include_comments=record.include_comments)
        row += [masks.get(v.cell.id, ""), RESEARCH_USE_LINE]
        shares = composed.get(v.cell.id, {})
        writer.writerow([*row, *(_format_number(shares.get(key)) for key in columns)])
    return stream.getvalue()


def _model_values(cell_view: CellView, missing_flag: str) -> list[object]:
    p, m = cell_view.prediction, cell_view.measurement
    if p is None or m is None:
        return [*[""] * len(_MODEL_COLUMNS), missing_flag]
    gate = p.find_stage("gate")
    return [
        p.label,
        f"{p.confidence:.4f}",
        gate.best if gate else "leukocyte",
        _format_number(p.probability("stage1", "malignant")),
        _format_number(p.probability("apl", "apl")),
        _format_number(p.probability("lymphoid_neoplasm", "lymphoid_neoplasm")),
        m.cell_area_px,
        m.nucleus_area_px,
        _format_number(m.nc_ratio),
        " ".join(p.flags),
    ]


def _review_values(cell_view: CellView, *, include_comments: bool) -> list[object]:
    source, p = cell_view.cell.source, cell_view.prediction
    return [
        cell_view.cell.id,
        cell_view.cell.number,
        cell_view.cell.sha256,
        escape_formula(source.name) if source else "",
        escape_formula(source.code) if source else "",
        " ".join(label.class_key for label in cell_view.cell.conflicts),
        cell_view.review.label,
        escape_formula(cell_view.review.reviewer),
        cell_view.review.at,
        cell_view.consensus,
        "" if cell_view.pending else cell_view.label,
        int(cell_view.review.opened),
        escape_formula(cell_view.review.comment) if include_comments else "",
        *((p.bundle, p.best) if p else ("", "")),
        *((_format_number(p.ood_score), _format_number(p.stain_ood_score)) if p else ("", "")),
        *((int(p.measurement.touches_border), p.segmenter) if p else ("", "")),
        int(cell_view.review.map_shown),
    ]


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"


def differential_csv(record: SlideRecord) -> str:
    """Write one row per class, then one for blasts and equivalents together.

    The model's own counts are left empty once a person released the result.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, DIFFERENTIAL_COLUMNS)
    writer.writeheader()
    slide, leukocytes = record.view.slide.id, record.view.shown_tally.leukocyte_count
    for line in (*record.differential_lines, record.blast_line):
        values = (line.percent, line.low, line.high, line.absolute_per_nl, line.per_100_wbc)
        numbers = ["" if value is None else repr(round(value, 6)) for value in values]
        model_count = line.model_count if record.includes_model_counts else ""
        row = (slide, record.status, line.key, line.name, int(line.counted), line.count, model_count)
        whole = (*row, *numbers, leukocytes, line.part_of, record.count_method, RESEARCH_USE_LINE)
        writer.writerow(dict(zip(DIFFERENTIAL_COLUMNS, whole, strict=True)))
    return stream.getvalue()
