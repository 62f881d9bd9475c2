"""Export of synthetic cells in the layout of an analyser, with ground truth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leukview.core.atomic_files import atomic_directory
from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.folder_names import GROUND_TRUTH_FOLDER
from leukview.importers.images import save_mask_png
from leukview.synthetic.cell_rendering import render_cell
from leukview.synthetic.field_rendering import draw_overview
from leukview.synthetic.film_composition import (
    FILM_COMPOSITIONS,
    FilmComponent,
    FilmComposition,
    folder_and_code,
    sample_components,
)
from leukview.synthetic.film_rendering import Stain, sample_stain

CROP_WIDTH, CROP_HEIGHT = 360, 363
LABELLED_SHARE = 0.85
"""Share of the cells with a laboratory label; the others are in “Unsigned slides” only."""
_JPEG_QUALITY = 80
_THUMBS_DB = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
_README = """SYNTHETIC CELLS

Every picture in this folder was drawn by LeukView's demo renderer. They show no patient and no real cell, and they
are good for trying the program only: not for diagnosis, not for measuring how well a model works on real blood.

Folders “Synthetic_…” have the layout of an analyser's export. “ground-truth” holds, for each of them, labels.csv
(which class was drawn) and masks (0 background, 1 cytoplasm, 2 nucleus); it is not read as a slide.

"""


class SyntheticCell(NamedTuple):
    """A drawn cell with its ground truth.

    Attributes:
        image: RGB uint8, H×W×3.
        mask: uint8, H×W: 0 background, 1 cytoplasm, 2 nucleus.
        class_key: Class that was drawn.
        diagnosis: A key of the taxonomy's diagnoses; "" = none.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    class_key: str
    diagnosis: str


def iterate_synthetic_cells(
    classes: Sequence[tuple[str, str]] | Sequence[str],
    count: int,
    seed: int,
    taxonomy: Taxonomy,
    *,
    side: int = 360,
) -> Iterator[SyntheticCell]:
    """Draw `count` cells for training, cycling through the classes.

    Each cell has its own random stain.

    Args:
        classes: Class keys, or pairs of class key and diagnosis.
        count: Total number of cells.
        seed: The same seed gives the same cells.
        taxonomy: Taxonomy with all these classes and diagnoses.
        side: Width and height in pixels.

    Raises:
        ExportError: A class or diagnosis is unknown, or none is given.
    """
    wanted = [(c, "") if isinstance(c, str) else c for c in classes]
    known = {c.key for c in taxonomy.classes}
    for class_key, diagnosis in wanted:
        if class_key not in known:
            raise ExportError(Message("The taxonomy has no class “{class_key}”.", class_key=class_key))
        if diagnosis and diagnosis not in taxonomy.diagnoses:
            raise ExportError(Message("The taxonomy has no diagnosis “{diagnosis}”.", diagnosis=diagnosis))
    if not wanted:
        raise ExportError("Give at least one class to draw.")
    for number in range(count):
        class_key, diagnosis = wanted[number % len(wanted)]
        image, mask = render_cell(class_key, np.random.default_rng([seed, number]), side=side, diagnosis=diagnosis)
        yield SyntheticCell(image, mask, class_key, diagnosis)


def write_demo_export(
    directory: Path,
    *,
    slides: int,
    cells: int,
    seed: int,
    taxonomy: Taxonomy,
    token: CancelToken,
    reporter: Reporter,
) -> list[Path]:
    """Write synthetic slides, one folder each, and their ground truth.

    The slides are, in this order and then from the start again: a normal film, AML, APL, CLL, CML, ALL, CMML, PCL, HCL
    and MDS. Each slide is written atomically; the ground truth is in the folder ``ground-truth``.

    Args:
        directory: Folder for the slides; created if missing.
        slides: Number of slides.
        cells: Number of distinct cells per slide, as the importer counts them; an overview image is added.
        seed: The same seed gives the same files.
        taxonomy: Source of folder names and codes.
        token: Checked before each cell; finished slides remain.
        reporter: Called for each cell.

    Returns:
        Folders of the slides.

    Raises:
        Cancelled: `token` was cancelled.
        ExportError: A slide's folder exists already, or writing fails.
    """
    names = [f"Synthetic_{number + 1:02d}" for number in range(slides)]
    for name in names:
        if (directory / name).exists():
            raise ExportError(
                Message(
                    "“{directory}” already contains the synthetic slide “{name}”.", directory=directory.name, name=name
                ),
                "Choose another folder.",
            )
    _check_classes(taxonomy)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lines = [f"{n}: {FILM_COMPOSITIONS[i % len(FILM_COMPOSITIONS)].title}" for i, n in enumerate(names)]
        (directory / "README.txt").write_text(_README + "\n".join(lines) + "\n", encoding="utf-8")
        for number, name in enumerate(names):
            picture = FILM_COMPOSITIONS[number % len(FILM_COMPOSITIONS)]
            _write_slide(directory, name, picture, (seed, number), cells, taxonomy, _Job(token, reporter, slides))
    except OSError as error:
        reason = error.strerror or "the disk refused access"
        raise ExportError(
            Message("The demo cannot be saved in “{directory}”: {reason}.", directory=directory.name, reason=reason)
        ) from error
    return [directory / name for name in names]


class _Job(NamedTuple):
    token: CancelToken
    reporter: Reporter
    slides: int


def _check_classes(taxonomy: Taxonomy) -> None:
    """Check that the taxonomy has all classes of the demo, before anything is written."""
    known = {c.key for c in taxonomy.classes}
    for part in (part for picture in FILM_COMPOSITIONS for part in picture.components):
        if not {part.class_key, part.laboratory_class or part.class_key} <= known:
            raise ExportError(
                Message(
                    "The taxonomy has no class “{label}”, which the demo needs.",
                    label=part.laboratory_class or part.class_key,
                )
            )


def _laboratory_class(component: FilmComponent) -> str:
    """Class key that the importer should derive from the laboratory's label."""
    return component.laboratory_class or component.class_key


def _encode_jpeg(image: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="JPEG", quality=_JPEG_QUALITY)
    return stream.getvalue()


def _write_slide(
    directory: Path,
    name: str,
    composition: FilmComposition,
    seed: tuple[int, int],
    cells: int,
    taxonomy: Taxonomy,
    job: _Job,
) -> None:
    """Draw one slide into temporary folders, which are moved when complete."""
    with (
        atomic_directory(directory / name) as slide,
        atomic_directory(directory / GROUND_TRUTH_FOLDER / name, replace=True) as truth,
    ):
        _write_slide_files(slide, truth, composition, seed, cells, taxonomy, job)
        job.token.raise_if_cancelled()


def _write_slide_files(
    slide: Path,
    truth: Path,
    composition: FilmComposition,
    seed: tuple[int, int],
    cells: int,
    taxonomy: Taxonomy,
    job: _Job,
) -> None:
    rng = np.random.default_rng(seed)
    stain = sample_stain(rng)
    parts = sample_components(composition, cells, rng)
    order = f"9{rng.integers(10**9):09d}"
    first_id = int(rng.integers(10_000_000, 99_000_000))
    labelled = _choose_labelled(parts, rng)
    signed, unsigned = slide / "Signed slides", slide / "Unsigned slides"
    for folder in (signed, unsigned, truth / "masks"):
        folder.mkdir()
    rows = [("file", "signed_file", "drawn_class", "laboratory_class", "diagnosis")]
    sprites: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []
    for at, part in enumerate(parts):
        job.token.raise_if_cancelled()
        job.reporter(Progress(seed[1] * cells + at, job.slides * cells, "Drawing synthetic cells"))
        image, mask = _render_component(part, composition, stain, (*seed, at))
        if len(sprites) < 8 and mask.any():
            sprites.append((image, mask))
        data = _encode_jpeg(image)
        file = f"{order}_{at + 2:03d}.jpg"
        (unsigned / file).write_bytes(data)
        save_mask_png(truth / "masks" / f"{Path(file).stem}.png", mask)
        signed_file = ""
        if labelled[at]:
            folder_name, code = folder_and_code(part, taxonomy)
            class_folder = signed / folder_name
            class_folder.mkdir(exist_ok=True)
            signed_file = f"{folder_name}/{code}_{first_id + at}.jpg" if code else f"{folder_name}/{first_id + at}.jpg"
            (signed / signed_file).write_bytes(data)
        rows.append(
            (file, signed_file, part.class_key, _laboratory_class(part) if labelled[at] else "", composition.diagnosis)
        )
    overview = draw_overview(np.random.default_rng((*seed, cells)), stain, sprites)
    (unsigned / f"{order}_001.jpg").write_bytes(_encode_jpeg(overview))
    (unsigned / "Thumbs.db").write_bytes(_THUMBS_DB)
    with (truth / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def _choose_labelled(components: Sequence[FilmComponent], rng: np.random.Generator) -> list[bool]:
    """Choose the cells with a laboratory label.

    That is most of them, at least one, and not all if there are several.
    """
    count = min(max(1, round(LABELLED_SHARE * len(components))), max(1, len(components) - 1))
    chosen = set(rng.permutation(len(components))[:count].tolist())
    return [at in chosen for at in range(len(components))]


def _render_component(
    component: FilmComponent, composition: FilmComposition, stain: Stain, seed: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    return render_cell(
        component.class_key, rng, side=CROP_WIDTH, height=CROP_HEIGHT, diagnosis=composition.diagnosis, stain=stain
    )
