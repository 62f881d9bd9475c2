"""Readers of public datasets of blood cells. Nothing is downloaded.

A label is mapped to the class whose path states exactly as much as the label; a label without such a class is skipped.
A diagnosis is taken from a dataset only if it is stated for the patient of the cell or if the class occurs in that
disease only. Licence terms are given as far as they are known here: read those of the source before use.

Each dataset has its own microscope and stain, so `training.evaluation.evaluate` reports sources separately.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from leukview.core.errors import LeukViewError
from leukview.domain.taxonomy import Taxonomy
from training.data.importers import LabelledImage

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff"})
NORMAL_DIAGNOSIS = "normal"
BENIGN_CLASS = "variant_lymphocyte"
"""Class whose path ends at “benign”, without a mature type."""

Label = tuple[str, str]
"""Class key and diagnosis; the diagnosis is "" where the dataset does not state it."""

LMU_LABELS: Mapping[str, Label] = {
    "BAS": ("basophil", ""),
    "EBO": ("erythroblast", ""),
    "EOS": ("eosinophil", ""),
    "KSC": ("smudge_cell", ""),
    "LYA": ("variant_lymphocyte", ""),
    "LYT": ("lymphocyte", ""),
    "MMZ": ("metamyelocyte", ""),
    "MOB": ("blast", "AML"),
    "MON": ("monocyte", ""),
    "MYB": ("myelocyte", ""),
    "MYO": ("blast", "AML"),
    "NGB": ("band_neutrophil", ""),
    "NGS": ("segmented_neutrophil", ""),
    "PMB": ("promyelocyte", ""),
    "PMO": ("promyelocyte", ""),
}
"""Class codes of AML-Cytomorphology_LMU.

``PMO`` means promyelocyte there, not promonocyte as on the analyser. Monoblasts and myeloblasts come from its AML
patients. Whether a promyelocyte comes from a patient with APL is not stated.
"""

MLL23_LABELS: Mapping[str, Label] = {
    "basophil": ("basophil", ""),
    "eosinophil": ("eosinophil", ""),
    "hairy cell": ("hcl", "HCL"),
    "lymphocyte": ("lymphocyte", ""),
    "large granular lymphocyte": ("lymphocyte", ""),
    "lymphocyte large granular": ("lymphocyte", ""),
    "reactive lymphocyte": ("variant_lymphocyte", ""),
    "lymphocyte reactive": ("variant_lymphocyte", ""),
    "metamyelocyte": ("metamyelocyte", ""),
    "monocyte": ("monocyte", ""),
    "myeloblast": ("blast", ""),
    "myelocyte": ("myelocyte", ""),
    "band neutrophil": ("band_neutrophil", ""),
    "neutrophil band": ("band_neutrophil", ""),
    "segmented neutrophil": ("segmented_neutrophil", ""),
    "neutrophil segmented": ("segmented_neutrophil", ""),
    "normoblast": ("erythroblast", ""),
    "plasma cell": ("plasma_cell", ""),
    "promyelocyte": ("promyelocyte", ""),
    "atypical promyelocyte": ("promyelocyte", ""),
    "promyelocyte atypical": ("promyelocyte", ""),
    "smudge cell": ("smudge_cell", ""),
}
"""Class names of MLL23, with their words in either order.

Neoplastic lymphocytes are skipped: they are malignant and lymphoid, but the class does not state the disease. The
diagnosis of myeloblasts and atypical promyelocytes is not stated either, so these train the gate and stage 1 at most.
"""

BARCELONA_LABELS: Mapping[str, Label] = {
    "basophil": ("basophil", NORMAL_DIAGNOSIS),
    "eosinophil": ("eosinophil", NORMAL_DIAGNOSIS),
    "erythroblast": ("erythroblast", NORMAL_DIAGNOSIS),
    "ig": ("immature_granulocyte", NORMAL_DIAGNOSIS),
    "lymphocyte": ("lymphocyte", NORMAL_DIAGNOSIS),
    "monocyte": ("monocyte", NORMAL_DIAGNOSIS),
    "neutrophil": ("neutrophil", NORMAL_DIAGNOSIS),
    "platelet": ("platelet", NORMAL_DIAGNOSIS),
}
"""Class folders of the Barcelona dataset."""

BARCELONA_PREFIX_LABELS: Mapping[str, Label] = {
    "BNE": ("band_neutrophil", NORMAL_DIAGNOSIS),
    "SNE": ("segmented_neutrophil", NORMAL_DIAGNOSIS),
    "MY": ("myelocyte", NORMAL_DIAGNOSIS),
    "MMY": ("metamyelocyte", NORMAL_DIAGNOSIS),
    "PMY": ("promyelocyte", NORMAL_DIAGNOSIS),
}
"""More specific classes by file name prefix, in the folders ``neutrophil`` and ``ig``."""

_PLURAL = re.compile(r"s\b")
_CNMC = re.compile(r"UID_(?P<patient>H?\d+)_\d+_\d+_(?P<label>all|hem)$")
_IDB2 = re.compile(r"Im\d+_(?P<label>[01])$")
_CNMC_LABELS: Mapping[str, Label] = {"all": ("blast", "ALL"), "hem": (BENIGN_CLASS, NORMAL_DIAGNOSIS)}
_IDB2_LABELS: Mapping[str, Label] = {"1": ("blast", "ALL"), "0": (BENIGN_CLASS, NORMAL_DIAGNOSIS)}


@dataclass(frozen=True, slots=True)
class PublicDataset:
    """A public dataset.

    Attributes:
        source: Name in manifests and model cards.
        citation: Publication, and licence terms as far as they are known.
        read_images: Yields the images below a folder: path, patient ("" = not named), label (None = skipped), and
            name of the class in the dataset.
    """

    source: str
    citation: str
    read_images: Callable[[Path], Iterator[tuple[Path, str, Label | None, str]]]


def read_public_dataset(name: str, folder: Path, taxonomy: Taxonomy) -> tuple[LabelledImage, ...]:
    """Read the labelled images of a public dataset.

    Args:
        name: Key of `PUBLIC_DATASETS`.
        folder: Folder of the unpacked dataset; images may be at any depth.
        taxonomy: Images of classes that it lacks are skipped.

    Raises:
        LeukViewError: The folder does not exist or has no image in the layout of the dataset.
    """
    if not folder.is_dir():
        raise LeukViewError(f"There is no folder “{folder}” to read {name} from.")
    known = {c.key for c in taxonomy.classes}
    published = PUBLIC_DATASETS[name]
    items = []
    for path, patient, label, source_class in published.read_images(folder):
        if label is not None and label[0] in known:
            patient_name = f"{published.source} {patient}" if patient else ""
            items.append(
                LabelledImage(
                    path.name, path.read_bytes, published.source, patient_name, label[1], label[0], source_class
                )
            )
    if not items:
        raise LeukViewError(f"“{folder.name}” does not have the layout of {name}.", published.citation)
    return tuple(items)


def _image_files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.suffix.casefold() in IMAGE_SUFFIXES and p.is_file())


def read_lmu(folder: Path) -> Iterator[tuple[Path, str, Label | None, str]]:
    """Read the layout ``<CODE>/<CODE>_<number>.tiff`` of the LMU dataset.

    If ``annotations.dat`` is present, each of its lines names an image, its class and the classes of repeated expert
    annotations (``nan`` where there are none). Images on which the experts disagree are skipped.
    """
    doubtful = _images_with_disagreement(folder)
    for path in _image_files(folder):
        code = path.parent.name.upper()
        if code in LMU_LABELS and path.stem.upper().startswith(f"{code}_"):
            yield path, "", None if f"{path.parent.name}/{path.name}" in doubtful else LMU_LABELS[code], code


def _images_with_disagreement(folder: Path) -> frozenset[str]:
    found = set()
    for table in sorted(folder.rglob("annotations.dat")):
        for line in table.read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.replace(",", " ").split()
            codes = {w.upper() for w in fields[1:] if w.upper() in LMU_LABELS}
            if len(codes) > 1:
                found.add("/".join(Path(fields[0]).parts[-2:]))
    return frozenset(found)


def read_cnmc(folder: Path) -> Iterator[tuple[Path, str, Label | None, str]]:
    """Read C-NMC 2019, including its preliminary test set.

    Layout: ``fold_<k>/{all,hem}/UID_<patient>_<image>_<cell>_{all,hem}.bmp``. In the test set the table
    ``…labels.csv`` (Patient_ID, new_names, labels) maps the images ``<n>.bmp`` to such names.
    """
    renamed: dict[str, str] = {}
    for table in sorted(folder.rglob("*labels.csv")):
        with table.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                if row.get("new_names") and row.get("Patient_ID"):
                    renamed[row["new_names"]] = Path(row["Patient_ID"]).stem
    for path in _image_files(folder):
        match = _CNMC.match(renamed.get(path.name, path.stem))
        if match:
            yield path, match["patient"], _CNMC_LABELS[match["label"]], match["label"]


def read_all_idb2(folder: Path) -> Iterator[tuple[Path, str, Label | None, str]]:
    """Read ``Im<number>_<label>.tif`` of ALL-IDB2.

    Label 1 is a lymphoblast of ALL, 0 another cell. No patients are named.
    """
    for path in _image_files(folder):
        match = _IDB2.match(path.stem)
        if match:
            yield path, "", _IDB2_LABELS[match["label"]], match["label"]


def read_mll23(folder: Path) -> Iterator[tuple[Path, str, Label | None, str]]:
    """Read the layout ``<class>/<any name>`` of MLL23; no patients are named."""
    for path in _image_files(folder):
        words = _PLURAL.sub("", re.sub(r"[^a-z]+", " ", path.parent.name.casefold()).strip())
        if words in MLL23_LABELS:
            yield path, "", MLL23_LABELS[words], path.parent.name
        elif "neoplastic" in words:
            yield path, "", None, path.parent.name


def read_barcelona(folder: Path) -> Iterator[tuple[Path, str, Label | None, str]]:
    """Read the layout ``<class>/<PREFIX>_<number>.jpg`` of the Barcelona dataset.

    The prefix distinguishes band and segmented neutrophils, and the types of immature granulocytes.
    """
    for path in _image_files(folder):
        label = BARCELONA_LABELS.get(path.parent.name.casefold())
        if label is not None and not path.name.startswith("."):
            prefix = path.stem.partition("_")[0].upper()
            if label[0] in {"neutrophil", "immature_granulocyte"}:
                label = BARCELONA_PREFIX_LABELS.get(prefix, label)
            yield path, "", label, prefix


PUBLIC_DATASETS: Mapping[str, PublicDataset] = {
    "lmu": PublicDataset(
        "lmu",
        "AML-Cytomorphology_LMU: Matek et al., Nature Machine Intelligence 2019; The Cancer Imaging Archive, doi "
        "10.7937/tcia.2019.36f5o9ld (18,365 images, M8 scanner, 100 AML patients and 100 others, none named); "
        "CC BY 3.0 as far as is known.",
        read_lmu,
    ),
    "cnmc": PublicDataset(
        "cnmc",
        "C-NMC 2019: Gupta et al.; The Cancer Imaging Archive, doi 10.7937/tcia.2019.dc64i46r (15,135 segmented cells "
        "of bone marrow, 118 subjects, background black); CC BY 3.0 as far as is known.",
        read_cnmc,
    ),
    "all-idb2": PublicDataset(
        "all-idb2",
        "ALL-IDB2: Donida Labati, Piuri and Scotti, IEEE ICIP 2011, Università degli Studi di Milano (260 crops); on "
        "request for research.",
        read_all_idb2,
    ),
    "mll23": PublicDataset(
        "mll23",
        "MLL23: Shetab Boushehri et al., Scientific Data 2025, doi 10.1038/s41597-025-06223-x (over 40,000 images of "
        "18 classes, Pappenheim stain, Metafer scanner); see the paper for its terms.",
        read_mll23,
    ),
    "barcelona": PublicDataset(
        "barcelona",
        "Acevedo et al., Data in Brief 2020, doi 10.1016/j.dib.2020.105474 (17,092 images of healthy people, "
        "CellaVision DM96, May-Grünwald-Giemsa, Hospital Clínic de Barcelona); CC BY 4.0 as far as is known.",
        read_barcelona,
    ),
}
"""Public datasets by their name on the command line."""
