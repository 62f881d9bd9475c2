"""A compact U-Net (Ronneberger et al. 2015) for background, cytoplasm and nucleus."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


def _block(inside: int, outside: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, padding=1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
        nn.Conv2d(outside, outside, 3, padding=1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    """Encoder–decoder with skip connections.

    Args:
        width: Channels of the finest level; each level below doubles them.
        levels: Halvings of the side, which must be divisible by 2**levels.
        classes: Output channels.
    """

    def __init__(self, width: int = 16, levels: int = 4, classes: int = 3) -> None:
        super().__init__()
        widths = [width * min(2**i, 8) for i in range(levels + 1)]
        self.down = nn.ModuleList([_block(3, widths[0])])
        self.down.extend(_block(a, b) for a, b in pairwise(widths))
        self.up = nn.ModuleList(
            _block(below + here, here) for below, here in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits B×classes×s×s of images B×3×s×s (float, normalised to about −1..1)."""
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else nn.functional.max_pool2d(x, 2))  # B×w·2ˡ×s/2ˡ×s/2ˡ
            skips.append(x)
        for block, skip in zip(self.up, skips[-2::-1], strict=True):
            x = nn.functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = block(torch.cat([x, skip], dim=1))
        logits: Tensor = self.head(x)
        return logits
