"""Slide of real normal cells from several people.

There is no export of a healthy person, but there are labelled cells of healthy people. The cells are Barcelona's
validation cells, on which the shipped model was not trained, in the proportions of a usual adult differential. Cells
and counts are therefore normal, although the slide is not the film of one person.
"""

from __future__ import annotations

import csv
import io
import os
import random
import zipfile
from collections import defaultdict
from pathlib import Path

from leukview.domain.taxonomy import Taxonomy

DIFFERENTIAL = {
    "segmented_neutrophil": 0.55,
    "band_neutrophil": 0.03,
    "lymphocyte": 0.30,
    "monocyte": 0.07,
    "eosinophil": 0.04,
    "basophil": 0.01,
}
"""Fractions of the leukocytes, within the adult ranges of Dacie and Lewis, Practical Haematology."""


def real_data_folder() -> Path:
    """Folder of the real cells: ``LEUKVIEW_DATA``, otherwise beside the checkout.

    It need not exist.
    """
    return Path(os.environ.get("LEUKVIEW_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


def write_normal_slide(cells: Path, folder: Path, taxonomy: Taxonomy, leukocytes: int, seed: int = 0) -> Path:
    """Write an export with signed labels.

    Args:
        cells: Folder of ``cells-barcelona-*.zip``.
        folder: Parent of the patient's folder.
        taxonomy: Gives the names of the classes.
        leukocytes: Number of cells; 100 or 200 are usual.
        seed: Seed of the choice of cells.

    Returns:
        The patient's folder.
    """
    found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for archive in sorted(cells.glob("cells-barcelona-*.zip")):
        with zipfile.ZipFile(archive) as inside, inside.open("manifest.csv") as manifest:
            for row in csv.DictReader(io.TextIOWrapper(manifest, "utf-8")):
                if row["split"] == "val":
                    found[row["cell_class"]].append((archive, row["file"]))
    draw = random.Random(seed)
    patient = folder / "Patient_normal"
    for key, share in DIFFERENTIAL.items():
        place = patient / "Signed slides" / taxonomy.cell_class(key).name
        place.mkdir(parents=True)
        for archive, name in draw.sample(sorted(found[key]), round(share * leukocytes)):
            with zipfile.ZipFile(archive) as inside:
                (place / Path(name).name).write_bytes(inside.read(name))
    return patient
