"""Analysis pipeline: decode → segment → classify with maps → store.

Cells are processed in batches; one batch is decoded and segmented while the previous one is classified and stored. An
interrupted analysis resumes with the cells that are not stored yet.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
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

FIRST_BATCH_SIZE, BATCH_SIZE = 8, 16  # with a small first batch the first cells are shown early
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
class _SegmentedBatch:
    """A decoded and segmented batch with one image and mask per cell.

    Attributes:
        unreadable: Ids of cells whose image could not be read.
    """

    cells: Sequence[Cell]
    images: Sequence[NDArray[np.uint8]]
    masks: Sequence[NDArray[np.uint8]]
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
    ) -> None:
        self._taxonomy, self._reader, self._slides, self._cache = taxonomy, reader, slides, cache
        self.segmenter, self.classifier = segmenter, classifier

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
        with closing(self._segmented_batches(todo, locations)) as outlined:
            for batch in outlined:
                token.raise_if_cancelled()
                unreadable += batch.unreadable
                predictions = self._classify_batch(batch, slide.um_per_px)
                if predictions:
                    self._slides.save_predictions(predictions)
                    if on_batch:
                        on_batch(predictions)
                done += len(batch.cells) + len(batch.unreadable)
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

    def _segmented_batches(
        self, cells: Sequence[Cell], locations: Mapping[str, CellLocation]
    ) -> Generator[_SegmentedBatch]:
        """Yield a small batch at once, then the other batches with one prefetched."""
        work = partial(self._segment_batch, locations)
        if cells:
            yield work(cells[:FIRST_BATCH_SIZE])
        yield from prefetch(
            work, (cells[at : at + BATCH_SIZE] for at in range(FIRST_BATCH_SIZE, len(cells), BATCH_SIZE))
        )

    def _segment_batch(self, locations: Mapping[str, CellLocation], batch: Sequence[Cell]) -> _SegmentedBatch:
        found = [(cell, self._load_image(cell, locations)) for cell in batch]
        cells = [cell for cell, image in found if image is not None]
        images = [image for _, image in found if image is not None]
        masks = self.segmenter.segment(images) if images else []
        return _SegmentedBatch(cells, images, masks, [cell.id for cell, image in found if image is None])

    def _classify_batch(self, batch: _SegmentedBatch, um_per_px: float | None) -> dict[str, Prediction]:
        if not batch.cells:
            return {}
        answers = self.classifier.classify(batch.images, batch.masks, um_per_px)
        predictions = {}
        for cell, mask, answer in zip(batch.cells, batch.masks, answers, strict=True):
            self._cache.put(
                cell.sha256, self.cache_key, CachedAnalysis(mask, answer.maps, answer.crop, answer.features)
            )
            predictions[cell.id] = self._make_prediction(answer, measure_mask(mask), self.segmenter.identity)
        return predictions

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
