"""Segment Anything (Kirillov et al. 2023) behind the segmenter port; needs ``leukview[torch]``."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.inference.models import checkpoint

Mode = Literal["automatic", "prompted"]
LARGEST_SHARE, SMALLEST_SHARE = 0.85, 0.004


def load_sam(name: str, folder: Path, device: str = "auto", mode: Mode = "prompted") -> SamSegmenter:
    """Load an installed checkpoint by name (``sam_vit_b`` …); never another one in its stead.

    Raises:
        ModelError: It is not installed or damaged, torch or segment-anything are missing, or the device is not there.
    """
    path, sha256 = checkpoint(name, folder)
    try:
        import torch
        from segment_anything import sam_model_registry

        from leukview.inference.classifier_torch import torch_device
    except ImportError as error:
        raise ModelError("Segment Anything is not installed.", "Install leukview[torch].") from error
    if device == "auto":  # not mps: the automatic generator reckons in float64, which mps lacks
        device = "cuda" if torch.cuda.is_available() else "cpu"
    chosen = torch_device(device)
    model = sam_model_registry[name.removeprefix("sam_")]()
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
    except (RuntimeError, TypeError, ValueError, KeyError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"The checkpoint of {name} does not fit its network.", "Install the published file."
        ) from error
    return SamSegmenter(model.to(chosen), f"{name}-{mode}:{sha256[:8]}", mode)


class SamSegmenter:
    """A `Segmenter` port on a `segment_anything` model.

    Args:
        model: A `segment_anything.modeling.Sam`, on its device.
        identity: Name and short hash, for provenance.
        mode: ``automatic`` is the published way (a grid of prompts over the image, `SamAutomaticMaskGenerator`);
            ``prompted`` asks once, with a point at the centre, and is some hundred times cheaper.
        points_per_side: Grid of the automatic mode.
    """

    def __init__(self, model: Any, identity: str, mode: Mode = "prompted", points_per_side: int = 32) -> None:
        self._model, self._identity, self._mode, self._points = model.eval(), identity, mode, points_per_side

    @property
    def identity(self) -> str:
        """Name and short hash of the checkpoint."""
        return self._identity

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        """Segment RGB images (H×W×3) into masks H×W of 0/1/2 that hold the central cell."""
        masks = []
        for image in images:
            candidates = self._automatic(image) if self._mode == "automatic" else self._prompted(image)
            cell = choose_central(candidates, image.shape[:2])
            masks.append(with_nucleus(image, cell))
        return masks

    def _automatic(self, image: NDArray[np.uint8]) -> list[tuple[NDArray[np.bool_], float]]:
        from segment_anything import SamAutomaticMaskGenerator

        found = SamAutomaticMaskGenerator(self._model, points_per_side=self._points).generate(image)
        return [(np.asarray(f["segmentation"], dtype=bool), float(f["predicted_iou"])) for f in found]

    def _prompted(self, image: NDArray[np.uint8]) -> list[tuple[NDArray[np.bool_], float]]:
        from segment_anything import SamPredictor

        predictor = SamPredictor(self._model)
        predictor.set_image(image)
        height, width = image.shape[:2]
        masks, scores, _ = predictor.predict(
            point_coords=np.array([[width / 2, height / 2]]), point_labels=np.array([1]), multimask_output=True
        )
        return [(np.asarray(m, dtype=bool), float(s)) for m, s in zip(masks, scores, strict=True)]


def choose_central(candidates: Sequence[tuple[NDArray[np.bool_], float]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The candidate (mask H×W, predicted IoU) that is the central cell: near the centre, not tiny, not the frame.

    Returns:
        A mask H×W; all False when no candidate qualifies.
    """
    height, width = shape
    rows, columns = np.mgrid[0:height, 0:width]
    best, best_score = np.zeros(shape, dtype=bool), 0.0
    for mask, iou in candidates:
        share = mask.mean()
        if not SMALLEST_SHARE <= share <= LARGEST_SHARE:
            continue
        away = np.hypot(rows[mask].mean() / height - 0.5, columns[mask].mean() / width - 0.5)
        score = float(iou * np.sqrt(share) * np.exp(-((away / 0.15) ** 2)))
        if score > best_score:
            best, best_score = mask, score
    return best


def with_nucleus(image: NDArray[np.uint8], cell: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Mark the nucleus inside a cell by Otsu's threshold (1979) on the green channel, where Giemsa absorbs most."""
    mask = cell.astype(np.uint8)
    values = image[..., 1][cell]
    if values.size < 2 or values.min() == values.max():
        return mask
    histogram = np.bincount(values, minlength=256).astype(np.float64)
    below = np.cumsum(histogram)
    mean_below = np.cumsum(histogram * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mean_below[-1] * below - mean_below * below[-1]) ** 2 / (below * above)
    threshold = int(np.argmax(np.nan_to_num(between, posinf=0.0)))
    mask[cell & (image[..., 1] <= threshold)] = 2
    return mask
