"""Pictures without a white cell, made from the frames of real cells: red cells alone, stain, fibres, empty glass.

The corners of a frame hold what surrounds the cell. One of them, mirrored twice, is a frame of the same film without a
cell in its middle, and without a seam. Dirt is drawn on top. A negative belongs to the patient of its frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from leukview.domain.models.labelled_cells import LabelledCell

Kind = Literal["red_cells", "stain", "fibre", "glass"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LABEL = "artefact"
MARK = "#"
"""Parts the hash of the frame from the kind in a negative's own hash."""
SOURCES = frozenset({"hopkins", "barcelona", "lyon", "raabin"})
CORNER = 0.26
"""Side of the corner as a part of the frame: what lies nearer to the middle may be the cell."""
STAINS = ((70, 40, 120), (110, 60, 150), (60, 60, 90), (150, 90, 160))
"""Colours of precipitate, RGB."""
FIBRES = ((120, 130, 170), (160, 150, 140), (90, 90, 110))


def negatives_of(cells: Sequence[LabelledCell], each: int) -> tuple[LabelledCell, ...]:
    """Every `each`-th frame, by a hash of its image, as a negative; kinds in turn by the same hash."""
    found = []
    for cell in cells:
        draw = int.from_bytes(hashlib.sha256(f"negative/{cell.sha1}".encode()).digest()[:8], "big")
        if cell.source in SOURCES and draw % each == 0:
            kind = KINDS[draw // each % len(KINDS)]
            found.append(replace(cell, cell_class=LABEL, diagnosis="", sha1=f"{cell.sha1}{MARK}{kind}"))
    return tuple(found)


def kind_of(cell: LabelledCell) -> Kind | None:
    """The kind of a negative; None for a real cell."""
    _, mark, name = cell.sha1.partition(MARK)
    return next((kind for kind in KINDS if kind == name), None) if mark else None


def as_negative(pixels: NDArray[np.uint8], cell: LabelledCell) -> NDArray[np.uint8]:
    """The frame of a negative, as large as the frame it is made from; the picture itself for a real cell."""
    kind = kind_of(cell)
    if kind is None:
        return pixels
    seed = int.from_bytes(hashlib.sha256(cell.sha1.encode()).digest()[:8], "big")
    rng = np.random.default_rng(seed)
    if kind == "glass":
        light = np.quantile(pixels.reshape(-1, 3), 0.97, axis=0)
        noise = rng.normal(0, 2.0, pixels.shape)
        return np.clip(light + noise, 0, 255).astype(np.uint8)
    frame = Image.fromarray(mirrored_corner(pixels, rng))
    if kind == "red_cells":
        return np.asarray(frame)
    return np.asarray(_with_stain(frame, rng) if kind == "stain" else _with_fibre(frame, rng))


def mirrored_corner(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """One of the four corners at its own scale, mirrored until it fills the frame; H×W×3 in and out."""
    height, width = pixels.shape[:2]
    part_h, part_w = max(2, round(height * CORNER)), max(2, round(width * CORNER))
    turned = pixels[:: int(rng.choice((1, -1))), :: int(rng.choice((1, -1)))]
    corner = turned[:part_h, :part_w]
    rows, columns = _mirrored(height, part_h, rng), _mirrored(width, part_w, rng)
    return np.ascontiguousarray(corner[rows][:, columns])


def _mirrored(length: int, part: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices 0 … part−1 up and down again, from a random start, `length` of them."""
    period = np.concatenate((np.arange(part), np.arange(part)[::-1]))
    start = int(rng.integers(len(period)))
    return period[(start + np.arange(length)) % len(period)]


def _with_stain(frame: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Grains of precipitate, in a heap about the middle or scattered."""
    width, height = frame.size
    layer = Image.new("L", frame.size)
    draw = ImageDraw.Draw(layer)
    spread = float(rng.uniform(0.04, 0.25)) * width
    for _ in range(int(rng.integers(1, 40))):
        x, y = rng.normal((width / 2, height / 2), spread)
        radius = float(rng.uniform(0.004, 0.035)) * width
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(rng.integers(140, 255)))
    return _painted(frame, layer, STAINS[int(rng.integers(len(STAINS)))])


def _with_fibre(frame: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A bent thread through the middle."""
    width, height = frame.size
    layer = Image.new("L", frame.size)
    angle, bend = float(rng.uniform(0, np.pi)), float(rng.uniform(-0.5, 0.5))
    t = np.linspace(-0.8, 0.8, 60) * width
    x = width / 2 + t * np.cos(angle) - bend * t**2 / width * np.sin(angle)
    y = height / 2 + t * np.sin(angle) + bend * t**2 / width * np.cos(angle)
    points = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    thickness = max(1, round(float(rng.uniform(0.01, 0.06)) * width))
    ImageDraw.Draw(layer).line(points, fill=int(rng.integers(120, 255)), width=thickness)
    return _painted(frame, layer, FIBRES[int(rng.integers(len(FIBRES)))])


def _painted(frame: Image.Image, layer: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    soft = layer.filter(ImageFilter.GaussianBlur(max(frame.size) / 250))
    return Image.composite(Image.new("RGB", frame.size, colour), frame, soft)
