"""The cells of a run, split by split, and the network that fits them."""

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
"""Kept on the CPU as a memory map, or whole on an accelerator, which then waits for no copy."""


@dataclass
class CellDataset:
    """The cells of one split.

    Attributes:
        squares: uint8 N×S×S×3, of all splits; a tensor where they lie in an accelerator's memory.
        rows: Which of them are this split's.
        targets: One row a row of `squares`, one column a stage; −1 = the label is silent.
        weights: Chance of each of `rows` to be drawn.
        masks: N×S×S where the input depends on them.
    """

    crops: ImageStore
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    masks: ImageStore | None = None

    def load_rows(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor | None]:
        """uint8 images, targets and, where there are any, masks, in ascending order of the rows.

        Images and masks come where they are kept, targets on the CPU.
        """
        rows = np.sort(rows)
        masks = None if self.masks is None else _select_rows(self.masks, rows)
        return _select_rows(self.crops, rows), torch.from_numpy(self.targets[rows]), masks


def _select_rows(images: ImageStore, rows: NDArray[np.int64]) -> Tensor:
    if isinstance(images, Tensor):
        return images[torch.from_numpy(rows).to(images.device)]
    return torch.from_numpy(images[rows])


def to_device(images: NDArray[np.uint8], device: str) -> ImageStore:
    """The pictures in the memory of an accelerator; where they are if there is none."""
    return images if device == "cpu" else torch.from_numpy(np.ascontiguousarray(images)).to(device)


def net_config(config: TrainConfig, stages: tuple[tuple[str, tuple[str, ...]], ...]) -> NetConfig:
    """The network of a run."""
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
    """Cells, network and splits of a run.

    Args:
        config: Of the run.
        cache_folder: Folder of the decoded cells and their masks.
        training: Check for leaks, and make the masks that the augmentation needs.
        leave_out: A source all of whose cells are kept aside, to see what a site that was never seen would get.
        device: In whose memory pictures and masks are to lie.

    Raises:
        LeukViewError: The splits leak, or no cell is of the source to be left out.
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
    how, augment = config.preprocessing, config.augment
    masks = None
    if needs_masks(how, config.pooling) or (training and augment.background > 0):
        masks = cached_masks(cells, folder, cache_folder, how, augment.margin, load_embedded_segmenter())
    squares = cached_crops(cells, folder, cache_folder, how, augment.margin)
    if training:
        check_dataset(cells, squares, how.field * squares.shape[1] / how.side)
    targets = stage_targets(cells, taxonomy, stages)
    shown, covers = to_device(squares, device), None if masks is None else to_device(masks, device)
    split_names = np.asarray([c.split for c in cells])
    splits = {}
    for name in sorted(set(split_names.tolist())):
        rows = np.flatnonzero(split_names == name)
        weights = sampling_weights([cells[i] for i in rows])
        splits[name] = CellDataset(shown, rows, targets, weights, covers)
    return cells, net_config(config, stages), splits
