"""Protocols of inference engines: segmenter, click-based mask refiner, classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.domain.prediction import StageProbabilities

BACKGROUND, CYTOPLASM, NUCLEUS = 0, 1, 2


class Segmenter(Protocol):
    """Segments the central cell of an image."""

    @property
    def identity(self) -> str:
        """Name and short hash, e.g. ``embedded:1a2b3c4d`` or ``sam-vit_b:01ec64d2``."""

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        """Segment images of any sizes.

        Args:
            images: RGB, H×W×3 each, 0..255; sizes may differ.

        Returns:
            For each image a mask (H×W, 0 background, 1 cytoplasm, 2 nucleus) of the central cell only; all zero when
            no cell is found.
        """


@dataclass(frozen=True, slots=True)
class Click:
    """A point of the image, marked by a person as background, cytoplasm or nucleus.

    Attributes:
        x: Column, in image pixels.
        y: Row, in image pixels.
        region: `BACKGROUND`, `CYTOPLASM` or `NUCLEUS`.
    """

    x: int
    y: int
    region: int


class RefinementSession(Protocol):
    """One image, prepared for clicks."""

    def refine(self, mask: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
        """Compute a mask that agrees with the clicks.

        Args:
            mask: The current mask, H×W, 0/1/2; not modified.
            clicks: All clicks so far, the newest last; each is inside the image.

        Returns:
            A new mask (H×W, 0/1/2) that has each clicked region at its click.
        """


class MaskRefiner(Protocol):
    """Refines masks by a person's clicks."""

    @property
    def identity(self) -> str:
        """Name and short hash, e.g. ``embedded:1a2b3c4d`` or ``sam_vit_b:01ec64d2``."""

    def start_session(self, image: NDArray[np.uint8]) -> RefinementSession:
        """Prepare an image (RGB, H×W×3) for clicks.

        This may take seconds; each `RefinementSession.refine` is fast.
        """


@dataclass(frozen=True, slots=True)
class StageMaps:
    """Class-activation maps of one stage, one for each trained choice.

    Attributes:
        maps: float32, C×h×w, non-negative, not normalised, C in the order of the stage's trained choices; each map
            covers the classifier's square crop (`ClassifierOutput.crop`).
    """

    stage: str
    maps: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ClassifierOutput:
    """The output of a classifier for one cell.

    Attributes:
        stages: Calibrated conditional probabilities of the trained stages.
        maps: One entry per trained stage (maps of the combined PMG blocks).
        features: float32 vector of pooled trunk features, used for similarity; its length is fixed by the bundle.
        ood_score: Percentile (0..1) of the distance to the training features; None when the bundle has no such check.
        crop: Half-open box (left, top, right, bottom) of the network's input, in image pixels; it may extend beyond
            the image.
        stain_ood_score: The same for the cell's colours; None also when nucleus or cytoplasm is missing.
    """

    stages: tuple[StageProbabilities, ...]
    maps: tuple[StageMaps, ...]
    features: NDArray[np.float32]
    ood_score: float | None
    crop: tuple[int, int, int, int]
    stain_ood_score: float | None = None


class Classifier(Protocol):
    """A model bundle, loaded and ready."""

    @property
    def bundle_sha256(self) -> str:
        """SHA-256 of the loaded bundle."""

    @property
    def abstain_below(self) -> float:
        """Confidence below which the label is ``unidentified``; 0 = never."""

    @property
    def trained_stages(self) -> tuple[str, ...]:
        """Keys of the stages that this bundle was trained on."""

    def classify(
        self, images: Sequence[NDArray[np.uint8]], masks: Sequence[NDArray[np.uint8]], um_per_px: float | None = None
    ) -> list[ClassifierOutput]:
        """Classify cells.

        Args:
            images: RGB, H×W×3, 0..255; sizes may differ.
            masks: One per image, H×W, 0/1/2.
            um_per_px: Scale when the user gave it; None = the crop is taken from the image's frame.

        Returns:
            One result per image.
        """
