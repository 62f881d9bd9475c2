"""Predictions of a trained network on cached cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from leukview.inference.networks.config import NetConfig
from leukview.inference.networks.pmg import PmgNet
from training.config import FINAL_WEIGHTS, TrainConfig
from training.data.augmentation import inference_input
from training.data.splits import CellDataset


@dataclass(frozen=True)
class NetworkOutputs:
    """Network outputs, one row per cell in the order of the manifest.

    Rows of cells that were not predicted are NaN.

    Attributes:
        logits: Combined logits of each stage, N×C.
        features: Feature vectors, N×F.
        targets: Index of the labelled choice of each stage, N×S; −1 where the label does not determine it.
    """

    logits: dict[str, NDArray[np.float64]]
    features: NDArray[np.float32]
    targets: NDArray[np.int64]


def predict(
    net: PmgNet,
    config: TrainConfig,
    cells: CellDataset,
    rows: NDArray[np.int64],
    device: str,
    transform: Callable[[Tensor], Tensor] | None = None,
) -> NetworkOutputs:
    """Predict some cells in float32, without augmentation.

    Args:
        net: Network; set to evaluation mode and moved to `device`.
        config: Configuration of its training.
        cells: Dataset of any split; all splits share the crops.
        rows: Rows of the crops to predict.
        device: Device to compute on.
        transform: Applied to the network input, B×C×s×s.
    """
    net.eval().to(device)
    count = len(cells.crops)
    logits = {key: np.full((count, len(choices)), np.nan) for key, choices in net.config.stages}
    features = np.full((count, net.config.feature_length), np.nan, np.float32)
    with torch.inference_mode():
        for start in range(0, len(rows), 128):
            part = np.sort(rows[start : start + 128])
            images, _, masks = cells.load_rows(part)
            network_input = inference_input(images, masks, config.preprocessing, config.pooling)
            predicted = net((transform(network_input) if transform else network_input).to(device))
            features[part] = predicted[0].cpu().numpy()
            for i, (key, _) in enumerate(net.config.stages):
                logits[key][part] = predicted[1 + 4 * i].cpu().numpy()
    return NetworkOutputs(logits, features, cells.targets)


def load_net(net_config: NetConfig, run_folder: Path) -> PmgNet:
    """Load the final network of a run, in evaluation mode."""
    net = PmgNet(net_config)
    net.load_state_dict(torch.load(run_folder / FINAL_WEIGHTS, map_location="cpu", weights_only=True), strict=True)
    return net.eval()
