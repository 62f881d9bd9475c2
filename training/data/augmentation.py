"""Random changes of training images, a whole batch at once."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from leukview.inference.classification.preprocess import SUPPRESSED, Preprocessing, rim
from leukview.inference.networks.config import Pooling
from training.config import Augment

HED = torch.tensor([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
"""Optical density of haematoxylin, eosin and a residual in R, G, B (Ruifrok and Johnston 2001): a basis for jitter, not
a claim that May-Grünwald-Giemsa is made of these dyes."""


SOFT = 12
"""Side in pixels to which a background is made small and from which it is drawn up again, blurred."""
RIM = 7
"""Side in pixels of the box that widens a mask before the background is changed: masks cut a little short."""
RIMS = (3, 5, 7, 9)
"""Such sides to draw from where the background is treated: the network shall not count on one segmenter's edge."""


class _Draws:
    """Random numbers of a generator on the CPU, brought to where the images are."""

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        self._generator, self._device = generator, device

    def uniform(self, *shape: int) -> Tensor:
        """Of 0..1."""
        return torch.rand(*shape, generator=self._generator).to(self._device)

    def normal(self, *shape: int) -> Tensor:
        """Of mean 0 and standard deviation 1."""
        return torch.randn(*shape, generator=self._generator).to(self._device)

    def whole(self, below: int, *shape: int) -> Tensor:
        """Whole numbers from 0 to `below` − 1."""
        return torch.randint(0, below, shape, generator=self._generator).to(self._device)


def augmented(
    batch: Tensor,
    masks: Tensor | None,
    how: Preprocessing,
    augment: Augment,
    generator: torch.Generator,
    side: int | None = None,
    pooling: Pooling = "frame",
) -> Tensor:
    """Change the background, flip, turn, scale, shift, blur, restain, and treat the background as the bundle will.

    Args:
        batch: uint8, B×S×S×3 with S = side + 2·margin.
        masks: uint8, B×S×S, 0 background; None = the backgrounds stay, and the cell is everywhere.
        how: Gives side and normalisation.
        augment: How strongly.
        generator: On the CPU, wherever the batch is, so that a seed means the same everywhere.
        side: Of the result, which shows the same field; None = that of `how`.
        pooling: Of the network; for ``cell`` the mask is the fourth channel.

    Returns:
        Normalised float32 B×C×side×side, where the batch is.
    """
    draws = _Draws(generator, batch.device)
    b, size = batch.shape[:2]
    side = side or how.side
    pixels = batch.permute(0, 3, 1, 2).float().contiguous()
    if masks is not None and augment.background > 0:
        pixels = reset(pixels, masks, augment.background, generator)
    turns = draws.whole(4, b) * (torch.pi / 2)
    turns = turns + (2 * draws.uniform(b) - 1) * math.radians(augment.angle)
    flips = draws.whole(2, b) * 2.0 - 1.0
    zoom = how.side / size * (1 + augment.scale * (2 * draws.uniform(b) - 1))
    shift = (2 * draws.uniform(b, 2) - 1) * (2 * augment.shift / size)
    cos, sin = torch.cos(turns) * zoom, torch.sin(turns) * zoom
    theta = torch.stack((torch.stack((cos * flips, -sin), 1), torch.stack((sin * flips, cos), 1)), 1)
    grid = F.affine_grid(torch.cat((theta, shift[:, :, None]), 2), [b, 3, side, side], align_corners=False)
    pixels = F.grid_sample(pixels, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    cell = None
    if masks is not None and needs_cover(how, pooling):
        cover = shown_cell(masks)
        cell = F.grid_sample(cover, grid, mode="nearest", padding_mode="zeros", align_corners=False)
    if augment.blur > 0:
        soft = F.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)
        part = augment.blur * (1.5 * draws.uniform(b, 1, 1, 1) - 0.5)
        pixels = torch.lerp(pixels, soft, part).clamp(0, 255)  # sharpening overshoots
    box = RIMS[int(torch.randint(0, len(RIMS), (1,), generator=generator))]  # read here: it stays on the CPU
    return finished(restained(pixels, augment, generator), cell, how, pooling, box)


def needs_cover(how: Preprocessing, pooling: Pooling) -> bool:
    """Whether the network's input depends on the masks."""
    return how.background != "keep" or pooling == "cell"


def shown_cell(masks: Tensor) -> Tensor:
    """uint8 B×S×S → float B×1×S×S of 0 and 1; 1 everywhere where a mask is empty, as at inference."""
    cell = (masks > 0).float()[:, None]
    return torch.where(cell.flatten(1).any(1)[:, None, None, None], cell, torch.ones_like(cell))


def finished(pixels: Tensor, cell: Tensor | None, how: Preprocessing, pooling: Pooling, box: int) -> Tensor:
    """Treat the background and normalise.

    Args:
        pixels: Float B×3×s×s, 0..255.
        cell: B×1×s×s of 0 and 1; None = everywhere.
        how: Gives background and normalisation.
        pooling: For ``cell`` the mask becomes the fourth channel.
        box: Side of the box by which the mask is widened before the background is changed, in pixels, odd.
    """
    if how.background != "keep" and cell is not None:
        kept = F.max_pool2d(cell, box, 1, box // 2)
        if how.background == "suppress":
            pixels = pixels * kept + SUPPRESSED * (1 - kept)
        else:
            soft = F.interpolate(F.adaptive_avg_pool2d(pixels, SOFT), pixels.shape[2:], mode="bilinear")
            pixels = pixels * kept + soft * (1 - kept)
    values = normalised(pixels, how)
    if pooling == "frame":
        return values
    cover = torch.ones_like(values[:, :1]) if cell is None else cell
    return torch.cat((values, cover), 1).contiguous(memory_format=torch.channels_last)


def reset(pixels: Tensor, masks: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Blur or level (evenly often) what lies outside the mask of some images; an empty mask leaves its image.

    Args:
        pixels: Float B×3×S×S, 0..255.
        masks: uint8 B×S×S.
        chance: Of an image to be changed.
        generator: On the CPU.
    """
    drawn = _Draws(generator, pixels.device).uniform(pixels.shape[0])
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
    b, draws, hed = pixels.shape[0], _Draws(generator, pixels.device), HED.to(pixels.device)
    gain = 1 + augment.stain * draws.normal(b, 3)
    offset = augment.stain * 0.3 * draws.normal(b, 3)
    light = augment.brightness * draws.normal(b, 1)
    density = -torch.log((pixels + 1) / 256).permute(0, 2, 3, 1).reshape(b, -1, 3)
    if augment.hue > 0:
        density = density * torch.exp(augment.hue * draws.normal(b, 1, 3))
    mix = torch.linalg.inv(HED).to(hed.device) @ torch.diag_embed(gain) @ hed
    density = torch.baddbmm((offset @ hed - light)[:, None], density, mix)
    restained = 256 * torch.exp(-density) - 1
    return restained.clamp(0, 255).reshape(b, *pixels.shape[2:], 3).permute(0, 3, 1, 2)


def centred(batch: Tensor, masks: Tensor | None, how: Preprocessing, pooling: Pooling = "frame") -> Tensor:
    """What the network sees of cached squares and their masks at inference (see `augmented`), normalised."""
    margin = (batch.shape[1] - how.side) // 2
    end = margin + how.side
    pixels = batch[:, margin:end, margin:end].permute(0, 3, 1, 2).float()
    cell = None
    if masks is not None and needs_cover(how, pooling):
        cell = shown_cell(masks[:, margin:end, margin:end])
    return finished(pixels, cell, how, pooling, rim(how.side))


def normalised(pixels: Tensor, how: Preprocessing) -> Tensor:
    """0..255 float B×3×h×w → the scale of `leukview.inference.classification.preprocess.normalise`, channels last."""
    mean = torch.tensor(how.mean, device=pixels.device)[None, :, None, None] * 255
    std = torch.tensor(how.std, device=pixels.device)[None, :, None, None] * 255
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)
