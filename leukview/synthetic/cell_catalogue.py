"""Catalogue of cell forms: every class of the taxonomy, variants by diagnosis.

Sizes and features follow the usual descriptions of May-Grünwald-Giemsa films (Bain, *Blood Cells*; Palmer et al.,
ICSH recommendations for the grading of peripheral blood cell morphology, Int J Lab Hematol 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from leukview.core.errors import ExportError
from leukview.core.messages import Message
from leukview.synthetic.morphology import (
    AuerRods,
    CellForm,
    Cytoplasm,
    Debris,
    Granules,
    Nucleus,
    NucleusShape,
    Rgb,
)

_LILAC: Rgb = (205, 168, 176)
_LILAC_EDGE: Rgb = (190, 148, 168)
_AZUROPHIL: Rgb = (118, 36, 112)
_NEUTROPHIL_GRANULES = Granules((150, 260), (0.09, 0.17), (138, 74, 134), 0.62)
_EOSINOPHIL_GRANULES = Granules((190, 280), (0.24, 0.36), (176, 82, 106), 0.8, over_nucleus=0.04)
_BASOPHIL_GRANULES = Granules((80, 150), (0.2, 0.4), (64, 24, 112), 0.95, over_nucleus=0.7)


def _neutrophil(outline: NucleusShape, lobes: tuple[int, int], size: tuple[float, float] = (7.5, 8.7)) -> CellForm:
    nucleus = Nucleus(
        outline, size, lobes, chromatin_colour=(70, 20, 126), interchromatin_colour=(150, 112, 156), grain_um=0.55, clumping=0.7, contrast=0.6,
        eccentricity=(0.0, 0.35), contour_deviation_um=0.22,
    )  # fmt: skip
    return CellForm(
        nucleus,
        Cytoplasm((12.2, 14.4), _LILAC, _LILAC_EDGE, contour_roughness=0.025, colour_variation=0.3),
        (_NEUTROPHIL_GRANULES,),
    )


_SEGMENTED = _neutrophil(NucleusShape.SEGMENTED, (3, 4))
_BAND = _neutrophil(NucleusShape.BAND, (1, 1), (7.8, 9.0))
_METAMYELOCYTE = CellForm(
    Nucleus(NucleusShape.KIDNEY, (8.2, 9.8), grain_um=0.55, clumping=0.6, contrast=0.55, eccentricity=(0.3, 0.8)),
    Cytoplasm((12.0, 14.5), (190, 152, 174), (172, 132, 164), contour_roughness=0.03, colour_variation=0.3),
    (replace(_NEUTROPHIL_GRANULES, count=(170, 280)),),
)
_MYELOCYTE = CellForm(
    Nucleus(NucleusShape.ROUND, (8.6, 10.4), grain_um=0.5, clumping=0.5, contrast=0.55, eccentricity=(0.45, 0.95)),
    Cytoplasm(
        (12.5, 15.5),
        (184, 148, 176),
        (156, 122, 168),
        contour_roughness=0.03,
        perinuclear_pallor=0.25,
        colour_variation=0.3,
    ),
    (
        replace(_NEUTROPHIL_GRANULES, count=(170, 300)),
        Granules((10, 45), (0.16, 0.26), _AZUROPHIL, 0.7, over_nucleus=0.2),
    ),
)
_PROMYELOCYTE = CellForm(
    Nucleus(
        NucleusShape.ROUND, (10.5, 12.5), chromatin_colour=(80, 32, 132), interchromatin_colour=(142, 90, 160), grain_um=0.4, clumping=0.3,
        contrast=0.45, nucleoli=(1, 2), eccentricity=(0.4, 0.9),
    ),
    Cytoplasm((15.0, 18.5), (168, 130, 172), (128, 92, 162), contour_roughness=0.03, perinuclear_pallor=0.35, colour_variation=0.25),
    (Granules((70, 160), (0.16, 0.27), _AZUROPHIL, 0.85, over_nucleus=0.35),),
)  # fmt: skip
_BLAST_NUCLEUS = Nucleus(
    NucleusShape.ROUND, (10.6, 12.8), chromatin_colour=(92, 36, 136), interchromatin_colour=(150, 98, 162), grain_um=0.36, clumping=0.1, contrast=0.4,
    nucleoli=(1, 3), eccentricity=(0.2, 0.9), contour_deviation_um=0.35,
)  # fmt: skip
_BLAST = CellForm(
    _BLAST_NUCLEUS,
    Cytoplasm(
        (12.8, 15.8),
        (172, 142, 180),
        (108, 76, 154),
        contour_roughness=0.045,
        indenting_red_cells=(0, 2),
        colour_variation=0.2,
    ),
)
_CLEFT_BLAST = replace(_BLAST, nucleus=replace(_BLAST_NUCLEUS, shape=NucleusShape.CLEFT, contour_deviation_um=0.5))
_MYELOBLAST = replace(
    _BLAST, granules=(Granules((0, 16), (0.14, 0.22), _AZUROPHIL, 0.7),), auer_rods=AuerRods(0.45, (1, 2), (2.4, 5.0))
)
_MONOBLAST = CellForm(
    replace(_BLAST_NUCLEUS, diameter_um=(11.5, 14.0), interchromatin_colour=(156, 110, 168)),
    Cytoplasm(
        (16.0, 19.5), (176, 152, 180), (128, 104, 164), contour_roughness=0.05, vacuoles=(0, 5), colour_variation=0.25
    ),
    (Granules((10, 40), (0.1, 0.16), (130, 60, 130), 0.5),),
)
_LYMPHOBLAST = CellForm(
    replace(_BLAST_NUCLEUS, diameter_um=(8.6, 10.8), clumping=0.25, nucleoli=(0, 1), shape=NucleusShape.CLEFT),
    Cytoplasm((9.6, 12.0), (158, 136, 184), (98, 74, 156), contour_roughness=0.03, vacuoles=(0, 1)),
)
_APL_HYPERGRANULAR = CellForm(
    Nucleus(
        NucleusShape.BUTTERFLY, (10.2, 12.8), chromatin_colour=(98, 36, 130), interchromatin_colour=(152, 88, 154), grain_um=0.38, clumping=0.15,
        contrast=0.38, nucleoli=(0, 2), eccentricity=(0.0, 0.4), contour_deviation_um=0.3,
    ),
    Cytoplasm((13.8, 17.0), (182, 122, 160), (152, 86, 150), contour_roughness=0.06, blebs=(0, 2), colour_variation=0.3),
    (Granules((180, 330), (0.15, 0.27), (122, 26, 106), 0.9, over_nucleus=0.3),),
    AuerRods(0.45, (4, 12), (2.2, 4.8)),
)  # fmt: skip
_APL_MICROGRANULAR = replace(
    _APL_HYPERGRANULAR,
    granules=(Granules((25, 70), (0.1, 0.17), (124, 36, 112), 0.6, over_nucleus=0.2),),
    cytoplasm=Cytoplasm(
        (13.2, 16.0), (172, 132, 172), (132, 86, 156), contour_roughness=0.06, blebs=(0, 3), colour_variation=0.25
    ),
    auer_rods=AuerRods(0.15, (1, 3)),
)
_MONOCYTE = CellForm(
    Nucleus(
        NucleusShape.KIDNEY, (10.0, 12.2), chromatin_colour=(96, 46, 138), interchromatin_colour=(158, 116, 164), grain_um=0.55, clumping=0.3,
        contrast=0.5, eccentricity=(0.1, 0.6), contour_deviation_um=0.5,
    ),
    Cytoplasm((15.0, 18.8), (186, 160, 182), (164, 136, 174), contour_roughness=0.07, vacuoles=(1, 9), indenting_red_cells=(0, 2), colour_variation=0.3),
    (Granules((80, 170), (0.08, 0.14), (132, 80, 142), 0.5),),
)  # fmt: skip
_CLEFT_MONOCYTE = replace(
    _MONOCYTE,
    nucleus=Nucleus(
        NucleusShape.CLEFT, (10.2, 12.2), chromatin_colour=(96, 46, 138), interchromatin_colour=(158, 116, 164), grain_um=0.55, clumping=0.3,
        contrast=0.5, eccentricity=(0.1, 0.6), contour_deviation_um=0.6,
    ),
)  # fmt: skip
_PROMONOCYTE = CellForm(
    Nucleus(
        NucleusShape.CLEFT, (11.4, 13.6), chromatin_colour=(96, 44, 138), interchromatin_colour=(156, 108, 166), grain_um=0.4, clumping=0.1,
        contrast=0.38, nucleoli=(0, 2), eccentricity=(0.1, 0.6), contour_deviation_um=0.55,
    ),
    Cytoplasm((15.8, 19.5), (176, 150, 182), (138, 112, 168), contour_roughness=0.05, vacuoles=(0, 5), colour_variation=0.28),
    (Granules((60, 140), (0.08, 0.15), (128, 64, 134), 0.5),),
)  # fmt: skip
_LYMPHOCYTE = CellForm(
    Nucleus(
        NucleusShape.ROUND, (7.8, 9.2), chromatin_colour=(72, 26, 126), interchromatin_colour=(128, 80, 152), grain_um=0.7, clumping=0.55, contrast=0.45,
        eccentricity=(0.2, 0.95), contour_deviation_um=0.25,
    ),
    Cytoplasm((8.8, 11.4), (172, 156, 192), (122, 100, 170), contour_roughness=0.035, min_width_um=0.3),
)  # fmt: skip
_LARGE_LYMPHOCYTE = replace(
    _LYMPHOCYTE,
    cytoplasm=Cytoplasm(
        (11.5, 14.0), (204, 184, 198), (160, 140, 186), contour_roughness=0.05, indenting_red_cells=(0, 1)
    ),
    granules=(Granules((4, 14), (0.16, 0.24), (120, 40, 110), 0.8),),
)
_VARIANT_LYMPHOCYTE = CellForm(
    Nucleus(
        NucleusShape.CLEFT, (9.4, 11.6), chromatin_colour=(84, 32, 132), interchromatin_colour=(148, 98, 160), grain_um=0.6, clumping=0.4, contrast=0.45,
        nucleoli=(0, 1), eccentricity=(0.2, 0.8), contour_deviation_um=0.55,
    ),
    Cytoplasm((14.5, 18.5), (188, 170, 196), (94, 74, 158), contour_roughness=0.05, indenting_red_cells=(2, 4), vacuoles=(0, 2), colour_variation=0.22),
)  # fmt: skip
_PLASMA_CELL = CellForm(
    Nucleus(
        NucleusShape.ROUND, (7.8, 9.2), chromatin_colour=(60, 20, 118), interchromatin_colour=(134, 90, 152), grain_um=0.9, clumping=0.85, contrast=0.42,
        eccentricity=(0.85, 1.0), contour_deviation_um=0.12,
    ),
    Cytoplasm((12.5, 16.5), (122, 94, 164), (82, 56, 142), contour_roughness=0.045, perinuclear_pallor=0.75, vacuoles=(0, 2), colour_variation=0.25),
)  # fmt: skip
_PLASMABLAST = replace(
    _PLASMA_CELL,
    nucleus=Nucleus(
        NucleusShape.ROUND, (9.2, 11.2), chromatin_colour=(78, 32, 128), interchromatin_colour=(136, 90, 156), grain_um=0.6, clumping=0.45,
        contrast=0.42, nucleoli=(1, 1), eccentricity=(0.7, 1.0),
    ),
)  # fmt: skip
_PROLYMPHOCYTE = CellForm(
    Nucleus(
        NucleusShape.ROUND, (8.6, 10.2), chromatin_colour=(72, 28, 126), interchromatin_colour=(136, 88, 154), grain_um=0.7, clumping=0.6, contrast=0.4,
        nucleoli=(1, 1), eccentricity=(0.1, 0.7),
    ),
    Cytoplasm((11.0, 13.5), (174, 156, 194), (128, 106, 172), contour_roughness=0.03),
)  # fmt: skip
_CLL = CellForm(
    Nucleus(
        NucleusShape.ROUND, (6.8, 8.2), chromatin_colour=(60, 22, 116), interchromatin_colour=(138, 92, 152), grain_um=0.95, clumping=0.95, contrast=0.48,
        eccentricity=(0.1, 0.8), contour_deviation_um=0.2,
    ),
    Cytoplasm((7.8, 9.6), (174, 160, 194), (128, 108, 174), contour_roughness=0.04, min_width_um=0.25),
)  # fmt: skip
_HAIRY_CELL = CellForm(
    Nucleus(
        NucleusShape.KIDNEY, (8.2, 9.8), chromatin_colour=(82, 34, 130), interchromatin_colour=(144, 98, 160), grain_um=0.5, clumping=0.3, contrast=0.38,
        eccentricity=(0.2, 0.7),
    ),
    Cytoplasm((12.2, 15.0), (192, 176, 198), (164, 146, 188), contour_roughness=0.05, hairy_projections=(26, 44), colour_variation=0.2),
)  # fmt: skip
_EOSINOPHIL = CellForm(
    replace(_neutrophil(NucleusShape.BILOBED, (2, 2)).nucleus or _BLAST_NUCLEUS, eccentricity=(0.2, 0.8)),
    Cytoplasm((12.4, 14.6), (196, 136, 148), (180, 112, 136), contour_roughness=0.03, colour_variation=0.2),
    (_EOSINOPHIL_GRANULES,),
)
_BASOPHIL = CellForm(
    Nucleus(
        NucleusShape.BILOBED,
        (7.0, 8.4),
        chromatin_colour=(98, 52, 138),
        interchromatin_colour=(142, 96, 156),
        contrast=0.35,
        contour_deviation_um=0.4,
    ),
    Cytoplasm((10.8, 12.8), (178, 138, 174), (156, 112, 166), contour_roughness=0.03, colour_variation=0.2),
    (_BASOPHIL_GRANULES,),
)
_LATE_ERYTHROBLAST = CellForm(
    Nucleus(
        NucleusShape.ROUND, (4.4, 5.8), chromatin_colour=(44, 18, 100), interchromatin_colour=(70, 36, 122), grain_um=0.8, clumping=0.6, contrast=0.2,
        eccentricity=(0.1, 0.9), contour_deviation_um=0.1,
    ),
    Cytoplasm((8.0, 9.8), (170, 124, 146), (160, 112, 144), contour_roughness=0.035, colour_variation=0.1),
)  # fmt: skip
_EARLY_ERYTHROBLAST = CellForm(
    Nucleus(
        NucleusShape.ROUND, (5.8, 7.4), chromatin_colour=(54, 20, 112), interchromatin_colour=(132, 92, 152), grain_um=0.8, clumping=0.95, contrast=0.5,
        eccentricity=(0.0, 0.6), contour_deviation_um=0.1,
    ),
    Cytoplasm((9.6, 11.6), (158, 128, 160), (136, 104, 150), contour_roughness=0.035, colour_variation=0.15),
)  # fmt: skip
_DYSPLASTIC_NEUTROPHIL = CellForm(
    replace(_neutrophil(NucleusShape.BILOBED, (2, 2)).nucleus or _BLAST_NUCLEUS, clumping=0.95, contrast=0.5),
    Cytoplasm((11.2, 13.2), (210, 186, 190), (190, 162, 180), contour_roughness=0.035, colour_variation=0.12),
    (Granules((0, 20), (0.08, 0.14), (138, 74, 134), 0.4),),
)
_PLATELET_GRANULES = Granules((18, 34), (0.12, 0.22), (112, 54, 134), 0.8)
_PLATELET = CellForm(
    None,
    Cytoplasm((2.2, 3.8), (180, 140, 172), (184, 152, 184), contour_roughness=0.08, colour_variation=0.25),
    (_PLATELET_GRANULES,),
)
_GIANT_PLATELET = CellForm(
    None,
    Cytoplasm((6.6, 9.6), (176, 144, 178), (172, 150, 184), contour_roughness=0.06, blebs=(2, 6), colour_variation=0.4),
    (Granules((150, 280), (0.13, 0.25), (108, 52, 136), 0.8),),
)
_PLATELET_CLUMP = CellForm(
    None,
    Cytoplasm(
        (2.4, 4.0), (178, 138, 172), (172, 140, 176), contour_roughness=0.1, bodies=(9, 22), colour_variation=0.35
    ),
    (Granules((240, 420), (0.12, 0.22), (108, 50, 132), 0.85),),
)
_SMUDGE = CellForm(
    Nucleus(
        NucleusShape.ROUND, (10.5, 14.0), chromatin_colour=(112, 52, 140), interchromatin_colour=(164, 108, 164), grain_um=0.5, clumping=0.35,
        contrast=0.5, contour_deviation_um=0.95, eccentricity=(0.0, 0.0),
    ),
    debris=Debris(grains=(10, 70), smear_um=(0.0, 0.0), fibres=(0, 40)),
)  # fmt: skip
_ARTEFACT = (
    CellForm(debris=Debris(grains=(90, 260))),
    CellForm(debris=Debris(grains=(10, 40), smear_um=(7.0, 13.0))),
)
_APOPTOTIC = CellForm(
    Nucleus(
        NucleusShape.FRAGMENTS,
        (5.2, 6.8),
        (3, 7),
        chromatin_colour=(46, 16, 98),
        interchromatin_colour=(72, 36, 118),
        contrast=0.15,
        grain_um=0.9,
    ),
    Cytoplasm(
        (9.5, 12.5),
        (172, 122, 166),
        (154, 104, 158),
        contour_roughness=0.08,
        blebs=(0, 4),
        vacuoles=(0, 4),
        colour_variation=0.3,
    ),
)
_MITOTIC = CellForm(
    Nucleus(
        NucleusShape.MITOSIS,
        (7.0, 8.6),
        chromatin_colour=(46, 16, 98),
        interchromatin_colour=(80, 42, 124),
        contrast=0.25,
        eccentricity=(0.0, 0.1),
    ),
    Cytoplasm((14.0, 17.0), (166, 142, 180), (118, 90, 160), contour_roughness=0.03, colour_variation=0.25),
)

FORMS_BY_CLASS: Mapping[str, tuple[CellForm, ...]] = MappingProxyType(
    {
        "blast": (_BLAST, _CLEFT_BLAST),
        "promyelocyte": (_PROMYELOCYTE,),
        "abnormal_promyelocyte": (_APL_HYPERGRANULAR, _APL_HYPERGRANULAR, _APL_MICROGRANULAR),
        "promonocyte": (_PROMONOCYTE,),
        "aml": (_MYELOBLAST, _MYELOBLAST, _CLEFT_BLAST, _MONOBLAST),
        "mds": (_DYSPLASTIC_NEUTROPHIL, _MYELOBLAST),
        "cml": (_MYELOCYTE, _PROMYELOCYTE, _BLAST),
        "cmml": (_PROMONOCYTE, _CLEFT_MONOCYTE),
        "all": (_LYMPHOBLAST,),
        "cll": (_CLL,),
        "pcl": (_PLASMA_CELL, _PLASMABLAST),
        "hcl": (_HAIRY_CELL,),
        "immature_granulocyte": (_MYELOCYTE, _METAMYELOCYTE, _PROMYELOCYTE),
        "myelocyte": (_MYELOCYTE,),
        "metamyelocyte": (_METAMYELOCYTE,),
        "neutrophil": (_SEGMENTED, _SEGMENTED, _BAND),
        "band_neutrophil": (_BAND,),
        "segmented_neutrophil": (_SEGMENTED,),
        "eosinophil": (_EOSINOPHIL,),
        "basophil": (_BASOPHIL,),
        "lymphocyte": (_LYMPHOCYTE, _LYMPHOCYTE, _LARGE_LYMPHOCYTE),
        "variant_lymphocyte": (_VARIANT_LYMPHOCYTE,),
        "prolymphocyte": (_PROLYMPHOCYTE,),
        "plasma_cell": (_PLASMA_CELL,),
        "monocyte": (_MONOCYTE, _CLEFT_MONOCYTE),
        "erythroblast": (_LATE_ERYTHROBLAST, _EARLY_ERYTHROBLAST),
        "platelet": (_PLATELET,),
        "giant_platelet": (_GIANT_PLATELET,),
        "platelet_clump": (_PLATELET_CLUMP,),
        "smudge_cell": (_SMUDGE,),
        "artefact": _ARTEFACT,
        "unidentified": (_APOPTOTIC,),
        "other": (_MITOTIC,),
    }
)
"""Forms by class key; one is chosen at random, with equal probability."""

FORMS_BY_DIAGNOSIS: Mapping[tuple[str, str], tuple[CellForm, ...]] = MappingProxyType(
    {
        ("blast", "AML"): FORMS_BY_CLASS["aml"],
        ("blast", "APL"): (_APL_HYPERGRANULAR, _APL_MICROGRANULAR),
        ("blast", "MDS"): (_MYELOBLAST,),
        ("blast", "CML"): (_BLAST,),
        ("blast", "CMML"): (_MONOBLAST, _BLAST),
        ("blast", "ALL"): FORMS_BY_CLASS["all"],
        ("blast", "Ph+ALL"): FORMS_BY_CLASS["all"],
        ("blast", "Ph-ALL"): FORMS_BY_CLASS["all"],
        ("blast", "CLL"): (_PROLYMPHOCYTE,),
        ("blast", "PCL"): (_PLASMABLAST,),
        ("blast", "HCL"): FORMS_BY_CLASS["hcl"],
        ("promyelocyte", "APL"): (_APL_HYPERGRANULAR, _APL_HYPERGRANULAR, _APL_MICROGRANULAR),
        ("segmented_neutrophil", "MDS"): (_DYSPLASTIC_NEUTROPHIL, _SEGMENTED),
        ("monocyte", "CMML"): (_CLEFT_MONOCYTE, _PROMONOCYTE),
    }
)
"""Forms of a class for a patient's diagnosis (a key of the taxonomy's ``[diagnoses]``)."""


def forms_for_class(class_key: str, diagnosis: str = "") -> tuple[CellForm, ...]:
    """Forms in which a class is drawn; at least one.

    Raises:
        ExportError: The class has no form.
    """
    try:
        return FORMS_BY_DIAGNOSIS.get((class_key, diagnosis)) or FORMS_BY_CLASS[class_key]
    except KeyError:
        raise ExportError(
            Message("There is no synthetic form of the class “{class_key}”.", class_key=class_key)
        ) from None
