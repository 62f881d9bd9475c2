"""Losses of labels that determine a part of a cell's type, or only the patient's diagnosis."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

TYPES = "types"


def admitted_loss(logits: Tensor, admitted: Tensor, smoothing: float = 0.05) -> Tensor:
    """−log of the probability that falls on the admitted leaves, mean over the rows that admit any.

    Args:
        logits: B×T.
        admitted: bool B×T.
        smoothing: Part of the loss that spreads over the admitted leaves evenly and a little over all.
    """
    rows = admitted.any(1)
    if not bool(rows.any()):
        return logits.sum() * 0
    logp = logits[rows].float().log_softmax(1)
    inside = logp.masked_fill(~admitted[rows], float("-inf")).logsumexp(1)
    return -((1 - smoothing) * inside + smoothing * logp.mean(1)).mean()


def head_loss(logits: Tensor, targets: Tensor, smoothing: float = 0.05) -> Tensor:
    """Cross-entropy of the rows whose target is not silent; B×2 and B."""
    rows = targets >= 0
    if not bool(rows.any()):
        return logits.sum() * 0
    return F.cross_entropy(logits[rows].float(), targets[rows], label_smoothing=smoothing)


def bag_loss(logits: Tensor, bags: Tensor, positive: Mapping[int, bool], share: float = 0.75) -> Tensor:
    """Multiple instances: the mean log odds of a patient's cells carry his label, each cell a soft one.

    Args:
        logits: B×2 of a head.
        bags: B, number of the patient; below 0 = none.
        positive: Number of the patient → whether his diagnosis is positive.
        share: Target of a single cell of a positive patient, most of whose cells are malignant but not all.
    """
    odds = (logits[:, 1] - logits[:, 0]).float()
    losses = []
    for bag, label in positive.items():
        own = odds[bags == bag]
        if not len(own):
            continue
        whole = torch.full_like(own[:1], 0.97 if label else 0.03)
        single = torch.full_like(own, share if label else 0.05)
        pooled = F.binary_cross_entropy_with_logits(own.mean()[None], whole)
        losses.append(0.5 * pooled + 0.5 * F.binary_cross_entropy_with_logits(own, single))
    return torch.stack(losses).mean() if losses else logits.sum() * 0
