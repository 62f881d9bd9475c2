"""Export of a network to a bundle: ONNX graph and safetensors weights."""

from __future__ import annotations

import warnings
from pathlib import Path

import safetensors.torch
import torch

from leukview.inference.bundles.bundle import ONNX_FILE, WEIGHTS_FILE
from leukview.inference.classification.classifier_onnx import INPUT_NAME, output_names
from leukview.inference.networks.pmg import PmgNet

ONNX_OPSET = 18


def export_network(net: PmgNet, side: int, folder: Path, *, half: bool = False) -> None:
    """Write ``classifier.onnx`` and ``classifier.safetensors``.

    Args:
        net: In float32; switched to evaluation mode here.
        side: Side of the square input in pixels.
        folder: Existing folder to write to.
        half: Round the weights to half precision, in which the safetensors file then stores them; the graph computes in
            single precision with the rounded weights, so that both give the same.
    """
    net.eval().float().cpu().to(memory_format=torch.contiguous_format)
    if half:
        net.half().float()
    state = {k: v.half() if half and v.is_floating_point() else v for k, v in net.state_dict().items()}
    safetensors.torch.save_file({k: v.contiguous() for k, v in state.items()}, folder / WEIGHTS_FILE)
    names = output_names(tuple(key for key, _ in net.config.stages))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecation
        torch.onnx.export(
            net,
            (torch.zeros(2, net.config.input_channels, side, side),),
            folder / ONNX_FILE,
            input_names=[INPUT_NAME],
            output_names=names,
            opset_version=ONNX_OPSET,
            dynamic_axes={name: {0: "cells"} for name in (INPUT_NAME, *names)},
            do_constant_folding=False,  # folded products of weights would be stored beside the weights
            dynamo=False,
        )
