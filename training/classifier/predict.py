"""What a trained network says of cached cells."""

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
    """What the network said of all cells, rows in the order of the manifest; unasked rows are NaN.

    Attributes:
        logits: N×C of every stage.
        features: N×F.
        targets: N×S.
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
    """Ask the network about some rows, without augmentation, in float32.

    Args:
        net: Put into evaluation mode.
        config: Of its training.
        cells: Any split's; they share the squares.
        rows: Of the squares.
        device: To compute on.
        transform: Applied to the network's input, B×C×s×s.
    """
    net.eval().to(device)
    count = len(cells.crops)
    logits = {key: np.full((count, len(choices)), np.nan) for key, choices in net.config.stages}
    features = np.full((count, net.config.feature_length), np.nan, np.float32)
    with torch.inference_mode():
        for start in range(0, len(rows), 128):
            part = np.sort(rows[start : start + 128])
            images, _, masks = cells.load_rows(part)
            seen = inference_input(images, masks, config.preprocessing, config.pooling)
            found = net((transform(seen) if transform else seen).to(device))
            features[part] = found[0].cpu().numpy()
            for i, (key, _) in enumerate(net.config.stages):
                logits[key][part] = found[1 + 4 * i].cpu().numpy()
    return NetworkOutputs(logits, features, cells.targets)


def load_net(net_config: NetConfig, run_folder: Path) -> PmgNet:
    """The run's final network."""
    net = PmgNet(net_config)
    net.load_state_dict(torch.load(run_folder / FINAL_WEIGHTS, map_location="cpu", weights_only=True), strict=True)
    return net.eval()
