"""Parameters that describe the morphology of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ValueRange = tuple[float, float]
"""Lowest and highest value of a uniform distribution, from which each cell draws."""
CountRange = tuple[int, int]
"""Smallest and largest number, both included."""
Rgb = tuple[int, int, int]
"""Colour as seen through the stained part on the reference background, 0..255."""


class NucleusShape(StrEnum):
    """Basic shape of a nucleus."""

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
    """Parameters of a nucleus.

    Attributes:
        diameter_um: Diameter of the disc of equal area, in µm.
        lobes: Number of lobes or fragments; used by lobed outlines only.
        chromatin_colour: Colour of condensed chromatin.
        interchromatin_colour: Colour between the chromatin.
        grain_um: Size of the chromatin pattern, in µm.
        clumping: 0 = fine and even (blast), 1 = coarse blocks (plasma cell).
        contrast: Strength of the pattern, 0..1.
        nucleoli: Number of visible nucleoli.
        eccentricity: 0 = in the middle of the cell, 1 = touching its edge.
        contour_deviation_um: Amplitude of the outline's irregularity, in µm.
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
    """Parameters of a cell body.

    Attributes:
        diameter_um: Diameter of the round cell, in µm; the body is enlarged where the nucleus would protrude.
        colour: Colour in the middle.
        edge_colour: Colour at the rim; darker blue in basophilic cells.
        contour_roughness: Relative amplitude of the outline's low-frequency waves.
        min_width_um: Least width around the nucleus, in µm.
        perinuclear_pallor: Pallor beside the nucleus (Golgi zone), 0..1.
        vacuoles: Number of empty vacuoles.
        indenting_red_cells: Number of red cells that indent the body.
        hairy_projections: Number of fine projections.
        blebs: Number of blunt projections.
        bodies: Number of separate bodies (platelet clump).
        colour_variation: Unevenness of the colour, 0..1.
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
        radius_um: Radius in µm.
        strength: Opacity of the colour, 0..1.
        over_nucleus: Density over the nucleus relative to that in the cytoplasm, 0..1.
    """

    count: CountRange
    radius_um: ValueRange
    colour: Rgb
    strength: float = 0.8
    over_nucleus: float = 0.0


@dataclass(frozen=True, slots=True)
class AuerRods:
    """Auer rods; several next to each other form a faggot.

    Attributes:
        probability: Probability that a cell has any, 0..1.
        count: Number of rods in the cell.
        length_um: Length in µm.
    """

    probability: float
    count: CountRange
    length_um: ValueRange = (2.0, 4.5)


@dataclass(frozen=True, slots=True)
class Debris:
    """Material that is not a cell.

    Attributes:
        grains: Number of dark grains of precipitated stain.
        smear_um: Extent of a structureless violet smear, in µm; (0, 0) = none.
        fibres: Number of threads from a ruptured nucleus.
    """

    grains: CountRange = (0, 0)
    smear_um: ValueRange = (0.0, 0.0)
    fibres: CountRange = (0, 0)


@dataclass(frozen=True, slots=True)
class CellForm:
    """One form of cell; a class or a diagnosis may have several.

    Attributes:
        nucleus: None for platelets and artefacts.
        cytoplasm: None for bare nuclei and artefacts.
    """

    nucleus: Nucleus | None = None
    cytoplasm: Cytoplasm | None = None
    granules: tuple[Granules, ...] = ()
    auer_rods: AuerRods | None = None
    debris: Debris | None = None
