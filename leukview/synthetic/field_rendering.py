"""Overview images: hundreds of red cells and a few white cells, from sprites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.synthetic.film_rendering import Stain, absorbance, add_patch, render_red_cell
from leukview.synthetic.signed_distance import smooth_noise

OVERVIEW_WIDTH, OVERVIEW_HEIGHT = 2920, 2960
_RED_CELL_PX = 15.5
"""Radius of a red cell in an overview, in pixels; the scale is 0.4 of that of a crop."""
_THICKNESS_LEVELS = 256


def draw_overview(
    rng: np.random.Generator, stain: Stain, sprites: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]]
) -> NDArray[np.uint8]:
    """Draw an overview image of a field of view.

    Args:
        rng: Source of all variation.
        stain: Stain of the slide.
        sprites: Images and masks of cells of the slide, which are placed at random.

    Returns:
        RGB uint8, 2,960 × 2,920 × 3.
    """
    thickness = np.zeros((OVERVIEW_HEIGHT, OVERVIEW_WIDTH), np.float32)
    scale = _RED_CELL_PX * stain.red_cell_um / 7.2
    centre = scale * 1.25 + 2
    stamps = [
        render_red_cell(rng, scale * rng.uniform(0.88, 1.1), (centre, centre), stain.pallor)[0] for _ in range(24)
    ]
    density = smooth_noise(rng, (20, 20), 4.0)
    for _ in range(90 * stain.red_cell_count):
        y, x = rng.random(2)
        if density[int(20 * y), int(20 * x)] + 1.6 < rng.random():
            continue
        patch = stamps[int(rng.integers(len(stamps)))]
        add_patch(thickness, patch, int(y * OVERVIEW_HEIGHT - centre), int(x * OVERVIEW_WIDTH - centre))
    levels = np.clip(thickness * (_THICKNESS_LEVELS / 2.5), 0, _THICKNESS_LEVELS - 1).astype(np.uint8)
    steps = np.arange(_THICKNESS_LEVELS, dtype=np.float32)[:, None] * (2.5 / _THICKNESS_LEVELS)
    steps -= 0.45 * np.maximum(steps - 1, 0)
    seen = np.exp(-steps * absorbance((168, 116, 136), stain.eosin, stain)) * np.asarray(stain.background, np.float32)
    field = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)[levels])
    for image, mask in sprites:
        size = (round(0.4 * image.shape[1]), round(0.4 * image.shape[0]))
        place = (int(rng.integers(0, OVERVIEW_WIDTH - size[0])), int(rng.integers(0, OVERVIEW_HEIGHT - size[1])))
        inside = Image.fromarray(((mask > 0) * 255).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)
        field.paste(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS), place, inside)
    return np.asarray(field)
