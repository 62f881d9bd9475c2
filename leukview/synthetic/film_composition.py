"""Blood pictures: which cells a film of a diagnosis holds, and what the laboratory calls them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leukview.domain.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of cell on a film.

    Attributes:
        truth: Class that is drawn.
        share: Part of the film's cells, relative to the other parts.
        label: Class under which the laboratory files it; the drawn one when "".
        folder: A class folder of the user's own that no taxonomy knows, instead of `label`; "" when there is none.
        code: Code of that folder's files.
    """

    truth: str
    share: float
    label: str = ""
    folder: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class BloodPicture:
    """A film.

    Attributes:
        title: In words, for the README beside the export.
        diagnosis: A key of the taxonomy's diagnoses.
    """

    title: str
    diagnosis: str
    parts: tuple[Part, ...]


def _common(scale: float) -> tuple[Part, ...]:
    """Cells of a healthy film, thinned by `scale`."""
    shares = {
        "segmented_neutrophil": 56, "band_neutrophil": 3, "lymphocyte": 27, "monocyte": 6, "eosinophil": 3,
        "basophil": 1,
    }  # fmt: skip
    return tuple(Part(key, scale * share) for key, share in shares.items())


_BESIDE = (Part("smudge_cell", 2), Part("giant_platelet", 1), Part("artefact", 1), Part("platelet_clump", 0.6))

PICTURES: tuple[BloodPicture, ...] = (
    BloodPicture("normal blood", "normal", (*_common(1), Part("variant_lymphocyte", 1.5), *_BESIDE)),
    BloodPicture(
        "acute myeloid leukaemia with Auer rods",
        "AML",
        (
            *_common(0.28),
            Part("blast", 52),
            Part("promonocyte", 3),
            Part("myelocyte", 1),
            Part("promyelocyte", 2),
            Part("erythroblast", 3),
            Part("smudge_cell", 7),
            Part("unidentified", 2),
            *_BESIDE,
        ),
    ),
    BloodPicture(
        "acute promyelocytic leukaemia",
        "APL",
        (
            *_common(0.24),
            Part("promyelocyte", 46),
            Part("blast", 14),
            Part("myelocyte", 2),
            Part("erythroblast", 3),
            Part("smudge_cell", 9),
            *_BESIDE,
        ),
    ),
    BloodPicture(
        "chronic lymphocytic leukaemia",
        "CLL",
        (*_common(0.15), Part("cll", 58, "lymphocyte"), Part("prolymphocyte", 4), Part("smudge_cell", 20), *_BESIDE),
    ),
    BloodPicture(
        "left shift with basophilia, as in chronic myeloid leukaemia",
        "CML",
        (
            *_common(0.55),
            Part("band_neutrophil", 12),
            Part("metamyelocyte", 9),
            Part("myelocyte", 13),
            Part("promyelocyte", 3),
            Part("blast", 2),
            Part("basophil", 6),
            Part("eosinophil", 4),
            Part("immature_granulocyte", 2),
            Part("erythroblast", 2),
            *_BESIDE,
        ),
    ),
    BloodPicture(
        "acute lymphoblastic leukaemia",
        "ALL",
        (*_common(0.2), Part("blast", 66), Part("erythroblast", 2), Part("smudge_cell", 6), *_BESIDE),
    ),
    BloodPicture(
        "monocytosis, as in chronic myelomonocytic leukaemia",
        "CMML",
        (
            *_common(0.55),
            Part("monocyte", 26),
            Part("promonocyte", 5),
            Part("metamyelocyte", 2),
            Part("myelocyte", 3),
            Part("blast", 2),
            *_BESIDE,
        ),
    ),
    BloodPicture(
        "plasma cell leukaemia",
        "PCL",
        (*_common(0.45), Part("pcl", 38, "plasma_cell"), Part("plasma_cell", 4), Part("erythroblast", 3), *_BESIDE),
    ),
    BloodPicture(
        "hairy cell leukaemia",
        "HCL",
        (*_common(0.4), Part("hcl", 22, folder="Hairy cells", code="USRWBC2"), Part("lymphocyte", 20), *_BESIDE),
    ),
    BloodPicture(
        "dysplasia, as in myelodysplastic neoplasm",
        "MDS",
        (
            *_common(0.7),
            Part("blast", 7),
            Part("neutrophil", 4),
            Part("erythroblast", 5),
            Part("unidentified", 3),
            Part("other", 1, folder="Mitosis", code="USRWBC1"),
            *_BESIDE,
        ),
    ),
)
"""A demo's slides, in this order, again from the start when there are more."""


def sample(picture: BloodPicture, cells: int, rng: np.random.Generator) -> list[Part]:
    """Exactly `cells` parts in the film's proportions (largest remainders), in random order."""
    shares = np.array([part.share for part in picture.parts])
    exact = cells * shares / shares.sum()
    counts = np.floor(exact).astype(int)
    short = cells - int(counts.sum())
    for at in np.argsort(counts - exact, kind="stable")[:short]:
        counts[at] += 1
    drawn = [part for part, count in zip(picture.parts, counts, strict=True) for _ in range(count)]
    return [drawn[i] for i in rng.permutation(len(drawn))]


def folder_and_code(part: Part, taxonomy: Taxonomy) -> tuple[str, str]:
    """Name of the class folder and code of the files, as the analyser writes them; no code when it has none."""
    if part.folder:
        return part.folder, part.code
    cell_class = taxonomy.cell_class(part.label or part.truth)
    name = cell_class.aliases[0] if cell_class.aliases else cell_class.plural
    return name, cell_class.codes[0] if cell_class.codes else ""
