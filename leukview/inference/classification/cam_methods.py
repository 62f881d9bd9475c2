"""Class-activation maps by methods other than the one in the network's graph."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
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
"""Methods offered besides the Grad-CAM that each prediction includes, by label."""


def compute_package_cam(
    method: CamMethod,
    classifier: TorchClassifier,
    image: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    stage: str,
    choice: str,
    um_per_px: float | None = None,
) -> NDArray[np.float32]:
    """Compute a map by another method with the ``grad-cam`` package; needs torch.

    Args:
        method: One of `CAM_METHODS`; show its name with the map.
        classifier: Classifier on the torch engine.
        image: RGB, H×W×3.
        mask: H×W, 0/1/2.
        stage: A trained stage.
        choice: A trained choice of the stage.
        um_per_px: Scale in µm per pixel; None if unknown.

    Returns:
        float32 side×side over the classifier's crop, 0..1: mean of the three blocks' maps, each normalised.

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
    """Implements `leukview.services.dependencies.CamProvider` with ``grad-cam``.

    Args:
        load_classifier: Loads the torch classifier; called at the first use, so that torch is not imported earlier.
    """

    def __init__(self, load_classifier: Callable[[], TorchClassifier]) -> None:
        self._load_classifier = load_classifier
        self._classifier: TorchClassifier | None = None

    @staticmethod
    def is_available() -> bool:
        """Whether torch and the package are installed; neither is imported."""
        return all(importlib.util.find_spec(name) for name in ("torch", "pytorch_grad_cam"))

    @property
    def methods(self) -> tuple[str, ...]:
        """Labels of the methods, in display order."""
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
        """See `CamProvider.compute_map`.

        Raises:
            ModelError: The method, stage or choice is unknown.
        """
        if method not in CAM_METHOD_BY_NAME:
            raise ModelError(Message("There is no class-activation method “{method}”.", method=method))
        if self._classifier is None:
            self._classifier = self._load_classifier()
        return compute_package_cam(CAM_METHOD_BY_NAME[method], self._classifier, image, mask, stage, choice, um_per_px)
