"""What a label determines: leaves of the tree of types, and the heads of malignancy and line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import LabelledCell

VOCABULARY = Path(__file__).with_name("vocabulary.toml")
SILENT = -1
LYMPHOID = "lymphoid"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Both questions, and what each label says of them.

    Attributes:
        types: Leaves of the tree of types, in order.
        lineages: Lineage under the gate's `leukocyte` → its leaves.
        gate: The gate's other choices → their leaves.
        partial: Label → the leaves among which it leaves the choice open.
        by_diagnosis: (diagnosis, label) → leaves.
        follows: Labels whose malignancy follows the patient's diagnosis.
        benign: Labels that are benign in every patient but those of `bags`.
        diagnoses: Diagnosis → head → choice, for the labels of `follows`.
        bags: Diagnoses that label a patient's cells only together.
        heads: Head → its two choices; the second is the positive one.
    """

    types: tuple[str, ...]
    lineages: Mapping[str, tuple[str, ...]]
    gate: Mapping[str, tuple[str, ...]]
    partial: Mapping[str, tuple[str, ...]]
    by_diagnosis: Mapping[tuple[str, str], tuple[str, ...]]
    follows: frozenset[str]
    benign: frozenset[str]
    diagnoses: Mapping[str, Mapping[str, str]]
    bags: frozenset[str]
    heads: Mapping[str, tuple[str, ...]]

    def leaves(self, label: str, diagnosis: str) -> tuple[str, ...]:
        """The leaves that a label admits; none where it is silent about the type."""
        found = self.by_diagnosis.get((diagnosis, label)) or self.partial.get(label)
        if found:
            return found
        return (label,) if label in self.types else ()

    def choice(self, head: str, label: str, diagnosis: str) -> str:
        """The choice of a head that a label determines; "" where it is silent."""
        if diagnosis in self.bags:
            return ""
        if label in self.follows:
            choice = self.diagnoses.get(diagnosis, {}).get(head, "")
            return "other" if head == LYMPHOID and not choice and diagnosis in self.diagnoses else choice
        if head == "malignant" and label in self.benign:
            return "benign"
        # Whatever stands outside a lymphoid neoplasm's patients is none: lymphocytes of AML patients above all.
        return "other" if head == LYMPHOID else ""


def read_vocabulary(path: Path = VOCABULARY) -> Vocabulary:
    """Read and check the table.

    Raises:
        LeukViewError: It names an unknown leaf, head or choice, or the lineages do not partition the leaves.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    groups = {key: {k: tuple(v) for k, v in raw[key].items()} for key in ("lineages", "gate", "partial", "heads")}
    by_diagnosis = {tuple(key.split("/", 1)): tuple(v) for key, v in raw["by_diagnosis"].items()}
    found = Vocabulary(
        types=tuple(raw["types"]),
        lineages=groups["lineages"],
        gate=groups["gate"],
        partial=groups["partial"],
        by_diagnosis={(diagnosis, label): leaves for (diagnosis, label), leaves in by_diagnosis.items()},
        follows=frozenset(raw["malignant"]["follows_diagnosis"]),
        benign=frozenset(raw["malignant"]["benign"]),
        diagnoses=raw["diagnoses"],
        bags=frozenset(raw["bags"]["positive"]),
        heads=groups["heads"],
    )
    covered = [leaf for table in (found.lineages, found.gate) for leaves in table.values() for leaf in leaves]
    if sorted(covered) != sorted(found.types):
        raise LeukViewError("The lineages and the gate's choices do not divide the types among them.")
    named = {leaf for table in (found.partial, found.by_diagnosis) for leaves in table.values() for leaf in leaves}
    if not named <= set(found.types):
        raise LeukViewError(f"The vocabulary names unknown types: {', '.join(sorted(named - set(found.types)))}.")
    for diagnosis, steps in found.diagnoses.items():
        if any(choice not in found.heads.get(head, ()) for head, choice in steps.items()):
            raise LeukViewError(f"The vocabulary names an unknown choice under “{diagnosis}”.")
    return found


@dataclass(frozen=True, slots=True)
class Targets:
    """What the labels of N cells determine.

    Attributes:
        admitted: bool N×types, the leaves that a label admits; a row without any is silent.
        heads: Head → N of 0 and 1, `SILENT` where the label says nothing.
        bag: N, number of the patient whose diagnosis labels his cells together, `SILENT` for all others.
    """

    admitted: NDArray[np.bool_]
    heads: Mapping[str, NDArray[np.int64]]
    bag: NDArray[np.int64]


def targets_of(cells: Sequence[LabelledCell], vocabulary: Vocabulary) -> Targets:
    """Everything that the labels of some cells determine, and nothing else."""
    column = {leaf: i for i, leaf in enumerate(vocabulary.types)}
    admitted = np.zeros((len(cells), len(vocabulary.types)), np.bool_)
    heads = {head: np.full(len(cells), SILENT, np.int64) for head in vocabulary.heads}
    bag = np.full(len(cells), SILENT, np.int64)
    numbers: dict[tuple[str, str], int] = {}
    for row, cell in enumerate(cells):
        for leaf in vocabulary.leaves(cell.cell_class, cell.diagnosis):
            admitted[row, column[leaf]] = True
        for head, choices in vocabulary.heads.items():
            choice = vocabulary.choice(head, cell.cell_class, cell.diagnosis)
            if choice:
                heads[head][row] = choices.index(choice)
        if cell.diagnosis in vocabulary.bags:
            bag[row] = numbers.setdefault((cell.source, cell.patient), len(numbers))
    return Targets(admitted, heads, bag)
