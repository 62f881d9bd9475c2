"""Inference engines on the CPU for `training.studies.inference_benchmark`."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from leukview.inference.bundles.bundle import ONNX_FILE, Bundle
from leukview.inference.classification.classifier_onnx import INPUT_NAME
from leukview.inference.classification.classifier_torch import TorchClassifier
from leukview.inference.networks.pmg import PmgNet

REFERENCE_BACKEND = "torch"
ImageBatch = NDArray[np.float32]
BatchRunner = Callable[[ImageBatch], list[ImageBatch]]
"""Maps B×3×s×s to the outputs of the network in the order of `PmgNet.forward`."""


@dataclass(frozen=True, slots=True)
class InferenceBackend:
    """An engine that can run the network.

    Attributes:
        name: Name in the table.
        start: Prepares the engine for a number of threads; returns a function that runs a batch.
        file_size: Size of its model file in bytes; 0 if it shares the weights of torch.
        single_batch_size: Whether only one batch size is measured, because each needs a compilation.
    """

    name: str
    start: Callable[[int], BatchRunner]
    file_size: int = 0
    single_batch_size: bool = False


def torch_backend(net: PmgNet, *, channels_last: bool = False, bfloat16: bool = False) -> Callable[[int], BatchRunner]:
    """Torch in eager mode on the CPU, optionally channels-last or in bfloat16."""

    def start(threads: int) -> BatchRunner:
        torch.set_num_threads(threads)
        order = torch.channels_last if channels_last else torch.contiguous_format
        net.to(memory_format=order)

        def run(images: ImageBatch) -> list[ImageBatch]:
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                x = torch.from_numpy(images).contiguous(memory_format=order)
                return [output.float().numpy() for output in net(x)]

        return run

    return start


def compiled_backend(net: PmgNet) -> Callable[[int], BatchRunner]:
    """Torch with `torch.compile`; needs a C++ compiler."""

    def start(threads: int) -> BatchRunner:
        torch.set_num_threads(threads)
        net.to(memory_format=torch.contiguous_format)
        compiled = torch.compile(net)

        def run(images: ImageBatch) -> list[ImageBatch]:
            with torch.inference_mode():
                return [output.float().numpy() for output in compiled(torch.from_numpy(images))]

        return run

    return start


def onnx_backend(graph: bytes) -> Callable[[int], BatchRunner]:
    """ONNX Runtime on the CPU."""

    def start(threads: int) -> BatchRunner:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return lambda images: list(session.run(None, {INPUT_NAME: images}))

    return start


def openvino_backend(graph: bytes) -> Callable[[int], BatchRunner]:
    """OpenVINO on the CPU in float32.

    The precision is set explicitly, because its default on some processors is bfloat16.
    """

    def start(threads: int) -> BatchRunner:
        openvino = importlib.import_module("openvino")
        core = openvino.Core()
        model = core.compile_model(
            core.read_model(model=graph), "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        )
        return lambda images: [np.asarray(value) for value in model(images).values()]

    return start


def quantise(graph: bytes, calibration: ImageBatch | None) -> bytes:
    """Quantise an ONNX graph to int8 weights and activations.

    Args:
        graph: Serialised model in float32.
        calibration: Inputs N×3×s×s of training cells for static quantisation of the convolutions. None selects dynamic
            quantisation of the matrix products only, with ranges computed for each batch.
    """
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_dynamic,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):  # type: ignore[misc]  # the package is untyped
        def __init__(self, images: ImageBatch) -> None:
            self._batches = iter(np.split(images, range(16, len(images), 16)))

        def get_next(self) -> dict[str, ImageBatch] | None:
            part = next(self._batches, None)
            return None if part is None else {INPUT_NAME: part}

    with tempfile.TemporaryDirectory() as folder:
        first, ready, result = (str(Path(folder) / name) for name in ("a.onnx", "b.onnx", "c.onnx"))
        Path(first).write_bytes(graph)
        quant_pre_process(first, ready, skip_symbolic_shape=True)
        if calibration is None:
            quantize_dynamic(ready, result, op_types_to_quantize=["MatMul", "Gemm"], weight_type=QuantType.QInt8)
        else:
            quantize_static(
                ready,
                result,
                Reader(calibration),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv"],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
        return Path(result).read_bytes()


def available_backends(bundle: Bundle, calibration: ImageBatch, compiled: bool) -> Iterator[InferenceBackend]:
    """Yield the engines available on this machine, eager torch first."""
    net = TorchClassifier(bundle, "cpu").net
    graph = bundle.file_contents[ONNX_FILE]
    yield InferenceBackend(REFERENCE_BACKEND, torch_backend(net))
    yield InferenceBackend("torch, channels last", torch_backend(net, channels_last=True))
    yield InferenceBackend("torch, channels last, bfloat16", torch_backend(net, channels_last=True, bfloat16=True))
    if compiled:
        yield InferenceBackend("torch, compiled", compiled_backend(net), single_batch_size=True)
    yield InferenceBackend("ONNX Runtime", onnx_backend(graph), len(graph))
    dynamic = quantise(graph, None)
    yield InferenceBackend("ONNX Runtime, int8 products", onnx_backend(dynamic), len(dynamic))
    static = quantise(graph, calibration)
    yield InferenceBackend("ONNX Runtime, int8 convolutions", onnx_backend(static), len(static))
    if importlib.util.find_spec("openvino") is not None:
        yield InferenceBackend("OpenVINO", openvino_backend(graph), len(graph))
