"""Steps shared by both engines: network input and conversion of network output."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.prediction import StageProbabilities, conformal_set
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import OOD_FILE, Bundle, BundleStage
from leukview.inference.classification import cam_maps
from leukview.inference.classification.class_calibration import class_calibration
from leukview.inference.classification.ood import measure_stain, read_ood_detectors
from leukview.inference.classification.preprocess import (
    Box,
    append_coverage_channel,
    cell_coverage,
    crop_box,
    crop_to_square,
    normalise,
)
from leukview.services.ports.inference import ClassifierOutput, StageMaps

GRANULARITY_BLOCKS = 3
"""Number of granularity blocks of a PMG network; each has its own map."""
BATCH_SIZE = 16


class BundleClassifier(ABC):
    """Implements the `Classifier` port for a bundle; subclasses run the network.

    Args:
        bundle: A checked bundle.
        batch_size: Images per run.
        taxonomy: Needed by a bundle with offsets of types or a site's layer.

    Raises:
        ModelError: The statistics of the training cells are damaged.
    """

    def __init__(self, bundle: Bundle, batch_size: int = BATCH_SIZE, taxonomy: Taxonomy | None = None) -> None:
        self.bundle = bundle
        self._calibration = class_calibration(bundle, taxonomy)
        self._batch_size = batch_size
        self._feature_ood_detector, self._stain_ood_detector = None, None
        if OOD_FILE in bundle.file_contents:
            try:
                found = read_ood_detectors(bundle.file_contents[OOD_FILE])
            except ValueError as error:
                raise ModelError(
                    Message(
                        "The file {name} of the model “{manifest}” is damaged.", name=OOD_FILE, manifest=self._name
                    ),
                    "Install the model again.",
                ) from error
            self._feature_ood_detector, self._stain_ood_detector = found

    @property
    def _name(self) -> str:
        return self.bundle.manifest.name

    def _check_feature_length(self, length: int) -> None:
        """Raise `ModelError` when the statistics of the training cells are not of `length` features."""
        if self._feature_ood_detector is not None and self._feature_ood_detector.mean.size != length:
            raise ModelError(
                Message(
                    "The file {name} of the model “{manifest}” does not fit its network.",
                    name=OOD_FILE,
                    manifest=self._name,
                )
            )

    @property
    def bundle_sha256(self) -> str:
        """See `Classifier.bundle_sha256`."""
        return self.bundle.sha256

    @property
    def abstain_below(self) -> float:
        """See `Classifier.abstain_below`."""
        return self.bundle.manifest.abstain_below

    @property
    def trained_stages(self) -> tuple[str, ...]:
        """See `Classifier.trained_stages`."""
        return tuple(s.key for s in self.bundle.manifest.trained_stages)

    @property
    @abstractmethod
    def engine_name(self) -> str:
        """Runtime and device, e.g. ``onnxruntime-cpu``."""

    @abstractmethod
    def _run_network(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the network on B×C×s×s.

        Returns:
            Features B×F, then for each trained stage: logits B×C and three maps B×C×h×w.
        """

    def preprocess(
        self, images: Sequence[NDArray[np.uint8]], masks: Sequence[NDArray[np.uint8]], um_per_px: float | None
    ) -> tuple[NDArray[np.float32], list[Box]]:
        """Network input B×C×s×s, and the box of each image that it covers."""
        how = self.bundle.manifest.preprocessing
        boxes = [crop_box(image.shape[0], image.shape[1], how, um_per_px) for image in images]
        squares = [crop_to_square(i, m, how, box) for i, m, box in zip(images, masks, boxes, strict=True)]
        values = normalise(np.stack(squares), how)
        if self.bundle.manifest.net.pooling == "cell":
            values = append_coverage_channel(
                values, [cell_coverage(mask, how, box) for mask, box in zip(masks, boxes, strict=True)]
            )
        return values, boxes

    def block_maps(
        self,
        images: Sequence[NDArray[np.uint8]],
        masks: Sequence[NDArray[np.uint8]],
        stage: str,
        um_per_px: float | None = None,
    ) -> list[NDArray[np.float32]]:
        """Grad-CAM maps of the three blocks, N×C×h×w each, finest first.

        Raises:
            ValueError: The stage is untrained.
        """
        at = 2 + self.trained_stages.index(stage) * (1 + GRANULARITY_BLOCKS)
        return self._run_network(self.preprocess(images, masks, um_per_px)[0])[at : at + GRANULARITY_BLOCKS]

    def classify(
        self, images: Sequence[NDArray[np.uint8]], masks: Sequence[NDArray[np.uint8]], um_per_px: float | None = None
    ) -> list[ClassifierOutput]:
        """See `Classifier.classify`.

        Raises:
            ValueError: The numbers of masks and images differ, or one has another shape or type than documented.
        """
        for image, mask in zip(images, masks, strict=True):
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or mask.shape != image.shape[:2]:
                raise ValueError(f"an image of shape {image.shape} with a mask of shape {mask.shape}")
        found: list[ClassifierOutput] = []
        for start in range(0, len(images), self._batch_size):
            end = start + self._batch_size
            batch, boxes = self.preprocess(images[start:end], masks[start:end], um_per_px)
            strange = [self._stain_ood_score(i, m) for i, m in zip(images[start:end], masks[start:end], strict=True)]
            found += self._to_results(self._run_network(batch), boxes, batch, strange)
        return found

    def _stain_ood_score(self, image: NDArray[np.uint8], mask: NDArray[np.uint8]) -> float | None:
        """Percentile (0..1) of the distance to the training cells' stain colours.

        None when the bundle has no stain statistics, or nucleus or cytoplasm is missing.
        """
        if self._stain_ood_detector is None or (stain := measure_stain(image, mask)) is None:
            return None
        return float(self._stain_ood_detector.percentiles(stain[None])[0])

    @staticmethod
    def display_maps(block_maps: Sequence[NDArray[np.float32]], batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Maps of one stage for display, B×C×h×w.

        Args:
            block_maps: Maps of the three blocks.
            batch: Network input, B×3×s×s or, with cell pooling, B×4×s×s.
        """
        whole = cam_maps.sum_block_maps(block_maps)
        return cam_maps.mask_guided(whole, batch[:, 3:]) if batch.shape[1] > 3 else whole

    def _to_results(
        self,
        outputs: list[NDArray[np.float32]],
        boxes: list[Box],
        batch: NDArray[np.float32],
        stain_ood_scores: Sequence[float | None],
    ) -> list[ClassifierOutput]:
        features = outputs[0]
        trained = self.bundle.manifest.trained_stages
        probabilities, maps = [], []
        for i, stage in enumerate(trained):
            at = 1 + i * (1 + GRANULARITY_BLOCKS)
            probabilities.append(softmax(outputs[at], stage.temperature))
            maps.append(self.display_maps(outputs[at + 1 : at + 1 + GRANULARITY_BLOCKS], batch))
        far = self._feature_ood_detector.percentiles(features) if self._feature_ood_detector else None
        return [
            ClassifierOutput(
                stages=self._calibrated(
                    tuple(
                        _stage_probabilities(s, p[row].tolist()) for s, p in zip(trained, probabilities, strict=True)
                    ),
                    features[row],
                ),
                maps=tuple(StageMaps(s.key, m[row].copy()) for s, m in zip(trained, maps, strict=True)),
                features=features[row].copy(),
                ood_score=None if far is None else float(far[row]),
                stain_ood_score=stain_ood_scores[row],
                crop=box,
            )
            for row, box in enumerate(boxes)
        ]

    def _calibrated(
        self, stages: tuple[StageProbabilities, ...], features: NDArray[np.float32]
    ) -> tuple[StageProbabilities, ...]:
        return stages if self._calibration is None else self._calibration(stages, features)


def _stage_probabilities(stage: BundleStage, p: list[float]) -> StageProbabilities:
    return StageProbabilities(stage.key, stage.trained, tuple(p), conformal_set(stage.trained, p, stage.set_from))


def softmax(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Probabilities B×C from logits and temperature (Guo et al., ICML 2017)."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True), np.float64)
