"""Quality control: runs of the reference slide, and override rates."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError, ReviewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.differential import compute_differential
from leukview.domain.models.quality_control import QcRun, WeeklyOverrides, overrides_by_week, qc_runs
from leukview.domain.review.agreement import final_label, latest_consensus
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.services.ports.inference import BACKGROUND, NUCLEUS
from leukview.services.ports.storage import CachedAnalysis, ReviewLog, SlideStore


class QualityControl:
    """Quality control over the stored slides; each run is an event of the review log.

    Args:
        taxonomy: The classes.
        slides: Slides, cells and predictions.
        log: The review log.
        load_image: Reads a cell's image (RGB, H×W×3); raises `ExportError` when it is missing.
        load_analysis: Reads a cell's cached mask; None when there is none.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        slides: SlideStore,
        log: ReviewLog,
        load_image: Callable[[Cell], NDArray[np.uint8]],
        load_analysis: Callable[[Cell], CachedAnalysis | None],
    ) -> None:
        self._taxonomy, self._slides, self._log = taxonomy, slides, log
        self._load_image, self._load_analysis = load_image, load_analysis

    def record_run(self, slide_id: str, reviewer: str, token: CancelToken, reporter: Reporter) -> QcRun:
        """Measure an analysed slide and record it as a run of the reference slide.

        Raises:
            ReviewError: The slide is not analysed, or its images are missing.
            Cancelled: The token was set; nothing is recorded.
        """
        predictions = self._slides.predictions(slide_id)
        if not predictions:
            raise ReviewError("This slide is not analysed yet.", "Analyse it first.")
        values = self._prediction_values(slide_id)
        values |= self._image_values(slide_id, token, reporter)
        bundle = next(iter(predictions.values())).bundle
        payload = {"values": values, "bundle": bundle}
        event = self._log.append(slide_id, EventKind.QC, reviewer=reviewer, payload=payload)
        return qc_runs([event])[0]

    def _prediction_values(self, slide_id: str) -> dict[str, float]:
        predictions = list(self._slides.predictions(slide_id).values())
        found = [p.measurement for p in predictions if p.measurement.cell_area_px]
        tally = compute_differential(self._taxonomy, [p.label for p in predictions])
        shares = {r.cell_class.key: 100 * r.share for r in tally.leukocytes}
        values = {
            "cells_found": 100 * len(found) / len(predictions),
            "confidence": 100 * float(np.mean([p.confidence for p in predictions])),
            "unidentified": 100 * sum(p.label == UNIDENTIFIED for p in predictions) / len(predictions),
        }
        if found:
            values["cell_area"] = float(np.median([m.cell_area_px for m in found]))
            values["nc_ratio"] = float(np.median([m.nc_ratio for m in found if m.nc_ratio is not None]))
        if tally.leukocyte_count:
            values["neutrophils"] = shares.get("neutrophil", 0.0)
            values["lymphocytes"] = shares.get("lymphocyte", 0.0)
        return values

    def _image_values(self, slide_id: str, token: CancelToken, reporter: Reporter) -> dict[str, float]:
        figures: dict[str, list[float]] = {"background": [], "nucleus_red": [], "nucleus_blue": [], "focus": []}
        cells = self._slides.cells(slide_id)
        for done, cell in enumerate(cells):
            token.raise_if_cancelled()
            reporter(Progress(done, len(cells), "Measuring stain and focus"))
            try:
                image, cached = self._load_image(cell), self._load_analysis(cell)
            except ExportError:
                continue
            if cached is None or cached.mask.shape != image.shape[:2]:
                continue
            for key, value in stain_and_focus(image, cached.mask).items():
                figures[key].append(value)
        if not figures["background"]:
            raise ReviewError("No image of this slide can be measured.", "Open its folder again and analyse it.")
        return {key: float(np.median(values)) for key, values in figures.items() if values}

    def runs(self) -> list[QcRun]:
        """All runs, the oldest first."""
        return qc_runs(self._log.events())

    def weekly_overrides(
        self, token: CancelToken, reporter: Reporter, excluded_slides: Collection[str] = ()
    ) -> list[WeeklyOverrides]:
        """Count how often reviewers overrode the model, by week and class.

        See `leukview.domain.models.quality_control.is_override`.

        Args:
            token: Checked before each slide.
            reporter: Called before each slide.
            excluded_slides: Ids of slides to leave out.
        """
        judged = []
        slides = [slide for slide in self._slides.slides() if slide.id not in excluded_slides]
        for done, slide in enumerate(slides):
            token.raise_if_cancelled()
            reporter(Progress(done, len(slides), "Reading reviews"))
            predictions, events = self._slides.predictions(slide.id), self._log.events(slide.id)
            second, reached = replay(events, SECOND_READING), latest_consensus(events)
            judged += [
                (
                    review.at,
                    predictions[cell].label,
                    final_label(reached.get(cell), review.label, second.cell_review(cell).label),
                )
                for cell, review in replay(events).cells.items()
                if review.label and cell in predictions
            ]
        return overrides_by_week(self._taxonomy, judged)


def stain_and_focus(image: NDArray[np.uint8], mask: NDArray[np.uint8]) -> dict[str, float]:
    """Measure colour of background and nucleus, and sharpness, of one cell.

    Args:
        image: RGB, H×W×3, 0..255.
        mask: H×W, 0 background, 1 cytoplasm, 2 nucleus.

    Returns:
        ``background`` (brightness of its brighter half, 0..255, because the darker half contains red cells),
        ``nucleus_red`` and ``nucleus_blue`` (0..255) and ``focus`` (variance of the 4-neighbour Laplacian of the grey
        image over the cell, Pech-Pacheco et al. 2000). A value is absent when the mask has no such region.
    """
    grey = image.mean(axis=2)
    found: dict[str, float] = {}
    outside = grey[mask == BACKGROUND]
    if outside.size:
        found["background"] = float(np.median(outside[outside >= np.median(outside)]))
    nucleus = image[mask == NUCLEUS]
    if nucleus.size:
        found["nucleus_red"] = float(np.median(nucleus[:, 0]))
        found["nucleus_blue"] = float(np.median(nucleus[:, 2]))
    inside = mask[1:-1, 1:-1] > BACKGROUND
    if inside.any():
        laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
        found["focus"] = float(laplacian[inside].var())
    return found
