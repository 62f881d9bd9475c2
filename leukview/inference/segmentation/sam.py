"""Segment Anything (Kirillov et al. 2023) behind the segmenter port; needs ``leukview[torch]``."""

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
_CONFIDENT_LOGIT = (
    8.0  # logit of a pixel that a mask prompt is sure of; the package's own low-resolution masks lie about there
)


def load_sam_segmenter(name: str, folder: Path, device: str = "auto", mode: SamMode = "prompted") -> SamSegmenter:
    """Load an installed checkpoint by name (``sam_vit_b`` …); never another one in its stead.

    Raises:
        ModelError: It is not installed or damaged, torch or segment-anything are missing, or the device is not there.
    """
    model, sha256 = _load_network(name, folder, device)
    return SamSegmenter(model, f"{name}-{mode}:{sha256[:8]}", mode)


def find_usable_sam(folder: Path, preferred: str = "") -> str:
    """Name of an installed checkpoint that can run here: the one wanted, else the smallest; "" when there is none."""
    if not all(importlib.util.find_spec(name) for name in ("torch", "segment_anything")):
        return ""
    names = [name for name, file in OFFICIAL_SAM.items() if (folder / file).exists()]
    return preferred if preferred in names else next(iter(names), "")


def load_sam_refiner(name: str, folder: Path, device: str = "auto") -> SamMaskRefiner:
    """The same checkpoint to follow clicks. Raises `ModelError` as `load_sam` does."""
    model, sha256 = _load_network(name, folder, device)
    return SamMaskRefiner(model, f"{name}:{sha256[:8]}")


def _load_network(name: str, folder: Path, device: str) -> tuple[Any, str]:
    """The network on its device, and the checkpoint's SHA-256."""
    path, sha256 = verified_checkpoint(name, folder)
    try:
        import torch
        from segment_anything import sam_model_registry

        from leukview.inference.classification.classifier_torch import resolve_device
    except ImportError as error:
        raise ModelError("Segment Anything is not installed.", "Install leukview[torch].") from error
    if device == "auto":  # not mps: the automatic generator reckons in float64, which mps lacks
        device = "cuda" if torch.cuda.is_available() else "cpu"
    chosen = resolve_device(device)
    model = sam_model_registry[name.removeprefix("sam_")]()
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
    except (RuntimeError, TypeError, ValueError, KeyError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            Message("The checkpoint of {name} does not fit its network.", name=name), "Install the published file."
        ) from error
    return model.to(chosen), sha256


class SamSegmenter:
    """A `Segmenter` port on a `segment_anything` model.

    Args:
        model: A `segment_anything.modeling.Sam`, on its device.
        identity: Name and short hash, for provenance.
        mode: ``automatic`` is the published way (a grid of prompts over the image, `SamAutomaticMaskGenerator`);
            ``prompted`` asks once, with a point at the centre, and is some hundred times cheaper.
        points_per_side: Grid of the automatic mode.
    """

    def __init__(self, model: Any, identity: str, mode: SamMode = "prompted", points_per_side: int = 32) -> None:
        self._model, self._identity, self._mode, self._points_per_side = model.eval(), identity, mode, points_per_side

    @property
    def identity(self) -> str:
        """Name and short hash of the checkpoint."""
        return self._identity

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        """Segment RGB images (H×W×3) into masks H×W of 0/1/2 that hold the central cell."""
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
    """A `MaskRefiner` port: clicks become point prompts, together with the mask as it stands.

    Args:
        model: A `segment_anything.modeling.Sam`, on its device.
        identity: Name and short hash of the checkpoint.
    """

    def __init__(self, model: Any, identity: str) -> None:
        self._model, self._identity = model.eval(), identity

    @property
    def identity(self) -> str:
        """Name and short hash of the checkpoint, without the mode: a click is always a prompt."""
        return self._identity

    def start_session(self, image: NDArray[np.uint8]) -> SamRefinementSession:
        """Embed an image (RGB, H×W×3): the costly part, some seconds on a CPU."""
        from segment_anything import SamPredictor

        predictor = SamPredictor(self._model)
        predictor.set_image(image)
        return SamRefinementSession(predictor, image)


class SamRefinementSession:
    """A `RefinementSession` port on one embedded image.

    Args:
        predictor: A `segment_anything.SamPredictor` that has the image.
        image: RGB, H×W×3.
    """

    def __init__(self, predictor: Any, image: NDArray[np.uint8]) -> None:
        self._predictor, self._image = predictor, image

    def refine(self, mask: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
        """A mask (H×W, 0/1/2) that agrees with the clicks; see `leukview.services.ports.inference.RefinementSession`.

        The cell is asked for with the clicks on cytoplasm and nucleus inside and those on the background outside, the
        nucleus with the clicks on it inside and all others outside. What the clicks do not concern stays as it is.
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
        if not mask.any() and newest.region == CYTOPLASM:  # a cell just found has no nucleus yet
            refined = add_nucleus(self._image, cell)
        return apply_clicks(refined, mask, clicks)

    def _predict_region(self, region: NDArray[np.bool_], clicks: Sequence[tuple[Click, bool]]) -> NDArray[np.bool_]:
        """The part as Segment Anything sees it from the clicks (and whether each lies inside) and the part so far."""
        before = self._mask_prompt(region) if region.any() else None
        if before is None and not any(inside for _, inside in clicks):
            return region  # nothing lies inside of nothing
        masks, _, _ = self._predictor.predict(
            point_coords=np.array([[c.x + 0.5, c.y + 0.5] for c, _ in clicks]),
            point_labels=np.array([int(inside) for _, inside in clicks]),
            mask_input=before,
            multimask_output=False,  # one answer: several points, or a mask, are not ambiguous
        )
        return np.asarray(masks[0], dtype=bool)

    def _mask_prompt(self, region: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The part as the low-resolution logits that the package takes, 1×s×s: in the padded square of its frame."""
        side = self._predictor.model.image_encoder.img_size
        height, width = self._predictor.input_size
        low = self._predictor.model.prompt_encoder.mask_input_size[0]
        share = low / side
        size = (max(1, round(width * share)), max(1, round(height * share)))
        small = np.asarray(Image.fromarray(region.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
        logits = np.full((1, low, low), -_CONFIDENT_LOGIT, np.float32)
        logits[0, : size[1], : size[0]] = (2.0 * small - 1.0) * _CONFIDENT_LOGIT
        return logits


def choose_central_candidate(
    candidates: Sequence[tuple[NDArray[np.bool_], float]], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """The candidate (mask H×W, predicted IoU) that is the central cell: near the centre, not tiny, not the frame.

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
