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
from training.data.augmentation import needs_cover
from training.data.dataset import (
    TEST,
    TRAIN,
    LabelledCell,
    cached_squares,
    data_folder,
    load_cells,
    read_taxonomy,
    sampling_weights,
    stage_targets,
    support,
    trained_stages,
)
from training.data.leakage import check_run
from training.data.mask_cache import cached_masks, embedded_segmenter

Pictures = NDArray[np.uint8] | Tensor
"""Kept on the CPU as a memory map, or whole on an accelerator, which then waits for no copy."""


@dataclass
class Cells:
    """The cells of one split.

    Attributes:
        squares: uint8 N×S×S×3, of all splits; a tensor where they lie in an accelerator's memory.
        rows: Which of them are this split's.
        targets: One row a row of `squares`, one column a stage; −1 = the label is silent.
        weights: Chance of each of `rows` to be drawn.
        masks: N×S×S where the input depends on them.
    """

    squares: Pictures
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    masks: Pictures | None = None

    def pick(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor | None]:
        """uint8 images, targets and, where there are any, masks, in ascending order of the rows.

        Images and masks come where they are kept, targets on the CPU.
        """
        rows = np.sort(rows)
        masks = None if self.masks is None else _picked(self.masks, rows)
        return _picked(self.squares, rows), torch.from_numpy(self.targets[rows]), masks


def _picked(store: Pictures, rows: NDArray[np.int64]) -> Tensor:
    if isinstance(store, Tensor):
        return store[torch.from_numpy(rows).to(store.device)]
    return torch.from_numpy(store[rows])


def laid(store: NDArray[np.uint8], device: str) -> Pictures:
    """The pictures in the memory of an accelerator; where they are if there is none."""
    return store if device == "cpu" else torch.from_numpy(np.ascontiguousarray(store)).to(device)


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


def prepare(
    config: TrainConfig, cache: Path, training: bool = False, leave_out: str = "", device: str = "cpu"
) -> tuple[tuple[LabelledCell, ...], NetConfig, dict[str, Cells]]:
    """Cells, network and splits of a run.

    Args:
        config: Of the run.
        cache: Folder of the decoded cells and their masks.
        training: Check for leaks, and make the masks that the augmentation needs.
        leave_out: A source all of whose cells are kept aside, to see what a site that was never seen would get.
        device: In whose memory pictures and masks are to lie.

    Raises:
        LeukViewError: The splits leak, or no cell is of the source to be left out.
    """
    folder = data_folder()
    cells = load_cells(folder)
    if leave_out:
        if leave_out not in {c.source for c in cells}:
            raise LeukViewError(f"There are no cells of the source “{leave_out}” to leave out.")
        cells = tuple(replace(c, split=TEST) if c.source == leave_out else c for c in cells)
    taxonomy = read_taxonomy()
    counts = support((c for c in cells if c.split == TRAIN), taxonomy)
    stages = trained_stages(counts, taxonomy, config.least_support)
    how, augment = config.preprocessing, config.augment
    masks = None
    if needs_cover(how, config.pooling) or (training and augment.background > 0):
        masks = cached_masks(cells, folder, cache, how, augment.margin, embedded_segmenter())
    squares = cached_squares(cells, folder, cache, how, augment.margin)
    if training:
        check_run(cells, squares, how.field * squares.shape[1] / how.side)
    targets = stage_targets(cells, taxonomy, stages)
    shown, covers = laid(squares, device), None if masks is None else laid(masks, device)
    split_names = np.asarray([c.split for c in cells])
    splits = {}
    for name in sorted(set(split_names.tolist())):
        rows = np.flatnonzero(split_names == name)
        weights = sampling_weights([cells[i] for i in rows])
        splits[name] = Cells(shown, rows, targets, weights, covers)
    return cells, net_config(config, stages), splits
