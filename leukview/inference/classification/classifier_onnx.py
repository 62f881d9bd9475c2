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
        side, channels = bundle.manifest.preprocessing.side, bundle.manifest.net_config.input_channels
        inputs = {node.name: list(node.shape) for node in self._session.get_inputs()}
        named = names == output_names(self.trained_stages) and list(inputs) == [INPUT_NAME]
        if not named or not _shape_fits(inputs[INPUT_NAME], channels, side):
            raise self._misfit()
        self._probe(channels, side)

    @property
    def engine_name(self) -> str:
        """See `BundleClassifier.engine_name`: ``onnxruntime-cpu``."""
        return "onnxruntime-cpu"

    def _misfit(self) -> ModelError:
        return ModelError(
            Message(
                "The graph of the model “{manifest}” does not fit its description.", manifest=self.bundle.manifest.name
            )
        )

    def _probe(self, channels: int, side: int) -> None:
        """Run the graph on one blank image and compare the numbers of outputs with the description."""
        outputs = self._run_network(np.zeros((1, channels, side, side), np.float32))
        widths = [out.shape[1] for out in outputs[1 :: 1 + GRANULARITY_BLOCKS]]
        if widths != [len(stage.trained) for stage in self.bundle.manifest.trained_stages]:
            raise self._misfit()
        self._check_feature_length(outputs[0].shape[1])

    def _run_network(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        try:
            return list(self._session.run(None, {INPUT_NAME: batch}))
        except Exception as error:  # as above
            raise ModelError(
                Message("The graph of the model “{manifest}” cannot be run.", manifest=self.bundle.manifest.name)
            ) from error


def _shape_fits(shape: list[object], channels: int, side: int) -> bool:
    """Whether a graph's input accepts B×channels×side×side; a dimension that is no number accepts any size."""
    return len(shape) == 4 and all(
        not isinstance(found, int) or found == wanted
        for found, wanted in zip(shape[1:], (channels, side, side), strict=True)
    )


def output_names(stages: tuple[str, ...]) -> list[str]:
    """Names of the graph's outputs, in order, for these stage keys."""
    names = ["features"]
    for stage in stages:
        names.append(f"logits_{stage}")
        names += [f"maps_{stage}_{block}" for block in range(GRANULARITY_BLOCKS)]
    return names
