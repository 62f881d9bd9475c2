"""Out-of-distribution scores: distance to the training cells.

Two checks: network features, and stain colours. A network trained with stain augmentation becomes insensitive to
unfamiliar stains; the colours are not.
"""

from __future__ import annotations

import io
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray

from leukview.services.ports.inference import CYTOPLASM, NUCLEUS

MIN_REGION_PIXELS = 100
"""Least number of pixels of nucleus or cytoplasm for its colour to be measured."""
MIN_OPTICAL_DENSITY = 0.02
"""Least optical density, that of empty glass."""
SAMPLING_STEP = 2
"""Only every second pixel in each direction is read, which suffices for a median."""
_MAX_STATISTICS_BYTES = 256 * 1024**2
_STAIN_VALUES = 6
_ARCHIVE_ERRORS = (
    OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, RuntimeError, MemoryError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip
"""Raised by numpy and zipfile for damaged archives."""
_OPTICAL_DENSITIES = -np.log((np.arange(256) + 1) / 256)


class OodDetector:
    """Mahalanobis distance of vectors to the training cells, as percentiles.

    Args:
        mean: F, mean of the training vectors.
        whitening: K×F; principal directions divided by their standard deviations.
        quantiles: Ascending distances of the validation cells at equal steps of probability, 0 to 1.
    """

    def __init__(
        self, mean: NDArray[np.float32], whitening: NDArray[np.float32], quantiles: NDArray[np.float32]
    ) -> None:
        self.mean, self.whitening, self.quantiles = mean, whitening, quantiles

    def distances(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mahalanobis distances in the kept directions: B×F → B."""
        return np.asarray(np.linalg.norm((vectors - self.mean) @ self.whitening.T, axis=1), np.float32)

    def percentiles(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Share (0..1) of validation cells with a smaller distance: B×F → B."""
        steps = np.linspace(0.0, 1.0, len(self.quantiles))
        return np.asarray(np.interp(self.distances(vectors), self.quantiles, steps), np.float64)


def read_ood_detectors(content: bytes) -> tuple[OodDetector, OodDetector | None]:
    """Read the feature and stain detectors from the bytes of ``likeness.npz``.

    The second is None for older bundles, which have no stain statistics.

    Raises:
        ValueError: The bytes are no such archive, or an array is missing, not finite or of another shape.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_STATISTICS_BYTES:
                raise ValueError("the statistics are too large")
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            features = _checked_detector(file["mean"], file["whiten"], file["quantiles"])
            if "stain_mean" not in file:
                return features, None
            stain = _checked_detector(file["stain_mean"], file["stain_whiten"], file["stain_quantiles"])
    except _ARCHIVE_ERRORS as error:
        raise ValueError(f"the statistics cannot be read: {type(error).__name__}") from error
    if stain.mean.size != _STAIN_VALUES:
        raise ValueError("the stain statistics have another length")
    return features, stain


def _checked_detector(*arrays: NDArray[np.generic]) -> OodDetector:
    if any(array.dtype.kind != "f" or not np.isfinite(array).all() for array in arrays):
        raise ValueError("an array is not of finite numbers")
    mean, whitening, quantiles = (np.asarray(array, np.float32) for array in arrays)
    if mean.ndim != 1 or whitening.ndim != 2 or whitening.shape[1:] != mean.shape or quantiles.ndim != 1:
        raise ValueError("an array has another shape")
    if len(quantiles) < 2 or (np.diff(quantiles) < 0).any():
        raise ValueError("the quantiles do not ascend")
    return OodDetector(mean, whitening, quantiles)


def ood_detector_arrays(features: OodDetector, stain: OodDetector | None) -> dict[str, NDArray[np.float32]]:
    """Arrays of ``likeness.npz`` by name; the inverse of `read_ood_detectors`."""
    arrays = {"mean": features.mean, "whiten": features.whitening, "quantiles": features.quantiles}
    if stain is not None:
        arrays |= {"stain_mean": stain.mean, "stain_whiten": stain.whitening, "stain_quantiles": stain.quantiles}
    return arrays


def measure_stain(image: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Logarithmic optical densities of nucleus and cytoplasm.

    Args:
        image: RGB, H×W×3, 0..255.
        mask: H×W, 0 background, 1 cytoplasm, 2 nucleus.

    Returns:
        Six values: natural logarithm of the median density −ln((v + 1)/256) of red, green and blue, of the nucleus,
        then of the cytoplasm. A change of stain strength shifts them. None when a part is missing or very small.
    """
    shown, part = image[::SAMPLING_STEP, ::SAMPLING_STEP], mask[::SAMPLING_STEP, ::SAMPLING_STEP]
    medians = []
    for value in (NUCLEUS, CYTOPLASM):
        pixels = shown[part == value]
        if len(pixels) < MIN_REGION_PIXELS // SAMPLING_STEP**2:
            return None
        medians.append(np.median(pixels, axis=0))
    densities = _OPTICAL_DENSITIES[np.concatenate(medians).astype(np.int64)]
    return np.asarray(np.log(np.maximum(densities, MIN_OPTICAL_DENSITY)), np.float32)
