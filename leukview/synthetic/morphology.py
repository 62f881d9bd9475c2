"""What a cell looks like, as numbers: the vocabulary in which every form of cell is described."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ValueRange = tuple[float, float]
"""Lowest and highest value; a cell draws its own in between."""
CountRange = tuple[int, int]
"""Fewest and most, both included."""
Rgb = tuple[int, int, int]
"""A colour as the camera sees it through the stained part, 0..255, on the reference background."""


class NucleusShape(StrEnum):
    """How a nucleus is built."""

    ROUND = "round"
    KIDNEY = "kidney"
    BAND = "band"
    SEGMENTED = "segmented"
    BILOBED = "bilobed"
    BUTTERFLY = "butterfly"
    CLEFT = "cleft"
    FRAGMENTS = "fragments"
    MITOSIS = "mitosis"


@dataclass(frozen=True, slots=True)
class Nucleus:
    """A nucleus.

    Attributes:
        diameter_um: Of the disc of equal area, in µm.
        lobes: Lobes or fragments; matters for lobed outlines only.
        dark: Colour of condensed chromatin.
        pale: Colour between the chromatin.
        grain_um: Size of the chromatin's pattern in µm.
        clumping: 0 = fine and even (blast), 1 = coarse blocks (plasma cell).
        contrast: Strength of the pattern, 0..1.
        nucleoli: Nucleoli that are seen.
        off_centre: 0 = in the middle of the cell, 1 = touching its edge.
        wrinkle_um: How far the contour wanders, in µm.
    """

    shape: NucleusShape
    diameter_um: ValueRange
    lobes: CountRange = (1, 1)
    chromatin_colour: Rgb = (66, 26, 118)
    interchromatin_colour: Rgb = (126, 84, 150)
    grain_um: float = 0.45
    clumping: float = 0.5
    contrast: float = 0.5
    nucleoli: CountRange = (0, 0)
    eccentricity: ValueRange = (0.0, 0.4)
    contour_deviation_um: float = 0.25


@dataclass(frozen=True, slots=True)
class Cytoplasm:
    """A cell body.

    Attributes:
        diameter_um: Of the round cell, in µm; the body grows where the nucleus would leave it.
        colour: In the middle of the body.
        edge: At the rim; darker blue in basophilic cells.
        rough: Relative amplitude of the contour's low waves.
        rim_um: Least width around the nucleus, in µm.
        hof: 0..1, how much paler the cytoplasm is beside the nucleus (Golgi zone).
        vacuoles: Empty vacuoles.
        hugging: Red cells that dent the body, which clings to them.
        hairs: Fine projections around the contour.
        blebs: Blunt projections.
        bodies: Separate bodies that lie together (platelet clump).
        mottle: 0..1, unevenness of the colour.
    """

    diameter_um: ValueRange
    colour: Rgb
    edge_colour: Rgb
    contour_roughness: float = 0.03
    min_width_um: float = 0.35
    perinuclear_pallor: float = 0.0
    vacuoles: CountRange = (0, 0)
    indenting_red_cells: CountRange = (0, 0)
    hairy_projections: CountRange = (0, 0)
    blebs: CountRange = (0, 0)
    bodies: CountRange = (1, 1)
    colour_variation: float = 0.15


@dataclass(frozen=True, slots=True)
class Granules:
    """One kind of granule.

    Attributes:
        radius_um: In µm.
        strength: 0..1 of the colour.
        over_nucleus: Share of the granules that lie on the nucleus as well as beside it, 0..1.
    """

    count: CountRange
    radius_um: ValueRange
    colour: Rgb
    strength: float = 0.8
    over_nucleus: float = 0.0


@dataclass(frozen=True, slots=True)
class AuerRods:
    """Auer rods; several side by side are a faggot.

    Attributes:
        chance: Of a cell to have any, 0..1.
        bundle: Rods in the cell.
        length_um: In µm.
    """

    probability: float
    count: CountRange
    length_um: ValueRange = (2.0, 4.5)


@dataclass(frozen=True, slots=True)
class Debris:
    """What lies about without being a cell.

    Attributes:
        grains: Dark grains of precipitated stain.
        smear_um: Extent of a structureless violet smear in µm; (0, 0) = none.
        fibres: Threads drawn out of a broken nucleus.
    """

    grains: CountRange = (0, 0)
    smear_um: ValueRange = (0.0, 0.0)
    fibres: CountRange = (0, 0)


@dataclass(frozen=True, slots=True)
class CellForm:
    """One form of cell; a class or a disease may have several.

    Attributes:
        nucleus: None for platelets and for what is no cell.
        cytoplasm: None for bare nuclei and for what is no cell.
    """

    nucleus: Nucleus | None = None
    cytoplasm: Cytoplasm | None = None
    granules: tuple[Granules, ...] = ()
    auer_rods: AuerRods | None = None
    debris: Debris | None = None
