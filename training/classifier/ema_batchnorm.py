"""EMA weights, BatchNorm statistics, and the validation score to choose by."""

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
"""Momentum of the BatchNorm running statistics during training."""
BATCH_SIZE = 128


def update_ema(average: nn.Module, net: nn.Module, decay: float) -> None:
    """Update an exponential moving average of the weights in place.

    average = decay · average + (1 − decay) · net; integer buffers are copied.
    """
    pairs = list(zip(average.state_dict().values(), net.state_dict().values(), strict=True))
    floating = [(mean, new) for mean, new in pairs if mean.is_floating_point()]
    with torch.no_grad():  # one call for all tensors: separate calls would be slow on an accelerator
        torch._foreach_lerp_([mean for mean, _ in floating], [new for _, new in floating], 1 - decay)
        for mean, new in pairs:
            if not mean.is_floating_point():
                mean.copy_(new)


def repair_bn_stats(net: nn.Module, average: nn.Module) -> None:
    """Replace non-finite running statistics of `net` by those of the average.

    A forward pass with NaN or infinite activations spoils the running statistics for good.
    """
    kept = dict(average.named_buffers())
    with torch.no_grad():
        for name, buffer in net.named_buffers():
            if not torch.isfinite(buffer).all():
                buffer.copy_(kept[name])


def recompute_bn_stats(net: PmgNet, images: Callable[[], Tensor], batches: int) -> None:
    """Recompute the BatchNorm statistics from whole images.

    During training they also include jigsaw images, which do not occur at inference.

    Args:
        net: Changed in place; in evaluation mode afterwards.
        images: Returns the next batch, normalised B×C×s×s.
        batches: Number of batches to average over.
    """
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # None: cumulative mean over the batches
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
    """Balanced accuracy (mean recall) of each stage on the cells of a split.

    The images are not augmented.

    Args:
        net: Network, on the device to compute on; set to evaluation mode.
        cells: Cells of the split.
        config: Configuration of the run.
        autocast: Precision context of the forward passes.
    """
    net.eval()
    device = next(net.parameters()).device
    logits: dict[str, list[Tensor]] = {}
    with torch.no_grad(), autocast:
        for start in range(0, len(cells.rows), BATCH_SIZE):
            images, _, masks = cells.load_rows(cells.rows[start : start + BATCH_SIZE])
            network_input = inference_input(images, masks, config.preprocessing, config.pooling)
            for key, values in net.combined_logits(network_input.to(device)).items():
                logits.setdefault(key, []).append(values.float().cpu())
    accuracies: dict[str, float] = {}
    for column, (key, parts) in enumerate(logits.items()):
        truth = cells.targets[cells.rows, column]
        predicted = torch.cat(parts).argmax(1).numpy()
        accuracies[key] = float(np.mean([(predicted[truth == c] == c).mean() for c in np.unique(truth[truth >= 0])]))
    return accuracies
