"""Segment Anything (Kirillov et al. 2023) as segmenter and as refiner.

Needs ``leukview[torch]``.
"""

from __future__ import annotations

import importlib.util
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.inference.bundles.sam_checkpoints import OFFICIAL_SAM, verified_checkpoint
from leukview.inference.segmentation.click_refinement import apply_clicks
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

SamMode = Literal["automatic", "prompted"]
MAX_CANDIDATE_FRACTION, MIN_CANDIDATE_FRACTION = 0.85, 0.004
_CONFIDENT_LOGIT = 8.0  # absolute logit of a certain pixel in a mask prompt, about as in the package's own masks


def load_sam_segmenter(name: str, folder: Path, device: str = "auto", mode: SamMode = "prompted") -> SamSegmenter:
    """Load an installed checkpoint by name (``sam_vit_b`` …), never a substitute.

    Raises:
        ModelError: The checkpoint, torch or segment-anything is missing, the checkpoint is damaged, or the device is
            unavailable.
    """
    model, sha256 = _load_network(name, folder, device)
    return SamSegmenter(model, f"{name}-{mode}:{sha256[:8]}", mode)


def find_usable_sam(folder: Path, preferred: str = "") -> str:
    """Name of an installed checkpoint that can run here: `preferred`, else the smallest.

    Returns "" when there is none, or when torch or segment-anything is missing.
    """
    if not all(importlib.util.find_spec(name) for name in ("torch", "segment_anything")):
        return ""
    names = [name for name, file in OFFICIAL_SAM.items() if (folder / file).exists()]
    return preferred if preferred in names else next(iter(names), "")


def load_sam_refiner(name: str, folder: Path, device: str = "auto") -> SamMaskRefiner:
    """Load a checkpoint for mask correction by clicks; raises as `load_sam_segmenter` does."""
    model, sha256 = _load_network(name, folder, device)
    return SamMaskRefiner(model, f"{name}:{sha256[:8]}")


def _load_network(name: str, folder: Path, device: str) -> tuple[Any, str]:
    """Load the network onto its device; also returns the checkpoint's SHA-256."""
    path, sha256 = verified_checkpoint(name, folder)
    try:
        import torch
        from segment_anything import sam_model_registry

        from leukview.inference.classification.classifier_torch import resolve_device
    except ImportError as error:
        raise ModelError("Segment Anything is not installed.", "Install leukview[torch].") from error
    if device == "auto":  # not mps: the automatic generator computes in float64, which mps lacks
        device = "cuda" if torch.cuda.is_available() else "cpu"
    chosen = resolve_device(device)
    model = sam_model_registry[name.removeprefix("sam_")]()
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
    except (RuntimeError, TypeError, ValueError, KeyError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            Message("The weights of {name} do not fit its network.", name=name),
            "Install the officially published file.",
        ) from error
    return model.to(chosen), sha256


class SamSegmenter:
    """Implements the `Segmenter` port with a `segment_anything` model.

    Args:
        model: A `segment_anything.modeling.Sam`, on its device.
        identity: Name and short hash, for provenance.
        mode: ``automatic`` is the published method (a grid of prompts over the image, `SamAutomaticMaskGenerator`);
            ``prompted`` runs one prompt, a point at the centre, and is about a hundred times cheaper.
        points_per_side: Points per side of the prompt grid in automatic mode.
    """

    def __init__(self, model: Any, identity: str, mode: SamMode = "prompted", points_per_side: int = 32) -> None:
        self._model, self._identity, self._mode, self._points_per_side = model.eval(), identity, mode, points_per_side

    @property
    def identity(self) -> str:
        """Name and short hash of the checkpoint."""
        return self._identity

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        """See `Segmenter.segment`."""
        masks = []
        for image in images:
            candidates = (
                self._automatic_candidates(image) if self._mode == "automatic" else self._prompted_candidates(image)
            )
            cell = choose_central_candidate(candidates, image.shape[:2])
            masks.append(add_nucleus(image, cell))
        return masks

    def _automatic_candidates(self, image: NDArray[np.uint8]) -> list[tuple[NDArray[np.bool_], float]]:
        from segment_anything import SamAutomaticMaskGenerator

        found = SamAutomaticMaskGenerator(self._model, points_per_side=self._points_per_side).generate(image)
        return [(np.asarray(f["segmentation"], dtype=bool), float(f["predicted_iou"])) for f in found]

    def _prompted_candidates(self, image: NDArray[np.uint8]) -> list[tuple[NDArray[np.bool_], float]]:
        from segment_anything import SamPredictor

        predictor = SamPredictor(self._model)
        predictor.set_image(image)
        height, width = image.shape[:2]
        masks, scores, _ = predictor.predict(
            point_coords=np.array([[width / 2, height / 2]]), point_labels=np.array([1]), multimask_output=True
        )
        return [(np.asarray(m, dtype=bool), float(s)) for m, s in zip(masks, scores, strict=True)]


class SamMaskRefiner:
    """Implements the `MaskRefiner` port: clicks and the current mask become SAM prompts.

    Args:
        model: A `segment_anything.modeling.Sam`, on its device.
        identity: Name and short hash of the checkpoint.
    """

    def __init__(self, model: Any, identity: str) -> None:
        self._model, self._identity = model.eval(), identity

    @property
    def identity(self) -> str:
        """Name and short hash of the checkpoint; no mode, as clicks are always prompts."""
        return self._identity

    def start_session(self, image: NDArray[np.uint8]) -> SamRefinementSession:
        """Embed an image (RGB, H×W×3): the costly step, some seconds on a CPU."""
        from segment_anything import SamPredictor

        predictor = SamPredictor(self._model)
        predictor.set_image(image)
        return SamRefinementSession(predictor, image)


class SamRefinementSession:
    """Implements the `RefinementSession` port for one embedded image.

    Args:
        predictor: A `segment_anything.SamPredictor` on which the image is set.
        image: RGB, H×W×3.
    """

    def __init__(self, predictor: Any, image: NDArray[np.uint8]) -> None:
        self._predictor, self._image = predictor, image

    def refine(self, mask: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
        """See `RefinementSession.refine`.

        The cell is predicted with the clicks on cytoplasm and nucleus as positive points and those on the background as
        negative ones, the nucleus with the clicks on it as positive points and all others as negative. A part that the
        newest click does not concern is left unchanged.
        """
        if not clicks:
            return mask.copy()
        cell, nucleus = mask > BACKGROUND, mask == NUCLEUS
        newest = clicks[-1]
        if newest.region == BACKGROUND or not cell[newest.y, newest.x]:
            cell = self._predict_region(cell, [(c, c.region != BACKGROUND) for c in clicks])
        if newest.region == NUCLEUS or nucleus[newest.y, newest.x]:
            nucleus = self._predict_region(nucleus, [(c, c.region == NUCLEUS) for c in clicks])
        if newest.region == NUCLEUS:
            cell = cell | nucleus
        refined = np.where(cell & nucleus, NUCLEUS, np.where(cell, CYTOPLASM, BACKGROUND)).astype(np.uint8)
        if not mask.any() and newest.region == CYTOPLASM:  # a new cell has no nucleus yet
            refined = add_nucleus(self._image, cell)
        return apply_clicks(refined, mask, clicks)

    def _predict_region(self, region: NDArray[np.bool_], clicks: Sequence[tuple[Click, bool]]) -> NDArray[np.bool_]:
        """Predict a region (H×W) from the region so far and positive or negative clicks."""
        before = self._mask_prompt(region) if region.any() else None
        if before is None and not any(inside for _, inside in clicks):
            return region  # negative points alone cannot define a region
        masks, _, _ = self._predictor.predict(
            point_coords=np.array([[c.x + 0.5, c.y + 0.5] for c, _ in clicks]),
            point_labels=np.array([int(inside) for _, inside in clicks]),
            mask_input=before,
            multimask_output=False,  # several points, or a mask, are unambiguous: one mask suffices
        )
        return np.asarray(masks[0], dtype=bool)

    def _mask_prompt(self, region: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Convert a region to a SAM mask prompt: logits, 1×s×s, in the padded square."""
        side = self._predictor.model.image_encoder.img_size
        height, width = self._predictor.input_size
        prompt_side = self._predictor.model.prompt_encoder.mask_input_size[0]
        share = prompt_side / side
        size = (max(1, round(width * share)), max(1, round(height * share)))
        small = np.asarray(Image.fromarray(region.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
        logits = np.full((1, prompt_side, prompt_side), -_CONFIDENT_LOGIT, np.float32)
        logits[0, : size[1], : size[0]] = (2.0 * small - 1.0) * _CONFIDENT_LOGIT
        return logits


def choose_central_candidate(
    candidates: Sequence[tuple[NDArray[np.bool_], float]], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Choose the central cell: near the centre of the image, plausible in size.

    Args:
        candidates: Masks H×W, each with its predicted IoU.
        shape: H and W of the image.

    Returns:
        A mask H×W; all False when no candidate qualifies.
    """
    height, width = shape
    rows, columns = np.mgrid[0:height, 0:width]
    best, best_score = np.zeros(shape, dtype=bool), 0.0
    for mask, iou in candidates:
        share = mask.mean()
        if not MIN_CANDIDATE_FRACTION <= share <= MAX_CANDIDATE_FRACTION:
            continue
        away = np.hypot(rows[mask].mean() / height - 0.5, columns[mask].mean() / width - 0.5)
        score = float(iou * np.sqrt(share) * np.exp(-((away / 0.15) ** 2)))
        if score > best_score:
            best, best_score = mask, score
    return best


def add_nucleus(image: NDArray[np.uint8], cell: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Mark the nucleus of a cell by Otsu's threshold (1979) on the green channel.

    Giemsa absorbs most in green. Takes RGB (H×W×3) and the cell (H×W); returns a mask H×W of 0/1/2.
    """
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
