"""Random augmentation of training batches of the segmenter."""

from __future__ import annotations

import torch
from torch import Tensor, nn

IGNORE_INDEX = -1
"""Target value of pixels outside the image or in another cell of the field."""
NEIGHBOUR_PROBABILITY = 0.25
"""Probability that a neighbouring cell is pasted into an image."""


def _uniform(generator: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=generator) * (high - low) + low


def paste_neighbour_cells(x: Tensor, y: Tensor, others: tuple[Tensor, Tensor], generator: torch.Generator) -> Tensor:
    """Paste a neighbouring cell into some images, as in crowded films.

    The target does not change: the pasted cell counts as background, so that only its position distinguishes it from
    the labelled cell.

    Args:
        x: Images, N×3×s×s of −1..1.
        y: Targets, N×s×s, with `IGNORE_INDEX`.
        others: N images and targets to paste from, of the same microscopes.
        generator: Random number generator.

    Returns:
        The images, N×3×s×s.
    """
    x = x.clone()
    side = x.shape[-1]
    coordinates = torch.arange(side, dtype=torch.float32)
    for i in torch.nonzero(torch.rand(len(x), generator=generator) < NEIGHBOUR_PROBABILITY).flatten().tolist():
        own_mask, other_mask = y[i] > 0, others[1][i] > 0
        if not own_mask.any() or not other_mask.any():
            continue
        (r1, c1), (r2, c2) = (
            ((part.sum(1) * coordinates).sum() / part.sum(), (part.sum(0) * coordinates).sum() / part.sum())
            for part in (own_mask, other_mask)
        )
        distance = ((own_mask.sum() / torch.pi).sqrt() + (other_mask.sum() / torch.pi).sqrt()) * _uniform(
            generator, 0.85, 1.1, 1
        )
        angle = _uniform(generator, 0, 2 * torch.pi, 1)
        down, right = int(r1 - r2 + distance * angle.sin()), int(c1 - c2 + distance * angle.cos())
        target_box = [slice(max(0, d), min(side, side + d)) for d in (down, right)]
        source_box = [slice(max(0, -d), min(side, side - d)) for d in (down, right)]
        if any(s.start >= s.stop for s in target_box):
            continue
        soft = nn.functional.avg_pool2d(other_mask[None, None].float(), 3, 1, 1)[0, 0][source_box[0], source_box[1]]
        over = soft * ~own_mask[target_box[0], target_box[1]]
        x[i, :, target_box[0], target_box[1]] = torch.lerp(
            x[i, :, target_box[0], target_box[1]], others[0][i, :, source_box[0], source_box[1]], over
        )
    return x


def augment_batch(x: Tensor, y: Tensor, side: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Augment each image and target at random, in geometry, stain, focus and noise.

    Geometry: rotation, flip, scale, stretch and shift. Stain: channel mixing, strength and background tint as optical
    densities (Ruifrok and Johnston 2001). Focus: blur or sharpening.

    Args:
        x: Images, N×3×s×s of −1..1.
        y: Targets, N×s×s, with `IGNORE_INDEX`.
        side: Side of the result in pixels.
        generator: Random number generator.

    Returns:
        Images N×3×side×side and targets N×side×side, `IGNORE_INDEX` outside the source image.
    """
    n = x.shape[0]
    angle = _uniform(generator, 0, 2 * torch.pi, n)
    scale, stretch = (torch.exp(_uniform(generator, *span, n)) for span in ((-0.4, 0.7), (-0.1, 0.1)))
    flip = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    shift = _uniform(generator, -0.15, 0.15, n, 2)
    across = torch.stack([angle.cos() * scale * flip, -angle.sin() * scale * stretch, shift[:, 0]], 1)
    down = torch.stack([angle.sin() * scale * flip, angle.cos() * scale * stretch, shift[:, 1]], 1)
    grid = nn.functional.affine_grid(torch.stack([across, down], 1), [n, 3, side, side], align_corners=False)
    x = nn.functional.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    # Raised by one before sampling, so that the zero padding becomes IGNORE_INDEX.
    moved = nn.functional.grid_sample(y[:, None].float() + 1.0, grid, mode="nearest", align_corners=False) - 1.0
    density = -torch.log((x.clamp(-0.98, 1.0) + 1.0) / 2.0)
    mix = torch.eye(3) + _uniform(generator, -0.18, 0.18, n, 3, 3)
    density = torch.einsum("nij,njhw->nihw", mix, density) * _uniform(generator, 0.7, 1.35, n, 1, 1, 1)
    # Tint of the whole film, strong (pink or yellow) in a third of the images.
    film = torch.where(torch.rand(n, 1, 1, 1, generator=generator) < 0.33, 3.0, 1.0)
    density = density + _uniform(generator, -0.06, 0.10, n, 3, 1, 1) * film
    x = torch.exp(-density.clamp(0.0, 5.0)) * 2.0 - 1.0
    soft = nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = torch.lerp(x, soft, _uniform(generator, -0.5, 1.0, n, 1, 1, 1))  # weights below 0 sharpen
    x = x + torch.randn(x.shape, generator=generator) * _uniform(generator, 0.0, 0.04, n, 1, 1, 1)
    return x.clamp(-1.0, 1.0), moved[:, 0].long()
