"""Plane shapes as signed distances (negative inside, in µm), and smooth noise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.synthetic.morphology import NucleusShape

ScalarField = NDArray[np.float32]
"""One value per pixel, H×W."""
Capsule = tuple[float, float, float, float, float, float]
"""A stroke from (x0, y0) with radius r0 to (x1, y1) with radius r1."""


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], grain_px: float) -> ScalarField:
    """Smooth noise, H×W, with mean 0, standard deviation about 1 and given blob size."""
    height, width = shape
    step = max(grain_px, 1.0)
    rows, columns = int(height / step) + 3, int(width / step) + 3
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    x, y = rng.random(2) * 0.9
    box = (x, y, x + width / step, y + height / step)
    fine = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC, box=box)
    spread: ScalarField = np.asarray(fine, dtype=np.float32) * np.float32(1.4)
    return spread


def smooth_min(a: ScalarField, b: ScalarField, width: float) -> ScalarField:
    """Smooth minimum of two distances; the joint is rounded over `width` µm."""
    gap = np.maximum(width - np.abs(a - b), 0.0) / width
    joined: ScalarField = np.minimum(a, b) - gap * gap * (0.25 * width)
    return joined


def capsule_distance(x: ScalarField, y: ScalarField, stroke: Capsule) -> ScalarField:
    """Signed distance to one stroke."""
    x0, y0, r0, x1, y1, r1 = stroke
    dx, dy = x1 - x0, y1 - y0
    length = max(dx * dx + dy * dy, 1e-9)
    t = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0.0, 1.0)
    u, v = x - x0 - t * dx, y - y0 - t * dy
    distance = np.sqrt(u * u + v * v) - (r0 + t * (r1 - r0))
    return distance.astype(np.float32, copy=False)


def union_distance(x: ScalarField, y: ScalarField, strokes: list[Capsule], width: float) -> ScalarField:
    """Signed distance to the union of strokes, with joints rounded over `width` µm."""
    distance = capsule_distance(x, y, strokes[0])
    for stroke in strokes[1:]:
        distance = smooth_min(distance, capsule_distance(x, y, stroke), width)
    return distance


def _arc_strokes(span: float, radius: float, thick: tuple[float, float], pieces: int) -> list[Capsule]:
    """Bent stroke of `span` radians; `thick` gives the radius at ends and middle."""
    angles = np.linspace(-span / 2, span / 2, pieces + 1)
    ends, middle = thick
    radii = middle + (ends - middle) * np.abs(np.linspace(-1.0, 1.0, pieces + 1))
    points = [(radius * np.cos(a), radius * np.sin(a), r) for a, r in zip(angles, radii, strict=True)]
    return [(*p, *q) for p, q in pairwise(points)]


def _lobe_strokes(rng: np.random.Generator, count: int, filament: float) -> list[Capsule]:
    """Lobes along a bent path, connected by thin filaments."""
    turn = rng.uniform(1.0, 1.9) if count > 2 else rng.uniform(0.6, 1.4)
    radius = 1.5 / (2 * np.sin(min(turn, 2.0) / 2))
    places = [(radius * np.cos(i * turn), radius * np.sin(i * turn)) for i in range(count)]
    if count > 3:
        places = [(px * (1 + 0.22 * (i % 2)), py * (1 + 0.22 * (i % 2))) for i, (px, py) in enumerate(places)]
    strokes: list[Capsule] = []
    for (ax, ay), (bx, by) in pairwise(places):
        strokes.append((ax, ay, filament, bx, by, filament))
    for i, (px, py) in enumerate(places):
        along = i * turn + np.pi / 2 + rng.normal(0, 0.35)
        half = rng.uniform(0.08, 0.36)
        thick = rng.uniform(0.38, 0.52)
        ox, oy = half * np.cos(along), half * np.sin(along)
        strokes.append((px - ox, py - oy, thick * rng.uniform(0.85, 1.1), px + ox, py + oy, thick))
    return strokes


def nucleus_strokes(rng: np.random.Generator, shape: NucleusShape, lobes: int) -> tuple[list[Capsule], list[Capsule]]:
    """Strokes that form a nucleus, and strokes to cut out, in arbitrary units."""
    cuts: list[Capsule] = []
    match shape:
        case NucleusShape.ROUND:
            half = rng.uniform(0.0, 0.22)
            strokes: list[Capsule] = [(-half, 0, 1.0, half, 0, rng.uniform(0.92, 1.0))]
        case NucleusShape.KIDNEY:
            strokes = _arc_strokes(rng.uniform(1.3, 2.5), 0.85, (rng.uniform(0.62, 0.8), rng.uniform(0.6, 0.75)), 5)
        case NucleusShape.BAND:
            strokes = _arc_strokes(rng.uniform(3.0, 4.5), 1.0, (rng.uniform(0.42, 0.5), rng.uniform(0.3, 0.42)), 8)
        case NucleusShape.SEGMENTED:
            strokes = _lobe_strokes(rng, lobes, rng.uniform(0.07, 0.15))
        case NucleusShape.BILOBED:
            strokes = [(-0.85, 0, 0.12, 0.85, 0, 0.12)]
            for side in (-1, 1):
                lean = rng.uniform(0.05, 0.4)
                radius = rng.uniform(0.6, 0.72)
                strokes.append((side * 0.85, -lean, radius, side * 0.85, lean, radius * rng.uniform(0.9, 1.0)))
        case NucleusShape.BUTTERFLY:
            strokes = [(-0.6, 0, 0.5, 0.6, 0, 0.5)]
            for side in (-1, 1):
                radius = rng.uniform(0.72, 0.92)
                strokes.append((side * 0.75, -0.15, radius, side * 0.75, rng.uniform(0.0, 0.35), radius * 0.95))
            cuts = [(0.0, s * 1.05, 0.12, 0.0, s * rng.uniform(0.25, 0.6), 0.04) for s in (-1, 1)]
        case NucleusShape.CLEFT:
            strokes = [(-0.15, 0, 1.0, 0.15, 0, 0.95)]
            bend = rng.uniform(-0.5, 0.5)
            cuts = [(0.1, 1.2, rng.uniform(0.08, 0.3), bend, rng.uniform(-0.1, 0.4), 0.03)]
        case NucleusShape.FRAGMENTS:
            strokes = []
            for _ in range(lobes):
                px, py = rng.normal(0, 0.8, 2)
                radius = rng.uniform(0.22, 0.6)
                strokes.append((px, py, radius, px + 0.05, py, radius))
        case NucleusShape.MITOSIS:
            apart = rng.choice([0.0, 0.0, 0.75])
            strokes = []
            for side in (-1, 1) if apart else (0,):
                for place in np.linspace(-0.9, 0.9, 10):
                    tilt, long = rng.normal(0, 0.16), rng.uniform(0.12, 0.36)
                    centre, thick = side * apart + rng.normal(0, 0.06), rng.uniform(0.1, 0.19)
                    strokes.append((centre - long, place + tilt, thick, centre + long, place - tilt, thick))
    return strokes, cuts


def normalise_shape(strokes: list[Capsule], cuts: list[Capsule]) -> tuple[list[Capsule], list[Capsule]]:
    """Move a shape to its centroid and scale it to the area of a disc of diameter 1."""
    span = np.linspace(-2.6, 2.6, 80, dtype=np.float32)
    x, y = np.meshgrid(span, span)
    inside = union_distance(x, y, strokes, 0.15) < 0
    for cut in cuts:
        inside &= capsule_distance(x, y, cut) > 0
    area = float(inside.sum()) * float(span[1] - span[0]) ** 2
    cx, cy = float(x[inside].mean()), float(y[inside].mean())
    scale = float(np.sqrt(np.pi / 4 / area))

    def moved(stroke: Capsule) -> Capsule:
        x0, y0, r0, x1, y1, r1 = stroke
        return (
            (x0 - cx) * scale, (y0 - cy) * scale, r0 * scale, (x1 - cx) * scale, (y1 - cy) * scale, r1 * scale,
        )  # fmt: skip

    return [moved(s) for s in strokes], [moved(c) for c in cuts]


def transform_stroke(stroke: Capsule, size: float, angle: float, x: float, y: float) -> Capsule:
    """Scale, rotate (radians) and move a stroke of a unit shape."""
    cos, sin = float(np.cos(angle)) * size, float(np.sin(angle)) * size
    x0, y0, r0, x1, y1, r1 = stroke
    return (
        x0 * cos - y0 * sin + x, x0 * sin + y0 * cos + y, r0 * size,
        x1 * cos - y1 * sin + x, x1 * sin + y1 * cos + y, r1 * size,
    )  # fmt: skip


def draw_soft_dots(
    layer: ScalarField, ys: NDArray[np.float64], xs: NDArray[np.float64], radii: NDArray[np.float64], strength: float
) -> None:
    """Draw soft dots (positions and radii in pixels) into a layer, in place.

    Where dots overlap, the larger value wins.
    """
    if not len(ys):
        return
    reach = int(np.ceil(radii.max())) + 1
    offsets = np.arange(-reach, reach + 1)
    dy, dx = (o.ravel() for o in np.meshgrid(offsets, offsets, indexing="ij"))
    py = np.rint(ys).astype(np.int64)[:, None] + dy
    px = np.rint(xs).astype(np.int64)[:, None] + dx
    distance = np.hypot(py - ys[:, None], px - xs[:, None])
    value = np.clip(radii[:, None] + 0.5 - distance, 0.0, 1.0).astype(np.float32) * np.float32(strength)
    good = (py >= 0) & (py < layer.shape[0]) & (px >= 0) & (px < layer.shape[1])
    np.maximum.at(layer, (py[good], px[good]), value[good])
