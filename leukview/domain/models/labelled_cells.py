"""Labelled cells for training and comparison of models.

Columns of manifests, splits by patient, check for leaks between splits, joining of corrections.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy

TRAIN, VAL, TEST = "train", "val", "test"
SPLIT_SEED = "leukview-1"
"""Chosen before the first training and never tuned. Patients are ordered by a hash of seed and name."""
TEST_FRACTION, VAL_FRACTION = 0.2, 0.1
MANIFEST_COLUMNS = ("file", "source", "patient", "diagnosis", "cell_class", "split", "sha1_of_original")
"""Required columns of a manifest."""
CORRECTION_COLUMNS = ("weight", "reviewers", "mask")
"""Additional columns of a manifest of corrections.

They are the weight of the label, the number of readers who gave it, and the name in the archive of a mask that a
reviewer repaired ("" = none). A manifest without them has ordinary labels.
"""
SITE_BLOCK_SIZE = 5
"""Number of consecutive patients of a site of whom one is a test patient; see `site_splits`."""


@dataclass(frozen=True, slots=True)
class LabelledCell:
    """One row of a manifest.

    Attributes:
        archive: File name of the ZIP archive that contains the image.
        patient: "" where the source names none (Barcelona).
        split: One of train, val, test once `assign_splits` has run.
        sha1: Of the original image.
        weight: Weight of the label in training; 1 = the same as a laboratory's label.
        reviewers: Number of readers who gave a reviewed label; 0 = not a correction.
        mask: Name in the archive of a repaired mask; "" = none.
    """

    archive: str
    file: str
    source: str
    patient: str
    diagnosis: str
    cell_class: str
    split: str
    sha1: str
    weight: float = 1.0
    reviewers: int = 0
    mask: str = ""


def _hash_fraction(*parts: str) -> float:
    digest = hashlib.sha256("/".join((SPLIT_SEED, *parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign_splits(cells: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Assign every cell to a split.

    Named patients are split as a whole, stratified by diagnosis: they are ordered by a fixed hash, the first 20 % are
    test, the next 10 % validation. Cells without a patient keep the split of their source (train or val). If a source
    has a class entirely in train, a tenth of its cells, chosen by the same hash of the image, goes to val. A source
    whose manifest names test cells has been split already (by `training.data.build_manifest`) and keeps its splits.

    Raises:
        LeukViewError: A cell has an unknown split, or neither a patient nor a split.
    """
    settled = {c.source for c in cells if c.split == TEST}
    patients: dict[str, str] = {c.patient: c.diagnosis for c in cells if c.patient and c.source not in settled}
    split_of: dict[str, str] = {}
    for diagnosis in sorted(set(patients.values())):
        ordered = sorted((p for p, d in patients.items() if d == diagnosis), key=lambda p: (_hash_fraction(p), p))
        tests = round(TEST_FRACTION * len(ordered))
        validations = round(VAL_FRACTION * len(ordered))
        for i, patient in enumerate(ordered):
            split_of[patient] = TEST if i < tests else VAL if i < tests + validations else TRAIN
    has_val = {(c.source, c.cell_class) for c in cells if not c.patient and c.split == VAL}

    def split(cell: LabelledCell) -> str:
        if cell.source in settled:
            if cell.split not in {TRAIN, VAL, TEST}:
                raise LeukViewError(
                    Message("{file} has the unknown data split “{split}”.", file=cell.file, split=cell.split)
                )
            return cell.split
        if cell.patient:
            return split_of[cell.patient]
        if cell.split not in {TRAIN, VAL}:
            raise LeukViewError(Message("{file} has neither a patient nor a data split.", file=cell.file))
        if (cell.source, cell.cell_class) not in has_val and _hash_fraction(cell.sha1) < VAL_FRACTION:
            return VAL
        return cell.split

    return tuple(replace(c, split=split(c)) for c in cells)


def check_leakage(cells: Iterable[LabelledCell]) -> None:
    """Check that no patient and no image is in two splits.

    Raises:
        LeukViewError: One is; the run must not continue.
    """
    splits: dict[tuple[str, str], set[str]] = {}
    for cell in cells:
        splits.setdefault(("image", cell.sha1), set()).add(cell.split)
        if cell.patient:
            splits.setdefault(("patient", f"{cell.source}/{cell.patient}"), set()).add(cell.split)
    leaks = sorted(key for key, seen in splits.items() if len(seen) > 1)
    if leaks:
        kind, name = leaks[0]
        raise LeukViewError(
            Message(
                "{count} leaks between the data splits, first the {kind} {name}.",
                count=len(leaks),
                kind=kind,
                name=name,
            )
        )


def without_duplicates(cells: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Keep each image once.

    An image with two different labels or patients is dropped altogether, because it is not known which is right.
    """
    labels: dict[str, set[tuple[str, str]]] = {}
    for cell in cells:
        labels.setdefault(cell.sha1, set()).add((cell.cell_class, cell.patient))
    seen: set[str] = set()
    kept = []
    for cell in cells:
        if len(labels[cell.sha1]) == 1 and cell.sha1 not in seen:
            seen.add(cell.sha1)
            kept.append(cell)
    return tuple(kept)


def site_splits(patients: Sequence[str]) -> dict[str, str]:
    """Split a site's patients so that nobody changes splits when patients are added.

    Of every five consecutive patients one is test, of every ten one is validation; a fixed hash determines which.

    Args:
        patients: In the order in which their first slides were signed, so that new ones are added at the end only.

    Returns:
        Patient → split.
    """
    found = {}
    for at, patient in enumerate(patients):
        block, place = divmod(at, SITE_BLOCK_SIZE)
        test = (
            int(_hash_fraction("site", str(block)) * SITE_BLOCK_SIZE) if block else 1
        )  # two patients suffice for a test patient
        aside = VAL if block % 2 and place == (test + 1) % SITE_BLOCK_SIZE else TRAIN
        found[patient] = TEST if place == test else aside
    return found


def merge_corrections(cells: Sequence[LabelledCell], corrections: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Join reviewed labels to other labelled cells, which keep their splits.

    A person may have two pseudonyms: a patient who shares an image with a patient of `cells` is assigned to that
    patient's split. A training image that has a reviewed label already gets the new label; if it has a repaired mask,
    image and mask are read from the corrections' archive. Validation and test images keep their labels, so that models
    are always evaluated on the same data.

    Args:
        cells: With their splits, each image once.
        corrections: With the site's splits, each image once.

    Returns:
        The cells, with labels corrected, followed by the corrections of other images.
    """
    known = {cell.sha1: cell for cell in cells}
    order = (TRAIN, VAL, TEST)
    linked: dict[tuple[str, str], str] = {}
    for cell in corrections:
        if cell.sha1 in known:
            person = cell.source, cell.patient
            linked[person] = max(linked.get(person, TRAIN), known[cell.sha1].split, key=order.index)
    words = {c.sha1: c for c in corrections}

    def corrected(cell: LabelledCell) -> LabelledCell:
        word = words.get(cell.sha1)
        if word is None or cell.split != TRAIN:
            return cell
        said = replace(cell, cell_class=word.cell_class, weight=word.weight, reviewers=word.reviewers)
        return replace(said, archive=word.archive, file=word.file, mask=word.mask) if word.mask else said

    new = (replace(c, split=linked.get((c.source, c.patient), c.split)) for c in corrections if c.sha1 not in known)
    return (*(corrected(c) for c in cells), *new)


def prepare_cells(cells: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Prepare the rows of manifests for training.

    Duplicates are removed, splits assigned and corrections joined, and the result is checked for leaks.

    Raises:
        LeukViewError: See `assign_splits` and `check_leakage`.
    """
    ordinary = assign_splits(without_duplicates([c for c in cells if not c.reviewers]))
    corrections = without_duplicates([c for c in cells if c.reviewers])
    unknown = sorted({c.split for c in corrections} - {TRAIN, VAL, TEST})
    if unknown:
        raise LeukViewError(Message("The corrections contain the unknown data split “{unknown}”.", unknown=unknown[0]))
    joined = merge_corrections(ordinary, corrections)
    check_leakage(joined)
    return joined


def determined_class(taxonomy: Taxonomy, cell_class: str, diagnosis: str, stages: Collection[str]) -> str:
    """The class that a perfect model with these stages would predict for a label.

    Args:
        taxonomy: Defines what the label determines.
        cell_class: The label.
        diagnosis: The patient's; "" = not known.
        stages: Keys of the trained stages.

    Returns:
        A class key; "" when the label does not determine the prediction.
    """
    tree = taxonomy.composing_tree(stages)
    last = {s.parent_step for s in taxonomy.stages if s.is_in(tree) and s.key in stages}
    determined = [s for s in taxonomy.determined_steps(cell_class, diagnosis) if taxonomy.stage(s.stage).is_in(tree)]
    steps = [s for s in determined if s.stage in stages or taxonomy.stage(s.stage).assumed_choice == s.choice]
    named = taxonomy.model_class(steps, tree)
    return named.key if named and steps[-1] not in last else ""
