"""Rendering of a film around a cell: stain, red cells, platelets and camera."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from leukview.synthetic.morphology import Rgb
from leukview.synthetic.signed_distance import ScalarField, draw_soft_dots, smooth_noise

REFERENCE_BACKGROUND: Rgb = (255, 230, 204)
"""Background colour for which the colours of the cell forms are given."""
FRAME_UM = 34.5
"""Width of a crop in µm."""
RedCellDisc = tuple[float, float, float]
"""A red cell: centre (x, y) and radius in µm, relative to the middle of the frame."""

_BACKGROUNDS = ((255, 230, 204), (255, 238, 214), (255, 243, 221), (250, 232, 212), (228, 216, 226))
_BACKGROUND_PROBABILITIES = (0.4, 0.2, 0.2, 0.14, 0.06)


@dataclass(frozen=True, slots=True)
class Stain:
    """Stain, focus and illumination of one slide.

    Attributes:
        background: Colour of the empty film, 0..255.
        azure: Strength of the blue-violet stain, about 1.
        azure: Strength of the blue-violet stain, about 1.
        eosin: Strength of the red stain, about 1.
        tint: Factors on the absorbance in red, green and blue, each about 1.
        blur_sigma_px: Standard deviation of the camera's blur, in pixels of a crop 360 px wide.
        zoom: Factor on the scale, about 1.
        red_cell_um: Mean diameter of the red cells, in µm.
        pallor: Central pallor of the red cells, 0..1.
        red_cell_count: Target number of red cells in a frame.
    """

    background: tuple[float, float, float]
    azure: float
    eosin: float
    tint: tuple[float, float, float]
    blur_sigma_px: float
    zoom: float
    red_cell_um: float
    pallor: float
    red_cell_count: int


def sample_stain(rng: np.random.Generator) -> Stain:
    """Draw the stain of a slide at random."""
    base = np.asarray(_BACKGROUNDS[int(rng.choice(len(_BACKGROUNDS), p=_BACKGROUND_PROBABILITIES))]) + rng.normal(
        0, 2, 3
    )
    tint = 1 + rng.normal(0, 0.035, 3)
    return Stain(
        background=(float(base[0]), float(base[1]), float(base[2])),
        azure=float(rng.uniform(0.9, 1.1)),
        eosin=float(rng.uniform(0.82, 1.12)),
        tint=(float(tint[0]), float(tint[1]), float(tint[2])),
        blur_sigma_px=float(rng.uniform(0.45, 0.8)),
        zoom=float(rng.uniform(0.96, 1.04)),
        red_cell_um=float(rng.uniform(6.5, 7.2)),
        pallor=float(rng.uniform(0.4, 0.85)),
        red_cell_count=int(rng.integers(14, 34)),
    )


def vary_stain(stain: Stain, rng: np.random.Generator) -> Stain:
    """Vary light, stain and focus slightly, as between cells of one slide."""
    light = 1 + rng.normal(0, 0.008)
    r, g, b = (min(255.0, c * light) for c in stain.background)
    blurred = rng.random() < 0.04
    return replace(
        stain,
        background=(r, g, b),
        azure=stain.azure * float(1 + rng.normal(0, 0.04)),
        eosin=stain.eosin * float(1 + rng.normal(0, 0.05)),
        blur_sigma_px=stain.blur_sigma_px * float(rng.uniform(2.2, 3.2) if blurred else rng.uniform(0.8, 1.3)),
        red_cell_count=max(0, stain.red_cell_count + int(rng.integers(-8, 9))),
    )


def absorbance(colour: Rgb, strength: float, stain: Stain) -> NDArray[np.float32]:
    """Absorbance (red, green, blue) that gives `colour` on the reference background."""
    seen = np.clip(np.asarray(colour, dtype=np.float32), 4.0, None) / np.asarray(REFERENCE_BACKGROUND, dtype=np.float32)
    absorbed: NDArray[np.float32] = np.maximum(-np.log(seen), 0.0) * np.asarray(stain.tint, dtype=np.float32)
    return absorbed * np.float32(strength)


def place_red_cells(
    rng: np.random.Generator, stain: Stain, half: tuple[float, float], exclusion_radius_um: float, indenting_count: int
) -> list[RedCellDisc]:
    """Place red cells at random around the central cell.

    Args:
        rng: Source of all variation.
        stain: Source of the number and size of red cells.
        half: Half the frame's height and width, in µm.
        exclusion_radius_um: Radius of the central cell, in µm.
        indenting_count: Number of red cells that indent it; they come first in the result.
    """
    discs: list[RedCellDisc] = []
    for _ in range(indenting_count):
        radius = 0.5 * stain.red_cell_um * float(rng.uniform(0.9, 1.08))
        angle, distance = rng.uniform(0, 2 * np.pi), exclusion_radius_um + radius * rng.uniform(0.5, 0.75)
        discs.append((float(distance * np.cos(angle)), float(distance * np.sin(angle)), radius))
    for _ in range(stain.red_cell_count * 3):
        if len(discs) >= stain.red_cell_count:
            break
        radius = 0.5 * stain.red_cell_um * float(np.clip(rng.normal(1, 0.06), 0.7, 1.25))
        y, x = float(rng.uniform(-1, 1) * (half[0] + 3)), float(rng.uniform(-1, 1) * (half[1] + 3))
        apart = 0.68 if rng.random() < 0.12 else 0.98
        if np.hypot(x, y) < exclusion_radius_um + radius * rng.uniform(0.8, 1.1):
            continue
        if all(np.hypot(x - ox, y - oy) > apart * (radius + other) for ox, oy, other in discs):
            discs.append((x, y, radius))
    return discs


def render_red_cell(
    rng: np.random.Generator, radius_px: float, centre: tuple[float, float], pallor: float
) -> tuple[ScalarField, ScalarField]:
    """Thickness (0..1) and rim (0..1) of a red cell in a square window.

    `centre` is the cell's centre (y, x) in the window.
    """
    side = int(2 * radius_px * 1.25) + 4
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    y -= np.float32(centre[0])
    x -= np.float32(centre[1])
    angle, stretch = rng.uniform(0, np.pi), float(1 + abs(rng.normal(0, 0.07)))
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    u, v = (x * cos + y * sin) / np.float32(radius_px * stretch), (y * cos - x * sin) * np.float32(stretch / radius_px)
    rho = np.sqrt(u * u + v * v) + np.float32(1e-6)
    rho = rho + np.float32(rng.normal(0, 0.03)) * (u * u * u - 3 * u * v * v) / (rho * rho)
    inside = np.clip(0.5 + (1 - rho) * radius_px / 1.6, 0.0, 1.0)
    wide = float(rng.uniform(0.28, 0.46))
    hollow = pallor * float(rng.uniform(0.55, 1.25)) * np.exp(-((rho / wide) ** 2))
    thickness = inside * (0.93 + 0.09 * rho**3 - hollow)
    rim = inside * np.exp(-(((rho - 0.95) / 0.06) ** 2))
    return thickness.astype(np.float32), rim.astype(np.float32)


def add_patch(layer: NDArray[np.float32], patch: NDArray[np.float32], top: int, left: int) -> None:
    """Add a patch to a layer in place, clipped at the layer's edges."""
    height, width = layer.shape[:2]
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + patch.shape[0], height), min(left + patch.shape[1], width)
    if y0 < y1 and x0 < x1:
        layer[y0:y1, x0:x1] += patch[y0 - top : y1 - top, x0 - left : x1 - left]


def draw_red_cells(
    optical_density: NDArray[np.float32],
    discs: list[RedCellDisc],
    px_per_um: float,
    stain: Stain,
    rng: np.random.Generator,
) -> None:
    """Add the absorbance of red cells to `optical_density` (H×W×3), in place."""
    height, width = optical_density.shape[:2]
    body = absorbance((168, 117, 136), stain.eosin, stain)
    edge = absorbance((250, 218, 204), stain.eosin, stain)
    thick = np.zeros((height, width), np.float32)
    rims = np.zeros((height, width), np.float32)
    for x, y, radius in discs:
        radius_px = radius * px_per_um
        py, px = height / 2 + y * px_per_um, width / 2 + x * px_per_um
        reach = radius_px * 1.25 + 2
        top, left = int(np.floor(py - reach)), int(np.floor(px - reach))
        thickness, rim = render_red_cell(rng, radius_px, (py - top, px - left), stain.pallor)
        add_patch(thick, thickness * np.float32(rng.uniform(0.9, 1.06)), top, left)
        add_patch(rims, rim, top, left)
    over = np.maximum(thick - 1, 0)  # overlapping cells are thinner than the sum of both
    thick -= np.float32(0.45) * over
    for channel in range(3):
        optical_density[..., channel] += thick * body[channel] + rims * edge[channel]


def draw_platelets(
    optical_density: NDArray[np.float32],
    px_per_um: float,
    stain: Stain,
    rng: np.random.Generator,
    exclusion_radius_um: float,
) -> None:
    """Add a few platelets between the red cells to `optical_density` (H×W×3), in place."""
    height, width = optical_density.shape[:2]
    colour = absorbance((128, 74, 152), stain.azure, stain)
    for _ in range(int(rng.integers(0, 4))):
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        size = rng.uniform(0.7, 1.3) * px_per_um
        if (
            np.hypot(y - height / 2, x - width / 2) < exclusion_radius_um * px_per_um + 2 * size
            or optical_density[int(y), int(x)].sum() > 0.1
        ):
            continue
        middle = 2.2 * size
        patch = np.zeros((int(2 * middle), int(2 * middle)), np.float32)
        draw_soft_dots(patch, np.array([middle]), np.array([middle]), np.array([size]), 0.4)
        count = int(rng.integers(6, 14))
        ys, xs = middle + rng.normal(0, 0.4, (2, count)) * size
        draw_soft_dots(patch, ys, xs, rng.uniform(0.12, 0.24, count) * px_per_um, 0.9)
        add_patch(optical_density, patch[..., None] * colour, int(y - middle), int(x - middle))


def _gaussian_blur(image: Image.Image, sigma: float) -> Image.Image:
    """Gaussian blur; a small sigma uses a 3×3 kernel, which is several times faster."""
    if sigma > 0.85:
        return image.filter(ImageFilter.GaussianBlur(sigma))
    side = math.exp(-0.5 / max(sigma, 0.2) ** 2)
    weights = [a * b for a in (side, 1.0, side) for b in (side, 1.0, side)]
    return image.filter(ImageFilter.Kernel((3, 3), weights))


def render_photograph(
    optical_density: NDArray[np.float32], stain: Stain, blur_sigma_px: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Convert absorbance (H×W×3, overwritten) to a camera image, RGB uint8.

    `blur_sigma_px` is the standard deviation of the blur in pixels.
    """
    height, width = optical_density.shape[:2]
    np.negative(optical_density, out=optical_density)
    seen = np.exp(optical_density, out=optical_density)
    light = 1 + 0.006 * smooth_noise(rng, (height, width), max(height, width) / 2)
    grain = 1.2 * rng.standard_normal((height, width), dtype=np.float32)
    for channel, empty in enumerate(stain.background):
        seen[..., channel] *= light * np.float32(empty)
        seen[..., channel] += grain
    np.clip(seen, 0, 255, out=seen)
    return np.asarray(_gaussian_blur(Image.fromarray(seen.astype(np.uint8)), blur_sigma_px))
