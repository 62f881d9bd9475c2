"""Loads a bundle as a classifier on the chosen engine."""

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
"""Path, below the resources, of the bundle that ships with the application."""


def shipped_bundle_in(resources: Path) -> Path:
    """Folder of the bundle that ships with the application."""
    return resources / SHIPPED_BUNDLE


def load_classifier(
    path: Path,
    engine: EngineName = "auto",
    device: str = "auto",
    threads: int | None = None,
    taxonomy: Taxonomy | None = None,
) -> BundleClassifier:
    """Load a bundle on an inference engine.

    Args:
        path: The bundle's folder.
        engine: ``auto`` = ONNX Runtime, or torch for a device that only torch supports.
        device: ``auto`` (the CPU under ONNX Runtime), ``cpu``, ``cuda`` or ``mps``.
        threads: Threads of ONNX Runtime; None = one per core, at most four.
        taxonomy: When given, the bundle must fit it.

    Raises:
        ModelError: The bundle is invalid, the engine is not installed, or the device is unavailable.
    """
    if engine not in {"auto", "onnx", "torch"}:
        raise ModelError(Message("There is no engine “{engine}”.", engine=engine))
    if engine == "auto":
        engine = "onnx" if device in {"auto", "cpu"} else "torch"
    bundle = load_bundle(path, taxonomy)
    if engine == "onnx":
        if device not in {"auto", "cpu"}:
            raise ModelError(
                Message("ONNX Runtime cannot run on “{device}” on this computer.", device=device),
                "Choose the torch engine.",
            )
        return OnnxClassifier(bundle, threads, taxonomy=taxonomy)
    if importlib.util.find_spec("torch") is None:
        raise ModelError("The torch engine is not installed.", "Install leukview[torch], or choose the CPU.")
    from leukview.inference.classification.classifier_torch import TorchClassifier

    return TorchClassifier(bundle, device, taxonomy=taxonomy)
