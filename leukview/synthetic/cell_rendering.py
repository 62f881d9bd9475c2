"""Rendering of one cell: shape in µm, stain as absorbance, ground-truth mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.synthetic.cell_catalogue import forms_for_class
from leukview.synthetic.film_rendering import (
    FRAME_UM,
    RedCellDisc,
    Stain,
    absorbance,
    draw_platelets,
    draw_red_cells,
    place_red_cells,
    render_photograph,
    sample_stain,
    vary_stain,
)
from leukview.synthetic.morphology import (
    AuerRods,
    CellForm,
    CountRange,
    Cytoplasm,
    Debris,
    Granules,
    Nucleus,
    NucleusShape,
    ValueRange,
)
from leukview.synthetic.signed_distance import (
    ScalarField,
    capsule_distance,
    draw_soft_dots,
    normalise_shape,
    nucleus_strokes,
    smooth_min,
    smooth_noise,
    transform_stroke,
    union_distance,
)

BACKGROUND, CYTOPLASM, NUCLEUS = 0, 1, 2
"""Label values of a mask."""
_LOBED_SHAPES = frozenset(
    {NucleusShape.SEGMENTED, NucleusShape.BAND, NucleusShape.BILOBED, NucleusShape.MITOSIS, NucleusShape.FRAGMENTS}
)
_CONTOUR_STEPS = 1440
"""Number of angular steps of a contour."""


def _sample_uniform(rng: np.random.Generator, value_range: ValueRange) -> float:
    return float(rng.uniform(*value_range))


def _sample_count(rng: np.random.Generator, count_range: CountRange) -> int:
    return int(rng.integers(count_range[0], count_range[1] + 1))


@dataclass(frozen=True, slots=True)
class _CellWindow:
    """The part of the frame that contains the cell.

    Attributes:
        x: Coordinates in µm from the cell's centre, h×w.
        y: Coordinates in µm from the cell's centre, h×w.
    """

    x: ScalarField
    y: ScalarField
    px_per_um: float
    stain: Stain
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        return self.x.shape[0], self.x.shape[1]

    def noise(self, grain_um: float) -> ScalarField:
        return smooth_noise(self.rng, self.shape, grain_um * self.px_per_um)

    def coverage(self, distance: ScalarField, soft_um: float = 0.0) -> ScalarField:
        """Share of each pixel that a shape covers, 0..1; `distance` is in µm."""
        share: ScalarField = np.clip(0.5 - distance * (self.px_per_um / (1.4 + soft_um * self.px_per_um)), 0.0, 1.0)
        return share

    def scatter_dots(
        self, allowed: NDArray[np.bool_], count: int, radius_um: ValueRange, strength: float
    ) -> ScalarField:
        """Scatter `count` dots at random over the pixels that `allowed` marks."""
        layer = np.zeros(self.shape, np.float32)
        ys, xs = np.nonzero(allowed)
        if count and len(ys):
            chosen = self.rng.integers(len(ys), size=count)
            radii = self.rng.uniform(*radius_um, size=count) * self.px_per_um
            sub = self.rng.uniform(-0.5, 0.5, (2, count))
            draw_soft_dots(layer, ys[chosen] + sub[0], xs[chosen] + sub[1], radii, strength)
        return layer


def _body_distance(w: _CellWindow, cytoplasm: Cytoplasm, radius: float) -> ScalarField:
    """Signed distance to the outline of a cell body, without regard to its nucleus."""
    rng = w.rng
    if cytoplasm.bodies[1] > 1:
        count = _sample_count(rng, cytoplasm.bodies)
        spread = 0.45 * radius * np.sqrt(count)
        discs = [(*rng.normal(0, spread, 2), radius * rng.uniform(0.7, 1.2)) for _ in range(count)]
        return union_distance(w.x, w.y, [(x, y, r, x + 0.2, y, r) for x, y, r in discs], 0.6) + 0.25 * w.noise(0.9)
    theta = np.linspace(-np.pi, np.pi, _CONTOUR_STEPS, dtype=np.float32)
    contour = np.ones(_CONTOUR_STEPS, np.float32)
    for wave in range(2, 7):
        size = cytoplasm.contour_roughness * rng.normal(0, 1) * 1.6 / wave
        contour += np.float32(size) * np.cos(wave * theta + np.float32(rng.uniform(0, 2 * np.pi)))
    bumps = [
        (rng.uniform(0.02, 0.055), rng.uniform(0.04, 0.24))
        for _ in range(_sample_count(rng, cytoplasm.hairy_projections))
    ]
    bumps += [(rng.uniform(0.09, 0.2), rng.uniform(0.06, 0.18)) for _ in range(_sample_count(rng, cytoplasm.blebs))]
    for wide, high in bumps:
        away = np.abs((theta - np.float32(rng.uniform(-np.pi, np.pi)) + np.pi) % (2 * np.pi) - np.pi)
        contour += np.float32(high) * np.exp(-((away / np.float32(wide)) ** 2))
    at = ((np.arctan2(w.y, w.x) + np.float32(np.pi)) * np.float32((_CONTOUR_STEPS - 1) / (2 * np.pi))).astype(np.int32)
    distance: ScalarField = np.sqrt(w.x * w.x + w.y * w.y) - np.float32(radius) * contour[at]
    return distance


def _nucleus_distance(w: _CellWindow, nucleus: Nucleus, radius: float) -> tuple[ScalarField, tuple[float, float]]:
    """Signed distance to the nucleus, and its centre in µm."""
    rng = w.rng
    strokes, cuts = normalise_shape(*nucleus_strokes(rng, nucleus.shape, _sample_count(rng, nucleus.lobes)))
    reach = max(float(np.hypot(x, y)) + r for a in strokes for x, y, r in (a[:3], a[3:]))
    size = _sample_uniform(rng, nucleus.diameter_um)
    if nucleus.shape in _LOBED_SHAPES:  # long shapes shrink to fit; round ones enlarge the body instead
        size = min(size, (radius - 0.5) / reach)
    room = max(radius - reach * size, 0.0) * _sample_uniform(rng, nucleus.eccentricity)
    toward = rng.uniform(0, 2 * np.pi)
    cx, cy = float(room * np.cos(toward)), float(room * np.sin(toward))
    turn = float(rng.uniform(0, 2 * np.pi))
    wander = np.float32(nucleus.contour_deviation_um)
    x, y = w.x + wander * w.noise(2.8), w.y + wander * w.noise(2.8)
    distance = union_distance(x, y, [transform_stroke(s, size, turn, cx, cy) for s in strokes], 0.35)
    for cut in cuts:
        distance = np.maximum(distance, -capsule_distance(x, y, transform_stroke(cut, size, turn, cx, cy)))
    return distance, (cx, cy)


def _stain_cytoplasm(
    w: _CellWindow, cytoplasm: Cytoplasm, cell: ScalarField, nucleus: ScalarField | None, centre: tuple[float, float]
) -> NDArray[np.float32]:
    """Absorbance of the cell body, h×w×3."""
    rng, azure = w.rng, w.stain.azure
    middle, edge = absorbance(cytoplasm.colour, azure, w.stain), absorbance(cytoplasm.edge_colour, azure, w.stain)
    near = np.exp(np.minimum(cell, 0) / np.float32(0.7))
    amount = 1 + np.float32(cytoplasm.colour_variation) * (0.8 * w.noise(0.3) + 0.6 * w.noise(1.2))
    if cytoplasm.perinuclear_pallor and nucleus is not None:
        length = float(np.hypot(*centre))
        lean = (centre[0] / length, centre[1] / length) if length > 0.2 else (1.0, 0.0)
        hx, hy = centre[0] - 4.2 * lean[0], centre[1] - 4.2 * lean[1]
        pale = np.exp(-((w.x - np.float32(hx)) ** 2 + (w.y - np.float32(hy)) ** 2) / np.float32(5.0))
        amount *= 1 - np.float32(cytoplasm.perinuclear_pallor) * pale * (1 - near)
    holes = _sample_count(rng, cytoplasm.vacuoles)
    if holes:
        room = cell < -0.9
        if nucleus is not None:
            room &= nucleus > 0.3
        amount *= 1 - w.scatter_dots(room, holes, (0.3, 0.75), 0.85)
    weight = near[..., None]
    stained: NDArray[np.float32] = np.maximum(amount, 0.05)[..., None] * (middle * (1 - weight) + edge * weight)
    return stained


def _stain_nucleus(w: _CellWindow, nucleus: Nucleus, distance: ScalarField) -> NDArray[np.float32]:
    """Absorbance of the nucleus, h×w×3."""
    azure = w.stain.azure
    dark, pale = (
        absorbance(nucleus.chromatin_colour, azure, w.stain),
        absorbance(nucleus.interchromatin_colour, azure, w.stain),
    )
    threads = 0.6 - np.abs(w.noise(0.8 * nucleus.grain_um))  # the ridges of smooth noise form a mesh
    fine = 0.75 * w.noise(0.24) - 0.9 * threads
    blocks = np.tanh(2.0 * w.noise(1.5 * nucleus.grain_um) + 0.7 * fine)
    pattern = (1 - nucleus.clumping) * fine + nucleus.clumping * blocks
    share = 0.32 + np.float32(nucleus.contrast) * pattern
    share *= 1 - 0.85 * np.exp(-((distance / np.float32(0.28)) ** 2))
    count = _sample_count(w.rng, nucleus.nucleoli)
    if count:
        spots = w.scatter_dots(distance < -1.2, count, (0.55, 1.0), 1.0)
        share = share * (1 - 0.6 * spots) + 0.75 * spots
    weight = np.clip(share, 0.0, 1.0)[..., None]
    uneven = 1 + 0.07 * w.noise(3.0)[..., None]
    stained: NDArray[np.float32] = (dark * (1 - weight) + pale * weight) * uneven
    return stained


def _blend(od: NDArray[np.float32], layer: ScalarField, colour: NDArray[np.float32]) -> None:
    od += layer[..., None] * (colour - od)


def _draw_granules(
    w: _CellWindow, od: NDArray[np.float32], kind: Granules, cell: ScalarField, nucleus: ScalarField | None
) -> None:
    count = _sample_count(w.rng, kind.count)
    radius = 0.5 * (kind.radius_um[0] + kind.radius_um[1])
    inside = cell < -1.1 * radius
    beside = inside if nucleus is None else inside & (nucleus > -0.1)
    colour = absorbance(kind.colour, w.stain.azure, w.stain)
    _blend(od, w.scatter_dots(beside, count, kind.radius_um, kind.strength), colour)
    if nucleus is not None and kind.over_nucleus:
        over = round(count * kind.over_nucleus * float((nucleus < 0).sum()) / max(float(beside.sum()), 1.0))
        _blend(od, w.scatter_dots(nucleus < -radius, min(over, 4 * count), kind.radius_um, 0.8 * kind.strength), colour)
    if radius > 0.27 and kind.strength < 0.9:  # large granules are refractile: add bright spots
        od *= 1 - w.scatter_dots(beside, count // 2, (0.07, 0.12), 0.3)[..., None]


def _draw_auer_rods(
    w: _CellWindow, od: NDArray[np.float32], rods: AuerRods, cell: ScalarField, nucleus: ScalarField
) -> None:
    rng = w.rng
    if rng.random() >= rods.probability:
        return
    ys, xs = np.nonzero((cell < -0.8) & (nucleus > 0.15))
    if not len(ys):
        return
    at = int(rng.integers(len(ys)))
    x0, y0 = float(w.x[ys[at], xs[at]]), float(w.y[ys[at], xs[at]])
    lead = np.arctan2(y0, x0) + np.pi / 2
    layer = np.zeros(w.shape, np.float32)
    for _ in range(_sample_count(rng, rods.count)):
        angle, half = lead + rng.normal(0, 0.45), 0.5 * _sample_uniform(rng, rods.length_um)
        x, y = x0 + rng.normal(0, 0.35), y0 + rng.normal(0, 0.35)
        dx, dy = half * np.cos(angle), half * np.sin(angle)
        thick = rng.uniform(0.09, 0.15)
        distance = capsule_distance(w.x, w.y, (x - dx, y - dy, 0.6 * thick, x + dx, y + dy, thick))
        layer = np.maximum(layer, w.coverage(distance) * 0.92)
    layer[cell > -0.15] = 0
    _blend(od, layer, absorbance((142, 18, 92), w.stain.azure, w.stain))


def _draw_debris(w: _CellWindow, od: NDArray[np.float32], debris: Debris, nucleus: ScalarField | None) -> None:
    rng, azure = w.rng, w.stain.azure
    if debris.smear_um[1]:
        reach = 0.5 * _sample_uniform(rng, debris.smear_um)
        distance = np.hypot(w.x, w.y * np.float32(rng.uniform(0.8, 1.8))) - reach + 1.6 * w.noise(2.6)
        cloud = np.clip(-0.5 * distance, 0, 1) * np.clip(0.6 + 0.35 * w.noise(0.6), 0, 1)
        od += cloud[..., None] * absorbance((150, 84, 156), azure, w.stain)
    if nucleus is not None:
        halo = 0.75 * np.exp(-np.maximum(nucleus, 0) / np.float32(1.9)) * np.clip(0.5 + 0.6 * w.noise(0.5), 0, 1)
        od += halo[..., None] * absorbance((196, 150, 184), azure, w.stain)
    fibres = _sample_count(rng, debris.fibres)
    layer = np.zeros(w.shape, np.float32)
    lead = rng.uniform(0, 2 * np.pi)
    mid = (w.shape[0] / 2, w.shape[1] / 2)
    for _ in range(fibres):
        angle, bend = lead + rng.normal(0, 0.45), rng.normal(0, 0.06)
        steps = np.arange(0, rng.uniform(4.5, 10.0), 0.06)
        heading = angle + bend * steps
        xs = mid[1] + w.px_per_um * (rng.normal(0, 1.6) + np.cumsum(np.cos(heading)) * 0.06)
        ys = mid[0] + w.px_per_um * (rng.normal(0, 1.6) + np.cumsum(np.sin(heading)) * 0.06)
        draw_soft_dots(layer, ys, xs, np.full(len(xs), 0.09 * w.px_per_um), float(rng.uniform(0.15, 0.4)))
    grains = _sample_count(rng, debris.grains)
    if grains:
        spread = 3.2 if nucleus is None else 6.0
        near = np.exp(-(w.x**2 + w.y**2) / np.float32(2 * spread**2)) > rng.random(w.shape, dtype=np.float32)
        if nucleus is None:
            near &= w.noise(1.6) > 0.1
            dark = w.scatter_dots(near, 2 * grains, (0.1, 0.34), 1.0) * np.clip(0.8 + 0.25 * w.noise(0.4), 0.3, 1)
            od += dark[..., None] * absorbance((58, 24, 92), azure, w.stain)
        else:
            layer = np.maximum(layer, w.scatter_dots(near, grains, (0.06, 0.16), 0.5))
    od += layer[..., None] * absorbance((112, 60, 140), azure, w.stain)


def _draw_cell(
    w: _CellWindow, od: NDArray[np.float32], form: CellForm, radius: float, indenting_discs: list[RedCellDisc]
) -> NDArray[np.uint8]:
    """Paint the cell over `od` (absorbance, in place); returns the mask."""
    nucleus, centre = _nucleus_distance(w, form.nucleus, radius) if form.nucleus else (None, (0.0, 0.0))
    cell: ScalarField | None = None
    if form.cytoplasm:
        cell = _body_distance(w, form.cytoplasm, radius)
        if nucleus is not None:
            cell = smooth_min(cell, nucleus - np.float32(form.cytoplasm.min_width_um), 0.8)
        for x, y, other in indenting_discs:
            cell = np.maximum(cell, np.float32(other + 0.05) - np.hypot(w.x - np.float32(x), w.y - np.float32(y)))
        if nucleus is not None:
            nucleus = np.maximum(nucleus, cell + np.float32(0.6 * form.cytoplasm.min_width_um))
    if nucleus is not None and cell is None:
        # A burst nucleus has no membrane: make its outline irregular.
        nucleus = nucleus + 0.35 * w.noise(0.6) + 0.3 * w.noise(1.3)
    if form.debris:
        _draw_debris(w, od, form.debris, nucleus)
    if cell is not None and form.cytoplasm:
        cover = w.coverage(cell)[..., None]
        od += cover * (_stain_cytoplasm(w, form.cytoplasm, cell, nucleus, centre) - od)
    if nucleus is not None and form.nucleus:
        cover = w.coverage(nucleus, 0.0 if cell is not None else 1.1)[..., None]
        od += cover * (_stain_nucleus(w, form.nucleus, nucleus) - od)
    if cell is not None:
        for kind in form.granules:
            _draw_granules(w, od, kind, cell, nucleus)
        if form.auer_rods and nucleus is not None:
            _draw_auer_rods(w, od, form.auer_rods, cell, nucleus)
    mask = np.full(w.shape, BACKGROUND, np.uint8)
    if cell is not None:
        mask[cell < 0] = CYTOPLASM
    if nucleus is not None:
        mask[nucleus < 0] = NUCLEUS
    return mask


def _window_half_side_um(form: CellForm, radius: float) -> float:
    """Half the side of the window that a form needs, in µm."""
    if form.debris:
        return 13.5
    spread = 1.5 * np.sqrt(form.cytoplasm.bodies[1]) if form.cytoplasm and form.cytoplasm.bodies[1] > 1 else 1.3
    return float(radius * spread + 1.2)


def render_cell(
    class_key: str,
    rng: np.random.Generator,
    *,
    side: int = 360,
    height: int | None = None,
    diagnosis: str = "",
    stain: Stain | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw one cell of a class.

    Args:
        class_key: A class of the taxonomy.
        rng: Source of all variation.
        side: Width in pixels; the frame is always about 35 µm wide.
        height: Height in pixels; `side` when None.
        diagnosis: The patient's diagnosis, a key of the taxonomy's diagnoses, or "".
        stain: Stain of the slide; random when None.

    Returns:
        The image (RGB uint8, H×W×3) and its mask (uint8, H×W: 0 background, 1 cytoplasm, 2 nucleus). Artefacts, which
        are not cells, have a mask of zeros.

    Raises:
        ExportError: The class has no form.
    """
    forms = forms_for_class(class_key, diagnosis)
    form = forms[int(rng.integers(len(forms)))]
    stain = vary_stain(stain or sample_stain(rng), rng)
    rows, columns = height or side, side
    px_per_um = side / FRAME_UM * stain.zoom
    radius = 0.5 * _sample_uniform(rng, form.cytoplasm.diameter_um if form.cytoplasm else (11.0, 13.0))
    free = radius if not (form.cytoplasm and form.cytoplasm.bodies[1] > 1) else 3.2 * radius
    dents = _sample_count(rng, form.cytoplasm.indenting_red_cells) if form.cytoplasm else 0
    half = (rows / 2 / px_per_um, columns / 2 / px_per_um)
    discs = place_red_cells(rng, stain, half, free, dents)
    od = np.zeros((rows, columns, 3), np.float32)
    draw_red_cells(od, discs, px_per_um, stain, rng)
    draw_platelets(od, px_per_um, stain, rng, free)
    cy, cx = rows / 2, columns / 2
    reach = int(np.ceil(_window_half_side_um(form, radius) * px_per_um))
    top, left = max(0, int(cy) - reach), max(0, int(cx) - reach)
    bottom, right = min(rows, int(cy) + reach), min(columns, int(cx) + reach)
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    window = _CellWindow((x - np.float32(cx)) / px_per_um, (y - np.float32(cy)) / px_per_um, px_per_um, stain, rng)
    mask = np.zeros((rows, columns), np.uint8)
    mask[top:bottom, left:right] = _draw_cell(window, od[top:bottom, left:right], form, radius, discs[:dents])
    return render_photograph(od, stain, stain.blur_sigma_px * side / 360, rng), mask
