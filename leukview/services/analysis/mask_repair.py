"""Mask repair: prepare a cell for clicks, and reclassify it with the new mask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Cell
from leukview.services.analysis.pipeline import AnalysisPipeline, analysis_cache_key
from leukview.services.ports.inference import MaskRefiner, RefinementSession
from leukview.services.ports.storage import AnalysisCache, CachedAnalysis, ReviewLog


@dataclass(frozen=True, slots=True)
class ClickSession:
    """A cell that is ready for clicks.

    Attributes:
        refiner_identity: Identity of the refiner.
    """

    session: RefinementSession
    refiner_identity: str


class MaskRepairService:
    """Use cases of mask repair, all to be called in a worker thread.

    Args:
        cache: Cached results of segmenter and classifier.
        log: The review log.
        load_pipeline: Loads the models on first use.
        load_refiner: Loads the click-based refiner on first use; None = not installed.
        load_image: Reads a cell's image (RGB, H×W×3).
    """

    def __init__(
        self,
        cache: AnalysisCache,
        log: ReviewLog,
        load_pipeline: Callable[[], AnalysisPipeline],
        load_refiner: Callable[[], MaskRefiner] | None,
        load_image: Callable[[Cell], NDArray[np.uint8]],
    ) -> None:
        self._cache, self._log, self._load_pipeline, self._load_refiner, self._load_image = (
            cache,
            log,
            load_pipeline,
            load_refiner,
            load_image,
        )

    def repaired_masks(self, slide_id: str) -> dict[str, RepairedMask]:
        """Cell id → the current mask that a reviewer drew.

        Raises:
            StoreError: The review log cannot be read.
        """
        reviews = replay(self._log.events(slide_id)).cells
        return {cell: review.mask for cell, review in reviews.items() if review.mask}

    def segmenter_mask(self, cell: Cell) -> NDArray[np.uint8]:
        """The segmenter's mask (H×W, 0/1/2), recomputed when it is not cached.

        Raises:
            ExportError: The image is missing.
            ModelError: The model cannot be loaded.
        """
        analyser = self._load_pipeline()
        kept = self._cache.get(cell.sha256, analyser.cache_key)
        return kept.mask if kept is not None else analyser.segmenter.segment([self._load_image(cell)])[0]

    def open_click_session(self, cell: Cell) -> ClickSession:
        """Prepare a cell for clicks.

        With Segment Anything on a CPU this takes some seconds.

        Raises:
            ExportError: The image is missing.
            ModelError: No click-based refiner is installed, or it cannot be loaded.
        """
        if self._load_refiner is None:
            raise ModelError("This installation does not support repair by clicks.", "Use the brush.")
        refiner = self._load_refiner()
        return ClickSession(refiner.start_session(self._load_image(cell)), refiner.identity)

    def reclassify(self, cell: Cell, mask: RepairedMask) -> Prediction:
        """Measure and classify a cell with the reviewer's mask, and store the prediction.

        Raises:
            ExportError: The image is missing.
            LeukViewError: See `AnalysisPipeline.classify_with_mask`.
        """
        return self._load_pipeline().classify_with_mask(cell, self._load_image(cell), mask)

    def cached_analysis(self, cell: Cell, mask: RepairedMask | None) -> CachedAnalysis | None:
        """Mask, maps and features of a cell, computed with the reviewer's mask if given.

        When the cache has no entry for the reviewer's mask, the mask itself is returned without maps and features.

        Returns:
            None when nothing is cached, or the reviewer's mask cannot be decoded.
        """
        analyser = self._load_pipeline()
        if mask is None:
            return self._cache.get(cell.sha256, analyser.cache_key)
        kept = self._cache.get(cell.sha256, analysis_cache_key(mask.identity, analyser.classifier.bundle_sha256))
        if kept is not None:
            return kept
        try:
            return CachedAnalysis(mask.decode(), (), (0, 0, 0, 0), np.zeros(0, np.float32))
        except ValueError:  # changed outside of LeukView; the verification of the log's hash chain reports it
            return None
