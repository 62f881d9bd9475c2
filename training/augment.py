"""Random changes of training images, a whole batch at once."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from leukview.inference.preprocess import Preprocessing
from training.config import Augment

HED = torch.tensor([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
"""Optical density of haematoxylin, eosin and a residual in R, G, B (Ruifrok and Johnston 2001): a basis for jitter, not
a claim that May-Grünwald-Giemsa is made of these dyes."""


SOFT = 12
"""Side in pixels to which a background is made small and from which it is drawn up again, blurred."""
RIM = 7
"""Side in pixels of the box that widens a mask before the background is changed: masks cut a little short."""


def augmented(
    batch: Tensor,
    masks: Tensor | None,
    how: Preprocessing,
    augment: Augment,
    generator: torch.Generator,
    side: int | None = None,
) -> Tensor:
    """Change the background, flip, turn, scale, shift, blur and restain.

    Args:
        batch: uint8, B×S×S×3 with S = side + 2·margin.
        masks: uint8, B×S×S, 0 background; None = the backgrounds stay.
        how: Gives side and normalisation.
        augment: How strongly.
        generator: On the CPU.
        side: Of the result, which shows the same field; None = that of `how`.

    Returns:
        Normalised float32 B×3×side×side.
    """
    b, size = batch.shape[:2]
    side = side or how.side
    pixels = batch.permute(0, 3, 1, 2).float().contiguous()
    if masks is not None and augment.background > 0:
        pixels = reset(pixels, masks, augment.background, generator)
    turns = torch.randint(0, 4, (b,), generator=generator) * (torch.pi / 2)
    turns = turns + (2 * torch.rand(b, generator=generator) - 1) * math.radians(augment.angle)
    flips = torch.randint(0, 2, (b,), generator=generator) * 2.0 - 1.0
    zoom = how.side / size * (1 + augment.scale * (2 * torch.rand(b, generator=generator) - 1))
    shift = (2 * torch.rand(b, 2, generator=generator) - 1) * (2 * augment.shift / size)
    cos, sin = torch.cos(turns) * zoom, torch.sin(turns) * zoom
    theta = torch.stack((torch.stack((cos * flips, -sin), 1), torch.stack((sin * flips, cos), 1)), 1)
    grid = F.affine_grid(torch.cat((theta, shift[:, :, None]), 2), [b, 3, side, side], align_corners=False)
    pixels = F.grid_sample(pixels, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    if augment.blur > 0:
        soft = F.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)
        part = augment.blur * (1.5 * torch.rand(b, 1, 1, 1, generator=generator) - 0.5)
        pixels = torch.lerp(pixels, soft, part).clamp(0, 255)  # sharpening overshoots
    return normalised(restained(pixels, augment, generator), how)


def reset(pixels: Tensor, masks: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Blur or level (evenly often) what lies outside the mask of some images; an empty mask leaves its image.

    Args:
        pixels: Float B×3×S×S, 0..255.
        masks: uint8 B×S×S.
        chance: Of an image to be changed.
        generator: On the CPU.
    """
    drawn = torch.rand(pixels.shape[0], generator=generator)
    rows = torch.nonzero((drawn < chance) & masks.flatten(1).any(1))[:, 0]
    if not len(rows):
        return pixels
    chosen = pixels[rows].contiguous()
    cell = F.max_pool2d((masks[rows] > 0).float()[:, None], RIM, 1, RIM // 2)
    outside = 1 - cell
    level = (chosen * outside).sum((2, 3), keepdim=True) / outside.sum((2, 3), keepdim=True).clamp(min=1)
    soft = F.interpolate(F.adaptive_avg_pool2d(chosen, SOFT), chosen.shape[2:], mode="bilinear", align_corners=False)
    blurred = (drawn[rows] < chance / 2)[:, None, None, None]
    result = pixels.clone()
    result[rows] = chosen * cell + torch.where(blurred, soft, level) * outside
    return result


def restained(pixels: Tensor, augment: Augment, generator: torch.Generator) -> Tensor:
    """Change the strength of the stains and the light; float B×3×h×w, 0..255 in and out."""
    b = pixels.shape[0]
    gain = 1 + augment.stain * torch.randn(b, 3, generator=generator)
    offset = augment.stain * 0.3 * torch.randn(b, 3, generator=generator)
    light = augment.brightness * torch.randn(b, 1, generator=generator)
    density = -torch.log((pixels + 1) / 256).permute(0, 2, 3, 1).reshape(b, -1, 3)
    mix = torch.linalg.inv(HED) @ torch.diag_embed(gain) @ HED
    density = torch.baddbmm((offset @ HED - light)[:, None], density, mix)
    restained = 256 * torch.exp(-density) - 1
    return restained.clamp(0, 255).reshape(b, *pixels.shape[2:], 3).permute(0, 3, 1, 2)


def centred(batch: Tensor, how: Preprocessing) -> Tensor:
    """What the network sees of cached squares, unchanged and normalised."""
    margin = (batch.shape[1] - how.side) // 2
    end = margin + how.side
    return normalised(batch[:, margin:end, margin:end].permute(0, 3, 1, 2).float(), how)


def normalised(pixels: Tensor, how: Preprocessing) -> Tensor:
    """0..255 float B×3×h×w → the scale of `leukview.inference.preprocess.normalise`, channels last."""
    mean = torch.tensor(how.mean)[None, :, None, None] * 255
    std = torch.tensor(how.std)[None, :, None, None] * 255
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)
