"""The default engine: ONNX Runtime on the CPU, without torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import ONNX_FILE, Bundle
from leukview.inference.classification.classifier import BATCH_SIZE, GRANULARITY_BLOCKS, BundleClassifier
from leukview.inference.onnx_session import create_onnx_session

INPUT_NAME = "images"


class OnnxClassifier(BundleClassifier):
    """Runs a bundle on ONNX Runtime.

    Args:
        bundle: A checked bundle.
        threads: Threads inside one operator; None = one per core, at most four.
        batch_size: Images per run.
        taxonomy: See `BundleClassifier`.

    Raises:
        ModelError: The graph cannot be run or does not fit ``bundle.json``.
    """

    def __init__(
        self,
        bundle: Bundle,
        threads: int | None = None,
        batch_size: int = BATCH_SIZE,
        taxonomy: Taxonomy | None = None,
    ) -> None:
        super().__init__(bundle, batch_size, taxonomy)
        try:
            self._session = create_onnx_session(bundle.file_contents[ONNX_FILE], threads)
        except Exception as error:  # ONNX Runtime raises about a dozen private types
            raise ModelError(
                Message("The graph of the model “{manifest}” cannot be run.", manifest=bundle.manifest.name)
            ) from error
        names = [node.name for node in self._session.get_outputs()]
        if names != output_names(self.trained_stages) or [n.name for n in self._session.get_inputs()] != [INPUT_NAME]:
            raise ModelError(
                Message(
                    "The graph of the model “{manifest}” does not fit its description.", manifest=bundle.manifest.name
                )
            )

    @property
    def engine_name(self) -> str:
        """See `BundleClassifier.engine_name`: ``onnxruntime-cpu``."""
        return "onnxruntime-cpu"

    def _run_network(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        return list(self._session.run(None, {INPUT_NAME: batch}))


def output_names(stages: tuple[str, ...]) -> list[str]:
    """Names of the graph's outputs, in order, for these stage keys."""
    names = ["features"]
    for stage in stages:
        names.append(f"logits_{stage}")
        names += [f"maps_{stage}_{block}" for block in range(GRANULARITY_BLOCKS)]
    return names
