"""A ResNeXt trunk of configurable depth and width (Xie et al., CVPR 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from leukview.inference.networks.config import TrunkConfig


class Bottleneck(nn.Module):
    """Bottleneck block: 1×1, grouped 3×3 and 1×1 convolution around a shortcut."""

    def __init__(self, in_channels: int, out_channels: int, stride: int, groups: int, squeeze: int) -> None:
        super().__init__()
        inner = out_channels // squeeze
        self.reduce = nn.Conv2d(in_channels, inner, 1, bias=False)
        self.reduce_norm = nn.BatchNorm2d(inner)
        self.spread = nn.Conv2d(inner, inner, 3, stride, 1, groups=groups, bias=False)
        self.spread_norm = nn.BatchNorm2d(inner)
        self.expand = nn.Conv2d(inner, out_channels, 1, bias=False)
        self.expand_norm = nn.BatchNorm2d(out_channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Map B×before×h×w to B×after×h/stride×w/stride."""
        y = self.relu(self.reduce_norm(self.reduce(x)))
        y = self.relu(self.spread_norm(self.spread(y)))
        y = self.expand_norm(self.expand(y))
        return torch.relu(y + self.shortcut(x))


class ResNeXtTrunk(nn.Module):
    """Stem and four stages; returns the maps of the last three (strides 8, 16, 32)."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Sequential(
            nn.Conv2d(3, config.stem, 7, 2, 3, bias=False),
            nn.BatchNorm2d(config.stem),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1),
        )
        stages = []
        before = config.stem
        for i, (width, depth) in enumerate(zip(config.widths, config.depths, strict=True)):
            blocks = []
            for j in range(depth):
                stride = 2 if i and j == 0 else 1
                blocks.append(Bottleneck(before, width, stride, config.groups, config.squeeze))
                before = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map B×3×s×s to the outputs of ResNet stages 3, 4 and 5 (strides 8, 16, 32)."""
        first, second, third = self.feature_maps(x, 3)
        return first, second, third

    def feature_maps(self, x: Tensor, count: int) -> list[Tensor]:
        """The first `count` of the three maps; deeper stages are not computed."""
        x = self.stem(x)
        found = []
        for stage in list(self.stages)[: count + 1]:
            x = stage(x)
            found.append(x)
        return found[1:]
