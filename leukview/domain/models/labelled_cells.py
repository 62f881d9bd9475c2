"""Labelled cells as training and comparison of models read them: columns, splits by patient, leaks, corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy

TRAIN, VAL, TEST = "train", "val", "test"
SPLIT_SEED = "leukview-1"
"""Chosen before the first training and never tuned: patients are ordered by a hash of seed and name."""
TEST_FRACTION, VAL_FRACTION = 0.2, 0.1
MANIFEST_COLUMNS = ("file", "source", "patient", "diagnosis", "cell_class", "split", "sha1_of_original")
"""Of a manifest, needed."""
CORRECTION_COLUMNS = ("weight", "reviewers", "mask")
"""Of a manifest of corrections besides: how much the label counts, how many readers stand behind it, and the archive's
file of a mask that a reviewer repaired ("" = none). A manifest without them is one of ordinary labels."""
SITE_BLOCK_SIZE = 5
"""Patients of a site in a row, of whom one is kept aside; see `site_splits`."""


@dataclass(frozen=True, slots=True)
class LabelledCell:
    """One row of a manifest.

    Attributes:
        archive: File name of the ZIP that holds it.
        patient: "" where the source names none (Barcelona).
        split: One of train, val, test once `assign_splits` has run.
        sha1: Of the original image.
        weight: How much the label counts in training; 1 = as much as a laboratory's.
        reviewers: Readers who stand behind a reviewed label; 0 = not a correction.
        mask: The archive's file of a repaired mask; "" = none.
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
    """Give every cell its split.

    Named patients are split as a whole, stratified by diagnosis: a fixed hash orders them, the first 20 % are test,
    the next 10 % validation. Cells without a patient keep the split of their source (train or val); a class that its
    source leaves entirely in train gives a tenth of its cells, by the same hash of the image, to val. A source whose
    manifest names test cells was split as a whole (`training.data.build_manifest` does): its splits stand.
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
                    Message("{file} has the unknown split “{split}”.", file=cell.file, split=cell.split)
                )
            return cell.split
        if cell.patient:
            return split_of[cell.patient]
        if cell.split not in {TRAIN, VAL}:
            raise LeukViewError(Message("{file} has neither a patient nor a split.", file=cell.file))
        if (cell.source, cell.cell_class) not in has_val and _hash_fraction(cell.sha1) < VAL_FRACTION:
            return VAL
        return cell.split

    return tuple(replace(c, split=split(c)) for c in cells)


def check_leakage(cells: Iterable[LabelledCell]) -> None:
    """Refuse a patient or an image that stands in two splits.

    Raises:
        LeukViewError: One does; the run must not go on.
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
                "{count} leaks between the splits, first the {kind} {name}.", count=len(leaks), kind=kind, name=name
            )
        )


def without_duplicates(cells: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Keep each image once; an image with two different labels is dropped altogether (no one knows which is right)."""
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
    """Split a site's patients so that nobody ever changes sides while more of them are reviewed.

    Of every five in a row one is test, of every ten one is validation; which, a fixed hash says.

    Args:
        patients: In the order in which their first slides were signed: an order that only grows.
    """
    found = {}
    for at, patient in enumerate(patients):
        block, place = divmod(at, SITE_BLOCK_SIZE)
        test = (
            int(_hash_fraction("site", str(block)) * SITE_BLOCK_SIZE) if block else 1
        )  # two patients suffice to have one aside
        aside = VAL if block % 2 and place == (test + 1) % SITE_BLOCK_SIZE else TRAIN
        found[patient] = TEST if place == test else aside
    return found


def merge_corrections(cells: Sequence[LabelledCell], corrections: Sequence[LabelledCell]) -> tuple[LabelledCell, ...]:
    """Join reviewed labels to others, whose splits stand.

    A person may be known under two pseudonyms: who shares an image with a patient of `cells` goes where that patient
    is. An image known already gets the reviewed label where it is trained on, and is read from the corrections' archive
    where its repaired mask lies; one kept aside keeps its own, because what models are measured on does not move.

    Args:
        cells: With their splits, each image once.
        corrections: With the site's splits, each image once.
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
    """Rows of manifests, duplicates removed, splits assigned, corrections joined, proven free of leaks.

    Raises:
        LeukViewError: See `assign_splits` and `check_leaks`.
    """
    ordinary = assign_splits(without_duplicates([c for c in cells if not c.reviewers]))
    corrections = without_duplicates([c for c in cells if c.reviewers])
    unknown = sorted({c.split for c in corrections} - {TRAIN, VAL, TEST})
    if unknown:
        raise LeukViewError(Message("The corrections name the unknown split “{unknown}”.", unknown=unknown[0]))
    joined = merge_corrections(ordinary, corrections)
    check_leakage(joined)
    return joined


def determined_class(taxonomy: Taxonomy, cell_class: str, diagnosis: str, stages: Collection[str]) -> str:
    """The class that a perfect model of these stages would name; "" where the label leaves it open.

    Args:
        taxonomy: Knows what the label determines.
        cell_class: The label.
        diagnosis: The patient's; "" = not known.
        stages: Keys of the trained stages.
    """
    last = {s.parent_step for s in taxonomy.stages if not s.is_head and s.key in stages}
    determined = taxonomy.determined_steps(cell_class, diagnosis)
    steps = [s for s in determined if s.stage in stages or taxonomy.stage(s.stage).assumed_choice == s.choice]
    steps = [s for s in steps if not taxonomy.stage(s.stage).is_head]
    named = taxonomy.model_class(steps)
    return named.key if named and steps[-1] not in last else ""
