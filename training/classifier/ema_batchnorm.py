"""A network's running values: the average of its weights, its normalisation statistics, and what it is chosen by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from leukview.inference.networks.pmg import PmgNet
from training.config import TrainConfig
from training.data.augmentation import inference_input
from training.data.splits import CellDataset

BN_MOMENTUM = 0.1
"""Of the running statistics while training."""
BATCH_SIZE = 128


def update_ema(average: nn.Module, net: nn.Module, decay: float) -> None:
    """Move a running average of the weights towards a network: average = decay · average + (1 − decay) · net."""
    pairs = list(zip(average.state_dict().values(), net.state_dict().values(), strict=True))
    real = [(mine, new) for mine, new in pairs if mine.is_floating_point()]
    with torch.no_grad():  # all at once: an accelerator would wait for each tensor's own call
        torch._foreach_lerp_([mine for mine, _ in real], [new for _, new in real], 1 - decay)
        for mine, new in pairs:
            if not mine.is_floating_point():
                mine.copy_(new)


def repair_bn_stats(net: nn.Module, average: nn.Module) -> None:
    """Take running statistics that are no numbers from the average: those of a pass without numbers are lost."""
    kept = dict(average.named_buffers())
    with torch.no_grad():
        for name, buffer in net.named_buffers():
            if not torch.isfinite(buffer).all():
                buffer.copy_(kept[name])


def recompute_bn_stats(net: PmgNet, images: Callable[[], Tensor], batches: int) -> None:
    """Take the normalisation statistics anew from whole images: the jigsaws of training are never seen later.

    Args:
        net: Changed in place; in evaluation mode afterwards.
        images: The next batch, normalised B×C×s×s.
        batches: How many to average over.
    """
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over the batches
    net.train()
    with torch.no_grad():
        for _ in range(batches):
            net.combined_logits(images())
    for norm in norms:
        norm.momentum = BN_MOMENTUM
    net.eval()


def balanced_accuracies(
    net: PmgNet, cells: CellDataset, config: TrainConfig, autocast: torch.autocast
) -> dict[str, float]:
    """Mean recall of the choices of each stage on a split's cells, as they are.

    Args:
        net: On the device where it is to answer.
        cells: Of the split.
        config: Of the run.
        autocast: How it computes.
    """
    net.eval()
    device = next(net.parameters()).device
    logits: dict[str, list[Tensor]] = {}
    with torch.no_grad(), autocast:
        for start in range(0, len(cells.rows), BATCH_SIZE):
            images, _, masks = cells.load_rows(cells.rows[start : start + BATCH_SIZE])
            seen = inference_input(images, masks, config.preprocessing, config.pooling)
            for key, values in net.combined_logits(seen.to(device)).items():
                logits.setdefault(key, []).append(values.float().cpu())
    found: dict[str, float] = {}
    for column, (key, parts) in enumerate(logits.items()):
        truth = cells.targets[cells.rows, column]
        guess = torch.cat(parts).argmax(1).numpy()
        found[key] = float(np.mean([(guess[truth == c] == c).mean() for c in np.unique(truth[truth >= 0])]))
    return found
