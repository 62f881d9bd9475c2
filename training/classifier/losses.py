"""Losses, plain linear heads, optimiser and schedules of classifier training."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.config import PhaseRecipe


class LinearHeads(nn.Module):
    """Linear classifiers on the pooled trunk features, used in the first phase only."""

    def __init__(self, features: int, stages: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({key: nn.Linear(features, len(choices)) for key, choices in stages})

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Compute the logits of each stage from B×F features."""
        return {key: head(features) for key, head in self.heads.items()}


def path_loss(logits: dict[str, Tensor], targets: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Negative log-likelihood of the labelled path, mean over the batch.

    Args:
        logits: B×C of each stage, in the order of the columns of `targets`.
        targets: B×S indices of choices; −1 where the label does not determine the stage.
        weights: B×S weights of the steps (1 counts a step once).
        smoothing: Label smoothing, 0..1.
    """
    total = torch.zeros((), device=targets.device)
    for column, values in enumerate(logits.values()):
        losses = F.cross_entropy(
            values.float(), targets[:, column], ignore_index=-1, reduction="none", label_smoothing=smoothing
        )
        total = total + (losses * weights[:, column]).sum()
    return total / targets.shape[0]


def distillation_loss(logits: dict[str, Tensor], teacher_probabilities: dict[str, Tensor], weights: Tensor) -> Tensor:
    """Cross-entropy against the teachers' probabilities, mean over the batch.

    Only the steps that the label determines count.

    Args:
        logits: B×C of each stage.
        teacher_probabilities: Probabilities B×C of each stage.
        weights: B×S in the order of the stages, from `step_weights`.
    """
    total = torch.zeros((), device=weights.device)
    for column, (key, values) in enumerate(logits.items()):
        losses = F.cross_entropy(values.float(), teacher_probabilities[key], reduction="none")
        total = total + (losses * weights[:, column]).sum()
    return total / weights.shape[0]


def step_weights(targets: Tensor, coupling: str) -> Tensor:
    """Weights (B×S) of the steps of each labelled path; 0 where undetermined.

    Args:
        targets: B×S, −1 where the label does not determine the stage; columns from the root stage downwards.
        coupling: ``path``: weight 1; ``ancestors``: the number of path prefixes that contain the step.
    """
    known = (targets >= 0).float()
    if coupling == "path":
        return known
    return known.flip(1).cumsum(1).flip(1) * known


def learning_rate_at(recipe: PhaseRecipe, progress: float) -> float:
    """Learning rate at a progress of 0..1: linear warm-up, then cosine decay to zero."""
    progress = min(max(progress, 0.0), 1.0)
    if progress < recipe.warmup:
        return recipe.rate * max(progress / recipe.warmup, 0.01)
    return recipe.rate * 0.5 * (1 + math.cos(math.pi * (progress - recipe.warmup) / (1 - recipe.warmup)))


def image_size_at(sizes: tuple[int, ...], progress: float) -> int:
    """Image side at a progress of 0..1; each of `sizes` has an equal share."""
    return sizes[min(int(max(progress, 0.0) * len(sizes)), len(sizes) - 1)]


def build_optimiser(
    recipe: PhaseRecipe, trunk_parameters: list[nn.Parameter], head_parameters: list[nn.Parameter]
) -> torch.optim.Optimizer:
    """Build the optimiser with two parameter groups, the trunk first.

    Each group has a ``factor`` that multiplies the learning rate of the phase.
    """
    groups = [{"params": trunk_parameters, "factor": recipe.trunk_factor}, {"params": head_parameters, "factor": 1.0}]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=recipe.rate, momentum=0.9, weight_decay=recipe.weight_decay)
    return torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.weight_decay)
