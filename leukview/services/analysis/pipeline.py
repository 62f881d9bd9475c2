"""Analysis pipeline: decode → segment → classify with maps → store.

Cells are processed in batches, of which several are decoded, segmented and classified at once while finished ones are
stored in order. An interrupted analysis resumes with the cells that are not stored yet.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError, ImageChangedError, ReviewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.prefetch import prefetch
from leukview.domain.prediction import Measurement, Prediction, class_probabilities
from leukview.domain.repaired_mask import RepairedMask
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.services.images import load_image
from leukview.services.ports.inference import Classifier, ClassifierOutput, Segmenter
from leukview.services.ports.storage import AnalysisCache, CachedAnalysis, CellLocation, ExportReader, SlideStore

_log = logging.getLogger(__name__)

BATCH_SIZE = 8  # small: the first cells are shown early, and the memory of the networks stays small
OOD_FLAG_PERCENTILE = 0.995


@dataclass(frozen=True, slots=True)
class AnalysisSummary:
    """Result of an analysis.

    Attributes:
        analysed: Number of cells analysed now.
        skipped: Number of cells analysed before.
        unreadable: Ids of cells whose image could not be read.
        kept: Nothing was done, because the slide is signed with predictions of another model.
    """

    analysed: int
    skipped: int
    unreadable: tuple[str, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class _AnalysedBatch:
    """Predictions of a batch, whose masks and maps are in the cache.

    Attributes:
        predictions: Cell id → prediction.
        unreadable: Ids of cells whose image could not be read.
    """

    predictions: Mapping[str, Prediction]
    unreadable: Sequence[str]


def measure_mask(mask: NDArray[np.uint8]) -> Measurement:
    """Measure areas in a mask (H×W, 0/1/2), in pixels of the original image."""
    cell = mask > 0
    border = bool(cell[0].any() or cell[-1].any() or cell[:, 0].any() or cell[:, -1].any())
    return Measurement(int(cell.sum()), int((mask == 2).sum()), border)


def analysis_cache_key(segmenter: str, bundle: str) -> str:
    """Cache key of results by a segmenter (or repaired mask) and a bundle."""
    return f"{segmenter}+{bundle[:16]}"


class AnalysisPipeline:
    """Runs a segmenter and a classifier over slides, for window and command line."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        reader: ExportReader,
        slides: SlideStore,
        cache: AnalysisCache,
        segmenter: Segmenter,
        classifier: Classifier,
        workers: int = 1,
    ) -> None:
        """Assemble a pipeline; `workers` is the number of batches analysed at the same time, each in a thread."""
        self._taxonomy, self._reader, self._slides, self._cache = taxonomy, reader, slides, cache
        self.segmenter, self.classifier, self._workers = segmenter, classifier, workers

    @property
    def cache_key(self) -> str:
        """Cache key of this pair of engines."""
        return analysis_cache_key(self.segmenter.identity, self.classifier.bundle_sha256)

    def analyse(
        self,
        slide_id: str,
        token: CancelToken,
        reporter: Reporter,
        on_batch: Callable[[Mapping[str, Prediction]], None] | None = None,
        repaired_masks: Mapping[str, RepairedMask] | None = None,
    ) -> AnalysisSummary:
        """Analyse the cells of a slide that this model has not analysed yet.

        Cells with a prediction whose maps are no longer cached are analysed again.

        Args:
            slide_id: The slide.
            token: Checked before each batch.
            reporter: Called after each batch.
            on_batch: Called in the worker thread after a batch is stored, with its predictions.
            repaired_masks: Cell id → mask drawn by a reviewer; these cells are classified with it as well.

        Raises:
            Cancelled: The token was set; stored predictions are kept.
            ModelError: The model cannot be run.
            StoreError: The database cannot be read or written.
        """
        slide = self._slides.slide(slide_id)
        cells = self._slides.cells(slide_id)
        known = self._slides.predictions(slide_id, self.classifier.bundle_sha256)
        todo = [c for c in cells if not self._is_analysed(c, known.get(c.id))]
        locations = self._slides.cell_locations(slide_id)
        done = skipped = len(cells) - len(todo)
        unreadable: list[str] = []
        self._restore_latest(slide_id, known, {c.id for c in todo}, on_batch)
        reporter(Progress(done, len(cells), "Analysing cells"))
        token.raise_if_cancelled()
        analyse = partial(self._analyse_batch, locations, slide.um_per_px)
        batches = (todo[at : at + BATCH_SIZE] for at in range(0, len(todo), BATCH_SIZE))
        with closing(prefetch(analyse, batches, self._workers)) as analysed:
            for batch in analysed:
                token.raise_if_cancelled()
                unreadable += batch.unreadable
                if batch.predictions:
                    self._slides.save_predictions(batch.predictions)
                    if on_batch:
                        on_batch(batch.predictions)
                done += len(batch.predictions) + len(batch.unreadable)
                reporter(Progress(done, len(cells), "Analysing cells"))
        self._classify_repaired(slide_id, repaired_masks or {}, token, on_batch)
        return AnalysisSummary(len(todo) - len(unreadable), skipped, tuple(unreadable))

    def _classify_repaired(
        self,
        slide_id: str,
        masks: Mapping[str, RepairedMask],
        token: CancelToken,
        on_batch: Callable[[Mapping[str, Prediction]], None] | None,
    ) -> None:
        """Classify cells with repaired masks that this bundle has not classified yet.

        Cells with unreadable images are skipped.
        """
        known = self._slides.mask_predictions(slide_id, self.classifier.bundle_sha256) if masks else {}
        for cell in self._slides.cells(slide_id) if masks else ():
            mask = masks.get(cell.id)
            if mask is None:
                continue
            key = analysis_cache_key(mask.identity, self.classifier.bundle_sha256)
            if (cell.id, mask.sha256) in known and self._cache.contains(cell.sha256, key):
                continue
            token.raise_if_cancelled()
            image = self._load_image(cell, self._slides.cell_locations(slide_id))
            if image is not None:
                prediction = self.classify_with_mask(cell, image, mask)
                if on_batch:
                    on_batch({cell.id: prediction})

    def classify_with_mask(self, cell: Cell, image: NDArray[np.uint8], mask: RepairedMask) -> Prediction:
        """Measure and classify a cell with a reviewer's mask, and store the prediction.

        Args:
            cell: The cell.
            image: Its image, RGB, H×W×3.
            mask: Of the image's size.

        Raises:
            ReviewError: The mask cannot be decoded or does not have the image's size.
            ModelError: The model cannot be run.
            StoreError: The database cannot be written.
        """
        try:
            pixels = mask.decode()
        except ValueError as error:
            raise ReviewError("A repaired outline can no longer be read.", "Draw the outline again.") from error
        if pixels.shape != image.shape[:2]:
            raise ReviewError("A repaired outline does not have the size of its image.", "Draw the outline again.")
        scale = self._slides.slide(cell.slide_id).um_per_px
        (answer,) = self.classifier.classify([image], [pixels], scale)
        key = analysis_cache_key(mask.identity, self.classifier.bundle_sha256)
        self._cache.put(cell.sha256, key, CachedAnalysis(pixels, answer.maps, answer.crop, answer.features))
        prediction = self._make_prediction(answer, measure_mask(pixels), mask.identity)
        self._slides.save_mask_prediction(cell.id, mask.sha256, prediction)
        return prediction

    def _restore_latest(
        self,
        slide_id: str,
        known: Mapping[str, Prediction],
        pending: Collection[str],
        on_batch: Callable[[Mapping[str, Prediction]], None] | None,
    ) -> None:
        """After a rollback, save this model's predictions again to make them the newest."""
        newest = self._slides.predictions(slide_id)
        again = {key: p for key, p in known.items() if key not in pending and newest[key].bundle != p.bundle}
        if again:
            self._slides.save_predictions(again)
            if on_batch:
                on_batch(again)

    def _is_analysed(self, cell: Cell, prediction: Prediction | None) -> bool:
        same = prediction is not None and prediction.segmenter == self.segmenter.identity
        return same and self._cache.contains(cell.sha256, self.cache_key)

    def _load_image(self, cell: Cell, locations: Mapping[str, CellLocation]) -> NDArray[np.uint8] | None:
        try:
            return load_image(self._reader, locations.get(cell.id))
        except ImageChangedError:
            _log.warning("the image of cell %s was changed since the import", cell.id)
        except ExportError:
            _log.warning("cell %s cannot be read", cell.id)
        return None

    def _analyse_batch(
        self, locations: Mapping[str, CellLocation], um_per_px: float | None, batch: Sequence[Cell]
    ) -> _AnalysedBatch:
        """Decode, segment and classify cells, and store their masks and maps in the cache; runs in any thread."""
        found = [(cell, self._load_image(cell, locations)) for cell in batch]
        unreadable = [cell.id for cell, image in found if image is None]
        cells = [cell for cell, image in found if image is not None]
        images = [image for _, image in found if image is not None]
        if not cells:
            return _AnalysedBatch({}, unreadable)
        masks = self.segmenter.segment(images)
        outputs = self.classifier.classify(images, masks, um_per_px)
        predictions = {}
        for cell, mask, output in zip(cells, masks, outputs, strict=True):
            self._cache.put(
                cell.sha256, self.cache_key, CachedAnalysis(mask, output.maps, output.crop, output.features)
            )
            predictions[cell.id] = self._make_prediction(output, measure_mask(mask), self.segmenter.identity)
        return _AnalysedBatch(predictions, unreadable)

    def _make_prediction(self, output: ClassifierOutput, measurement: Measurement, segmenter: str) -> Prediction:
        composed = class_probabilities(self._taxonomy, output.stages)
        best = max(composed, key=composed.__getitem__)
        confidence = composed[best]
        abstains = confidence < self.classifier.abstain_below
        unlike = output.ood_score is not None and output.ood_score >= OOD_FLAG_PERCENTILE
        # Without an outline there is nothing that could be counted as a leukocyte, whatever the classifier says.
        uncounted = measurement.cell_area_px == 0 and self._taxonomy.cell_class(best).is_leukocyte
        flags = [
            word
            for word, holds in (
                ("uncertain", abstains),
                ("no_cell", measurement.cell_area_px == 0),
                ("cut", measurement.touches_border),
                ("unlike_training", unlike),
            )
            if holds
        ]
        return Prediction(
            bundle=self.classifier.bundle_sha256,
            segmenter=segmenter,
            stages=output.stages,
            label=UNIDENTIFIED if abstains or uncounted else best,
            best=best,
            confidence=confidence,
            ood_score=output.ood_score,
            measurement=measurement,
            flags=tuple(sorted(flags)),
            stain_ood_score=output.stain_ood_score,
        )
