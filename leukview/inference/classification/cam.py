"""Class-activation maps: combining the graph's own, and other methods on demand."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.core.messages import Message

if TYPE_CHECKING:
    from leukview.inference.classification.classifier_torch import TorchClassifier

CamMethod = Literal["gradcam", "hirescam", "gradcam++"]
CAM_METHODS: tuple[CamMethod, ...] = ("gradcam", "hirescam", "gradcam++")
CAM_METHOD_BY_NAME: dict[str, CamMethod] = {"HiResCAM": "hirescam", "Grad-CAM++": "gradcam++"}
"""What the window offers beside the Grad-CAM that each prediction brings."""


def resize_bilinear(maps: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Bilinear resize of …×h×w maps, pixel centres at halves (as torch's ``align_corners=False``)."""

    def weights(before: int, after: int) -> NDArray[np.float32]:
        places = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
        low = np.floor(places).astype(np.int64)
        high = np.minimum(low + 1, before - 1)
        matrix: NDArray[np.float32] = np.zeros((after, before), np.float32)
        rows = np.arange(after)
        np.add.at(matrix, (rows, low), (1 - (places - low)).astype(np.float32))
        np.add.at(matrix, (rows, high), (places - low).astype(np.float32))
        return np.asarray(matrix, np.float32)

    rows, columns = weights(maps.shape[-2], height), weights(maps.shape[-1], width)
    return np.asarray(rows @ maps @ columns.T, np.float32)


def sum_block_maps(block_maps: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Sum of the blocks' maps (each …×h×w) on the finest grid."""
    height = max(b.shape[-2] for b in block_maps)
    width = max(b.shape[-1] for b in block_maps)
    return np.asarray(np.sum([resize_bilinear(b, height, width) for b in block_maps], axis=0), np.float32)


DISPLAY_MAP_STRIDE = 4
"""Pixels of the network's input to an element of a map that is shown within the cell."""


def mask_guided(maps: NDArray[np.float32], coverage: NDArray[np.float32]) -> NDArray[np.float32]:
    """Maps enlarged with the mask as a guide, for networks that pool inside the cell.

    An element of a block spans many pixels, and its evidence comes from those of them that the cell covers: what lies
    outside is the same in every picture. So the enlarged map is kept where the cell is.

    Args:
        maps: B×C×h×w, not negative.
        coverage: B×1×s×s, the cells' masks in the network's input (0..1).

    Returns:
        B×C×(s/`DISPLAY_MAP_STRIDE`)², zero where no part of an element is covered.
    """
    size = coverage.shape[-1] // DISPLAY_MAP_STRIDE
    part = coverage.reshape(-1, 1, size, DISPLAY_MAP_STRIDE, size, DISPLAY_MAP_STRIDE).mean((3, 5))
    return np.asarray(resize_bilinear(maps, size, size) * part, np.float32)


def compute_package_cam(
    method: CamMethod,
    classifier: TorchClassifier,
    image: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    stage: str,
    choice: str,
    um_per_px: float | None = None,
) -> NDArray[np.float32]:
    """A map by another method, through the ``grad-cam`` package (torch must be installed).

    Args:
        method: One of `METHOD_LABELS`; show its name beside the map.
        classifier: On the torch engine.
        image: RGB, H×W×3.
        mask: H×W, 0/1/2.
        stage: A trained stage.
        choice: A trained choice of it.
        um_per_px: Scale when known.

    Returns:
        float32 side×side over the classifier's crop, 0..1: the package averages the three blocks' maps, each
        normalised.

    Raises:
        ModelError: The method, stage or choice is unknown to this model.
    """
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    kinds = {
        "gradcam": pytorch_grad_cam.GradCAM,
        "hirescam": pytorch_grad_cam.HiResCAM,
        "gradcam++": pytorch_grad_cam.GradCAMPlusPlus,
    }
    if method not in kinds:
        raise ModelError(Message("There is no class-activation method “{method}”.", method=method))
    choices = dict(classifier.bundle.manifest.net_config.stages).get(stage, ())
    if choice not in choices:
        raise ModelError(Message("This model was not trained on {stage}:{choice}.", stage=stage, choice=choice))
    tensor, _ = classifier.preprocess([image], [mask], um_per_px)
    with kinds[method](model=classifier.stage_module(stage), target_layers=classifier.granularity_blocks(stage)) as cam:
        found = cam(input_tensor=classifier.to_tensor(tensor), targets=[ClassifierOutputTarget(choices.index(choice))])
    return np.asarray(found[0], np.float32)


class GradCamPackageMaps:
    """`leukview.services.workbench.OtherMaps` through the ``grad-cam`` package; loads torch when first asked."""

    def __init__(self, load_classifier: Callable[[], TorchClassifier]) -> None:
        self._load_classifier = load_classifier
        self._classifier: TorchClassifier | None = None

    @staticmethod
    def is_available() -> bool:
        """Whether torch and the package are installed; neither is imported."""
        return all(importlib.util.find_spec(name) for name in ("torch", "pytorch_grad_cam"))

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods."""
        return tuple(CAM_METHOD_BY_NAME)

    def compute_map(
        self,
        method: str,
        image: NDArray[np.uint8],
        mask: NDArray[np.uint8],
        stage: str,
        choice: str,
        um_per_px: float | None,
    ) -> NDArray[np.float32]:
        """A map (side×side, 0..1) over the classifier's crop.

        Raises:
            ModelError: Method, stage or choice is unknown.
        """
        if method not in CAM_METHOD_BY_NAME:
            raise ModelError(Message("There is no class-activation method “{method}”.", method=method))
        if self._classifier is None:
            self._classifier = self._load_classifier()
        return compute_package_cam(CAM_METHOD_BY_NAME[method], self._classifier, image, mask, stage, choice, um_per_px)
