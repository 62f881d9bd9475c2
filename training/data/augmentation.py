"""Random augmentation of batches of training images."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from leukview.inference.classification.preprocess import SUPPRESSED_GREY, Preprocessing, dilation_kernel_size
from leukview.inference.networks.config import Pooling
from training.config import AugmentationConfig

HED = torch.tensor([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
"""Optical densities in R, G, B of haematoxylin, eosin and a residual (Ruifrok and Johnston 2001), one stain per row.

They serve as a basis for stain jitter only: May-Grünwald-Giemsa consists of other dyes.
"""

BACKGROUND_BLUR_SIDE = 12
"""Side in pixels to which an image is downsampled and from which it is upsampled to blur the background."""
MASK_DILATION = 7
"""Side in pixels of the dilation box applied to a mask before the background is changed.

Masks tend to be a little too small.
"""
MASK_DILATIONS = (3, 5, 7, 9)
"""Dilation sides to draw from where the bundle treats the background.

The variation keeps the network from relying on the exact outline of one segmenter.
"""


class _RandomSource:
    """Random tensors drawn on the CPU and moved to the device of the images."""

    def __init__(self, generator: torch.Generator, device: torch.device) -> None:
        self._generator, self._device = generator, device

    def uniform(self, *shape: int) -> Tensor:
        """Draw uniformly from 0..1."""
        return torch.rand(*shape, generator=self._generator).to(self._device)

    def normal(self, *shape: int) -> Tensor:
        """Draw from the standard normal distribution."""
        return torch.randn(*shape, generator=self._generator).to(self._device)

    def integers(self, below: int, *shape: int) -> Tensor:
        """Draw integers from 0 to `below` − 1."""
        return torch.randint(0, below, shape, generator=self._generator).to(self._device)


def augment_images(
    batch: Tensor,
    masks: Tensor | None,
    preprocessing: Preprocessing,
    augmentation: AugmentationConfig,
    generator: torch.Generator,
    side: int | None = None,
    pooling: Pooling = "frame",
) -> Tensor:
    """Augment a batch and convert it to network input.

    In order: background replacement, flip, rotation, scale, shift, blur or sharpening, stain jitter, and the background
    treatment of `preprocessing`.

    Args:
        batch: uint8 images, B×S×S×3 with S = side + 2·margin.
        masks: uint8 masks, B×S×S, 0 = background; None leaves the backgrounds and takes the whole image for the cell.
        preprocessing: Gives side, background treatment and normalisation.
        augmentation: Strength of each change.
        generator: Generator on the CPU, so that a seed gives the same numbers on every device.
        side: Side of the result in pixels, with the same field of view; None = that of `preprocessing`.
        pooling: Pooling of the network; with ``cell`` the mask becomes the fourth channel.

    Returns:
        Normalised float32 B×C×side×side, on the device of the batch.
    """
    draws = _RandomSource(generator, batch.device)
    b, size = batch.shape[:2]
    side = side or preprocessing.side
    pixels = batch.permute(0, 3, 1, 2).float().contiguous()
    if masks is not None and augmentation.background > 0:
        pixels = replace_backgrounds(pixels, masks, augmentation.background, generator)
    turns = draws.integers(4, b) * (torch.pi / 2)
    turns = turns + (2 * draws.uniform(b) - 1) * math.radians(augmentation.angle)
    flips = draws.integers(2, b) * 2.0 - 1.0
    zoom = preprocessing.side / size * (1 + augmentation.scale * (2 * draws.uniform(b) - 1))
    shift = (2 * draws.uniform(b, 2) - 1) * (2 * augmentation.shift / size)
    cos, sin = torch.cos(turns) * zoom, torch.sin(turns) * zoom
    theta = torch.stack((torch.stack((cos * flips, -sin), 1), torch.stack((sin * flips, cos), 1)), 1)
    grid = F.affine_grid(torch.cat((theta, shift[:, :, None]), 2), [b, 3, side, side], align_corners=False)
    pixels = F.grid_sample(pixels, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    cell = None
    if masks is not None and needs_masks(preprocessing, pooling):
        cover = binary_cell_mask(masks)
        cell = F.grid_sample(cover, grid, mode="nearest", padding_mode="zeros", align_corners=False)
    if augmentation.blur > 0:
        soft = F.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)
        part = augmentation.blur * (1.5 * draws.uniform(b, 1, 1, 1) - 0.5)
        pixels = torch.lerp(pixels, soft, part).clamp(0, 255)  # sharpening can leave the range
    box = MASK_DILATIONS[
        int(torch.randint(0, len(MASK_DILATIONS), (1,), generator=generator))
    ]  # stays on the CPU: no synchronisation with the device
    return to_network_input(jitter_stain(pixels, augmentation, generator), cell, preprocessing, pooling, box)


def needs_masks(preprocessing: Preprocessing, pooling: Pooling) -> bool:
    """Whether the network input depends on the masks."""
    return preprocessing.background != "keep" or pooling == "cell"


def binary_cell_mask(masks: Tensor) -> Tensor:
    """Convert label masks to binary cell masks.

    Args:
        masks: uint8, B×S×S, 0 = background.

    Returns:
        Float B×1×S×S of 0 and 1; an empty mask becomes 1 everywhere, as at inference.
    """
    cell = (masks > 0).float()[:, None]
    return torch.where(cell.flatten(1).any(1)[:, None, None, None], cell, torch.ones_like(cell))


def to_network_input(
    pixels: Tensor, cell: Tensor | None, preprocessing: Preprocessing, pooling: Pooling, dilation: int
) -> Tensor:
    """Treat the background and normalise.

    Args:
        pixels: Float B×3×s×s, 0..255.
        cell: Binary masks, B×1×s×s; None = 1 everywhere.
        preprocessing: Gives background treatment and normalisation.
        pooling: With ``cell`` the mask becomes the fourth channel.
        dilation: Side in pixels, odd, of the box by which the mask is dilated before the background is changed.

    Returns:
        Float B×3×s×s, or B×4×s×s with ``cell`` pooling.
    """
    if preprocessing.background != "keep" and cell is not None:
        kept = F.max_pool2d(cell, dilation, 1, dilation // 2)
        if preprocessing.background == "suppress":
            pixels = pixels * kept + SUPPRESSED_GREY * (1 - kept)
        else:
            soft = F.interpolate(F.adaptive_avg_pool2d(pixels, BACKGROUND_BLUR_SIDE), pixels.shape[2:], mode="bilinear")
            pixels = pixels * kept + soft * (1 - kept)
    values = normalise_images(pixels, preprocessing)
    if pooling == "frame":
        return values
    cover = torch.ones_like(values[:, :1]) if cell is None else cell
    return torch.cat((values, cover), 1).contiguous(memory_format=torch.channels_last)


def replace_backgrounds(pixels: Tensor, masks: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Blur the background of some images, or replace it by its mean colour.

    Both are equally frequent. An image with an empty mask is not changed.

    Args:
        pixels: Float B×3×S×S, 0..255.
        masks: uint8 B×S×S, 0 = background.
        probability: Probability that an image is changed.
        generator: Generator on the CPU.
    """
    drawn = _RandomSource(generator, pixels.device).uniform(pixels.shape[0])
    rows = torch.nonzero((drawn < probability) & masks.flatten(1).any(1))[:, 0]
    if not len(rows):
        return pixels
    chosen = pixels[rows].contiguous()
    cell = F.max_pool2d((masks[rows] > 0).float()[:, None], MASK_DILATION, 1, MASK_DILATION // 2)
    outside = 1 - cell
    level = (chosen * outside).sum((2, 3), keepdim=True) / outside.sum((2, 3), keepdim=True).clamp(min=1)
    soft = F.interpolate(
        F.adaptive_avg_pool2d(chosen, BACKGROUND_BLUR_SIDE), chosen.shape[2:], mode="bilinear", align_corners=False
    )
    blurred = (drawn[rows] < probability / 2)[:, None, None, None]
    result = pixels.clone()
    result[rows] = chosen * cell + torch.where(blurred, soft, level) * outside
    return result


def jitter_stain(pixels: Tensor, augmentation: AugmentationConfig, generator: torch.Generator) -> Tensor:
    """Randomly change stain strengths, hue and brightness of each image.

    Args:
        pixels: Float B×3×h×w, 0..255.
        augmentation: Gives the standard deviations.
        generator: Generator on the CPU.

    Returns:
        Float B×3×h×w, 0..255.
    """
    b, draws, hed = pixels.shape[0], _RandomSource(generator, pixels.device), HED.to(pixels.device)
    gain = 1 + augmentation.stain * draws.normal(b, 3)
    offset = augmentation.stain * 0.3 * draws.normal(b, 3)
    light = augmentation.brightness * draws.normal(b, 1)
    density = -torch.log((pixels + 1) / 256).permute(0, 2, 3, 1).reshape(b, -1, 3)
    if augmentation.hue > 0:
        density = density * torch.exp(augmentation.hue * draws.normal(b, 1, 3))
    mix = torch.linalg.inv(HED).to(hed.device) @ torch.diag_embed(gain) @ hed
    density = torch.baddbmm((offset @ hed - light)[:, None], density, mix)
    restained = 256 * torch.exp(-density) - 1
    return restained.clamp(0, 255).reshape(b, *pixels.shape[2:], 3).permute(0, 3, 1, 2)


def inference_input(
    batch: Tensor, masks: Tensor | None, preprocessing: Preprocessing, pooling: Pooling = "frame"
) -> Tensor:
    """Network input of cached crops as at inference, without augmentation.

    Args:
        batch: uint8 images, B×S×S×3 with S = side + 2·margin; the margin is cut off.
        masks: uint8 masks, B×S×S; None takes the whole image for the cell.
        preprocessing: Gives side, background treatment and normalisation.
        pooling: Pooling of the network; with ``cell`` the mask becomes the fourth channel.

    Returns:
        Normalised float32 B×C×side×side.
    """
    margin = (batch.shape[1] - preprocessing.side) // 2
    end = margin + preprocessing.side
    pixels = batch[:, margin:end, margin:end].permute(0, 3, 1, 2).float()
    cell = None
    if masks is not None and needs_masks(preprocessing, pooling):
        cell = binary_cell_mask(masks[:, margin:end, margin:end])
    return to_network_input(pixels, cell, preprocessing, pooling, dilation_kernel_size(preprocessing.side))


def normalise_images(pixels: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Normalise float images, B×3×h×w of 0..255, channels last in memory.

    Batch version of `leukview.inference.classification.preprocess.normalise`.
    """
    mean = torch.tensor(preprocessing.mean, device=pixels.device)[None, :, None, None] * 255
    std = torch.tensor(preprocessing.std, device=pixels.device)[None, :, None, None] * 255
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)
