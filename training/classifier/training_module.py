"""What one training step computes: a micro-batch, and network and plain heads as one module."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from leukview.inference.networks.pmg import PmgNet
from training.classifier.losses import LinearHeads


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """Part of a batch that is computed in one forward and backward pass.

    Attributes:
        images: Network input, B×C×s×s.
        targets: B×S indices of choices; −1 where the label does not determine the stage.
        teacher_probabilities: B×choices of each stage; empty without teachers.
        generator: Random number generator of the jigsaw shuffling.
    """

    images: Tensor
    targets: Tensor
    teacher_probabilities: dict[str, Tensor]
    generator: torch.Generator


class TrainingModule(nn.Module):
    """Network and plain heads as one module, as distributed data parallel requires."""

    def __init__(self, net: PmgNet, heads: LinearHeads) -> None:
        super().__init__()
        self.net, self.heads = net, heads

    def forward(self, images: Tensor, granularity: int | None) -> dict[str, Tensor]:
        """Compute the logits of each stage.

        Args:
            images: B×C×s×s.
            granularity: Index of one of the four classifiers; None for the plain heads.
        """
        if granularity is None:
            return self.heads(self.net.pooled_features(images))  # type: ignore[no-any-return]
        return self.net.granularity_logits(images, granularity)
