"""The table of forms: every class of the taxonomy, and what a diagnosis makes of it.

Sizes and signs follow the usual descriptions of May-Grünwald-Giemsa films (Bain, *Blood Cells*; Palmer et al.,
ICSH recommendations for the grading of peripheral blood cell morphology, Int J Lab Hematol 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from leukview.core.errors import ExportError
from leukview.core.messages import Message
from leukview.synthetic.morphology import (
    CellForm,
    Cytoplasm,
    Debris,
    Granules,
    Nucleus,
    Outline,
    Rgb,
    Rods,
)

_LILAC: Rgb = (205, 168, 176)
_LILAC_EDGE: Rgb = (190, 148, 168)
_AZUROPHIL: Rgb = (118, 36, 112)
_SPECIFIC = Granules((150, 260), (0.09, 0.17), (138, 74, 134), 0.62)
_ORANGE = Granules((190, 280), (0.24, 0.36), (176, 82, 106), 0.8, over_nucleus=0.04)
_VIOLET = Granules((80, 150), (0.2, 0.4), (64, 24, 112), 0.95, over_nucleus=0.7)


def _neutrophil(outline: Outline, lobes: tuple[int, int], size: tuple[float, float] = (7.5, 8.7)) -> CellForm:
    nucleus = Nucleus(
        outline, size, lobes, dark=(70, 20, 126), pale=(150, 112, 156), grain_um=0.55, clumping=0.7, contrast=0.6,
        off_centre=(0.0, 0.35), wrinkle_um=0.22,
    )  # fmt: skip
    return CellForm(nucleus, Cytoplasm((12.2, 14.4), _LILAC, _LILAC_EDGE, rough=0.025, mottle=0.3), (_SPECIFIC,))


_SEGMENTED = _neutrophil(Outline.SEGMENTED, (3, 4))
_BAND = _neutrophil(Outline.BAND, (1, 1), (7.8, 9.0))
_METAMYELOCYTE = CellForm(
    Nucleus(Outline.KIDNEY, (8.2, 9.8), grain_um=0.55, clumping=0.6, contrast=0.55, off_centre=(0.3, 0.8)),
    Cytoplasm((12.0, 14.5), (190, 152, 174), (172, 132, 164), rough=0.03, mottle=0.3),
    (replace(_SPECIFIC, count=(170, 280)),),
)
_MYELOCYTE = CellForm(
    Nucleus(Outline.ROUND, (8.6, 10.4), grain_um=0.5, clumping=0.5, contrast=0.55, off_centre=(0.45, 0.95)),
    Cytoplasm((12.5, 15.5), (184, 148, 176), (156, 122, 168), rough=0.03, hof=0.25, mottle=0.3),
    (replace(_SPECIFIC, count=(170, 300)), Granules((10, 45), (0.16, 0.26), _AZUROPHIL, 0.7, over_nucleus=0.2)),
)
_PROMYELOCYTE = CellForm(
    Nucleus(
        Outline.ROUND, (10.5, 12.5), dark=(80, 32, 132), pale=(142, 90, 160), grain_um=0.4, clumping=0.3,
        contrast=0.45, nucleoli=(1, 2), off_centre=(0.4, 0.9),
    ),
    Cytoplasm((15.0, 18.5), (168, 130, 172), (128, 92, 162), rough=0.03, hof=0.35, mottle=0.25),
    (Granules((70, 160), (0.16, 0.27), _AZUROPHIL, 0.85, over_nucleus=0.35),),
)  # fmt: skip
_BLAST_NUCLEUS = Nucleus(
    Outline.ROUND, (10.6, 12.8), dark=(92, 36, 136), pale=(150, 98, 162), grain_um=0.36, clumping=0.1, contrast=0.4,
    nucleoli=(1, 3), off_centre=(0.2, 0.9), wrinkle_um=0.35,
)  # fmt: skip
_BLAST = CellForm(
    _BLAST_NUCLEUS, Cytoplasm((12.8, 15.8), (172, 142, 180), (108, 76, 154), rough=0.045, hugging=(0, 2), mottle=0.2)
)
_CLEFT_BLAST = replace(_BLAST, nucleus=replace(_BLAST_NUCLEUS, outline=Outline.CLEFT, wrinkle_um=0.5))
_MYELOBLAST = replace(
    _BLAST, granules=(Granules((0, 16), (0.14, 0.22), _AZUROPHIL, 0.7),), rods=Rods(0.45, (1, 2), (2.4, 5.0))
)
_MONOBLAST = CellForm(
    replace(_BLAST_NUCLEUS, diameter_um=(11.5, 14.0), pale=(156, 110, 168)),
    Cytoplasm((16.0, 19.5), (176, 152, 180), (128, 104, 164), rough=0.05, vacuoles=(0, 5), mottle=0.25),
    (Granules((10, 40), (0.1, 0.16), (130, 60, 130), 0.5),),
)
_LYMPHOBLAST = CellForm(
    replace(_BLAST_NUCLEUS, diameter_um=(8.6, 10.8), clumping=0.25, nucleoli=(0, 1), outline=Outline.CLEFT),
    Cytoplasm((9.6, 12.0), (158, 136, 184), (98, 74, 156), rough=0.03, vacuoles=(0, 1)),
)
_APL = CellForm(
    Nucleus(
        Outline.BUTTERFLY, (10.2, 12.8), dark=(98, 36, 130), pale=(152, 88, 154), grain_um=0.38, clumping=0.15,
        contrast=0.38, nucleoli=(0, 2), off_centre=(0.0, 0.4), wrinkle_um=0.3,
    ),
    Cytoplasm((13.8, 17.0), (182, 122, 160), (152, 86, 150), rough=0.06, blebs=(0, 2), mottle=0.3),
    (Granules((180, 330), (0.15, 0.27), (122, 26, 106), 0.9, over_nucleus=0.3),),
    Rods(0.45, (4, 12), (2.2, 4.8)),
)  # fmt: skip
_APL_VARIANT = replace(
    _APL,
    granules=(Granules((25, 70), (0.1, 0.17), (124, 36, 112), 0.6, over_nucleus=0.2),),
    cytoplasm=Cytoplasm((13.2, 16.0), (172, 132, 172), (132, 86, 156), rough=0.06, blebs=(0, 3), mottle=0.25),
    rods=Rods(0.15, (1, 3)),
)
_MONOCYTE = CellForm(
    Nucleus(
        Outline.KIDNEY, (10.0, 12.2), dark=(96, 46, 138), pale=(158, 116, 164), grain_um=0.55, clumping=0.3,
        contrast=0.5, off_centre=(0.1, 0.6), wrinkle_um=0.5,
    ),
    Cytoplasm((15.0, 18.8), (186, 160, 182), (164, 136, 174), rough=0.07, vacuoles=(1, 9), hugging=(0, 2), mottle=0.3),
    (Granules((80, 170), (0.08, 0.14), (132, 80, 142), 0.5),),
)  # fmt: skip
_CLEFT_MONOCYTE = replace(
    _MONOCYTE,
    nucleus=Nucleus(
        Outline.CLEFT, (10.2, 12.2), dark=(96, 46, 138), pale=(158, 116, 164), grain_um=0.55, clumping=0.3,
        contrast=0.5, off_centre=(0.1, 0.6), wrinkle_um=0.6,
    ),
)  # fmt: skip
_PROMONOCYTE = CellForm(
    Nucleus(
        Outline.CLEFT, (11.4, 13.6), dark=(96, 44, 138), pale=(156, 108, 166), grain_um=0.4, clumping=0.1,
        contrast=0.38, nucleoli=(0, 2), off_centre=(0.1, 0.6), wrinkle_um=0.55,
    ),
    Cytoplasm((15.8, 19.5), (176, 150, 182), (138, 112, 168), rough=0.05, vacuoles=(0, 5), mottle=0.28),
    (Granules((60, 140), (0.08, 0.15), (128, 64, 134), 0.5),),
)  # fmt: skip
_LYMPHOCYTE = CellForm(
    Nucleus(
        Outline.ROUND, (7.8, 9.2), dark=(72, 26, 126), pale=(128, 80, 152), grain_um=0.7, clumping=0.55, contrast=0.45,
        off_centre=(0.2, 0.95), wrinkle_um=0.25,
    ),
    Cytoplasm((8.8, 11.4), (172, 156, 192), (122, 100, 170), rough=0.035, rim_um=0.3),
)  # fmt: skip
_LARGE_LYMPHOCYTE = replace(
    _LYMPHOCYTE,
    cytoplasm=Cytoplasm((11.5, 14.0), (204, 184, 198), (160, 140, 186), rough=0.05, hugging=(0, 1)),
    granules=(Granules((4, 14), (0.16, 0.24), (120, 40, 110), 0.8),),
)
_VARIANT = CellForm(
    Nucleus(
        Outline.CLEFT, (9.4, 11.6), dark=(84, 32, 132), pale=(148, 98, 160), grain_um=0.6, clumping=0.4, contrast=0.45,
        nucleoli=(0, 1), off_centre=(0.2, 0.8), wrinkle_um=0.55,
    ),
    Cytoplasm((14.5, 18.5), (188, 170, 196), (94, 74, 158), rough=0.05, hugging=(2, 4), vacuoles=(0, 2), mottle=0.22),
)  # fmt: skip
_PLASMA = CellForm(
    Nucleus(
        Outline.ROUND, (7.8, 9.2), dark=(60, 20, 118), pale=(134, 90, 152), grain_um=0.9, clumping=0.85, contrast=0.42,
        off_centre=(0.85, 1.0), wrinkle_um=0.12,
    ),
    Cytoplasm((12.5, 16.5), (122, 94, 164), (82, 56, 142), rough=0.045, hof=0.75, vacuoles=(0, 2), mottle=0.25),
)  # fmt: skip
_PLASMABLAST = replace(
    _PLASMA,
    nucleus=Nucleus(
        Outline.ROUND, (9.2, 11.2), dark=(78, 32, 128), pale=(136, 90, 156), grain_um=0.6, clumping=0.45,
        contrast=0.42, nucleoli=(1, 1), off_centre=(0.7, 1.0),
    ),
)  # fmt: skip
_PROLYMPHOCYTE = CellForm(
    Nucleus(
        Outline.ROUND, (8.6, 10.2), dark=(72, 28, 126), pale=(136, 88, 154), grain_um=0.7, clumping=0.6, contrast=0.4,
        nucleoli=(1, 1), off_centre=(0.1, 0.7),
    ),
    Cytoplasm((11.0, 13.5), (174, 156, 194), (128, 106, 172), rough=0.03),
)  # fmt: skip
_CLL = CellForm(
    Nucleus(
        Outline.ROUND, (6.8, 8.2), dark=(60, 22, 116), pale=(138, 92, 152), grain_um=0.95, clumping=0.95, contrast=0.48,
        off_centre=(0.1, 0.8), wrinkle_um=0.2,
    ),
    Cytoplasm((7.8, 9.6), (174, 160, 194), (128, 108, 174), rough=0.04, rim_um=0.25),
)  # fmt: skip
_HAIRY = CellForm(
    Nucleus(
        Outline.KIDNEY, (8.2, 9.8), dark=(82, 34, 130), pale=(144, 98, 160), grain_um=0.5, clumping=0.3, contrast=0.38,
        off_centre=(0.2, 0.7),
    ),
    Cytoplasm((12.2, 15.0), (192, 176, 198), (164, 146, 188), rough=0.05, hairs=(26, 44), mottle=0.2),
)  # fmt: skip
_EOSINOPHIL = CellForm(
    replace(_neutrophil(Outline.BILOBED, (2, 2)).nucleus or _BLAST_NUCLEUS, off_centre=(0.2, 0.8)),
    Cytoplasm((12.4, 14.6), (196, 136, 148), (180, 112, 136), rough=0.03, mottle=0.2),
    (_ORANGE,),
)
_BASOPHIL = CellForm(
    Nucleus(Outline.BILOBED, (7.0, 8.4), dark=(98, 52, 138), pale=(142, 96, 156), contrast=0.35, wrinkle_um=0.4),
    Cytoplasm((10.8, 12.8), (178, 138, 174), (156, 112, 166), rough=0.03, mottle=0.2),
    (_VIOLET,),
)
_LATE_ERYTHROBLAST = CellForm(
    Nucleus(
        Outline.ROUND, (4.4, 5.8), dark=(44, 18, 100), pale=(70, 36, 122), grain_um=0.8, clumping=0.6, contrast=0.2,
        off_centre=(0.1, 0.9), wrinkle_um=0.1,
    ),
    Cytoplasm((8.0, 9.8), (170, 124, 146), (160, 112, 144), rough=0.035, mottle=0.1),
)  # fmt: skip
_EARLY_ERYTHROBLAST = CellForm(
    Nucleus(
        Outline.ROUND, (5.8, 7.4), dark=(54, 20, 112), pale=(132, 92, 152), grain_um=0.8, clumping=0.95, contrast=0.5,
        off_centre=(0.0, 0.6), wrinkle_um=0.1,
    ),
    Cytoplasm((9.6, 11.6), (158, 128, 160), (136, 104, 150), rough=0.035, mottle=0.15),
)  # fmt: skip
_DYSPLASTIC = CellForm(
    replace(_neutrophil(Outline.BILOBED, (2, 2)).nucleus or _BLAST_NUCLEUS, clumping=0.95, contrast=0.5),
    Cytoplasm((11.2, 13.2), (210, 186, 190), (190, 162, 180), rough=0.035, mottle=0.12),
    (Granules((0, 20), (0.08, 0.14), (138, 74, 134), 0.4),),
)
_PLATELET_GRANULES = Granules((18, 34), (0.12, 0.22), (112, 54, 134), 0.8)
_PLATELET = CellForm(
    None, Cytoplasm((2.2, 3.8), (180, 140, 172), (184, 152, 184), rough=0.08, mottle=0.25), (_PLATELET_GRANULES,)
)
_GIANT_PLATELET = CellForm(
    None,
    Cytoplasm((6.6, 9.6), (176, 144, 178), (172, 150, 184), rough=0.06, blebs=(2, 6), mottle=0.4),
    (Granules((150, 280), (0.13, 0.25), (108, 52, 136), 0.8),),
)
_CLUMP = CellForm(
    None,
    Cytoplasm((2.4, 4.0), (178, 138, 172), (172, 140, 176), rough=0.1, bodies=(9, 22), mottle=0.35),
    (Granules((240, 420), (0.12, 0.22), (108, 50, 132), 0.85),),
)
_SMUDGE = CellForm(
    Nucleus(
        Outline.ROUND, (10.5, 14.0), dark=(112, 52, 140), pale=(164, 108, 164), grain_um=0.5, clumping=0.35,
        contrast=0.5, wrinkle_um=0.95, off_centre=(0.0, 0.0),
    ),
    debris=Debris(grains=(10, 70), smear_um=(0.0, 0.0), fibres=(0, 40)),
)  # fmt: skip
_ARTEFACT = (
    CellForm(debris=Debris(grains=(90, 260))),
    CellForm(debris=Debris(grains=(10, 40), smear_um=(7.0, 13.0))),
)
_APOPTOTIC = CellForm(
    Nucleus(Outline.FRAGMENTS, (5.2, 6.8), (3, 7), dark=(46, 16, 98), pale=(72, 36, 118), contrast=0.15, grain_um=0.9),
    Cytoplasm((9.5, 12.5), (172, 122, 166), (154, 104, 158), rough=0.08, blebs=(0, 4), vacuoles=(0, 4), mottle=0.3),
)
_MITOTIC = CellForm(
    Nucleus(Outline.MITOSIS, (7.0, 8.6), dark=(46, 16, 98), pale=(80, 42, 124), contrast=0.25, off_centre=(0.0, 0.1)),
    Cytoplasm((14.0, 17.0), (166, 142, 180), (118, 90, 160), rough=0.03, mottle=0.25),
)

FORMS: Mapping[str, tuple[CellForm, ...]] = MappingProxyType(
    {
        "blast": (_BLAST, _CLEFT_BLAST),
        "promyelocyte": (_PROMYELOCYTE,),
        "promonocyte": (_PROMONOCYTE,),
        "aml": (_MYELOBLAST, _MYELOBLAST, _CLEFT_BLAST, _MONOBLAST),
        "mds": (_DYSPLASTIC, _MYELOBLAST),
        "cml": (_MYELOCYTE, _PROMYELOCYTE, _BLAST),
        "cmml": (_PROMONOCYTE, _CLEFT_MONOCYTE),
        "all": (_LYMPHOBLAST,),
        "cll": (_CLL,),
        "pcl": (_PLASMA, _PLASMABLAST),
        "hcl": (_HAIRY,),
        "immature_granulocyte": (_MYELOCYTE, _METAMYELOCYTE, _PROMYELOCYTE),
        "myelocyte": (_MYELOCYTE,),
        "metamyelocyte": (_METAMYELOCYTE,),
        "neutrophil": (_SEGMENTED, _SEGMENTED, _BAND),
        "band_neutrophil": (_BAND,),
        "segmented_neutrophil": (_SEGMENTED,),
        "eosinophil": (_EOSINOPHIL,),
        "basophil": (_BASOPHIL,),
        "lymphocyte": (_LYMPHOCYTE, _LYMPHOCYTE, _LARGE_LYMPHOCYTE),
        "variant_lymphocyte": (_VARIANT,),
        "prolymphocyte": (_PROLYMPHOCYTE,),
        "plasma_cell": (_PLASMA,),
        "monocyte": (_MONOCYTE, _CLEFT_MONOCYTE),
        "erythroblast": (_LATE_ERYTHROBLAST, _EARLY_ERYTHROBLAST),
        "platelet": (_PLATELET,),
        "giant_platelet": (_GIANT_PLATELET,),
        "platelet_clump": (_CLUMP,),
        "smudge_cell": (_SMUDGE,),
        "artefact": _ARTEFACT,
        "unidentified": (_APOPTOTIC,),
        "other": (_MITOTIC,),
    }
)
"""Forms by class key, equally likely."""

BY_DIAGNOSIS: Mapping[tuple[str, str], tuple[CellForm, ...]] = MappingProxyType(
    {
        ("blast", "AML"): FORMS["aml"],
        ("blast", "APL"): (_APL, _APL_VARIANT),
        ("blast", "MDS"): (_MYELOBLAST,),
        ("blast", "CML"): (_BLAST,),
        ("blast", "CMML"): (_MONOBLAST, _BLAST),
        ("blast", "ALL"): FORMS["all"],
        ("blast", "Ph+ALL"): FORMS["all"],
        ("blast", "Ph-ALL"): FORMS["all"],
        ("blast", "CLL"): (_PROLYMPHOCYTE,),
        ("blast", "PCL"): (_PLASMABLAST,),
        ("blast", "HCL"): FORMS["hcl"],
        ("promyelocyte", "APL"): (_APL, _APL, _APL_VARIANT),
        ("segmented_neutrophil", "MDS"): (_DYSPLASTIC, _SEGMENTED),
        ("monocyte", "CMML"): (_CLEFT_MONOCYTE, _PROMONOCYTE),
    }
)
"""Forms that a patient's diagnosis (a key of the taxonomy's ``[diagnoses]``) gives a class."""


def forms_of(class_key: str, diagnosis: str = "") -> tuple[CellForm, ...]:
    """The forms in which a class is drawn.

    Raises:
        ExportError: The class has no form.
    """
    try:
        return BY_DIAGNOSIS.get((class_key, diagnosis)) or FORMS[class_key]
    except KeyError:
        raise ExportError(
            Message("There is no synthetic form of the class “{class_key}”.", class_key=class_key)
        ) from None
