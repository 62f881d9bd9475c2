"""Split labelled cells and pack them for training: ``python -m training.data.build_manifest --output DIR …``.

``DIR/cells/cells-<site>.zip`` is written in the form that `training.classifier.train` reads: the unchanged images and a
``manifest.csv`` of file, source, patient, diagnosis, cell_class, split and sha1_of_original. Archives of several sites
lie side by side in one folder. No name of a person, order or file goes in.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import numpy as np
from PIL import Image

from leukview.core.atomic_files import atomic_file
from leukview.core.errors import LeukViewError
from leukview.core.paths import data_dir
from leukview.domain.taxonomy import Taxonomy
from training.data.dataset import (
    MANIFEST_COLUMNS,
    SPLIT_SEED,
    TEST,
    TEST_FRACTION,
    TRAIN,
    VAL,
    VAL_FRACTION,
    LabelledCell,
    check_leakage,
    read_taxonomy,
    support,
    trained_stages,
    without_duplicates,
)
from training.data.importers import (
    SYNTHETIC,
    LabelledImage,
    apply_disease_classes,
    check_diagnosis,
    pseudonymise,
    read_diagnoses,
    read_disease_cells,
    read_export,
    read_pseudonym_secret,
    synthetic_images,
)
from training.data.leakage import Thumbnails, check_thumbnails, cluster_ids, near_duplicates, thumbnail
from training.data.public_datasets import PUBLIC_DATASETS, read_public_dataset
from training.progress import progress_bar

UNCOMPRESSED_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
"""Suffixes of files that ZIP compression does not make smaller."""


@dataclass(frozen=True, slots=True)
class CollectedCells:
    """Labelled cells with loaders of their image files, and counts of exclusions.

    Attributes:
        cells: Labelled cells; `archive` is "", and `split` is "" before `split_cells`.
        loaders: Functions that return the bytes of each image file, in the order of `cells`.
        thumbnails: N×48×48, in the order of `cells`.
        exclusions: Reason → number of cells left out.
    """

    cells: tuple[LabelledCell, ...]
    loaders: tuple[Callable[[], bytes], ...]
    thumbnails: Thumbnails
    exclusions: Mapping[str, int]


def collect_cells(images: Iterable[LabelledImage], taxonomy: Taxonomy) -> CollectedCells:
    """Read every image once and leave out those that cannot be trained on.

    Left out are labels that determine no stage, images that do not decode, and duplicates.

    Raises:
        LeukViewError: No cell is left, or a patient has two diagnoses.
    """
    exclusions: Counter[str] = Counter()
    loaders_and_thumbnails: dict[str, tuple[Callable[[], bytes], Thumbnails]] = {}
    cells = []
    diagnoses: dict[str, str] = {}
    for item in images:
        if not taxonomy.determined_steps(item.cell_class, item.diagnosis):
            exclusions["the label says nothing"] += 1
            continue
        if item.patient and diagnoses.setdefault(item.patient, item.diagnosis) != item.diagnosis:
            raise LeukViewError("A patient has two diagnoses.", "Correct the table of patients.")
        content = item.read_bytes()
        try:
            with Image.open(io.BytesIO(content)) as picture:
                small = thumbnail(np.asarray(picture.convert("RGB")))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            exclusions["the image does not decode"] += 1
            continue
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        suffix = PurePath(item.name).suffix.casefold()
        cell = LabelledCell("", sha1 + suffix, item.source, item.patient, item.diagnosis, item.cell_class, "", sha1)
        cells.append(cell)
        loaders_and_thumbnails[sha1] = item.read_bytes, small
    kept = sorted(without_duplicates(cells), key=lambda c: c.sha1)  # an order that does not reveal that of the source
    if len(kept) < len(cells):
        exclusions["the image is there already, or with another label"] = len(cells) - len(kept)
    if not kept:
        raise LeukViewError("There is no labelled cell to learn from.")
    loads, rows = zip(*(loaders_and_thumbnails[c.sha1] for c in kept), strict=True)
    return CollectedCells(tuple(kept), tuple(loads), np.stack(rows), dict(exclusions))


def split_groups(strata: Mapping[str, str], seed: str) -> dict[str, str]:
    """Split whole groups (patients, or clusters of cells), stratified.

    Args:
        strata: Group → stratum, for example the diagnosis.
        seed: Groups are ordered by a hash of the seed and their name, and by nothing else.

    Returns:
        Group → split. Of each stratum one fifth is test and one tenth validation, at least one group each if there are
        three or more. Of two groups one is test. A single group is used for training and cannot be scored.
    """
    found = {}
    for stratum in sorted(set(strata.values())):
        groups = [g for g, s in strata.items() if s == stratum]
        groups.sort(key=lambda g: hashlib.sha256(f"{seed}/{g}".encode()).digest())
        tests = max(round(TEST_FRACTION * len(groups)), min(1, len(groups) - 1))
        validations = max(round(VAL_FRACTION * len(groups)), 1) if len(groups) > 2 else 0
        for i, group in enumerate(groups):
            found[group] = TEST if i < tests else VAL if i < tests + validations else TRAIN
    return found


def split_cells(collected: CollectedCells, seed: str = SPLIT_SEED) -> CollectedCells:
    """Assign a split to every cell.

    All cells of a patient share a split. A cell without a patient shares it with its near-duplicates. Of
    near-duplicates in two splits, the one in training (or validation, against test) is left out.

    Raises:
        LeukViewError: A leak between the splits remains.
    """
    cells = collected.cells
    without_patient = [i for i, cell in enumerate(cells) if not cell.patient]
    groups = [cell.patient for cell in cells]
    numbers = cluster_ids(
        len(without_patient), near_duplicates(collected.thumbnails[without_patient]) if without_patient else ()
    )
    for i, number in zip(without_patient, numbers, strict=True):
        groups[i] = f"cell {cells[without_patient[number]].sha1}"
    strata: dict[str, str] = {}
    for cell, group in zip(cells, groups, strict=True):
        strata.setdefault(group, f"{cell.source}/{cell.diagnosis if cell.patient else cell.cell_class}")
    splits = split_groups(strata, seed)
    assigned = [replace(cell, split=splits[group]) for cell, group in zip(cells, groups, strict=True)]
    order = (TRAIN, VAL, TEST)
    names = [c.split for c in assigned]
    duplicates = {
        min((p.first, p.second), key=lambda i: order.index(assigned[i].split))
        for p in near_duplicates(collected.thumbnails, names)
    }
    kept = [i for i in range(len(assigned)) if i not in duplicates]
    exclusions = dict(collected.exclusions)
    if duplicates:
        exclusions["the picture is nearly that of a cell kept aside"] = len(duplicates)
    result = CollectedCells(
        tuple(assigned[i] for i in kept),
        tuple(collected.loaders[i] for i in kept),
        collected.thumbnails[kept],
        exclusions,
    )
    check_leakage(result.cells)
    check_thumbnails(result.cells, result.thumbnails, all_orientations=True)
    return result


def write_archive(collected: CollectedCells, output: Path, site: str) -> Path:
    """Write ``output/cells/cells-<site>.zip`` atomically and return its path."""
    path = output / "cells" / f"cells-{site}.zip"
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(MANIFEST_COLUMNS)
    with atomic_file(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for number, (cell, load) in enumerate(zip(collected.cells, collected.loaders, strict=True), 1):
            suffix = PurePath(cell.file).suffix
            name = f"images/{number:06}{suffix}"
            archive.writestr(
                name, load(), zipfile.ZIP_STORED if suffix in UNCOMPRESSED_SUFFIXES else zipfile.ZIP_DEFLATED
            )
            table.writerow((name, cell.source, cell.patient, cell.diagnosis, cell.cell_class, cell.split, cell.sha1))
        archive.writestr("manifest.csv", text.getvalue(), zipfile.ZIP_DEFLATED)
    return path


def summarise_cells(collected: CollectedCells, taxonomy: Taxonomy, min_cells: int = 30) -> str:
    """Summarise cells and patients per split and the stages that can be trained."""
    cells = collected.cells
    lines = ["Cells by class (train, validation, test):"]
    by_class = Counter((c.cell_class, c.split) for c in cells)
    lines += [
        f"  {key}: " + ", ".join(str(by_class[key, s]) for s in (TRAIN, VAL, TEST))
        for key in sorted({c.cell_class for c in cells}, key=taxonomy.position)
    ]
    patients = {c.patient: c for c in cells if c.patient}
    by_diagnosis = Counter((c.diagnosis, c.split) for c in patients.values())
    if patients:
        lines.append("Patients by diagnosis (train, validation, test):")
    for diagnosis in sorted({c.diagnosis for c in patients.values()}):
        counts = [by_diagnosis[diagnosis, s] for s in (TRAIN, VAL, TEST)]
        note = "" if counts[2] else ": one patient alone, trained on and never scored"
        lines.append(f"  {diagnosis or 'not known'}: " + ", ".join(map(str, counts)) + note)
    counts_of = support((c for c in cells if c.split == TRAIN), taxonomy)
    stages = dict(trained_stages(counts_of, taxonomy, min_cells))
    lines.append(f"Stages with at least two choices of {min_cells} training cells:")
    for stage in taxonomy.stages:
        found = stages.get(stage.key)
        few = [f"{c} ({counts_of[stage.key][c]})" for c in stage.choices if c not in (found or ())]
        trained = ", ".join(found) if found else "not trained"
        lines.append(f"  {stage.key}: {trained}" + (f"; too few: {', '.join(few)}" if few else ""))
    lines += [f"Left out, {count}: {why}." for why, count in collected.exclusions.items()]
    return "\n".join(lines)


def _read_images(options: argparse.Namespace, taxonomy: Taxonomy) -> tuple[LabelledImage, ...]:
    found: list[LabelledImage] = []
    if options.export:
        diagnoses = read_diagnoses(options.patients, taxonomy) if options.patients else {}
        if options.diagnosis is not None:
            check_diagnosis(options.diagnosis, taxonomy)
            diagnoses.setdefault("", options.diagnosis)
        for path in options.export:
            found += read_export(path, options.site, diagnoses, taxonomy)
        found = list(pseudonymise(found, read_pseudonym_secret(options.key or data_dir() / "training.key")))
    for name, path in options.published:
        found += read_public_dataset(name, path, taxonomy)
    if options.synthetic:
        found += synthetic_images(options.synthetic, 0, taxonomy)
    if options.disease_cells:
        found = list(apply_disease_classes(found, read_disease_cells(options.disease_cells, taxonomy)))
    return tuple(found)


def _parse_published(text: str) -> tuple[str, Path]:
    name, sign, path = text.partition("=")
    if name not in PUBLIC_DATASETS or not sign:
        raise argparse.ArgumentTypeError(f"write NAME=FOLDER with one of {', '.join(PUBLIC_DATASETS)}")
    return name, Path(path)


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output", type=Path, required=True, help="data folder to write (LEUKVIEW_DATA of the training)"
    )
    parser.add_argument("--site", default="site", help="name of the archive and of the exports' source")
    parser.add_argument("--export", type=Path, action="append", default=[], help="export to read; may be repeated")
    parser.add_argument("--patients", type=Path, help="CSV of patient (folder name) and diagnosis")
    parser.add_argument("--diagnosis", help="of the patients that the table does not name")
    parser.add_argument("--disease-cells", type=Path, help="TOML: which classes are the disease itself")
    parser.add_argument("--published", type=_parse_published, action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--synthetic", type=int, metavar="N", help="draw N cells of all classes")
    parser.add_argument(
        "--least", type=int, default=30, help="training cells of a choice (the training's least_support)"
    )
    parser.add_argument("--seed", default=SPLIT_SEED, help="of the split")
    parser.add_argument("--key", type=Path, help="file of the pseudonyms' secret (default: in the user's folder)")
    options = parser.parse_args()
    try:
        taxonomy = read_taxonomy()
        images = _read_images(options, taxonomy)
        collected = split_cells(collect_cells(progress_bar(images, desc="read", unit="cell"), taxonomy), options.seed)
        path = write_archive(collected, options.output, options.site)
    except LeukViewError as error:
        print(error)
        return 1
    if any(c.source == SYNTHETIC for c in collected.cells):
        print("SYNTHETIC CELLS: what is trained on them says nothing about blood.")
    print(summarise_cells(collected, taxonomy, options.least))
    print(f"Written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
