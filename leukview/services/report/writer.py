"""Writing of a report: gather key cells and data, render the PDF, log the report."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.agreement import compare_readings
from leukview.domain.review.events import FIRST_READING, EventKind, reading_of
from leukview.domain.slide import Cell
from leukview.services.export.slide_record import SlideRecord
from leukview.services.ports.identity import SlideIdentity
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.report.report_data import (
    KeyCell,
    ModelInfo,
    ReportOptions,
    ReportRenderer,
    build_report_data,
    choose_key_cells,
)
from leukview.services.review.cell_crop import central_square, crop_side
from leukview.services.review.session import ReviewSession
from leukview.services.review.slide_view import SlideView

_KEY_CELL_SIDE_PX = 240  # px, side of a key cell's image
_KEY_CELL_MARGIN = 1.25  # more of the surroundings than in the gallery: red cells give the scale


class ReportImageEncoder(Protocol):
    """Creates the small images of the report."""

    def key_cell_png(self, image: NDArray[np.uint8], side: int) -> bytes:
        """Encode a cell (RGB, H×W×3) as PNG of about `side` pixels, without metadata."""

    def overlay_png(
        self, image: NDArray[np.uint8], heat: NDArray[np.float32], crop: tuple[int, int, int, int], side: int
    ) -> bytes:
        """Encode a cell with a map (h×w, 0..1, covering `crop`) drawn over it, as PNG."""


@dataclass(frozen=True, slots=True)
class ReportDependencies:
    """Dependencies of writing a report.

    Attributes:
        load_image: Reads a cell's image (RGB, H×W×3); raises `ExportError` when it is missing.
        load_analysis: Mask and maps of a cell, or of its repaired mask; None when they are not cached.
        make_record: Reads the current state of a slide, with free text.
        model_info: Provenance of the model that made the slide's predictions.
        site_lines: Header lines of the site.
        grading: Names of the grades of red cells and platelets.
        find_identity: Patient, order and specimen of a slide, for a reviewer; raises `ReviewError` without the right.
    """

    renderer: ReportRenderer
    image_encoder: ReportImageEncoder
    load_image: Callable[[Cell], NDArray[np.uint8]]
    load_analysis: Callable[[Cell, RepairedMask | None], CachedAnalysis | None]
    make_record: Callable[[ReviewSession], SlideRecord]
    model_info: Callable[[], ModelInfo]
    site_lines: tuple[str, ...]
    grading: GradingForm
    find_identity: Callable[[str, str], SlideIdentity | None] = lambda _slide, _reviewer: None


def write_report(
    session: ReviewSession,
    dependencies: ReportDependencies,
    output: Path,
    options: ReportOptions,
    token: CancelToken,
    reporter: Reporter,
) -> Path:
    """Write the PDF report of the current state of a slide and log it.

    Returns:
        The PDF file.

    Raises:
        ReportError: The report cannot be laid out, signed or written.
        ReviewError: The reviewer may not write names into a report.
        Cancelled: The token was set; nothing was written.
    """
    identity = dependencies.find_identity(session.slide_id, session.reviewer) if options.with_names else None
    record = dependencies.make_record(session)
    view = record.view
    chosen = choose_key_cells(view)
    cells = []
    for done, cell_id in enumerate(chosen):
        token.raise_if_cancelled()
        reporter(Progress(done, len(chosen) + 1, "Collecting key cells"))
        picture = _key_cell(view, cell_id, dependencies)
        if picture:
            cells.append(picture)
    others = {EventKind.UNLOCK_FAILED, EventKind.CELLS_ADDED}
    own = [e for e in record.events if reading_of(e) == FIRST_READING and e.kind not in others]
    times = [datetime.fromisoformat(e.at) for e in own]
    data = build_report_data(
        record,
        dependencies.model_info(),
        cells,
        report_id=f"R-{datetime.fromisoformat(record.created_at):%Y%m%d}-{secrets.token_hex(4).upper()}",
        duration_s=(max(times) - min(times)).total_seconds() if times else None,
        site_lines=dependencies.site_lines,
        grading=dependencies.grading,
        agreement=compare_readings(record.events, [v.cell.id for v in view.cells]),
    )
    digest = dependencies.renderer.render(replace(data, identity=identity), output, options, token, reporter)
    session.record_report(data.report_id, digest, include_names=identity is not None)
    return output


def _key_cell(view: SlideView, cell_id: str, dependencies: ReportDependencies) -> KeyCell | None:
    cell = view.by_id[cell_id]
    try:
        image = dependencies.load_image(cell.cell)
    except ExportError:
        return None
    side = crop_side(view)
    section = image if side is None else central_square(image, round(side * _KEY_CELL_MARGIN))
    png = dependencies.image_encoder.key_cell_png(section, _KEY_CELL_SIDE_PX)
    cached = dependencies.load_analysis(cell.cell, cell.review.mask)
    if cached is None or cell.prediction is None:
        return KeyCell(cell, png)
    answer = cell.prediction.find_stage("stage1") or cell.prediction.stages[0]
    maps = next((m.maps for m in cached.maps if m.stage == answer.stage), None)
    if maps is None:
        return KeyCell(cell, png)
    heat = maps[answer.choices.index(answer.best)]
    peak = float(heat.max())
    overlay = dependencies.image_encoder.overlay_png(
        image, heat / peak if peak > 0 else heat, cached.crop, _KEY_CELL_SIDE_PX
    )
    return KeyCell(cell, png, overlay, f"{view.taxonomy.stage(answer.stage).name}: {answer.best}")
