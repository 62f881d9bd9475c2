"""Composition of films by diagnosis, and the laboratory's labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leukview.domain.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class FilmComponent:
    """One kind of cell on a film.

    Attributes:
        class_key: Class that is drawn.
        share: Relative number of these cells; shares are normalised over the film.
        laboratory_class: Class of the laboratory's label; "" = the drawn class.
        custom_folder: User-defined class folder of the analyser instead of the one of `laboratory_class`, by one of the
            names in ``class_aliases.toml``; "" = none.
        custom_code: File-name code in that folder.
    """

    class_key: str
    share: float
    laboratory_class: str = ""
    custom_folder: str = ""
    custom_code: str = ""


@dataclass(frozen=True, slots=True)
class FilmComposition:
    """Composition of a film.

    Attributes:
        title: Description for the README of the export.
        diagnosis: A key of the taxonomy's diagnoses.
    """

    title: str
    diagnosis: str
    components: tuple[FilmComponent, ...]


def _normal_leukocytes(scale: float) -> tuple[FilmComponent, ...]:
    """Cells of a healthy film, with their shares multiplied by `scale`."""
    shares = {
        "segmented_neutrophil": 56, "band_neutrophil": 3, "lymphocyte": 27, "monocyte": 6, "eosinophil": 3,
        "basophil": 1,
    }  # fmt: skip
    return tuple(FilmComponent(key, scale * share) for key, share in shares.items())


_ACCOMPANYING = (
    FilmComponent("smudge_cell", 2),
    FilmComponent("giant_platelet", 1),
    FilmComponent("artefact", 1),
    FilmComponent("platelet_clump", 0.6),
)

FILM_COMPOSITIONS: tuple[FilmComposition, ...] = (
    FilmComposition(
        "normal blood", "normal", (*_normal_leukocytes(1), FilmComponent("variant_lymphocyte", 1.5), *_ACCOMPANYING)
    ),
    FilmComposition(
        "acute myeloid leukaemia with Auer rods",
        "AML",
        (
            *_normal_leukocytes(0.28),
            FilmComponent("blast", 52),
            FilmComponent("promonocyte", 3),
            FilmComponent("myelocyte", 1),
            FilmComponent("promyelocyte", 2),
            FilmComponent("erythroblast", 3),
            FilmComponent("smudge_cell", 7),
            FilmComponent("unidentified", 2),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "acute promyelocytic leukaemia",
        "APL",
        (
            *_normal_leukocytes(0.24),
            FilmComponent("promyelocyte", 46),
            FilmComponent("blast", 14),
            FilmComponent("myelocyte", 2),
            FilmComponent("erythroblast", 3),
            FilmComponent("smudge_cell", 9),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "chronic lymphocytic leukaemia",
        "CLL",
        (
            *_normal_leukocytes(0.15),
            FilmComponent("cll", 58, "lymphocyte"),
            FilmComponent("prolymphocyte", 4),
            FilmComponent("smudge_cell", 20),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "left shift with basophilia, as in chronic myeloid leukaemia",
        "CML",
        (
            *_normal_leukocytes(0.55),
            FilmComponent("band_neutrophil", 12),
            FilmComponent("metamyelocyte", 9),
            FilmComponent("myelocyte", 13),
            FilmComponent("promyelocyte", 3),
            FilmComponent("blast", 2),
            FilmComponent("basophil", 6),
            FilmComponent("eosinophil", 4),
            FilmComponent("immature_granulocyte", 2),
            FilmComponent("erythroblast", 2),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "acute lymphoblastic leukaemia",
        "ALL",
        (
            *_normal_leukocytes(0.2),
            FilmComponent("blast", 66),
            FilmComponent("erythroblast", 2),
            FilmComponent("smudge_cell", 6),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "monocytosis, as in chronic myelomonocytic leukaemia",
        "CMML",
        (
            *_normal_leukocytes(0.55),
            FilmComponent("monocyte", 26),
            FilmComponent("promonocyte", 5),
            FilmComponent("metamyelocyte", 2),
            FilmComponent("myelocyte", 3),
            FilmComponent("blast", 2),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "plasma cell leukaemia",
        "PCL",
        (
            *_normal_leukocytes(0.45),
            FilmComponent("pcl", 38, "plasma_cell"),
            FilmComponent("plasma_cell", 4),
            FilmComponent("erythroblast", 3),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "hairy cell leukaemia",
        "HCL",
        (
            *_normal_leukocytes(0.4),
            FilmComponent("hcl", 22, "hcl", custom_folder="Hairy cells", custom_code="USRWBC2"),
            FilmComponent("lymphocyte", 20),
            *_ACCOMPANYING,
        ),
    ),
    FilmComposition(
        "dysplasia, as in myelodysplastic neoplasm",
        "MDS",
        (
            *_normal_leukocytes(0.7),
            FilmComponent("blast", 7),
            FilmComponent("neutrophil", 4),
            FilmComponent("erythroblast", 5),
            FilmComponent("unidentified", 3),
            FilmComponent("other", 1, "other", custom_folder="Other cells", custom_code="USRWBC1"),
            *_ACCOMPANYING,
        ),
    ),
)
"""Slides of a demo, in this order, then from the start again."""


def sample_components(composition: FilmComposition, cells: int, rng: np.random.Generator) -> list[FilmComponent]:
    """Draw exactly `cells` parts, in random order.

    Their numbers follow the shares, by the largest remainder method.
    """
    shares = np.array([part.share for part in composition.components])
    exact = cells * shares / shares.sum()
    counts = np.floor(exact).astype(int)
    short = cells - int(counts.sum())
    for at in np.argsort(counts - exact, kind="stable")[:short]:
        counts[at] += 1
    drawn = [part for part, count in zip(composition.components, counts, strict=True) for _ in range(count)]
    return [drawn[i] for i in rng.permutation(len(drawn))]


def folder_and_code(component: FilmComponent, taxonomy: Taxonomy) -> tuple[str, str]:
    """Class folder and file-name code as the analyser writes them; "" = no code."""
    if component.custom_folder:
        return component.custom_folder, component.custom_code
    cell_class = taxonomy.cell_class(component.laboratory_class or component.class_key)
    name = cell_class.aliases[0] if cell_class.aliases else cell_class.plural
    return name, cell_class.codes[0] if cell_class.codes else ""
