"""What a training picture of the segmenter goes through: neighbours, turns, scales, stains, films, focus and noise."""

from __future__ import annotations

import torch
from torch import Tensor, nn

IGNORE_INDEX = -1
"""In a target: outside the picture, or another cell of the field."""
NEIGHBOUR_PROBABILITY = 0.25
"""Share of the pictures that get another cell beside theirs."""


def _uniform(generator: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=generator) * (high - low) + low


def paste_neighbour_cells(x: Tensor, y: Tensor, others: tuple[Tensor, Tensor], generator: torch.Generator) -> Tensor:
    """Lay another cell beside or behind some of the cells, as they lie in a crowded film.

    Which of two touching cells is meant is told by its place alone: the target does not change, the other is
    background.

    Args:
        x: N×3×s×s, −1..1.
        y: N×s×s, with `IGNORE_INDEX`.
        others: As many pictures and targets, of the same microscopes.
        generator: Of all chance.

    Returns:
        The pictures.
    """
    x = x.clone()
    side = x.shape[-1]
    at = torch.arange(side, dtype=torch.float32)
    for i in torch.nonzero(torch.rand(len(x), generator=generator) < NEIGHBOUR_PROBABILITY).flatten().tolist():
        mine, theirs = y[i] > 0, others[1][i] > 0
        if not mine.any() or not theirs.any():
            continue
        (r1, c1), (r2, c2) = (
            ((part.sum(1) * at).sum() / part.sum(), (part.sum(0) * at).sum() / part.sum()) for part in (mine, theirs)
        )
        apart = ((mine.sum() / torch.pi).sqrt() + (theirs.sum() / torch.pi).sqrt()) * _uniform(generator, 0.85, 1.1, 1)
        angle = _uniform(generator, 0, 2 * torch.pi, 1)
        down, right = int(r1 - r2 + apart * angle.sin()), int(c1 - c2 + apart * angle.cos())
        ours = [slice(max(0, d), min(side, side + d)) for d in (down, right)]
        its = [slice(max(0, -d), min(side, side - d)) for d in (down, right)]
        if any(s.start >= s.stop for s in ours):
            continue
        soft = nn.functional.avg_pool2d(theirs[None, None].float(), 3, 1, 1)[0, 0][its[0], its[1]]
        over = soft * ~mine[ours[0], ours[1]]
        x[i, :, ours[0], ours[1]] = torch.lerp(x[i, :, ours[0], ours[1]], others[0][i, :, its[0], its[1]], over)
    return x


def augment_batch(x: Tensor, y: Tensor, side: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random turn, flip, scale, stretch, shift, stain, film, gain, blur and noise, for each picture its own.

    Stains are mixed as optical densities (Ruifrok and Johnston 2001).

    Args:
        x: N×3×s×s, −1..1.
        y: N×s×s, with `IGNORE_INDEX`.
        side: Of the result.
        generator: Of all chance.

    Returns:
        The pictures and targets, changed; a target is `IGNORE_INDEX` outside the picture.
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
    # Sampled one higher, so that the zeros outside the picture come out as UNSCORED.
    moved = nn.functional.grid_sample(y[:, None].float() + 1.0, grid, mode="nearest", align_corners=False) - 1.0
    density = -torch.log((x.clamp(-0.98, 1.0) + 1.0) / 2.0)
    mix = torch.eye(3) + _uniform(generator, -0.18, 0.18, n, 3, 3)
    density = torch.einsum("nij,njhw->nihw", mix, density) * _uniform(generator, 0.7, 1.35, n, 1, 1, 1)
    # A film stains too, a third of them strongly: pink or yellow.
    film = torch.where(torch.rand(n, 1, 1, 1, generator=generator) < 0.33, 3.0, 1.0)
    density = density + _uniform(generator, -0.06, 0.10, n, 3, 1, 1) * film
    x = torch.exp(-density.clamp(0.0, 5.0)) * 2.0 - 1.0
    soft = nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = torch.lerp(x, soft, _uniform(generator, -0.5, 1.0, n, 1, 1, 1))  # below 0: sharpened
    x = x + torch.randn(x.shape, generator=generator) * _uniform(generator, 0.0, 0.04, n, 1, 1, 1)
    return x.clamp(-1.0, 1.0), moved[:, 0].long()
