"""EfficientNet-Lite0 as a trunk (Tan and Le, ICML 2019; the Lite variant has no squeeze-and-excitation).

Layers are named as in torchvision's EfficientNet. Padding is TensorFlow's “same”, for which the weights from ImageNet
were trained: what is odd goes to the right and below.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from leukview.inference.networks.config import EfficientNetLiteConfig

STEM, HEAD = 32, 1280
"""Channels after the first and the last convolution."""
STAGES = (
    # expansion, kernel, stride, channels, blocks
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
NORM_EPS = 1e-3
MAP_ENDS = (4, 6, 9)
"""Number of leading entries of `features` after which the maps of strides 8, 16 and 32 are taken."""


class SameConv2d(nn.Conv2d):
    """Convolution that pads so that the output has ceil(input / stride) elements."""

    def forward(self, x: Tensor) -> Tensor:
        """Map B×before×h×w to B×after×⌈h/stride⌉×⌈w/stride⌉."""
        pads: list[int] = []
        for size, kernel, stride in zip(reversed(x.shape[2:]), reversed(self.kernel_size), self.stride, strict=True):
            total = max((-(-int(size) // stride) - 1) * stride + kernel - int(size), 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads) if any(pads) else x, self.weight, None, self.stride, 0, 1, self.groups)


def _conv_norm(before: int, after: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True) -> nn.Module:
    layers: list[nn.Module] = [
        SameConv2d(before, after, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(after, eps=NORM_EPS),
    ]
    return nn.Sequential(*layers, nn.ReLU6(inplace=True)) if act else nn.Sequential(*layers)


class MBConv(nn.Module):
    """Inverted bottleneck: 1×1 expansion, depthwise convolution, linear 1×1 projection, shortcut where it fits."""

    def __init__(self, before: int, after: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = before * expansion
        layers = [_conv_norm(before, inner, 1)] if expansion != 1 else []
        layers += [_conv_norm(inner, inner, kernel, stride, groups=inner), _conv_norm(inner, after, 1, act=False)]
        self.block = nn.Sequential(*layers)
        self.has_shortcut = stride == 1 and before == after

    def forward(self, x: Tensor) -> Tensor:
        """Map B×before×h×w to B×after×⌈h/stride⌉×⌈w/stride⌉."""
        y: Tensor = self.block(x)
        return x + y if self.has_shortcut else y


class EfficientNetLiteTrunk(nn.Module):
    """EfficientNet-Lite0 without its classifier; returns the maps of strides 8, 16 and 32."""

    def __init__(self, config: EfficientNetLiteConfig) -> None:
        super().__init__()
        self.config = config
        parts: list[nn.Module] = [_conv_norm(3, STEM, 3, 2)]
        before = STEM
        for expansion, kernel, stride, after, count in STAGES:
            blocks = []
            for number in range(count):
                blocks.append(MBConv(before, after, expansion, kernel, stride if number == 0 else 1))
                before = after
            parts.append(nn.Sequential(*blocks))
        parts.append(_conv_norm(before, HEAD, 1))
        self.features = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map B×3×s×s to B×40×s/8×s/8, B×112×s/16×s/16 and B×1280×s/32×s/32, sides rounded up."""
        first, second, third = self.feature_maps(x, 3)
        return first, second, third

    def feature_maps(self, x: Tensor, count: int) -> list[Tensor]:
        """The first `count` of the three maps; deeper layers are not computed."""
        found, start = [], 0
        for end in MAP_ENDS[:count]:
            x = self.features[start:end](x)
            found.append(x)
            start = end
        return found
