"""Labelled images from anywhere, before they are split and packed for training."""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import secrets
import tomllib
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PIL import Image

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.export_reader import AnalyserExportReader
from leukview.services.corrections.tables import check_diagnosis, read_diagnoses
from leukview.synthetic import iterate_synthetic_cells

__all__ = ["check_diagnosis", "read_diagnoses"]

SYNTHETIC = "synthetic"
"""Source of drawn cells: it stands in every manifest, card and table made from them."""
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
"""Enough to train every stage and head. The renderer draws Ph-positive and Ph-negative blasts alike: that head must
come out at chance, and it is a control of the harness that it does."""
SYNTHETIC_PATIENTS = 10
"""Invented patients a diagnosis."""


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One labelled image.

    Attributes:
        name: Where it was found, for messages; may identify a person, so it goes no further.
        load: Gives the bytes of the image file.
        source: The site or the published set.
        patient: As the source names it; "" where it names none.
        diagnosis: A key of the taxonomy's diagnoses; "" = not known.
        cell_class: A key of the taxonomy's classes.
        folder: The source's own word for the class.
    """

    name: str
    read_bytes: Callable[[], bytes]
    source: str
    patient: str
    diagnosis: str
    cell_class: str
    source_class: str = ""


def read_export(path: Path, site: str, diagnoses: Mapping[str, str], taxonomy: Taxonomy) -> tuple[LabelledImage, ...]:
    """The labelled cells of an export (any layout that the application opens).

    A cell without a label, or with two, is left out.

    Args:
        path: A folder or archive.
        site: Becomes the items' source.
        diagnoses: Diagnosis of each patient's folder; under "" that of all others, if it is there.
        taxonomy: Says what folders and codes mean.

    Raises:
        LeukViewError: The export cannot be read, or a patient has no diagnosis in the table.
    """
    reader = AnalyserExportReader(taxonomy)
    found, missing = [], set()
    for slide in reader.read(path, CancelToken(), null_reporter).slides:
        diagnosis = diagnoses.get(slide.patient, diagnoses.get(""))
        if diagnosis is None:
            missing.add(slide.patient)
            continue
        for cell in slide.cells:
            if cell.source is not None and not cell.conflicts:
                load = partial(reader.read_bytes, Path(slide.root), slide.archive_folder, cell.path)
                found.append(
                    LabelledImage(
                        cell.path, load, site, slide.patient, diagnosis, cell.source.class_key, cell.source.name
                    )
                )
    if missing:
        raise LeukViewError(
            f"The table of patients lacks {len(missing)} of the export's, first “{min(missing)}”.",
            "Add them, or name one diagnosis for all with --diagnosis.",
        )
    return tuple(found)


def read_disease_cells(path: Path, taxonomy: Taxonomy) -> dict[str, dict[str, str]]:
    """Which cells of a patient are the disease itself: a TOML table a diagnosis, ``class or folder = class``.

    Raises:
        LeukViewError: The file cannot be read, or names an unknown diagnosis or class.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LeukViewError(f"The table of disease cells cannot be read: {error}.") from error
    known = {c.key for c in taxonomy.classes}
    for diagnosis, table in tables.items():
        check_diagnosis(diagnosis, taxonomy)
        if not isinstance(table, dict) or not set(table.values()) <= known:
            raise LeukViewError(f"The table of disease cells names an unknown class under “{diagnosis}”.")
    return tables


def apply_disease_classes(
    images: Iterable[LabelledImage], disease_cells: Mapping[str, Mapping[str, str]]
) -> tuple[LabelledImage, ...]:
    """Items whose class (or the folder's own name) the patient's diagnosis turns into a disease's class."""
    return tuple(
        replace(item, cell_class=table.get(item.source_class, table.get(item.cell_class, item.cell_class)))
        for item in images
        for table in (disease_cells.get(item.diagnosis, {}),)
    )


def read_pseudonym_secret(path: Path) -> bytes:
    """The secret from which pseudonyms are made; drawn at first use. Keep it apart from what is packed."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def pseudonymise(images: Iterable[LabelledImage], secret: bytes) -> tuple[LabelledImage, ...]:
    """Items whose patients have names that say nothing; the same key gives the same person the same name."""

    def name(patient: str) -> str:
        digest = hmac.new(secret, patient.encode(), hashlib.sha256).digest()
        return f"P-{b32encode(digest)[:10].decode()}" if patient else ""

    return tuple(replace(item, patient=name(item.patient)) for item in images)


def synthetic_images(count: int, seed: int, taxonomy: Taxonomy, side: int = 250) -> Iterator[LabelledImage]:
    """Draw `count` cells of all classes and diagnoses for invented patients, one at a time.

    They prove that the whole tree trains; they prove nothing of medicine.
    """
    drawn = iterate_synthetic_cells(SYNTHETIC_CLASSES, count, seed, taxonomy, side=side)
    for number, (image, _, class_key, diagnosis) in enumerate(drawn):
        stream = io.BytesIO()
        Image.fromarray(image).save(stream, "JPEG", quality=90)
        patient = f"{SYNTHETIC} {diagnosis} {number // len(SYNTHETIC_CLASSES) % SYNTHETIC_PATIENTS:02}"
        load = partial(bytes, stream.getvalue())
        yield LabelledImage(f"{number:06}.jpg", load, SYNTHETIC, patient, diagnosis, class_key)
