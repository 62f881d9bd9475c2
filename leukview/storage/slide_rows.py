"""Conversion of the rows of slides and cells."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, Select, func, select

from leukview.domain.slide import Cell, Slide, SourceLabel
from leukview.storage.schema import cells, overviews, slides


def select_slides() -> Select[Any]:
    """Query of slides with the numbers of their cells and overviews."""

    def count(table: Any) -> Any:
        return select(func.count()).select_from(table).where(table.c.slide_id == slides.c.id).scalar_subquery()

    return select(slides, count(cells).label("cell_count"), count(overviews).label("overview_count"))


def slide_from_row(row: Row[Any]) -> Slide:
    """Convert a row of `select_slides`."""
    return Slide(
        id=row.id,
        patient=row.patient,
        layout=row.layout,
        imported_at=row.imported_at,
        cell_count=row.cell_count,
        overview_count=row.overview_count,
        synthetic=bool(row.synthetic),
        um_per_px=row.um_per_px,
        wbc_per_nl=row.wbc_per_nl,
    )


def cell_from_row(row: Row[Any]) -> Cell:
    """Convert a row of the table of cells."""
    source = SourceLabel(row.source_class, row.source_name, row.source_code) if row.source_class is not None else None
    conflicts = tuple(SourceLabel(*c) for c in json.loads(row.conflicts))
    return Cell(row.id, row.slide_id, row.number, row.sha256, row.width_px, row.height_px, source, conflicts)
