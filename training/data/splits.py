"""Datasets of a run by split, and the matching network configuration."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from leukview.core.errors import LeukViewError
from leukview.inference.networks.config import NetConfig
from training.config import TrainConfig
from training.data.augmentation import needs_masks
from training.data.dataset import (
    TEST,
    TRAIN,
    LabelledCell,
    cached_crops,
    data_folder,
    load_labelled_cells,
    read_taxonomy,
    sampling_weights,
    stage_targets,
    support,
    trained_stages,
)
from training.data.leakage import check_dataset
from training.data.mask_cache import cached_masks, load_embedded_segmenter

ImageStore = NDArray[np.uint8] | Tensor
"""Images as a memory map on the CPU, or as a tensor in the memory of an accelerator, which avoids copies."""


@dataclass
class CellDataset:
    """Cells of one split.

    Attributes:
        crops: uint8 N×S×S×3 of all splits; a tensor if they are in the memory of an accelerator.
        rows: Rows of `crops` that belong to this split.
        targets: N×stages, one row per row of `crops`; −1 where the label does not determine the stage.
        weights: Sampling probability of each of `rows`.
        masks: uint8 N×S×S; None if the network input does not depend on them.
    """

    crops: ImageStore
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    masks: ImageStore | None = None

    def load_rows(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Load images, targets and masks (None without masks) of some rows, sorted.

        Images and masks are on the device of the stores, targets on the CPU.

        Args:
            rows: Rows of `crops`; the result is in ascending order.
        """
        rows = np.sort(rows)
        masks = None if self.masks is None else _select_rows(self.masks, rows)
        return _select_rows(self.crops, rows), torch.from_numpy(self.targets[rows]), masks


def _select_rows(images: ImageStore, rows: NDArray[np.int64]) -> Tensor:
    if isinstance(images, Tensor):
        return images[torch.from_numpy(rows).to(images.device)]
    return torch.from_numpy(images[rows])


def to_device(images: NDArray[np.uint8], device: str) -> ImageStore:
    """Copy the images to the memory of an accelerator; leave them on a CPU."""
    return images if device == "cpu" else torch.from_numpy(np.ascontiguousarray(images)).to(device)


def net_config(config: TrainConfig, stages: tuple[tuple[str, tuple[str, ...]], ...]) -> NetConfig:
    """Network configuration of a run."""
    return NetConfig(
        config.architecture,
        config.trunk,
        config.pmg.block_inner,
        config.pmg.block,
        config.pmg.hidden,
        stages,
        config.pooling,
    )


def prepare_data(
    config: TrainConfig, cache_folder: Path, training: bool = False, leave_out: str = "", device: str = "cpu"
) -> tuple[tuple[LabelledCell, ...], NetConfig, dict[str, CellDataset]]:
    """Load the cells of a run, its network configuration and its splits.

    Args:
        config: Configuration of the run.
        cache_folder: Folder of the cached crops and masks.
        training: Check for leaks, and compute the masks that the augmentation needs.
        leave_out: Source whose cells all become test cells, to estimate the performance at an unseen site.
        device: Device whose memory holds crops and masks.

    Raises:
        LeukViewError: The splits leak, or no cell has the source `leave_out`.
    """
    folder = data_folder()
    cells = load_labelled_cells(folder)
    if leave_out:
        if leave_out not in {c.source for c in cells}:
            raise LeukViewError(f"There are no cells of the source “{leave_out}” to leave out.")
        cells = tuple(replace(c, split=TEST) if c.source == leave_out else c for c in cells)
    taxonomy = read_taxonomy()
    counts = support((c for c in cells if c.split == TRAIN), taxonomy)
    stages = trained_stages(counts, taxonomy, config.least_support)
    preprocessing, augment = config.preprocessing, config.augment
    masks = None
    if needs_masks(preprocessing, config.pooling) or (training and augment.background > 0):
        masks = cached_masks(cells, folder, cache_folder, preprocessing, augment.margin, load_embedded_segmenter())
    crops = cached_crops(cells, folder, cache_folder, preprocessing, augment.margin)
    if training:
        check_dataset(cells, crops, preprocessing.field * crops.shape[1] / preprocessing.side)
    targets = stage_targets(cells, taxonomy, stages)
    crop_store, mask_store = to_device(crops, device), None if masks is None else to_device(masks, device)
    split_names = np.asarray([c.split for c in cells])
    splits = {}
    for name in sorted(set(split_names.tolist())):
        rows = np.flatnonzero(split_names == name)
        weights = sampling_weights([cells[i] for i in rows])
        splits[name] = CellDataset(crop_store, rows, targets, weights, mask_store)
    return cells, net_config(config, stages), splits
