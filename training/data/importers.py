"""Readers of labelled images from exports, and synthetic images."""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import secrets
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PIL import Image

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.strict_files import parse_toml
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.export_reader import AnalyserExportReader
from leukview.services.corrections.tables import check_diagnosis, read_diagnoses
from leukview.synthetic import iterate_synthetic_cells

__all__ = ["check_diagnosis", "read_diagnoses"]

SYNTHETIC = "synthetic"
"""Source of rendered cells, named in every manifest, model card and table made from them."""
SYNTHETIC_CLASSES: tuple[tuple[str, str], ...] = (
    ("segmented_neutrophil", "normal"),
    ("band_neutrophil", "normal"),
    ("lymphocyte", "normal"),
    ("monocyte", "normal"),
    ("eosinophil", "normal"),
    ("basophil", "normal"),
    ("myelocyte", "normal"),
    ("metamyelocyte", "normal"),
    ("erythroblast", "normal"),
    ("giant_platelet", "normal"),
    ("smudge_cell", "normal"),
    ("artefact", "normal"),
    ("blast", "AML"),
    ("blast", "APL"),
    ("promyelocyte", "APL"),
    ("mds", "MDS"),
    ("cml", "CML"),
    ("cmml", "CMML"),
    ("blast", "Ph+ALL"),
    ("blast", "Ph-ALL"),
    ("cll", "CLL"),
    ("pcl", "PCL"),
    ("hcl", "HCL"),
)
"""Class and diagnosis of the rendered cells; enough to train every stage and head.

The renderer draws Ph-positive and Ph-negative blasts alike. The Ph head must therefore score at chance, which is a
negative control of training and evaluation.
"""
SYNTHETIC_PATIENTS = 10
"""Invented patients per diagnosis."""


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One labelled image.

    Attributes:
        name: Path or file name in the source. It may identify a person and is not passed on.
        read_bytes: Returns the bytes of the image file.
        source: Site or public dataset.
        patient: Name of the patient in the source; "" where there is none.
        diagnosis: Key of a diagnosis of the taxonomy; "" = not known.
        cell_class: Key of a class of the taxonomy.
        source_class: Name of the class in the source.
    """

    name: str
    read_bytes: Callable[[], bytes]
    source: str
    patient: str
    diagnosis: str
    cell_class: str
    source_class: str = ""


def read_export(path: Path, site: str, diagnoses: Mapping[str, str], taxonomy: Taxonomy) -> tuple[LabelledImage, ...]:
    """Read the labelled cells of an export in any layout that the application opens.

    Cells without a label or with conflicting labels are left out.

    Args:
        path: Folder or archive.
        site: Source of the images.
        diagnoses: Diagnosis by folder name of the patient; the key "" applies to all other patients.
        taxonomy: Maps folder names and codes to classes.

    Raises:
        LeukViewError: The export cannot be read, or a patient has no diagnosis.
    """
    reader = AnalyserExportReader(taxonomy)
    images, missing = [], set()
    for slide in reader.read(path, CancelToken(), null_reporter).slides:
        diagnosis = diagnoses.get(slide.patient, diagnoses.get(""))
        if diagnosis is None:
            missing.add(slide.patient)
            continue
        for cell in slide.cells:
            if cell.source is not None and not cell.conflicts:
                load = partial(reader.read_bytes, Path(slide.root), slide.archive_folder, cell.path)
                images.append(
                    LabelledImage(
                        cell.path, load, site, slide.patient, diagnosis, cell.source.class_key, cell.source.name
                    )
                )
    if missing:
        raise LeukViewError(
            f"The table of patients lacks {len(missing)} of the export's, first “{min(missing)}”.",
            "Add them, or name one diagnosis for all with --diagnosis.",
        )
    return tuple(images)


def read_disease_cells(path: Path, taxonomy: Taxonomy) -> dict[str, dict[str, str]]:
    """Read which cells of a patient belong to the disease.

    Args:
        path: TOML file with one table per diagnosis and lines ``class or folder name = class``.
        taxonomy: Gives the known diagnoses and classes.

    Raises:
        LeukViewError: The file cannot be read, or names an unknown diagnosis or class.
    """
    try:
        tables = parse_toml(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise LeukViewError(f"The table of disease cells cannot be read: {error}.") from error
    known = {c.key for c in taxonomy.classes}
    for diagnosis, table in tables.items():
        check_diagnosis(diagnosis, taxonomy)
        if not isinstance(table, dict) or not all(isinstance(v, str) and v in known for v in table.values()):
            raise LeukViewError(f"The table of disease cells names an unknown class under “{diagnosis}”.")
    return tables


def apply_disease_classes(
    images: Iterable[LabelledImage], disease_cells: Mapping[str, Mapping[str, str]]
) -> tuple[LabelledImage, ...]:
    """Replace the class of cells that belong to the patient's disease.

    Args:
        images: Labelled images.
        disease_cells: Diagnosis → class or folder name → class, from `read_disease_cells`.
    """
    return tuple(
        replace(item, cell_class=table.get(item.source_class, table.get(item.cell_class, item.cell_class)))
        for item in images
        for table in (disease_cells.get(item.diagnosis, {}),)
    )


def read_pseudonym_secret(path: Path) -> bytes:
    """Read the secret key of the pseudonyms; create it at first use.

    It must be kept apart from the packed data.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def pseudonymise(images: Iterable[LabelledImage], secret: bytes) -> tuple[LabelledImage, ...]:
    """Replace patient names by keyed hashes.

    The same secret gives the same patient the same pseudonym.
    """

    def name(patient: str) -> str:
        digest = hmac.new(secret, patient.encode(), hashlib.sha256).digest()
        return f"P-{b32encode(digest)[:10].decode()}" if patient else ""

    return tuple(replace(item, patient=name(item.patient)) for item in images)


def synthetic_images(count: int, seed: int, taxonomy: Taxonomy, side: int = 250) -> Iterator[LabelledImage]:
    """Render cells of all classes and diagnoses for invented patients, one at a time.

    They test that the whole tree can be trained and have no medical meaning.

    Args:
        count: Number of cells.
        seed: Seed of the renderer.
        taxonomy: Taxonomy of the classes.
        side: Side of the images in pixels.
    """
    drawn = iterate_synthetic_cells(SYNTHETIC_CLASSES, count, seed, taxonomy, side=side)
    for number, (image, _, class_key, diagnosis) in enumerate(drawn):
        stream = io.BytesIO()
        Image.fromarray(image).save(stream, "JPEG", quality=90)
        patient = f"{SYNTHETIC} {diagnosis} {number // len(SYNTHETIC_CLASSES) % SYNTHETIC_PATIENTS:02}"
        load = partial(bytes, stream.getvalue())
        yield LabelledImage(f"{number:06}.jpg", load, SYNTHETIC, patient, diagnosis, class_key)
