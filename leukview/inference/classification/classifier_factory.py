"""From a bundle's folder to a classifier."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import load_bundle
from leukview.inference.classification.classifier import BundleClassifier
from leukview.inference.classification.classifier_onnx import OnnxClassifier

EngineName = Literal["auto", "onnx", "torch"]
SHIPPED_BUNDLE = Path("models") / "classifier"
"""Of the bundle that travels with the application, below the resources."""


def shipped_bundle_in(resources: Path) -> Path:
    """The bundle that travels with the application."""
    return resources / SHIPPED_BUNDLE


def load_classifier(
    path: Path,
    engine: EngineName = "auto",
    device: str = "auto",
    threads: int | None = None,
    taxonomy: Taxonomy | None = None,
) -> BundleClassifier:
    """Load a bundle on an engine.

    Args:
        path: The bundle's folder.
        engine: ``auto`` is ONNX Runtime, unless the device names one that only torch reaches.
        device: ``auto`` (the CPU under ONNX Runtime), ``cpu``, ``cuda`` or ``mps``.
        threads: Of ONNX Runtime; None = all cores, four at most.
        taxonomy: When given, the bundle must fit it.

    Raises:
        ModelError: The bundle is not sound, the engine is not installed, or the device is not there.
    """
    if engine not in {"auto", "onnx", "torch"}:
        raise ModelError(Message("There is no engine “{engine}”.", engine=engine))
    if engine == "auto":
        engine = "onnx" if device in {"auto", "cpu"} else "torch"
    bundle = load_bundle(path, taxonomy)
    if engine == "onnx":
        if device not in {"auto", "cpu"}:
            raise ModelError(
                Message("ONNX Runtime does not run on “{device}” here.", device=device), "Choose the torch engine."
            )
        return OnnxClassifier(bundle, threads)
    if importlib.util.find_spec("torch") is None:
        raise ModelError("The torch engine is not installed.", "Install leukview[torch], or choose the CPU.")
    from leukview.inference.classification.classifier_torch import TorchClassifier

    return TorchClassifier(bundle, device)
