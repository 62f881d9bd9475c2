"""The ways to run a bundle's network on a CPU, for `training.studies.inference_benchmark`."""

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
"""B×3×s×s → the network's outputs, as `PmgNet.forward` orders them."""


@dataclass(frozen=True, slots=True)
class InferenceBackend:
    """One way to run the network.

    Attributes:
        start: Threads → what runs a batch.
        size: Of its file in bytes; 0 where it shares the weights of torch.
        one_batch: Only one batch size is tried, for each costs a compilation.
    """

    name: str
    start: Callable[[int], BatchRunner]
    file_size: int = 0
    single_batch_size: bool = False


def torch_backend(net: PmgNet, *, channels_last: bool = False, bfloat16: bool = False) -> Callable[[int], BatchRunner]:
    """Plain torch on the CPU, with weights and images in another order or computed in bfloat16."""

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
    """Torch's own compiler; needs a C++ compiler on the machine."""

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
    """OpenVINO on the CPU, in float32 (its own choice on some processors is bfloat16)."""

    def start(threads: int) -> BatchRunner:
        openvino = importlib.import_module("openvino")
        core = openvino.Core()
        model = core.compile_model(
            core.read_model(model=graph), "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        )
        return lambda images: [np.asarray(value) for value in model(images).values()]

    return start


def quantise(graph: bytes, calibration: ImageBatch | None) -> bytes:
    """The graph with int8 weights and activations.

    Args:
        graph: In float32.
        calibration: N×3×s×s from training cells: convolutions become int8 with ranges found on them. None: only matrix
            products become int8, with ranges found anew for every batch.
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
    """Everything that can run the bundle here, plain torch first."""
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
