"""Progressive multi-granularity (PMG) network for several stages at once.

Du et al., "Fine-Grained Visual Classification via Progressive Multi-Granularity Training of Jigsaw Patches", ECCV 2020;
the stages are those of Cancer Science 2025, doi 10.1111/cas.16374. The class-activation maps are computed in closed
form, see `PmgNet.forward`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.inference.networks.config import EfficientNetLiteConfig, NetConfig, TrunkConfig
from leukview.inference.networks.efficientnet_lite import EfficientNetLiteTrunk
from leukview.inference.networks.resnext import ResNeXtTrunk

GRANULARITY_COUNT = 3
CONCATENATED_HEAD = 3
"""Index of the fourth classifier, which reads the concatenated vectors."""
FINEST_STRIDE = 8
"""Input pixels per element of the finest block's map."""
JIGSAW_PATCHES = (8, 4, 2, 1)
"""Patches per side in each of the four steps of a training iteration."""


class GranularityBlock(nn.Module):
    """1×1 then 3×3 convolution, each with batch normalisation and ReLU."""

    def __init__(self, in_channels: int, inner_channels: int, out_channels: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(in_channels, inner_channels, 1, bias=False)
        self.mix_norm = nn.BatchNorm2d(inner_channels)
        self.look = nn.Conv2d(inner_channels, out_channels, 3, 1, 1, bias=False)
        self.look_norm = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor, coverage: Tensor | None = None) -> Tensor:
        """Map B×before×h×w to a non-negative B×after×h×w.

        Args:
            x: Feature map of a trunk stage.
            coverage: B×1×h×w, share of each element that the cell covers (0..1); multiplies the result, so that no
                maximum lies outside the cell.
        """
        x = torch.relu(self.mix_norm(self.mix(x)))
        x = torch.relu(self.look_norm(self.look(x)))
        return x if coverage is None else x * coverage


class PmgClassifier(nn.Module):
    """BN–Linear–BN–ELU–Linear on pooled vectors."""

    def __init__(self, in_features: int, hidden_features: int, class_count: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(in_features)
        self.hidden = nn.Linear(in_features, hidden_features)
        self.hidden_norm = nn.BatchNorm1d(hidden_features)
        self.out = nn.Linear(hidden_features, class_count)

    def forward(self, pooled: Tensor) -> Tensor:
        """Map pooled vectors B×before to logits B×choices."""
        return self.out(F.elu(self.hidden_norm(self.hidden(self.norm(pooled)))))  # type: ignore[no-any-return]

    def forward_with_gradient(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and their exact gradient at the pooled vector, in evaluation mode.

        With z = BN₂(W₁·BN₁(p)) and y = W₂·ELU(z): ∂y_c/∂p = (W₂[c] ⊙ ELU′(z) ⊙ s₂)·W₁ ⊙ s₁, where s = γ/√(σ²+ε) is the
        scale of a batch normalisation and ELU′(z) = 1 above zero, eᶻ below.

        Returns:
            Logits B×C and gradients B×C×before.
        """
        z = self.hidden_norm(self.hidden(self.norm(pooled)))
        logits = self.out(F.elu(z))
        bend = torch.exp(torch.clamp(z, max=0.0))  # B×H
        inner = self.out.weight[None] * (bend * _bn_scale(self.hidden_norm))[:, None]  # B×C×H
        return logits, inner @ (self.hidden.weight * _bn_scale(self.norm)[None])


def _bn_scale(norm: nn.BatchNorm1d) -> Tensor:
    variance = norm.running_var
    if variance is None:
        raise ModelError("The network's normalisation layers contain no statistics.")
    return norm.weight / torch.sqrt(variance + norm.eps)


def masked_mean(maps: Tensor, coverage: Tensor | None) -> Tensor:
    """Average B×K×h×w over the frame, or weighted by a cell's coverage (B×1×h×w): B×K."""
    if coverage is None:
        return maps.mean((2, 3))
    return (maps * coverage).sum((2, 3)) / coverage.sum((2, 3)).clamp(min=1e-3)


def build_trunk(config: TrunkConfig | EfficientNetLiteConfig) -> ResNeXtTrunk | EfficientNetLiteTrunk:
    """The trunk that a configuration describes, with random weights."""
    return ResNeXtTrunk(config) if isinstance(config, TrunkConfig) else EfficientNetLiteTrunk(config)


class PmgBranch(nn.Module):
    """A trunk, its three granularity blocks, and four classifiers per stage."""

    def __init__(self, config: NetConfig, stages: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        super().__init__()
        self.pooling = config.pooling
        self.trunk = build_trunk(config.trunk)
        self.blocks = nn.ModuleList(
            GranularityBlock(width, config.block_inner, config.block) for width in config.trunk.widths[1:]
        )
        sizes = (config.block,) * GRANULARITY_COUNT + (config.block * GRANULARITY_COUNT,)
        self.classifiers = nn.ModuleDict(
            {
                key: nn.ModuleList(PmgClassifier(size, config.hidden, len(choices)) for size in sizes)
                for key, choices in stages
            }
        )

    def _coverage(self, x: Tensor, granularity: int) -> Tensor | None:
        """Average the input's mask channel to the grid of a block."""
        if self.pooling == "frame":
            return None
        stride = FINEST_STRIDE * 2**granularity
        return F.avg_pool2d(x[:, 3:], stride, stride, ceil_mode=True)  # the trunk's strides also round up

    def block_activations(self, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """Maps of the three blocks and pooled features of the trunk (B×widths[3])."""
        maps = self.trunk(x[:, :3])
        covers = [self._coverage(x, i) for i in range(GRANULARITY_COUNT)]
        return [b(m, c) for b, m, c in zip(self.blocks, maps, covers, strict=True)], masked_mean(maps[-1], covers[-1])

    def pooled_features(self, x: Tensor) -> Tensor:
        """Pooled features of the trunk, B×widths[3]."""
        return masked_mean(self.trunk(x[:, :3])[2], self._coverage(x, GRANULARITY_COUNT - 1))

    def granularity_logits(self, x: Tensor, granularity: int) -> dict[str, Tensor]:
        """Logits of one granularity (or of `CONCATENATED_HEAD`) by stage, B×choices each."""
        if granularity == CONCATENATED_HEAD:
            pooled = torch.cat([a.amax((2, 3)) for a in self.block_activations(x)[0]], 1)
        else:
            map_ = self.trunk.feature_maps(x[:, :3], granularity + 1)[-1]
            pooled = self.blocks[granularity](map_, self._coverage(x, granularity)).amax((2, 3))
        return {key: heads[granularity](pooled) for key, heads in self._stage_heads()}

    def logits_of_granularities(self, x: Tensor) -> list[dict[str, Tensor]]:
        """Logits of the four classifiers of every stage from one pass, the concatenated one last; for training."""
        pooled = [a.amax((2, 3)) for a in self.block_activations(x)[0]]
        inputs = (*pooled, torch.cat(pooled, 1))
        heads = self._stage_heads()
        return [{key: own[number](vector) for key, own in heads} for number, vector in enumerate(inputs)]

    def _stage_heads(self) -> list[tuple[str, list[PmgClassifier]]]:
        return [
            (key, [head for head in heads if isinstance(head, PmgClassifier)])
            for key, heads in self.classifiers.items()
            if isinstance(heads, nn.ModuleList)
        ]

    def forward_all(self, x: Tensor) -> tuple[dict[str, tuple[Tensor, list[Tensor]]], Tensor]:
        """Combined logits and block maps of every stage, and the features."""
        activations, features = self.block_activations(x)
        pooled = [a.amax((2, 3)) for a in activations]
        joined = torch.cat(pooled, 1)
        found: dict[str, tuple[Tensor, list[Tensor]]] = {}
        for key, heads in self._stage_heads():
            total, slopes = heads[CONCATENATED_HEAD].forward_with_gradient(joined)
            maps = []
            parts = torch.split(slopes, [p.shape[1] for p in pooled], 2)
            for head, vector, activation, part in zip(heads, pooled, activations, parts, strict=False):
                logits, own = head.forward_with_gradient(vector)
                total = total + logits
                area = activation.shape[2] * activation.shape[3]
                maps.append(torch.relu(torch.einsum("bck,bkhw->bchw", (own + part) / area, activation)))
            found[key] = total, maps
        return found, features


class PmgNet(nn.Module):
    """PMG network in either architecture, ``shared`` or ``paper``.

    Args:
        config: Describes trunk, blocks and trained stages.

    Raises:
        ModelError: There is no stage, or a stage has fewer than two choices.
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        if not config.stages or any(len(choices) < 2 for _, choices in config.stages):
            raise ModelError("A network needs at least one stage, and each stage at least two choices.")
        self.config = config
        split = [config.stages] if config.architecture == "shared" else [(stage,) for stage in config.stages]
        self.branches = nn.ModuleList(PmgBranch(config, stages) for stages in split)

    def branch_for_stage(self, stage: str) -> PmgBranch:
        """Branch that predicts a stage; `KeyError` if the stage was not trained."""
        for branch in self._branches():
            if stage in branch.classifiers:
                return branch
        raise KeyError(stage)

    def _branches(self) -> list[PmgBranch]:
        return [branch for branch in self.branches if isinstance(branch, PmgBranch)]

    def pooled_features(self, x: Tensor) -> Tensor:
        """Pooled trunk features B×F of input B×C×s×s."""
        return torch.cat([branch.pooled_features(x) for branch in self._branches()], 1)

    def granularity_logits(self, x: Tensor, granularity: int) -> dict[str, Tensor]:
        """Logits of one of the four classifiers, for every stage.

        Args:
            x: B×C×s×s; shuffled by `jigsaw` to match during training.
            granularity: 0, 1, 2, or `CONCATENATED_HEAD`.
        """
        found: dict[str, Tensor] = {}
        for branch in self._branches():
            found |= branch.granularity_logits(x, granularity)
        return found

    def combined_logits(self, x: Tensor) -> dict[str, Tensor]:
        """Sum of the four classifiers' logits per stage (the paper's "combined")."""
        return {key: logits for key, (logits, _) in self._forward_all(x)[0].items()}

    def _forward_all(self, x: Tensor) -> tuple[dict[str, tuple[Tensor, list[Tensor]]], Tensor]:
        found: dict[str, tuple[Tensor, list[Tensor]]] = {}
        features = []
        for branch in self._branches():
            stages, own = branch.forward_all(x)
            found |= stages
            features.append(own)
        return found, torch.cat(features, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Compute features, logits and Grad-CAM maps in one pass.

        A classifier reads its block's activation A (K×h×w) only through p_k = max A_k, so the Grad-CAM weight
        (Selvaraju et al. 2017) is α_k = (1/hw)·∂y_c/∂p_k, exactly, where y is the combined logit; the map is
        ReLU(Σ α_k A_k). With cell pooling, A is multiplied by the cell's coverage of each element before the maximum:
        neither logits nor maps then depend on elements outside the cell.

        Args:
            x: B×3×s×s, normalised; with cell pooling B×4×s×s, the fourth channel being the cell's mask (0..1).

        Returns:
            Features B×F, then per stage in order: combined logits B×C, and the three blocks' maps B×C×h×w.
        """
        stages, features = self._forward_all(x)
        flat: list[Tensor] = [features]
        for key, _ in self.config.stages:
            logits, maps = stages[key]
            flat += [logits, *maps]
        return tuple(flat)


def jigsaw(images: Tensor, patches: int, generator: torch.Generator) -> Tensor:
    """Shuffle the patches of each image, with one random permutation per image.

    Args:
        images: B×C×s×s; s divisible by `patches`.
        patches: Number per side; 1 returns the images unchanged.
        generator: Source of the permutations, on the CPU.

    Raises:
        ModelError: The image side is not divisible by `patches`.
    """
    if patches == 1:
        return images
    b, c, height, width = images.shape
    if height % patches or width % patches:
        raise ModelError(
            Message(
                "An image of {height}×{width} pixels cannot be divided into {patches} patches.",
                height=height,
                width=width,
                patches=patches,
            )
        )
    h, w = height // patches, width // patches
    tiles = images.reshape(b, c, patches, h, patches, w).permute(0, 2, 4, 1, 3, 5).reshape(b, patches**2, c, h, w)
    order = torch.rand(b, patches**2, generator=generator).argsort(1).to(images.device)
    tiles = tiles.gather(1, order[:, :, None, None, None].expand_as(tiles))
    return tiles.reshape(b, patches, patches, c, h, w).permute(0, 3, 1, 4, 2, 5).reshape(b, c, height, width)
